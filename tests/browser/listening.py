"""What a screen reader is told: the texts of live regions that were there before they spoke, and of alerts."""

from __future__ import annotations

import re

from playwright.sync_api import Page

EARS = """
window.__said = [];
new MutationObserver((changes) => {
  if (document.readyState === "loading") return;
  for (const { target, addedNodes } of changes) {
    const place = (target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement)?.closest("[role=status], [role=alert], [aria-live]");
    // A status that comes with its text is told by nobody; an alert is.
    const alerts = [...addedNodes].flatMap((each) => each.nodeType === Node.ELEMENT_NODE ? [each, ...each.querySelectorAll("*")] : []).filter((each) => each.matches("[role=alert]"));
    for (const each of place ? [place] : alerts) {
      const text = each.textContent.trim().replace(/\\s+/g, " ");
      if (text && !each.closest("[hidden]")) window.__said.push(text);
    }
  }
}).observe(document, { childList: true, subtree: true, characterData: true });
"""


def listen(page: Page) -> Page:
    """Let a page note what it says from its next address on."""
    page.add_init_script(EARS)
    return page


def assert_said(page: Page, *texts: str) -> None:
    """Assert that each text was said since this was asked last, given a moment; texts are looked for as parts."""
    wanted = "(texts) => texts.every((text) => window.__said.some((said) => said.includes(text)))"
    for _ in range(60):
        if page.evaluate(wanted, list(texts)):
            page.evaluate("window.__said.length = 0")
            return
        page.wait_for_timeout(50)
    said = page.evaluate("window.__said")
    assert all(any(re.search(re.escape(text), each) for each in said) for text in texts), f"{texts} of {said}"

"""Contexts of the browser that are given out again: what every page needs was loaded once, what a test left behind is gone."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Browser, BrowserContext

KEPT_AT_MOST = 6
STORAGE = "local_storage,indexeddb,service_workers,cache_storage"


class Contexts:
    """Gives out contexts of a browser; one that is closed is emptied and waits for who asks for the same again."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.waiting: list[tuple[str, BrowserContext]] = []

    def new_context(self, **how: Any) -> BrowserContext:
        """Return an empty context: one that waits with styles and modules in its cache, or a new one."""
        key = json.dumps(how, sort_keys=True)
        for at, (made_for, context) in enumerate(self.waiting):
            if made_for == key:
                del self.waiting[at]
                return context
        context = self.browser.new_context(**how)
        context.new_page().goto(f"{how['base_url']}/static/-/logo.svg")  # it stays open: a window and what draws are there already for the pages to come
        end = context.close
        vars(context)["close"] = lambda: self._empty(key, context)
        vars(context)["end"] = end
        return context

    def _empty(self, key: str, context: BrowserContext) -> None:
        anchor, *pages = context.pages
        for origin in {"/".join(page.url.split("/")[:3]) for page in pages if page.url.startswith("http")}:
            context.new_cdp_session(anchor).send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": STORAGE})
        for page in pages:
            page.close()
        context.clear_cookies()
        context.clear_permissions()
        context.unroute_all()
        self.waiting.append((key, context))
        if len(self.waiting) > KEPT_AT_MOST:
            vars(self.waiting.pop(0)[1])["end"]()

"""The buttons of rules: on the page of a record and over ticked rows, only where they hold, with a question before and words after."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from tenon.engine.context import Context, system_context
from tenon.engine.records import writing
from tenon.engine.releases import publish_documents
from tests.ui.conftest import Site

RAISE: dict[str, Any] = {
    "kind": "rule", "name": "raise_arr", "label": {"en": "Raise"}, "entity": "customer", "run_as": "person",
    "trigger": {"type": "button", "label": {"en": "Raise by ten", "zh": "增加十"}, "when": "arr < 100", "confirm": {"en": "Really raise it?", "zh": "确定要增加吗？"}},
    "actions": [{"type": "set_fields", "fields": {"arr": "arr + 10"}}],
}  # fmt: skip
RENAME: dict[str, Any] = {
    "kind": "rule", "name": "rename", "label": {"en": "Rename"}, "entity": "customer", "condition": "arr > 0", "trigger": {"type": "button", "label": {"en": "Shout", "zh": "大写"}},
    "actions": [{"type": "set_fields", "fields": {"name": "concat(name, '!')"}}],
}  # fmt: skip
PAGE: dict[str, Any] = {"kind": "page", "name": "customer_360", "label": {"en": "Page"}, "entity": "customer", "header": {"buttons": ["rename"]}, "tabs": []}


@pytest.fixture
def made(site: Site) -> list[str]:
    """Three customers and the rules."""
    publish_documents(site.platform.publisher, system_context(), [RAISE, RENAME])
    with site.platform.write() as uow:
        entity = uow.model.get_entity("customer")
        return [writing.create(uow, Context(site.ann), entity, {"name": name, "arr": arr}) for name, arr in (("Small", "20"), ("Large", "500"), ("Nothing", "0"))]


def press(client: TestClient, url: str, rule: str) -> str:
    """Press a button and return what is said."""
    answer = client.post(f"{url}/press", data={"rule": rule}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return unquote(answer.cookies["tenon_flash"])


def test_a_record_has_the_buttons_that_hold_for_it_and_pressing_tells_what_came_of_it(site: Site, member: TestClient, made: list[str]) -> None:
    small, large, nothing = (f"/records/customer/{id}" for id in made)
    page = member.get(small).text
    assert all(text in page for text in ("Raise by ten", "Really raise it?", "Shout"))
    assert "Raise by ten" not in member.get(large).text
    assert press(member, small, "raise_arr") == "“Raise by ten” is done: Set fields.\n"
    assert (site.stored(made[0]) or {})["arr"] == 30
    assert press(member, large, "raise_arr") == "This cannot be done with the record as it is.\n"
    assert press(member, nothing, "rename") == "“Shout” did nothing: its condition does not hold, or it acted already.\n"
    assert (site.stored(made[1]) or {})["arr"] == 500


def test_a_page_may_have_a_button_beside_the_others(site: Site, member: TestClient, made: list[str]) -> None:
    publish_documents(site.platform.publisher, system_context(), [PAGE])
    page = member.get(f"/records/customer/{made[0]}").text
    assert all(f'class="{shown} rule-button"' in page for shown in ("button", "menu-item"))


def test_ticked_rows_are_done_where_the_button_is_there(site: Site, member: TestClient, made: list[str]) -> None:
    assert "bulk-press-raise_arr" in member.get("/records/customer").text
    answer = member.post("/records/customer/bulk", data={"act": "press", "rule": "raise_arr", "ids": made})
    assert answer.json()["text"] == "“Raise by ten” is done for 2 records, not for 1."
    assert [(site.stored(id) or {})["arr"] for id in made] == [30, 500, 10]
    assert member.post("/records/customer/bulk", data={"act": "press", "rule": "nothing", "ids": made}).status_code == 404

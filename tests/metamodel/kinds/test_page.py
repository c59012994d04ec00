"""The kind page: what a record's page shows."""

from __future__ import annotations

from typing import Any

import pytest

from tenon.metamodel.naming import to_shown
from tests.metamodel.kinds.contract import PAGE, both, found, read, refused, with_world


def test_the_example_is_read_to_the_letter() -> None:
    document = read(PAGE)
    assert [b.type for b in document.body.tabs[0].blocks] == ["score", "form", "timeline", "related", "widget", "tasks"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"tabs": [{"label": {"en": "x"}, "blocks": [{"type": "scores"}]}]}, ("/tabs/0/blocks/0/type", "bad_choice")),
        ({"tabs": [{"blocks": []}]}, ("/tabs/0/label", "required")),
        ({"tabs": [{"label": {"en": "x"}, "blocks": [{"type": "next_action", "actions": [{"when": "True"}]}]}]}, ("/tabs/0/blocks/0/actions/0/label", "required")),
        ({"header": {"facts": "arr"}}, ("/header/facts", "wrong_type")),
        ({"header": {"facts": ["arr"] * 13}}, ("/header/facts", "too_long")),
    ],
)
def test_what_is_wrong_is_said_where_it_is(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in refused({**PAGE, **changes})


def page_of(*actions: dict[str, Any]) -> dict[str, Any]:
    """The page with a block of next actions."""
    return {**PAGE, "tabs": [{"label": both("Overview", "总览"), "blocks": [{"type": "next_action", "actions": list(actions)}]}]}


SHIP: dict[str, Any] = {
    "label": both("Late order", "逾期订单"), "relation": "orders", "when": "amount > 100", "sort": ["ordered_at"], "facts": ["amount"],
    "button": {"label": both("Settle", "结清"), "set": [{"field": "number", "value": "'X'"}]},
}
GROW: dict[str, Any] = {
    "label": both("Expansion", "增购"), "when": "arr > 100",
    "button": {"label": both("Ticket", "工单"), "create": {"entity": "ticket", "values": [{"field": "priority", "value": "'urgent'"}]}},
}


def test_next_actions_are_read_in_their_relation_or_in_the_record() -> None:
    model = with_world(page_of(SHIP, GROW))
    assert found(model) == []
    shown = to_shown(model.get("page", "customer_360"), model)["tabs"][0]["blocks"][0]["actions"]
    assert [a["when"] for a in shown] == ["amount > 100", "arr > 100"]
    assert (shown[0]["sort"], shown[0]["button"]["set"][0]["field"], shown[1]["button"]["create"]["entity"]) == (["ordered_at"], "number", "ticket")


@pytest.mark.parametrize(
    ("action", "path", "code"),
    [
        ({**SHIP, "when": "arr > 100"}, "when", "unknown_name"), ({**SHIP, "facts": ["arr"]}, "facts/0", "unknown_name"),
        ({**SHIP, "relation": "ordrs"}, "relation", "unknown_name"), ({**SHIP, "when": "amount"}, "when", "type_mismatch"),
        ({**SHIP, "button": {**SHIP["button"], "set": [{"field": "number", "value": "1"}]}}, "button/set/0/value", "type_mismatch"),
        ({**SHIP, "button": {**SHIP["button"], "set": [{"field": "nmber", "value": "'1'"}]}}, "button/set/0/field", "unknown_name"),
        ({**GROW, "button": {"label": both("x", "x"), "create": {"entity": "ticket", "values": [{"field": "priority", "value": "arr"}]}}},
         "button/create/values/0/value", "type_mismatch"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_action(action: dict[str, Any], path: str, code: str) -> None:
    assert found(with_world(page_of(action))) == [(f"/tabs/0/blocks/0/actions/0/{path}", code)]


def test_a_block_without_actions_is_refused() -> None:
    assert found(with_world(page_of())) == [("/tabs/0/blocks/0/actions", "required")]

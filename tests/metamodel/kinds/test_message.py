"""The kind message: templates that are allowed, paths that exist, what goes with a channel, names that follow."""

from __future__ import annotations

from typing import Any

import pytest

from tenon.metamodel.check_documents import check_model
from tenon.metamodel.naming import to_shown
from tests.metamodel.kinds.contract import MESSAGE, both, found, publish, read, refused, with_world, without_ids, world


def changed(**more: Any) -> list[tuple[str, str]]:
    """Return path and code of what is wrong with the message of the documentation after a change."""
    return found(with_world({**MESSAGE, **more}), "risk_notice")


def test_the_example_is_read_to_the_letter() -> None:
    document = read(MESSAGE)
    assert (document.body.channel, document.body.category, document.body.body.show("zh")) == ("email", "transactional", "{{ record.owner.name }} 您好…")
    assert found(world(), "risk_notice") == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"channel": "fax"}, ("/channel", "bad_choice")), ({"body": None}, ("/body", "wrong_type")), ({"style": "rtf"}, ("/style", "bad_choice")),
        ({"body": {"de": "Hallo"}}, ("/body/de", "unknown_field")), ({"robot": "a b"}, ("/robot", "bad_format")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_where_it_is(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in refused({**MESSAGE, **changes})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"body": both("{{ record.nmae }}", "x")}, ("/body/en", "unknown_name")), ({"subject": both("x", "{{ record.owner.nmae }}")}, ("/subject/zh", "unknown_name")),
        ({"body": both("{{ record.name.x }}", "x")}, ("/body/en", "unknown_name")), ({"subject": None}, ("/subject", "required")),
        ({"body": both(" ", "")}, ("/body", "required")), ({"channel": "sms"}, ("/connector", "required")), ({"channel": "wecom"}, ("/robot", "required")),
        ({"sender": {"reply_to": "a@b\nBcc: c@d.e"}}, ("/sender/reply_to", "bad_format")), ({"entity": "nothing"}, ("/entity", "unknown_name")),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_named(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in changed(**changes)


def test_a_template_is_as_long_as_it_was_typed_not_as_it_is_kept() -> None:
    many = "{{ record.name }} " * 500
    assert changed(body=both(many, "x")) == []
    assert ("/body/en", "too_long") in refused({**MESSAGE, "body": both(many + "y" * 1_001, "x")})


OPEN_ORDERS = {"name": "open_orders", "relation": "orders", "where": "amount > 0", "sort": ["-amount"], "limit": 5}


def test_a_list_is_checked_and_follows_the_names_of_its_records() -> None:
    text = both("{% for each in open_orders %}{{ each.amount }} of {{ record.name }}{% endfor %}", "x")
    listing = {**MESSAGE, "body": text, "lists": [OPEN_ORDERS]}
    assert found(with_world(listing), "risk_notice") == []
    for changes, expected in (
        ({"lists": []}, ("/body/en", "unknown_name")), ({"body": both("{% for x in open_orders %}{{ x.amuont }}{% endfor %}", "x")}, ("/body/en", "unknown_name")),
        ({"lists": [{**OPEN_ORDERS, "relation": "nothing"}]}, ("/lists/0/relation", "unknown_name")),
        ({"lists": [{**OPEN_ORDERS, "where": "nothing > 1"}]}, ("/lists/0/where", "unknown_name")), ({"lists": [{**OPEN_ORDERS, "name": "today"}]}, ("/lists/0/name", "not_unique")),
    ):  # fmt: skip
        assert expected in changed(**{"body": text, "lists": [OPEN_ORDERS], **changes})
    assert ("/lists/1/name", "not_unique") in refused({**listing, "lists": [OPEN_ORDERS, OPEN_ORDERS]})
    model = with_world(listing)
    stored = model.get("message", "risk_notice")
    assert ".amount" not in str(stored.json)
    order = to_shown(model.get("entity", "sales_order"), model)
    for field in order["fields"]:
        field["name"] = {"amount": "worth"}.get(field["name"], field["name"])
    renamed = publish(*[to_shown(d, model) if d.name != "sales_order" else order for d in model.documents.values()], base=model)
    shown = to_shown(renamed.get("message", "risk_notice"), renamed)
    assert "{{ each.worth }} of {{ record.name }}" in shown["body"]["en"]
    assert (shown["lists"][0]["where"], shown["lists"][0]["sort"]) == ("worth > 0", ["-worth"])


def test_an_unknown_path_has_its_place_and_a_suggestion() -> None:
    model = with_world({**MESSAGE, "body": both("Dear\n all {{ record.nmae }}", "x")})
    [problem] = [p for id, p in check_model(model) if model.documents[id].name == "risk_notice"]
    assert (problem.line, problem.column) == (2, 9)
    assert problem.hint is not None
    assert problem.hint.to_json() == {"en": "Did you mean name?", "zh": "您是否想写 name？"}


def test_fields_are_kept_by_id_and_follow_their_names() -> None:
    model = world()
    stored = model.get("message", "risk_notice")
    assert "record.name" not in stored.json["subject"]["en"]
    assert without_ids(to_shown(stored, model)) == without_ids(MESSAGE)
    customer = to_shown(model.get("entity", "customer"), model)
    for field in customer["fields"]:
        field["name"] = {"name": "title"}.get(field["name"], field["name"])
    renamed = publish(*[to_shown(d, model) if d.name != "customer" else customer for d in model.documents.values()], base=model)
    assert to_shown(renamed.get("message", "risk_notice"), renamed)["subject"]["en"] == "{{ record.title }} is at risk"

"""How roles combine, what is refused by name, and what errors do not tell."""

from __future__ import annotations

from typing import Any

import pytest

from tenon.engine.records.histories import history_page
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, NotFound, TenonError
from tests.platform.people import add
from tests.shop import Shop, person


def role(name: str, *grants: dict[str, Any]) -> dict[str, Any]:
    """Return a role; its grants are on contacts and read where they do not say otherwise."""
    return {"kind": "role", "name": name, "label": {"en": name}, "grants": [{"entity": "contact", "actions": ["read"], **g} for g in grants]}


DOCUMENTS: list[dict[str, Any]] = [
    {"kind": "entity", "name": "contact", "title": "name", "search": ["name", "secret"], "keys": [["name", "secret"], ["code"]], "fields": [
        {"name": "name", "type": "text"}, {"name": "code", "type": "text"}, {"name": "secret", "type": "text"}, {"name": "mail", "type": "email"}, {"name": "pay", "type": "money"},
        {"name": "level", "type": "integer"}, {"name": "tripled", "type": "formula", "expr": "pay * 3"}, {"name": "more", "type": "formula", "expr": "tripled + 1"},
        {"name": "head", "type": "reference", "entity": "contact", "reverse": {"name": "team_of", "label": {"en": "Team"}}},
    ]},
    role("plain", {"hide": ["secret", "pay"]}), role("masking", {"mask": ["secret", "mail"], "hide": ["pay"]}),
    role("some", {"where": "level > 5", "read": ["name", "level", "head"]}, {"where": "owner == user.id", "read": "*"}),
    role("named", {"hide": ["pay"], "read": ["name", "more"]}), role("open", {}),
    role("writer", {"actions": ["read", "create", "update", "delete", "bulk"], "where": "level <= 5", "hide": ["secret"]}, {"where": "level > 5", "read": ["name", "level"]}),
    role("lead", {"actions": ["read", "update"], "write": ["level"], "hide": ["secret"]}, {"actions": ["update"], "where": "level < 3", "write": ["name"]}),
    role("maker", {"actions": ["create"]}), role("keyless", {"actions": ["read", "create", "update"], "hide": ["code"]}),
]  # fmt: skip


@pytest.fixture
def contacts(shop: Shop) -> Shop:
    """The shop with contacts and roles."""
    shop.publish(DOCUMENTS)
    return shop


def who(shop: Shop, *roles: str) -> Any:
    """Return somebody with roles."""
    return person(add(shop.platform.database, f"{'-'.join(roles)}@shop.example"), *roles)


def code(error: pytest.ExceptionInfo[Any]) -> str:
    """Return the code of the first problem."""
    return str(error.value.problems[0].code)


def test_readable_beats_masked_beats_hidden(contacts: Shop) -> None:
    item = contacts.create("contact", name="A", secret="swordfish", mail="ann@x.example", pay=7)
    plain, masking, both = who(contacts, "plain"), who(contacts, "masking"), who(contacts, "plain", "masking")
    assert "secret" not in contacts.get("contact", item, ctx=plain)
    assert contacts.get("contact", item, ctx=plain)["mail"] == "ann@x.example"
    assert contacts.get("contact", item, ctx=masking)["secret"] == "s***"
    assert contacts.get("contact", item, ctx=masking)["mail"] == "a***@x.example"
    assert contacts.get("contact", item, ctx=both)["secret"] == "s***"
    assert contacts.get("contact", item, ctx=both)["mail"] == "ann@x.example"
    assert contacts.get("contact", item, ctx=who(contacts, "plain", "open"))["secret"] == "swordfish"
    assert contacts.listed("contact", "secret", masking) == ["s***"]


@pytest.mark.parametrize("name", ["secret", "pay", "tripled", "more"])
@pytest.mark.parametrize("who_reads", ["plain", "masking"])
def test_what_is_not_readable_is_unknown_everywhere(contacts: Shop, name: str, who_reads: str) -> None:
    ctx = who(contacts, who_reads)
    contacts.create("contact", name="A", secret="swordfish", pay=7)
    count = {"name": "n", "expr": "count()"}
    for asked in ({"filters": [f"{name} == None"]}, {"filters": [f"head.{name} == None"]}, {"filters": [f"count(team_of, where={name} == None) > 0"]}, {"sort": [name]}, {"sort": [f"-head.{name}"]}):
        with pytest.raises(Invalid) as error:
            contacts.page("contact", ctx, **asked)
        assert code(error) == "unknown_field"
        assert "swordfish" not in str(error.value)
    for question in ({"group_by": [name], "measures": [count]}, {"measures": [{"name": "m", "expr": f"max({name})"}]}, {"measures": [{"name": "m", "expr": f"max(head.{name})"}]}):
        with pytest.raises(Invalid):
            contacts.ask(ctx, entity="contact", **question)
    if (who_reads, name) != ("masking", "secret"):
        with pytest.raises(Invalid) as error:
            contacts.page("contact", ctx, fields=[name])
        assert code(error) == "unknown_field"
    assert contacts.page("contact", ctx, search="swordfish").records == []


def test_a_star_leaves_out_what_is_computed_from_a_hidden_field_and_naming_it_does_not(contacts: Shop) -> None:
    item = contacts.create("contact", name="A", pay=7)
    assert not {"tripled", "more"} & set(contacts.get("contact", item, ctx=who(contacts, "plain")))
    assert contacts.get("contact", item, ctx=who(contacts, "named"))["more"] == 22


def test_a_cell_that_may_not_be_read_is_absent_and_counts_as_empty(contacts: Shop) -> None:
    some = who(contacts, "some")
    mine = contacts.create("contact", name="M", level=1, pay=3, owner=some.user.id)
    other = contacts.create("contact", name="O", level=9, pay=5, secret="x", head=mine)
    contacts.create("contact", name="unseen", level=1, pay=8)
    assert contacts.get("contact", mine, ctx=some)["pay"] == 3
    assert "pay" not in contacts.get("contact", other, ctx=some)
    assert contacts.listed("contact", "name", some, sort=["name"]) == ["M", "O"]
    assert contacts.listed("contact", "name", some, filters=["is_empty(pay)"]) == ["O"]
    assert contacts.listed("contact", "name", some, filters=["pay > 4"]) == []
    assert contacts.listed("contact", "name", some, sort=["-pay"]) == ["M", "O"]
    assert contacts.ask(some, entity="contact", measures=[{"name": "s", "expr": "sum(pay)"}, {"name": "n", "expr": "count()"}])["rows"] == [[3, 2]]
    assert contacts.get("contact", other, "head.pay", ctx=some) == {"id": other, "version": 1, "head.pay": 3}
    with contacts.platform.read() as uow:
        told = history_page(uow, some, uow.model.entities["contact"], other, 10, None)[0]
    assert {c["field"] for c in told[0]["changes"]} == {"name", "level", "head"}


def test_what_is_out_of_sight_is_not_there(contacts: Shop) -> None:
    some, nobody = who(contacts, "some"), who(contacts, "clerk")
    unseen = contacts.create("contact", name="unseen", level=1)
    seen = contacts.create("contact", name="seen", level=9, head=unseen)
    assert contacts.get("contact", seen, "head", "head.name", ctx=some) == {"id": seen, "version": 1, "head": {"id": unseen, "title": None}, "head.name": None}
    for work in (
        lambda: contacts.get("contact", unseen, ctx=some), lambda: contacts.page("contact", nobody), lambda: contacts.get("contact", seen, ctx=nobody),
        lambda: contacts.ask(nobody, entity="contact", measures=[{"name": "n", "expr": "count()"}]), lambda: contacts.create("contact", nobody, name="x"),
        lambda: contacts.change("contact", seen, nobody, name="x"), lambda: contacts.delete("contact", seen, ctx=nobody),
    ):
        with pytest.raises(NotFound):
            work()
    with pytest.raises(Forbidden):
        contacts.change("contact", seen, some, name="x")
    writer = who(contacts, "writer")
    with pytest.raises(Invalid) as error:
        contacts.create("contact", person(writer.user.id, "writer", "maker"), name="x", level=1, head={"secret": "x"})
    assert code(error) == "no_such_record"


def test_the_filter_of_a_grant_holds_before_and_after(contacts: Shop) -> None:
    writer = who(contacts, "writer")
    low = contacts.create("contact", writer, name="low", level=1)
    high = contacts.create("contact", name="high", level=9)
    for work in (
        lambda: contacts.create("contact", writer, name="x", level=6), lambda: contacts.create("contact", writer, name="x"),
        lambda: contacts.change("contact", low, writer, level=6), lambda: contacts.change("contact", high, writer, level=1),
        lambda: contacts.delete("contact", high, ctx=writer), lambda: contacts.delete("contact", low, high, ctx=writer),
        lambda: contacts.change_where("contact", "True", 2, writer, name="x"), lambda: contacts.delete_where("contact", "True", 2, writer),
    ):
        with pytest.raises(Forbidden):
            work()
    rows = contacts.many("contact", [{"id": low, "name": "l"}, {"id": high, "name": "h"}, {"id": low, "level": 9}], writer, mode="update", on_error="skip")
    assert [[p.code for p in r.problems] for r in rows] == [[], ["forbidden"], ["not_unique"]]
    rows = contacts.many("contact", [{"name": "a", "level": 1}, {"name": "b", "level": 7}], writer, on_error="skip")
    assert [[p.code for p in r.problems] for r in rows] == [[], ["forbidden"]]
    assert sorted(contacts.listed("contact", "name")) == ["a", "high", "l"]
    with pytest.raises(Invalid) as error:
        contacts.change("contact", low, writer, secret="x")
    assert code(error) == "unknown_field"


def test_fields_are_written_where_a_grant_lists_them(contacts: Shop) -> None:
    lead = who(contacts, "lead")
    low, high = contacts.create("contact", name="low", level=1), contacts.create("contact", name="high", level=9)
    contacts.change("contact", high, lead, level=8, version=1)
    contacts.change("contact", low, lead, name="l")
    with pytest.raises(Forbidden):
        contacts.change("contact", high, lead, name="h")
    with pytest.raises(Invalid) as error:
        contacts.change("contact", high, lead, pay=3)
    assert code(error) == "read_only"
    rows = contacts.many("contact", [{"id": low, "name": "x"}, {"id": high, "level": 7}, {"id": high, "name": "y"}], lead, mode="update", on_error="skip")
    assert [r.is_good for r in rows] == [True, True, False]


def test_who_may_only_create_reads_nothing(contacts: Shop) -> None:
    maker = who(contacts, "maker")
    item = contacts.create("contact", maker, name="A", secret="s")
    for work in (lambda: contacts.get("contact", item, ctx=maker), lambda: contacts.page("contact", maker), lambda: contacts.change("contact", item, maker, name="B")):
        with pytest.raises(NotFound):
            work()


def test_keys_out_of_sight_are_no_way_in(contacts: Shop) -> None:
    contacts.create("contact", name="A", secret="swordfish", code="K-1", level=1)
    keyless, writer = who(contacts, "keyless"), who(contacts, "writer")
    with pytest.raises(Invalid) as error:
        contacts.many("contact", [{"code": "K-1"}], keyless, mode="upsert", match_on=["code"])
    assert code(error) == "bad_choice"
    assert "code" not in error.value.problems[0].hint.en
    second = contacts.create("contact", name="B", secret="swordfish", level=1)
    for work in (
        lambda: contacts.change("contact", second, writer, name="A"),
        lambda: contacts.many("contact", [{"id": second, "name": "A"}, {"name": "C", "level": 1}], writer, mode="upsert"),
    ):
        with pytest.raises(TenonError) as clash:
            work()
        assert code(clash) == "not_unique"
        assert "swordfish" not in str(clash.value)
        assert "secret" not in str(clash.value).lower()
    with pytest.raises(Conflict):
        contacts.change("contact", second, writer, name="A")

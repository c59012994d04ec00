from __future__ import annotations

from typing import Any

from tenon.metamodel.changes import difference, document_changes, document_difference
from tests.engine.schema.models import entity, field, item, model_of


def kinds(old: Any, new: Any) -> list[tuple[str, str]]:
    """What changed, but for the documents as a whole."""
    return [(c.kind, c.name) for c in difference(old, new) if not c.kind.startswith("document_")]


def test_everything_is_new_at_first() -> None:
    model = model_of(entity("customer", field("name", n=1)))
    assert kinds(None, model) == [("entity_added", "customer")]
    assert kinds(model, model) == []
    assert kinds(model, model_of()) == [("entity_removed", "customer")]


def test_items_are_followed_by_their_ids() -> None:
    old = model_of(entity("customer", field("name", n=1), field("size", "integer", 2), field("code", n=3)))
    new = model_of(entity("client", field("title", n=1, required=True), field("size", "text", 2), field("code", n=4, unique=True)))
    assert kinds(old, new) == [
        ("entity_renamed", "client"), ("field_renamed", "title"), ("field_required", "title"), ("field_retyped", "size"),
        ("field_added", "code"), ("field_removed", "code"), ("key_added", "code"),
    ]  # fmt: skip
    lossy = {c.kind for c in difference(old, new) if c.may_lose}
    assert lossy == {"field_retyped", "field_removed"}


def test_options_keys_indexes_and_relations() -> None:
    def options(*names: tuple[int, str]) -> list[dict[str, Any]]:
        return [{"id": item(n), "name": name} for n, name in names]

    def order(**reverse: Any) -> dict[str, Any]:
        return field("customer", "reference", 20, entity="customer", **reverse)

    base = entity("customer", field("name", n=10), n=2)
    old = model_of(base, entity("order", field("kind", "choice", 1, options=options((11, "a"), (12, "b"))), order(), keys=[["kind"]]))
    new = model_of(
        base,
        entity(
            "order",
            field("kind", "choice", 1, options=options((11, "z"), (13, "c")), index=True),
            order(reverse={"name": "orders", "id": item(21)}),
        ),
    )
    assert set(kinds(old, new)) == {
        ("option_renamed", "z"), ("option_added", "c"), ("option_removed", "b"), ("index_added", "kind"), ("relation_added", "orders"),
        ("key_removed", "kind"),
    }  # fmt: skip
    renamed = model_of(
        base,
        entity(
            "order",
            field("kind", "choice", 1, options=options((11, "z"), (13, "c")), index=True),
            order(reverse={"name": "purchases", "id": item(21)}),
        ),
    )
    assert kinds(new, renamed) == [("relation_renamed", "purchases")]


def test_changes_that_keep_every_cell_are_no_retype() -> None:
    old = model_of(entity("t", field("a", "integer", 1), field("b", "text", 2), field("c", "decimal", 3)))
    new = model_of(entity("t", field("a", "rating", 1), field("b", "text", 2, max_length=10), field("c", "money", 3, currency="CNY")))
    assert kinds(old, new) == []
    assert [c.kind for c in difference(old, new)] == ["document_changed"]


def test_documents_by_pairs() -> None:
    view = {"kind": "view", "name": "all", "id": item(500), "entity": "t"}
    old, new = model_of(entity("t", field("a", n=1)), view), model_of(entity("t", field("a", n=1)))
    pairs = document_changes(old.documents.values(), new.documents.values())
    assert [(before.name if before else None, after) for before, after in pairs] == [("all", None)]


def test_difference_of_documents_item_by_item() -> None:
    old = {
        "id": "d",
        "name": "t",
        "label": {"en": "T"},
        "fields": [{"id": "1", "name": "a"}, {"id": "2", "name": "b", "max": 3}],
        "search": ["a"],
    }
    new = {
        "id": "d", "name": "t", "label": {"en": "T", "zh": "表"},
        "fields": [{"id": "2", "name": "b"}, {"id": "3", "name": "c"}, {"id": "1", "name": "A"}], "search": ["a", "c"],
    }  # fmt: skip
    assert document_difference(old, new) == [
        {"pointer": "/label/zh", "id": "d", "from": None, "to": "表"},
        {"pointer": "/fields/0/max", "id": "2", "from": 3, "to": None},
        {"pointer": "/fields/1", "id": "3", "from": None, "to": {"id": "3", "name": "c"}},
        {"pointer": "/fields/2/name", "id": "1", "from": "a", "to": "A"},
        {"pointer": "/fields", "id": "d", "from": ["a", "b"], "to": ["b", "A"]},
        {"pointer": "/search", "id": "d", "from": ["a"], "to": ["a", "c"]},
    ]
    assert document_difference(old, old) == []
    assert document_difference(None, old) == [{"pointer": "", "id": "d", "from": None, "to": old}]
    one = {"id": "d", "fields": []}
    assert document_difference(one, {"id": "d", "fields": [{"id": "1"}]}) == [
        {"pointer": "/fields/0", "id": "1", "from": None, "to": {"id": "1"}}
    ]

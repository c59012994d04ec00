"""What an expression depends on, and how changes travel back."""

from __future__ import annotations

from tenon.metamodel.expressions.check import check
from tests.metamodel.expressions.models import MODEL, scope


def ways(text: str, use: str = "value") -> dict[tuple[str, tuple[tuple[str, bool], ...]], set[str]]:
    """Return the fields that matter by entity and hops, by name."""
    found = {}
    for way in check(text, scope(use)).dependencies:
        entity = MODEL.get_entity(way.entity_id)
        hops = tuple((field.name, forward) for field, forward in way.hops)
        found[entity.name, hops] = {entity.fields_by_id[f].name for f in way.field_ids}
    return found


def names(text: str) -> set[str]:
    """Return what is read, by name."""
    reads = check(text, scope()).reads
    return {f"{MODEL.get_entity(e).name}.{MODEL.get_entity(e).fields_by_id[f].name}" for e, f in reads}


def test_own_fields() -> None:
    assert ways("arr + seats") == {("customer", ()): {"arr", "seats"}}
    assert ways("old.arr != arr", "rule") == {("customer", ()): {"arr"}}


def test_references_are_followed_backwards() -> None:
    assert ways("parent.industry.title") == {
        ("customer", ()): {"parent"},
        ("customer", (("parent", False),)): {"industry", "deleted_at"},
        ("industry", (("industry", False), ("parent", False))): {"title", "deleted_at"},
    }
    assert names("parent.industry.title") == {"customer.parent", "customer.industry", "industry.title"}


def test_children_lead_forward_to_their_parent() -> None:
    assert ways("sum(orders.amount, where=status == 'paid' and amount > this.arr)") == {
        ("order", (("customer", True),)): {"customer", "deleted_at", "amount", "status"},
        ("customer", ()): {"arr"},
    }


def test_first_and_last_depend_on_the_time() -> None:
    assert ways("last(orders.amount)") == {("order", (("customer", True),)): {"customer", "deleted_at", "amount", "ordered_at"}}


def test_a_relation_of_a_referenced_record() -> None:
    assert ways("count(parent.orders, where=customer.name == this.name)") == {
        ("customer", ()): {"parent", "name"},
        ("customer", (("parent", False),)): {"deleted_at"},
        ("order", (("customer", True), ("parent", False))): {"customer", "deleted_at"},
        ("customer", (("customer", False), ("customer", True), ("parent", False))): {"name", "deleted_at"},
    }


def test_links_lead_both_ways() -> None:
    order = check("max(products.price)", scope(entity="order")).dependencies
    found = {(MODEL.get_entity(w.entity_id).name, tuple((f.name, forward) for f, forward in w.hops)): w.field_ids for w in order}
    price = MODEL.entities["product"].fields["price"].id
    assert found["product", (("products", False),)] == {price, "deleted_at"}
    assert ("order", ()) in found
    product = check("count(sold_in)", scope(entity="product")).dependencies
    assert [tuple((f.name, forward) for f, forward in w.hops) for w in product] == [(("products", True),)]


def test_people_are_read_but_not_trashed() -> None:
    assert ways("owner.name") == {("customer", ()): {"owner"}, ("user", (("owner", False),)): {"name"}}

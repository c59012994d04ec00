"""Names become tokens when stored and come back as the names of today."""

from __future__ import annotations

import pytest

from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.naming import to_shown, to_stored
from tenon.metamodel.names import token
from tests.metamodel.expressions.models import MODEL, make_model, scope


@pytest.mark.parametrize(
    "text",
    [
        "arr", "arr + 1", " arr ".strip(), "arr\n  + seats", "owner.name", "industry . title", "parent.parent.name",
        "record.created_at > today()",
        "sum( orders . amount , where = status == 'paid' and amount > this . arr )", "'客户' == name and arr > 1",
        "stage in ['won', 'lost']",
        "user.id == owner", "'arr' == name", "count(orders, where=customer.arr > this.arr)", "name == '😀' or active", "arrr + arr",
        "min(arr, seats)",
    ],
)  # fmt: skip
def test_there_and_back(text: str) -> None:
    stored = to_stored(text, scope())
    assert to_shown(stored, scope()) == text


def test_tokens_stand_for_fields_and_relations() -> None:
    customer, order = MODEL.entities["customer"], MODEL.entities["order"]
    stored = to_stored("sum(orders.amount, where=amount > this.arr)", scope())
    amount, relation = token(order.fields["amount"].id), token(customer.relations["orders"].id)
    assert stored == f"sum({relation}.{amount}, where={amount} > this.{token(customer.fields['arr'].id)})"


def test_chinese_function_names_are_stored_in_english() -> None:
    stored = to_stored("求和(orders.amount) + 四舍五入(arr, 1)", scope())
    assert to_shown(stored, scope()) == "sum(orders.amount) + round(arr, 1)"


def test_what_cannot_be_parsed_stays() -> None:
    assert to_stored("arr +", scope()) == "arr +"


def test_a_stored_text_may_be_longer_than_a_typed_one() -> None:
    text = "+".join(["arr"] * 190)
    stored = to_stored(text, scope())
    assert len(stored) > 4000
    assert check(stored, scope()).type.kind == "number"


def test_a_renamed_field_is_found_by_its_old_name_in_the_base() -> None:
    base = make_model()
    renamed = make_model()
    customer = renamed.entities["customer"]
    old = base.entities["customer"].fields["arr"]
    field = customer.fields.pop("arr")
    customer.fields_by_id.pop(field.id)
    field.name, field.id = "revenue", old.id
    customer.fields["revenue"] = customer.fields_by_id[old.id] = field
    base.entities_by_id[customer.id] = base.entities["customer"]
    stored = to_stored("arr + 1", scope(model=renamed, base=base))
    assert to_shown(stored, scope(model=renamed)) == "revenue + 1"

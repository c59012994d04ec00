"""Mapping columns to fields."""

from __future__ import annotations

from typing import Any

import pytest

from tenon.engine.imports.guess import guess_columns
from tenon.engine.imports.mapping import column_names, guess_mapping, parse_mapping
from tenon.engine.imports.row_file import Row
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity
from tenon.metamodel.parse import identify, read_document
from tenon.metamodel.snapshot import build

CUSTOMER = {
    "kind": "entity",
    "name": "customer",
    "label": {"en": "Customer", "zh": "客户"},
    "title": "name",
    "fields": [
        {"name": "name", "type": "text", "label": {"en": "Name", "zh": "名称"}},
        {"name": "code", "type": "text", "label": {"en": "Code", "zh": "编号"}},
        {"name": "mobile", "type": "phone", "label": {"en": "Mobile", "zh": "手机"}},
        {"name": "email", "type": "email"},
        {"name": "industry", "type": "text", "label": {"en": "Industry", "zh": "行业"}},
        {"name": "annual_fee", "type": "money", "currency": "CNY", "label": {"en": "Annual fee", "zh": "年费"}},
        {"name": "signed_on", "type": "date", "label": {"en": "Signed on", "zh": "签约日期"}},
        {"name": "fee_twice", "type": "formula", "expr": "annual_fee * 2"},
    ],
}


@pytest.fixture(scope="module")
def customer() -> Entity:
    return build([identify(read_document(CUSTOMER), None)], 1).get_entity("customer")


def columns(header: list[str], *rows: list[Any]) -> Any:
    return guess_columns(header, [Row(n, list(row)) for n, row in enumerate(rows, start=2)])


def test_names_labels_and_variants_are_found_and_explained(customer: Entity) -> None:
    found = columns(
        ["客户名称", "CODE", "联系电话", "E-mail", "所属行业", "年费(元)", "SignedOn", "备注"],
        ["甲公司", "C1", "13800138000", "a@example.com", "软件", "1,200", "2024-01-05", "x"],
    )
    guess = guess_mapping(found, customer)
    assert guess.mapping == {
        "name": "客户名称",
        "code": "CODE",
        "mobile": "联系电话",
        "email": "E-mail",
        "industry": "所属行业",
        "annual_fee": "年费(元)",
        "signed_on": "SignedOn",
    }
    assert guess.unused == ["备注"]
    assert guess.why.keys() == guess.mapping.keys()
    assert guess.why["code"].zh == "名称相同"
    assert guess_mapping(list(reversed(found)), customer).mapping == guess.mapping


def test_pinyin_and_content_help(customer: Entity) -> None:
    guess = guess_mapping(columns(["hangye", "联络"], ["软件", "a@example.com"]), customer)
    assert guess.mapping == {"industry": "hangye", "email": "联络"}


def test_contents_that_do_not_fit_speak_against_a_synonym(customer: Entity) -> None:
    assert "signed_on" not in guess_mapping(columns(["startdate"], ["a@example.com"]), customer).mapping


def test_a_mapping_names_columns_or_holds_expressions(customer: Entity) -> None:
    found = columns(["Company Name", "首字母", "Fee"], ["甲", "J", "5"])
    seen: list[tuple[str, dict[str, int], str]] = []

    def compile_it(text: str, names: dict[str, int], field: Any) -> str:
        seen.append((text, names, field.name))
        return text.upper()

    parsed = parse_mapping({"name": "Company Name", "code": "首字母", "annual_fee": "fee * 2", "email": None}, found, customer, compile_it)
    assert [(m.field.name, m.column, m.expression) for m in parsed] == [
        ("name", 0, None),
        ("code", 1, None),
        ("annual_fee", None, "FEE * 2"),
    ]
    assert seen == [("fee * 2", {"company_name": 0, "shou_zi_mu": 1, "fee": 2}, "annual_fee")]
    assert column_names(found) == seen[0][1]


def test_every_mistake_in_a_mapping_is_named(customer: Entity) -> None:
    def refuse(text: str, names: dict[str, int], field: Any) -> None:
        raise Invalid(Problem("", "bad_expression", say("No.", "不行。"), line=1, column=1))

    with pytest.raises(Invalid) as caught:
        parse_mapping({"nam": "a", "fee_twice": "a", "code": "1 +"}, columns(["a"], ["1"]), customer, refuse)
    problems = [(p.path, p.code) for p in caught.value.problems]
    assert problems == [("/mapping/nam", "unknown_field"), ("/mapping/fee_twice", "read_only"), ("/mapping/code", "bad_expression")]
    assert "name" in (caught.value.problems[0].hint or say("", "")).show("en")

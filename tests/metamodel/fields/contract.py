"""What the tests of all field types share: making a field, the place it is read at, and good values of every type."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter

from tenon.metamodel.fields import AnyField
from tenon.metamodel.fields.base import BadValue, FieldSpec, Place

PLACE = Place(ZoneInfo("Asia/Shanghai"), datetime(2026, 3, 2, 1, 30, tzinfo=UTC), date(2026, 3, 2))
ID = "0198c0de-0000-7000-8000-000000000001"
OTHER_ID = "0198c0de-0000-7000-8000-000000000002"
OPTIONS = [
    {"name": "saas", "label": {"en": "SaaS", "zh": "软件"}, "colour": "blue"},
    {"name": "retail", "label": {"en": "Retail", "zh": "零售"}},
    {"name": "mining", "retired": True},
]
_ANY: TypeAdapter[FieldSpec] = TypeAdapter(AnyField)

EXAMPLES: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "text": ({"max_length": 50}, ["创科科技", "  padded ", "a'; drop table x --", "😀"]),
    "long_text": ({}, ["one\ntwo\tthree", "a\r\nb"]),
    "rich_text": ({}, ["<p>Hello <b>you</b></p>", '<a href="https://example.com">a &amp; b</a>', "1 < 2 & 3"]),
    "email": ({}, ["Li.Na@Example.COM", "wang@corp.test"]),
    "phone": ({}, ["13800138000", "+44 20 7946 0018", "010-12345678"]),
    "url": ({}, ["https://example.com/a?b=c#d", "MAILTO:li@example.com", "tel:+8613800138000"]),
    "integer": ({}, [0, -5, "17", 10**15 - 1, 3.0]),
    "decimal": ({}, [1.5, "2.50", -0.0, 3]),
    "money": ({"min": "0"}, ["99900", 0.1, 12]),
    "percent": ({}, [0.3, "1.25", 1]),
    "rating": ({}, [0, 5, "3"]),
    "boolean": ({}, [True, False]),
    "choice": ({"options": OPTIONS}, ["saas", "retail"]),
    "choices": ({"options": OPTIONS}, [["saas"], ["retail", "saas", "retail"]]),
    "tags": ({}, [["key account", "重点"], ["a", "a"]]),
    "date": ({}, ["2026-01-31", "0001-01-01", "9999-12-31"]),
    "datetime": ({}, ["2026-01-31T09:30", "2026-01-31T09:30:15.25Z", "2026-01-31 09:30+02:00"]),
    "time": ({}, ["09:30", "23:59:59", "00:00"]),
    "duration": ({}, [0, 5400, "60"]),
    "user": ({}, [ID, {"id": ID, "title": "Li Na"}]),
    "unit": ({}, [ID, {"id": ID}]),
    "reference": ({"entity": "customer"}, [ID, ID.upper(), {"id": ID, "title": "Chuangke"}]),
    "references": ({"entity": "customer"}, [[ID, {"id": OTHER_ID}], [ID, ID]]),
    "any_reference": ({"entities": ["customer", "lead"]}, [{"entity": "customer", "id": ID, "title": "x"}]),
    "file": ({}, [ID, {"id": ID, "name": "a.pdf", "size": 3, "type": "application/pdf", "url": "/files/x"}]),
    "image": ({}, [ID]),
    "region": ({}, ["CN", "US-CA", "310115", {"code": "DE", "name": "Germany"}]),
    "address": ({}, [{"city": "上海", "street": "世纪大道1号"}, {"country": "CN", "postcode": ""}]),
    "autonumber": ({"pattern": "C-{yyyy}-{00001}"}, ["C-2026-00001"]),
    "stage": ({"options": OPTIONS}, ["saas"]),
    "json": ({}, [{"a": [1, 2.5, None, True, "x"]}, [1], 0, False, {}]),
}


def make(type_name: str, **options: Any) -> FieldSpec:
    """Return a field of a type, with the options its examples need unless others are given."""
    base = EXAMPLES[type_name][0] if type_name in EXAMPLES else {}
    return _ANY.validate_python({"type": type_name, "name": "field_a", **base, **options})


def clean(spec: FieldSpec, raw: Any) -> Any:
    """Return the canonical value."""
    return spec.clean(raw, PLACE)


def refusal(spec: FieldSpec, raw: Any) -> str:
    """Return the code of the refusal; it has a message and a hint in both languages, or is about the type."""
    with pytest.raises(BadValue) as caught:
        spec.clean(raw, PLACE)
    problem = caught.value.problem("/field_a")
    assert problem.message.en
    assert problem.message.zh
    assert problem.hint is not None
    assert problem.hint.en
    assert problem.hint.zh
    problem.message.show("en").encode()
    return problem.code


def faults(spec: FieldSpec) -> list[tuple[str, str]]:
    """Return path and code of everything that is wrong with the options."""
    return [(problem.path, problem.code) for problem in spec.check_spec()]

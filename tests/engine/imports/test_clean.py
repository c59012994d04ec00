"""Cleaning cells into what fields take."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tenon.engine.imports.clean import NOTES, Cleaner, Decisions
from tenon.metamodel.fields import FIELD_TYPES
from tenon.metamodel.fields.base import BadValue, Place

SHANGHAI = Place(ZoneInfo("Asia/Shanghai"), datetime(2026, 3, 2, 1, 30, tzinfo=UTC), date(2026, 3, 2))
OPTIONS = [
    {"name": "saas", "label": {"en": "Software", "zh": "软件服务"}},
    {"name": "retail", "label": {"en": "Retail", "zh": "零售"}},
]


def cleaner(kind: str, decisions: Decisions | None = None, **options: Any) -> Cleaner:
    return Cleaner(FIELD_TYPES[kind].model_validate({"name": "f", "type": kind, **options}), decisions)


def run(raw: Any, kind: str, decisions: Decisions | None = None, **options: Any) -> tuple[Any, str | None]:
    """Return what the field makes of the cleaned cell, and the note."""
    tool = cleaner(kind, decisions, **options)
    value, note = tool.clean(raw)
    assert note is None or note in NOTES
    return tool.spec.clean(value, SHANGHAI), note


@pytest.mark.parametrize(
    ("raw", "kind", "value", "note"),
    [
        ("  甲 公司 ", "text", "甲 公司", "trimmed"),
        ("ＡＢＣ１２３", "text", "ABC123", "half_width"),
        ("甲（杭州）", "text", "甲（杭州）", None),
        ("甲\u200b公司", "text", "甲公司", "trimmed"),
        (12, "text", "12", "text"),
        (Decimal("1.50"), "text", "1.5", "text"),
        (date(2024, 1, 5), "text", "2024-01-05", "text"),
        (" N/A ", "text", None, "emptied"),
        ("—", "integer", None, "emptied"),
        (None, "date", None, None),
        ("12", "integer", 12, None),
        ("1,234", "integer", 1234, "number"),
        (7, "integer", 7, None),
        ("1.2万", "money", Decimal("12000.00"), "unit"),
        ("16.31亿", "decimal", Decimal("1631000000.00"), "unit"),
        ("¥1,234.5", "money", Decimal("1234.50"), "number"),
        ("(12.50)", "money", Decimal("-12.50"), "number"),
        ("30%", "percent", Decimal("0.3000"), "number"),
        (Decimal("0.3"), "percent", Decimal("0.3000"), None),
        ("2024-01-05", "date", date(2024, 1, 5), None),
        ("2024年1月5日", "date", date(2024, 1, 5), "date"),
        ("20240105", "date", date(2024, 1, 5), "date"),
        (20240105, "date", date(2024, 1, 5), None),
        ("05.01.2024", "date", date(2024, 1, 5), "date"),
        ("２０２４／１／５", "date", date(2024, 1, 5), "date"),
        (datetime.fromisoformat("2024-01-05T09:00"), "date", date(2024, 1, 5), "time_left_out"),
        ("2016/2/5 19:08", "datetime", datetime(2016, 2, 5, 11, 8, tzinfo=UTC), "date"),
        (date(2024, 1, 5), "datetime", datetime(2024, 1, 4, 16, tzinfo=UTC), None),
        ("2024-01-05T10:00:00Z", "datetime", datetime(2024, 1, 5, 10, tzinfo=UTC), "date"),
        ("下午3:04", "time", time(15, 4), "date"),
        (time(9, 30), "time", time(9, 30), None),
        ("是", "boolean", True, "boolean"),
        ("N", "boolean", False, "boolean"),
        (1, "boolean", True, "boolean"),
        (False, "boolean", False, None),
        ("138 0013-8000", "phone", "+8613800138000", "phone"),
        ("008613800138000", "phone", "+8613800138000", "phone"),
        (13800138000, "phone", "+8613800138000", "phone"),
        (" <A.B@Example.COM> ", "email", "A.B@example.com", "email"),
        ("www.example.com/a", "url", "https://www.example.com/a", "url"),
        ("26:30:00", "duration", 95400, "number"),
        ('{"a": 1}', "json", {"a": 1}, None),
        ("杭州市西湖区1号", "address", {"street": "杭州市西湖区1号"}, None),
        ("a; b、c", "tags", ("a", "b", "c"), "list"),
        ("line\r\nline", "long_text", "line\nline", None),
    ],
)
def test_a_cell_becomes_what_its_field_takes(raw: Any, kind: str, value: Any, note: str | None) -> None:
    options = {"currency": "CNY"} if kind == "money" else {"scale": 2} if kind == "decimal" else {}
    assert run(raw, kind, **options) == (value, note)


@pytest.mark.parametrize("word", ["saas", " SaaS", "Software", "ＳＯＦＴＷＡＲＥ", "软件服务", "互联网软件"])
def test_options_are_known_by_name_label_and_synonym(word: str) -> None:
    decisions = Decisions(synonyms={"互联网软件": "saas"})
    assert run(word, "choice", decisions, options=OPTIONS)[0] == "saas"


def test_several_options_in_one_cell() -> None:
    assert run("软件服务, Retail", "choices", options=OPTIONS) == (("saas", "retail"), "list")


@pytest.mark.parametrize(
    ("raw", "kind", "code"),
    [
        ("about 5", "integer", "wrong_type"),
        ("05/06/2024", "date", "bad_format"),
        ("soon", "date", "bad_format"),
        ("maybe", "boolean", "wrong_type"),
        ("25:00", "time", "bad_format"),
        (True, "integer", "wrong_type"),
        ("2024-02-30", "datetime", "bad_format"),
    ],
)
def test_what_cannot_be_read_is_refused_with_advice(raw: Any, kind: str, code: str) -> None:
    tool = cleaner(kind)
    for _ in range(2):
        with pytest.raises(BadValue) as caught:
            tool.clean(raw)
        assert caught.value.code == code
        assert caught.value.hint


def test_decisions_say_how_a_column_is_read() -> None:
    assert run("05/06/2024", "date", Decisions(date_order="dmy"))[0] == date(2024, 6, 5)
    assert run("05/06/2024", "date", Decisions(date_order="mdy"))[0] == date(2024, 5, 6)
    assert run("24-01-05", "date", Decisions(date_order="ymd"))[0] == date(2024, 1, 5)
    assert run("1.234,5", "decimal", Decisions(decimal_mark=","))[0] == Decimal("1234.50")
    assert run("30", "percent", Decisions(is_hundredths=True)) == (Decimal("0.3000"), "unit")
    assert run("1.005", "decimal", Decisions(rounds=True)) == (Decimal("1.01"), "rounded")
    assert run("-", "text", Decisions(empty_words=frozenset()))[0] == "-"


def test_references_are_left_to_whoever_looks_them_up() -> None:
    value, note = cleaner("reference", entity="customer").clean(" 甲公司 ")
    assert (value, note) == ("甲公司", "trimmed")

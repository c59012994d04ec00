"""Guessing what columns hold."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from tenon.engine.imports.guess import Column, guess_column, guess_columns
from tenon.engine.imports.row_file import Row


def guess(*cells: object, name: str = "column 1", times: int = 1) -> Column:
    return guess_column(name, 0, [*cells] * times)  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "2", "30"], "integer"),
        (["1,234", "5"], "integer"),
        (["1.5", "2"], "decimal"),
        (["¥1,234.50", "¥3"], "money"),
        (["30%", "5.5%"], "percent"),
        (["是", "否", "是"], "boolean"),
        (["Y", "N"], "boolean"),
        (["TRUE", "false"], "boolean"),
        (["0", "1", "1"], "boolean"),
        (["2024-01-05", "2024/1/6"], "date"),
        (["2024年1月5日"], "date"),
        (["20240105", "20231231"], "date"),
        (["05.01.2024"], "date"),
        (["2016/2/5 19:08"], "datetime"),
        (["5/19/2006 0:00:00"], "date"),
        (["09:30", "18:00"], "time"),
        (["a@example.com", "b.c@example.org"], "email"),
        (["13800000000", "+86 139 0000 0000"], "phone"),
        (["https://example.com", "www.example.org/a"], "url"),
        (["002379", "300659"], "text"),
        (["91330000MA27X1234Y"], "text"),
        (["6120.00万", "16.31亿"], "integer"),
        (["x" * 201], "long_text"),
        (["a\nb"], "long_text"),
        (["甲", "乙", "丙"] * 10, "choice"),
        ([f"客户{n}" for n in range(60)], "text"),
        ([date(2024, 1, 5), date(2024, 1, 6)], "date"),
        ([datetime.fromisoformat("2024-01-05T09:00")], "datetime"),
        ([Decimal("1.5"), 2], "decimal"),
        ([True, False], "boolean"),
    ],
)
def test_the_type_of_a_column(cells: list[object], kind: str) -> None:
    assert guess(*cells).type == kind


@pytest.mark.parametrize("nothing", ["N/A", "na", "NULL", "none", "-", "—", "无", "空", "#N/A", " ", None, "暂无"])
def test_words_for_nothing_are_empty(nothing: str | None) -> None:
    column = guess("1", nothing, "2", nothing)
    assert (column.type, column.empty_share, column.unique) == ("integer", 0.5, True)


def test_day_and_month_are_asked_when_no_value_decides() -> None:
    column = guess("05/06/2024", "01/02/2024")
    assert (column.type, column.ambiguous, column.decisions.date_order) == ("date", True, None)
    assert column.question
    assert "05/06/2024" in (column.question.zh or "")


@pytest.mark.parametrize(("value", "order"), [("31/12/2012", "dmy"), ("12/31/2012", "mdy")])
def test_one_value_decides_day_and_month_for_its_column(value: str, order: str) -> None:
    column = guess("05/06/2024", value)
    assert (column.ambiguous, column.decisions.date_order) == (False, order)


def test_contradicting_values_are_asked() -> None:
    assert guess("31/12/2012", "12/31/2012", "05/06/2024").ambiguous


def test_dates_with_the_year_first_are_never_asked() -> None:
    column = guess("2024/5/6", "2024年5月6日", "20240506", "05.06.2024", "5 Jan 2024")
    assert (column.type, column.ambiguous) == ("date", False)


def test_two_digit_years_are_asked() -> None:
    assert guess("24-01-05").ambiguous


@pytest.mark.parametrize(
    ("cells", "mark"), [(["1,7", "200.000.000"], ","), (["1.234,5", "1,234"], ","), (["1,234", "5,678"], "."), (["1,234.5", "1,234"], ".")]
)
def test_the_decimal_mark_is_decided_for_the_column(cells: list[str], mark: str) -> None:
    assert guess(*cells).decisions.decimal_mark == mark


def test_figures_of_a_column() -> None:
    column = guess("€ 1.50", "€ 1.50", "€ 2,000.25", name="price")
    assert (column.type, column.currency, column.scale, column.unique, column.longest) == ("money", "EUR", 2, False, 10)
    options = guess(*["a"] * 20, *["b"] * 30).options
    assert options == ("b", "a")


def test_some_dirt_does_not_change_the_type_and_is_counted() -> None:
    column = guess(*[str(n) for n in range(98)], "about 5", "?")
    assert (column.type, column.misfits, column.misfit_examples) == ("integer", 2, ("about 5", "?"))


def test_a_percent_column_by_its_name_is_in_hundredths() -> None:
    column = guess("30", "12.5", name="毛利率(%)")
    assert (column.type, column.decisions.is_hundredths) == ("percent", True)


def test_all_columns_of_a_sample() -> None:
    columns = guess_columns(["名称", "空列"], [Row(2, ["甲", None]), Row(3, ["乙", None])])
    assert [(c.name, c.index, c.type, c.empty_share) for c in columns] == [("名称", 0, "text", 0.0), ("空列", 1, "text", 1.0)]

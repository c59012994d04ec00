"""What the grammar refuses, where, and that nothing makes it hang or fall over."""

from __future__ import annotations

import pytest

from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.expressions.check import check
from tests.metamodel.expressions.models import scope


def refused(text: str, use: str = "value") -> list[Problem]:
    with pytest.raises(Invalid) as caught:
        check(text, scope(use))
    assert all(problem.hint for problem in caught.value.problems)
    return list(caught.value.problems)


@pytest.mark.parametrize(
    "text",
    [
        "lambda: 1", "(lambda x: x)(1)", "[x for x in orders]", "{x for x in orders}", "{1: 2}", "{1}", "(x for x in orders)",
        "f'{name}'", "name[0]", "name[1:2]", "name.upper()", "().__class__", "''.__class__", "name.__class__", "(1).real", "count(*orders)",
        "count(**orders)", "(x := 1)", "b'x'", "1j", "...", "arr is None", "arr is not None", "arr & 1", "arr | 1", "arr ^ 1", "~arr",
        "arr << 2", "arr >> 2", "arr @ 2", "[1, 2]", "(1, 2)", "arr in [arr]", "arr in {1}", "await x", "yield", "count(orders, x=1)",
        "a; b",
        "import os", "x = 1", "arr = 1", "arr # note", "arr # 'note'", "'a' # 'b'", "1e5", "0x10", "0b1", "1_000", "1.2.3", "arr \\\n + 1",
        "__import__('os')", "open('x')", "eval('1')", "print(1)", "getattr(name, 'x')", "`arr`", "arr ? 1 : 2", "arr && active",
        "arr || active",
        "!active", "arr <> 1", "'open", '"open', "(arr", "arr)", "arr,", ",", "if", "not", "where=1", "$arr", "arr.", ".arr",
        "count(orders where=1)",
    ],
)  # fmt: skip
def test_what_the_language_has_not_is_refused(text: str) -> None:
    problems = refused(text)
    assert {p.code for p in problems} <= {"bad_expression", "unknown_name"}
    for problem in problems:
        assert problem.line == 1 or "\n" in text
        assert problem.column is not None
        assert problem.message.en
        assert problem.message.zh
        assert "object at" not in problem.message.en
        assert "<class" not in problem.message.en


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("(" * 1900 + "1" + ")" * 1900, "over_limit"),
        ("(" * 10_000 + "1" + ")" * 10_000, "over_limit"),
        ("-" * 3900 + "1", "over_limit"),
        ("not " * 900 + "True", "over_limit"),
        ("a" + ".a" * 1900, "over_limit"),
        ("arr" + "+arr" * 900, "over_limit"),
        ("abs(" * 60 + "1" + ")" * 60, "over_limit"),
        ("1" * 3999, "over_limit"),
        ("0." + "1" * 3000, "over_limit"),
        ("1234567890123456", "over_limit"),
        ("0.123456789", "over_limit"),
        ("x" * 5000, "over_limit"),
        ("arr == 1 or " * 20_000 + "True", "over_limit"),
        ("1 if active else " * 199 + "0", "over_limit"),
        ("[" * 150 + "]" * 150, "over_limit"),
        ("\x00", "bad_expression"),
        ("arr\x00", "bad_expression"),
        ("'\\x00'", "bad_expression"),
        ("'\ud800'", "bad_expression"),
        ("'\\ud800'", "bad_expression"),
        ("arr + \x07", "bad_expression"),
        ("", "bad_expression"),
        (" \n ", "bad_expression"),
        ("9**9**9", "bad_expression"),
        ("4000000**4000000", "bad_expression"),
        ("round(1, -1000000000)", "bad_expression"),
        ("'%500000000d' % 1", "type_mismatch"),
        ("'a' * 1000000000", "type_mismatch"),
    ],
)
def test_hostile_texts_end_in_a_clear_refusal(text: str, code: str) -> None:
    assert code in {p.code for p in refused(text)}


@pytest.mark.parametrize(
    ("sign", "half"),
    [("（", "("), ("）", ")"), ("，", ","), ("“", "'"), ("＝", "=="), ("＞", ">"), ("≥", ">="), ("×", "*")],
)
def test_full_width_signs_are_named_with_the_half_width_one(sign: str, half: str) -> None:
    first = refused(f"arr {sign} 1")[0]
    assert first.column == 5
    assert first.hint is not None
    assert half in first.hint.show("zh")


@pytest.mark.parametrize(("blank", "code"), [("\u3000", "U+3000"), ("\u00a0", "U+00A0")])
def test_blanks_that_are_not_plain_are_named_by_their_code(blank: str, code: str) -> None:
    first = refused(f"arr{blank}> 1")[0]
    assert (first.column, code in first.message.en) == (4, True)


def test_full_width_signs_inside_quotes_are_text() -> None:
    assert check("name == '（客户），#'", scope()).type.kind == "boolean"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("arrr", 1, 1), ("arr + arrr", 1, 7), ("  arrr", 1, 3), ("'客户' == arrr", 1, 9), ("'😀' == arrr", 1, 8), ("arr +\n  arrr", 2, 3),
        ("arr +\r\n\r\n arrr", 3, 2), ("owner.nam", 1, 7), ("owner . nam", 1, 9), ("'\n' == arrr", 2, 6), ("arr + +", 1, 7),
    ],
)  # fmt: skip
def test_positions_count_characters_of_what_was_typed(text: str, line: int, column: int) -> None:
    first = refused(text)[0]
    assert (first.line, first.column) == (line, column)


def test_several_problems_are_told_at_once() -> None:
    found = [(p.code, p.column) for p in refused("arrr + nam + foo(1) + name")]
    assert found == [("unknown_name", 1), ("unknown_name", 8), ("unknown_name", 14)]


@pytest.mark.parametrize(
    "text",
    [
        "+".join(["arr"] * 200), "arr" + "-arr" * 150, " or ".join(["active"] * 200), " if active else ".join(["1"] * 130),
        "arr\n+\n1", "\t arr \r\n", "(((((arr)))))", "1 < arr < seats <= 5", "arr in (1, -2, None)", "stage not in ['won']", "-arr ** 2",
        "+arr",
        "not not active", "'a' 'b' == name", "求和(orders.amount) > 0",
    ],
)  # fmt: skip
def test_long_chains_and_line_breaks_are_fine(text: str) -> None:
    check(text, scope())


def test_what_was_checked_before_is_checked_with_a_tree_of_its_own() -> None:
    first, again = check("arr > 10", scope("value")), check("arr > 10", scope("value"))
    assert first.tree is not again.tree
    assert [(p.code, p.line, p.column) for p in refused("arr[0]")] == [(p.code, p.line, p.column) for p in refused("arr[0]")]

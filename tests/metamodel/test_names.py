"""API names: their form, reserved words, and names made from labels."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from tenon.metamodel.names import NAME, RESERVED, TOKEN, check_name, find_no_text, propose_name, suggest, token, untoken

ID = "0198c0de-0000-7000-8000-000000000001"


@pytest.mark.parametrize("name", ["a", "customer", "a1", "x_y_z", "a" * 40, "sum", "customer_", "entity"])
def test_good_names(name: str) -> None:
    assert check_name(name, "/name", is_field=True) == []


@pytest.mark.parametrize(
    "name",
    [
        "", "A", "1a", "_a", "a-b", "a b", "客户", "a\n", "\na", "a" * 41, "é", "a\0", "ａ", "a;drop", '"a"', "a.b", "__class__", "a\u200b",
        "x" * 100_000, "\u202ea",
    ],
)  # fmt: skip
def test_hostile_names_are_refused_with_one_that_would_do(name: str) -> None:
    (problem,) = check_name(name, "/name")
    assert (problem.path, problem.code) == ("/name", "bad_format")
    assert problem.hint is not None
    proposed = (problem.hint.en or "").removeprefix("Try ").removesuffix(".")
    assert check_name(proposed, "/name", is_field=True) == []
    assert proposed in (problem.hint.zh or "")


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_reserved_words_are_no_fields(name: str) -> None:
    assert [p.code for p in check_name(name, "/name", is_field=True)] == ["bad_format"]
    assert check_name(name, "/name") == []


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("客户", "ke_hu"), ("客户 ARR", "ke_hu_arr"), ("Annual revenue", "annual_revenue"), ("annualRevenue", "annual_revenue"),
        ("Café", "cafe"), ("重庆", "chong_qing"), ("2024 年", "f_2024_nian"), ("", "item"), ("!!!", "item"), ("🙂", "item"), ("class", "class_2"),
        ("id", "id_2"), ("a" * 100, "a" * 40), ("Ｆｕｌｌ", "full"), ("\ud800", "item"), ("a\0b", "a_b"),
    ],
)  # fmt: skip
def test_names_are_made_from_labels(label: str, name: str) -> None:
    assert propose_name(label) == name


@given(st.text(max_size=200), st.sets(st.sampled_from(["item", "a", "item_2", "f_1"])))
def test_a_proposed_name_is_always_good_and_free(label: str, taken: set[str]) -> None:
    name = propose_name(label, taken)
    assert NAME.match(name)
    assert name not in taken | RESERVED


def test_many_of_the_same_name() -> None:
    taken: set[str] = set()
    for _ in range(120):
        taken.add(propose_name("客户", taken))
    assert len(taken) == 120
    assert all(NAME.match(name) for name in taken)


def test_suggestions() -> None:
    assert suggest("naem", ["name", "arr"]) == "name"
    assert suggest("zzz", ["name", "arr"]) is None
    assert suggest("n" * 1_000_000, ["name"]) is None


def test_tokens() -> None:
    assert untoken(token(ID)) == ID
    assert token("created_at") == "created_at"
    assert untoken("name") is None
    assert untoken("_" + "0" * 31) is None
    assert TOKEN.findall(f"sum({token(ID)}.{token(ID)})") == [token(ID)] * 2
    assert TOKEN.findall(f"x{token(ID)}") == TOKEN.findall(f"{token(ID)}0") == []


def test_what_is_no_text() -> None:
    assert find_no_text("客户\n\t🙂") is None
    assert find_no_text("a\0") == "\0"
    assert find_no_text("\ud83d") == "\ud83d"
    assert find_no_text("\x1b[31m") == "\x1b"

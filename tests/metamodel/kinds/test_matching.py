"""The kind matching: what is compared, what counts and what decides."""

from __future__ import annotations

from typing import Any

import pytest

from tests.metamodel.kinds.contract import MATCHING, found, read, refused, with_world


def _compared(*compare: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**MATCHING, "compare": list(compare), **more}


NAME = {"field": "name", "by": "company_name", "weight": 3}


def test_the_example_is_read_to_the_letter() -> None:
    body = read(MATCHING).body
    assert [(c.field, c.by, c.weight, c.decides) for c in body.compare] == [("name", "company_name", 3, False), ("phone", "phone", 2, False), ("code", "exact", None, True)]
    assert (str(body.propose_from), body.merge_from) == ("0.75", None)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"compare": []}, ("/compare", "required")),
        ({"compare": [{**NAME, "by": "magic"}]}, ("/compare/0/by", "bad_choice")),
        ({"compare": [{**NAME, "weight": 0}]}, ("/compare/0/weight", "out_of_range")),
        ({"propose_from": 1.5}, ("/propose_from", "out_of_range")),
    ],
)
def test_what_is_wrong_is_said_where_it_is(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in refused({**MATCHING, **changes})


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (MATCHING, []),
        (_compared({"field": "name", "by": "company_name"}), [("/compare/0/weight", "required")]),
        (_compared({**NAME, "decides": True}), [("/compare/0/weight", "conflict")]),
        (_compared(NAME, NAME), [("/compare/1/field", "not_unique")]),
        (_compared({"field": "industry", "by": "company_name", "weight": 1}), [("/compare/0/by", "type_mismatch")]),
        (_compared({"field": "phone", "by": "domain", "weight": 1}), [("/compare/0/by", "type_mismatch")]),
        (_compared({"field": "logo", "by": "exact", "weight": 1}), [("/compare/0/field", "type_mismatch")]),
        (_compared({"field": "arr", "by": "exact", "weight": 1}, {"field": "email", "by": "domain", "weight": 1}), []),
        (_compared({"field": "nobody", "by": "exact", "weight": 1}), [("/compare/0/field", "unknown_name")]),
        ({**MATCHING, "merge_from": 0.5}, [("/merge_from", "out_of_range")]),
    ],
)
def test_a_comparison_counts_or_decides_and_goes_with_its_field(raw: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert found(with_world(raw), "same_company") == expected

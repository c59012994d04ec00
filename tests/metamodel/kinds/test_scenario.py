"""The kind scenario: a story with a clock, records and what is expected of them."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.metamodel.kinds.contract import SCENARIO, found, read, refused, with_world


def test_the_example_is_read_to_the_letter() -> None:
    document = read(SCENARIO)
    assert document.body.given.clock == "2025-01-15"
    assert [step.advance_days for step in document.body.then] == [14, 0, 0, 0]
    assert document.body.then[2].expect.value == 45


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"given": {"clock": "tomorrow"}}, ("/given/clock", "bad_format")), ({"given": {}}, ("/given/clock", "required")), ({"then": []}, ("/then", "required")),
        ({"then": [{"advance_days": -1}]}, ("/then/0/advance_days", "out_of_range")), ({"then": [{"wait": 3}]}, ("/then/0/wait", "unknown_field")),
        ({"then": [{"expect": {"record": "a", "may": "dance"}}]}, ("/then/0/expect/may", "bad_choice")),
        ({"then": [{"do": {"entity": "ticket"}}]}, ("/then/0/do/set", "required")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_where_it_is(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in refused({**SCENARIO, **changes})


RECORD = {"record": "创科科技"}


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ({}, ("", "required")), ({"set": {"nobody": {}}}, ("/set/nobody", "unknown_name")), ({"set": {"customer": {"甲": {}}}}, ("/set/customer", "unknown_name")),
        ({"set": {"customer": {"创科科技": {"colour": 1}}}}, ("/set/customer/创科科技/colour", "unknown_name")),
        ({"set": {"customer": {"创科科技": {"orders_90d": 1}}}}, ("/set/customer/创科科技/orders_90d", "read_only")),
        ({"add": {"ticket": [{"as": "t"}]}}, ("/add/ticket/0/as", "not_unique")), ({"add": {"user": [{}]}}, ("/add/user", "unknown_name")),
        ({"expect": {"score": "health", "value": 1}}, ("/expect/record", "required")),
        ({"expect": {"records": {"entity": "nothing"}}}, ("/expect/records/entity", "unknown_name")),
        ({"expect": {"records": {"entity": "ticket", "filter": "colour == 1"}}}, ("/expect/records/filter", "unknown_name")),
        ({"do": {"entity": "customer", "set": {"colour": 1}}}, ("/do/set/colour", "unknown_name")),
        ({"expect": {"score": "nothing", **RECORD, "value": 1}}, ("/expect/score", "unknown_name")),
        ({"expect": {"score": "health", "record": "甲", "value": 1}}, ("/expect/record", "unknown_name")),
        ({"expect": {"score": "health", **RECORD, "band": "gold"}}, ("/expect/band", "unknown_name")),
        ({"expect": {"score": "health", **RECORD}}, ("/expect", "required")), ({"expect": {"score": "health", **RECORD, "value": "x"}}, ("/expect/value", "wrong_type")),
        ({"expect": {**RECORD}}, ("/expect", "refused")), ({"expect": {**RECORD, "may": "read"}}, ("/expect/role", "required")),
        ({"expect": {**RECORD, "may": "read", "person": "bob"}}, ("/expect/person", "unknown_name")),
        ({"expect": {**RECORD, "may": "read", "role": "nobody"}}, ("/expect/role", "unknown_name")),
        ({"expect": {**RECORD, "may": "delete", "role": "csm", "field": "arr"}}, ("/expect/may", "bad_choice")),
        ({"expect": {**RECORD, "field": "colour", "value": 1}}, ("/expect/field", "unknown_name")),
        ({"expect": {"entity": "customer", **RECORD, "field": "colour", "value": 1}}, ("/expect/field", "unknown_name")),
    ],
)  # fmt: skip
def test_what_it_names_has_to_be_there(step: dict[str, Any], expected: tuple[str, str]) -> None:
    story = {**copy.deepcopy(SCENARIO), "then": [step]}
    listed = found(with_world(story), "chuangke")
    assert (f"/then/0{expected[0]}", expected[1]) in listed


def test_a_day_that_is_none_and_rows_of_nothing() -> None:
    story = {**SCENARIO, "given": {"clock": "2025-02-30", "records": {"nothing": [{}], "customer": [{"name": "创科科技", "colour": 1}]}}, "then": [{"advance_days": 1}]}
    assert set(found(with_world(story), "chuangke")) >= {
        ("/given/clock", "bad_format"), ("/given/records/nothing", "unknown_name"), ("/given/records/customer/0/colour", "unknown_name"),
    }  # fmt: skip

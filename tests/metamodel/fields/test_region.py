"""Countries and regions."""

from __future__ import annotations

import pytest

from tenon.metamodel.fields.region import region_name
from tests.metamodel.fields.contract import clean, make, refusal


def test_codes_of_countries_their_parts_and_chinese_regions() -> None:
    assert [clean(make("region"), code) for code in ("CN", "US-CA", "FR-75C", "310115")] == ["CN", "US-CA", "FR-75C", "310115"]
    assert clean(make("region"), {"code": "CN", "name": "China"}) == "CN"


def test_countries_are_shown_by_name() -> None:
    assert make("region").show("CN") == {"code": "CN", "name": "China"}
    assert make("region").show("310115") == {"code": "310115", "name": "310115"}
    assert (region_name("DE").en, region_name("DE").zh) == ("Germany", "德国")
    assert region_name("ZX").zh == "ZX"


@pytest.mark.parametrize("raw", ["cn", "CHN", "31011", "3101155", "CN-", "US-CALI", "China", "３１０１１５", "CN\n"])
def test_other_forms_are_refused(raw: str) -> None:
    assert refusal(make("region"), raw) == "bad_format"


@pytest.mark.parametrize("raw", [310115, ["CN"], {"code": 5}, {"name": "China"}, {"code": "CN", "x": 1}])
def test_other_types_are_refused(raw: object) -> None:
    assert refusal(make("region"), raw) == "wrong_type"

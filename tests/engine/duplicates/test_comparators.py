"""How values are compared: what counts as the same, what is only alike, and what is another one."""

from __future__ import annotations

from typing import get_args

import pytest

from tenon.engine.duplicates.comparators import COMPARING
from tenon.engine.duplicates.comparators.uscc import is_right
from tenon.metamodel.kinds.matching import Comparator


def share(by: str, one: str, other: str) -> float | None:
    """Return how alike two values are; None when one has nothing to compare, or the two decide nothing."""
    comparator = COMPARING[by]
    a, b = comparator.read(one), comparator.read(other)
    if a is None or b is None:
        return None
    likeness = comparator.liken(a, b)
    assert likeness == comparator.liken(b, a)
    if likeness.share >= 0.8:
        assert set(comparator.keys(a)) & set(comparator.keys(b)), "they would never meet"
    return float(likeness.share) if likeness.is_told else None


def test_every_comparator_that_can_be_named_is_there() -> None:
    assert sorted(COMPARING) == sorted(get_args(Comparator))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("创科科技有限公司", "创科科技", 1), ("創科科技股份有限公司", "创科科技（集团）有限公司", 1), ("ＡＢＣ软件有限公司", "abc软件", 1),
        ("北京创科科技有限公司", "创科科技（北京）有限公司", 1), ("上海市创科科技", "创科科技", 0.9), ("北京创科科技", "上海创科科技", 0),
        ("创科科技有限公司", "创科科技有限公司北京分公司", 0), ("创科科技北京分公司", "创科科技上海分公司", 0), ("创科科技", "创客科技", 0.5), ("创科", "创科科技", 0.6),
        ("创科科技", "启明科技", 0), ("Müller & Söhne GmbH", "MULLER SOHNE", 1), ("The Acme Company", "ACME", 1), ("Acme", "Acme Foods", 0),
        ("Stream Flix, Inc.", "Streamflix", 1), ("Internatonal Widgets", "International Widgets Ltd", 0.878), ("Aurora Energy 0001", "Aurora Energy 0002", 0),
    ],
)
def test_names_of_companies(one: str, other: str, expected: float) -> None:
    assert share("company_name", one, other) == pytest.approx(expected, abs=0.001)


@pytest.mark.parametrize(
    ("by", "one", "other", "expected"),
    [
        ("phone", "+86 138-0013-8000", "13800138000", 1), ("phone", "010-88886666", "(010) 8888 6666转801", 1), ("phone", "13800138000", "13800138001", 0),
        ("phone", "110", "110", None), ("email", "Ann.Lee+news@Example.com", "ann.lee@example.com", 1), ("email", "a@x.cn", "b@x.cn", 0),
        ("domain", "https://www.chuangke.com/en", "mail.chuangke.com", 1), ("domain", "a.com.cn", "b.com.cn", 0), ("domain", "https://qq.com/x", "qq.com", None),
        ("exact", " Ａ1 ", "a1", 1), ("exact", "a1", "a2", 0), ("text", "Li Wei", "wei li", 1), ("text", "张伟", "张威", 0),
        ("uscc", "９1350100m000100y43", "91350100M000100Y43", 1), ("uscc", "91350100M000100Y43", "91350100M000100Y44", None),
        ("uscc", "91350100M000100Y43", "91310000MA1FL0XY1A", 0),
    ],
)
def test_other_values(by: str, one: str, other: str, expected: float | None) -> None:
    assert share(by, one, other) == expected


def test_the_last_sign_of_a_credit_code_checks_the_others() -> None:
    assert is_right("91350100M000100Y43")
    assert not is_right("91350100M000100Y44")
    assert not is_right("91350100M000100Y4")

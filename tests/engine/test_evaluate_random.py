"""Random texts and random expressions: checking refuses or accepts, and what it accepts has a value of its type."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tenon.engine.evaluate import evaluate
from tenon.engine.evaluate_facts import MappingFacts
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.complete import complete
from tenon.metamodel.expressions.functions import FUNCTIONS
from tenon.metamodel.expressions.naming import to_shown, to_stored
from tests.metamodel.expressions.models import MODEL, scope

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
FIELDS = [
    "arr", "seats", "ratio", "share", "name", "notes", "stage", "level", "regions", "labels", "active", "signed", "ends", "seen", "opens",
    "call_time", "industry", "industry.title", "industry.size", "parent.arr", "owner", "owner.name", "created_at", "user.id", "user.roles",
]  # fmt: skip
LITERALS = [
    "0",
    "1",
    "-1",
    "2.50",
    "0.00000001",
    "999999999999999",
    "'x'",
    "''",
    "'won'",
    "'vip'",
    "None",
    "True",
    "False",
    "date('2026-03-29')",
]
OPERATORS = ["+", "-", "*", "/", "//", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or", "in", "not in"]
PYTHON_TYPES: dict[str, Any] = {
    "text": str, "boolean": bool, "date": date, "datetime": datetime, "time": time, "duration": int, "choice": str, "choices": tuple,
    "reference": str, "number": (int, Decimal, float), "empty": type(None),
}  # fmt: skip


def expression(dice: random.Random, depth: int) -> str:
    """Return a random expression, right or wrong."""
    if depth == 0:
        return dice.choice(FIELDS if dice.random() < 0.7 else LITERALS)
    kind, parts = dice.random(), [expression(dice, depth - 1) for _ in range(3)]
    if kind < 0.4:
        return f"({parts[0]} {dice.choice(OPERATORS)} {parts[1]})"
    if kind < 0.5:
        return f"({parts[0]} if {parts[1]} else {parts[2]})"
    if kind < 0.55:
        return f"{dice.choice(['not ', '-', '+'])}({parts[0]})"
    if kind < 0.65:
        where = f", where={parts[0]}" if dice.random() < 0.5 else ""
        name = dice.choice(["count", "sum", "avg", "min", "max", "distinct", "first", "last", "exists"])
        return f"{name}({dice.choice(['orders', 'orders.amount', 'orders.status', 'children.arr', 'children.name'])}{where})"
    function = dice.choice([f for f in FUNCTIONS.values() if f.body])
    given = [dice.choice(p.options) if p.options else None for p in function.parameters]
    return f"{function.name}({', '.join(f'{g!r}' if g else parts[i % 3] for i, g in enumerate(given))})"


def record(dice: random.Random, depth: int = 1) -> dict[str, Any]:
    """Return a record with some cells empty."""
    full: dict[str, Any] = {
        "id": f"{dice.random()}", "arr": Decimal(dice.randint(-(10**6), 10**14)).scaleb(-2), "seats": dice.choice([0, -3, 7, 10**14]),
        "ratio": Decimal("-0.3333"), "share": Decimal("0.3000"), "name": dice.choice(["x", "Äb 客户", " 12.5 ", "won"]),
        "notes": "x" * 9000,
        "stage": "won", "level": "gold", "regions": ("north",), "labels": ("vip", "late"), "active": dice.random() < 0.5,
        "signed": dice.choice([date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29)]), "ends": date(2026, 3, 29),
        "seen": dice.choice([datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), NOW]), "opens": time(8, 30),
        "call_time": 90, "owner": {"id": "u", "name": "Ann"}, "created_at": NOW, "industry": {"id": "i", "title": "IT", "size": 3},
        "amount": Decimal("10.00"), "status": "paid", "number": "7", "ordered_at": date(2026, 1, 1),
    }  # fmt: skip
    if depth:
        full |= {"parent": record(dice, 0), "children": [record(dice, 0) for _ in range(2)], "orders": [record(dice, 0) for _ in range(3)]}
    return {name: value for name, value in full.items() if dice.random() < 0.8}


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_accepted_has_a_value_of_its_type(seed: int) -> None:
    dice, accepted = random.Random(seed), 0
    refusals: list[Problem] = []
    for _ in range(400):
        text = expression(dice, dice.choice([1, 1, 2, 3]))
        try:
            found = check(text, scope())
        except Invalid as error:
            refusals += error.problems
            continue
        accepted += 1
        assert to_shown(to_stored(text, scope()), scope()) == text
        for _ in range(3):
            value = evaluate(found, MappingFacts(record(dice), MODEL), now=NOW, timezone=ZONE)
            assert value is None or isinstance(value, PYTHON_TYPES[found.type.kind]), text
            if found.type.kind == "number" and value is not None:
                assert isinstance(value, float) is (found.type.scale is None), text
                low, high = found.type.low, found.type.high
                assert low is None or low - abs(low) / 10**9 <= Decimal(value), text
                assert high is None or Decimal(value) <= high + abs(high) / 10**9, text
    assert all(p.line == 1 and p.column and p.message.en and p.message.zh for p in refusals)
    assert accepted > 20


@pytest.mark.parametrize("seed", range(4))
def test_soups_of_signs_end_in_a_refusal_or_a_type(seed: int) -> None:
    dice = random.Random(seed)
    words = [
        *FIELDS,
        *LITERALS,
        *OPERATORS,
        *FUNCTIONS,
        *"()[]{}.,:;'\"\\#@!~^&|=<>\n\t （）“，\u00e9\u200b😀",
        "where=",
        "lambda",
        "for",
        "__class__",
    ]
    for _ in range(600):
        text = dice.choice(["", " "]).join(dice.choice(words) for _ in range(dice.randint(1, 12)))
        with suppress(Invalid):
            check(text, scope())
        complete(text, dice.randint(0, len(text)), scope(), "zh")

"""The rows that are measured: customers and orders, made from a fixed seed, the same for both sides."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

INDUSTRIES = ("saas", "retail", "finance", "health", "education", "logistics", "energy", "media", "travel", "food", "building", "public")
REGIONS = ("north", "east", "south", "west")
STAGES = ("lead", "trial", "customer", "lost")
ORDERS_A_CUSTOMER = 5
_START = datetime(2024, 1, 1, tzinfo=UTC)


def row_id(kind: int, number: int) -> str:
    """Return an id like those of records: 36 characters, rising."""
    return str(uuid.UUID(int=(0x018D00000000 + number) << 80 | 0x7 << 76 | kind << 64 | 0b10 << 62 | number))


def customers(count: int) -> Iterator[dict[str, Any]]:
    """Yield customers with fifteen values each."""
    chance = random.Random(20_250_101)
    for number in range(count):
        name = f"{chance.choice('ABCDEFGHKLMNPRST')}{chance.randrange(100_000):05d} {chance.choice(('Ltd', 'Inc', 'GmbH', '有限公司'))} {number}"
        yield {
            "id": row_id(1, number), "name": name, "email": f"c{number}@example.com", "phone": f"+86138{number:08d}",
            "industry": chance.choice(INDUSTRIES), "region": chance.choice(REGIONS), "stage": chance.choice(STAGES),
            "arr": Decimal(chance.randrange(10_000, 20_000_000)) / 100, "seats": chance.randrange(1, 500), "health": chance.randrange(101),
            "signed_on": date(2020, 1, 1) + timedelta(days=chance.randrange(2_000)),
            "last_login": _START + timedelta(minutes=chance.randrange(700_000)), "active": chance.random() < 0.8,
            "notes": f"Met at fair {chance.randrange(50)}.", "created_at": _START + timedelta(seconds=number),
        }  # fmt: skip


def orders(count: int) -> Iterator[dict[str, Any]]:
    """Yield the orders of so many customers."""
    chance = random.Random(20_250_102)
    for number in range(count * ORDERS_A_CUSTOMER):
        yield {
            "id": row_id(2, number), "customer": row_id(1, chance.randrange(count)), "amount": Decimal(chance.randrange(100, 1_000_000)) / 100,
            "ordered_at": _START + timedelta(minutes=chance.randrange(700_000)), "created_at": _START + timedelta(seconds=number),
        }  # fmt: skip


def new_customer(number: int) -> dict[str, Any]:
    """Return the body of a create."""
    return {
        "name": f"New {number}", "email": f"n{number}@example.com", "phone": "+8613800000000", "industry": INDUSTRIES[number % 12],
        "region": "north", "stage": "lead", "arr": 1234.5, "seats": 7, "health": 50, "signed_on": "2025-02-03",
        "last_login": "2025-02-03T04:05:06Z", "active": True, "notes": "x",
    }  # fmt: skip

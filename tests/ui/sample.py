"""A little world for the pages: customers with Chinese and English names, contacts, orders, a health score of five bands."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tenon.metamodel.labels import Text
from tenon.ui.shapes import Choice, Link, ScoreMark

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
TODAY = NOW.date()

INDUSTRIES = [
    ("saas", "SaaS", "软件", "blue"),
    ("retail", "Retail", "零售", "amber"),
    ("medical", "Medical", "医疗", "teal"),
    ("logistics", "Logistics", "物流", "sky"),
    ("energy", "Energy", "能源", "mauve"),
]
STAGES = [
    ("onboarding", "Onboarding", "上线中", "sky"),
    ("adoption", "Adoption", "采用", "blue"),
    ("growth", "Growth", "增长", "teal"),
    ("renewal", "Renewal", "续约", "amber"),
    ("lost", "Lost", "流失", "grey"),
]
BANDS = [
    ("critical", "Critical", "危险", "red", 0),
    ("risk", "At risk", "风险", "vermilion", 35),
    ("watch", "Watch", "关注", "amber", 55),
    ("healthy", "Healthy", "健康", "teal", 70),
    ("excellent", "Excellent", "优秀", "green", 88),
]
PEOPLE = ["Lin Yue", "Chen Hao", "Maya Patel", "Tom Reed", "王敏"]
ENGLISH = [
    "Aurora",
    "Bluepeak",
    "Cedar",
    "Evergreen",
    "Granite",
    "Harbor",
    "Juniper",
    "Kestrel",
    "Meridian",
    "Northwind",
    "Orchid",
    "Summit",
]
TRADES = ["Logistics", "Foods", "Robotics", "Medical", "Energy", "Retail", "Software"]
CHINESE = ["华宇科技", "远山物流", "启明医疗", "云帆软件", "嘉禾食品", "星河能源", "宏图机械", "瑞丰零售", "智联电子", "海岳建材"]
MEASURES = [
    ("Weekly active users", "周活跃用户", "Usage", "使用", 25),
    ("Team content", "团队内容", "Usage", "使用", 15),
    ("Goals set and tracked", "目标已设定并跟踪", "Usage", "使用", 15),
    ("Urgent tickets", "紧急工单", "Support", "支持", 20),
    ("Training in 90 days", "90 天内培训", "Relationship", "关系", 10),
    ("Success manager's pulse", "客户经理评价", "Relationship", "关系", 15),
]


def choices(table: list[Any], language: str) -> tuple[Choice, ...]:
    return tuple(Choice(row[0], Text(row[1], row[2]).show(language), row[3]) for row in table)


def band_of(value: Decimal, language: str) -> Choice:
    name, en, zh, colour, _ = [row for row in BANDS if row[4] <= value][-1]
    return Choice(name, Text(en, zh).show(language), colour)


def make_id(kind: int, number: int) -> str:
    return f"0190a000-{kind:04d}-7000-8000-{number:012d}"


def person(name: str) -> Link:
    return Link(make_id(9, PEOPLE.index(name)), name)


def customers(count: int) -> dict[str, dict[str, Any]]:
    """Return that many customers by id, always the same."""
    dice = random.Random(7)
    found: dict[str, dict[str, Any]] = {}
    for n in range(count):
        base = f"{dice.choice(ENGLISH)} {dice.choice(TRADES)}" if n % 3 else dice.choice(CHINESE)
        health = Decimal(str(round(min(99.0, max(8.0, dice.gauss(66, 20))), 4)))
        created = NOW - timedelta(days=dice.randrange(40, 900), hours=dice.randrange(24))
        record = {
            "id": make_id(1, n),
            "version": 3,
            "name": f"{base} {n:05d}",
            "code": f"C-2026-{n:05d}",
            "industry": dice.choice(INDUSTRIES)[0],
            "stage": dice.choice(STAGES)[0],
            "owner": person(dice.choice(PEOPLE)),
            "arr": Decimal(int(dice.lognormvariate(10.6, 0.8))),
            "health": health if n % 17 else None,
            "change": Decimal(dice.randrange(-14, 15)),
            "seats": dice.randrange(5, 900),
            "renewal": TODAY + timedelta(days=dice.randrange(-20, 340)),
            "active_ratio": Decimal(dice.randrange(5, 95)) / 100,
            "email": f"office{n}@example.com" if n % 4 else None,
            "phone": "+86 21 5555 0100",
            "website": "https://example.com",
            "is_key": n % 5 == 0,
            "rating": dice.randrange(1, 6),
            "tags": ("vip",) if n % 9 == 0 else (),
            "notes": "签约时承诺每季度回访一次。" if n % 2 else None,
            "created_at": created,
            "channels": ("web", "phone"),
            "parent": None,
            "deleted": False,
        }
        found[str(record["id"])] = record
    return found


def mark(record: dict[str, Any], language: str) -> ScoreMark | None:
    value = record["health"]
    return ScoreMark(value, band_of(value, language), record["change"]) if value is not None else ScoreMark(None, None)


def trend(record: dict[str, Any]) -> tuple[tuple[date, Decimal], ...]:
    """Return the last 90 days of a score, ending at its value."""
    dice = random.Random(record["id"])
    value, days = record["health"], []
    for back in range(0, 90, 3):
        days.append((TODAY - timedelta(days=back), value))
        value = min(Decimal(99), max(Decimal(5), value + Decimal(dice.randrange(-5, 6))))
    return tuple(reversed(days))


def orders(record: dict[str, Any]) -> list[dict[str, Any]]:
    dice = random.Random(record["id"] + "o")
    return [
        {
            "id": make_id(2, n),
            "number": f"SO-{20260000 + n}",
            "amount": Decimal(dice.randrange(800, 90000)),
            "state": dice.choice(["paid", "open"]),
            "ordered_at": TODAY - timedelta(days=dice.randrange(300)),
        }
        for n in range(dice.randrange(3, 9))
    ]

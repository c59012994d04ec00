"""Deals for the views of the pages: stages with moves that ask for something, days, moments, people, money, pictures, parents."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tenon.engine.context import Context, User, system_context
from tenon.engine.records import writing
from tenon.engine.releases import publish_documents
from tenon.platform.workspace import Platform

MONDAY = date(2026, 3, 2)
"""The day on which the tests' clock stands."""
STAGES = ("new", "talk", "won", "lost")


def _text(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh": zh}


def _option(name: str, en: str, zh: str, colour: str) -> dict[str, Any]:
    return {"name": name, "label": _text(en, zh), "colour": colour}


DEAL: dict[str, Any] = {
    "kind": "entity", "name": "deal", "label": _text("Deal", "商机"), "plural": _text("Deals", "商机"), "icon": "handshake", "title": "name",
    "search": ["name"],
    "fields": [
        {"name": "name", "label": _text("Name", "名称"), "type": "text", "required": True},
        {"name": "stage", "label": _text("Stage", "阶段"), "type": "stage", "default": "'new'", "options": [
            _option("new", "New", "新建", "blue"), _option("talk", "In talks", "洽谈中", "amber"), _option("won", "Won", "赢单", "teal"),
            _option("lost", "Lost", "输单", "grey")],
         "moves": [
             {"from": ["new", "lost"], "to": "talk"}, {"from": "talk", "to": "won", "when": "amount >= 1000"},
             {"from": ["new", "talk"], "to": "lost", "requires": ["reason"]}, {"from": "won", "to": "talk", "roles": ["boss"]}]},
        {"name": "kind", "label": _text("Kind", "类型"), "type": "choice", "options": [
            _option("licence", "Licence", "许可", "sky"), _option("service", "Service", "服务", "mauve")]},
        {"name": "amount", "label": _text("Amount", "金额"), "type": "money", "currency": "CNY"},
        {"name": "chance", "label": _text("Chance", "概率"), "type": "percent"},
        {"name": "reason", "label": _text("Why lost", "输单原因"), "type": "text"},
        {"name": "urgent", "label": _text("Urgent", "紧急"), "type": "boolean"},
        {"name": "begins", "label": _text("Begins", "开始"), "type": "date"},
        {"name": "ends", "label": _text("Ends", "结束"), "type": "date"},
        {"name": "meets", "label": _text("Next meeting", "下次会议"), "type": "datetime"},
        {"name": "picture", "label": _text("Picture", "图片"), "type": "image"},
        {"name": "memo", "label": _text("Memo", "备忘"), "type": "rich_text"},
        {"name": "parent", "label": _text("Part of", "所属商机"), "type": "reference", "entity": "deal",
         "reverse": {"name": "parts", "label": _text("Parts", "子商机")}},
    ],
}  # fmt: skip
BOSS = {"kind": "role", "name": "boss", "label": _text("Boss", "主管"), "grants": [{"entity": "deal", "actions": ["read", "update"]}]}
JUNIOR = {"kind": "role", "name": "junior", "label": _text("Junior", "助理"), "grants": [
    {"entity": "deal", "actions": ["read"], "hide": ["begins", "stage"], "mask": ["kind"]}]}
COLOURS = [{"when": "amount >= 4000", "colour": "red"}]
VIEWS: list[dict[str, Any]] = [
    {"name": "deal_board", "label": _text("Board", "看板"), "type": "board", "sort": ["-amount"], "colours": COLOURS,
     "board": {"by": "stage", "card": ["name", "amount", "kind", "owner", "begins"]}},
    {"name": "deal_owners", "label": _text("By owner", "按负责人"), "type": "board", "board": {"by": "owner", "card": ["amount"]}},
    {"name": "deal_calendar", "label": _text("Calendar", "日历"), "type": "calendar", "calendar": {"from": "begins", "to": "ends"},
     "colours": COLOURS, "columns": ["name", "owner"]},
    {"name": "deal_meetings", "label": _text("Meetings", "会议"), "type": "calendar", "calendar": {"from": "meets"}},
    {"name": "deal_gallery", "label": _text("Gallery", "画廊"), "type": "gallery", "sort": ["name"],
     "gallery": {"image": "picture", "card": ["stage", "amount"]}},
    {"name": "deal_plan", "label": _text("Plan", "计划"), "type": "timeline", "calendar": {"from": "begins", "to": "ends"}, "group_by": "stage",
     "colours": COLOURS},
    {"name": "deal_gantt", "label": _text("Gantt", "甘特"), "type": "gantt", "calendar": {"from": "begins", "to": "ends"}},
    {"name": "deal_tree", "label": _text("Tree", "树"), "type": "tree", "tree": {"parent": "parent"}, "columns": ["name", "stage", "amount"],
     "sort": ["name"]},
]  # fmt: skip
DOCUMENTS = [DEAL, BOSS, JUNIOR, *({"kind": "view", "entity": "deal", **view} for view in VIEWS)]
TYPES = ("board", "calendar", "gallery", "plan", "gantt", "tree", "owners", "meetings")


def publish(platform: Platform) -> None:
    """Put the deals and their views beside what is in a workspace."""
    publish_documents(platform.publisher, system_context(), DOCUMENTS, note="deals")


def at(day: date, hour: int) -> str:
    """Return a moment of a day in the zone of the workspace of the tests."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo("UTC")).isoformat()


def add(platform: Platform, owner: User, rows: list[dict[str, Any]]) -> list[str]:
    """Write deals as a person and return their ids."""
    with platform.write() as uow:
        return [str(row.id) for row in writing.write_many(uow, Context(owner), uow.model.get_entity("deal"), rows)]


def rows(count: int = 24) -> list[dict[str, Any]]:
    """Return deals of every stage around the day on which the clock stands; every eighth has no day."""
    names = ("Harbour lights", "Paper mill", "River ferry", "Night train", "Glass roof", "Salt store", "Cedar hall", "Cable car")
    return [
        {
            "name": f"{names[n % 8]} {n}", "stage": STAGES[n % 4], "amount": str(400 + n * 310), "kind": ("licence", "service")[n % 2],
            "reason": "Too dear" if n % 4 == 3 else None, "begins": None if n % 8 == 7 else (MONDAY + timedelta(days=n * 2 - 10)).isoformat(),
            "ends": (MONDAY + timedelta(days=n * 2 - 10 + n % 6)).isoformat() if n % 8 != 7 and n % 3 else None,
            "meets": at(MONDAY + timedelta(days=n % 12), 8 + n % 9) if n % 2 else None,
        }
        for n in range(count)
    ]  # fmt: skip

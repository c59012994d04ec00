"""Lists, pages, forms and scores of the records in memory."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from tenon.engine.context import Context
from tenon.metamodel.errors import Conflict, Invalid, Malformed, Problem, Stale, not_found
from tenon.metamodel.labels import say
from tenon.ui.record_shapes import (
    Block,
    Fact,
    Group,
    RecordPage,
    Tab,
)
from tenon.ui.shapes import Choice, Fault, Link, ListPage, ListQuery, Row, ViewTab
from tenon.ui.work import Clash, Disputed, Form, FormField, FormSection, FormText, Saved
from tests.ui import sample
from tests.ui.fake_explanations import FakeExplanations

SHOWN = ("name", "health", "industry", "stage", "owner", "arr", "renewal")
INPUTS = {
    "text": "text",
    "choice": "select",
    "stage": "select",
    "user": "user",
    "money": "money",
    "date": "date",
    "integer": "integer",
    "percent": "percent",
    "email": "email",
    "phone": "tel",
    "url": "url",
    "boolean": "checkbox",
    "rating": "rating",
    "tags": "tags",
    "choices": "multiselect",
    "reference": "reference",
    "long_text": "textarea",
}


class FakeRecords(FakeExplanations):
    """Customers, the only entity with records."""

    def _rows(self, filter: str, text: str) -> list[dict[str, Any]]:
        rows = [r for r in self.records.values() if not r["deleted"] and text.lower() in r["name"].lower()]
        asked = re.fullmatch(r"(\w+) ?([<>]) ?(\d+)", filter)
        if asked and asked[1] in ("arr", "seats"):
            limit = Decimal(asked[3])
            rows = [r for r in rows if (r[asked[1]] > limit) == (asked[2] == ">")]
        return rows

    def list_page(self, ctx: Context, entity: str, query: ListQuery) -> ListPage:
        if entity not in ("customer", "contact", "order"):
            raise not_found()
        zh, fields = ctx.language == "zh", self.fields(entity, ctx.language)
        rows = self._rows(query.filter, query.search) if entity == "customer" else []
        fault = None
        if query.filter and not re.fullmatch(r"(arr|seats) ?[<>] ?\d+", query.filter):
            fault = Fault(
                "没有名为 arrr 的字段。" if zh else "There is no field named arrr.", "是否想写 arr？" if zh else "Did you mean arr?", 1
            )
            rows = []
        for name, wanted in query.chosen.items():
            rows = [r for r in rows if r[name] in wanted]
        if query.view == "at_risk":
            rows = [r for r in rows if r["health"] is not None and r["health"] < 55]
        name = query.sort.lstrip("-") or "name"
        rows.sort(
            key=lambda r: (r[name] is None, (r[name].title if isinstance(r[name], Link) else r[name]) if r[name] is not None else 0),
            reverse=query.sort.startswith("-"),
        )
        if query.cursor and not query.cursor.isdigit():
            raise Malformed(Problem("/cursor", "bad_cursor", say("This page address is no longer valid.", "该页地址已失效。")))
        first = int(query.cursor or 0)
        part = rows[first : first + query.limit]
        shown = query.columns or SHOWN
        words = {
            "customer": ("Customer", "Customers", "客户", "building-2"),
            "order": ("Order", "Orders", "订单", "receipt"),
            "contact": ("Contact", "Contacts", "联系人", "contact"),
        }[entity]
        return ListPage(
            entity,
            words[2] if zh else words[0],
            words[2] if zh else words[1],
            words[3],
            tuple(f for f in fields if f.name in shown),
            tuple(self._row(r, ctx.language) for r in part),
            str(first + query.limit) if first + query.limit < len(rows) else None,
            str(max(0, first - query.limit)) if first else None,
            len(rows),
            False,
            first + 1,
            tuple(fields),
            tuple(f for f in fields if f.options and f.name != "channels"),
            (ViewTab("", "全部客户" if zh else "All customers"), ViewTab("at_risk", "有风险" if zh else "At risk", "triangle-alert"))
            if entity == "customer"
            else (),
            query.sort,
            fault,
            "name",
            SHOWN,
            True,
            True,
            True,
            True,
        )

    def _row(self, record: dict[str, Any], language: str) -> Row:
        return Row(
            record["id"],
            record["name"],
            {**record, "health": sample.mark(record, language)},
            "red" if record["health"] is not None and record["health"] < 20 else None,
        )

    def record_page(self, ctx: Context, entity: str, id: str, tab: str) -> RecordPage:
        record, zh, fields = self._get(entity, id), ctx.language == "zh", self.fields(entity, ctx.language)
        facts = {f.name: Fact(f, self._row(record, ctx.language).values[f.name], f.name == "phone") for f in fields}
        open_tab = tab or "overview"
        blocks: dict[str, tuple[Block, ...]] = {
            "overview": (
                Block("score", score=self.explain(ctx, entity, id, "health", None, None)),
                Block("related", related=self._orders(record, zh)),
            ),
            "details": (
                Block(
                    "fields",
                    groups=(
                        Group(
                            "基本信息" if zh else "Basics",
                            tuple(
                                facts[n]
                                for n in ("name", "code", "industry", "stage", "owner", "parent", "is_key", "rating", "tags", "channels")
                            ),
                        ),
                        Group("联系" if zh else "Contact", tuple(facts[n] for n in ("email", "phone", "website", "notes", "created_at"))),
                    ),
                ),
            ),
            "history": (Block("history", events=self._events(record, zh)),),
        }
        labels = {"overview": ("Overview", "总览"), "details": ("Details", "详细信息"), "history": ("History", "历史")}
        if open_tab not in labels:
            raise not_found()
        tabs = tuple(Tab(n, z if zh else e, None, blocks[n] if n == open_tab else ()) for n, (e, z) in labels.items())
        return RecordPage(
            entity,
            "客户" if zh else "Customer",
            "客户" if zh else "Customers",
            "building-2",
            id,
            record["name"],
            record["version"],
            tuple(facts[n] for n in ("arr", "owner", "stage", "renewal")),
            (self.explain(ctx, entity, id, "health", None, None),),
            tabs,
            open_tab,
            not record["deleted"],
            not record["deleted"],
            record["deleted"],
            record["deleted"],
            4,
        )

    def form(self, ctx: Context, entity: str, id: str | None, values: Mapping[str, Any] | None) -> Form:
        record = self._get(entity, id) if id else {}
        if entity != "customer":
            raise not_found()
        zh, typed = ctx.language == "zh", values or {}
        made = {}
        for f in self.fields(entity, ctx.language):
            if f.type not in INPUTS:
                continue
            value = (
                typed.get(f.name, record.get(f.name))
                if f.type not in ("user", "reference")
                else self._link(typed[f.name])
                if f.name in typed
                else record.get(f.name)
            )
            if f.type == "percent" and isinstance(value, Decimal):
                value = value * 100
            made[f.name] = FormField(
                f.name,
                f.label,
                INPUTS[f.type],
                value,
                f.name == "name",
                f.name == "code",
                ("每年签约金额" if zh else "What they pay a year") if f.name == "arr" else None,
                2 if f.name in ("name", "notes") else 1,
                f.options,
                f.currency,
                f.scale,
                maximum="5" if f.type == "rating" else None,
                field=f,
            )
        basics = tuple(made[n] for n in ("name", "code", "industry", "stage", "owner", "parent", "is_key", "rating", "tags", "channels"))
        hint = FormText("这里填写的金额以人民币计。" if zh else "Amounts here are in yuan.")
        money = (hint, *(made[n] for n in ("arr", "seats", "active_ratio", "renewal")))
        contact = tuple(made[n] for n in ("email", "phone", "website", "notes"))
        sections = (
            FormSection("基本信息" if zh else "Basics", basics),
            FormSection("商务" if zh else "Commercial", money),
            FormSection("联系" if zh else "Contact", contact),
        )
        return Form(
            entity,
            "客户" if zh else "Customer",
            "客户" if zh else "Customers",
            "building-2",
            sections,
            id,
            record.get("name"),
            record.get("version"),
            True,
        )

    def _link(self, id: Any) -> Link | None:
        found = [sample.person(p) for p in sample.PEOPLE if sample.person(p).id == id]
        record = self.records.get(str(id))
        return found[0] if found else Link(record["id"], record["name"], "customer") if record else None

    def save(self, ctx: Context, entity: str, id: str | None, values: Mapping[str, Any], version: int | None) -> Saved:
        record = (
            self._get(entity, id)
            if id
            else dict(next(iter(sample.customers(1).values())), id=sample.make_id(1, 900000 + len(self.records)), version=0, code="C-NEW")
        )
        problems = []
        clean = dict(values)
        if not values.get("name") and (id is None or "name" in values):
            problems.append(Problem("/name", "required", say("Enter a name.", "请输入名称。")))
        for name in ("arr", "seats", "active_ratio"):
            if values.get(name) is not None:
                try:
                    clean[name] = Decimal(str(values[name])) / (100 if name == "active_ratio" else 1)
                except InvalidOperation:
                    problems.append(
                        Problem(
                            f"/{name}",
                            "wrong_type",
                            say("This must be a number.", "此处应为数字。"),
                            say("Type it like 12,000.50.", "例如 12000.50。"),
                        )
                    )
        if problems:
            raise Invalid(problems)
        if version is not None and id and version != record["version"]:
            raise Stale(Problem("", "stale", say("Somebody else changed this.", "内容已被他人修改。")))
        for name in ("owner", "parent"):
            if name in clean:
                clean[name] = self._link(clean[name])
        if clean.get("renewal"):
            clean["renewal"] = date.fromisoformat(clean["renewal"])
        record.update(clean, version=record["version"] + 1)
        self.records[record["id"]] = record
        return Saved(record["id"], record["name"])

    def clash(self, ctx: Context, entity: str, id: str, values: Mapping[str, Any], version: int) -> Clash:
        record, fields = self._get(entity, id), {f.name: f for f in self.fields(entity, ctx.language)}
        disputed = tuple(Disputed(fields[n], values[n], record[n]) for n in ("name", "stage") if n in values and values[n] != record[n])
        return Clash(record["version"], "Chen Hao", sample.NOW - timedelta(minutes=2), disputed)

    def delete(self, ctx: Context, entity: str, id: str, version: int | None) -> None:
        if self._get(entity, id)["is_key"]:
            raise Conflict(
                Problem(
                    "",
                    "refused",
                    say("Open orders hold this customer.", "该客户仍有未完成的订单。"),
                    say("Close them first.", "请先处理这些订单。"),
                )
            )
        self._get(entity, id)["deleted"] = True

    def restore(self, ctx: Context, entity: str, id: str) -> Saved:
        record = self._get(entity, id)
        record["deleted"] = False
        return Saved(id, record["name"])

    def options(self, ctx: Context, entity: str, field: str, text: str) -> Sequence[Choice]:
        if field == "owner":
            return [Choice(sample.person(p).id, p, hint="East China") for p in sample.PEOPLE if text.lower() in p.lower()]
        return [Choice(r["id"], r["name"], hint=r["code"]) for r in self._rows("", text)[:8]]

"""One record in memory, its score explained and its history."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tenon.engine.context import Context
from tenon.metamodel.errors import not_found
from tenon.metamodel.labels import Text
from tenon.ui.record_shapes import (
    BandEdge,
    Change,
    Event,
    Fact,
    MeasureView,
    Movement,
    Related,
    ScoreView,
    Source,
)
from tenon.ui.shapes import Choice, Field, Row
from tests.ui import sample

FIELDS = [
    ("name", "Name", "名称", "text"),
    ("health", "Health", "健康度", "score"),
    ("industry", "Industry", "行业", "choice"),
    ("stage", "Stage", "阶段", "stage"),
    ("owner", "Owner", "负责人", "user"),
    ("arr", "Contract value", "年合同额", "money"),
    ("renewal", "Renewal", "续约日", "date"),
    ("code", "Code", "编号", "text"),
    ("seats", "Seats", "席位", "integer"),
    ("active_ratio", "Active users", "活跃率", "percent"),
    ("email", "E-mail", "邮箱", "email"),
    ("phone", "Phone", "电话", "phone"),
    ("website", "Website", "网站", "url"),
    ("is_key", "Key account", "重点客户", "boolean"),
    ("rating", "Rating", "评价", "rating"),
    ("tags", "Tags", "标签", "tags"),
    ("channels", "Channels", "渠道", "choices"),
    ("parent", "Parent", "上级公司", "reference"),
    ("notes", "Notes", "备注", "long_text"),
    ("created_at", "Created", "创建时间", "datetime"),
]
CHANNELS = [("web", "Web", "网站", None), ("phone", "Phone", "电话", None), ("partner", "Partner", "伙伴", None)]


class FakeExplanations:
    """Customers by id, with what makes their score."""

    def __init__(self, count: int) -> None:
        self.records = sample.customers(count)

    def fields(self, entity: str, language: str) -> list[Field]:
        options = {"industry": sample.INDUSTRIES, "stage": sample.STAGES, "channels": CHANNELS}
        return [
            Field(
                n,
                Text(en, zh).show(language),
                t,
                sample.choices(options[n], language) if n in options else (),
                "CNY" if t == "money" else None,
                is_sortable=t not in ("tags", "choices", "long_text", "reference"),
            )
            for n, en, zh, t in FIELDS
        ]

    def _get(self, entity: str, id: str) -> dict[str, Any]:
        if entity != "customer" or id not in self.records:
            raise not_found()
        return self.records[id]

    def _orders(self, record: dict[str, Any], zh: bool) -> Related:
        states = (Choice("paid", "已付款" if zh else "Paid", "teal"), Choice("open", "未付款" if zh else "Open", "amber"))
        columns = (
            Field("number", "单号" if zh else "Number"),
            Field("ordered_at", "日期" if zh else "Date", "date"),
            Field("state", "状态" if zh else "State", "choice", states),
            Field("amount", "金额" if zh else "Amount", "money", currency="CNY"),
        )
        rows = sample.orders(record)
        return Related(
            "orders",
            "订单" if zh else "Orders",
            "receipt",
            "order",
            columns,
            tuple(Row(r["id"], r["number"], r) for r in rows[:5]),
            len(rows),
            "/records/order",
            "/records/order/new",
            "number",
        )

    def _events(self, record: dict[str, Any], zh: bool) -> tuple[Event, ...]:
        at, fields = sample.NOW, {f.name: f for f in self.fields("customer", "zh" if zh else "en")}
        return (
            Event(
                at - timedelta(hours=2),
                "Lin Yue",
                "changed",
                "",
                (Change(fields["stage"], "adoption", record["stage"]), Change(fields["arr"], Decimal(80000), record["arr"])),
            ),
            Event(
                at - timedelta(days=3),
                "健康度" if zh else "Health",
                "band",
                "健康 → 关注" if zh else "Healthy → Watch",
                cause="夜间计算" if zh else "nightly run",
            ),
            Event(record["created_at"], "Chen Hao", "created", cause="导入 customers.csv" if zh else "import of customers.csv"),
        )

    def explain(self, ctx: Context, entity: str, id: str, score: str, on: date | None, since: date | None) -> ScoreView:
        record, zh, language = self._get(entity, id), ctx.language == "zh", ctx.language
        value, left, measures = record["health"], record["health"] or Decimal(0), []
        for n, (en, z, group, group_zh, most) in enumerate(sample.MEASURES):
            points = min(Decimal(most), left * most / Decimal(70)) if n < 5 else min(Decimal(most), left)
            left -= points
            measures.append(
                MeasureView(
                    f"m{n}",
                    z if zh else en,
                    points / most,
                    points,
                    Decimal(most),
                    group_zh if zh else group,
                    n == 4 and value is None,
                    n == 1,
                    (
                        Fact(Field("ratio", "活跃率" if zh else "Active users", "percent"), record["active_ratio"]),
                        Fact(Field("seats", "席位" if zh else "Seats", "integer"), record["seats"]),
                    )
                    if n < 3
                    else (),
                    Source("工单" if zh else "Tickets", 7, "/records/order") if n == 3 else None,
                )
            )
        day, before = on or sample.TODAY, since or sample.TODAY - timedelta(days=14)
        edges = tuple(BandEdge(Choice(b[0], b[2] if zh else b[1], b[3]), Decimal(b[4])) for b in sample.BANDS)
        changes = (
            (
                Movement(measures[0].label, Decimal(22), Decimal(10), Decimal(-12)),
                Movement(measures[1].label, Decimal(0), Decimal(6), Decimal(6)),
            )
            if value
            else ()
        )
        return ScoreView(
            "health",
            "健康度" if zh else "Health",
            value,
            sample.band_of(value, language) if value is not None else None,
            Decimal(0),
            Decimal(100),
            edges,
            tuple(measures),
            (("未关闭的重大故障" if zh else "Open outage", Decimal(-5)),) if int(id[-3:]) % 3 == 0 else (),
            Decimal("0.9") if value else Decimal("0.3"),
            day,
            before,
            value - record["change"] if value is not None else None,
            changes,
            sample.trend(record) if value is not None else (),
            "默认" if zh else "Standard",
            12,
        )

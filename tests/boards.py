"""A dashboard over the customers and orders of `tests.world` with a widget of every type, and odd ones among them."""

from __future__ import annotations

from typing import Any


def _text(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh": zh}


COUNT: dict[str, Any] = {"name": "customers", "label": _text("Customers", "客户数"), "expr": "count()"}
ARR: dict[str, Any] = {"name": "arr", "label": _text("Contract value", "合同额"), "expr": "sum(arr)"}
AMOUNT: dict[str, Any] = {"name": "amount", "label": _text("Amount", "金额"), "expr": "sum(amount)"}
MONTH = {"field": "ordered_at", "by": "month"}


def _widget(name: str, type_: str, label: dict[str, str], groups: list[Any], measures: list[Any], entity: str = "customer", **more: Any) -> dict[str, Any]:
    own = {k: more.pop(k) for k in ("compare", "target", "options") if k in more}
    return {"kind": "widget", "name": name, "type": type_, "label": label, "query": {"entity": entity, "group_by": groups, "measures": measures, **more}, **own}


WIDGETS: list[dict[str, Any]] = [
    _widget("customers", "number", _text("Customers", "客户"), [], [COUNT, ARR], target="200"),
    _widget("sold", "number", _text("Sold this month", "本月销售"), [], [AMOUNT], "order", compare={"to": "previous_period"}, options={"period": "last_month", "good": "up"}),
    _widget("by_industry", "bar", _text("By industry", "按行业"), ["industry"], [COUNT]),
    _widget("by_month", "line", _text("Orders by month", "月度订单"), [MONTH], [AMOUNT], "order"),
    _widget("by_month_area", "area", _text("Orders", "订单走势"), [MONTH], [AMOUNT], "order", compare={"to": "previous_year"}, options={"period": "this_year"}),
    _widget("bands", "pie", _text("By health", "按健康度"), ["health_band"], [COUNT]),
    _widget("stages", "stacked_bar", _text("Stage by industry", "行业阶段"), ["industry", "stage"], [COUNT]),
    _widget("steps", "funnel", _text("Steps", "漏斗"), ["stage"], [COUNT]),
    _widget("goal", "gauge", _text("Health goal", "健康目标"), [], [{"name": "health", "expr": "avg(health_score)"}], target="70"),
    _widget("heat", "heatmap", _text("Heat", "热力"), ["industry", "stage"], [COUNT]),
    _widget("across", "pivot", _text("Across", "交叉表"), ["industry", "stage"], [COUNT, ARR]),
    _widget("points", "scatter", _text("Points", "散点"), ["name"], [ARR, {"name": "health", "expr": "avg(health_score)"}], limit=20),
    _widget("cohorts", "cohort", _text("Cohorts", "同期群"), [{"field": "customer.renewal", "by": "quarter"}, {"field": "ordered_at", "by": "quarter"}], [AMOUNT], "order"),
    _widget("moved", "transition", _text("Moved", "迁移"), ["stage"], []),
    _widget("river", "sankey", _text("River", "流向"), ["health_band"], []),
    _widget("top", "table", _text("Largest", "最大客户"), [], [], sort=["-arr"], limit=5, options={"columns": ["name", "industry", "arr", "health_band"]}),
    _widget("discounts", "table", _text("Discounts", "折扣"), ["industry"], [{"name": "discount", "expr": "avg(discount)"}]),
    _widget("empty", "bar", _text("Empty", "空"), ["industry"], [COUNT], filter="arr < 0"),
    {**_widget("in_all", "number", _text("In all", "总额"), [], [ARR, {"name": "lost", "label": _text("Lost", "流失"), "expr": "count(where=stage == 'lost')"}]),
     "description": _text("Every customer, whatever became of it.", "所有客户，不论结果。")},
    {"kind": "widget", "name": "note", "type": "text", "text": _text("# Hello\nRead this.\n- One\n- <b>Two</b>", "# 你好\n请阅读。")},
]  # fmt: skip
ODD: list[dict[str, Any]] = [
    _widget("odd_line", "line", _text("Odd line", "怪线"), ["industry", "stage", "name"], [COUNT], limit=3),
    _widget("odd_heat", "heatmap", _text("Odd heat", "怪热力"), ["industry"], [COUNT]), _widget("odd_cohort", "cohort", _text("Odd cohort", "怪同期"), ["industry"], [COUNT]),
    _widget("odd_history", "line", _text("Odd history", "怪历史"), ["industry"], [COUNT], options={"history": "nothing"}),
    _widget("odd_period", "number", _text("Odd period", "怪周期"), [], [COUNT], options={"period": "someday", "columns": 7, "formats": []}, target="much"),
    _widget("odd_pivot", "pivot", _text("Odd pivot", "怪透视"), [], [COUNT]), _widget("odd_funnel", "funnel", _text("Odd funnel", "怪漏斗"), [], [COUNT]),
    _widget("odd_scatter", "scatter", _text("Odd scatter", "怪散点"), ["industry"], [COUNT]), _widget("odd_moves", "transition", _text("Odd moves", "怪迁移"), ["name"], []),
]  # fmt: skip


def _tile(position: int, name: str) -> dict[str, Any]:
    return {"widget": name, "x": position % 3 * 4, "y": position // 3 * 4, "w": 4, "h": 4}


OVERVIEW: dict[str, Any] = {
    "kind": "dashboard", "name": "overview", "label": _text("Overview", "总览"), "description": _text("All at a glance.", "一目了然。"),
    "layout": [_tile(i, w["name"]) for i, w in enumerate(WIDGETS)],
    "filters": [{"field": "industry"}, {"field": "ordered_at"}, {"field": "owner"}],
}  # fmt: skip
ODDITIES: dict[str, Any] = {
    "kind": "dashboard", "name": "oddities", "label": _text("Oddities", "怪异"), "layout": [*[_tile(i, w["name"]) for i, w in enumerate(ODD)], _tile(9, "gone")],
}  # fmt: skip
DOCUMENTS = [*WIDGETS, *ODD, OVERVIEW, ODDITIES]

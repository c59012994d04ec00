"""What the calls of reports take and give."""

from __future__ import annotations

from tenon.metamodel.labels import Text
from tenon.platform.openapi.described import PAGING, Described
from tenon.platform.openapi.shapes import ANY, RECORD, TEXT, TEXTS, Schema, many, nullable, page, shown, thing

_COLUMNS = many(shown(name=TEXT, label=TEXT, type=TEXT))
_DATA: Schema = shown(
    widget=TEXT, type=TEXT, label=TEXT, entity=TEXT, columns=_COLUMNS, rows=many({"type": "array"}), totals=ANY, behind=TEXTS, details=many(ANY), compare=ANY,
    changes=ANY, target=ANY, period=ANY,
)
_TILE = shown(widget=TEXT, type=TEXT, label=TEXT, x=ANY, y=ANY, w=ANY, h=ANY)
_DAY: Schema = {"type": "string", "format": "date"}
_MOVED = thing({"entity": TEXT, "field": TEXT, "from": _DAY, "to": _DAY, "filter": nullable(TEXT)}, "entity", "field", "from", "to")

REPORT_CALLS = {
    "GET /dashboards": Described(Text("List dashboards", "仪表盘列表"), answer=page("dashboards", shown(name=TEXT, label=TEXT))),
    "GET /dashboards/{name}": Described(Text("Get a dashboard", "查看仪表盘"), answer=shown(name=TEXT, label=TEXT, layout=many(_TILE), filters=many(ANY))),
    "GET /widgets/{name}/data": Described(Text("What a widget shows", "组件数据"), ("dashboard", "filter", "where"), answer=_DATA),
    "GET /widgets/{name}/export": Described(Text("Export what a widget shows", "导出组件数据"), ("dashboard", "filter", "where", "format"), media="text/csv"),
    "POST /transitions": Described(
        Text("Who moved from where to where", "迁移统计"), body=_MOVED, answer=shown(columns=_COLUMNS, rows=many({"type": "array"}), matrix=ANY, summary=ANY),
    ),
    "GET /segments/{name}/members": Described(
        Text("The members of a segment", "客群成员"), ("filter", "sort", "fields", "count", "search", *PAGING), answer=page("members", RECORD),
    ),
}

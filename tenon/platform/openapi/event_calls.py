"""What the calls of events, and of what waits for a record, take and give."""

from __future__ import annotations

from tenon.metamodel.labels import Text
from tenon.platform.openapi.described import PAGING, Described
from tenon.platform.openapi.shapes import ANY, ID, JOB, MOMENT, TEXT, WHOLE, Schema, many, nullable, one, page, shown, thing

_EVENT: Schema = {"type": "object"}
_EVENTS: Schema = {"anyOf": [{"type": "array", "items": _EVENT}, _EVENT]}
_KEY = {"entity": TEXT, "by": one("any", "source_link", "field"), "field": nullable(TEXT), "system": nullable(TEXT), "key": TEXT}
_WAITING: Schema = shown(**_KEY, count=WHOLE, first_at=MOMENT, last_at=MOMENT, kinds=many(one("event", "row")), errors=many(ANY))
_NAMED = ("entity", "by", "key")

EVENT_CALLS = {
    "POST /events": Described(
        Text("Take events of use, in the shape of Segment, Mixpanel, Amplitude or Pendo", "接收使用事件（Segment、Mixpanel、Amplitude 或 Pendo 格式）"), ("system",), body=_EVENTS,
        answer=shown(accepted=WHOLE, duplicates=WHOLE, waiting=WHOLE, ignored=WHOLE, refused=WHOLE, results=many(shown(index=WHOLE, errors=many(ANY)))),
    ),
    "POST /events/features/apply": Described(Text("Give stored events the features that are said now", "按当前映射更新已存事件的功能"), body=thing({}), answer=JOB, status=202),
    "GET /waiting": Described(Text("What waits for a record that nobody knows, by key", "等待匹配的数据，按编号汇总"), PAGING, answer=page("waiting", _WAITING)),
    "POST /waiting/choose": Described(
        Text("Say which record a key stands for", "指定编号对应的记录"), body=thing({**_KEY, "record": ID}, *_NAMED, "record"), answer=JOB, status=202,
    ),
    "POST /waiting/discard": Described(Text("Forget all that waits for a key", "丢弃等待该编号的全部数据"), body=thing(_KEY, *_NAMED), answer=shown(discarded=WHOLE)),
}

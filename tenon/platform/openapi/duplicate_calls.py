"""What the calls about records that may be the same take and give."""

from __future__ import annotations

from tenon.metamodel.kinds.matching import COMPARATORS
from tenon.metamodel.labels import Text
from tenon.platform.openapi.described import PAGING, Described
from tenon.platform.openapi.shapes import ID, MOMENT, NUMBER, TEXT, WHOLE, Schema, many, nullable, one, page, shown, thing

_RECORD: Schema = shown(id=ID, title=nullable(TEXT))
_REASONS = many(shown(field=TEXT, by=one(*COMPARATORS), likeness=NUMBER, value=nullable(TEXT), text=TEXT))
_PAIR: Schema = shown(
    id=ID, entity=TEXT, first=_RECORD, second=_RECORD, score=NUMBER, reasons=_REASONS, matching=nullable(TEXT), state=one("open", "merged", "dismissed"),
    found_at=MOMENT, decided_at=nullable(MOMENT), decided_by=nullable(_RECORD),
)  # fmt: skip
DUPLICATE_CALLS = {
    "GET /duplicates/{entity}": Described(
        Text("Pairs of records that may be the same, with score and reasons", "疑似重复的记录对及理由"), ("state", *PAGING), answer=page("duplicates", _PAIR),
    ),
    "POST /duplicates/{entity}/alike": Described(
        Text("Records that look like values not yet saved", "查找与未保存内容相似的记录"), body=thing({"values": {"type": "object"}}, "values"),
        answer=shown(alike=many(shown(record=_RECORD, score=NUMBER, reasons=_REASONS))),
    ),
    "POST /duplicates/{id}/merge": Described(
        Text("Merge the two records of a pair", "合并一对疑似重复的记录"),
        body=thing({"survivor": ID, "choose": {"type": "object", "additionalProperties": ID}, "version": WHOLE}, "survivor"), answer={"type": "object"},
    ),
    "POST /duplicates/{id}/dismiss": Described(Text("Say that two records are not the same", "标记为不是同一条"), body=thing({}), answer=_PAIR),
    "POST /duplicates/{id}/reopen": Described(Text("Put a dismissed pair back into the queue", "撤销“不是同一条”"), body=thing({}), answer=_PAIR),
}

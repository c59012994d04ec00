"""What the calls of connectors take and give."""

from __future__ import annotations

from tenon.metamodel.labels import Text
from tenon.platform.openapi.described import PAGING, Described
from tenon.platform.openapi.shapes import ANY, ID, JOB, MOMENT, TEXT, TRUTH, WHOLE, Schema, many, nullable, one, page, shown, thing

_COUNTS: Schema = shown(
    pulled=WHOLE, created=WHOLE, updated=WHOLE, unchanged=WHOLE, skipped=WHOLE, refused=WHOLE, conflicts=WHOLE, sent_created=WHOLE, sent_updated=WHOLE,
    sent_refused=WHOLE,
)  # fmt: skip
_STATE = one("running", "waiting", "done", "failed", "cancelled")
_RUN: Schema = shown(
    id=ID, connector=TEXT, dry_run=TRUTH, state=_STATE, started_at=MOMENT, ended_at=nullable(MOMENT), counts=_COUNTS, lag_seconds=nullable(WHOLE),
    errors=many(shown(way=one("in", "out", ""), key=nullable(TEXT), errors=many(ANY))),
    rows=many(shown(way=one("in", "out"), action=one("create", "update", "skip", "refuse", "conflict"), key=nullable(TEXT), record=nullable(ID), fields=many(TEXT))),
)  # fmt: skip
_CONNECTOR: Schema = shown(
    name=TEXT, type=TEXT, entity=TEXT, direction=one("pull", "push", "both"), schedule=nullable(TEXT), state=one("active", "paused"), fresh_at=nullable(MOMENT),
    lag_seconds=nullable(WHOLE), waiting=ANY, last_run=nullable(ANY),
)  # fmt: skip
CONNECTOR_CALLS = {
    "GET /connectors": Described(Text("Connectors and how far each is", "连接器列表及进度"), answer=page("connectors", _CONNECTOR)),
    "POST /connectors/{name}/run": Described(
        Text("Run a connector, or look what a run would do", "运行或试运行连接器"), body=thing({"dry_run": TRUTH}), answer=JOB, status=202,
    ),
    "GET /connectors/{name}/runs": Described(Text("How the runs of a connector went", "连接器的运行记录"), PAGING, answer=page("runs", _RUN)),
    "POST /connectors/{name}/pause": Described(Text("Let a connector rest", "暂停连接器"), body=thing({}), answer=_CONNECTOR),
    "POST /connectors/{name}/resume": Described(Text("Let a connector run again", "恢复连接器"), body=thing({}), answer=_CONNECTOR),
}

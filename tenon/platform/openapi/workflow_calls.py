"""What the calls of workflows take and give."""

from __future__ import annotations

from tenon.metamodel.labels import Text
from tenon.platform.openapi.described import PAGING, Described
from tenon.platform.openapi.shapes import ANY, ID, MOMENT, TEXT, TRUTH, WHOLE, Schema, many, nullable, one, page, shown, thing

_STANDS: Schema = many(shown(step=TEXT, state=one("ready", "waiting", "failed"), waits_for=nullable(TEXT), due_at=nullable(MOMENT), since=MOMENT, record=nullable(ID)))
_SHAPE = {
    "id": ID, "workflow": nullable(TEXT), "state": one("running", "done", "exited", "cancelled", "failed"), "reason": nullable(TEXT), "entity": nullable(TEXT),
    "record": nullable(ID), "release": WHOLE, "by": nullable(ID), "cause": ANY, "started_at": MOMENT, "ended_at": nullable(MOMENT), "stands": _STANDS,
}
INSTANCE: Schema = shown(**_SHAPE, problem=ANY)
_SHORT: Schema = shown(**_SHAPE, is_current=TRUTH)
_PASSED: Schema = shown(step=TEXT, type=TEXT, record=ID, at=MOMENT, left_at=nullable(MOMENT), outcome=nullable(TEXT), effects=ANY)
ONE_INSTANCE: Schema = shown(**_SHAPE, problem=ANY, path=many(_PASSED), document=ANY, is_current=TRUTH)

WORKFLOW_CALLS = {
    "POST /workflows/{name}/start": Described(Text("Begin a workflow for a record", "为记录启动流程"), body=thing({"record": ID}, "record"), answer=_SHORT, status=201),
    "GET /workflows/{name}/instances": Described(Text("What runs and ran of a workflow", "流程实例列表"), ("record", "state", *PAGING), answer=page("instances", INSTANCE)),
    "GET /workflows/{name}/counts": Described(
        Text("How many stand at which step", "各步骤的实例数"), answer=shown(states=ANY, steps=many(shown(step=TEXT, count=WHOLE, failed=WHOLE, since=MOMENT))),
    ),
    "POST /workflows/{name}/move": Described(
        Text("Take what runs of older versions to a step of the newest", "将旧版本实例移到最新版本的步骤"), body=thing({"step": TEXT}, "step"), answer=shown(moved=WHOLE),
    ),
    "GET /instances/{id}": Described(Text("An instance, its way and where it stands", "查看流程实例"), answer=ONE_INSTANCE),
    "POST /instances/{id}/cancel": Described(Text("End an instance", "取消流程实例"), body=thing({}), answer=_SHORT),
    "POST /instances/{id}/replay": Described(Text("Try the step again at which it failed", "重试失败的步骤"), body=thing({}), answer=_SHORT, status=202),
}

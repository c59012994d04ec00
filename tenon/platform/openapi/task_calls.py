"""What the calls of tasks and approvals take and give."""

from __future__ import annotations

from tenon.metamodel.labels import Text
from tenon.platform.openapi.described import PAGING, Described
from tenon.platform.openapi.shapes import ANY, ID, MOMENT, TEXT, TEXTS, TRUTH, WHOLE, Schema, many, nullable, one, page, shown, thing

_PERSON: Schema = shown(id=ID, title=nullable(TEXT))
_SHAPE = {
    "id": ID, "type": one("task", "approval", "form"), "title": TEXT, "record": nullable(shown(entity=nullable(TEXT), id=ID, title=nullable(TEXT))), "app": nullable(TEXT),
    "due": nullable(MOMENT), "overdue": TRUTH, "for": one("mine", "role"), "outcomes": many(shown(name=TEXT, label=TEXT)), "priority": TEXT, "state": TEXT,
    "outcome": nullable(TEXT), "workflow": nullable(TEXT), "step": nullable(TEXT), "instance": nullable(ID), "instead_of": nullable(_PERSON),
}
TASK: Schema = shown(**_SHAPE)
ONE_TASK: Schema = shown(**_SHAPE, mode=nullable(TEXT), seats=many(ANY), editable=TEXTS, return_to=many(shown(step=TEXT, label=TEXT)), may_decide=TRUTH)
_WHO: Schema = {"anyOf": [TEXT, {"type": "object", "properties": {"id": ID}, "required": ["id"]}]}
_COMMENT = {"comment": nullable(TEXT)}
_AWAY = shown(person=ID, delegate=nullable(_PERSON), since=nullable(MOMENT), until=nullable(MOMENT), moved=WHOLE)

TASK_CALLS = {
    "GET /tasks": Described(
        Text("What one has to do, over all apps", "我的待办（跨应用）"), ("mine", "role", "overdue", "app", "state", "count", *PAGING), answer=page("tasks", TASK),
    ),
    "GET /tasks/{id}": Described(Text("One task, and who was asked", "查看任务及处理人"), answer=ONE_TASK),
    "POST /tasks/{id}/complete": Described(
        Text("Say how a task went, approve or reject", "完成任务，同意或拒绝"), body=thing({"outcome": nullable(TEXT), "data": nullable({"type": "object"}), **_COMMENT}), answer=ONE_TASK,
    ),
    "POST /tasks/{id}/delegate": Described(Text("Hand a task over", "转办"), body=thing({"to": _WHO, **_COMMENT}, "to"), answer=ONE_TASK),
    "POST /tasks/{id}/sign": Described(
        Text("Have somebody sign too, before or after oneself", "加签"), body=thing({"person": _WHO, "when": one("before", "after"), **_COMMENT}, "person"), answer=ONE_TASK,
    ),
    "POST /tasks/{id}/return": Described(Text("Send an approval back to an earlier step", "退回"), body=thing({"to": nullable(TEXT), **_COMMENT}), answer=ONE_TASK),
    "POST /tasks/{id}/claim": Described(Text("Take a task of one’s role", "领取任务"), body=thing({}), answer=ONE_TASK),
    "POST /instances/{id}/recall": Described(Text("Take back what one has submitted", "撤回"), body=thing(_COMMENT), answer=shown(id=ID, state=TEXT, reason=nullable(TEXT))),
    "GET /users/{id}/absence": Described(Text("When somebody is away", "查看外出设置"), answer=_AWAY),
    "PUT /users/{id}/absence": Described(
        Text("Be away, somebody else acts", "设置外出及代理人"), body=thing({"delegate": _WHO, "since": nullable(MOMENT), "until": MOMENT, "move": TRUTH}, "delegate", "until"), answer=_AWAY,
    ),
    "DELETE /users/{id}/absence": Described(Text("Be back", "取消外出"), status=204),
}

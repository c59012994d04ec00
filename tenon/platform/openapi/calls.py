"""What each built-in call takes and gives: one line of the table a call."""

from __future__ import annotations

from tenon.metamodel.labels import Text
from tenon.platform.openapi.connector_calls import CONNECTOR_CALLS
from tenon.platform.openapi.described import PAGING, Described
from tenon.platform.openapi.duplicate_calls import DUPLICATE_CALLS
from tenon.platform.openapi.event_calls import EVENT_CALLS
from tenon.platform.openapi.report_calls import REPORT_CALLS
from tenon.platform.openapi.shapes import (
    ANY,
    DELIVERY,
    DRAFT_COMMENT,
    FILE,
    ID,
    JOB,
    MOMENT,
    NUMBER,
    RECORD,
    RELEASE,
    SCENARIO,
    SESSION,
    SIMULATION,
    TEXT,
    TEXTS,
    TOKEN,
    TRUTH,
    UNIT,
    USER,
    WEBHOOK,
    WHOLE,
    WORKSPACE,
    Schema,
    many,
    nullable,
    one,
    page,
    shown,
    thing,
)
from tenon.platform.openapi.task_calls import TASK_CALLS
from tenon.platform.openapi.workflow_calls import WORKFLOW_CALLS

PARAMS: dict[str, Schema] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 500, "default": 50}, "count": one("none", "capped", "exact"), "deleted": one("true", "false"),
    "expect": {"type": "integer", "minimum": 0}, "draft": one("true", "false"), "user": ID, "id": ID, "on": {"type": "string", "format": "date"},
    "since": TEXT, "until": TEXT, "where": {"type": "object", "additionalProperties": TEXT},
}
FORM, STREAM, ZIP, PLAIN = "multipart/form-data", "text/event-stream", "application/zip", "text/plain"


def _call(en: str, zh: str, *params: str, **more: object) -> Described:
    return Described(Text(en, zh), params, **more)  # type: ignore[arg-type]


_NO_BODY = thing({})
_UPLOAD = thing({"file": {"type": "string", "contentMediaType": "application/octet-stream"}}, "file")
_USER_BODY = {
    "email": TEXT, "name": TEXT, "roles": TEXTS, "unit": nullable(ID), "manager": nullable(ID), "language": one("en", "zh"),
}
_UNIT_BODY = {"name": TEXT, "parent": nullable(ID)}
_WEBHOOK_BODY = {"name": nullable(TEXT), "url": TEXT, "events": TEXTS, "role": TEXT, "active": TRUTH}
_ORDER = thing({"note": nullable(TEXT), "accept": nullable(TEXTS)})
_RESULTS = shown(created=WHOLE, updated=WHOLE, skipped=WHOLE, refused=WHOLE, results=many(shown(index=WHOLE, id=nullable(ID), action=TEXT, errors=many(ANY))))
_BULK = thing(
    {"records": many({"type": "object"}), "match_on": TEXTS, "mode": one("create", "update", "upsert"), "on_error": one("stop", "skip")}, "records",
)
_GROUP: Schema = {"anyOf": [TEXT, thing({"field": TEXT, "by": one("day", "week", "month", "quarter", "year")}, "field")]}
_QUESTION = thing({
    "entity": TEXT, "filter": nullable(TEXT), "group_by": many(_GROUP), "measures": many(thing({"name": TEXT, "expr": TEXT, "label": ANY}, "name", "expr")),
    "having": nullable(TEXT), "sort": TEXTS, "limit": {"type": "integer", "minimum": 1, "maximum": 10_000}, "totals": TRUTH, "explain": TRUTH,
}, "entity")  # fmt: skip
_ANSWER = shown(columns=many(shown(name=TEXT, label=TEXT, type=TEXT)), rows=many({"type": "array"}), totals=ANY)
_PASSWORD = {"token": TEXT, "password": TEXT}
LIST_PARAMS = ("filter", "sort", "fields", "limit", "after", "count", "search", "view", "deleted")

SESSION_CALLS = {
    "POST /session": _call("Sign in", "登录", body=thing({"email": TEXT, "password": TEXT}, "email", "password"), answer=SESSION, is_public=True),
    "GET /session": _call("Who am I", "当前登录者", answer=SESSION),
    "DELETE /session": _call("Sign out", "退出登录", status=204),
    "POST /session/reset": _call("Ask for or choose a new password", "申请或设置新密码", body=thing({"email": TEXT, **_PASSWORD}), status=204, is_public=True),
    "POST /session/invitation": _call("Accept an invitation", "接受邀请", body=thing(_PASSWORD, "token", "password"), answer=SESSION, is_public=True),
    "POST /session/setup": _call(
        "Set up the workspace", "初始化工作区", body=thing({**_PASSWORD, "name": TEXT, "email": TEXT}, "token", "name", "email", "password"), answer=SESSION,
        is_public=True,
    ),
    "POST /session/password": _call(
        "Change one's password", "修改自己的密码", body=thing({"old_password": TEXT, "password": TEXT}, "old_password", "password"), status=204,
    ),
}
PEOPLE_CALLS = {
    "GET /users": _call("List people", "人员列表", "search", "state", *PAGING, answer=page("users", USER)),
    "POST /users": _call("Make an account", "新建账号", body=thing({**_USER_BODY, "password": TEXT}, "email", "name"), answer=USER, status=201),
    "GET /users/{id}": _call("Get a person", "查看人员", answer=USER),
    "PATCH /users/{id}": _call("Change a person", "修改人员", body=thing({**_USER_BODY, "state": one("active", "disabled")}), answer=USER),
    "POST /users/{id}/invite": _call("Invite a person", "邀请人员", body=_NO_BODY, answer=shown(by_mail=TRUTH, link=nullable(TEXT))),
    "GET /units": _call("List units", "部门列表", *PAGING, answer=page("units", UNIT)),
    "POST /units": _call("Make a unit", "新建部门", body=thing(_UNIT_BODY, "name"), answer=UNIT, status=201),
    "GET /units/{id}": _call("Get a unit", "查看部门", answer=UNIT),
    "PATCH /units/{id}": _call("Rename or move a unit", "修改部门", body=thing(_UNIT_BODY), answer=UNIT),
    "GET /tokens": _call("List tokens", "令牌列表", "user", *PAGING, answer=page("tokens", TOKEN)),
    "POST /tokens": _call(
        "Make a token", "新建令牌",
        body=thing({"name": TEXT, "user": nullable(ID), "roles": nullable(TEXTS), "addresses": nullable(TEXTS), "expires_at": nullable(MOMENT)}, "name"),
        answer=TOKEN, status=201,
    ),
    "PATCH /tokens/{id}": _call("Revoke a token", "吊销令牌", body=thing({"revoked": {"const": True}}, "revoked"), status=204),
    "DELETE /tokens/{id}": _call("Revoke a token", "吊销令牌", status=204),
    "GET /roles": _call("List roles", "角色列表", answer=page("roles", shown(name=TEXT, label=TEXT, is_built_in=TRUTH, builds=TRUTH))),
    "GET /access/explain": _call("Why may somebody see or do this", "解释权限", "user", "entity!", "id", "field", answer=shown(actions=many(ANY), field=ANY)),
    "GET /audit": _call("Who did what", "审计日志", "action", "kind", "target", "user", "since", "until", *PAGING, answer=page("audit", ANY)),
}
RECORD_CALLS = {
    "GET /records/{entity}": _call("List records", "记录列表", *LIST_PARAMS, answer=page("records", RECORD)),
    "POST /records/{entity}": _call("Make one record, or write many", "新建或批量写入记录", "fields", body={"anyOf": [_BULK, {"type": "object"}]}, answer=_RESULTS),
    "PATCH /records/{entity}": _call(
        "Change all that match", "修改所有符合条件的记录", "filter!", "expect!", body=thing({"set": {"type": "object", "minProperties": 1}}, "set"),
        answer=shown(updated=WHOLE, batch=ID), may_be_job=True,
    ),
    "POST /records/{entity}/undo": _call(
        "Take back a batch", "撤销一次批量写入", body=thing({"batch": ID}, "batch"), answer=shown(deleted=WHOLE, restored=WHOLE, kept=many(ANY)), may_be_job=True,
    ),
    "DELETE /records/{entity}": _call(
        "Delete all that match", "删除所有符合条件的记录", "filter!", "expect!", answer=shown(deleted=WHOLE, batch=ID), may_be_job=True,
    ),
    "GET /records/{entity}/{id}": _call("Get a record", "查看记录", "fields", answer=RECORD),
    "PATCH /records/{entity}/{id}": _call("Change a record", "修改记录", body={"type": "object"}, answer=RECORD),
    "DELETE /records/{entity}/{id}": _call("Move a record to the trash", "移入回收站", status=204, may_be_job=True),
    "POST /records/{entity}/{id}/restore": _call("Bring a record back", "恢复记录", answer=RECORD, may_be_job=True),
    "POST /records/{entity}/{id}/merge": _call(
        "Merge records", "合并记录", body=thing({"absorb": many(ID), "choose": {"type": "object", "additionalProperties": ID}, "version": WHOLE}, "absorb"), answer=RECORD,
    ),
    "POST /records/alert/{id}/acknowledge": _call("Take an alert up", "确认预警", body=_NO_BODY, answer=RECORD),
    "POST /records/alert/{id}/snooze": _call("Put an alert off until a day", "推迟预警", body=thing({"until": TEXT, "reason": TEXT}, "until", "reason"), answer=RECORD),
    "POST /records/alert/{id}/close": _call("Close an alert", "关闭预警", body=thing({"outcome": TEXT, "cause": nullable(TEXT)}, "outcome"), answer=RECORD),
    "POST /playbooks/{name}/start": _call(
        "Begin a playbook for a record or an alert", "为记录或预警启动行动手册", body=thing({"entity": TEXT, "record": ID}, "entity", "record"),
        answer=shown(playbook=TEXT, tasks=many(ID)),
    ),
    "GET /records/{entity}/{id}/history": _call("What happened to a record", "修改历史", *PAGING, answer=page("history", ANY)),
    "GET /records/{entity}/{id}/timeline": _call(
        "What happened to a record and around it", "时间线", "types", *PAGING,
        answer=page("timeline", shown(id=TEXT, type=TEXT, at=MOMENT, by=ANY)),
    ),
    "GET /records/{entity}/{id}/follow": _call("Whether one follows a record", "是否已关注记录", answer=shown(following=TRUTH)),
    "POST /records/{entity}/{id}/follow": _call("Follow a record", "关注记录", body=_NO_BODY, answer=shown(following=TRUTH)),
    "DELETE /records/{entity}/{id}/follow": _call("Follow a record no longer", "取消关注记录", status=204),
    "GET /following": _call(
        "List the records that one follows", "关注的记录列表", *PAGING, answer=page("following", shown(entity=TEXT, id=ID, title=TEXT, since=MOMENT)),
    ),
    "POST /query": _call("Group and measure", "分组统计", body=_QUESTION, answer=_ANSWER),
    "POST /expressions/check": _call(
        "Check an expression", "检查表达式", "draft",
        body=thing({"entity": TEXT, "expression": TEXT, "expect": TEXT, "use": TEXT, "position": WHOLE}, "expression"), answer=shown(type=ANY, reads=TEXTS, errors=many(ANY)),
    ),
    "POST /expressions/evaluate": _call(
        "Try an expression", "试算表达式", body=thing({"expression": TEXT, "values": {"type": "object"}, "entity": TEXT, "record": ID, "now": MOMENT}, "expression"),
        answer=shown(value=ANY, type=TEXT),
    ),
    "POST /backup": _call("Write a backup", "创建备份", body=_NO_BODY, answer=JOB, status=202),
    "POST /scores/{name}/run": _call("Compute a score for all records", "运行评分", body=_NO_BODY, answer=JOB, status=202),
    "POST /scores/{name}/simulate": _call(
        "What a score would change with another body, or as it is drafted", "模拟评分：按新内容或草稿对今天的记录试算", *PAGING,
        body=thing({"body": nullable({"type": "object"})}), answer=SIMULATION,
    ),
    "POST /scores/{name}/backtest": _call(
        "How well the values of a day foresaw an outcome", "评分回测：某日的分值对之后结果的预测效果",
        body=thing({"outcome": TEXT, "as_of": TEXT, "horizon_days": WHOLE}, "outcome", "as_of", "horizon_days"),
        answer=shown(n=WHOLE, base_rate=nullable(NUMBER), auc=nullable(NUMBER), brier=nullable(NUMBER), bands=many(ANY), calibration=many(ANY), segments=many(ANY)),
    ),
    "POST /scores/{name}/advise": _call(
        "Measures and points proposed from what came of the records", "根据实际结果建议指标与分值",
        body=thing({"outcome": TEXT, "as_of": TEXT, "horizon_days": WHOLE, "is_wanted": {"type": "boolean"}}, "outcome", "as_of", "horizon_days"),
        answer=shown(status=TEXT, n=WHOLE, auc=nullable(NUMBER), auc_interval=nullable(many(NUMBER)), measures=many(ANY), left_out=many(TEXT)),
    ),
    "POST /scores/{name}/forecast": _call("Make the forecasts of the records of a score", "生成评分对象的预测", body=thing({"as_of": nullable(TEXT)}), answer=JOB, status=202),
    "GET /forecasts/records/{id}": _call("The newest forecasts of a record", "某记录的最新预测", answer=shown(record=ID, forecasts=many(ANY))),
    "POST /scores/{name}/calibrate": _call("Look how well a score foresees", "运行评分校准", body=_NO_BODY, answer=JOB, status=202),
    "GET /scores/{name}/calibrations": _call("How well a score foresaw, whenever it was looked at", "评分校准记录", answer=shown(score=TEXT, calibrations=many(ANY))),
    "GET /rules/{name}/runs": _call(
        "What a rule did, and why it did not", "规则执行记录及未执行原因", *PAGING, "record", "state", answer=shown(runs=many(ANY), next=nullable(TEXT), missed=many(ANY)),
    ),
    "GET /rules/{name}/records/{id}": _call("The condition of a rule for a record", "规则条件对某记录的取值", "at", answer=shown(rule=TEXT, record=ID, condition=ANY)),
    "POST /rules/{name}/simulate": _call(
        "What a rule would have done in the past", "用历史数据模拟规则", body=thing({"since": nullable(MOMENT), "until": nullable(MOMENT), "body": nullable({"type": "object"})}),
        answer=shown(count=WHOLE, records=WHOLE, per_week=NUMBER, weeks=many(ANY), fired=many(ANY)),
    ),
    "POST /rules/{name}/press": _call("Press the button of a rule", "点击规则按钮", body=thing({"record": ID}, "record"), answer=shown(rule=TEXT, record=ID), status=202),
    "POST /runs/{id}/replay": _call("Do a run of a rule again", "重新执行", body=_NO_BODY, answer=ANY, status=202),
    "GET /scores/{name}/records": _call(
        "What the score of every record is, in pages or as a file (csv, jsonl)", "全部记录的评分：分页返回，或导出文件（csv、jsonl）", *PAGING, "format",
        answer=shown(records=many(thing({"id": ID, "title": ANY, "value": nullable(NUMBER), "band": nullable(TEXT), "coverage": nullable(NUMBER), "trend": nullable(NUMBER), "at": MOMENT})),
                     next=nullable(TEXT)),
    ),
    "GET /scores/{name}/history": _call(
        "Every kept value of a score, the oldest first, in pages or as a file (csv, jsonl)", "评分的全部历史（由旧到新）：分页返回，或导出文件（csv、jsonl）", *PAGING, "format", "since",
        answer=shown(history=many(thing({"id": WHOLE, "record": ID, "at": MOMENT, "value": nullable(NUMBER), "band": nullable(TEXT), "coverage": nullable(NUMBER),
                                         "variant": nullable(TEXT), "release": nullable(WHOLE)})), next=nullable(TEXT)),
    ),
    "GET /scores/{name}/records/{id}": _call("Explain the score of a record", "解释评分", "on", "since", answer=shown(value=ANY, band=ANY, measures=many(ANY))),
    "POST /scores/{name}/records/{id}/override": _call(
        "Override a score", "人工调整评分", body=thing({"value": nullable(NUMBER), "band": nullable(TEXT), "reason": TEXT, "expires_at": nullable(MOMENT)}), answer=shown(value=ANY),
    ),
    "DELETE /scores/{name}/records/{id}/override": _call("End an override", "取消人工调整", status=204),
    "POST /scores/{name}/records/{id}/ratings": _call(
        "Rate a manual measure", "人工评定指标", body=thing({"measure": TEXT, "share": nullable(NUMBER), "note": TEXT}, "measure"), answer=shown(value=ANY),
    ),
}
_DESIGNED = shown(document={"type": "object"}, can_undo=TRUTH, can_redo=TRUTH)
_VIEW_BODY: Schema = {"type": "object", "properties": {"entity": TEXT, "label": ANY, "shared_with": one("me", "team", "everyone")}, "required": ["entity"]}
METADATA_CALLS = {
    "GET /views": _call("List saved views", "已保存的视图", "entity", *PAGING, answer=page("views", ANY)),
    "POST /views": _call("Save a view, or change the one whose id is sent", "保存视图，提交 id 则为修改", body=_VIEW_BODY, answer=ANY, status=201),
    "GET /views/{id}": _call("Get a saved view", "查看已保存的视图", answer=ANY),
    "DELETE /views/{id}": _call("Delete a saved view", "删除已保存的视图", status=204),
    "GET /metadata": _call("List documents", "文档列表", "kind", *PAGING, answer=page("metadata", shown(kind=TEXT, name=TEXT, id=ID, state=TEXT))),
    "GET /metadata/{kind}/{name}": _call("Get a document of the draft", "查看草稿文档", answer={"type": "object"}),
    "PUT /metadata/{kind}/{name}": _call("Save a document in the draft", "保存草稿文档", body={"type": "object"}, answer={"type": "object"}),
    "DELETE /metadata/{kind}/{name}": _call("Remove a document in the draft", "在草稿中删除文档", status=204),
    "POST /metadata/{kind}/{name}/operations": _call(
        "Change a document of the draft by operations, as one step", "以操作修改草稿文档（一步）", body=thing({"operations": many({"type": "object"})}, "operations"),
        answer=_DESIGNED,
    ),
    "POST /metadata/{kind}/{name}/undo": _call("Take the last step back", "撤销上一步", body=_NO_BODY, answer=_DESIGNED),
    "POST /metadata/{kind}/{name}/redo": _call("Do the step again that was taken back", "重做", body=_NO_BODY, answer=_DESIGNED),
    "GET /metadata/comments": _call("Comments on the draft", "草稿的评论", "kind", "name", *PAGING, answer=page("comments", DRAFT_COMMENT)),
    "POST /metadata/{kind}/{name}/comments": _call(
        "Comment on a document of the draft", "评论草稿中的文档", body=thing({"text": TEXT}, "text"), answer=DRAFT_COMMENT, status=201,
    ),
    "DELETE /metadata/comments/{id}": _call("Take back one's own comment on the draft", "删除自己的草稿评论", status=204),
    "GET /metadata/{kind}/{name}/uses": _call("Who uses a document or an item of it", "文档或其中某项被谁引用", "item", answer=page("uses", ANY)),
    "GET /metadata/changes": _call("The draft against the release", "草稿与发布版的差异", answer=page("changes", ANY)),
    "DELETE /metadata/changes": _call("Throw the draft away", "放弃草稿", "kind", "name", answer=shown(discarded=WHOLE)),
    "POST /metadata/check": _call("What publishing would do", "发布前检查", body=_NO_BODY, answer=shown(ok=TRUTH, errors=many(ANY), plan=many(ANY), scenarios=many(SCENARIO))),
    "POST /scenarios/{name}/run": _call(
        "Live through a scenario of the release, or of the draft; nothing is kept", "运行场景：不留下任何数据，可选择草稿", "draft", body=_NO_BODY, answer=SCENARIO,
    ),
    "POST /metadata/publish": _call("Publish the draft", "发布草稿", body=_ORDER, answer=RELEASE),
    "GET /metadata/releases": _call("List releases", "发布版本列表", *PAGING, answer=page("releases", RELEASE)),
    "POST /metadata/releases/{number}/restore": _call("Go back to a release", "恢复到某一版本", body=_ORDER, answer=RELEASE),
    "GET /schemas/{kind}": _call("The JSON Schema of a kind", "文档类型的 JSON Schema", answer={"type": "object"}, media="application/schema+json"),
    "GET /apps": _call("List apps", "应用列表", answer=page("apps", ANY)),
    "POST /apps/import": _call(
        "Install the app in a zip; clashes (JSON) decide by kind/name about names that are taken: rename, replace or leave; dry_run lists them",
        "导入应用包；clashes（JSON）以 kind/name 为键决定重名文档：rename、replace 或 leave；dry_run 列出重名", body=_UPLOAD, body_media=FORM, answer=RELEASE,
    ),
    "POST /apps/package": _call(
        "Make the zip of an app of published documents, each written as kind/name", "将已发布的文档（写作 kind/name）打包为应用",
        body=thing({"name": TEXT, "label": ANY, "version": TEXT, "documents": TEXTS}, "name", "documents"), media=ZIP,
    ),
    "POST /apps/{name}/install": _call("Install an app", "安装应用", body=thing({"demo_data": TRUTH, "accept": nullable(TEXTS)}), answer=RELEASE),
    "POST /apps/{name}/uninstall": _call("Remove an app", "移除应用", body=thing({"data": one("keep", "archive", "remove")}), answer=RELEASE),
    "POST /apps/{name}/upgrade": _call(
        "Merge a newer version into an app; decisions are by the ids of conflicts, * for all others, yours is kept otherwise",
        "将新版本合并到已安装的应用；decisions 以冲突 id 为键，* 表示其余全部，默认保留 yours",
        body=thing({"decisions": {"type": "object", "additionalProperties": one("yours", "theirs")}, "dry_run": TRUTH, "accept": nullable(TEXTS)}), answer=ANY,
    ),
    "GET /apps/{name}/samples": _call(
        "The sample records of an app: how many, which of them people changed, and what removing them meets", "应用的示例数据：数量、其中被人修改过的，以及移除时会涉及什么",
        answer=shown(records=WHOLE, edited_records=WHOLE, own=WHOLE, cleared=WHOLE, in_trash=WHOLE, entities=many(ANY), edited=many(ANY), along=many(ANY), held=many(ANY)),
    ),
    "DELETE /apps/{name}/samples": _call(
        "Move the sample records of an app to the trash", "将应用的示例数据移入回收站", "expect!", answer=shown(deleted=WHOLE, batch=ID), may_be_job=True,
    ),
    "POST /apps/{name}/samples/restore": _call(
        "Bring the sample records of an app back from the trash", "从回收站恢复应用的示例数据", body=_NO_BODY, answer=shown(batch=ID), may_be_job=True,
    ),
    "GET /apps/{name}/export": _call("Export an app", "导出应用", media=ZIP),
}
WORKSPACE_CALLS = {
    "GET /workspace": _call("Name, language, time zone and logo of the workspace", "工作区的名称、语言、时区和标志", answer=WORKSPACE),
    "PATCH /workspace": _call(
        "Change the workspace", "修改工作区设置", body=thing({"name": nullable(TEXT), "language": nullable(one("en", "zh")), "logo": nullable(ID)}), answer=WORKSPACE,
    ),
}
WORK_CALLS = {
    "GET /jobs": _call("List jobs", "任务列表", "state", "kind", *PAGING, answer=page("jobs", JOB)),
    "GET /jobs/{id}": _call("Get a job", "查看任务", answer=JOB),
    "GET /jobs/{id}/stream": _call("Follow a job", "跟踪任务", media=STREAM),
    "POST /jobs/{id}/cancel": _call("Ask a job to stop", "取消任务", body=_NO_BODY, answer=JOB),
    "GET /webhooks": _call("Who is told of what", "Webhook 列表", answer=page("webhooks", WEBHOOK)),
    "POST /webhooks": _call("Make a webhook", "新建 Webhook", body=thing(_WEBHOOK_BODY, "url", "events", "role"), answer=WEBHOOK, status=201),
    "GET /webhooks/{id}": _call("Get a webhook", "查看 Webhook", answer=WEBHOOK),
    "PATCH /webhooks/{id}": _call("Change a webhook", "修改 Webhook", body=thing(_WEBHOOK_BODY), answer=WEBHOOK),
    "DELETE /webhooks/{id}": _call("Delete a webhook", "删除 Webhook", status=204),
    "POST /webhooks/{id}/rotate": _call("Change the secret of a webhook", "更换 Webhook 密钥", body=_NO_BODY, answer=WEBHOOK),
    "POST /webhooks/{id}/test": _call("Send a test call", "发送测试调用", body=_NO_BODY, answer=shown(delivery=ID), status=202),
    "GET /rules/{name}/hook": _call("The address of a rule", "规则的接收地址", answer=shown(rule=TEXT, created_at=MOMENT, last_at=nullable(MOMENT))),
    "POST /rules/{name}/hook": _call("Give a rule an address, or another one", "新建或更换规则的接收地址", body=_NO_BODY, answer=shown(rule=TEXT, url=TEXT, secret=TEXT), status=201),
    "DELETE /rules/{name}/hook": _call("Take the address of a rule away", "删除规则的接收地址", status=204),
    "GET /deliveries": _call("What goes out of the workspace", "向外投递列表", "state", "channel", "kind", "record", *PAGING, answer=page("deliveries", DELIVERY)),
    "GET /deliveries/{id}": _call("Get a delivery", "查看投递", answer=DELIVERY),
    "POST /deliveries/{id}/replay": _call("Have a failed delivery tried again", "重试失败的投递", body=_NO_BODY, answer=DELIVERY),
    "POST /deliveries/replay": _call(
        "Have all dead letters tried again", "重试全部死信", body=thing({"channel": nullable(TEXT), "endpoint": nullable(TEXT), "kind": nullable(TEXT)}), answer=shown(count=WHOLE),
    ),
    "POST /messages/{name}/preview": _call(
        "How a message would read", "预览消息", body=thing({"record": ID, "language": nullable(one("en", "zh"))}, "record"),
        answer=shown(language=TEXT, channel=TEXT, subject=TEXT, text=TEXT, html=nullable(TEXT)),
    ),
    "GET /notices": _call("What one was told", "我的通知", *PAGING, answer=shown(notices=many(ANY), unread=WHOLE, next=nullable(TEXT))),
    "GET /notices/stream": _call("Follow the number of unread notices", "跟踪未读通知数", media=STREAM),
    "POST /files": _call("Upload a file", "上传文件", body=_UPLOAD, body_media=FORM, answer=FILE, status=201),
    "GET /files/{id}": _call("Read a file", "下载文件", media="application/octet-stream"),
    "POST /imports": _call(
        "Import a file", "导入文件",
        body=thing({
            **_UPLOAD["properties"], "entity": TEXT, "mapping": TEXT, "match_on": TEXT, "mode": one("create", "update", "upsert"),
            "dry_run": one("true", "false"), "on_error": one("skip", "stop"), "systems": TEXT, "source_link": TEXT, "unmatched": one("refuse", "wait"),
        }, "file", "entity"),
        body_media=FORM, answer=JOB, status=202,
    ),
    "GET /imports/{id}": _call("How an import goes", "导入进度", answer=JOB),
    "GET /imports/{id}/errors.csv": _call("The rows an import refused", "被拒绝的行", media="text/csv"),
    "POST /imports/{id}/undo": _call("Take an import back", "撤销导入", answer=ANY),
    "GET /openapi.json": _call("This description", "本接口说明", answer={"type": "object"}),
}
ROOT_CALLS = {
    "GET /enter/{token}": _call("Sign in once by a link", "通过一次性链接登录", status=303, is_public=True),
    "POST /hooks/{token}": _call("Wake a rule", "触发规则", body=ANY, answer=shown(record=nullable(shown(entity=TEXT, id=ID)), created=TRUTH), status=202, is_public=True),
    "GET /healthz": _call("Is it alive", "存活检查", answer=shown(ok=TRUTH), is_public=True),
    "GET /readyz": _call("Is it ready", "就绪检查", answer=shown(ok=TRUTH), is_public=True),
    "GET /metrics": _call("Counters for Prometheus", "Prometheus 指标", media=PLAIN),
}
API_CALLS: dict[str, Described] = {
    **SESSION_CALLS, **PEOPLE_CALLS, **RECORD_CALLS, **METADATA_CALLS, **WORKSPACE_CALLS, **WORK_CALLS, **REPORT_CALLS, **TASK_CALLS, **DUPLICATE_CALLS,
    **CONNECTOR_CALLS, **EVENT_CALLS, **WORKFLOW_CALLS,
}  # fmt: skip

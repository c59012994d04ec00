"""The audit in words, for administrators: who did what when, and whether the chain is whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from tenon.engine.people import names_of, unit_names_of, users
from tenon.metamodel.labels import Text
from tenon.platform import audit
from tenon.platform.rights import require_admin
from tenon.ui.admin_shapes import AuditPage, AuditRow
from tenon.ui.backend.base import View
from tenon.ui.shapes import Choice

SIZE = 50
LONGEST = 240
MOST_PEOPLE = 500
ID = 36
NAMED = ("user", "delegate", "unit", "parent", "manager", "by")
"""Entries of a detail that are people or units by their ids."""
SYSTEM = Text("The system", "系统")
WORDS: dict[str, Text] = {
    "session.begin": Text("Signed in", "登录"), "session.end": Text("Signed out", "退出登录"), "session.refuse": Text("Failed to sign in", "登录失败"),
    "session.end_all": Text("Ended all sessions", "结束全部会话"), "user.create": Text("Made an account", "新建账号"),
    "user.change": Text("Changed an account", "修改账号"), "user.invite": Text("Invited somebody", "邀请人员"),
    "user.password": Text("Set a password", "设置密码"), "unit.create": Text("Made a unit", "新建部门"), "unit.change": Text("Changed a unit", "修改部门"),
    "token.create": Text("Made a token", "新建令牌"), "token.revoke": Text("Revoked a token", "吊销令牌"),
    "release.publish": Text("Published a release", "发布版本"), "workspace.backup": Text("Wrote a backup", "写入备份"),
    "workspace.copy": Text("Made a scratch copy", "创建试验副本"), "workspace.discard_copy": Text("Discarded a scratch copy", "丢弃试验副本"),
    "workspace.bring": Text("Brought the changes of a scratch copy", "带回试验副本的更改"),
    "workspace.change": Text("Changed the workspace", "修改工作区设置"),
    "backup.download": Text("Downloaded a backup", "下载备份"), "view_as.begin": Text("Looked with other rights", "开始以他人权限查看"),
    "app.samples.remove": Text("Removed sample records", "移除示例数据"), "app.samples.restore": Text("Brought sample records back", "恢复示例数据"),
    "import.start": Text("Started an import", "开始导入"), "import.undo": Text("Took an import back", "撤销导入"),
    "records.undo": Text("Took a change of records back", "撤销批量写入"), "score.run": Text("Had a score computed", "计算评分"),
    "score.export": Text("Exported a score", "导出评分"),
    "score.forecast": Text("Had forecasts made", "生成预测"),
    "score.calibrate": Text("Had it looked at how well a score foresees", "校准评分"), "score.calibration_accept": Text("Took other edges of bands into the draft", "采纳等级边界建议"),
    "score.override": Text("Overrode a score", "人工覆盖评分"), "score.override_end": Text("Ended the override of a score", "结束评分的人工覆盖"),
    "score.rate": Text("Rated a measure", "评定指标"), "score.rating_end": Text("Took a rating back", "撤销指标评定"),
    "widget.export": Text("Exported a widget", "导出图表"), "user.ask_reset": Text("Asked for a new password", "申请重置密码"),
    "workspace.restore": Text("Restored a backup", "恢复备份"), "rule.replay": Text("Ran a rule again", "重新执行规则"),
    "delivery.replay": Text("Had a delivery tried again", "重试投递"), "delivery.replay_all": Text("Had dead letters tried again", "重试全部死信"),
    "webhook.create": Text("Made a webhook", "新建 Webhook"), "webhook.change": Text("Changed a webhook", "修改 Webhook"),
    "webhook.rotate": Text("Changed the secret of a webhook", "更换 Webhook 密钥"), "webhook.delete": Text("Deleted a webhook", "删除 Webhook"),
    "connector.run": Text("Ran a connector", "运行连接器"), "connector.pause": Text("Paused a connector", "暂停连接器"),
    "connector.resume": Text("Resumed a connector", "恢复连接器"), "records.merge": Text("Merged records", "合并记录"),
    "hook.renew": Text("Gave a rule an address", "生成规则的接收地址"), "hook.close": Text("Took the address of a rule away", "删除规则的接收地址"),
    "waiting.choose": Text("Said which record a key stands for", "指定编号对应的记录"), "waiting.discard": Text("Discarded what waited for a key", "丢弃等待编号的数据"),
    "events.apply_features": Text("Updated the features of stored events", "更新已存事件的功能"),
    "workflow.move": Text("Moved instances of a workflow", "迁移流程实例"), "workflow.cancel": Text("Ended an instance of a workflow", "终止流程实例"),
    "workflow.replay": Text("Had a workflow tried again", "重试流程"), "user.away": Text("Said when somebody is away", "设置离开时间"), "user.back": Text("Said that somebody is back", "取消离开状态"),
    "mail.unsubscribe": Text("Unsubscribed an address", "退订营销邮件"), "mail.subscribe": Text("Subscribed an address again", "重新订阅营销邮件"),
    "view_as.end": Text("Stopped looking with other rights", "结束以他人权限查看"), "records.export": Text("Exported records", "导出记录"),
}  # fmt: skip


def page(view: View, chosen: Mapping[str, str], before: int | None) -> AuditPage:
    """Return entries newest first, narrowed by ``action``, ``user``, ``since`` and ``until`` (days). Raises Forbidden."""
    require_admin(view.ctx)
    connection = view.uow.connection
    since, until = _moment(view, chosen.get("since"), 0), _moment(view, chosen.get("until"), 1)
    found = audit.page(
        connection, before=before, limit=SIZE + 1, action=chosen.get("action") or None, user_id=chosen.get("user") or None, since=since, until=until,
    )  # fmt: skip
    shown = found[:SIZE]
    ids = {each for row in shown for each in (row["user_id"], row["target"], *(row["detail"].get(key) for key in NAMED)) if isinstance(each, str) and len(each) == ID}
    names = {**unit_names_of(connection, ids), **names_of(connection, ids)}
    actions = list(connection.execute(select(audit.audit.c.action).distinct().order_by(audit.audit.c.action)).scalars())
    everybody = connection.execute(select(users.c.id, users.c.name).order_by(users.c.name).limit(MOST_PEOPLE))
    rows = tuple(_row(view, row, names) for row in shown)
    return AuditPage(rows, tuple(actions), tuple(Choice(p.id, p.name) for p in everybody), shown[-1]["seq"] if len(found) > SIZE else None)


def verify(view: View) -> int | None:
    """Return the number of the first entry that was changed, None when the chain is whole. Raises Forbidden."""
    require_admin(view.ctx)
    return audit.verify(view.uow.connection)


def label_of(action: str, language: str) -> str:
    """Return an action in words."""
    known = WORDS.get(action)
    return known.show(language) if known else action


def _moment(view: View, day: str | None, add: int) -> datetime | None:
    try:
        return datetime.combine(datetime.fromisoformat(day or "").date(), time(), view.uow.timezone) + timedelta(days=add)
    except ValueError:
        return None


def _plain(value: Any) -> str:
    """Return a value of a detail for reading; a pair of before and after with an arrow."""
    if isinstance(value, list) and len(value) == 2 and value[0] != value[1]:
        return " → ".join("–" if each is None else _plain(each) if isinstance(each, list) else str(each) for each in value)
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


KEYS: dict[str, Text] = {
    "email": Text("mail", "邮箱"), "name": Text("name", "名称"), "language": Text("language", "语言"), "roles": Text("roles", "角色"), "state": Text("state", "状态"),
    "how": Text("how", "方式"), "app": Text("app", "应用"), "note": Text("note", "备注"), "number": Text("release", "版本"), "count": Text("number", "数量"),
    "channel": Text("channel", "渠道"), "title": Text("title", "标题"), "parent": Text("above", "上级"), "entity": Text("records", "对象"), "record": Text("record", "记录"),
    "records": Text("records", "记录数"), "format": Text("format", "格式"), "filter": Text("filter", "筛选"), "file": Text("file", "文件"), "bytes": Text("bytes", "字节数"),
    "reason": Text("reason", "原因"), "value": Text("value", "值"), "from": Text("from", "起始"), "until": Text("until", "截至"), "address": Text("address", "地址"),
    "role": Text("role", "角色"), "unit": Text("unit", "部门"), "units": Text("units", "部门"), "url": Text("address", "地址"), "events": Text("told of", "通知内容"), "scopes": Text("scope", "范围"),
    "expires_at": Text("ends", "到期"), "workflow": Text("workflow", "流程"), "step": Text("step", "步骤"), "score": Text("score", "评分"),
    "job": Text("job", "任务"), "files": Text("files", "文件数"), "rows": Text("rows", "行数"), "release": Text("release", "版本"),
    "measure": Text("measure", "指标"), "by_mail": Text("by mail", "邮件提醒"), "rule": Text("rule", "规则"),
    "user": Text("person", "人员"), "delegate": Text("stands in", "代理人"), "manager": Text("manager", "上级主管"), "since": Text("from", "起始"), "instances": Text("instances", "实例数"),
    "documents": Text("documents", "文档数"), "ended_sessions": Text("sessions ended", "结束的会话数"), "dry_run": Text("only tried", "仅试运行"), "created": Text("made", "新建"),
    "updated": Text("changed", "修改"), "skipped": Text("left out", "跳过"), "refused": Text("refused", "拒绝"), "restored": Text("brought back", "恢复"), "deleted": Text("deleted", "删除"),
    "document": Text("document", "文档"), "instance": Text("instance", "实例"), "timezone": Text("time zone", "时区"), "logo": Text("logo", "标志"), "segment": Text("segment", "分群"),
    "category": Text("category", "类别"), "plan": Text("plan", "计划"), "undone": Text("taken back", "已撤销"), "kept": Text("kept", "保留"), "band": Text("band", "等级"),
}  # fmt: skip
VALUES: dict[tuple[str, str], Text] = {
    ("language", "en"): Text("English", "英文"), ("language", "zh"): Text("Chinese", "中文"), ("state", "active"): Text("active", "已启用"), ("state", "disabled"): Text("turned off", "已停用"),
    ("state", "invited"): Text("invited", "已邀请"), ("how", "link"): Text("by a link", "链接"), ("how", "password"): Text("by password", "密码"),
    ("roles", "admin"): Text("Administrator", "管理员"), ("roles", "builder"): Text("Builder", "搭建者"),
}  # fmt: skip


def _said(view: View, key: str, value: Any, names: Mapping[str, str]) -> str:
    """Return an entry of a detail in words, as far as they are known: people, units, roles and documents by their names."""
    language = view.language

    def word(one: Any) -> Any:
        if isinstance(one, str) and key in NAMED and one in names:
            return names[one]
        found = view.model.find({"roles": "role"}.get(key, key), one) if isinstance(one, str) else None
        known = VALUES.get((key, one)) if isinstance(one, str) else None
        return found.label.show(language) if found is not None else known.show(language) if known is not None else one

    def inside(one: Any) -> Any:
        return [inside(each) for each in one] if isinstance(one, list) else word(one)

    name = KEYS[key].show(language) if key in KEYS else key.replace("_", " ")
    return f"{name}{'：' if language == 'zh' else ': '}{_plain(inside(value))}"


def _target(view: View, row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return what was acted on: a person, a unit or a document by its name, else what the detail calls it; an id by its end."""
    target, detail = row["target"] or "", row["detail"]
    document = view.model.find(row["kind"], target) if target else None
    called = names.get(target) or (document.label.show(view.language) if document is not None else next((str(detail[key]) for key in ("name", "title", "file") if detail.get(key)), None))
    return called or (f"…{target[-6:]}" if len(target) == ID else target)


def _row(view: View, row: Mapping[str, Any], names: Mapping[str, str]) -> AuditRow:
    target = _target(view, row, names)
    detail = ("；" if view.language == "zh" else "; ").join(_said(view, key, value, names) for key, value in row["detail"].items() if key != "cause" and value not in (None, [], ""))
    who = names.get(row["user_id"] or "", "") or SYSTEM.show(view.language)
    at = datetime.fromisoformat(row["at"])
    return AuditRow(row["seq"], at, who, row["address"], row["action"], label_of(row["action"], view.language), target, detail[:LONGEST])

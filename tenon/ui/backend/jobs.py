"""Jobs that a person may see: their own, or all for administrators."""

from __future__ import annotations

from typing import Any

from tenon.engine import jobs as queue
from tenon.engine.apps.install_job import INSTALL
from tenon.engine.context import Context
from tenon.engine.imports.orders import imports
from tenon.engine.jobs.table import show_problem
from tenon.engine.people import names_of
from tenon.engine.schema.emptying import EMPTY_SCHEMA_TRASH
from tenon.metamodel.errors import not_found
from tenon.metamodel.labels import Text, listed, say, sentences
from tenon.platform.scratch import SCRATCH
from tenon.ui.backend.base import View, id_of
from tenon.ui.work import JobList, JobState, JobView

SIZE = 50
KINDS: dict[str, Text] = {
    "import": Text("Import a file", "导入文件"), "deliver": Text("Deliver what goes out", "向外投递"), "account_mail": Text("Send a link by mail", "发送链接邮件"),
    "recompute": Text("Compute again", "重新计算"), "refresh_formulas": Text("Compute what depends on the day", "计算与日期相关的值"),
    "empty_trash": Text("Empty the trash", "清空回收站"), "clean": Text("Tidy up", "清理"),
    "score_calibration": Text("Look how well a score foresees", "校准评分"), "score_forecast": Text("Make forecasts", "生成预测"),
    "score_run": Text("Compute a score", "计算评分"), "score_sweep": Text("Look after scores", "维护评分"),
    "score_expire": Text("End an adjustment of a score", "结束评分调整"), "reindex_texts": Text("Renew the search", "更新搜索索引"),
    "change_records": Text("Change records", "修改记录"), "delete_records": Text("Delete records", "删除记录"),
    "restore_records": Text("Restore records", "恢复记录"), "undo_records": Text("Take back a change of records", "撤销批量写入"),
    "backup": Text("Write a backup", "写入备份"), "app_samples": Text("Load sample records", "加载示例数据"),
    EMPTY_SCHEMA_TRASH: Text("Clear away fields and tables that were removed", "清除已移除的字段与数据表"),
    "connector": Text("Run a connector", "运行连接器"), "connector_due": Text("Begin the run of a connector", "启动连接器"),
    "match_waiting": Text("Write what waited for its record", "写入等待中的数据"), "apply_features": Text("Give stored events their features", "为已有事件标注功能"),
    "find_duplicates": Text("Look for duplicates", "查找重复记录"), "merge_duplicates": Text("Merge what is alike", "合并相似记录"),
    SCRATCH: Text("Make a scratch copy", "创建试验副本"), "keep_segments": Text("Keep the members of segments", "保存客群成员"),
    "workflows": Text("Take workflows further", "推进流程"), "workflow_enrol": Text("Take records into a journey", "纳入旅程"),
    "workflow_forget": Text("Forget workflows that ended long ago", "清理早已结束的流程"),
    "workflow_sweep": Text("Look what workflows wait for", "检查流程等待条件"),
    "sweep_alerts": Text("Wake and escalate alerts", "唤醒与升级预警"), "task_mail": Text("Send a task by mail", "发送待办邮件"),
    "rules": Text("Let rules act", "执行规则"), "rule_look": Text("Look what rules have to do", "查找规则待办"),
}  # fmt: skip


def jobs(view: View, cursor: str) -> JobList:
    """Return jobs this person may see, newest first."""
    mine = None if _sees_all(view.ctx) else view.ctx.user_id or "-"
    before = cursor if len(cursor) == 36 else None
    rows = queue.list_page(view.uow.connection, created_by=mine, before=before, limit=SIZE + 1)
    shown = _shown(view, rows[:SIZE])
    return JobList(tuple(shown), rows[SIZE - 1]["id"] if len(rows) > SIZE else None)


def job(view: View, id: str) -> JobView:
    """Return one job."""
    return shown(view, find(view, id))


def shown(view: View, row: dict[str, Any]) -> JobView:
    """Return the job of a row."""
    return _shown(view, [row])[0]


def cancel_job(view: View, id: str) -> None:
    """Ask a job to stop."""
    queue.cancel(view.uow.connection, find(view, id)["id"], real_now=view.uow.real_now)


def retry_job(view: View, id: str) -> None:
    """Put a job that failed or was cancelled back into the queue; it goes on where it was. Raises NotFound."""
    queue.replay(view.uow.connection, find(view, id)["id"])


def _sees_all(ctx: Context) -> bool:
    return ctx.user is not None and ctx.user.is_admin


def find(view: View, id: str) -> dict[str, Any]:
    """Return the row of a job that this person may see. Raises NotFound."""
    row = queue.get(view.uow.connection, id_of(id))
    if not _sees_all(view.ctx) and row["created_by"] != view.ctx.user_id:
        raise not_found()
    return row


def _shown(view: View, rows: list[dict[str, Any]]) -> list[JobView]:
    connection = view.uow.connection
    names = names_of(connection, [r["created_by"] for r in rows if r["created_by"]])
    wanted = [_import_id(r) for r in rows if r["kind"] == "import"]
    chosen = imports.select().where(imports.c.id.in_(wanted))
    files = {r["id"]: r["file_name"] for r in connection.execute(chosen).mappings()} if wanted else {}
    return [_view_of(view, row, names, files) for row in rows]


def _view_of(view: View, row: dict[str, Any], names: dict[str, str], files: dict[str, str]) -> JobView:
    language = view.language
    errors = tuple(_told(show_problem(e, language), language) for e in row["errors"] or ())
    state: JobState = row["state"]
    if state == "queued" and row["attempts"] and row["errors"]:
        state = "failed"  # it waits to be tried again
    elif state == "failed":
        state = "dead"
    url = f"/imports/{_import_id(row)}" if _import_id(row) in files else None
    if row["kind"] == SCRATCH:
        url = "/admin/copies"
    if row["kind"] == INSTALL:
        url = f"/apps?job={row['id']}"
    return JobView(
        row["id"], _label(view, row, files), state, row["created_at"], row["done_count"], row["total_count"], row["started_at"],
        row["ended_at"], names.get(row["created_by"] or ""), errors, url, row["state"] in ("queued", "running"),
        row["state"] in ("failed", "dead", "cancelled"),
    )  # fmt: skip


def _told(problem: dict[str, Any], language: str) -> str:
    """Return what went wrong and what to do about it."""
    return sentences(language, [str(problem["message"]), str(problem.get("hint") or "")])


def _import_id(row: dict[str, Any]) -> str:
    """Return the import that a job carries out; the first job of one has its id."""
    return str(row["payload"].get("import") or row["id"])


def _label(view: View, row: dict[str, Any], files: dict[str, str]) -> str:
    language, payload = view.language, row["payload"]
    if _import_id(row) in files:
        return say("Import {file}", "导入 {file}", file=files[_import_id(row)]).show(language)
    score = view.model.find("score", str(payload.get("score"))) if payload.get("score") else None
    if score is not None:
        return say("{score}: compute", "{score}：计算", score=score.label).show(language)
    if row["kind"] == INSTALL:
        names = listed((Text.of(app["label"]).show(language) for app in payload["apps"]), language)
        return say("Install {names}", "安装 {names}", names=names).show(language)
    known = KINDS.get(row["kind"])
    return known.show(language) if known else str(row["kind"]).replace("_", " ").capitalize()

"""Saving the rows of the tables on a form, in the transaction of their record; what is wrong stands at its row and cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tenon.engine.records import deleting, writing
from tenon.engine.records.writing import Mode
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, Problem
from tenon.metamodel.labels import say
from tenon.ui.backend.drafts import Draft, RowDraft, TableItem
from tenon.ui.backend.form_checks import Rows
from tenon.ui.backend.form_rows import may_add, may_remove


def save_rows(draft: Draft, record: str, values: Rows) -> None:
    """Delete, change and create the rows of a record. Raises Invalid with the problems of all, Forbidden."""
    problems: list[Problem] = []
    for table in draft.tables():
        sent = draft.rows[table.name] if table.name in draft.typed else []
        stale = [row for row in sent if row.id is not None and row.version != row.stored["version"] and (row.is_gone or row.is_changed)]
        problems += [_stale(table, row) for row in stale] + [_lost(table, row) for row in sent if row.lost is not None]
        gone = [row for row in sent if row.is_gone and row.id is not None and row not in stale]
        kept = [row for row in sent if (table.name, row.key) in values and row not in stale and row.lost is None]
        changed = [row for row in kept if row.id is not None and row.is_changed]
        added = [row for row in kept if row.id is None]
        if (gone and not may_remove(draft.view, table)) or (added and not may_add(draft.view, table)):
            raise Forbidden(Problem(f"/{table.name}", "forbidden", say("You may not change these rows.", "您无权修改这些行。")))
        if gone:
            deleting.delete(draft.view.uow, draft.view.ctx, table.entity, [str(row.id) for row in gone])
        whose: Any = {"entity": draft.entity.name, "id": record} if table.link.storage.kind == "pair" else record
        updates = [{**values[table.name, row.key], "id": row.id} for row in changed]
        problems += _write(draft, table, changed, updates, "update")
        problems += _write(draft, table, added, [{**values[table.name, row.key], table.link.name: whose} for row in added], "create")
    if problems:
        raise Invalid(problems)


def _stale(table: TableItem, row: RowDraft) -> Problem:
    message = say("Somebody else changed this row.", "该行已被他人修改。")
    return Problem(f"/{table.name}/{row.key}", "stale", message, say("Save again to keep yours.", "再次保存将保留您的内容。"))


def _lost(table: TableItem, row: RowDraft) -> Problem:
    message = say("Somebody else deleted this row.", "该行已被他人删除。")
    hint = say("Save again to add it anew, or remove it.", "再次保存将重新添加该行，也可将其移除。")
    return Problem(f"/{table.name}/{row.key}", "no_such_record", message, hint)


def _write(draft: Draft, table: TableItem, rows: Sequence[RowDraft], records: Sequence[dict[str, Any]], mode: Mode) -> list[Problem]:
    """Write rows as a set and return what is wrong with them, each at its row."""
    if not rows:
        return []
    try:
        writing.write_many(draft.view.uow, draft.view.ctx, table.entity, records, mode=mode, path="")
    except (Invalid, Conflict) as error:
        return [_located(table, rows, problem) for problem in error.problems]
    return []


def _located(table: TableItem, rows: Sequence[RowDraft], problem: Problem) -> Problem:
    _, number, *rest = [*problem.path.split("/"), ""]
    if number.isdigit():
        path = "/".join(["", table.name, rows[int(number)].key, *[part for part in rest if part]])
    else:
        path = f"/{table.name}/{rows[0].key}{problem.path}" if len(rows) == 1 else f"/{table.name}"
    return Problem(path, problem.code, problem.message, problem.hint)

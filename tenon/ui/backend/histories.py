"""The history of a record as its page tells it: who, when, why, and both values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

from tenon.engine.approvals.journal import Deed
from tenon.engine.people import names_of
from tenon.engine.query.paths import Selected
from tenon.engine.query.shaping import Titles
from tenon.engine.records.histories import history_page
from tenon.engine.records.merges import merge_of
from tenon.engine.records.rules import listed
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field as ModelField
from tenon.ui.backend.base import View
from tenon.ui.backend.cells import make_column, to_shown
from tenon.ui.record_shapes import Change, Event

SHOWN = 50
ACTIONS: dict[str, Any] = {"create": "created", "update": "changed", "delete": "deleted", "restore": "restored", "merge": "merged", **{deed: deed for deed in get_args(Deed)}}
SAMPLES = "/sample/"
CAUSES: dict[str, Text] = {
    "import": Text("import", "导入"), "api": Text("through the API", "通过接口"), "rule": Text("rule", "规则"), "connector": Text("connector", "连接器"),
    "workflow": Text("workflow", "流程"), "system": Text("by the system", "系统"), "command": Text("command line", "命令行"), "form": Text("form", "表单"),
}  # fmt: skip


def events_of(view: View, entity: Entity, id: str, limit: int = SHOWN) -> tuple[Event, ...]:
    """Return what happened to a record, newest first."""
    entries, _ = history_page(view.uow, view.ctx, entity, id, limit, None)
    return told(view, entity, entries)


def told(view: View, entity: Entity, entries: Sequence[Mapping[str, Any]]) -> tuple[Event, ...]:
    """Return entries of a history as pages tell them."""
    names = names_of(view.uow.connection, [e["by"] for e in entries if e["by"]])
    titles = _titles(view, entity, entries)
    return tuple(_event(view, entity, entry, names, titles) for entry in entries)


def _titles(view: View, entity: Entity, entries: Sequence[Mapping[str, Any]]) -> Titles:
    """Fetch the titles of everything that the values refer to, a statement an entity."""
    titles = Titles(view.uow, view.rights)
    for entry in entries:
        for change in entry["changes"]:
            field = entity.fields[change["field"]]
            titles.want(_selected(view, entity, field), [_canonical(view, field, change[side]) for side in ("from", "to")])
    titles.fetch()
    return titles


def _selected(view: View, entity: Entity, field: ModelField) -> Selected:
    return Selected(field.name, (), field, entity, view.rights.state(entity, field))


def _event(view: View, entity: Entity, entry: Mapping[str, Any], names: Mapping[str, str], titles: Titles) -> Event:
    cause = entry["cause"] or {}
    kind = str(cause.get("kind", ""))
    label = CAUSES.get(kind, Text()).show(view.language)
    about = " ".join(part for part in (label, str(cause.get("label") or "")) if part)
    if kind == "import" and SAMPLES in about:
        about = Text("sample records", "示例数据").show(view.language)
    role = view.uow.model.find("role", str(cause["role"])) if cause.get("role") else None
    about += say(", as {role}", "（身份：{role}）", role=role.label if role is not None else str(cause["role"])).show(view.language) if cause.get("role") else ""
    nobody = Text("A visitor", "访客") if kind == "form" else Text("The system", "系统")
    who = names.get(entry["by"] or "") or nobody.show(view.language)
    is_change = entry["action"] == "update"
    changes = tuple(_change(view, entity, change, titles) for change in entry["changes"]) if is_change else ()
    said = cause.get("comment")
    merged = listed([str(m["title"] or entity.label.show(view.language)) for m in entry.get("merged", ())]).show(view.language)
    return Event(entry["at"], who, ACTIONS.get(entry["action"], "other"), f"“{said}”" if said else merged, changes, about or None, undo_of(view, entity, entry))


def undo_of(view: View, entity: Entity, entry: Mapping[str, Any]) -> str:
    """Return the address that takes a merge back, "" for anything else and for who may not."""
    merge = merge_of(view.uow, str(entry["batch"])) if entry.get("merged") else None
    if merge is None or merge.is_undone or not (view.ctx.is_admin or merge.by == view.ctx.user_id) or not view.rights.may(entity, "merge"):
        return ""
    return f"/records/{entity.name}/undo/{merge.batch}?next=/records/{entity.name}/{merge.survivor}"


def _change(view: View, entity: Entity, change: Mapping[str, Any], titles: Titles) -> Change:
    field = entity.fields[change["field"]]
    selected = _selected(view, entity, field)
    column = make_column(view, selected)
    if column.is_masked:
        return Change(column.field, change["from"], change["to"])
    before, after = (to_shown(view, field, titles.show(selected, _canonical(view, field, change[side]))) for side in ("from", "to"))
    return Change(column.field, before, after)


def _canonical(view: View, field: ModelField, value: Any) -> Any:
    """Return a value of the history as a canonical one; None when it no longer reads as one."""
    kind = field.type.kind
    try:
        if value is None:
            return None
        if field.storage.kind == "pair" or kind in ("choices", "references", "list"):
            return tuple(value)
        if kind == "number":
            return Decimal(str(value)) if field.storage.kind == "exact" else value
        if kind == "date":
            return date.fromisoformat(value)
        if kind == "datetime":
            return datetime.fromisoformat(value)
    except (ValueError, TypeError, InvalidOperation):
        return None
    return value

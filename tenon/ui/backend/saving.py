"""Saving what a form sent, exactly as the form shows it; two people at once; the trash."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from starlette.datastructures import UploadFile

from tenon.engine.people import names_of
from tenon.engine.query.pages import get
from tenon.engine.records import large, writing
from tenon.engine.records.histories import history_page
from tenon.metamodel.errors import Problem, Stale, TenonError, not_found
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Field
from tenon.platform import files
from tenon.platform.workspace import Platform
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.cells import make_column
from tenon.ui.backend.drafts import Draft
from tenon.ui.backend.form_checks import Sent, check
from tenon.ui.backend.forms import draft_of, shown
from tenon.ui.backend.home import titles_of
from tenon.ui.backend.row_saving import save_rows
from tenon.ui.work import Clash, Disputed, Saved, TypedRow

MB = 1 << 20
LOOKED_BACK = 200


def keep_files(platform: Platform, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a form with the files that it brought stored; to be called outside of any transaction."""
    return {name: _keep(platform, value) for name, value in values.items()}


def _keep(platform: Platform, value: Any) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], TypedRow):
        return [replace(row, values=keep_files(platform, row.values)) for row in value]
    if not isinstance(value, UploadFile):
        return value
    name = value.filename or "file"
    limit = platform.settings.max_file_mb * MB
    return Sent(name, files.store(platform.outside.files, value.file, name, most_bytes=limit))


def keep_for_later(view: View, values: Mapping[str, Any], kept: Mapping[str, Any], error: TenonError) -> dict[str, Any]:
    """Return the values of a form that could not be saved with its files as uploads of this person, so that none is chosen twice.

    A file that is itself what is wrong is let go; one that is never used is swept away like any upload.
    """
    wrong = {problem.path for problem in error.problems}
    return {name: _for_later(view, value, kept.get(name), f"/{name}", wrong) for name, value in values.items()}


def _for_later(view: View, value: Any, kept: Any, path: str, wrong: Collection[str]) -> Any:
    if isinstance(value, list) and isinstance(kept, list) and kept and isinstance(kept[0], TypedRow):
        pairs = zip(value, kept, strict=True)
        return [replace(r, values={n: _for_later(view, v, k.values.get(n), f"{path}/{r.key}/{n}", wrong) for n, v in r.values.items()}) for r, k in pairs]
    if not isinstance(kept, Sent):
        return value
    is_let_go = path in wrong or view.ctx.user is None
    return None if is_let_go else files.add(view.uow.connection, view.ctx, kept.stored, kept.name)["id"]


def save(view: View, entity: str, id: str | None, values: Mapping[str, Any], version: int | None, *, name: str | None = None) -> Saved:
    """Create or change with values of ``keep_files``; checks exactly what the form shows. Raises Invalid, Conflict, Stale, Forbidden.

    The rows of its tables are saved in the same transaction.
    """
    draft = draft_of(view, entity, id, values, name=name)
    checked = check(draft)
    if id is None:
        record = writing.create(view.uow, view.ctx, draft.entity, checked.values)
    else:
        record = id_of(id)
        try:
            writing.change(view.uow, view.ctx, draft.entity, record, checked.values, version=version)
        except Stale:
            dispute = find_dispute(view, draft, record, values, version or 0)
            if dispute.fields:
                raise
            rest = check(draft_of(view, entity, id, dispute.values, name=name))
            writing.change(view.uow, view.ctx, draft.entity, record, rest.values, version=dispute.version)
    save_rows(draft, record, checked.rows)
    return Saved(record, titles_of(view, draft.entity, [record]).get(record, ""))


def clash(view: View, entity: str, id: str, values: Mapping[str, Any], version: int) -> Clash:
    """Return what a stale save ran into."""
    return find_dispute(view, draft_of(view, entity, id, values), id_of(id), values, version)


def delete(view: View, entity: str, id: str, version: int | None) -> None:
    """Move to the trash; raises Conflict when other records hold it, Stale when somebody changed it meanwhile."""
    found = view.entity(entity, "delete")
    if version is not None and get(view.uow, view.ctx, found, id_of(id), [])["version"] != version:
        message = say("Somebody else changed this record.", "该记录已被他人修改。")
        raise Stale(Problem("", "stale", message, say("Look at it again before you delete it.", "请重新查看后再删除。")))
    large.delete_these(view.uow, view.ctx, found, [id_of(id)])


def restore(view: View, entity: str, id: str) -> Saved:
    """Bring back from the trash; raises Conflict for a taken key."""
    found = view.entity(entity, "restore")
    large.restore_one(view.uow, view.ctx, found, id_of(id))
    return Saved(id, titles_of(view, found, [id_of(id)]).get(id_of(id), ""))


def find_dispute(view: View, draft: Draft, id: str, typed: Mapping[str, Any], version: int) -> Clash:
    """Return what others changed since a version, as far as the form's values say something else; the rest still to be saved.

    A field that somebody else changed and that was sent with its old value was not touched here: theirs stays.
    """
    entries, _ = history_page(view.uow, view.ctx, draft.entity, id, LOOKED_BACK, None)
    later = [e for e in entries if e["version"] > version]
    if not later:
        raise not_found()
    bases: dict[str, Any] = {}
    for entry in later:  # newest first: the last one met is the oldest, and what it changed from is what the form had
        for change in entry["changes"]:
            bases[change["field"]] = change["from"]
    rest, disputed = dict(typed), []
    for name, base in bases.items():
        if name not in typed or name not in draft.entity.fields:
            continue
        field = draft.entity.fields[name]
        mine, theirs = draft.values.get(name), draft.stored.get(name)
        if _same(mine, base) or _same(mine, theirs):
            del rest[name]
        else:
            disputed.append(_disputed(view, draft, field))
    newest = later[0]
    who = names_of(view.uow.connection, [newest["by"]]).get(newest["by"], "") if newest["by"] else ""
    at: datetime = newest["at"]
    return Clash(int(draft.stored["version"]), who or Text("The system", "系统").show(view.language), at, tuple(disputed), rest, version)


def _same(mine: Any, kept: Any) -> bool:
    """Return whether a canonical value is the one of the history, where exact numbers and days are texts."""
    return bool(_plain(mine) == _plain(kept))


def _plain(value: Any) -> Any:
    if value is None or value == () or value == [] or value == "":
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    return value if isinstance(value, bool | dict) else str(value.normalize() if hasattr(value, "normalize") else value)


def _disputed(view: View, draft: Draft, field: Field) -> Disputed:
    theirs = Draft(view, draft.entity, draft.id, draft.stored, None, draft.readable)
    return Disputed(make_column(view, draft.selected(field)).field, shown(draft, field), shown(theirs, field))

"""A form drawn again without saving: rows come and go, steps turn, what was typed decides what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.datastructures import FormData

from tenon.metamodel.digits import read_whole
from tenon.metamodel.errors import Invalid, TenonError
from tenon.ui.backend.base import View
from tenon.ui.backend.drafts import Draft
from tenon.ui.backend.form_checks import check_step
from tenon.ui.backend.form_rows import new_row
from tenon.ui.backend.form_steps import names_in, step_with
from tenon.ui.backend.forms import draft_of, shape_of
from tenon.ui.backend.reading import read_typed
from tenon.ui.work import Form, TypedRow

ASKED = ("add:", "drop:", "keep:", "step:")


@dataclass(frozen=True)
class Drawn:
    """A form, and what was wrong with the step that was to be left."""

    form: Form
    error: TenonError | None = None


def is_asked(then: str) -> bool:
    """True when a button asks to show the form again, and not to save it."""
    return then in ("next", "back", "again") or then.startswith(ASKED)


def redraw(view: View, sent: FormData, entity: str, id: str | None, prefix: str = "") -> Drawn:
    """Return the form for what was typed so far, after what its button asks for; of the version that its writer began with."""
    name = str(sent.get("form.name") or "") or None
    values = read_typed(view, sent, entity, id)
    drawn = redraw_of(lambda v: draft_of(view, entity, id, v, name=name), values, sent, prefix)
    return replace(drawn, form=begun_with(drawn.form, sent))


def begun_with(form: Form, sent: FormData) -> Form:
    """Return a form of the version that was sent: what others wrote meanwhile is told of when it is saved, not written over."""
    version = str(sent.get("version") or "")
    return replace(form, version=read_whole(version)) if form.id is not None and read_whole(version) is not None else form


def redraw_of(make: Any, values: Mapping[str, Any], sent: FormData, prefix: str = "") -> Drawn:
    """Return the form that ``make`` makes of values, after what its button asks for."""
    then, step = str(sent.get("then") or ""), _number(str(sent.get("form.step") or ""))
    if then.startswith(("add:", "drop:", "keep:")):
        values = _with_rows(make(values or None), values, then)
    draft = make(values or None)
    if then in ("next",) or (then.startswith("step:") and _number(then[5:]) > step):
        try:
            check_step(draft, names_in(draft, step))
        except Invalid as error:
            return Drawn(shape_of(draft, step=step, prefix=prefix), error)
    step = {"next": step + 1, "back": step - 1}.get(then, _number(then[5:]) if then.startswith("step:") else step)
    return Drawn(shape_of(draft, step=step, prefix=prefix))


def with_errors(view: View, entity: str, id: str | None, values: Mapping[str, Any], name: str | None, error: TenonError, step: int) -> Form:
    """Return a form that could not be saved, at the step where something is wrong; rows that others changed or deleted are made from what is there now."""
    stale = {tuple(p.path.split("/")[1:3]): p.code for p in error.problems if p.path.count("/") == 2 and p.code in ("stale", "no_such_record")}
    fresh = {key: [_fresh(row, stale.get((key, row.key))) for row in value] if _is_rows(value) else value for key, value in values.items()}
    draft = draft_of(view, entity, id, fresh, name=name)
    wrong = [p.path.removeprefix("/").replace("/", ".") for p in error.problems]
    return shape_of(draft, step=step_with(draft, wrong, step))


def _fresh(row: TypedRow, code: str | None) -> TypedRow:
    """Return a row made from what is there now: one that somebody deleted is a new one."""
    if code is None:
        return row
    return replace(row, version=None) if code == "stale" else replace(row, id=None, version=None)


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], TypedRow)


def _with_rows(draft: Draft, values: Mapping[str, Any], then: str) -> dict[str, Any]:
    """Return values with a row added, taken away or kept after all."""
    action, _, rest = then.partition(":")
    name, _, key = rest.partition(".")
    table = next((item for item in draft.tables() if item.name == name), None)
    if table is None:
        return dict(values)
    rows: list[TypedRow] = list(values.get(name, ()))
    if action == "add":
        rows.append(TypedRow(new_row(draft, table, draft.rows[name]).key))
    else:
        rows = [replace(row, is_gone=action == "drop") if row.key == key else row for row in rows if row.key != key or row.id is not None]
    return {**values, name: rows}


def _number(text: str) -> int:
    return read_whole(text) or 0

"""Records of the release in force on the canvas of a view: what the runtime shows of the drafted view to the builder."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from tenon.metamodel.errors import TenonError
from tenon.metamodel.labels import say
from tenon.ui.backend.cells import column_of, path_name
from tenon.ui.backend.designers.base import Design
from tenon.ui.backend.list_plan import Plan, make_plan
from tenon.ui.backend.views import TYPES
from tenon.ui.list_shapes import ListQuery
from tenon.ui.listing import Addresses
from tenon.ui.shapes import Field, Row
from tenon.ui.view_shapes import Calendar, Timeline

ROWS = 8


@dataclass(frozen=True)
class Shell:
    """What the templates of views need to know of the page around them."""

    entity: str
    label: str
    plural: str
    body: Any
    to: Addresses


@dataclass(frozen=True)
class Seen:
    """What a drafted view shows now: rows of a list, or the body of another type; ``note`` says why nothing is shown."""

    rows: tuple[Row, ...] = ()
    shell: Shell | None = None
    note: str | None = None
    columns: dict[str, Field] = field(default_factory=dict)

    def column(self, path: str) -> Field | None:
        """Return how the cells of a stored path are shown."""
        return self.columns.get(path)


def see(design: Design) -> Seen:
    """Return what the runtime makes of the drafted view with the rights of the builder."""
    view = design.view
    entity = view.model.find_entity(design.entity.id) if design.entity is not None else None
    if entity is None:
        return Seen(note=say("Records appear once their entity is published.", "对象发布后将显示记录。").show(view.language))
    if not view.rights.may(entity, "read"):
        return Seen(note=say("You may not see records of this entity.", "您无权查看该对象的记录。").show(view.language))
    known = {c.field: column_of(view, entity, path_name(view, entity, c.field), c.label) for c in design.document.body.columns}
    columns = {path: made.field for path, made in known.items() if made is not None}
    try:
        plan = make_plan(view, entity, ListQuery(limit=ROWS), design.document)
        return _seen(plan, columns)
    except TenonError:
        note = say("Records appear once what the filter, the order or the colours read is published.", "筛选、排序或颜色所用的字段发布后将显示记录。")
        return Seen(note=note.show(view.language), columns=columns)


def _seen(plan: Plan, columns: dict[str, Field]) -> Seen:
    view, entity = plan.view, plan.entity
    assert plan.document is not None
    kind = plan.document.body.type
    if kind != "list" and not TYPES[kind].may_show(view, entity, plan.document):
        return Seen(note=say("Records appear once the field that the view is made by is published.", "视图所依据的字段发布后将显示记录。").show(view.language), columns=columns)
    body = _few(TYPES[kind].body(plan, plan.ask()))
    if kind == "list":
        return Seen(body.rows, columns=columns)
    return Seen(shell=Shell(entity.name, entity.label.show(view.language), entity.plural.show(view.language), body, Addresses(f"/records/{entity.name}", plan.query)), columns=columns)


def _few(body: Any) -> Any:
    """Return the body of a view with as much as is needed to see how it looks: nobody works on it here."""
    if isinstance(body, Calendar):
        weeks = tuple(tuple(replace(day, everything=(), listed="") for day in week) for week in body.weeks)
        return replace(body, weeks=weeks, agenda=() if weeks else body.agenda[:ROWS])
    if isinstance(body, Timeline):
        return replace(body, bands=tuple(replace(band, strips=band.strips[:ROWS]) for band in body.bands[:ROWS]))
    return body

"""The layout that an address asks for: the open view as another type, with the same conditions, columns and order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from tenon.engine.formats import inside
from tenon.metamodel.document import Document
from tenon.metamodel.kinds.view import Board, Calendar, Gallery, Tree, ViewKind
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View
from tenon.ui.backend.cells import Column, all_columns, column_of, path_name
from tenon.ui.backend.views import MADE_BY, MadeBy

PARTS: dict[str, type[BaseModel]] = {"board": Board, "calendar": Calendar, "gallery": Gallery, "tree": Tree}
PLACES = {"board": ("board", "by"), "tree": ("tree", "parent"), "gallery": ("gallery", "image")}
"""Where a view document names the field that its type is made by; those that are not here are made by days."""
LIST = "list"
ALSO = {"table": LIST}
"""Other words for a type in an address."""
NOT_OFFERED = frozenset({"created_by", "updated_by", "updated_at"})
BARS = ("timeline", "gantt")
FIRST_TYPES = ("stage", "choice")
"""The types of fields that lanes are made by when nobody says which."""


@dataclass(frozen=True)
class Layout:
    """A layout as an address writes it, ``<type>:<field>``, what a view document says of it, and why it cannot be shown."""

    text: str = ""
    settings: dict[str, Any] | None = None
    note: str | None = None


def read_layout(view: View, entity: Entity, document: Document | None, text: str, others: Sequence[Document] = ()) -> Layout:
    """Return the layout that an address asks for over a view; without a field the one that ``others``, views of the entity, are made by, else the first that fits."""
    word, _, named = text.partition(":")
    kind = ALSO.get(word, word)
    if kind == LIST:
        return Layout(LIST, {"type": LIST})
    if not kind or (not named and document is not None and document.body.type == kind):
        return Layout()
    made = MADE_BY.get(kind)
    if made is None:
        known = Text(", ".join([LIST, *MADE_BY]), "、".join([LIST, *MADE_BY]))
        return _not(view, say("There is no view type {name}.", "没有视图类型 {name}。", name=kind[:40]), say("Choose one of: {known}.", "可选：{known}。", known=known))
    columns = [column_of(view, entity, name) if name and "\x00" not in name else None for name in named.split(":")[:2]] if named else []
    if not columns:
        first = next(_proposed(view, entity, kind, made, others), None)
        return _lacking(view, entity, made) if first is None and kind != "gallery" else _laid(view, entity, kind, first or "", others)
    wrong = next((c for c in columns if c is None or not made.fits(c)), columns[0])
    if wrong is None or not made.fits(wrong):
        return _unfit(view, entity, made, wrong, named)
    return _laid(view, entity, kind, ":".join(c.field.name for c in columns if c is not None), others)


def laid_out(entity: Entity, document: Document | None, layout: Layout) -> Document | None:
    """Return a view, or what shows all records, in a layout."""
    settings = layout.settings
    if settings is None:
        return document
    parts = {name: PARTS[name].model_validate(value) for name, value in settings.items() if name in PARTS}
    without: dict[str, Any] = dict.fromkeys(PARTS)
    if document is None:
        everything = ViewKind(name="all", entity=entity.id)
        document = Document({"kind": "view", "name": "", "entity": entity.id}, everything)
    return replace(document, body=document.body.model_copy(update={**without, **parts, "type": settings["type"]}))


def fitting(view: View, entity: Entity, made: MadeBy) -> list[Column]:
    """Return the columns of an entity that this reader may have a type of view made by."""
    own = [c for c in all_columns(view, entity) if not c.selected.steps and c.field.name not in NOT_OFFERED]
    return [c for c in own if made.fits(c)]


def _proposed(view: View, entity: Entity, kind: str, made: MadeBy, others: Sequence[Document]) -> Iterator[str]:
    """Yield what a type of view may be made by, the best first: as a view of the entity is, a stage or a choice, a field, the day of making."""
    fits = fitting(view, entity, made)
    names = {c.field.name for c in fits}
    for start, _ in _described(view, entity, kind, others):
        if start in names:
            yield start
    yield from (c.field.name for type in FIRST_TYPES for c in fits if kind == "board" and c.field.type == type)
    yield from (c.field.name for c in fits if c.selected.field.origin != "system")
    yield from (c.field.name for c in fits)


def _described(view: View, entity: Entity, kind: str, others: Sequence[Document]) -> Iterator[tuple[str, str]]:
    """Yield the fields that views are made by, and for days the last ones, in names; bars are made from the first to the last day where a view says both."""
    part, key = PLACES.get(kind, ("calendar", "start"))
    for document in sorted(others, key=lambda d: kind in BARS and (d.body.calendar is None or d.body.calendar.end is None)):
        said = getattr(document.body, part)
        start = getattr(said, key) if said is not None else None
        if start is not None:
            end = getattr(said, "end", None)
            yield path_name(view, entity, start), path_name(view, entity, end) if end is not None else ""


def _laid(view: View, entity: Entity, kind: str, named: str, others: Sequence[Document]) -> Layout:
    """Return a layout by a field; the last day is that of a view which begins on the same, where nobody says another."""
    start, _, end = named.partition(":")
    last = next((e for s, e in _described(view, entity, kind, others) if s == start and e and column_of(view, entity, e) is not None), "") if not end and kind not in PLACES else end
    return Layout(f"{kind}:{named}", {"type": kind, **MADE_BY[kind].settings(f"{start}:{last}" if last else start)})


def _not(view: View, message: Text, hint: Text) -> Layout:
    return Layout(note=f"{message.show(view.language)} {hint.show(view.language)}" if view.language == "en" else message.show(view.language) + hint.show(view.language))


def _lacking(view: View, entity: Entity, made: MadeBy) -> Layout:
    """Return that the entity has no field for a type of view, or none that this reader sees."""
    things = Text(inside(entity.plural.show("en")), entity.plural.show("zh"))
    message = say(
        "Shown as {type}, {things} need {field}; there is none that you may see.", "以{type}显示{things}需要{field}，但其中没有您可查看的此类字段。",
        type=_type(made), things=things, field=made.NEEDS,
    )  # fmt: skip
    builder = view.ctx.user is not None and view.ctx.user.may_build
    hint = say("Choose another view, or ask who builds this app for such a field.", "请选择其他视图，或请应用搭建者添加此类字段。")
    if builder:
        hint = say("Choose another view, or add such a field to the entity.", "请选择其他视图，或在对象中添加此类字段。")
    return _not(view, message, hint)


def _unfit(view: View, entity: Entity, made: MadeBy, column: Column | None, named: str) -> Layout:
    """Return that a field is not there or of another sort, and which ones fit."""
    if column is None:
        message = say("There is no field {name} that you may see.", "没有您可查看的字段 {name}。", name=named[:60])
    else:
        message = say("Shown as {type}, records need {field}; {name} is none.", "以{type}显示需要{field}，“{name}”不是。", type=_type(made), field=made.NEEDS, name=column.field.label)
    fits = [c.field.label for c in fitting(view, entity, made)][:6]
    named_en, named_zh = ", ".join(fits), "、".join(fits)
    hint = say("Choose one of: {some}.", "可选：{some}。", some=Text(named_en, named_zh)) if fits else say("Choose another view.", "请选择其他视图。")
    return _not(view, message, hint)


def _type(made: MadeBy) -> Text:
    return Text(f"a {inside(made.LABEL.show('en'))}", made.LABEL.show("zh"))

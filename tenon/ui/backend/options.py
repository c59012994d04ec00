"""What a reference, a person, a unit or a region may point to, as people type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from babel import Locale
from sqlalchemy import ColumnElement, or_, select

from tenon.engine.formats import LOCALES
from tenon.engine.people import units, users
from tenon.engine.query.pages import Ask, page
from tenon.metamodel.errors import Invalid, not_found
from tenon.metamodel.fields.region import region_name
from tenon.metamodel.model import Entity, Field
from tenon.ui.backend.base import View
from tenon.ui.backend.cells import title_of, title_path
from tenon.ui.backend.drafts import Draft, Item
from tenon.ui.backend.form_choices import far_condition, fits
from tenon.ui.shapes import Choice

MOST = 20


def options(view: View, entity: str, field: str, text: str, draft: Draft | None = None) -> Sequence[Choice]:
    """Return what a field may point to, best first, at most 20; those that were touched last without a text.

    ``draft`` is the record on its form when what is offered hangs on what else was typed.
    """
    found = view.entity(entity)
    asked = found.fields.get(field)
    if asked is None or view.rights.state(found, asked) == "hidden":
        raise not_found()
    item = next((i for i in draft.items() if i.field is asked), None) if draft is not None else None
    text = text.strip().replace("\x00", "")
    if draft is None or item is None or item.choices_where is None:
        return _options(view, asked, text, None, None)
    return [c for c in _options(view, asked, text, draft, item) if asked.targets or fits(draft, item, c.name)]


def _options(view: View, field: Field, text: str, draft: Draft | None, item: Item | None) -> list[Choice]:
    if field.spec.type == "region":
        return _regions(view.language, text)
    if field.type.entity == "user":
        return people(view, text)
    if field.type.entity == "unit":
        return _units(view, text)
    far = [e for key in field.targets if (e := view.model.find_entity(key)) is not None and view.rights.may(e, "read")]
    is_any = field.storage.kind == "pair"
    far = far[:MOST] if field.is_open else far
    found: list[Choice] = []
    for entity in far:
        narrowing = far_condition(draft, item, entity) if draft is not None and item is not None else None
        extra = [narrowing] if narrowing is not None else []
        found += _records(view, field, entity, text, MOST if not is_any else max(3, MOST // len(far)), extra, is_any=is_any)
    return found[:MOST]


def records(view: View, entity: Entity, text: str) -> list[Choice]:
    """Return the records of an entity that a text finds, at most 20; those that were touched last without one."""
    return _records(view, None, entity, text.replace("\x00", ""), MOST, [], is_any=False)


def _records(
    view: View, field: Field | None, entity: Entity, text: str, limit: int, extra: list[ColumnElement[Any]], *, is_any: bool
) -> list[Choice]:
    paths = title_path(view, entity)
    keys = [n for key in entity.keys for n in key if n not in paths and view.rights.may_read(entity, entity.fields[n])][:1]
    condition: Any = getattr(field.spec, "where", None) if field is not None else None
    sort = paths if paths and view.rights.may_read(entity, entity.fields[paths[0]]) and entity.fields[paths[0]].spec.is_sortable else []
    if not text and view.rights.may_read(entity, entity.fields["updated_at"]):
        sort = ["-updated_at"]
    ask = Ask([condition] if condition else [], sort=sort, fields=["id", *paths, *keys], limit=limit, search=text, extra=extra)
    try:
        found = page(view.uow, view.ctx, entity, ask)
    except Invalid:  # the condition of the field reads what this person may not
        return []
    label = entity.label.show(view.language) if is_any else None
    shown = [
        (r, label or next((str(r[n]) for n in keys if r.get(n) not in (None, "") and not isinstance(r[n], dict)), None))
        for r in found.records
    ]
    return [Choice(r["id"], title_of(view, entity, r), hint=hint, entity=entity.name if is_any else None) for r, hint in shown]


def people(view: View, text: str) -> list[Choice]:
    """Return the people whose name or address a text is in, at most 20."""
    query = (
        select(users.c.id, users.c.name, users.c.email).where(users.c.state != "disabled").order_by(users.c.name, users.c.id).limit(MOST)
    )
    if text:
        query = query.where(or_(users.c.name.icontains(text, autoescape=True), users.c.email.contains(text.lower(), autoescape=True)))
    return [Choice(row.id, row.name, hint=row.email) for row in view.uow.connection.execute(query)]


def _units(view: View, text: str) -> list[Choice]:
    above = units.alias()
    query = select(units.c.id, units.c.name, above.c.name.label("above")).outerjoin(above, above.c.id == units.c.parent)
    if text:
        query = query.where(units.c.name.icontains(text, autoescape=True))
    rows = view.uow.connection.execute(query.order_by(units.c.name, units.c.id).limit(MOST))
    return [Choice(row.id, row.name, hint=row.above) for row in rows]


def _regions(language: str, text: str) -> list[Choice]:
    wanted = text.lower()
    names = {code: str(name) for code, name in Locale.parse(LOCALES[language]).territories.items() if len(code) == 2 and code.isalpha()}
    found = [Choice(code, name, hint=code) for code, name in names.items() if wanted in name.lower() or wanted == code.lower()]
    found.sort(key=lambda c: (not c.label.lower().startswith(wanted), c.label))
    if text.isdigit() and len(text) == 6:
        found.insert(0, Choice(text, region_name(text).show(language)))
    return found[:MOST]

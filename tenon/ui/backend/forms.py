"""Forms: from the form document of an entity or made from its fields, as their page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenon.engine.duplicates.book import matchings_of
from tenon.engine.query.pages import get
from tenon.engine.query.shaping import Titles
from tenon.engine.records.save import allowed_ids
from tenon.engine.records.stored import load
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Forbidden, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Field
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.cells import make_column, options_of, title_of, title_path, to_shown
from tenon.ui.backend.drafts import COMPUTED, Draft as Draft, Item as Item, Laid, RowDraft, TableItem
from tenon.ui.backend.form_choices import blocked_stages, offered
from tenon.ui.backend.form_rows import load_rows, table_of
from tenon.ui.backend.form_steps import steps_of
from tenon.ui.backend.form_taken import taken_by
from tenon.ui.backend.typed import plain_number, to_input
from tenon.ui.shapes import Choice
from tenon.ui.work import Form, FormField, FormSection, FormTable, FormText

POINTING = ("reference", "references")


def form(view: View, entity: str, id: str | None, values: Mapping[str, Any] | None, *, name: str | None = None, step: int = 0) -> Form:
    """Return the form for a new record or a record; ``values`` (raw, by field) are what was typed so far, ``name`` the chosen form."""
    return shape_of(draft_of(view, entity, id, values, name=name), step=step)


def draft_of(view: View, entity: str, id: str | None, values: Mapping[str, Any] | None, *, name: str | None = None, document: Document | None = None) -> Draft:
    """Return a record on its way through a form, chosen by name or by who asks for it. Raises NotFound, Forbidden."""
    found = view.entity(entity, "create" if id is None else "update")
    stored: dict[str, Any] = {}
    readable = None
    if id is not None:
        id = id_of(id)
        readable = frozenset(get(view.uow, view.ctx, found, id))
        stored = load(view.uow, found, [id]).get(id, {})
        allowed = allowed_ids(view.uow, view.rights, found, [id], "update", [])
        if allowed is not None and id not in allowed:
            raise Forbidden(
                Problem(
                    "", "forbidden", say("You may not change this record.", "您无权修改该记录。"), say("Ask its owner.", "请联系负责人。")
                )
            )
    draft = Draft(view, found, id, stored, values, readable, form=name, document=document)
    load_rows(draft)
    return draft


def shape_of(draft: Draft, *, step: int = 0, prefix: str = "") -> Form:
    """Return the form as its page shows it, at a step of it; ``prefix`` keeps its ids apart from another form's."""
    view, entity, language = draft.view, draft.entity, draft.view.language
    making = _Making(draft, _titles(draft), prefix)
    steps, shown = steps_of(draft, step)
    sections = tuple(making.section(laid, is_shown=shown is None or laid.index in shown) for laid in draft.sections if not prefix or laid.section != "whose")
    title = None
    if draft.id is not None:
        names = title_path(view, entity)
        title = title_of(view, entity, {"id": draft.id, **{n: draft.stored.get(n) for n in names}})
    choices = tuple(Choice(d.name, d.label.show(language)) for d in draft.fitting) if len(draft.fitting) > 1 else ()
    return Form(
        entity.name, entity.label.show(language), entity.plural.show(language), entity.icon or "table-2", sections, draft.id, title,
        draft.stored.get("version"), is_live(draft), draft.document.name if draft.document is not None else None, choices, steps, prefix,
        bool(matchings_of(view.model, entity)) and not draft.is_public,
    )  # fmt: skip


def called(view: View, entity: str, title: str) -> dict[str, Any]:
    """Return the values of a new record that is to be called like that, as far as its title is typed."""
    found = view.entity(entity, "create")
    field = found.fields.get(found.title) if found.title else None
    may = field is not None and field.is_written and field.spec.input in ("text", "email", "phone", "tel")
    return {field.name: title} if field is not None and may and title else {}


def addressed(view: View, entity: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return what an address may fill in: a file is not named by it, whose it is nobody could tell."""
    fields = view.entity(entity, "create").fields
    return {name: text for name, text in given.items() if name not in fields or fields[name].type.kind != "file"}


def is_live(draft: Draft) -> bool:
    """True when a change of one field may show, hide, require, fill or narrow another."""
    if len(draft.fitting) > 1 or draft.table_items or any(item.field.is_formula for item in draft.items()):
        return True
    if (draft.entity.keys and not draft.is_public) or (draft.id is not None and draft.entity.asking.with_moves):
        return True
    for section in draft.document.body.sections if draft.document is not None else ():
        told = ("visible", "required", "read_only", "choices_where")
        if section.visible is not None or any(getattr(i, a, None) is not None for i in section.items for a in told):
            return True
    return False


@dataclass
class _Making:
    """A form that is being made: titles of everything it points at are there already."""

    draft: Draft
    titles: Titles
    prefix: str

    def section(self, laid: Laid, *, is_shown: bool) -> FormSection:
        language, section = self.draft.view.language, laid.section
        made: list[FormField | FormText | FormTable] = []
        for item in laid.items:
            if isinstance(item, FormText):
                made.append(item)
            elif isinstance(item, TableItem):
                made.append(table_of(self.draft, item, self.titles, self._cell))
            else:
                made.append(input_of(self.draft, item, self.titles, self.prefix))
        label = say("Looked after by", "归属").show(language) if section == "whose" else None
        label = section.label.show(language) if getattr(section, "label", None) else label
        return FormSection(label, tuple(made), getattr(section, "columns", 2), is_shown)

    def _cell(self, row: Draft, item: Item, titles: Titles) -> FormField:
        return input_of(row, item, titles, self.prefix)


def _titles(draft: Draft) -> Titles:
    """Return the titles of everything that a form points at, found in one go."""
    titles = Titles(draft.view.uow, draft.view.rights)
    rows = [row for rows in draft.rows.values() for row in rows]
    for one in [draft, *rows]:
        for item in one.items():
            titles.want(one.selected(item.field), [one.values.get(item.field.name)])
    titles.fetch()
    return titles


def input_of(draft: Draft, item: Item, titles: Titles, prefix: str = "") -> FormField:
    """Return the input of a field as its page shows it."""
    field, spec, view = item.field, item.field.spec, draft.view
    is_read_only = draft.is_read_only(item)
    is_kept = draft.id is not None and not draft.shows(field)
    column = make_column(view, draft.selected(field))
    value = None if column.is_masked or is_kept else _shown(draft, field, titles)
    if not (is_read_only or spec.input in COMPUTED):
        typed = draft.typed.get(field.name)
        keeps_text = isinstance(typed, str) and field.type.kind not in (*POINTING, "file")
        value = typed if keeps_text else to_input(view, field, value)
    options = tuple(o for o in options_of(view, field) if not _is_retired(draft, field, o.name))
    low, high = (getattr(spec, key, None) for key in ("min", "max"))
    is_open = not (is_read_only or is_kept)
    return FormField(
        draft.prefix + field.name, item.label or field.label.show(view.language), spec.asked_by, value,
        draft.is_required(item) and is_open, not is_open,
        item.help or (spec.help.show(view.language) if spec.help else None), item.width, offered(draft, item, options) if options else (),
        field.type.currency, field.type.scale, _bound(low), _bound(high),
        getattr(spec, "max_length", None) or (200 if spec.type == "text" else None), _accept(spec), column.field,
        blocked=blocked_stages(draft, field, options) if is_open else {}, source=f"/options/{draft.entity.name}/{field.name}",
        is_narrowed=item.choices_where is not None, creates=_creates(view, field) if is_open and not prefix else None,
        taken=taken_by(draft, field) if is_open and not draft.is_public else (), prefix=prefix,
        kept=_kept_file(draft, field),
    )  # fmt: skip


def _kept_file(draft: Draft, field: Field) -> str | None:
    """Return the id of a file that an earlier attempt to save brought."""
    typed = draft.typed.get(field.name)
    return typed if field.type.kind == "file" and isinstance(typed, str) else None


def _creates(view: View, field: Field) -> Choice | None:
    """Return the entity of which this person may make a record to point at, the only one that the field points to."""
    if field.type.kind not in POINTING or len(field.targets) != 1 or field.storage.kind == "pair":
        return None
    far = view.model.find_entity(field.targets[0])
    if far is None or far.is_system or not view.rights.may(far, "create"):
        return None
    return Choice(far.name, far.label.show(view.language))


def shown(draft: Draft, field: Field) -> Any:
    """Return the value of one field as a page shows it."""
    titles = Titles(draft.view.uow, draft.view.rights)
    titles.want(draft.selected(field), [draft.values.get(field.name)])
    titles.fetch()
    return _shown(draft, field, titles)


def _shown(draft: Draft, field: Field, titles: Titles) -> Any:
    """Return the value as a page shows it, links with titles."""
    raw = titles.show(draft.selected(field), draft.live(field))
    if field.spec.type == "address" or field.spec.type == "json":
        return raw
    if field.spec.type == "region" and isinstance(raw, dict):
        return Region(raw["code"], str(to_shown(draft.view, field, raw)))
    return to_shown(draft.view, field, raw)


def _is_retired(draft: Draft, field: Field, name: str) -> bool:
    found = next((o for o in getattr(field.spec, "options", ()) if o.name == name), None)
    return found is not None and found.retired and draft.values.get(field.name) != name


@dataclass(frozen=True)
class Region:
    """A region as a combobox holds it."""

    id: str
    title: str
    entity: None = None


def _bound(value: Any) -> str | None:
    """Return a smallest or largest number as text; bounds of days are expressions and left to the server."""
    if isinstance(value, str) or value is None or isinstance(value, bool):
        return None
    return str(value) if isinstance(value, int) else plain_number(value)


def _accept(spec: Any) -> str | None:
    """Return which files an input offers."""
    types = spec.taken_types() if hasattr(spec, "taken_types") else ()
    return ",".join(t if "/" in t or t.startswith(".") else f".{t}" for t in types) or None


__all__ = ["Draft", "Item", "RowDraft", "draft_of", "form", "input_of", "is_live", "shape_of", "shown"]

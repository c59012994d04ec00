"""Public forms: anybody with the address fills one in; a record is created, or the one that it matches filled in, by a visitor's rights."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from tenon.engine.context import Cause, Context
from tenon.engine.records import writing
from tenon.engine.records.stored import to_columns
from tenon.metamodel.check_screens import POINTING
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Conflict, Invalid, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field
from tenon.platform import idempotency
from tenon.platform.idempotency import Answer
from tenon.platform.workspace import Platform
from tenon.ui.backend.base import View, open_write
from tenon.ui.backend.drafts import NOTHING, Draft, Item, TableItem
from tenon.ui.backend.form_checks import Sent, check
from tenon.ui.inputs import ADDRESS_PARTS
from tenon.ui.work import FormText

TRAP = "fax_number_2"
OWN = frozenset({"lang", "form.step", "then", TRAP})


@dataclass(frozen=True)
class PublicForm:
    """What a visitor sees around a public form."""

    slug: str
    title: str
    thanks: str | None
    takes_files: bool


def find_public(platform: Platform, slug: str) -> tuple[str, str]:
    """Return the id and name of the public form at an address. Raises NotFound."""
    with platform.read() as uow:
        document = next((d for d in uow.model.all("form") if d.body.public is not None and d.body.public.slug == slug), None)
        if document is None:
            raise not_found()
        return document.id, document.name


def visitor_context(form: str, slug: str, language: str, address: str | None) -> Context:
    """Return who fills in a public form: nobody in particular, with rights to exactly that."""
    return Context(None, language, Cause("form", id=form, label=slug), address=address, form=form)


def public_form(view: View, slug: str) -> tuple[Document, PublicForm]:
    """Return the document of a public form and what is shown around it. Raises NotFound."""
    for document in view.model.all("form"):
        public = document.body.public
        if public is not None and public.slug == slug:
            entity = view.model.get_entity(document.body.entity)
            thanks = public.thanks.show(view.language) if public.thanks is not None else None
            is_file = any(field.type.kind == "file" for _, field in _fields(document, entity))
            return document, PublicForm(slug, document.label.show(view.language), thanks, is_file)
    raise not_found()


class PublicDraft(Draft):
    """A new record on its way through a public form: only its own fields, nothing that points at other records, no rows."""

    is_public = True

    def shows(self, field: Field) -> bool:
        """True for a field that strangers can fill in."""
        return field.type.kind not in POINTING

    def _item(self, item: Any) -> Item | FormText | TableItem | None:
        return None if hasattr(item, "table") else super()._item(item)


def draft_for(view: View, document: Document, values: Mapping[str, Any] | None) -> PublicDraft:
    """Return a new record on its way through a public form."""
    return PublicDraft(view, view.model.get_entity(document.body.entity), None, {}, values, document=document)


def check_names(view: View, document: Document, names: Mapping[str, bool]) -> None:
    """Raise Invalid for what was sent and is no field of the form, and for a file where none is taken, or a text for a file.

    ``names`` are the names that were sent, with whether a file came with them.
    """
    fields = {field.name: field for item, field in _fields(document, view.model.get_entity(document.body.entity)) if item.read_only is not True}
    problems = []
    for name, is_file in names.items():
        base, _, part = name.partition(".")
        field = fields.get(base)
        if field is None and name not in OWN:
            message = say("There is no field {name} here.", "此处没有字段 {name}。", name=name[:60])
            problems.append(Problem(f"/{name[:60]}", "unknown_field", message, say("Leave it out.", "请去掉它。")))
        elif field is not None and part and part != "shown" and not (field.spec.type == "address" and part in ADDRESS_PARTS):
            problems.append(Problem(f"/{name[:60]}", "unknown_field", say("There is no such part.", "没有该部分。")))
        elif field is not None and not part and is_file != (field.type.kind == "file"):
            message = say("{field} takes something else.", "{field} 需要其他类型的内容。", field=field.label)
            problems.append(Problem(f"/{base}", "wrong_type", message))
    if problems:
        raise Invalid(problems)


def _fields(document: Document, entity: Entity) -> list[tuple[Any, Field]]:
    items = [item for section in document.body.sections for item in section.items if hasattr(item, "field")]
    return [(item, field) for item in items if (field := entity.find_field(item.field)) is not None and field.type.kind not in POINTING]


def submit(platform: Platform, ctx: Context, slug: str, values: Mapping[str, Any]) -> None:
    """Store what a visitor sent, once however often it is sent within a day. Raises Invalid, NotFound.

    ``values`` are those of ``saving.keep_files``. Whether there was a record before is told by nothing.
    """
    try:
        _store(platform, ctx, slug, values)
    except Conflict:  # somebody else made the record meanwhile: now it is there to be matched
        _store(platform, ctx, slug, values)


def _store(platform: Platform, ctx: Context, slug: str, values: Mapping[str, Any]) -> None:
    with open_write(platform, ctx) as view:
        document, _ = public_form(view, slug)
        key, whose = digest(values), f"form:{document.id}"
        if idempotency.find(view.uow.connection, whose, key, path=slug, body=b"") is not None:
            return
        draft = draft_for(view, document, values)
        checked = check(draft).values
        there = _matching(draft, document)
        if there is None:
            writing.create(view.uow, view.ctx, draft.entity, checked)
        else:
            # What is there is filled in and brought up to date, never emptied; what the form itself proposes is for new records.
            filled = {n: v for n, v in checked.items() if v not in NOTHING and v is not False and n not in draft.proposed}
            writing.change(view.uow, view.ctx, draft.entity, there, filled)
        idempotency.keep(view.uow.connection, whose, key, Answer(303, ""), path=slug, body=b"")


def _matching(draft: PublicDraft, document: Document) -> str | None:
    """Return the oldest living record with the same values: of the fields to match on, then of the entity's keys."""
    public = document.body.public
    names = [f.name for key in public.match_on if (f := draft.entity.find_field(key)) is not None]
    shown = {item.field.name for item in draft.items()}
    keys = [tuple(names), *draft.entity.keys] if names else []
    table = draft.view.uow.tables.of(draft.entity)
    for key in keys:
        values = {name: draft.values.get(name) for name in key if name in shown}
        if len(values) < len(key) or any(value in NOTHING for value in values.values()):
            continue
        columns = to_columns(draft.entity, values)
        same = [table.c[draft.entity.fields[n].column] == columns[draft.entity.fields[n].column] for n in key]
        statement = select(table.c.id).where(*same, table.c.deleted_at.is_(None)).order_by(table.c.created_at, table.c.id).limit(1)
        found = draft.view.uow.connection.execute(statement).scalar()
        if found is not None:
            return str(found)
    return None


def digest(values: Mapping[str, Any]) -> str:
    """Return what tells one content from another: the same sent twice is the same."""
    plain = {name: value.stored.sha256 if isinstance(value, Sent) else value for name, value in values.items() if value not in NOTHING}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()

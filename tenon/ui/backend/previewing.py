"""A form of the draft as the runtime would show it, with the rights of a role, in a language; nothing of it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from starlette.datastructures import FormData

from tenon.engine.access.rights import rights_of
from tenon.engine.people import units, users
from tenon.engine.query.pages import matching
from tenon.engine.releases.draft import require_builder
from tenon.engine.tables import Tables
from tenon.metamodel.digits import read_whole
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, TenonError, not_found
from tenon.metamodel.labels import LANGUAGES, say
from tenon.metamodel.model import Entity
from tenon.platform.api.calls import ID
from tenon.ui.backend import redrawing
from tenon.ui.backend.base import View
from tenon.ui.backend.drafted import drafted
from tenon.ui.backend.drafts import Draft
from tenon.ui.backend.form_checks import check
from tenon.ui.backend.form_rows import load_rows
from tenon.ui.backend.forms import shape_of
from tenon.ui.backend.reading import read_all
from tenon.ui.shapes import Choice
from tenon.ui.work import Form

TRY = "try"


@dataclass(frozen=True)
class PreviewPage:
    """The page around the preview of a form: what can be chosen."""

    name: str
    label: str
    roles: tuple[Choice, ...]
    role: str


@dataclass(frozen=True)
class Preview:
    """The form as it would be shown; ``note`` says why it is not, ``is_fine`` that it could be saved as it is."""

    name: str
    role: str
    form: Form | None = None
    error: TenonError | None = None
    note: str | None = None
    is_fine: bool = False


class _Tried(Draft):
    """A new record of the draft: nothing is looked up in tables that do not know it yet."""

    is_public = True


def preview_page(view: View, name: str, role: str) -> PreviewPage:
    """Return what can be chosen for the preview of a form. Raises NotFound, Forbidden."""
    require_builder(view.ctx, "form")
    model = drafted(view)
    document = model.find("form", name)
    if document is None:
        raise not_found()
    roles = tuple(Choice(d.name, d.label.show(view.language)) for d in model.all("role"))
    return PreviewPage(document.name, document.label.show(view.language), roles, role if any(r.name == role for r in roles) else "")


def preview(view: View, name: str, role: str, language: str, sent: FormData) -> Preview:
    """Return the form for what was typed so far, as a role sees it. Raises NotFound, Forbidden."""
    around = preview_page(view, name, role)
    seen = _as(view, around.role, language)
    document = seen.model.get("form", name)
    entity = seen.model.find_entity(document.body.entity)
    if entity is None:
        raise not_found()
    if not seen.rights.may(entity, "create"):
        note = say("This role may not make new records of {name}.", "该角色无权新建{name}。", name=entity.label)
        return Preview(around.name, around.role, note=note.show(seen.language))
    try:
        with view.uow.connection.begin_nested():
            return _drawn(Preview(around.name, around.role), seen, entity, document, _readable(view, sent))
    except DBAPIError:  # a condition reads a column that the database gets with the next release
        note = say("Conditions read fields over references that are not published yet: publish them to try this form.", "条件读取了尚未发布的引用字段，请先发布再预览。")
        return Preview(around.name, around.role, note=note.show(seen.language))


def _readable(view: View, sent: FormData) -> FormData:
    """Return what was sent without records that the builder may not read: trying a form as a role shows nothing that only the role may see."""
    ids = {text.rpartition(":")[2] for _, text in sent.multi_items() if isinstance(text, str) and ID.fullmatch(text.rpartition(":")[2])}
    known = {row.id for row in view.uow.connection.execute(select(users.c.id).where(users.c.id.in_(ids)).union(select(units.c.id).where(units.c.id.in_(ids))))}
    for far in view.readable() if ids else ():
        title = far.fields.get(far.title) if far.title else None
        if title is None or view.rights.may_read(far, title):
            known |= set(matching(view.uow, view.ctx, far, [], among=ids))
    kept = [(key, text) for key, text in sent.multi_items() if not isinstance(text, str) or text.rpartition(":")[2] not in ids - known]
    return FormData(kept)


def _as(view: View, role: str, language: str) -> View:
    """Return the draft as somebody with one role sees it, or as the builder does."""
    user = view.ctx.user
    ctx = replace(view.ctx, user=replace(user, roles=(role,)) if user is not None and role else user, language=language if language in LANGUAGES else view.language)
    model = drafted(view)
    return View(view.platform, replace(view.uow, model=model, tables=Tables(model, view.uow.dialect)), ctx, rights_of(model, ctx))


def _drawn(shown: Preview, view: View, entity: Entity, document: Document, sent: FormData) -> Preview:
    def make(values: Mapping[str, Any] | None) -> Draft:
        draft = _Tried(view, entity, None, {}, values, document=document)
        load_rows(draft)
        return draft

    values = read_all(make, sent) if "form.preview" in sent else {}
    if sent.get("then") == TRY:
        draft = make(values or None)
        form = shape_of(draft, step=read_whole(str(sent.get("form.step") or "")) or 0)
        try:
            check(draft)
        except Invalid as error:
            return replace(shown, form=form, error=error)
        return replace(shown, form=form, is_fine=True)
    drawn = redrawing.redraw_of(make, values, sent)
    return replace(shown, form=drawn.form, error=drawn.error)

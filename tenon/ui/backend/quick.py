"""Small forms of new records that point to the record whose page is open: the few fields one fills in at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from tenon.engine.records.save import allowed_ids
from tenon.metamodel.errors import Forbidden, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field
from tenon.ui.backend import forms, saving
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.record import Record, may_point
from tenon.ui.block_shapes import QuickForm
from tenon.ui.work import Form, FormField, Saved

MOST = 5


def quick_form(view: View, entity: str, id: str, relation: str, values: Mapping[str, Any] | None = None) -> QuickForm:
    """Return the small form of a new record of a relation. Raises NotFound, Forbidden."""
    record, far, link = _place(view, entity, id, relation)
    form = forms.form(view, far.name, None, {**(values or {}), link.name: _pointer(link, record)})
    given = link.name if link.storage.kind != "pair" else ""
    full = f"/records/{far.name}/new" + (f"?{urlencode({given: record.id})}" if given else "")
    return QuickForm(
        far.name, far.label.show(view.language), far.icon or "table-2", tuple(_chosen(far, form, link)), f"{record.url}/add/{relation}", full,
        link.name,
    )  # fmt: skip


def add(view: View, entity: str, id: str, relation: str, values: Mapping[str, Any]) -> Saved:
    """Create a record that points here, with values of ``saving.keep_files``. Raises Invalid, Conflict, Forbidden, NotFound."""
    record, far, link = _place(view, entity, id, relation)
    return saving.save(view, far.name, None, {**values, link.name: _pointer(link, record)}, None)


def _place(view: View, entity: str, id: str, relation: str) -> tuple[Record, Entity, Field]:
    record = Record(view, view.entity(entity), id_of(id))
    along = record.entity.relations.get(relation)
    found = record.link_of(along) if along is not None else None
    if along is None or found is None or record.is_deleted:
        raise not_found()
    far, link = found
    if not may_point(view, far, link):
        message = say("You may not add {thing} here.", "您无权在此添加{thing}。", thing=far.label)
        raise Forbidden(Problem("", "forbidden", message, say("Ask an administrator for a role that allows it.", "请向管理员申请相应角色。")))
    return record, far, link


def _pointer(link: Field, record: Record) -> Any:
    if link.is_to_many:
        return [record.id]
    return {"entity": record.entity.name, "id": record.id} if link.storage.kind == "pair" else record.id


def _chosen(far: Entity, form: Form, link: Field) -> list[FormField]:
    """Return what is asked at once: what has to be there, the title, then the first others that nobody else fills in."""
    fields = [f for f in form.fields() if not f.is_shown_only and f.name != link.name]
    must = [f for f in fields if f.required or f.name == far.title]
    rest = [f for f in fields if f not in must and far.fields[f.name].spec.default is None and far.fields[f.name].origin != "system"]
    chosen = [*must, *rest[: max(0, MOST - len(must))]]
    return sorted(chosen, key=lambda f: (f.name != far.title, fields.index(f)))


def remove(view: View, entity: str, id: str, far: str, far_id: str) -> None:
    """Move a record that points here to the trash. Raises NotFound, Forbidden, Conflict."""
    record = Record(view, view.entity(entity), id_of(id))
    other = view.entity(far, "delete")
    links = [r for r in record.entity.relations.values() if r.far_id == other.id]
    if not links or allowed_ids(view.uow, view.rights, other, [id_of(far_id)], "delete", []) == set():
        raise not_found()
    saving.delete(view, other.name, id_of(far_id), None)

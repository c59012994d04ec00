"""The records of the release in force under the widgets of the draft: how a dashboard will look before it is published."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from tenon.engine.access.rights import rights_of
from tenon.engine.releases import draft
from tenon.metamodel.document import Document
from tenon.metamodel.errors import not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Model
from tenon.metamodel.names import token
from tenon.ui.backend import widgets
from tenon.ui.backend.base import View
from tenon.ui.report_shapes import Picture

LAID = ("widget", "dashboard", "segment")
"""Kinds that nothing is stored for: the draft's can be tried on the tables of the release."""


def laid_over(view: View) -> View:
    """Return the release as the reader sees it with the draft's widgets, dashboards and segments over it; kept until they change."""
    edits = [e for e in draft.load_edits(view.uow.connection).values() if e.kind in LAID]
    if not edits:
        return view
    key = tuple(sorted((e.document_id, e.revision) for e in edits))
    kept: dict[Any, Model] = view.model.cache.setdefault("laid_over", {})
    if key not in kept:
        kept.clear()
        documents = {d.id: d for d in draft.overlay(view.model, edits)}
        kept[key] = replace(view.model, documents=documents, by_name={(d.kind, d.name): d for d in documents.values()}, cache={})
    model = kept[key]
    return View(view.platform, replace(view.uow, model=model), view.ctx, rights_of(model, view.ctx))


def preview(view: View, model: Model, name: str, dashboard: str) -> Picture:
    """Return what a widget of the draft shows of today's records; what it waits for stands in ``fault``. Raises NotFound."""
    document = model.find("widget", name)
    if document is None:
        raise not_found()
    waits = waits_for(view, model, document)
    if waits:
        names = "、".join(waits) if view.language == "zh" else ", ".join(waits)
        told = say("Not published yet: {names}", "尚未发布：{names}", names=names), say("Publish first; then this shows its records.", "发布后即可显示数据。")
        return Picture(name, "fault", document.label.show(view.language), fault=(told[0].show(view.language), told[1].show(view.language)))
    return widgets.picture(laid_over(view), document.name, dashboard, {})


def waits_for(view: View, model: Model, document: Document) -> list[str]:
    """Return the labels of the entities and fields that a document names and the release does not have yet."""
    named = set(re.findall(r"_[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", repr(document.json)))
    found = []
    for entity in model.entities.values():
        before = view.model.entities_by_id.get(entity.id)
        if before is None and entity.id in named:
            found.append(entity.label.show(view.language))
        for field in entity.fields.values():
            is_new = before is None or field.id not in before.fields_by_id
            if is_new and field.origin != "system" and (field.id in named or token(field.id) in named):
                found.append(field.label.show(view.language))
    return list(dict.fromkeys(found))

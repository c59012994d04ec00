"""Designing: the workbench, one document in its designer, and the steps that change it."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

import tenon.ui.backend.designers
from tenon.engine.query.pages import Ask, page
from tenon.engine.releases import draft, steps
from tenon.engine.releases.draft import require_builder
from tenon.engine.releases.steps import Designed
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.labels import Text, say
from tenon.metamodel.names import propose_name
from tenon.metamodel.naming import to_shown
from tenon.metamodel.operations import apply_operations, look
from tenon.ui.backend.base import View
from tenon.ui.backend.designers.base import Design
from tenon.ui.backend.drafted import drafted
from tenon.ui.design_shapes import DesignEntry, Designer, DesignGroup, Makeable, Trouble, Workbench
from tenon.ui.shapes import Choice

MOST_TROUBLES = 20
ALONE = "workspace"
FOR_APP = ("entity", "view", "dashboard")
FOR_ENTITY = ("form", "view", "page", "score", "widget")


@cache
def designers() -> dict[str, ModuleType]:
    """Return the designers by kind."""
    package = tenon.ui.backend.designers
    names = [info.name for info in pkgutil.iter_modules(package.__path__)]
    modules = {name: import_module(f"{package.__name__}.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "canvas")}


def workbench(view: View) -> Workbench:
    """Return every document that has a designer, those about an entity together. Raises Forbidden."""
    require_builder(view.ctx, "app")
    language = view.language
    shape = draft.draft_outline(view.uow.connection, view.model)
    states = {each["id"]: each["state"] for each in draft.list_documents(view.uow.connection, view.model)}
    known = [d for d in shape.documents.values() if d.kind in designers() and draft.may_build(view.ctx, d.kind)]
    grouped: dict[str, list[DesignEntry]] = {}
    for document in sorted(known, key=lambda d: (d.kind != "entity", d.kind, d.label.show(language).lower())):
        about = document.id if document.kind == "entity" else _about(document) or ALONE
        icon = (document.json.get("icon") if document.kind == "entity" else None) or designers()[document.kind].ICON
        url = f"/design/{document.kind}/{document.name}"
        kind_label, label, state = designers()[document.kind].LABEL.show(language), document.label.show(language), states.get(document.id, "")
        grouped.setdefault(about, []).append(DesignEntry(document.kind, kind_label, document.name, label, icon, state, url))
    entities = {e.id: e for e in shape.entities.values()}
    groups = [
        DesignGroup(e.name, e.label.show(language), e.icon or "table-2", tuple(grouped[e.id])) for e in entities.values() if e.id in grouped
    ]
    groups.sort(key=lambda group: group.label.lower())
    if ALONE in grouped:
        groups.append(DesignGroup("", say("Workspace", "工作区").show(language), "blocks", tuple(grouped[ALONE])))
    kinds = tuple(
        Makeable(kind, module.LABEL.show(language), module.ICON, module.TOLD.show(language), getattr(module, "TAKES_ENTITY", True))
        for kind, module in sorted(designers().items(), key=_place) if hasattr(module, "start") and draft.may_build(view.ctx, kind)
    )  # fmt: skip
    options = tuple(Choice(e.name, e.label.show(language)) for e in entities.values() if not e.is_system)
    return Workbench(tuple(groups), kinds, options, len(draft.load_edits(view.uow.connection)))


def _place(item: tuple[str, ModuleType]) -> tuple[bool, bool, str]:
    """Return the place of a kind among those that can be made: what everything is about first, whole apps last."""
    kind = item[0]
    return kind != "entity", kind == "app", kind


def create(view: View, kind: str, label: str, entity: str) -> str:
    """Make a document in the draft out of a label and return its address. Raises Invalid, Forbidden."""
    module = designers().get(kind)
    if module is None or not hasattr(module, "start"):
        raise not_found()
    require_builder(view.ctx, kind)
    shape = draft.draft_outline(view.uow.connection, view.model)
    if not label.strip():
        raise Invalid(Problem("/label", "required", say("Give it a name.", "请填写名称。"), say("Such as Partners.", "例如“合作伙伴”。")))
    found = shape.entities.get(entity)
    if found is None and getattr(module, "NEEDS_ENTITY", True):
        raise Invalid(Problem("/entity", "required", say("Choose what it is about.", "请选择所属对象。")))
    name = propose_name(label, {d.name for d in shape.documents.values() if d.kind == kind})
    document = module.start({view.language: label.strip()}, name, found, view.language)
    draft.put(view.uow.connection, view.ctx, view.model, kind, name, document, now=view.uow.now)
    return f"/design/{kind}/{name}"


def designer(view: View, kind: str, name: str, chosen: str = "") -> Designer:
    """Return a document in its designer. Raises NotFound, Forbidden."""
    require_builder(view.ctx, kind)
    return _shape(view, steps.look(view.uow.connection, view.ctx, view.model, kind, name), chosen)


def operate(view: View, kind: str, name: str, operations: Sequence[Mapping[str, Any]], *, revision: str | None, chosen: str = "") -> Designer:
    """Apply operations as one step and return the designer, what is new being chosen. Raises Invalid, Conflict, Forbidden."""
    uow = view.uow
    before = steps.look(uow.connection, view.ctx, view.model, kind, name)
    module = designers().get(kind)
    more = module.follow(before.document, apply_operations(before.document, operations), view.model) if module is not None and hasattr(module, "follow") else []
    done = steps.operate(uow.connection, view.ctx, view.model, kind, name, [*operations, *more], now=uow.now, if_match=revision or None)
    fresh = _ids(done.document) - _ids(before.document)
    return _shape(view, done, next((i for i in _in_order(done.document) if i in fresh), _last_row(done.document, operations) or chosen))


def _last_row(document: dict[str, Any], operations: Sequence[Mapping[str, Any]]) -> str:
    """Return the place of what was inserted last at the end of a list, for parts that have no ids."""
    last = operations[-1] if operations else {}
    rows = look(document, str(last.get("at"))) if last.get("op") == "insert" and "index" not in last else None
    return f"{last['at']}/{len(rows) - 1}" if isinstance(rows, list) and rows and isinstance(rows[-1], dict) and "id" not in rows[-1] else ""


def go(view: View, kind: str, name: str, way: str, chosen: str = "") -> Designer | str:
    """Undo or redo a step; return where to go on when the step had made the document. Raises Conflict, Forbidden."""
    work = steps.undo if way == "undo" else steps.redo
    done = work(view.uow.connection, view.ctx, view.model, kind, name, now=view.uow.now)
    if not done.revision:
        entity = done.document.get("entity")
        return f"/design/entity/{entity}" if entity else "/design"
    return _shape(view, done, chosen)


def merges(view: View, kind: str, name: str) -> tuple[steps.Way, ...]:
    """Return which of undo and redo lead to a merge with what somebody else did. Raises NotFound."""
    return steps.look(view.uow.connection, view.ctx, view.model, kind, name).merges


def _shape(view: View, designed: Designed, chosen: str) -> Designer:
    document = designed.document
    module = designers().get(str(document["kind"]))
    if module is None:
        raise not_found()
    model = drafted(view)
    design = Design(view, model, designed)
    design.chosen = chosen if chosen and design.item(chosen) is not None else ""
    listed = {each["id"]: each["state"] for each in draft.list_documents(view.uow.connection, view.model, document["kind"])}
    label = Text.of(document.get("label") or document["name"]).show(view.language)
    published = view.model.documents.get(document["id"])
    shown_at = module.shown_at(design) if published is not None and hasattr(module, "shown_at") else None
    return Designer(
        document["kind"], module.LABEL.show(view.language), document["name"], label, document.get("icon") or module.ICON,
        listed.get(document["id"], ""), designed.revision, designed.can_undo or "undo" in designed.merges,
        designed.can_redo or "redo" in designed.merges, module.palette(design), module.canvas(design),
        module.panel(design, design.chosen), _troubles(view, design),
        _others(view, design), _next(view, design), shown_at,
        getattr(module, "SCRIPT", ""), module.preview_at(design) if hasattr(module, "preview_at") else None,
        _sample(view, design),
    )  # fmt: skip


def _others(view: View, design: Design) -> tuple[Choice, ...]:
    """Return the designers of what belongs to the same entity, and of the menus that can lead to it."""
    entity, here = design.entity, design.json["id"]
    related = [d for d in design.model.documents.values() if entity is not None and d.kind in designers() and d.id != here and entity.id in (d.id, _about(d))]
    menus = design.model.all("app") if design.kind != "app" else ()
    return tuple(Choice(f"/design/{d.kind}/{d.name}", f"{designers()[d.kind].LABEL.show(view.language)} · {d.label.show(view.language)}") for d in (*related, *menus))


def _next(view: View, design: Design) -> tuple[Choice, ...]:
    """Return what can be made for a document: where it begins, and what it is."""
    entity = design.entity
    kinds = FOR_APP if design.kind == "app" else FOR_ENTITY if entity is not None and not entity.is_system else ()
    about = f"&entity={entity.name}" if entity is not None else ""
    return tuple(Choice(f"/design?kind={kind}{about}", designers()[kind].LABEL.show(view.language)) for kind in kinds if draft.may_build(view.ctx, kind))


def _about(document: Document) -> str:
    """Return the id of the entity that a document is about, '' for none."""
    return str(document.json.get("entity") or (document.json.get("query") or {}).get("entity") or "")


def _sample(view: View, design: Design) -> tuple[str, str] | None:
    """Return the newest record that this person may read of the entity, when there is one."""
    entity = view.model.find_entity(design.entity.id) if design.entity is not None else None
    if entity is None or entity.is_system or not view.rights.may(entity, "read"):
        return None
    found = page(view.uow, view.ctx, entity, Ask(fields=["id"], limit=1)).records
    return (entity.name, str(found[0]["id"])) if found else None


def _troubles(view: View, design: Design) -> tuple[Trouble, ...]:
    """Return what stands in the way of publishing this document."""
    document = design.document
    found = [p for document_id, p in design.model.problems if document_id == document.id]
    problems = dict.fromkeys([*found, *draft.problems_of(document, design.model, view.model)])
    shown = to_shown(document, design.model)
    return tuple(
        Trouble(p.message.show(view.language), p.hint.show(view.language) if p.hint else None, _item_at(shown, p.path)) for p in list(problems)[:MOST_TROUBLES]
    )


def _item_at(document: dict[str, Any], pointer: str) -> str:
    """Return the id of the innermost item around a place, '' for the document."""
    while pointer:
        found = look(document, pointer)
        if isinstance(found, dict) and "id" in found:
            return str(found["id"])
        pointer = pointer.rpartition("/")[0]
    return ""


def _ids(value: Any) -> set[str]:
    return set(_in_order(value))


def _in_order(value: Any, *, is_listed: bool = False) -> list[str]:
    """Return the ids of what stands in lists, in their order: what stands by itself is set, and not chosen for it."""
    found: list[str] = []
    if isinstance(value, dict):
        found += [value["id"]] if is_listed and isinstance(value.get("id"), str) else []
        for inner in value.values():
            found += _in_order(inner)
    elif isinstance(value, list):
        for inner in value:
            found += _in_order(inner, is_listed=True)
    return found

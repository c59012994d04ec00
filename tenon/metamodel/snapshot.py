"""Building the model of a release from its documents: everything resolved, indexed and typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tenon.metamodel.document import Document
from tenon.metamodel.errors import Problem
from tenon.metamodel.fields.base import FieldSpec
from tenon.metamodel.formulas import settle_formulas
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field, Model, Relation
from tenon.metamodel.names import short, suggest
from tenon.metamodel.system_fields import people, score_fields, system_fields

MAX_SEARCH = 8


def build(documents: Iterable[Document], number: int, base: Model | None = None) -> Model:
    """Return the model of the documents, structural problems listed in ``Model.problems``; formulas are typed.

    ``base`` is the model before, where it is known: what it had and this one has not was removed, and is no optional app's.
    """
    model = outline(documents, number)
    settle_formulas(model, base)
    return model


def outline(documents: Iterable[Document], number: int) -> Model:
    """Return the model without the types of formulas: enough to turn names into ids and back."""
    listed = list(documents)
    model = Model(number, {d.id: d for d in listed}, {})
    for document in listed:
        if (document.kind, document.name) in model.by_name:
            model.problems.append((document.id, _taken("/name", document.name)))
        model.by_name[document.kind, document.name] = document
    for document in model.all("entity"):
        entity = _entity(document)
        model.entities[entity.name] = model.entities_by_id[entity.id] = entity
    for entity in people():
        model.entities_by_id[entity.id] = entity
    for document in model.all("entity"):
        _add_fields(model, _Owner(model.entities_by_id[document.id], document, "own"))
    for document in model.all("extension"):
        _extend(model, document)
    for document in model.all("score"):
        _add_score(model, document)
    _refuse_doubles(model)
    for is_open in (False, True):  # what may point to anything takes only the names that are left
        for entity in model.entities.values():
            _add_relations(model, entity, is_open=is_open)
    for entity in model.entities.values():
        _finish(model, entity)
    return model


@dataclass(frozen=True)
class _Owner:
    """Where declared fields go, and from which document."""

    entity: Entity
    document: Document
    origin: str


def _entity(document: Document) -> Entity:
    body = document.body
    fields = system_fields(document.id)
    return Entity(
        id=document.id, name=document.name, label=document.label, plural=body.plural or document.label, document=document, title=None,
        search=(), time_field="created_at", keys=(), features=frozenset(body.features), fields={f.name: f for f in fields}, relations={},
        checks=tuple(body.checks), icon=body.icon, app=document.app, fields_by_id={f.id: f for f in fields},
    )


def _taken(path: str, name: str) -> Problem:
    message = say("The name {name} is taken.", "名称 {name} 已被使用。", name=name)
    return Problem(path, "not_unique", message, say("Choose another name.", "请换一个名称。"))


def unknown_document(path: str, kind: str, name: str, model: Model) -> Problem:
    """Return the problem of a reference to a document that is not there."""
    near = suggest(name, [d.name for d in model.all(kind)])
    hint = say("Did you mean {near}?", "您是否想写 {near}？", near=near) if near else say("Make it first.", "请先创建它。")
    return Problem(path, "unknown_name", say("There is no {kind} {name}.", "没有名为 {name} 的{kind}。", kind=kind, name=name), hint)


def _add_fields(model: Model, owner: _Owner) -> None:
    entity, document = owner.entity, owner.document
    for index, spec in enumerate(document.body.fields):
        path = f"/fields/{index}"
        if spec.name in entity.fields:
            model.problems.append((document.id, _taken(f"{path}/name", spec.name)))
            continue
        field = _field(spec, owner, index)
        entity.fields[field.name] = entity.fields_by_id[field.id] = field


def _field(spec: FieldSpec, owner: _Owner, index: int) -> Field:
    item_id, document = spec.id or "", owner.document
    return Field(
        id=item_id, name=spec.name, label=spec.title(), spec=spec, entity_id=owner.entity.id, type=spec.value_type(), storage=spec.storage(),
        column=f"f_{short(item_id)}", origin="extension" if owner.origin == "extension" else "own", app=document.app,
        declared_in=document.id, position=index,
    )


def _extend(model: Model, document: Document) -> None:
    entity = model.find_entity(document.body.entity)
    if entity is None or entity.is_system:
        model.problems.append((document.id, unknown_document("/entity", "entity", document.body.entity, model)))
        return
    if document.app and document.app != entity.app:
        for index, spec in enumerate(document.body.fields):
            if not spec.name.startswith(f"{document.app}_"):
                message = say("A field added to another app's entity begins with {app}_.", "添加到其他应用对象的字段须以 {app}_ 开头。", app=document.app)
                hint = say("Name it {name}.", "请命名为 {name}。", name=f"{document.app}_{spec.name}"[:40])
                model.problems.append((document.id, Problem(f"/fields/{index}/name", "bad_format", message, hint)))
    _add_fields(model, _Owner(entity, document, "extension"))
    entity.checks += tuple(document.body.checks)


def _refuse_doubles(model: Model) -> None:
    """Refuse fields with the id of another one: the id names the column, and stands for the field in expressions."""
    seen: set[str] = set()
    for entity in model.entities.values():
        for field in entity.fields.values():
            if field.origin in ("own", "extension"):
                if field.id in seen:
                    message = say("Another field has this id.", "该 id 已被另一个字段使用。")
                    hint = say("Leave the id of the new one out.", "请去掉新字段的 id。")
                    model.problems.append((field.declared_in, Problem(f"/fields/{field.position}/id", "not_unique", message, hint)))
                seen.add(field.id)


def _add_score(model: Model, document: Document) -> None:
    entity = model.find_entity(document.body.entity)
    if entity is None or entity.is_system:
        model.problems.append((document.id, unknown_document("/entity", "entity", document.body.entity, model)))
        return
    for field in score_fields(document, entity.id):
        if field.name in entity.fields:
            model.problems.append((document.id, _taken("/name", field.name)))
            continue
        entity.fields[field.name] = entity.fields_by_id[field.id] = field


def _add_relations(model: Model, entity: Entity, *, is_open: bool) -> None:
    """Add the to-many sides that the references of an entity declare."""
    for field in [f for f in entity.fields.values() if f.is_open == is_open]:
        if is_open:
            field.reach = tuple(e.id for e in model.entities.values() if e is not entity)
        for target_key in field.targets:
            target = model.find_entity(target_key)
            if target is None or target.is_system:
                path = f"/fields/{field.position}/entity"
                model.problems.append((field.declared_in, unknown_document(path, "entity", target_key, model)))
                continue
            if field.type.entity is not None:
                field.type = replace(field.type, entity=target.id)
            if field.is_to_many:
                own = Relation(field.id, field.name, field.label, entity.id, target.id, field.id, is_links=True, is_reverse=False)
                entity.relations[own.name] = entity.relations_by_id[own.id] = own
            _add_reverse(model, entity, field, target)


def _add_reverse(model: Model, entity: Entity, field: Field, target: Entity) -> None:
    reverse = getattr(field.spec, "reverse", None)
    if reverse is None:
        return
    if reverse.name in target.fields or reverse.name in target.relations:
        if field.is_open:
            return  # what did not ask to be pointed at keeps its names
        model.problems.append((field.declared_in, _taken(f"/fields/{field.position}/reverse/name", reverse.name)))
        return
    relation = Relation(
        reverse.id or field.id, reverse.name, reverse.title(), target.id, entity.id, field.id,
        is_links=field.is_to_many, is_any=field.storage.kind == "pair",
    )
    target.relations[relation.name] = target.relations_by_id[relation.id] = relation


def _finish(model: Model, entity: Entity) -> None:
    """Settle title, search, time field and keys from the names or ids in the document."""
    body = entity.document.body
    entity.title = _own_name(model, entity, body.title, "/title") if body.title else _default_title(entity)
    named = [_own_name(model, entity, key, f"/search/{i}") for i, key in enumerate(body.search)]
    entity.search = tuple(n for n in named if n) or _default_search(entity)
    entity.time_field = _own_name(model, entity, body.time_field, "/time_field") or "created_at"
    keys = [[_own_name(model, entity, key, f"/keys/{i}/{j}") for j, key in enumerate(names)] for i, names in enumerate(body.keys)]
    declared = [tuple(n for n in names if n) for names in keys]
    single = [(f.name,) for f in entity.fields.values() if f.is_written and (f.spec.unique or f.spec.type == "autonumber")]
    entity.keys = tuple(dict.fromkeys(k for k in [*declared, *single] if k))
    if entity.relations.keys() & entity.fields.keys():
        for name in entity.relations.keys() & entity.fields.keys():
            if not entity.fields[name].is_to_many:
                model.problems.append((entity.id, _taken("/fields", name)))


def _own_name(model: Model, entity: Entity, key: str, path: str) -> str | None:
    field = entity.find_field(key)
    if field is None:
        return None  # the path is checked, and refused, with all others of the document
    return field.name


def _default_title(entity: Entity) -> str | None:
    texts = [f for f in entity.fields.values() if f.origin in ("own", "extension") and f.spec.type in ("text", "email", "autonumber")]
    return next((f.name for f in texts if f.spec.required), texts[0].name if texts else None)


def _default_search(entity: Entity) -> tuple[str, ...]:
    kinds = ("text", "email", "phone", "autonumber")
    return tuple(f.name for f in entity.fields.values() if f.is_written and f.spec.type in kinds and not f.spec.personal)[:MAX_SEARCH]

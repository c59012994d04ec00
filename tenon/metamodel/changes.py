"""The difference of two models as ordered changes by stable id, and the difference of two documents item by item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from tenon.metamodel.document import Document
from tenon.metamodel.item import Option
from tenon.metamodel.model import Entity, Field, Model

ChangeKind = Literal[
    "document_added", "document_removed", "document_renamed", "document_changed",
    "entity_added", "entity_removed", "entity_renamed",
    "field_added", "field_removed", "field_renamed", "field_retyped", "field_required",
    "option_added", "option_removed", "option_renamed",
    "relation_added", "relation_removed", "relation_renamed",
    "key_added", "key_removed", "index_added", "index_removed",
    "score_added", "score_removed", "band_renamed",
]  # fmt: skip
LOSSY: frozenset[str] = frozenset({"entity_removed", "field_removed", "field_retyped", "option_removed", "score_removed"})
"""What may lose data; the plan over the records of a database says whether it does."""


@dataclass(frozen=True, eq=False)
class Change:
    """One change: ``item_id`` is stable, ``before`` and ``after`` are the things themselves (None when not there).

    ``entity`` is the entity it happens in, the new one when both are there; for documents of other kinds it is None.
    """

    kind: ChangeKind
    item_id: str
    name: str
    before: Any = None
    after: Any = None
    entity: Entity | None = None

    @property
    def may_lose(self) -> bool:
        """True when data may be lost by it."""
        return self.kind in LOSSY


def difference(old: Model | None, new: Model) -> list[Change]:
    """Return what changed between two models: entities with what is in them, then scores, then every other document."""
    changes: list[Change] = []
    before = {e.id: e for e in old.entities.values()} if old else {}
    after = {e.id: e for e in new.entities.values()}
    for entity_id in dict.fromkeys([*after, *before]):
        changes += entity_difference(before.get(entity_id), after.get(entity_id))
    changes += _score_difference(old, new)
    changes += _document_changes(old, new)
    return changes


def entity_difference(old: Entity | None, new: Entity | None) -> list[Change]:
    """Return what changed in one entity: the entity itself, then fields, options, relations, keys and indexes."""
    if old is None or new is None:
        entity = new or old
        assert entity is not None
        kind: ChangeKind = "entity_added" if old is None else "entity_removed"
        return [Change(kind, entity.id, entity.name, old, new, entity)]
    changes: list[Change] = []
    if old.name != new.name:
        changes.append(Change("entity_renamed", new.id, new.name, old, new, new))
    was, is_ = _declared(old), _declared(new)
    for field_id in dict.fromkeys([*is_, *was]):
        changes += _field_difference(was.get(field_id), is_.get(field_id), new)
    changes += _relation_difference(old, new)
    changes += _key_difference(old, new)
    return changes


def is_retyped(old: Field, new: Field) -> bool:
    """True when the values of a field need another column or another reading."""
    if old.is_formula and new.is_formula:
        return old.storage != new.storage and _column_of(old) != _column_of(new)
    if _column_of(old) != _column_of(new) or old.is_formula != new.is_formula:
        return True
    if old.type.kind != new.type.kind:
        return True
    return old.type.kind in ("reference", "references") and not new.is_open and _targets(old) != _targets(new)


def key_ids(entity: Entity) -> dict[tuple[str, ...], tuple[Field, ...]]:
    """Return the keys of an entity as fields, by the ids of these fields."""
    keys = [tuple(entity.fields[name] for name in names) for names in entity.keys]
    return {tuple(f.id for f in fields): fields for fields in keys}


def document_difference(old: dict[str, Any] | None, new: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Return the items of two documents' JSON that differ: ``{"pointer", "id", "from", "to"}``, items matched by id.

    A pointer is one into the new document, or into the old one for what is gone.
    """
    if old is None or new is None:
        whole = new or old or {}
        return [{"pointer": "", "id": whole.get("id"), "from": old, "to": new}]
    return list(_compare(old, new, "", new.get("id")))


def document_changes(old: Iterable[Document], new: Iterable[Document]) -> list[tuple[Document | None, Document | None]]:
    """Return the documents that differ as pairs of before and after, by kind and name."""
    before, after = {d.id: d for d in old}, {d.id: d for d in new}
    pairs = [(before.get(i), after.get(i)) for i in dict.fromkeys([*before, *after])]
    changed = [(b, a) for b, a in pairs if b is None or a is None or b.json != a.json]
    return sorted(changed, key=lambda pair: _order(pair[1] or pair[0]))


def _order(document: Document | None) -> tuple[str, str]:
    assert document is not None
    return document.kind, document.name


def _declared(entity: Entity) -> dict[str, Field]:
    return {f.id: f for f in entity.fields.values() if f.origin in ("own", "extension")}


def _column_of(field: Field) -> tuple[str, int, bool]:
    return field.storage.kind, field.storage.scale, field.storage.sort_key


def _targets(field: Field) -> tuple[str, ...]:
    return tuple(sorted(field.targets)) or ((field.type.entity,) if field.type.entity else ())


def _field_difference(old: Field | None, new: Field | None, entity: Entity) -> Iterator[Change]:
    if old is None or new is None:
        field = new or old
        assert field is not None
        yield Change("field_added" if old is None else "field_removed", field.id, field.name, old, new, entity)
        return
    if old.name != new.name:
        yield Change("field_renamed", new.id, new.name, old, new, entity)
    if is_retyped(old, new):
        yield Change("field_retyped", new.id, new.name, old, new, entity)
    else:
        yield from _option_difference(old, new, entity)
    if new.spec.required and not old.spec.required:
        yield Change("field_required", new.id, new.name, old, new, entity)
    if new.spec.index != old.spec.index:
        yield Change("index_added" if new.spec.index else "index_removed", new.id, new.name, old, new, entity)


def options_of(field: Field) -> dict[str, Option]:
    """Return the declared options of a field by their ids."""
    return {o.id or o.name: o for o in getattr(field.spec, "options", None) or ()}


def _option_difference(old: Field, new: Field, entity: Entity) -> Iterator[Change]:
    was, is_ = options_of(old), options_of(new)
    for option_id in dict.fromkeys([*is_, *was]):
        before, after = was.get(option_id), is_.get(option_id)
        if before is None and after is not None:
            yield Change("option_added", option_id, after.name, (old, None), (new, after), entity)
        elif after is None and before is not None:
            yield Change("option_removed", option_id, before.name, (old, before), (new, None), entity)
        elif before and after and before.name != after.name:
            yield Change("option_renamed", option_id, after.name, (old, before), (new, after), entity)


def _relation_difference(old: Entity, new: Entity) -> Iterator[Change]:
    was, is_ = ({i: r for i, r in e.relations_by_id.items() if r.is_reverse} for e in (old, new))
    for relation_id in dict.fromkeys([*is_, *was]):
        before, after = was.get(relation_id), is_.get(relation_id)
        if before is None and after is not None:
            yield Change("relation_added", relation_id, after.name, None, after, new)
        elif after is None and before is not None:
            yield Change("relation_removed", relation_id, before.name, before, None, new)
        elif before and after and before.name != after.name:
            yield Change("relation_renamed", relation_id, after.name, before, after, new)


def _key_difference(old: Entity, new: Entity) -> Iterator[Change]:
    was, is_ = key_ids(old), key_ids(new)
    for key, fields in is_.items():
        if key not in was:
            yield Change("key_added", "+".join(key), ", ".join(f.name for f in fields), None, fields, new)
    for key, fields in was.items():
        if key not in is_:
            yield Change("key_removed", "+".join(key), ", ".join(f.name for f in fields), fields, None, new)


def _score_difference(old: Model | None, new: Model) -> Iterator[Change]:
    was = {d.id: d for d in old.all("score")} if old else {}
    is_ = {d.id: d for d in new.all("score")}
    for score_id in dict.fromkeys([*is_, *was]):
        before, after = was.get(score_id), is_.get(score_id)
        if after is None or (before is not None and before.body.entity != after.body.entity):
            assert before is not None
            yield Change("score_removed", score_id, before.name, before, None)
        if after is not None and (before is None or before.body.entity != after.body.entity):
            yield Change("score_added", score_id, after.name, None, after)
        elif before is not None and after is not None:
            bands = {b.id: b for b in before.body.bands}
            for band in after.body.bands:
                former = bands.get(band.id)
                if former is not None and former.name != band.name:
                    yield Change("band_renamed", band.id, band.name, (before, former), (after, band))


def _document_changes(old: Model | None, new: Model) -> Iterator[Change]:
    for before, after in document_changes(old.documents.values() if old else (), new.documents.values()):
        document = after or before
        assert document is not None
        if before is None or after is None:
            yield Change("document_added" if before is None else "document_removed", document.id, document.name, before, after)
            continue
        if before.name != after.name:
            yield Change("document_renamed", after.id, after.name, before, after)
        yield Change("document_changed", after.id, after.name, before, after)


def _compare(old: Any, new: Any, pointer: str, item_id: str | None) -> Iterator[dict[str, Any]]:
    if old == new and type(old) is type(new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        inner = new.get("id") or item_id
        for key in dict.fromkeys([*new, *old]):
            if key != "id":
                yield from _compare(old.get(key), new.get(key), f"{pointer}/{_escape(key)}", inner)
    elif _is_items(old) and _is_items(new) and (old or new):
        yield from _compare_items(old, new, pointer, item_id)
    else:
        yield {"pointer": pointer, "id": item_id, "from": old, "to": new}


def _compare_items(old: list[Any], new: list[Any], pointer: str, item_id: str | None) -> Iterator[dict[str, Any]]:
    was = {item["id"]: (index, item) for index, item in enumerate(old)}
    is_ = {item["id"]: (index, item) for index, item in enumerate(new)}
    for key, (index, item) in is_.items():
        if key in was:
            yield from _compare(was[key][1], item, f"{pointer}/{index}", key)
        else:
            yield {"pointer": f"{pointer}/{index}", "id": key, "from": None, "to": item}
    for key, (index, item) in was.items():
        if key not in is_:
            yield {"pointer": f"{pointer}/{index}", "id": key, "from": item, "to": None}
    before, after = [k for k in was if k in is_], [k for k in is_ if k in was]
    if before != after:
        named = [[item.get("name") or item["id"] for item in items if item["id"] in was and item["id"] in is_] for items in (old, new)]
        yield {"pointer": pointer, "id": item_id, "from": named[0], "to": named[1]}


def _is_items(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, dict) and isinstance(v.get("id"), str) for v in value)


def _escape(key: str) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")

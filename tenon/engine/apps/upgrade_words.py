"""An upgrade as people read it: what changes, what stays as the workspace made it, and the conflicts side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tenon.engine.apps.upgrade import Clash, Upgrade
from tenon.metamodel.changes import document_difference
from tenon.metamodel.document import Document
from tenon.metamodel.labels import Text
from tenon.metamodel.merging import finer
from tenon.metamodel.model import Model
from tenon.metamodel.names import TOKEN, untoken
from tenon.metamodel.options import option_names
from tenon.metamodel.snapshot import outline
from tenon.metamodel.telling import to_told
from tenon.metamodel.wording import Line, line_of, say_difference, say_place

Json = dict[str, Any]
HIDDEN = frozenset({"version", "requires", "sample", "sample_days", "format"})


@dataclass(frozen=True)
class SaidChange:
    """What becomes of one document: added, removed or changed, and how, line by line."""

    document: Document
    change: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class SaidClash:
    """One conflict with what each side has, as JSON with names."""

    clash: Clash
    title: Text
    base: Any
    yours: Any
    theirs: Any


@dataclass(frozen=True)
class SaidUpgrade:
    """An upgrade in words."""

    changes: tuple[SaidChange, ...]
    kept: tuple[SaidChange, ...]
    clashes: tuple[SaidClash, ...]

    def to_json(self, wanted: Upgrade, language: str) -> Json:
        """Return what a dry run answers, the plan left out."""
        return {
            "app": wanted.package.name, "from": wanted.before, "to": wanted.package.app.body.version,
            "changes": [_change_json(each, language) for each in self.changes],
            "kept": [_change_json(each, language) for each in self.kept],
            "conflicts": [
                {
                    "id": each.clash.id, "document": _named(each.clash.document, language), "pointer": each.clash.step.place,
                    "title": each.title.show(language), "base": each.base, "yours": each.yours, "theirs": each.theirs, "decision": each.clash.decision,
                }
                for each in self.clashes
            ],
            "renamed": [{"kind": d.kind, "name": d.name, "to": name} for d, name in wanted.renamed],
        }  # fmt: skip


def say_upgrade(model: Model, wanted: Upgrade) -> SaidUpgrade:
    """Return an upgrade in words; names are those it would have afterwards."""
    shape = outline(wanted.documents, model.release + 1)
    return SaidUpgrade(tuple(_changes(model, shape, wanted)), tuple(_kept(shape, wanted)), tuple(_clash(shape, wanted, each) for each in wanted.clashes))


def _changes(model: Model, shape: Model, wanted: Upgrade) -> Iterator[SaidChange]:
    for before, after in wanted.changed(model):
        if before is None or after is None:
            document = after or before
            assert document is not None
            yield SaidChange(document, "added" if before is None else "removed")
            continue
        old, new = to_told(before, model), to_told(after, shape)
        items = [item for item in document_difference(old, new) if item["pointer"].lstrip("/").split("/")[0] not in HIDDEN or after.kind != "app"]
        if items or after.kind != "app":
            yield SaidChange(after, "changed", tuple(say_difference(item, old, new) for item in items))


def _kept(shape: Model, wanted: Upgrade) -> Iterator[SaidChange]:
    base = {d.id: d for d in wanted.base}
    names = names_by_id(shape)
    for document, merged in wanted.merged:
        steps = [s for s in merged.kept if document.kind != "app" or s.place.lstrip("/") not in HIDDEN]
        if steps and not steps[0].place:
            change = "added" if steps[0].base is None else "removed" if steps[0].yours is None else "changed"
            yield SaidChange(document, change)
        elif steps:
            sides = [with_names(each, names, keep_ids=True) for each in (merged.json, base[document.id].json if document.id in base else None)]
            lines = (line_of(name_place(s.place, names), with_names(s.base, names), with_names(s.yours, names), *sides) for step in steps for s in finer(step))
            yield SaidChange(document, "changed", tuple(lines))


def _clash(shape: Model, wanted: Upgrade, clash: Clash) -> SaidClash:
    step, names = clash.step, names_by_id(shape)
    sides = [with_names(value, names) for value in (step.base, step.yours, step.theirs)]
    if not step.place:
        return SaidClash(clash, clash.document.label, *sides)
    after = next((d.json for d in wanted.documents if d.id == clash.document.id), None)
    documents = [with_names(each, names, keep_ids=True) for each in (after, clash.document.json)]
    return SaidClash(clash, say_place(name_place(step.place, names), *documents), *sides)


def names_by_id(model: Model) -> dict[str, str]:
    """Return the names of everything that stored documents name by its id."""
    names = {d.id: d.name for d in model.documents.values()}
    for entity in model.entities.values():
        names |= {f.id: f.name for f in entity.fields.values()} | {r.id: r.name for r in entity.relations.values()}
    return names | option_names(model)


def with_names(value: Any, names: Mapping[str, str], *, keep_ids: bool = False) -> Any:
    """Return a piece of a stored document with names for ids; its own ids are left out, or kept as they are."""
    if isinstance(value, dict):
        return {key: inner if key == "id" else with_names(inner, names, keep_ids=keep_ids) for key, inner in value.items() if keep_ids or key != "id"}
    if isinstance(value, list):
        return [with_names(inner, names, keep_ids=keep_ids) for inner in value]
    if not isinstance(value, str):
        return value
    return names.get(value) or name_place(value, names)


def name_place(text: str, names: Mapping[str, str]) -> str:
    """Return a text, or a place in a document, with names for the marks that stand for them."""
    return TOKEN.sub(lambda found: names.get(untoken(found[0]) or "", found[0]), text)


def _change_json(each: SaidChange, language: str) -> Json:
    return {**_named(each.document, language), "change": each.change, "items": [line.sentence.show(language) for line in each.lines]}


def _named(document: Document, language: str) -> Json:
    return {"kind": document.kind, "name": document.name, "label": document.label.show(language)}

"""Bringing what was tried in a scratch copy into the draft here: merged three ways over the release it was made of, never published."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from tenon.engine.context import Context
from tenon.engine.releases import draft, load
from tenon.engine.releases.check import settle
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.changes import document_changes
from tenon.metamodel.document import Document
from tenon.metamodel.merging import Merged, Side, merge_three
from tenon.metamodel.model import Model
from tenon.metamodel.parse import identify, reread
from tenon.metamodel.snapshot import outline
from tenon.metamodel.walk import walk_items
from tenon.metamodel.wording import say_place
from tenon.platform.copied import Scratch
from tenon.platform.database import Database
from tenon.platform.scratch import database_url
from tenon.platform.settings import Settings

FIRST = ("entity", "extension")
"""Kinds that others name things of: taken before them."""


@dataclass(frozen=True)
class Taken:
    """A document that was put into the draft, and where both sides had changed it."""

    kind: str
    name: str
    change: str
    clashes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Brought:
    """One document that was changed in the copy: as it was, as it is there and here, and the merge of both."""

    before: Document | None
    there: Document | None
    here: Document | None
    merged: Merged

    @property
    def document(self) -> Document:
        """The document, from whichever side has it."""
        found = self.there or self.before
        assert found is not None
        return found

    @property
    def after(self) -> Document | None:
        """The document as the draft here would have it; None when it goes."""
        return reread(self.merged.json) if self.merged.json is not None else None

    @property
    def is_news(self) -> bool:
        """True when the draft here would differ from what it is."""
        return (self.here.json if self.here is not None else None) != self.merged.json


@dataclass(frozen=True)
class Bringing:
    """What a copy brings: document by document, over the draft here; ``seen`` is another one when either side changed since."""

    brought: tuple[Brought, ...]
    shape: Model
    seen: str


def plan_bringing(uow: UnitOfWork, settings: Settings, scratch: Scratch, decisions: Mapping[str, Side]) -> Bringing:
    """Return what a copy, its draft included, brings; ``decisions`` are by id and place, the copy's side holds for the others."""
    before, after = _documents_of(scratch, settings)
    here = {d.id: d for d in draft.overlay(uow.model, draft.load_edits(uow.connection).values())}
    found = [_merge(was, there, here, decisions) for was, there in document_changes(before.values(), after.values())]
    found.sort(key=lambda each: FIRST.index(each.document.kind) if each.document.kind in FIRST else len(FIRST))
    known = {d.id for each in found for d in (each.document, each.here) if d is not None}
    merged = [each.after for each in found]
    shape = outline([*(d for k, d in here.items() if k not in known), *(d for d in merged if d is not None)], uow.model.release + 1)
    marks = [[each.document.id, *(draft.revision_of(d) if d is not None else "" for d in (each.there, each.here))] for each in found]
    return Bringing(tuple(found), shape, hashlib.sha256(orjson.dumps(marks)).hexdigest()[:20])


def bring(uow: UnitOfWork, ctx: Context, plan: Bringing) -> list[Taken]:
    """Put what a copy brings into the draft. Raises Invalid, Forbidden."""
    taken = []
    for each in plan.brought:
        there, document = each.here, each.after
        clashes = tuple(say_place(step.place, *_sides(each)).show("en") or "all" for step in each.merged.conflicts)
        if not each.is_news:
            continue
        if document is not None:
            raw = draft.arrange(document, plan.shape)
            draft.put(uow.connection, ctx, uow.model, document.kind, there.id if there is not None else document.name, raw, now=uow.now)
            taken.append(Taken(document.kind, document.name, "added" if there is None else "changed", clashes))
        elif there is not None:
            draft.delete(uow.connection, ctx, uow.model, there.kind, there.id, now=uow.now)
            taken.append(Taken(there.kind, there.name, "removed", clashes))
    return taken


def _merge(was: Document | None, there: Document | None, here: Mapping[str, Document], decisions: Mapping[str, Side]) -> Brought:
    document = there or was
    assert document is not None
    mine = here.get(document.id)
    if mine is None and was is None:  # made there; another of that name may have been made here
        mine = next((d for d in here.values() if (d.kind, d.name) == (document.kind, document.name)), None)
        there = _under_its_ids(document, mine) if mine is not None else there
    base, yours, theirs = (d.json if d is not None else None for d in (was, mine, there))
    id = (there or document).id
    chosen = {key.removeprefix(id): side for key, side in decisions.items() if key.startswith(id)}
    return Brought(was, there, mine, merge_three(base, yours, theirs, chosen, "theirs"))


def _under_its_ids(document: Document, here: Document) -> Document:
    """Return a document with the ids of one of the same name: its items are known by their names."""
    bare = copy.deepcopy(document.json)
    for _, item, _ in list(walk_items(bare, document.body)):
        item.pop("id", None)
    bare["id"] = here.id
    return identify(reread(bare), here)


def _sides(each: Brought) -> Sequence[Mapping[str, object] | None]:
    return [d.json if d is not None else None for d in (each.there, each.here, each.before)]


def _documents_of(scratch: Scratch, settings: Settings) -> tuple[Mapping[str, Document], Mapping[str, Document]]:
    """Return the documents of a copy as it was made and as they are by now, its draft included."""
    database = Database(database_url(scratch, settings))
    try:
        with database.read() as connection:
            current = load(connection)
            _, drafted = settle(current, draft.overlay(current, draft.load_edits(connection).values()))
            return load(connection, scratch.release).documents, drafted.documents
    finally:
        database.dispose()

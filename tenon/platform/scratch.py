"""Scratch copies: a second home beside the workspace, made from a backup, to try things in; its documents can be taken into the draft here.

A copy is on SQLite whatever the workspace is on, with settings of its own; it sends no mail.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from tenon.engine.context import Context
from tenon.engine.releases import draft, load
from tenon.engine.releases.check import settle
from tenon.metamodel.changes import document_changes
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Conflict, Invalid, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.merging import merge_three
from tenon.metamodel.names import NAME
from tenon.metamodel.parse import reread
from tenon.metamodel.snapshot import outline
from tenon.metamodel.wording import say_place
from tenon.platform.backup import write_backup
from tenon.platform.database import Database
from tenon.platform.files import DiskFiles
from tenon.platform.restore import restore_backup
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform

FACTS = "scratch.json"
FIRST = ("entity", "extension")
"""Kinds that others name things of: taken before them."""


@dataclass(frozen=True)
class Scratch:
    """A copy: where it is, of which release, and when it was made."""

    name: str
    home: Path
    release: int
    at: datetime


@dataclass(frozen=True)
class Taken:
    """A document that was put into the draft, and where both sides had changed it: the copy's was taken."""

    kind: str
    name: str
    change: str
    clashes: tuple[str, ...] = ()


def list_copies(settings: Settings) -> list[Scratch]:
    """Return the copies of a workspace by name."""
    folder = settings.home / "scratch"
    return [_read(each) for each in sorted(folder.iterdir()) if (each / FACTS).is_file()] if folder.is_dir() else []


def find_copy(settings: Settings, name: str) -> Scratch:
    """Return a copy by its name. Raises NotFound."""
    found = next((each for each in list_copies(settings) if each.name == name), None)
    if found is None:
        raise not_found()
    return found


def make_copy(platform: Platform, name: str, *, ctx: Context) -> Scratch:
    """Copy the workspace as it is at this moment. Raises Invalid for the name, Conflict when there is one already."""
    if not NAME.match(name):
        message = say("A name holds a-z, 0-9 and _.", "名称只能包含 a-z、0-9 和 _。")
        raise Invalid(Problem("/name", "bad_format", message, say("Try try_out.", "例如 try_out。")))
    home = platform.settings.home / "scratch" / name
    if home.exists():
        message = say("There is a copy {name} already.", "已有副本 {name}。", name=name)
        raise Conflict(Problem("/name", "conflict", message, say("Drop it first, or take another name.", "请先删除它，或换一个名称。")))
    home.mkdir(parents=True)
    try:
        manifest = write_backup(platform, home / "copy.zip", ctx=ctx)
        database = Database(database_url(home))
        try:
            restore_backup(database, DiskFiles(home / "files"), home / "copy.zip")
        finally:
            database.dispose()
        (home / "copy.zip").unlink()
        facts = {"name": name, "release": manifest["release"], "at": manifest["at"]}
        (home / FACTS).write_bytes(orjson.dumps(facts))
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise
    return _read(home)


def drop_copy(settings: Settings, name: str) -> None:
    """Throw a copy away with everything in it. Raises NotFound."""
    shutil.rmtree(find_copy(settings, name).home)


def database_url(home: Path) -> str:
    """Return where the database of a copy is."""
    return f"sqlite:///{home / 'tenon.db'}"


def settings_over(copy: Scratch) -> dict[str, str]:
    """Return the settings of a copy over those of the workspace; no mail leaves it."""
    return {"TENON_HOME": str(copy.home), "TENON_DATABASE_URL": database_url(copy.home), "TENON_SMTP_URL": "", "TENON_BASE_URL": ""}


def take_copy(platform: Platform, name: str, *, ctx: Context) -> list[Taken]:
    """Merge what was changed in a copy, published or drafted, into the draft here. Raises NotFound, Invalid, Forbidden."""
    copy = find_copy(platform.settings, name)
    before, after = _documents_of(copy)
    pairs = document_changes(before.values(), after.values())
    pairs.sort(key=lambda pair: FIRST.index(_either(pair).kind) if _either(pair).kind in FIRST else len(FIRST))
    with platform.write() as uow:
        here = {d.id: d for d in draft.overlay(uow.model, draft.load_edits(uow.connection).values())}
        merged = {_either(pair).id: _merge(*pair, here.get(_either(pair).id)) for pair in pairs}
        shape = outline([*({k: d for k, d in here.items() if k not in merged}.values()), *(d for d, _ in merged.values() if d is not None)], uow.model.release + 1)
        taken = []
        for pair in pairs:
            document, clashes = merged[_either(pair).id]
            there = here.get(_either(pair).id)
            if document is not None and (there is None or there.json != document.json):
                draft.put(uow.connection, ctx, uow.model, document.kind, there.id if there is not None else document.name, draft.arrange(document, shape), now=uow.now)
                taken.append(Taken(document.kind, document.name, "added" if there is None else "changed", clashes))
            elif document is None and there is not None:
                draft.delete(uow.connection, ctx, uow.model, there.kind, there.id, now=uow.now)
                taken.append(Taken(there.kind, there.name, "removed", clashes))
        return taken


def _documents_of(copy: Scratch) -> tuple[Mapping[str, Document], Mapping[str, Document]]:
    """Return the documents of a copy as it was made and as they are by now, its draft included."""
    database = Database(database_url(copy.home))
    try:
        with database.read() as connection:
            current = load(connection)
            _, drafted = settle(current, draft.overlay(current, draft.load_edits(connection).values()))
            return load(connection, copy.release).documents, drafted.documents
    finally:
        database.dispose()


def _merge(before: Document | None, after: Document | None, here: Document | None) -> tuple[Document | None, tuple[str, ...]]:
    base, mine, theirs = (d.json if d is not None else None for d in (before, here, after))
    merged = merge_three(base, mine, theirs, {}, "theirs")
    places = tuple(say_place(step.place, theirs, mine, base).show("en") or "all" for step in merged.conflicts)
    return (reread(merged.json) if merged.json is not None else None), places


def _either(pair: tuple[Document | None, Document | None]) -> Document:
    document = pair[1] or pair[0]
    assert document is not None
    return document


def _read(home: Path) -> Scratch:
    facts: dict[str, Any] = orjson.loads((home / FACTS).read_bytes())
    return Scratch(facts["name"], home, facts["release"], datetime.fromisoformat(facts["at"]))

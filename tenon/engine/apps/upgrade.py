"""Upgrading an app: what its package brought, what the workspace made of it and what the newer package brings, merged item by item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, delete as delete_rows

from tenon.engine.apps.bases import base_of, keep_base
from tenon.engine.apps.clashes import next_name
from tenon.engine.apps.install import check_requirements
from tenon.engine.apps.lineage import follow
from tenon.engine.apps.package import Package, version_of
from tenon.engine.context import Context
from tenon.engine.releases.check import Checked, check_documents
from tenon.engine.releases.draft import require_builder, store_all
from tenon.engine.releases.publish import AfterPublish, Order, Publisher, Release, carry_out
from tenon.engine.releases.tables import drafts
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.changes import document_changes
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Conflict, Invalid, Problem
from tenon.metamodel.labels import Text, say
from tenon.metamodel.merging import Merged, Side, Step, merge_three
from tenon.metamodel.model import Model
from tenon.metamodel.naming import to_shown
from tenon.metamodel.parse import read_document, reread
from tenon.metamodel.snapshot import outline

Json = dict[str, Any]
EVERY = "*"
"""The key of a decision for all conflicts that no other one names."""
THEIRS = ("version", "requires", "sample", "sample_days", "format")
"""What an app says of its package: that of the newer one, whatever became of it here."""


@dataclass(frozen=True)
class Clash:
    """One conflict: a place of a document that both sides changed, and which side is taken."""

    id: str
    document: Document
    step: Step
    decision: Side


@dataclass(frozen=True)
class Upgrade:
    """What an upgrade would make of an app: every document that is to be there, the new base, and how each was merged."""

    package: Package
    before: str
    documents: tuple[Document, ...]
    base: tuple[Document, ...]
    merged: tuple[tuple[Document, Merged], ...]
    clashes: tuple[Clash, ...]
    renamed: tuple[tuple[Document, str], ...] = ()

    def changed(self, model: Model) -> list[tuple[Document | None, Document | None]]:
        """Return the documents that it changes, as pairs of before and after."""
        return document_changes(model.documents.values(), self.documents)


def plan_upgrade(connection: Connection, model: Model, package: Package, decisions: Mapping[str, Side] | None = None) -> Upgrade:
    """Return the merge of a newer package into what is there; decisions are by the ids of conflicts, ``*`` for all others.

    Raises NotFound, Conflict when it is not newer or needs other apps, Invalid for decisions about nothing.
    """
    app = model.get("app", package.name)
    _check_newer(app, package)
    check_requirements({d.name: d for d in model.all("app")}, package)
    base = base_of(connection, model, app)
    theirs, renamed = _theirs(connection, model, app, base, package)
    given = dict(decisions or {})
    usual: Side = given.get(EVERY, "yours")
    yours = {i: model.documents[i] for i in base if i in model.documents} | {d.id: d for d in model.documents.values() if d.app == app.name}
    merged, clashes, documents = [], [], {d.id: d for d in model.documents.values()}
    for key in dict.fromkeys([app.id, *base, *theirs, *yours]):
        one = _merge(key, base.get(key), yours.get(key), theirs.get(key), given, usual)
        document = yours.get(key) or theirs.get(key) or base[key]
        merged.append((document, one))
        clashes += [Clash(f"{key}{s.place}", document, s, given.get(f"{key}{s.place}", usual)) for s in one.conflicts]
        documents.pop(key, None)
        if one.json is not None:
            documents[key] = _read(one.json, document)
    _check_decisions(given, clashes)
    found = _check_shapes(model, documents)
    return Upgrade(package, app.body.version, tuple(found), tuple(theirs.values()), tuple(merged), tuple(clashes), tuple(renamed))


def check_upgrade(connection: Connection, model: Model, wanted: Upgrade, **more: Any) -> Checked:
    """Return what publishing an upgrade would do; ``more`` as for `check_documents`."""
    return check_documents(connection, model, wanted.documents, **more)


def upgrade(
    publisher: Publisher, ctx: Context, package: Package, *, decisions: Mapping[str, Side] | None = None, accept: Iterable[str] = (),
    after: tuple[AfterPublish, ...] = (),
) -> Release:  # fmt: skip
    """Publish the merge of a newer package in one release. Raises as `plan_upgrade` and `publish`."""
    require_builder(ctx, "app")
    base: list[Document] = []

    def find(connection: Connection, model: Model) -> Iterable[Document]:
        wanted = plan_upgrade(connection, model, package, decisions)
        base[:] = wanted.base
        return wanted.documents

    def keep(uow: UnitOfWork, _ctx: Context, old: Model, release: Release) -> None:
        keep_base(uow.connection, package.app, base, uow.now)
        gone = [i for i in old.documents if i not in release.model.documents]
        uow.connection.execute(delete_rows(drafts).where(drafts.c.document_id.in_(gone)))

    note = f"upgrade {package.name} {package.app.body.version}"
    return carry_out(publisher, ctx, Order(find, note, frozenset(accept), app=package.name, after=(keep, *after)))


def _merge(key: str, base: Document | None, yours: Document | None, theirs: Document | None, given: Mapping[str, Side], usual: Side) -> Merged:
    mine = yours.json if yours is not None else None
    own = {place.removeprefix(key): side for place, side in given.items() if place.startswith(key)}
    if theirs is not None and yours is not None and theirs.kind == "app":
        mine = {**{k: v for k, v in yours.json.items() if k not in THEIRS}, **{k: v for k, v in theirs.json.items() if k in THEIRS}}
    return merge_three(base.json if base else None, mine, theirs.json if theirs else None, own, usual)


def _theirs(connection: Connection, model: Model, app: Document, base: Mapping[str, Document], package: Package) -> tuple[dict[str, Document], list[tuple[Document, str]]]:
    """Return the documents of the newer package as they would be stored, and those that come under another name as theirs is taken.

    Their names are read as the packages of all apps meant them, then as they are here.
    """
    others = {d.id: d for d in model.documents.values() if d.id not in base and d.app != app.name}
    for other in model.all("app"):
        if other.id != app.id:
            others |= {key: d for key, d in base_of(connection, model, other).items() if key in others}
    former = outline([*others.values(), *base.values()], model.release)
    shown = {key: to_shown(document, former) for key, document in base.items()}
    yours = {key: to_shown(model.documents[key], model) for key in base if key in model.documents}
    read = follow(package, shown, yours)
    wanted = {(d.kind, d.name) for d in read}
    clear = [d for d in others.values() if (d.kind, d.name) not in wanted]
    stored, _ = store_all(read, clear, former)
    foreign = {(d.kind, d.name) for d in model.documents.values() if d.id not in base and d.id not in {each.id for each in stored}}
    renamed, found = [], {}
    for document in stored:
        if (document.kind, document.name) in foreign:
            name = next_name(document.kind, document.name, foreign)
            if document.id not in model.documents:  # else it came so with an earlier version
                renamed.append((document, name))
            document = reread({**document.json, "name": name})
        found[document.id] = document
    return found, renamed


def _read(json: Json, document: Document) -> Document:
    try:
        return reread(json)
    except ValidationError as error:
        message = say("What both sides made of {name} does not fit together.", "双方对 {name} 的修改无法合并。", name=document.label)
        hint = say("Decide its conflicts for one side.", "请将其冲突统一选择一方。")
        raise Invalid(Problem(f"/{document.kind}/{document.name}", "conflict", message, hint)) from error


def _check_shapes(model: Model, documents: Mapping[str, Document]) -> list[Document]:
    """Raise Invalid for documents that no longer have the shape of their kind: a name that is there twice, say."""
    shape = outline(documents.values(), model.release + 1)
    problems = []
    for key, document in documents.items():
        if key in model.documents and model.documents[key].json == document.json:
            continue
        try:
            read_document(to_shown(document, shape))
        except Invalid as error:
            problems += [p.at(f"/{document.kind}/{document.name}") for p in error.problems]
    if problems:
        raise Invalid(problems)
    return list(documents.values())


def _check_newer(app: Document, package: Package) -> None:
    if package.version > version_of(app):
        return
    values: dict[str, Text | str] = {"app": app.label, "version": app.body.version, "other": package.app.body.version}
    message = say("{app} is installed in version {version}; the package has {other}.", "{app} 已安装 {version} 版，应用包为 {other} 版。", **values)
    raise Conflict(Problem("/version", "conflict", message, say("Take a newer package.", "请使用更新的应用包。")))


def _check_decisions(given: Mapping[str, Side], clashes: Iterable[Clash]) -> None:
    unknown = sorted(set(given) - {clash.id for clash in clashes} - {EVERY})
    if unknown:
        hint = say("A dry run lists the conflicts.", "试运行会列出全部冲突。")
        message = say("There is no such conflict.", "没有此冲突。")
        raise Invalid([Problem(f"/decisions/{each.replace('~', '~0').replace('/', '~1')[:200]}", "bad_choice", message, hint) for each in unknown[:20]])

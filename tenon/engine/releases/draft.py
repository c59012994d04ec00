"""The draft: changed documents over the published release, edited by many people, one revision of a document at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, and_, delete as delete_rows, insert, or_, select

from tenon.engine.context import Context
from tenon.engine.people import names_of
from tenon.engine.releases.store import current_number, load, lock_publishing
from tenon.engine.releases.tables import comments, documents, drafts
from tenon.metamodel.changes import document_difference
from tenon.metamodel.check_documents import check_document
from tenon.metamodel.copying import copied
from tenon.metamodel.document import Document, guarded
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, Problem, not_found
from tenon.metamodel.kinds import KINDS
from tenon.metamodel.labels import say
from tenon.metamodel.model import Model
from tenon.metamodel.naming import to_shown, to_stored
from tenon.metamodel.parse import identify, read_document, reread
from tenon.metamodel.snapshot import build, outline
from tenon.metamodel.walk import normalise

AT_ONCE = frozenset({"bad_expression", "type_mismatch", "over_limit", "bad_format", "bad_choice"})
"""Codes of problems that a PUT refuses; names that are not known yet may still come."""
Mark = tuple[tuple[str, str], ...]
KEPT = 4
"""Models of drafts that are kept at a time."""
_ASK = say("Ask an administrator.", "请联系管理员。")
MOST_READ = 2000
_READ: dict[tuple[str, str], Document] = {}
"""Documents of drafts as they were read, by id and revision."""


@dataclass(frozen=True)
class Edit:
    """One document of the draft; ``document`` is None when it is removed."""

    document_id: str
    kind: str
    name: str
    document: Document | None
    revision: str
    base_release: int
    by: str | None
    at: datetime


def revision_of(document: Document) -> str:
    """Return the revision of a document: the same for the same content."""
    return hashlib.sha256(orjson.dumps(document.json, option=orjson.OPT_SORT_KEYS)).hexdigest()[:20]


def load_edits(connection: Connection) -> dict[str, Edit]:
    """Return the draft by document id."""
    found = {}
    for row in connection.execute(select(drafts).order_by(drafts.c.kind, drafts.c.name)).mappings():
        document = _READ.get((row["document_id"], row["revision"]))
        if document is None and row["json"] is not None:
            document = _remember(reread(row["json"]), row["revision"])
        rest = [row[k] for k in ("revision", "base_release", "by", "at")]
        found[row["document_id"]] = Edit(row["document_id"], row["kind"], row["name"], document, *rest)
    return found


def overlay(model: Model, edits: Iterable[Edit]) -> list[Document]:
    """Return the documents of a release with the draft over them."""
    merged = dict(model.documents)
    for edit in edits:
        if edit.document is None:
            merged.pop(edit.document_id, None)
        else:
            merged[edit.document_id] = edit.document
    return list(merged.values())


def draft_outline(connection: Connection, model: Model) -> Model:
    """Return the model of the draft, perhaps without the types of formulas: enough to show names; kept until the draft changes."""
    return _outline_of(model, load_edits(connection))


def drafted(connection: Connection, model: Model) -> Model:
    """Return the whole model of the draft, kept until the draft changes."""
    edits = load_edits(connection)
    return _kept(model, "drafted", _mark_of(edits), lambda: build(overlay(model, edits.values()), model.release + 1, model))


def _outline_of(model: Model, edits: Mapping[str, Edit]) -> Model:
    mark = _mark_of(edits)
    whole: Model | None = model.cache.get("drafted", {}).get(mark)
    return whole or _kept(model, "draft_outline", mark, lambda: outline(overlay(model, edits.values()), model.release + 1))


def _mark_of(edits: Mapping[str, Edit]) -> Mark:
    """Return what a draft is told apart by: the revisions of its documents, which are those of their contents."""
    return tuple(sorted((e.document_id, e.revision) for e in edits.values()))


def _kept(model: Model, what: str, mark: Mark, make: Callable[[], Model]) -> Model:
    kept: dict[Mark, Model] = model.cache.setdefault(what, {})
    if mark not in kept:
        if len(kept) >= KEPT:
            kept.clear()
        kept[mark] = make()
    return kept[mark]


def _remember(document: Document, revision: str) -> Document:
    """Keep a document of a draft as it was read; a revision is always the same content."""
    if len(_READ) >= MOST_READ:
        _READ.clear()
    _READ[document.id, revision] = document
    return document


def get(connection: Connection, model: Model, kind: str, name: str) -> tuple[dict[str, Any], str]:
    """Return a document of the draft, else the published one, with names and ids, and its revision; raises NotFound."""
    document, shape = find(connection, model, kind, name)
    return arrange(document, shape), revision_of(document)


def find(connection: Connection, model: Model, kind: str, name: str) -> tuple[Document, Model]:
    """Return a document of the draft, else the published one, as it is stored, and the outline of the draft; raises NotFound."""
    shape = draft_outline(connection, model)
    return shape.get(kind, name), shape


def show(connection: Connection, model: Model, document: Document) -> dict[str, Any]:
    """Return a stored document with the names it would have if it stood in the draft."""
    merged = {d.id: d for d in overlay(model, load_edits(connection).values())} | {document.id: document}
    return arrange(document, outline(merged.values(), model.release + 1))


def list_documents(connection: Connection, model: Model, kind: str | None = None) -> list[dict[str, Any]]:
    """Return every document of the draft: kind, name, id, app, label and state (published, added, changed, removed)."""
    edits = load_edits(connection)
    removed = [model.documents[i] for i, e in edits.items() if e.document is None and i in model.documents]
    listed = []
    for document in [*overlay(model, edits.values()), *removed]:
        if kind in (None, document.kind):
            state = _state(edits.get(document.id), is_published=document.id in model.documents)
            shown = {"kind": document.kind, "name": document.name, "id": document.id, "app": document.app}
            listed.append({**shown, "label": document.label.to_json(), "state": state})
    return sorted(listed, key=lambda entry: (entry["kind"], entry["name"]))


def _state(edit: Edit | None, *, is_published: bool) -> str:
    if edit is None:
        return "published"
    if edit.document is None:
        return "removed"
    return "changed" if is_published else "added"


def put(connection: Connection, ctx: Context, model: Model, kind: str, name: str, raw: Any, *, now: datetime,
        if_match: str | None = None) -> tuple[dict[str, Any], str]:  # fmt: skip
    """Save a document in the draft and return it with its revision.

    Raises Invalid when its shape, expressions or types are wrong; Conflict when ``if_match`` is no longer its revision.
    """
    require_builder(ctx, kind)
    document = read_document(raw)
    model = _hold(connection, model)
    edits = load_edits(connection)
    before = _find_before(model, edits, kind, name, document)
    shape = _outline_of(model, edits)
    if if_match is not None and (before is None or if_match != revision_of(before)):
        raise _changed_by_other(connection, edits, before, document, shape)
    identified = _as_it_was(identify(document, _shown(before, shape)), overlay(model, edits.values()), shape)
    stored, whole = store_all([identified], overlay(model, edits.values()), model)
    require_change(ctx, before, stored[0])
    problems = _problems_now(stored[0], whole, model)
    if problems:
        raise Invalid(problems)
    _save(connection, ctx, model, stored[0], now)
    revision = revision_of(stored[0])
    _keep_whole(model, edits, _remember(stored[0], revision), revision, whole)
    return arrange(stored[0], whole), revision


def _keep_whole(model: Model, edits: Mapping[str, Edit], saved: Document, revision: str, whole: Model) -> None:
    """Keep the model that a document was saved into: it is that of the draft from now on."""
    published = model.documents.get(saved.id)
    marks = {e.document_id: e.revision for e in edits.values() if e.document_id != saved.id}
    marks |= {saved.id: revision} if published is None or published.json != saved.json else {}
    _kept(model, "drafted", tuple(sorted(marks.items())), lambda: whole)


def arrange(document: Document, model: Model) -> dict[str, Any]:
    """Return a document by names, its keys in the order of its kind: a database may keep them in another."""
    kept: dict[str, tuple[Document, dict[str, Any]]] = model.cache.setdefault("arranged", {})
    before = kept.get(document.id)
    if before is None or before[0] is not document:
        kept[document.id] = before = document, normalise(to_shown(document, model), document.body)
    shown: dict[str, Any] = copied(before[1])
    return shown


def store_all(changed: list[Document], base: Iterable[Document], former: Model) -> tuple[list[Document], Model]:
    """Return changed documents with ids for names, and the whole model; names are read by the draft first, then as they were."""
    merged = {d.id: d for d in base} | {d.id: d for d in changed}
    shape = outline(merged.values(), former.release + 1)
    stored = [to_stored(d, shape, former) for d in changed]
    merged |= {d.id: d for d in stored}
    return stored, build(merged.values(), former.release + 1, former)


def _as_it_was(document: Document, base: Iterable[Document], before: Model) -> Document:
    """Return a document whose names are those of the draft, or what they were in it until now: renaming in the draft breaks nothing."""
    merged = {d.id: d for d in base} | {document.id: document}
    return to_stored(document, outline(merged.values(), before.release), before)


def delete(connection: Connection, ctx: Context, model: Model, kind: str, name: str, *, now: datetime, if_match: str | None = None) -> None:
    """Remove a document in the draft; raises NotFound, or Conflict when ``if_match`` is no longer its revision."""
    require_builder(ctx, kind)
    model = _hold(connection, model)
    edits = load_edits(connection)
    shape = _outline_of(model, edits)
    document = shape.get(kind, name)
    if if_match is not None and if_match != revision_of(document):
        raise _changed_by_other(connection, edits, document, None, shape)
    connection.execute(delete_rows(drafts).where(drafts.c.document_id == document.id))
    if document.id in model.documents:
        _insert(connection, ctx, document, None, "removed", now)


def discard(connection: Connection, ctx: Context, model: Model, kind: str | None = None, name: str | None = None) -> int:
    """Throw the draft away, or what it says about one document; return how many documents were in it."""
    lock_publishing(connection)
    edits = load_edits(connection)
    chosen = [e for e in edits.values() if kind is None or (e.kind == kind and name in (e.name, e.document_id))]
    if kind is not None and not chosen:
        raise not_found()
    for edit in chosen:
        require_builder(ctx, edit.kind)
    ids = [e.document_id for e in chosen]
    for table in (drafts, comments):
        connection.execute(delete_rows(table).where(table.c.document_id.in_(ids)))
    return len(chosen)


def may_build(ctx: Context, kind: str) -> bool:
    """True for builders; for kinds that are theirs, such as roles, only administrators."""
    user = ctx.user
    return ctx.is_admin or (user is not None and user.may_build and getattr(KINDS.get(kind), "ADMIN_ONLY", ()) is not None)


def require_builder(ctx: Context, kind: str) -> None:
    """Refuse people who do not build, and builders who are no administrators for roles."""
    if may_build(ctx, kind):
        return
    if ctx.user is not None and ctx.user.may_build:
        raise _for_admins()
    raise Forbidden(Problem("", "forbidden", say("Only builders change apps.", "只有搭建者可以修改应用。"), _ASK))


def _for_admins() -> Forbidden:
    return Forbidden(Problem("", "forbidden", say("Only administrators change roles.", "只有管理员可以修改角色。"), _ASK))


def require_change(ctx: Context, before: Document | None, after: Document | None) -> None:
    """Refuse builders who are no administrators what only these change: roles, and as whom a rule or workflow acts."""
    path = guarded(before, after)
    if path is None or ctx.is_admin:
        return
    if path == "":
        raise _for_admins()
    message = say("Only administrators change as whom something acts.", "只有管理员可以修改执行身份。")
    hint = say("Leave it as it is, or ask an administrator.", "请保持原样，或联系管理员。")
    raise Forbidden(Problem(path, "forbidden", message, hint))


def overtaken(connection: Connection, model: Model, edits: Iterable[Edit]) -> list[tuple[Document, Problem]]:
    """Return the documents of the draft that a release has changed since they were edited: publishing would undo that change."""
    listed = list(edits)
    since = min((e.base_release for e in listed), default=0)
    changed: dict[str, int] = {}
    later = documents.c.from_release > since, documents.c.document_id.in_([e.document_id for e in listed])
    for row in connection.execute(select(documents.c.document_id, documents.c.from_release, documents.c.to_release).where(
        or_(and_(*later), and_(documents.c.to_release > since, later[1]))
    )):  # fmt: skip
        changed[row.document_id] = max(changed.get(row.document_id, 0), row.from_release, row.to_release or 0)
    found = []
    for edit in listed:
        document = edit.document or model.documents.get(edit.document_id)
        if document is not None and changed.get(edit.document_id, 0) > edit.base_release:
            message = say(
                "Release {n} has changed this since it was edited.", "发布 {n} 在编辑之后修改了此内容。", n=changed[edit.document_id]
            )
            hint = say("Compare, then save it again, or discard it.", "请比较后重新保存，或放弃草稿。")
            found.append((document, Problem("", "conflict", message, hint)))
    return found


def _hold(connection: Connection, model: Model) -> Model:
    """Let no other editor or publisher in until the end of the transaction, and return the release as it is by now."""
    lock_publishing(connection)
    return model if current_number(connection) == model.release else load(connection)


def _find_before(model: Model, edits: dict[str, Edit], kind: str, name: str, document: Document) -> Document | None:
    """Return the document that is being saved over; the address and the body have to agree about it."""
    merged = overlay(model, edits.values())
    here = next((d for d in merged if d.kind == kind and name in (d.name, d.id)), None)
    given = document.json.get("id")
    before = next((d for d in merged if d.id == given), None) if given else here
    if document.kind != kind or (before is not None and before.kind != kind):
        message = say("The kind in the address is {kind}.", "地址中的种类是 {kind}。", kind=kind)
        raise Invalid(Problem("/kind", "bad_choice", message, say("Write the same in both places.", "请保持两处一致。")))
    if given and here is not None and here.id != given:
        message = say("{name} has another id.", "{name} 的 id 与此不同。", name=here.name)
        raise Invalid(
            Problem(
                "/id",
                "not_unique",
                message,
                say("Leave the id out, or send the one that GET answers.", "请去掉 id，或使用 GET 返回的 id。"),
            )
        )
    if document.name != name and not (given and here is not None) and not (here is not None and here.id == name):
        message = say("The name in the address is {name}.", "地址中的名称是 {name}。", name=name)
        raise Invalid(
            Problem(
                "/name", "bad_choice", message, say("To rename it, send its id with the new name.", "如需改名，请连同 id 一起提交新名称。")
            )
        )
    if any(d.kind == kind and d.name == document.name and (before is None or d.id != before.id) for d in merged):
        message = say("The name {name} is taken.", "名称 {name} 已被使用。", name=document.name)
        raise Invalid(Problem("/name", "not_unique", message, say("Choose another name.", "请换一个名称。")))
    return before


def _shown(document: Document | None, shape: Model) -> Document | None:
    return None if document is None else replace(document, json=arrange(document, shape))


def _problems_now(document: Document, model: Model, former: Model) -> list[Problem]:
    own = [p for document_id, p in model.problems if document_id == document.id]
    return [p for p in [*own, *problems_of(document, model, former)] if p.code in AT_ONCE]


def problems_of(document: Document, model: Model, former: Model) -> list[Problem]:
    """Return what is wrong with a document of the draft's whole model; found once for each."""
    kept: dict[str, tuple[Document, list[Problem]]] = model.cache.setdefault("problems", {})
    before = kept.get(document.id)
    if before is None or before[0] is not document:
        kept[document.id] = before = document, list(check_document(document, model, former))
    return before[1]


def _save(connection: Connection, ctx: Context, model: Model, document: Document, now: datetime) -> None:
    connection.execute(delete_rows(drafts).where(drafts.c.document_id == document.id))
    published = model.documents.get(document.id)
    if published is None or published.json != document.json:
        _insert(connection, ctx, document, document.json, revision_of(document), now)


def _insert(connection: Connection, ctx: Context, document: Document, json: Any, revision: str, now: datetime) -> None:
    connection.execute(insert(drafts).values(
        document_id=document.id, kind=document.kind, name=document.name, json=json, revision=revision,
        base_release=current_number(connection), by=ctx.user_id, at=now,
    ))  # fmt: skip


def _changed_by_other(
    connection: Connection, edits: dict[str, Edit], before: Document | None, mine: Document | None, shape: Model
) -> Conflict:
    """Return the refusal of a save over somebody else's change: who it was, when, and what would differ."""
    edit = edits.get(before.id) if before else None
    author = names_of(connection, [edit.by]).get(edit.by, "") if edit and edit.by else ""
    message = say("{who} changed this in the meantime.", "{who}已修改此内容。", who=author or say("Somebody", "有人"))
    hint = say("Look at the difference, take over what you need, and save again.", "请查看差异，合并后再次保存。")
    theirs = to_shown(before, shape) if before else None
    extra = {
        "author": author or None, "at": edit.at.isoformat().replace("+00:00", "Z") if edit else None,
        "revision": revision_of(before) if before else None, "difference": document_difference(theirs, mine.json if mine else None),
    }  # fmt: skip
    return Conflict(Problem("", "conflict", message, hint), extra=extra)

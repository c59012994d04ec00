"""The draft and the releases in words: what would change, what did, what differs, and going back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from tenon.engine.context import Context
from tenon.engine.people import names_of
from tenon.engine.releases import check_draft, load, publish as publish_draft, restore as restore_release
from tenon.engine.releases.check import check_documents, settle
from tenon.engine.releases.comments import add_comment, delete_comment, list_comments
from tenon.engine.releases.draft import discard as discard_draft, load_edits, overlay, require_builder
from tenon.engine.releases.store import list_releases, load_documents
from tenon.engine.schema import Plan
from tenon.metamodel.changes import document_changes, document_difference
from tenon.metamodel.document import Document
from tenon.metamodel.errors import not_found
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Model
from tenon.metamodel.telling import to_told
from tenon.metamodel.wording import Line, say_difference
from tenon.platform.workspace import Platform
from tenon.ui.admin_shapes import Comparison, Difference, DocumentChange, DraftChange, PlanStep, ReleaseRow, ReleasesPage, Remark
from tenon.ui.backend.base import View

SIZE = 20
MOST_ITEMS = 60
SORTS = {"scenario": "scenario", "give_right": "right"}
MOST_NUMBERS = 200
INSTALLED = re.compile(r"(?P<how>install|upgrade) (?P<app>[a-z][a-z0-9_]*) (?P<version>\S+)")
SYSTEM = Text("The system", "系统")


def releases_page(view: View, before: int | None) -> ReleasesPage:
    """Return the draft with what publishing it would do, and the releases newest first. Raises Forbidden."""
    require_builder(view.ctx, "app")
    connection, model = view.uow.connection, view.model
    draft = _draft(view, model) if before is None else ()
    problems: tuple[str, ...] = ()
    plan = Plan(())
    if draft:
        checked = check_draft(connection, model, now=view.uow.now, zone=view.uow.timezone, stories=view.platform.publisher.stories)
        problems = tuple(f"{f.document.label.show(view.language)}: {f.problem.message.show(view.language)}" for f in (*checked.errors, *checked.references))
        plan = checked.plan
    rows = list_releases(connection, before=before, limit=SIZE + 1)
    shown = tuple(_release(view, row) for row in rows[:SIZE])
    return ReleasesPage(model.release, draft, problems, shown_steps(view, plan), shown, shown[-1].number if len(rows) > SIZE else None)


def compare(view: View, number: int, other: int) -> Comparison:
    """Return what differs between two releases, from ``other`` to ``number``, and what going back to ``number`` would do. Raises NotFound."""
    require_builder(view.ctx, "app")
    connection, current = view.uow.connection, view.model.release
    if not 1 <= number <= current or not 0 <= other <= current:
        raise not_found()
    old, new = load(connection, other), load(connection, number)
    changes = tuple(shown_document(view, before, after, old, new) for before, after in document_changes(old.documents.values(), new.documents.values()))
    plan = Plan(())
    problems: tuple[str, ...] = ()
    if number != current:
        checked = check_documents(connection, view.model, load_documents(connection, number), now=view.uow.now, zone=view.uow.timezone, stories=view.platform.publisher.stories, is_restore=True)
        plan = checked.plan
        problems = tuple(f"{f.document.label.show(view.language)}: {f.problem.message.show(view.language)}" for f in checked.errors)
    numbers = tuple(range(current, max(0, current - MOST_NUMBERS) - 1, -1))
    return Comparison(number, other, numbers, changes, shown_steps(view, plan), problems)


def publish(platform: Platform, ctx: Context, note: str | None, accept: Sequence[str]) -> int:
    """Publish the draft and return the number of the release. Raises Invalid, Conflict."""
    release = publish_draft(platform.publisher, ctx, note=note, accept=accept)
    platform.principals.forget()
    platform.wake()
    return release.number


def restore(platform: Platform, ctx: Context, number: int, accept: Sequence[str]) -> int:
    """Publish the content of an earlier release as a new one and return its number. Raises NotFound, Conflict."""
    release = restore_release(platform.publisher, ctx, number, accept=accept)
    platform.principals.forget()
    platform.wake()
    return release.number


def discard(view: View, kind: str | None, name: str | None) -> int:
    """Throw the draft away, or what it says about one document; return how many documents were in it. Raises Forbidden."""
    require_builder(view.ctx, "app")
    return discard_draft(view.uow.connection, view.ctx, view.model, kind or None, name or None)


def comment(view: View, document_id: str, text: str) -> None:
    """Say something about a document of the draft. Raises Forbidden, NotFound, Invalid."""
    add_comment(view.uow.connection, view.ctx, document_id, text, id=view.uow.new_id(), now=view.uow.now)


def take_back(view: View, comment_id: str) -> None:
    """Take back what one said about a document of the draft. Raises Forbidden, NotFound."""
    delete_comment(view.uow.connection, view.ctx, comment_id)


def _draft(view: View, model: Model) -> tuple[DraftChange, ...]:
    """Return what the draft changes, document by document, with who did it and what was said about it."""
    connection = view.uow.connection
    edits, said = load_edits(connection), list_comments(connection)
    _, drafted = settle(model, overlay(model, edits.values()))
    people = names_of(connection, [edit.by for edit in edits.values() if edit.by])
    found = []
    for before, after in document_changes(model.documents.values(), drafted.documents.values()):
        document = after or before
        assert document is not None
        edit = edits.get(document.id)
        who = people.get(edit.by or "", "") or SYSTEM.show(view.language) if edit is not None else ""
        own = view.ctx.user_id
        remarks = tuple(
            Remark(c.id, c.author or SYSTEM.show(view.language), c.at, c.text, c.by == own) for c in said if c.document.document_id == document.id
        )
        found.append(DraftChange(document.id, shown_document(view, before, after, model, drafted), who, edit.at if edit is not None else None, remarks))
    return tuple(found)


def _release(view: View, row: Mapping[str, Any]) -> ReleaseRow:
    who = row["by"]["title"] if row["by"] else SYSTEM.show(view.language)
    changes = tuple(DocumentChange(c["kind"], c["name"], c["name"], c["change"]) for c in row["changes"] or ())
    return ReleaseRow(row["number"], datetime.fromisoformat(row["at"]), who, _note(view, row["note"]), row["restored_from"], changes)


def _note(view: View, note: str | None) -> str | None:
    """Return the note of a release; the one an installation leaves in words, with the name that people know the app by."""
    found = INSTALLED.fullmatch(note or "")
    if found is None:
        return note
    app = view.model.find("app", found["app"])
    name = app.label if app is not None else found["app"]
    en, zh = ("Install {app} {version}", "安装{app} {version}") if found["how"] == "install" else ("Upgrade {app} to {version}", "将{app}升级到 {version}")
    return say(en, zh, app=name, version=found["version"]).show(view.language)


def shown_document(view: View, before: Document | None, after: Document | None, old: Model, new: Model) -> DocumentChange:
    """Return what becomes of a document in words, line by line."""
    document = after or before
    assert document is not None
    change = "added" if before is None else "removed" if after is None else "changed"
    lines: Iterable[Line] = ()
    if before and after:
        was, is_ = to_told(before, old), to_told(after, new)
        lines = (say_difference(item, was, is_) for item in document_difference(was, is_))
    return DocumentChange(document.kind, document.name, document.label.show(view.language), change, shown_lines(lines, view.language))


def shown_lines(lines: Iterable[Line], language: str) -> tuple[Difference, ...]:
    """Return differences as they are listed: where, and what stands there before and after."""
    return tuple(
        Difference(line.where.show(language), line.before.show(language) if line.before else None, line.after.show(language) if line.after else None)
        for line in islice(lines, MOST_ITEMS)
    )


def shown_steps(view: View, plan: Plan) -> tuple[PlanStep, ...]:
    """Return the steps of a plan that people see."""
    return tuple(
        PlanStep(s.id, s.title.show(view.language), s.safety, s.rows, s.lost, tuple((id, title.show(view.language)) for id, title in s.ways), SORTS.get(s.kind, "data"))
        for s in plan.steps if not s.hidden
    )  # fmt: skip

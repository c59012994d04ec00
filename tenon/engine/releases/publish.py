"""Publishing: documents, tables, data steps and the number of the release change together in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Literal, Protocol, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete as delete_rows

from tenon.engine.context import Context
from tenon.engine.outside import Outside
from tenon.engine.releases.check import Checked, Stories, check_documents
from tenon.engine.releases.comments import end_comments
from tenon.engine.releases.draft import load_edits, overlay, overtaken, require_builder, require_change
from tenon.engine.releases.steps import end_steps
from tenon.engine.releases.store import load, load_documents, lock_publishing, write_documents, write_release
from tenon.engine.releases.tables import drafts
from tenon.engine.schema import Plan, apply
from tenon.engine.schema.trash import KEEP
from tenon.engine.tables import Tables
from tenon.engine.unit_of_work import Listeners, UnitOfWork
from tenon.engine.workflows.publishing import KEEP_USED, with_kept
from tenon.metamodel.changes import document_changes
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Conflict, Invalid, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Model
from tenon.metamodel.naming import to_shown
from tenon.metamodel.parse import identify, read_document

T = TypeVar("T")


class Database(Protocol):
    """What publishing needs of a database: transactions for reading and for changes of tables."""

    def retry_ddl(self, work: Callable[[Connection], T]) -> T:
        """Run work in a schema transaction, again when others hold a table too long."""

    def read(self) -> AbstractContextManager[Connection]:
        """Open a read transaction."""


@dataclass(frozen=True)
class Release:
    """A release that was just published; ``plan`` says what was done to the tables, ``accepted`` what of it was chosen, ``summary`` which documents changed."""

    number: int
    model: Model
    plan: Plan
    summary: tuple[dict[str, Any], ...]
    note: str | None = None
    restored_from: int | None = None
    app: str | None = None
    accepted: frozenset[str] = frozenset()


AfterPublish = Callable[[UnitOfWork, Context, Model, Release], None]
"""Called in the same transaction with the model before: fills new formulas, scores, sort keys; writes the audit."""


@dataclass(frozen=True)
class Publisher:
    """Everything a publish needs beside the documents; built once at start.

    ``after_publish`` are called in order inside the transaction; ``UnitOfWork.after_commit`` functions they leave run after it.
    """

    database: Database
    outside: Outside
    timezone: ZoneInfo
    listeners: Listeners = field(default_factory=Listeners)
    after_publish: tuple[AfterPublish, ...] = ()
    stories: Stories | None = None
    find_model: Callable[[Connection], Model] = load
    """Gives the model of the release in force."""


@dataclass(frozen=True)
class Order:
    """What to publish: how to find the documents given the model before, and what goes with it."""

    find_documents: Callable[[Connection, Model], Iterable[Document]]
    note: str | None = None
    accept: frozenset[str] = frozenset()
    accepts_all: bool = False
    knows_accepted: bool = False
    """What is accepted has to be a step of the plan."""
    restored_from: int | None = None
    app: str | None = None
    keep: timedelta | None = KEEP
    ends_draft: Literal["all", "none", "equal"] = "equal"
    after: tuple[AfterPublish, ...] = ()


def publish(publisher: Publisher, ctx: Context, *, note: str | None = None, accept: Iterable[str] = ()) -> Release:
    """Publish the draft and return the release.

    Raises Invalid for errors; Conflict with the code would_break, blocked or needs_acceptance and the plan in ``extra``.
    """
    require_builder(ctx, "app")

    def find(connection: Connection, model: Model) -> list[Document]:
        edits = load_edits(connection)
        if not edits:
            raise Conflict(
                Problem(
                    "",
                    "conflict",
                    say("There is nothing to publish.", "没有可发布的内容。"),
                    say("Change something first.", "请先修改内容。"),
                )
            )
        late = overtaken(connection, model, edits.values())
        if late:
            raise Conflict([p.at(f"/{d.kind}/{d.name}") for d, p in late])
        return overlay(model, edits.values())

    return carry_out(publisher, ctx, Order(find, note, frozenset(accept), ends_draft="all", knows_accepted=True))


def restore(publisher: Publisher, ctx: Context, number: int, *, note: str | None = None, accept: Iterable[str] = ()) -> Release:
    """Publish the content of release ``number`` as a new release; dropped data comes back out of the trash. Raises NotFound."""
    require_builder(ctx, "app")

    def find(connection: Connection, model: Model) -> list[Document]:
        if number < 1 or number > model.release:
            raise not_found()
        return load_documents(connection, number)

    return carry_out(publisher, ctx, Order(find, note, frozenset(accept), restored_from=number, ends_draft="none", knows_accepted=True))


def publish_documents(
    publisher: Publisher, ctx: Context, raw: Sequence[Any], *, note: str | None = None, accept: Iterable[str] = (), app: str | None = None
) -> Release:
    """Publish documents given as raw JSON over the published release; documents not among them stay. See `publish` for errors."""
    require_builder(ctx, "app")
    read = read_all(raw, app)  # before the transaction: nobody waits for the reading
    order = Order(lambda _, model: merge(model, read), note, frozenset(accept), app=app)
    return carry_out(publisher, ctx, order)


def read_all(raw: Sequence[Any], app: str | None = None) -> list[Document]:
    """Return documents read from raw JSON; raises Invalid with the problems of all, ``/kind/name`` (or the position) before each path."""
    read, problems, seen = [], [], set()
    for index, each in enumerate(raw):
        named = isinstance(each, dict) and isinstance(each.get("kind"), str) and isinstance(each.get("name"), str)
        place = f"/{each['kind']}/{each['name']}" if named else f"/{index}"
        try:
            document = read_document({**each, "app": each.get("app", app)} if isinstance(each, dict) and app else each)
        except Invalid as error:
            problems += [p.at(place) for p in error.problems]
            continue
        if (document.kind, document.name) in seen:
            problems.append(
                Problem(
                    place, "not_unique", say("This document is there twice.", "该文档出现了两次。"), say("Remove one.", "请删除其中一个。")
                )
            )
        seen.add((document.kind, document.name))
        read.append(document)
    if problems:
        raise Invalid(problems)
    return read


def merge(model: Model, read: Iterable[Document]) -> list[Document]:
    """Return the documents of a release with others over them: the same by id, else by kind and name."""
    merged = dict(model.documents)
    for document in read:
        given = document.json.get("id")
        base = merged.get(given) if given else None
        base = base or (None if given else model.by_name.get((document.kind, document.name)))
        shown = replace(base, json=to_shown(base, model)) if base is not None and base.id in model.documents else base
        identified = identify(document, shown)
        merged[identified.id] = identified
    return list(merged.values())


def carry_out(publisher: Publisher, ctx: Context, order: Order) -> Release:
    """Publish in one transaction, and call what waits for the commit afterwards."""
    waiting: list[Callable[[], None]] = []

    def work(connection: Connection) -> Release:
        waiting.clear()
        uow, release = _publish(publisher, ctx, order, connection)
        waiting.extend(uow.after_commit)
        return release

    release = publisher.database.retry_ddl(work)
    for each in waiting:
        each()
    return release


def _publish(publisher: Publisher, ctx: Context, order: Order, connection: Connection) -> tuple[UnitOfWork, Release]:
    lock_publishing(connection)
    old = publisher.find_model(connection)
    now = publisher.outside.clock.now()
    documents = with_kept(connection, old, order.find_documents(connection, old), order.accept)
    _check_changes(ctx, old, documents, is_own_draft=order.ends_draft == "all")
    checked = check_documents(connection, old, documents, now=now, zone=publisher.timezone, keep=order.keep, stories=publisher.stories, is_restore=order.restored_from is not None)
    accepted = frozenset(s.id for s in checked.plan.steps) if order.accepts_all else order.accept
    refuse(checked, accepted, connection, ctx.language)
    if order.knows_accepted and not any(id.startswith(KEEP_USED) for id in order.accept):  # what is kept is no step any more
        _refuse_unknown(checked, order.accept)
    apply(connection, checked.plan)
    number = old.release + 1
    summary = write_documents(connection, number, old.documents.values(), checked.model.documents.values())
    write_release(connection, number, now, ctx.user_id, note=order.note, restored_from=order.restored_from, summary=summary)
    _end_drafts(connection, order, checked.model)
    release = Release(number, checked.model, checked.plan, tuple(summary), order.note, order.restored_from, order.app, accepted)
    tables = Tables(checked.model, connection.dialect.name)
    uow = UnitOfWork(
        connection,
        checked.model,
        tables,
        publisher.outside,
        publisher.timezone,
        now,
        publisher.outside.clock.real_now(),
        publisher.listeners,
    )
    for hook in (*publisher.after_publish, *order.after):
        hook(uow, ctx, old, release)
    return uow, release


def refuse(checked: Checked, accept: frozenset[str], connection: Connection, language: str) -> None:
    """Raise what stands in the way of a publish: errors, broken references, blocked steps, losses nobody accepted."""
    if checked.errors:
        raise Invalid([e.located() for e in checked.errors])
    extra = checked.to_json(connection.dialect, language)
    if checked.references:
        raise Conflict([r.located() for r in checked.references], extra={"references": extra["references"]})
    for found, code, hint in (
        (checked.plan.blocked, "blocked", say("Change these records first.", "请先修改这些记录。")),
        (
            checked.plan.unaccepted(accept),
            "needs_acceptance",
            say("Send the id of the step in accept to go on.", "如需继续，请在 accept 中提交该步骤的 id。"),
        ),
    ):
        if found:
            problems = [Problem(f"/plan/{step.id}", code, step.title, hint) for step in found]
            raise Conflict(problems, extra={"plan": extra["plan"]})


def _refuse_unknown(checked: Checked, accept: frozenset[str]) -> None:
    """Raise Invalid for accepted steps that the plan does not have: it changed, or the id is a slip."""
    unknown = sorted(accept - checked.plan.ids())
    if unknown:
        losing = ", ".join(step.id for step in checked.plan.steps if step.safety == "lossy") or "-"
        hint = say("Steps to accept: {ids}.", "需要确认的步骤：{ids}。", ids=losing[:1_000])
        raise Invalid([Problem("/accept", "bad_choice", say("The plan has no step {id}.", "计划中没有步骤 {id}。", id=each[:200]), hint) for each in unknown[:20]])


def _check_changes(ctx: Context, old: Model, documents: Iterable[Document], *, is_own_draft: bool) -> None:
    """What only administrators change is changed by one; what is in the draft was put there by one."""
    if is_own_draft:
        return
    for before, after in document_changes(old.documents.values(), documents):
        require_change(ctx, before, after)


def _end_drafts(connection: Connection, order: Order, model: Model) -> None:
    """Forget the draft that was published, or what in it says the same as the release."""
    if order.ends_draft == "all":
        connection.execute(delete_rows(drafts))
    elif order.ends_draft == "equal":
        edits = load_edits(connection)
        same = [
            i
            for i, e in edits.items()
            if (model.documents[i].json if i in model.documents else None) == (e.document.json if e.document else None)
        ]
        connection.execute(delete_rows(drafts).where(drafts.c.document_id.in_(same)))
    end_steps(connection)
    end_comments(connection)

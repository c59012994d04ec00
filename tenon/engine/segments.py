"""Segments: records for which a filter holds, now or, for a fixed one, when it was published."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, delete, insert, literal, select

from tenon.engine.access.resolver import environment
from tenon.engine.access.rights import rights_of
from tenon.engine.columns import CodeText, Moment
from tenon.engine.context import Context, system_context
from tenon.engine.jobs import JobKind, JobRun
from tenon.engine.query.membership import members
from tenon.engine.query.pages import Ask, where
from tenon.engine.records.events import Removed
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.document import Document
from tenon.metamodel.model import Model


def members_asked(segment: Document, asked: Ask) -> Ask:
    """Return what is asked of an entity's records as asked of the members of a segment."""
    if segment.body.mode == "fixed":
        return replace(asked, segment=segment.id)
    return replace(asked, filters=[segment.body.filter, *asked.filters])


def keep_members(uow: UnitOfWork, _ctx: Context, old: Model, _release: Any) -> None:
    """Keep, with a release, the members of the fixed segments that are new or have another filter; forget those of segments that are gone."""
    before, after = _fixed(old), _fixed(uow.model)
    # Filters are compared as stored, by ids: a field with another name is no other filter.
    changed = [id for id, each in after.items() if id not in before or _rule(before[id]) != _rule(each)]
    _forget(uow, members.c.segment.in_(id_set(uow.dialect, {*changed, *(before.keys() - after.keys())})))
    _keep(uow, [after[id] for id in changed])


def hear_removed(uow: UnitOfWork, event: object) -> None:
    """Forget members that are gone for good."""
    if isinstance(event, Removed):
        _forget(uow, members.c.record.in_(id_set(uow.dialect, event.ids)))


def segment_jobs(open_write: Callable[[], AbstractContextManager[UnitOfWork]]) -> list[JobKind]:
    """Return the kind of job that keeps the members of fixed segments that were published before members were kept."""

    def run_keeping(run: JobRun) -> dict[str, Any]:
        with open_write() as uow:
            known = set(uow.connection.execute(select(members.c.segment).distinct()).scalars())
            new = [each for id, each in _fixed(uow.model).items() if id not in known]
            _keep(uow, new)
            run.save(uow.connection, {"segments": len(new)})
        return {"segments": len(new)}

    return [JobKind("keep_segments", run_keeping)]


def _keep(uow: UnitOfWork, segments: Iterable[Document]) -> None:
    columns = [members.c.segment, members.c.record, members.c.at]
    for each in segments:
        uow.connection.execute(insert(members).from_select(columns, _matching(uow, each)))


def _fixed(model: Model) -> dict[str, Document]:
    return {each.id: each for each in model.all("segment") if each.body.mode == "fixed"}


def _rule(segment: Document) -> Collection[Any]:
    return (segment.json.get("entity"), segment.json.get("filter"))


def _matching(uow: UnitOfWork, segment: Document) -> Select[Any]:
    """Return segment, record and moment of everything that matches now."""
    rights = rights_of(uow.model, system_context())
    entity = uow.model.get_entity(segment.body.entity)
    source = Source(environment(uow, rights), entity)
    conditions = where(uow, rights, source, entity, Ask(filters=[segment.body.filter]))
    found = select(literal(segment.id, CodeText()), source.alias.c.id, literal(uow.now, Moment()))
    return found.select_from(source.from_clause).where(*conditions)


def _forget(uow: UnitOfWork, condition: Any) -> None:
    uow.connection.execute(delete(members).where(condition))

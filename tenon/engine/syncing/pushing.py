"""What is sent to another system: records that changed here since both sides last agreed, one call each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, exists, false, or_, select

from tenon.engine.access.resolver import environment
from tenon.engine.connectors.base import Sending
from tenon.engine.people import units, users
from tenon.engine.records.stored import load
from tenon.engine.rules.actions.call_webhook import nested
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.engine.syncing import links, waiting
from tenon.engine.syncing.connectors import Connector
from tenon.engine.syncing.links import Link
from tenon.engine.syncing.reading import POINTING, plain, read_row
from tenon.engine.syncing.tables import links as link_table, waiting as waiting_table
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.webhooks.payloads import records_of, values_of
from tenon.metamodel.check_connectors import column_of
from tenon.metamodel.errors import Problem
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.labels import say
from tenon.metamodel.model import Field

PART = 100
MEMBER = "="
"""What stands before the name of a member that is an expression, among the values on which both sides agree."""


@dataclass
class Outgoing:
    """One record on its way there: what is said of it, and the values on which both sides agree once it has arrived."""

    record: str
    version: int
    link: Link | None
    values: dict[str, Any] = field(default_factory=dict)
    ours: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def sending(self) -> Sending:
        """Return the call; its key is that of this version of the record."""
        return Sending(self.record, self.link.external_id if self.link is not None else None, nested(self.values), f"{self.record}:{self.version}")


@dataclass(frozen=True)
class Part:
    """Some records that may have to be sent, those that are the same on both sides, and the last one that was looked at; None after the last ones."""

    outgoing: list[Outgoing]
    even: list[Link]
    after: str | None


def find(uow: UnitOfWork, connector: Connector, after: str) -> Part:
    """Return the next records that changed here, or that the other system does not have, with what is to be said of them."""
    found = uow.connection.execute(_candidates(uow, connector, after)).all()
    linked = links.by_record(uow, connector.system, connector.entity, [row.id for row in found])
    wanted = {row.id: Outgoing(row.id, row.version, linked.get(row.id)) for row in found}
    _fill(uow, connector, wanted)
    outgoing, even = [], []
    for each in wanted.values():
        if each.values or each.problems:
            outgoing.append(each)
        elif each.link is not None:
            even.append(links.with_version(each.link, each.version))
    return Part(outgoing, even, found[-1].id if len(found) == PART else None)


def _candidates(uow: UnitOfWork, connector: Connector, after: str) -> Any:
    """Return the statement of records whose version is another one than when both sides agreed, as far as who acts may see them."""
    push = connector.body.push
    assert push is not None
    around = environment(uow, connector.rights)
    source = Source(around, connector.entity)
    table, known = source.alias.c, link_table.c
    seen = around.resolver.rows(around, source.alias, connector.entity)
    conditions = [table.deleted_at.is_(None), table.id > after, *([seen] if seen is not None else [])]
    if push.where is not None:
        conditions.append(compile_condition(source, check(push.where, Scope(uow.model, connector.entity, use="rule"), "boolean")))
    is_new = known.record.is_(None) if push.create != "none" else false()
    is_other = known.version != table.version if push.update != "none" else false()
    held = waiting_table.c
    rests = exists().where(held.connector == connector.id, held.way == "out", held.key == table.id, held.version == table.version, held.next_at > uow.real_now)
    joined = source.from_clause.outerjoin(link_table, and_(known.system == connector.system, known.entity == connector.entity.id, known.record == table.id))
    return select(table.id, table.version).select_from(joined).where(*conditions, or_(is_new, is_other), ~rests).order_by(table.id).limit(PART)


def _fill(uow: UnitOfWork, connector: Connector, wanted: Mapping[str, Outgoing]) -> None:
    """Give records what is to be said of them: of new ones everything, of others what changed; all where a record is replaced."""
    push, entity = connector.body.push, connector.entity
    assert push is not None
    stored, shown = load(uow, entity, list(wanted)), records_of(uow, connector.ctx, entity, list(wanted))
    columns = _sent_columns(connector)
    pointed = {name: _pointed(uow, connector, entity.fields[name], stored) for name in columns if _is_pointing(entity.fields[name])}
    members = values_of(uow, connector.rights, entity, push.body, list(wanted))
    for id, each in wanted.items():
        if id not in stored or id not in shown:
            continue
        is_whole = each.link is None or push.update == "PUT"
        before = each.link.ours if each.link is not None else {}
        said, problems = {}, []
        for name, column in columns.items():
            agreed, now = entity.fields[name].id, plain(stored[id].get(name))
            is_changed = agreed not in before or before[agreed] != now
            each.ours[agreed] = now
            if not (is_changed or is_whole) or (each.link is None and now is None) or name not in shown[id]:
                continue
            value = shown[id].get(name) if name not in pointed else pointed[name].get(id)
            if name in pointed and now is not None and value is None:
                problems.append(_unknown_there(connector, entity.fields[name]))
            said[column] = (value, is_changed)
        for member, value in members.get(id, {}).items():
            agreed, now = MEMBER + member, plain(value)
            is_changed = agreed not in before or before[agreed] != now
            each.ours[agreed] = now
            if is_changed or is_whole:
                said[member] = (value, is_changed)
        if each.link is None or any(is_changed for _, is_changed in said.values()):
            each.values, each.problems = {column: value for column, (value, _) in said.items()}, problems


def _sent_columns(connector: Connector) -> dict[str, str]:
    """Return the fields that are sent with their columns there: those that who acts may read, but not what the other system numbers or stamps itself."""
    source = connector.body.source
    own = {source.id, source.since.field if source.since is not None else None} if source is not None else set()
    fields = connector.entity.fields
    return {name: column for name, column in column_of(connector.body, connector.entity).items() if column not in own and connector.rights.may_read(connector.entity, fields[name])}


def _is_pointing(field: Field) -> bool:
    return field.type.kind in POINTING and field.name != "id"


def _pointed(uow: UnitOfWork, connector: Connector, field: Field, stored: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return what the targets of a reference are known by there, by record: people by their mail addresses, units by their names."""
    targets = {t for values in stored.values() if (value := values.get(field.name)) is not None for t in (value if isinstance(value, tuple) else (value,))}
    far = uow.model.find_entity(field.type.entity) if field.type.entity else None
    if far is None:
        return {}
    if far.is_system:
        table, shown = (users, users.c.email) if far.name == "user" else (units, units.c.name)
        known = {row.id: row[1] for row in uow.connection.execute(select(table.c.id, shown).where(table.c.id.in_(id_set(uow.dialect, targets))))}
    else:
        known = links.external_of(uow, connector.system, far, targets)
    found: dict[str, Any] = {}
    for record, values in stored.items():
        value = values.get(field.name)
        if isinstance(value, tuple):
            found[record] = [known[each] for each in value] if all(each in known for each in value) else None
        elif value is not None:
            found[record] = known.get(value)
    return found


def _unknown_there(connector: Connector, field: Field) -> Problem:
    message = say("{system} does not know the record in {field}.", "{system} 没有 {field} 所指的记录。", system=connector.system, field=field.label)
    return Problem(f"/{field.name}", "no_such_record", message, say("It is sent once that one is there.", "该记录同步后会自动发送。"))


def taken(uow: UnitOfWork, connector: Connector, each: Outgoing, external_id: str) -> list[Problem]:
    """Return what is wrong when the other system says that a record is one there that another record here is already."""
    link = links.by_external(uow, connector.system, connector.entity, [external_id]).get(external_id)
    if link is None or link.record == each.record:
        return []
    message = say("{system} takes it for {other}, which is another record here.", "{system} 将其视为 {other}，而该编号已对应本系统的另一条记录。", system=connector.system, other=external_id[:100])
    return [Problem("", "not_unique", message, say("Merge the two records, or tell them apart there.", "请合并这两条记录，或在对方系统中加以区分。"))]


def note_sent(uow: UnitOfWork, connector: Connector, each: Outgoing, external_id: str) -> None:
    """Keep that a record arrived; what comes back of it is then nothing new."""
    raw, _ = read_row(uow, connector.mapped, nested(each.values))
    sent = {name for name, column in column_of(connector.body, connector.entity).items() if column in each.values}
    theirs = {connector.entity.fields[name].id: plain(value) for name, value in raw.items() if name in sent}
    link = links.merged(each.link, Link(external_id, each.record, each.version, theirs, each.ours))
    links.keep(uow, connector.system, connector.entity, [link], uow.now)
    links.mirror(uow, connector.ctx.cause, connector.system, connector.entity, [link])
    waiting.forget(uow, connector.id, "out", [each.record])


def note_refused(uow: UnitOfWork, connector: Connector, each: Outgoing, problems: tuple[Problem, ...]) -> None:
    """Keep that a record was refused there."""
    waiting.keep_record(uow, connector.id, each.record, each.version, problems)

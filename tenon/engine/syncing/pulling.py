"""What came from another system, written as a set: what is known already is left alone, what both sides changed is decided by the policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tenon.engine.connectors.base import LONGEST_KEY, is_key
from tenon.engine.moments import read_moment
from tenon.engine.records.matching import match
from tenon.engine.records.row import Row
from tenon.engine.records.stored import load
from tenon.engine.records.writing import write_many
from tenon.engine.syncing import links, waiting
from tenon.engine.syncing.connectors import Connector
from tenon.engine.syncing.links import Link
from tenon.engine.syncing.merging import NEWEST, Merge, changed_here, compare, theirs_wins
from tenon.engine.syncing.reading import POINTING, canonical, find_broken, plain, read_row, resolve
from tenon.engine.syncing.tally import Tally
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.webhooks.incoming import at_place
from tenon.metamodel.errors import Problem
from tenon.metamodel.labels import say


@dataclass
class Incoming:
    """One record on its way here: as it came, its values, what it is linked to, and what becomes of it."""

    key: str
    row: dict[str, Any]
    raw: dict[str, Any]
    at: datetime | None = None
    values: dict[str, Any] = field(default_factory=dict)
    link: Link | None = None
    record: str | None = None
    stored: dict[str, Any] | None = None
    merge: Merge = field(default_factory=Merge)
    kept: list[str] = field(default_factory=list)
    """Contested fields that stay as they are here."""

    is_over: bool = False
    """True for one that was refused or is gone here: nothing is written."""


def take(uow: UnitOfWork, connector: Connector, rows: Sequence[dict[str, Any]], tally: Tally, batch: str) -> None:
    """Write records that came, and what is known of them; those that are refused wait to be tried again."""
    _Taking(uow, connector, tally, batch).take(rows)


@dataclass
class _Taking:
    uow: UnitOfWork
    connector: Connector
    tally: Tally
    batch: str
    refused: list[tuple[str, dict[str, Any], list[Problem]]] = field(default_factory=list)

    def take(self, rows: Sequence[dict[str, Any]]) -> None:
        """Go through some records."""
        self.tally.count("pulled", len(rows))
        incoming = self._read(rows)
        self._find(incoming)
        found = [each for each in incoming.values() if not self._is_known(each)]
        self.tally.count("unchanged", len(incoming) - len(found))
        for wave in self._waves(found):
            values = resolve(self.uow, self.connector.rights, self.connector.system, self.connector.mapped, [each.raw for each in wave])
            for each, resolved in zip(wave, values, strict=True):
                each.values = resolved
                self.tally.came(each.at)
            self._match(wave)
            self._decide([each for each in wave if each.stored is not None and not each.is_over])
            self._write([each for each in wave if not each.is_over])
        if not self.tally.is_dry:
            good = {each.key for each in incoming.values() if not each.is_over}
            waiting.forget(self.uow, self.connector.id, "in", list(good))
            waiting.keep_rows(self.uow, self.connector.id, [each for each in self.refused if each[0] not in good])

    def _read(self, rows: Sequence[dict[str, Any]]) -> dict[str, Incoming]:
        """Return what came by what it is known by there; of a record that came twice the last."""
        source = self.connector.body.source
        assert source is not None
        found: dict[str, Incoming] = {}
        for row in rows:
            key = at_place(row, source.id)
            broken = find_broken(row)
            if broken is not None or not is_key(key):
                self.tally.refuse("in", str(key) if is_key(key) else "", [broken or _no_key(source.id)])
                continue
            if found.pop(str(key), None) is not None:
                self.tally.count("skipped")
            raw, problems = read_row(self.uow, self.connector.mapped, row)
            if problems:
                self._refuse(str(key), row, problems)
                continue
            found[str(key)] = Incoming(str(key), row, raw, read_moment(at_place(row, source.since.field)) if source.since is not None else None)
        return found

    def _refuse(self, key: str, row: dict[str, Any], problems: Iterable[Problem]) -> None:
        listed = list(problems)
        self.tally.refuse("in", key, listed)
        if not self.tally.is_dry:
            self.refused.append((key, row, listed))

    def _find(self, incoming: dict[str, Incoming]) -> None:
        """Give each record its link, or the record that people said is the one there."""
        system, entity = self.connector.system, self.connector.entity
        known = links.by_external(self.uow, system, entity, incoming)
        told = links.find_mirrored(self.uow, system, entity, [key for key in incoming if key not in known])
        for key, each in incoming.items():
            each.link = known.get(key)
            each.record = each.link.record if each.link is not None else told.get(key)

    def _waves(self, found: list[Incoming]) -> Iterator[list[Incoming]]:
        """Yield what came so that what refers to a new record among it comes after that one."""
        entity = self.connector.entity
        pointing = [name for name, field in entity.fields.items() if field.type.kind in POINTING and field.type.entity in (entity.id, entity.name) and name != "id"]
        left = found
        while left:
            new = {each.key for each in left if each.link is None}
            late = [each for each in left if any(target in new and target != each.key for name in pointing for target in _texts(each.raw.get(name)))]
            if len(late) in (0, len(left)):
                yield left
                return
            waiting_for = {each.key for each in late}
            yield [each for each in left if each.key not in waiting_for]
            left = late

    def _id(self, name: str) -> str:
        return self.connector.entity.fields[name].id

    def _is_known(self, each: Incoming) -> bool:
        """Return whether nothing new came of a record: it is as it last came, or as it was sent."""
        if each.link is None:
            return False
        theirs = each.link.theirs
        return all(self._id(name) in theirs and theirs[self._id(name)] == plain(value) for name, value in each.raw.items())

    def _match(self, found: list[Incoming]) -> None:
        """Find records by their key where nothing else says which they are, and read what is stored of all."""
        entity, key = self.connector.entity, self.connector.match_on
        open_ones = [each for each in found if each.record is None] if key and not entity.is_append_only else []
        rows = [Row(number, each.values) for number, each in enumerate(open_ones)]
        match(self.uow, self.connector.rights, entity, rows, "upsert", key)
        for each, row in zip(open_ones, rows, strict=True):
            each.record = row.id
            if not row.is_good:
                self._end(each, row.problems)
        self._refuse_taken([each for each in found if each.link is None and each.record is not None and not each.is_over])
        stored = load(self.uow, entity, [each.record for each in found if each.record is not None], lock=True)
        for each in (e for e in found if e.record is not None and not e.is_over):
            each.stored = stored.get(str(each.record))
            if each.stored is None or entity.is_append_only:  # what was deleted here stays so
                self.tally.count("skipped")
                self.tally.show("in", "skip", each.key, each.record)
                each.is_over = True

    def _refuse_taken(self, matched: list[Incoming]) -> None:
        """Refuse what fits a record that is another one there already."""
        known = links.by_record(self.uow, self.connector.system, self.connector.entity, [str(each.record) for each in matched])
        taken = {record: link.external_id for record, link in known.items()}
        for each in matched:
            other = taken.setdefault(str(each.record), each.key)
            if other != each.key:
                message = say("The record that fits is {other} there.", "相符的记录对应对方系统的 {other}。", other=other[:100])
                self._end(each, [Problem("", "not_unique", message, say("Merge the two in the other system.", "请在对方系统中合并这两条记录。"))])

    def _end(self, each: Incoming, problems: Iterable[Problem]) -> None:
        each.is_over = True
        self._refuse(each.key, each.row, problems)

    def _decide(self, found: list[Incoming]) -> None:
        """Decide for each field who wins."""
        for each in found:
            assert each.stored is not None
            each.merge = compare(self.uow, self.connector.entity, each.link, each.raw, each.values, each.stored)
        policy = self.connector.body.conflict
        contested = {str(each.record): each.merge.contested for each in found if each.merge.contested}
        times = changed_here(self.uow, self.connector.entity, contested) if contested and policy == NEWEST else {}
        for each in found:
            taken = {name: theirs_wins(policy, each.at, times.get((str(each.record), name))) for name in each.merge.contested}
            each.merge.take += [name for name, wins in taken.items() if wins]
            each.kept = [name for name, wins in taken.items() if not wins]
            if taken and each.link is not None:
                self.tally.contest(each.key, str(each.record), {name: "theirs" if wins else "ours" for name, wins in taken.items()})

    def _write(self, found: list[Incoming]) -> None:
        """Write what was decided, and keep what both sides now agree on."""
        written: list[tuple[Incoming, dict[str, Any], int]] = []
        creates = [each for each in found if each.stored is None]
        updates = [each for each in found if each.stored is not None and each.merge.take]
        for each in found:
            if each.stored is not None and not each.merge.take:
                self.tally.count("unchanged")
                written.append((each, each.stored, int(each.stored["version"])))
        sent = [{name: value for name, value in each.values.items() if value is not None} for each in creates]
        written += self._written("create", creates, sent)
        sent = [{"id": each.record, **{name: each.values[name] for name in each.merge.take}} for each in updates]
        written += self._written("update", updates, sent)
        if self.tally.is_dry:
            self.tally.met.update(str(each.record) for each, _, _ in written)
            return
        changed = [self._linked(each, after, version) for each, after, version in written]
        links.keep(self.uow, self.connector.system, self.connector.entity, changed, self.uow.now)
        links.mirror(self.uow, self.connector.ctx.cause, self.connector.system, self.connector.entity, changed)

    def _written(self, mode: Any, wanted: list[Incoming], sent: list[dict[str, Any]]) -> list[tuple[Incoming, dict[str, Any], int]]:
        if not wanted:
            return []
        rows = write_many(self.uow, self.connector.ctx, self.connector.entity, sent, mode=mode, on_error="skip", batch=self.batch, path="")
        found = []
        for each, row in zip(wanted, rows, strict=True):
            if not row.is_good:
                self._end(each, row.own_problems)
                continue
            self.tally.count("created" if mode == "create" else "updated")
            self.tally.show("in", mode, each.key, each.record, each.merge.take if mode == "update" else sent[row.index])
            each.record = row.id
            found.append((each, row.after(), int(row.version or 1)))
        return found

    def _linked(self, each: Incoming, after: dict[str, Any], version: int) -> Link:
        """Return what is known of a record now; where something of ours stays it waits to be sent."""
        taken = {name for name in each.values if name not in each.kept and (each.stored is None or each.link is None or name in each.merge.take)}
        ours = {self._id(name): plain(after.get(name)) for name in taken}
        ours |= {self._id(name): canonical(self.uow, self.connector.entity.fields[name], each.values[name]) for name in each.kept}
        theirs = {self._id(name): plain(value) for name, value in each.raw.items()}
        link = links.merged(each.link, Link(each.key, str(each.record), version, theirs, ours))
        fields = {field.id: name for name, field in self.connector.entity.fields.items()}
        is_even = all(plain(after.get(fields[id])) == value for id, value in link.ours.items() if id in fields)
        return links.with_version(link, version if is_even else 0)


def _no_key(place: str) -> Problem:
    message = say("The record has nothing at {place} that it is known by.", "记录在 {place} 处没有编号。", place=place)
    hint = say("Say in source.id where it stands: a text of at most {n} characters, or a number.", "请在 source.id 中指明位置：不超过 {n} 个字符的文本或整数。", n=LONGEST_KEY)
    return Problem("", "required", message, hint)


def _texts(value: Any) -> list[str]:
    return [str(each) for each in (value if isinstance(value, list) else [value]) if isinstance(each, str | int)]

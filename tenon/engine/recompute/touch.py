"""From a change to what it touches: the dirty records of every formula and score, computed level by level."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, select

from tenon.engine.recompute.events import Computed
from tenon.engine.recompute.fallen import named
from tenon.engine.recompute.formulas import compute_formulas
from tenon.engine.recompute.graph import Graph, Target, graph_of
from tenon.engine.records.events import Written
from tenon.engine.sql.sets import id_param, id_value
from tenon.engine.statements import kept
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.expressions.tree import Dependency
from tenon.metamodel.model import Field

AT_ONCE = 5_000
ScoreRun = Callable[[UnitOfWork, str, Collection[str]], Collection[str]]
"""Recompute a score for records: (transaction, score id, record ids) to the ids whose values changed."""
Later = Callable[[UnitOfWork, str, Collection[str]], None]
"""Put off the recomputing of a target for too many records: (transaction, target key, record ids)."""


Watch = Callable[[UnitOfWork, str, Collection[str]], None]
"""Judge the condition of a rule for records: (transaction, rule id, record ids)."""
Waited = Callable[[UnitOfWork, Collection[str]], None]
"""Let what waits at records look again, for something that it reads elsewhere changed."""


@dataclass(frozen=True)
class Change:
    """Records of an entity that changed: which fields (ids; None when records came or went), and values before by record."""

    entity_id: str
    ids: Collection[str]
    fields: frozenset[str] | None = None
    before: dict[str, dict[str, Any]] = field(default_factory=dict)
    is_new: bool = False
    """The records were not there before: nothing refers to them yet."""


@dataclass
class Recompute:
    """Keeps formulas and scores fresh after changes; scores and putting off are given by who wires the engine."""

    run_score: ScoreRun
    later: Later
    done: Callable[[UnitOfWork], None] = lambda _: None
    watch: Watch = lambda *_: None
    waited: Waited = lambda *_: None
    """Called once every dependent score is done: then rules hear which bands changed."""

    def after(self, uow: UnitOfWork, change: Change) -> None:
        """Recompute everything that a change touches, across entities, in the order of dependencies."""
        self._compute(uow, change)
        self.done(uow)

    def _compute(self, uow: UnitOfWork, change: Change) -> None:
        graph = graph_of(uow.model)
        dirty: dict[str, set[str]] = {}
        computed: list[Computed] = []
        self._spread(uow, graph, change, dirty)
        for targets in graph.levels() if dirty else ():
            waiting = [t for t in targets if dirty.get(t.key)]
            for target in [t for t in waiting if len(dirty[t.key]) > AT_ONCE]:
                self.later(uow, target.key, dirty.pop(target.key))
            self._formulas(uow, graph, [t for t in waiting if t.field is not None and t.key in dirty], dirty, computed)
            for target in [t for t in waiting if t.score_id is not None and t.key in dirty]:
                if uow.model.documents[str(target.score_id)].body.realtime:
                    changed = self.run_score(uow, str(target.score_id), dirty[target.key])
                    fields = frozenset(f.id for f in target.entity.fields.values() if f.score == target.score_id)
                    if changed:
                        computed.append(Computed(target.entity, fields, tuple(changed)))
                    self._spread(uow, graph, Change(target.entity.id, changed, fields), dirty)
            for target in [t for t in waiting if t.rule_id is not None and t.key in dirty]:
                self.watch(uow, str(target.rule_id), dirty[target.key])
            for target in [t for t in waiting if t.waits is not None and t.key in dirty]:
                self.waited(uow, dirty[target.key])
        for each in computed:
            uow.tell(each)

    def _formulas(self, uow: UnitOfWork, graph: Graph, targets: list[Target], dirty: dict[str, set[str]], computed: list[Computed]) -> None:
        """Compute the formulas of one level, those of an entity with the same dirty records in one statement; one that a rule names alone."""
        groups: dict[tuple[str, frozenset[str], str], list[Target]] = {}
        alone = named(uow.model)
        for target in targets:
            own = target.key if target.field is not None and target.field.id in alone else ""
            groups.setdefault((target.entity.id, frozenset(dirty[target.key]), own), []).append(target)
        for (entity_id, ids, _), group in groups.items():
            fields = [t.field for t in group if t.field is not None]
            changed = compute_formulas(uow, group[0].entity, fields, sorted(ids))
            if changed:
                names = frozenset(f.id for f in fields)
                computed.append(Computed(group[0].entity, names, tuple(changed)))
                self._spread(uow, graph, Change(entity_id, changed, names), dirty)

    def _spread(self, uow: UnitOfWork, graph: Graph, change: Change, dirty: dict[str, set[str]]) -> None:
        """Add to the dirty sets what reads the changed fields."""
        if not change.ids:
            return
        if change.fields is None:
            for target in graph.own.get(change.entity_id, ()):
                dirty.setdefault(target.key, set()).update(change.ids)
        reached: dict[Any, set[str]] = {}
        for target, dependency in graph.listeners.get(change.entity_id, ()):
            if change.fields is not None and dependency.field_ids and not change.fields & dependency.field_ids:
                continue
            if change.fields is not None and not dependency.field_ids:
                continue
            if change.is_new and dependency.hops and not dependency.hops[0][1]:
                continue
            key = tuple((f.id, forward) for f, forward in dependency.hops)
            if key not in reached:
                reached[key] = set(follow(uow, dependency, change))
            dirty.setdefault(target.key, set()).update(reached[key])


def follow(uow: UnitOfWork, dependency: Dependency, change: Change) -> Collection[str]:
    """Return the records at the end of the hops: from old and new values of the changed records' own references."""
    ids: Collection[str] = change.ids
    for position, (hop, forward) in enumerate(dependency.hops):
        reached = _hop(uow, hop, ids, forward=forward)
        if position == 0 and forward:
            reached |= _former_targets(hop, change)
        ids = reached
    return ids


def _former_targets(hop: Field, change: Change) -> set[str]:
    """Return where the reference pointed before the change: the parents that lost a child."""
    found: set[str] = set()
    for values in change.before.values():
        value = values.get(hop.name)
        if value is None:
            continue
        if hop.is_to_many:
            found.update(value)
        else:
            found.add(value[1] if isinstance(value, tuple) else value)
    return found


def _hop(uow: UnitOfWork, hop: Field, ids: Collection[str], *, forward: bool) -> set[str]:
    """Go over one reference, from the records that hold it to those it points to, or back."""
    if not ids:
        return set()
    statement = kept(uow.model.cache.setdefault("statements", {}), ("hop", uow.dialect, hop.id, forward), lambda: _over(uow, hop, forward=forward))
    return set(uow.connection.execute(statement, {"ids": id_value(uow.dialect, ids)}).scalars())


def _over(uow: UnitOfWork, hop: Field, *, forward: bool) -> Select[Any]:
    model = uow.model
    if hop.is_to_many:
        links = uow.tables.links(hop)
        near, far = (links.c.record, links.c.target) if forward else (links.c.target, links.c.record)
    else:
        table = uow.tables.of(model.entities_by_id[hop.entity_id])
        column = table.c[hop.column]
        near, far = (table.c.id, column) if forward else (column, table.c.id)
    return select(far).where(near.in_(id_param(uow.dialect)), far.is_not(None)).distinct()


def keep_fresh(recompute: Recompute) -> Callable[[UnitOfWork, object], None]:
    """Return the listener that computes anew what a write touched."""

    def hear(uow: UnitOfWork, event: object) -> None:
        if isinstance(event, Written):
            recompute.after(uow, Change(event.entity.id, event.ids, event.fields, event.before, event.action == "create"))

    return hear

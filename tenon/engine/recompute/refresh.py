"""Computing formulas for all records: after a publish, every night for those that read the clock, and for large dirty sets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select, update

from tenon.engine.folding import sort_key
from tenon.engine.jobs.queue import NewJob, put_all
from tenon.engine.jobs.run import JobKind, JobRun
from tenon.engine.recompute.events import Computed
from tenon.engine.recompute.fallen import forget_changes
from tenon.engine.recompute.formulas import compute_formulas
from tenon.engine.recompute.graph import Graph, Target, graph_of
from tenon.engine.recompute.touch import AT_ONCE, Change, Recompute
from tenon.engine.records.stored import load, search_text
from tenon.engine.rules.documents import rule_documents
from tenon.engine.tables import key_column
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity, Model

RANGE = 20_000
RECOMPUTE, REFRESH, REINDEX = "recompute", "refresh_formulas", "reindex_texts"
OpenWrite = Callable[[], AbstractContextManager[UnitOfWork]]
ScoreAll = Callable[[UnitOfWork, str], None]
"""Run a score over all its records, at once or as a job, after its model changed."""

WatchAll = Callable[[UnitOfWork, str], None]
"""Find whom the condition of a rule holds for, after it changed."""


@dataclass(frozen=True)
class Refresher:
    """What a publish and the nightly sweep need; the running of scores is given by who wires the engine."""

    recompute: Recompute
    score_all: ScoreAll
    watch_all: WatchAll

    def after_publish(self, uow: UnitOfWork, _ctx: Any, old: Model, release: Any) -> None:
        """Fill what is new or computed otherwise: a small workspace at once, a large one by jobs."""
        graph = graph_of(uow.model)
        stale = with_dependents(graph, changed_targets(old, uow.model, graph) | set(release.plan.touched))
        forget_changes(uow, stale)
        for targets in graph.levels():
            for target in [t for t in targets if t.key in stale]:
                if target.score_id is not None:
                    self.score_all(uow, target.score_id)
                elif target.rule_id is not None:
                    self.watch_all(uow, target.rule_id)
                elif target.waits is not None:
                    continue  # whoever comes to the step looks then
                elif count(uow, target.entity) <= AT_ONCE:
                    refresh_range(uow, target, "", AT_ONCE, is_new=True)
                else:
                    put_all(uow.connection, [NewJob(REFRESH, {"targets": [target.key]})])
        self._reindex(uow, old)

    def _reindex(self, uow: UnitOfWork, old: Model) -> None:
        """Write search texts and sort keys anew where what they are made of changed."""
        for entity in uow.model.entities.values():
            before = old.entities_by_id.get(entity.id)
            if before is None or _indexed(before) == _indexed(entity):
                continue
            if count(uow, entity) <= AT_ONCE:
                reindex_range(uow, entity, "", AT_ONCE)
            else:
                put_all(uow.connection, [NewJob(REINDEX, {"entity": entity.id})])


def _indexed(entity: Entity) -> tuple[Any, ...]:
    keyed = frozenset((f.id, f.spec.type) for f in entity.fields.values() if f.storage.sort_key and f.origin != "system")
    return tuple(entity.fields[n].id for n in entity.search), keyed


def changed_targets(old: Model, new: Model, graph: Graph) -> set[str]:
    """Return the keys of formulas and scores that are new, or computed otherwise than before."""
    changed = set()
    rules = [{d.id: d.json for d in rule_documents(model)} for model in (old, new)]
    for key, target in graph.targets.items():
        if target.field is not None:
            before = old.entities_by_id.get(target.entity.id)
            former = before.fields_by_id.get(key) if before else None
            same = former is not None and _text(former) == _text(target.field) and former.storage == target.field.storage
        elif target.rule_id is not None:
            same = rules[0].get(key) == rules[1].get(key)
        elif target.waits is not None:
            same = True
        else:
            document = old.documents.get(key)
            same = document is not None and document.json == new.documents[key].json
        if not same:
            changed.add(key)
    return changed


def _text(field: Any) -> str:
    return str(getattr(field.spec, "expr", ""))


def with_dependents(graph: Graph, keys: Collection[str]) -> set[str]:
    """Return the keys and every target that reads one of them, directly or not."""
    found = set(keys)
    for targets in graph.levels():
        for target in targets:
            if any(field_id in found for _, field_id in target.reads):
                found.add(target.key)
    return found


def count(uow: UnitOfWork, entity: Entity) -> int:
    """Return how many living records an entity has."""
    table = uow.tables.of(entity)
    return int(uow.connection.execute(select(func.count()).select_from(table).where(table.c.deleted_at.is_(None))).scalar_one())


def next_ids(uow: UnitOfWork, entity: Entity, after: str, limit: int) -> list[str]:
    """Return the next ids of living records in id order."""
    table = uow.tables.of(entity)
    statement = select(table.c.id).where(table.c.id > after, table.c.deleted_at.is_(None)).order_by(table.c.id).limit(limit)
    return list(uow.connection.execute(statement).scalars())


def refresh_range(uow: UnitOfWork, target: Target, after: str, limit: int, *, is_new: bool) -> tuple[str | None, list[str]]:
    """Compute a formula, which may be new, for a range of records; return where the next begins (None: done) and which changed."""
    ids = next_ids(uow, target.entity, after, limit)
    changed = compute_formulas(uow, target.entity, [target.field], ids, is_new=is_new) if target.field is not None else ids
    return (ids[-1] if len(ids) == limit else None), changed


def reindex_range(uow: UnitOfWork, entity: Entity, after: str, limit: int) -> str | None:
    """Write search texts and sort keys of a range of records; return where the next begins, None at the end."""
    ids = next_ids(uow, entity, after, limit)
    table = uow.tables.of(entity)
    keyed = [f for f in entity.fields.values() if f.storage.sort_key and f.origin != "system" and f.is_stored]
    rows = []
    for item_id, values in load(uow, entity, ids).items():
        keys = {f"v_{key_column(f)}": sort_key(v) if isinstance(v := values.get(f.name), str) else None for f in keyed}
        rows.append({"key": item_id, "v_search": search_text(entity, values), **keys})
    if rows:
        names = ["search", *(key_column(f) for f in keyed)]
        statement = update(table).where(table.c.id == bindparam("key")).values({n: bindparam(f"v_{n}") for n in names})
        uow.connection.execute(statement, rows)
    return ids[-1] if len(ids) == limit else None


def refresh_jobs(open_write: OpenWrite, recompute: Recompute) -> list[JobKind]:
    """Return the kinds of jobs that compute formulas and texts for many records."""

    def run_recompute(run: JobRun) -> dict[str, Any]:
        return _recompute(run, open_write, recompute)

    def run_refresh(run: JobRun) -> dict[str, Any]:
        return _refresh(run, open_write, recompute)

    def run_reindex(run: JobRun) -> dict[str, Any]:
        return _reindex(run, open_write)

    return [JobKind(RECOMPUTE, run_recompute), JobKind(REFRESH, run_refresh), JobKind(REINDEX, run_reindex)]


def _recompute(run: JobRun, open_write: OpenWrite, recompute: Recompute) -> dict[str, Any]:
    """Compute the targets of the payload for their records, a part at a time, in the order in which they read each other."""
    targets: list[tuple[str, list[str]]] = run.payload["targets"]
    total = sum(len(ids) for _, ids in targets)
    state = run.checkpoint or {"position": 0, "start": 0, "done": 0}
    while state["position"] < len(targets):
        run.check_cancelled()
        key, ids = targets[state["position"]]
        part = ids[state["start"] : state["start"] + AT_ONCE]
        with open_write() as uow:
            uow.is_past = bool(run.payload.get("is_past"))
            target = graph_of(uow.model).targets.get(key)
            if target is not None:
                _compute(uow, recompute, target, part)
            following = state["start"] + len(part)
            done = state["done"] + len(part)
            is_last = following >= len(ids)
            state = {"position": state["position"] + is_last, "start": 0 if is_last else following, "done": done}
            run.save(uow.connection, state, done=done, total=total)
    return {"records": total}


def _compute(uow: UnitOfWork, recompute: Recompute, target: Target, ids: list[str]) -> None:
    """Compute a target and spread what changed."""
    if target.rule_id is not None:
        recompute.watch(uow, target.rule_id, ids)
        return
    if target.waits is not None:
        recompute.waited(uow, ids)
        return
    if target.field is not None:
        changed: Collection[str] = compute_formulas(uow, target.entity, [target.field], ids)
        fields = frozenset({target.field.id})
        if changed:
            uow.tell(Computed(target.entity, fields, tuple(changed)))
    else:
        changed = recompute.run_score(uow, str(target.score_id), ids)
        fields = frozenset(f.id for f in target.entity.fields.values() if f.score == target.score_id)
    recompute.after(uow, Change(target.entity.id, changed, fields))


def _refresh(run: JobRun, open_write: OpenWrite, recompute: Recompute) -> dict[str, Any]:
    """Compute formulas for all records; without ``targets`` those that read the clock."""
    state = dict(run.checkpoint or {"position": 0, "after": "", "done": 0})
    while True:
        run.check_cancelled()
        with open_write() as uow:
            targets = list(_wanted(graph_of(uow.model), run.payload.get("targets")))
            if state["position"] >= len(targets):
                return {"formulas": len(targets), "records": state["done"]}
            target = targets[state["position"]]
            is_new = run.payload.get("targets") is not None
            following, changed = refresh_range(uow, target, state["after"], RANGE, is_new=is_new)
            if target.rule_id is not None:
                recompute.watch(uow, target.rule_id, changed)
            elif changed and target.field is not None:
                recompute.after(uow, Change(target.entity.id, changed, frozenset({target.field.id})))
                if not is_new:
                    uow.tell(Computed(target.entity, frozenset({target.field.id}), tuple(changed)))
            state["done"] += len(changed)
            state["position"], state["after"] = (state["position"], following) if following else (state["position"] + 1, "")
            run.save(uow.connection, state, done=state["position"], total=len(targets))


def _wanted(graph: Graph, keys: Collection[str] | None) -> Iterable[Target]:
    for targets in graph.levels():
        for target in targets:
            if target.score_id is None and (target.is_clocked if keys is None else target.key in keys):
                yield target


def _reindex(run: JobRun, open_write: OpenWrite) -> dict[str, Any]:
    """Write the texts of an entity anew, or of every one."""
    state = dict(run.checkpoint or {"after": "", "done": 0})
    while True:
        run.check_cancelled()
        with open_write() as uow:
            asked = state.get("entity") or run.payload["entity"] or _next_entity(uow, "")
            entity = uow.model.find_entity(asked) if asked else None
            if entity is None:
                return {"records": state["done"]}
            following = reindex_range(uow, entity, state["after"], AT_ONCE)
            state = {"after": following, "done": state["done"] + AT_ONCE, "entity": entity.id}
            if following is None and run.payload["entity"] is None:
                state |= {"entity": _next_entity(uow, entity.id) or "-", "after": ""}
            run.save(uow.connection, state, done=state["done"], total=None)
            if state["after"] is None:
                return {"records": state["done"]}


def _next_entity(uow: UnitOfWork, after: str) -> str | None:
    """Return the entity that follows in the order of ids."""
    return min((entity_id for entity_id in uow.model.entities_by_id if entity_id > after), default=None)

"""Living through scenarios: one trial for all of them, each taken back before the next."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

import tenon.engine.all_tables
from tenon.engine.recompute.graph import Target, graph_of
from tenon.engine.rules.book import book_of
from tenon.engine.rules.silence import note_all_silent
from tenon.engine.scenarios.automation import Automation
from tenon.engine.scenarios.expecting import Verdict, judge
from tenon.engine.scenarios.world import World, open_world
from tenon.engine.scores.contributions import plain
from tenon.engine.scores.events import ScoreCause
from tenon.engine.tables import Tables
from tenon.engine.trial import Trial, shadow
from tenon.metamodel.attribute_words import KEYS
from tenon.metamodel.check_scenarios import told
from tenon.metamodel.document import Document
from tenon.metamodel.errors import TenonError
from tenon.metamodel.kinds.scenario import ScenarioKind, StoryStep
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Field, Model

MATTERS = frozenset({"entity", "extension", "score", "role", "scenario", "rule", "workflow", "playbook", "message", "calendar", "segment"})
"""The kinds a scenario can depend on."""
MOST_LIVED = 16
_LIVED: dict[str, tuple[Outcome, ...]] = {}
"""How all scenarios went over the documents of this process that were checked last, by a hash of what matters to them."""


@dataclass(frozen=True)
class StepOutcome:
    """How one step went; ``path`` is its place in the document. What could not be done at all has no ``verdict``."""

    path: str
    kind: str
    passed: bool
    explanation: Text
    verdict: Verdict | None = None

    def to_json(self, language: str) -> dict[str, Any]:
        """Return the step as the API shows it."""
        expected, found = (self.verdict.expected, self.verdict.found) if self.verdict is not None else (None, None)
        return {
            "path": self.path, "kind": self.kind, "passed": self.passed, "expected": expected, "found": found, "explanation": self.explanation.show(language),
        }  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """How a scenario went."""

    document: Document
    steps: tuple[StepOutcome, ...] = field(default=())

    @property
    def passed(self) -> bool:
        """True when every step went as expected."""
        return all(step.passed for step in self.steps)

    @property
    def title(self) -> Text:
        """What it comes to, in one sentence."""
        failed = next((step for step in self.steps if not step.passed), None)
        if failed is None:
            return say("Scenario {name} passes", "场景{name}通过", name=self.document.label)
        where = failed.path.rpartition("/")[2]
        step = say("step {n}", "第 {n} 步", n=int(where) + 1) if where.isdigit() else say("its beginning", "初始数据")
        what = _short(failed.verdict) if failed.verdict is not None else failed.explanation
        return say("Scenario {name} fails at {step}: {what}", "场景{name}在{step}失败：{what}", name=self.document.label, step=step, what=what)

    def to_json(self, language: str) -> dict[str, Any]:
        """Return the answer of ``POST /scenarios/{name}/run``."""
        return {
            "scenario": self.document.name, "label": self.document.label.show(language), "passed": self.passed,
            "steps": [step.to_json(language) for step in self.steps],
        }  # fmt: skip


def _short(verdict: Verdict) -> Text:
    expected, found = _listed(verdict.expected), _listed(verdict.found)
    return say("expected {expected}; found {found}", "期望 {expected}；实际 {found}", expected=expected, found=found)


def _listed(values: Mapping[str, Any]) -> Text:
    en, zh = ([f"{KEYS.get(key, Text(key)).show(language)} {_plain(value)}" for key, value in values.items()] for language in ("en", "zh"))
    return Text(", ".join(en), "，".join(zh))


def _plain(value: Any) -> str:
    return "-" if value is None else str(plain(value) if isinstance(value, Decimal) else value)


@dataclass(frozen=True)
class Scenarios:
    """What living through scenarios needs: a way to open a trial, the database's name, and the workspace's zone."""

    open_trial: Trial
    dialect: str
    timezone: ZoneInfo

    def run(self, model: Model, documents: Sequence[Document]) -> tuple[Outcome, ...]:
        """Live through scenarios of a model that need not be published; nothing of it is kept, and no stored record is seen."""
        if not documents:
            return ()
        model = replace(model, cache={})  # what is kept of it here is about tables that are gone afterwards
        with self.open_trial() as connection:
            tables = Tables(model, connection.dialect.name)
            stored = tenon.engine.all_tables.metadata.sorted_tables
            own = {t.name: t for t in (*stored, *tables.all())}
            own |= {t.name: t for t in stored}
            shadow(connection, own.values())
            return tuple(self._one(connection, model, tables, document) for document in documents)

    def changed(self, old: Model, new: Model) -> tuple[Outcome, ...]:
        """Live through all scenarios of a model when something that matters to them differs from the release.

        A story has its own clock, people and records: over the same documents it goes the same way, so publishing what was just checked
        does not live through it again.
        """
        relevant = _relevant(new)
        if not new.all("scenario") or _relevant(old) == relevant:
            return ()
        text = json.dumps([self.dialect, str(self.timezone), sorted(relevant.items())], ensure_ascii=False, sort_keys=True)
        key = sha256(text.encode()).hexdigest()
        found = _LIVED.get(key)
        if found is None:
            found = self.run(new, new.all("scenario"))
            if len(_LIVED) >= MOST_LIVED:
                _LIVED.clear()
            _LIVED[key] = found
        return found

    def _one(self, connection: Connection, model: Model, tables: Tables, document: Document) -> Outcome:
        body = told(document, model)
        before = connection.begin_nested()
        try:
            world = open_world(connection, model, tables, body, self.timezone, _wanted(model, body))
            begun = _begin(world, body)
            if begun is not None:
                return Outcome(document, (begun,))
            automation = Automation(world) if book_of(model).rules else None
            return Outcome(document, tuple(step for index, each in enumerate(body.then) for step in _live(world, automation, each, f"/then/{index}")))
        finally:
            if before.is_active:
                before.rollback()


def _relevant(model: Model) -> dict[str, Any]:
    return {d.id: d.json for d in model.documents.values() if d.kind in MATTERS}


def _wanted(model: Model, body: ScenarioKind) -> list[Target]:
    """Return what a story has to compute for all records: what it expects with all that is read, or everything when it asks for rights."""
    graph = graph_of(model)
    expected = [step.expect for step in body.then if step.expect is not None]
    if any(e.may is not None for e in expected):
        return list(graph.targets.values())
    waiting = _read_by_rules(model)
    waiting += [model.get("score", e.score).id for e in expected if e.score is not None]
    fields = [f for e in expected if e.field is not None for entity in model.entities.values() if (f := entity.find_field(e.field)) is not None]
    waiting += [f.score or f.id for f in fields]
    seen: dict[str, Target | None] = {}
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen[key] = target = graph.targets.get(key)
        for entity_id, field_id in target.reads if target is not None else ():
            read = _field(model, entity_id, field_id)
            waiting += [read.score or read.id] if read is not None else []
    return [target for target in seen.values() if target is not None]


def _read_by_rules(model: Model) -> list[str]:
    """Return the scores and formulas that wake rules or that their conditions read, and the rules that the clock may wake."""
    found: list[str] = []
    for rule in book_of(model).rules.values():
        read = [f.score or f.id for e in (rule.condition, rule.watched) if e is not None for entity, key in e.reads if (f := _field(model, entity, key)) is not None]
        named = getattr(rule.body.trigger, "score", None)
        found += [rule.id, *read, *([model.get("score", named).id] if named else [])]
    return found


def _field(model: Model, entity_id: str, field_id: str) -> Field | None:
    entity = model.find_entity(entity_id)
    return entity.fields_by_id.get(field_id) if entity is not None else None


def _begin(world: World, body: ScenarioKind) -> StepOutcome | None:
    """Put the first records in; return what stands in the way."""
    try:
        world.uow.is_past = True  # what is there from the beginning wakes no rule
        world.add(body.given.records, "/given/records")
        world.compute(ScoreCause("model"))
        note_all_silent(world.uow)
    except TenonError as error:
        return _refused(error, "/given")
    world.uow.is_past = False
    return None


def _live(world: World, automation: Automation | None, step: StoryStep, path: str) -> Iterable[StepOutcome]:
    """Yield how a step went: what it changes, what happens by itself, and what it expects."""
    if step.advance_days or step.advance_hours or step.set or step.add or step.do:
        part = world.uow.connection.begin_nested()
        try:
            world.begin()
            world.advance(step.advance_days, step.advance_hours, automation.work if automation is not None else None)
            world.add(step.add, f"{path}/add")
            for name in sorted(step.set):
                for record, values in step.set[name].items():
                    world.set(world.model.get_entity(name), record, values)
            if step.do is not None:
                world.do(step.do, f"{path}/do")
            world.compute()
            if automation is not None:
                automation.work()
            part.commit()
        except TenonError as error:
            part.rollback()
            yield _refused(error, path)
        else:
            day = world.uow.today.isoformat()
            yield StepOutcome(path, "change", passed=True, explanation=say("It is {day}.", "当前日期为 {day}。", day=day))
    if step.expect is not None:
        try:
            verdict = judge(world, step.expect)
        except TenonError as error:
            yield _refused(error, path)
        else:
            yield StepOutcome(path, verdict.kind, verdict.passed, verdict.explanation, verdict)


def _refused(error: TenonError, path: str) -> StepOutcome:
    first = error.problems[0]
    what = say("{message} ({path})", "{message}（{path}）", message=first.message, path=first.path) if first.path else first.message
    return StepOutcome(path, "change", passed=False, explanation=what)

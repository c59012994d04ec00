"""What a rule did and why, what held it back, and what it would have done in the past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tenon.engine.notices.telling import titles
from tenon.engine.releases.draft import require_builder
from tenon.engine.releases.drafted import draft_one
from tenon.engine.rules.book import Rule, read_rule
from tenon.engine.rules.journal import AGAIN, page_of_misses, page_of_runs, replay, rule_of
from tenon.engine.rules.past import simulate
from tenon.engine.tables import Tables
from tenon.metamodel.actions import ACTIONS
from tenon.metamodel.errors import Invalid
from tenon.metamodel.labels import Text, say, sentences
from tenon.metamodel.model import Entity
from tenon.platform.rights import require_admin
from tenon.ui.backend.base import View
from tenon.ui.backend.effects import not_sent

PAGE = 50
DAYS = (30, 90, 365)
STATES = {
    "waiting": (say("Waiting", "等待中"), "grey"), "done": (say("Done", "已完成"), "green"), "failed": (say("Failed", "失败"), "red"), "stopped": (say("Stopped", "已停止"), "amber"),
    "logged": (say("Only noted", "仅记录"), "grey"),
}  # fmt: skip
REASONS = {
    "circle": say("it had run for this change already", "该变更已触发过此规则"), "depth": say("the chain of rules is too long", "规则链过长"), "no_rule": say("the rule is no more", "规则已不存在"),
    "once_per": say("acted already", "已执行过"), "cooldown_hours": say("acted lately", "冷却中"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a condition with its value; ``depth`` is how far it stands inside of others."""

    text: str
    value: str
    is_held: bool | None
    depth: int


@dataclass(frozen=True, slots=True)
class RunShown:
    """A run: when, for which record, what became of it and why."""

    id: str
    at: datetime
    title: str
    url: str | None
    state: str
    tone: str
    reason: str | None
    parts: tuple[Part, ...]
    effects: tuple[str, ...]
    may_replay: bool


@dataclass(frozen=True, slots=True)
class MissShown:
    """A batch of evaluations that did not fire."""

    at: datetime
    count: int
    parts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class RunsPage:
    """What a rule did."""

    name: str
    label: str
    runs: tuple[RunShown, ...]
    missed: tuple[MissShown, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the past, and how often the rule would have fired in it; ``share`` is of the highest, in hundredths."""

    label: str
    count: int
    share: int


@dataclass(frozen=True, slots=True)
class PastPage:
    """What a rule would have done."""

    name: str
    label: str
    days: int
    error: str | None
    hint: str | None = None
    count: int = 0
    records: int = 0
    per_week: float = 0
    looked_at: int = 0
    is_cut: bool = False
    weeks: tuple[Week, ...] = ()
    fired: tuple[RunShown, ...] = ()


def runs_page(view: View, name: str, before: str | None) -> RunsPage:
    """Return a page of runs, newest first, with the latest evaluations that did not fire. Raises NotFound, Forbidden."""
    require_admin(view.ctx)
    rule = rule_of(view.uow, name)
    found = page_of_runs(view.uow, rule, before=before, limit=PAGE + 1)
    known = titles(view.uow, view.ctx, rule.entity, {run["record"] for run in found})
    missed = () if before else tuple(
        MissShown(datetime.fromisoformat(m["at"]), m["count"], tuple((_reason(view, part), n) for part, n in m["parts"].items())) for m in page_of_misses(view.uow, rule, 20)
    )  # fmt: skip
    shown = tuple(_shown(view, rule, run, known) for run in found[:PAGE])
    return RunsPage(name, rule.document.label.show(view.language), shown, missed, found[PAGE - 1]["id"] if len(found) > PAGE else None)


def run_again(view: View, id: str) -> None:
    """Put a run into the queue again. Raises NotFound, Conflict, Forbidden."""
    require_admin(view.ctx)
    replay(view.uow, id)


def past_page(view: View, name: str, days: int) -> PastPage:
    """Return what a rule, as it is drafted, would have done in the last days. Raises NotFound, Forbidden."""
    require_builder(view.ctx, "rule")
    require_admin(view.ctx)
    drafted = draft_one(view.uow.connection, view.model, "rule", name, None)
    uow = replace(view.uow, model=drafted.model, tables=Tables(drafted.model, view.uow.dialect))
    entity = drafted.model.get_entity(drafted.document.body.entity)
    label = drafted.document.label.show(view.language)
    try:
        found = simulate(uow, view.ctx, read_rule(drafted.model, drafted.document, entity), uow.now - timedelta(days=days), uow.now + timedelta(seconds=1))
    except Invalid as error:
        problem = error.problems[0]
        return PastPage(name, label, days, problem.message.show(view.language), problem.hint.show(view.language) if problem.hint else None)
    known = titles(uow, view.ctx, entity, {each["record"] for each in found["fired"]})
    highest = max((week["count"] for week in found["weeks"]), default=1)
    weeks = tuple(Week(week["week"], week["count"], round(100 * week["count"] / highest)) for week in found["weeks"])
    fired = tuple(_past(entity, each, known, view.language) for each in found["fired"])
    return PastPage(name, label, days, None, None, found["count"], found["records"], found["per_week"], found["looked_at"], found["is_cut"], weeks, fired)


def _past(entity: Entity, each: Mapping[str, Any], known: Mapping[str, str], language: str) -> RunShown:
    title, facts = known.get(each["record"]), each["facts"]
    moved = f"{_rounded(facts['was_value'])} → {_rounded(facts['value'])}" if facts.get("was_value") else None
    url = f"/records/{entity.name}/{each['record']}" if title else None
    would = tuple(_would(entity, said, language) for said in each["would"])
    return RunShown("", datetime.fromisoformat(each["at"]), title or each["record"][:8], url, "", "grey", moved, (), would, False)


def _would(entity: Entity, said: Mapping[str, Any], language: str) -> str:
    """Return what an action would have done, with the values that it would have written to the record."""
    label = ACTIONS[said["type"]].LABEL.show(language)
    values = said["fields"].items() if said["type"] == "set_fields" else ()
    written = ", ".join(f"{entity.fields[name].label.show(language)} = {'–' if value is None else value}" for name, value in values if name in entity.fields)
    return f"{label}: {written}"[:200] if written else label


def _rounded(value: object) -> str:
    """Return a value of a score as it is read: one decimal at most."""
    return f"{round(Decimal(str(value)), 1).normalize():f}"


def _shown(view: View, rule: Rule, run: Mapping[str, Any], known: Mapping[str, str]) -> RunShown:
    label, tone = STATES[run["state"]]
    problems = [p["message"] for p in run["problem"] or ()]
    reason = _reason(view, run["reason"]) if run["reason"] else sentences(view.language, problems) or None
    done = [e for e in run["effects"] or () if e["type"] in ACTIONS]
    effects = tuple(word for e in done for word in (ACTIONS[e["type"]].LABEL.show(view.language), *not_sent(e, view.language)))
    title = known.get(run["record"])
    url = f"/records/{rule.entity.name}/{run['record']}" if title else None
    parts = tuple(parts_in(run["parts"])) if run["parts"] else ()
    at, shown = datetime.fromisoformat(run["at"]), title or run["record"][:8]
    return RunShown(run["id"], at, shown, url, label.show(view.language), tone, reason, parts, effects, run["state"] in AGAIN and rule.body.timing == "after")


def parts_in(tree: Mapping[str, Any], depth: int = 0) -> list[Part]:
    """Return the parts of a condition, outer ones first."""
    value = tree.get("value")
    shown = "–" if value is None else str(value)
    own = [Part(str(tree["text"]), shown, value if isinstance(value, bool) else None, depth)]
    return own + [part for inner in tree.get("parts", ()) for part in parts_in(inner, depth + 1)]


def _reason(view: View, key: str) -> str:
    return REASONS.get(key, Text(key, key)).show(view.language)

"""A scenario of the draft lived through: what came out at each of its steps, in words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tenon.engine.context import Context
from tenon.engine.releases.draft import require_builder
from tenon.engine.scenarios.run import StepOutcome
from tenon.engine.scores.contributions import plain
from tenon.metamodel.check_documents import check_document
from tenon.metamodel.errors import Invalid, not_found
from tenon.metamodel.labels import Text, say
from tenon.platform.workspace import Platform
from tenon.ui.backend.base import open_read
from tenon.ui.backend.drafted import drafted

NAMES = {"value": say("value", "值"), "band": say("band", "等级"), "coverage": say("coverage", "覆盖度"), "allowed": say("allowed", "允许")}


@dataclass(frozen=True, slots=True)
class Ran:
    """What came out at one step; ``id`` is that of the step, '' for how the story begins."""

    id: str
    passed: bool
    found: str
    why: str


@dataclass(frozen=True, slots=True)
class RanScenario:
    """How the story went."""

    passed: bool
    title: str
    steps: tuple[Ran, ...]


def run(platform: Platform, ctx: Context, name: str) -> RanScenario:
    """Live through a scenario of the draft. Raises NotFound, Forbidden, Invalid when its documents say what cannot be."""
    require_builder(ctx, "scenario")
    with open_read(platform, ctx) as view:
        model, base = drafted(view), view.model
    document = model.find("scenario", name)
    if document is None:
        raise not_found()
    problems = [*(p for _, p in model.problems), *check_document(document, model, base)]
    if problems:
        raise Invalid(list(dict.fromkeys(problems)))
    (outcome,) = platform.scenarios.run(model, [document])
    ids = [str(step.get("id", "")) for step in document.json.get("then", ())]
    return RanScenario(outcome.passed, outcome.title.show(ctx.language), tuple(_told(step, ids, ctx.language) for step in outcome.steps))


def _told(step: StepOutcome, ids: list[str], language: str) -> Ran:
    place = step.path.split("/")
    at = int(place[2]) if len(place) > 2 and place[1] == "then" and place[2].isdigit() else -1
    step_id = ids[at] if 0 <= at < len(ids) else ""
    if step.verdict is None:
        return Ran(step_id, step.passed, step.explanation.show(language), "")
    found = ", ".join(f"{_name(key).show(language)} {_said(value).show(language)}" for key, value in step.verdict.found.items())
    return Ran(step_id, step.passed, say("Found: {found}", "实际：{found}", found=found).show(language), step.explanation.show(language))


def _name(key: str) -> Text:
    return NAMES.get(key, Text(key, key))


def _said(value: Any) -> Text:
    if value is None:
        return say("empty", "空")
    if isinstance(value, bool):
        return say("yes", "是") if value else say("no", "否")
    text = str(plain(value) if isinstance(value, Decimal) else value)
    return Text(text, text)

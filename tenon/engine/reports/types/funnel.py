"""A funnel: the options of a choice, or several measures, one step after the other, with what goes on from step to step."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from tenon.engine.query.answers import Found
from tenon.engine.query.behind import condition_of
from tenon.engine.reports.asked import Asked
from tenon.engine.reports.seeing import lens_of, question_of
from tenon.engine.reports.shape import options_of, table
from tenon.engine.reports.types.base import Answers, Asking
from tenon.metamodel.labels import Text, say


class Funnel(Answers):
    """Steps in the order of a choice's options (or of the measures); ``options.cumulative`` counts who came at least this far, ``options.steps`` names them."""

    types: ClassVar[tuple[str, ...]] = ("funnel",)

    def lacks(self, type: str, asking: Asking) -> Text | None:
        """Return that there is nothing to take steps from."""
        if (len(asking.groups) == 1 and asking.measures) or (not asking.groups and asking.measures > 1):
            return None
        return say("Needs one group, or several measures without one.", "需要一个分组，或不分组的多个度量。")

    def answer(self, asked: Asked) -> dict[str, Any]:
        """Return rows, and ``steps``: name, label, value, share of the first step and of the one before, the filter behind."""
        lens = lens_of(asked)
        found = asked.find(question_of(asked), lens)
        steps = _of_options(asked, found) if found.outputs[0].selected is not None else _of_measures(asked, found)
        first = steps[0]["value"] if steps else None
        for index, step in enumerate(steps):
            step["of_first"] = _share(step["value"], first)
            step["of_previous"] = _share(step["value"], steps[index - 1]["value"]) if index else None
        return table(asked, found) | {"steps": steps}


def _of_options(asked: Asked, found: Found) -> list[dict[str, Any]]:
    """Return a step for each option (also those that nobody is in), or for each value of another group."""
    group, place = found.outputs[0], len([o for o in found.outputs if o.selected is not None])
    behind: Sequence[str | None] = found.behind_measure(place) or [None] * len(found.rows)
    steps = [
        {"name": str(row[0]), "label": _label(shown[0]), "value": row[place], "behind": behind[i]}
        for i, (row, shown) in enumerate(zip(found.values, found.rows, strict=True))
    ]
    options = options_of(group.selected.field.spec, asked.ctx.language) if group.selected and not group.bucket else []
    if not options:
        return steps
    wanted = asked.body.options.get("steps")
    options = [o for o in options if o["name"] in wanted] if isinstance(wanted, list) else options
    by_name = {step["name"]: step for step in steps}
    steps = [{"value": 0, "behind": None, **by_name.get(option["name"], {}), **option} for option in options]
    return _cumulated(found, steps, place) if asked.truth("cumulative") else steps


def _cumulated(found: Found, steps: list[dict[str, Any]], place: int) -> list[dict[str, Any]]:
    """Return the steps with everything behind them added: who is further came through here."""
    name = found.outputs[0].name
    parts = [f"({part})" for part in (found.question.filter, condition_of(found.outputs[place].expression)) if part]
    for index in range(len(steps) - 2, -1, -1):
        steps[index]["value"] = (steps[index]["value"] or 0) + (steps[index + 1]["value"] or 0)
    for index, step in enumerate(steps):
        names = ", ".join(f"'{s['name']}'" for s in steps[index:])
        step["behind"] = " and ".join([*parts, f"{name} in [{names}]"])
    return steps


def _of_measures(asked: Asked, found: Found) -> list[dict[str, Any]]:
    values = found.values[0] if found.values else [None for _ in found.outputs]
    behind: list[Sequence[str | None]] = [found.behind_measure(place) or [None] for place in range(len(found.outputs))]
    return [{"name": o.name, "label": o.label.show(asked.ctx.language), "value": v, "behind": b[0]} for o, v, b in zip(found.outputs, values, behind, strict=True)]


def _label(cell: Any) -> str:
    return str(cell.get("title") or cell.get("id")) if isinstance(cell, dict) else str(cell)


def _share(value: Any, whole: Any) -> float | None:
    return None if value is None or not whole else float(Decimal(str(value)) / Decimal(str(whole)))

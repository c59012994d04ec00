"""Forms in several steps: which sections a step shows, which steps there are to go to, and what is wrong in one."""

from __future__ import annotations

from collections.abc import Iterable

from tenon.ui.backend.drafts import Draft
from tenon.ui.work import FormStep


def steps_of(draft: Draft, at: int) -> tuple[tuple[FormStep, ...], frozenset[int] | None]:
    """Return the steps that show something, with ``at`` as the one that is shown, and its sections; None for all of them.

    A section that no step names belongs to the last one.
    """
    found = _sections(draft)
    if not found:
        return (), None
    at = min(max(at, 0), len(found) - 1)
    steps = []
    for index, (label, _) in enumerate(found):
        state = "here" if index == at else "done" if index < at or draft.id is not None else "ahead"
        steps.append(FormStep(label, index, state, state == "done"))  # type: ignore[arg-type]
    return tuple(steps), found[at][1]


def names_in(draft: Draft, at: int) -> frozenset[str]:
    """Return the names of the fields and tables that a step shows."""
    found = _sections(draft)
    shown = found[min(max(at, 0), len(found) - 1)][1] if found else None
    names = set()
    for laid in draft.sections:
        if shown is None or laid.index in shown:
            names |= {item.field.name for item in draft.items() if item in laid.items}
            names |= {table.name for table in draft.tables() if table in laid.items}
    return frozenset(names)


def step_with(draft: Draft, wrong: Iterable[str], otherwise: int) -> int:
    """Return the first step that shows one of the fields, by name."""
    names = {name.partition(".")[0] for name in wrong}
    return next((at for at in range(len(_sections(draft))) if names & names_in(draft, at)), otherwise)


def _sections(draft: Draft) -> list[tuple[str, frozenset[int]]]:
    """Return the steps in which something is visible, each with the sections it shows."""
    steps = draft.document.body.steps if draft.document is not None else None
    if not steps:
        return []
    visible = {laid.index for laid in draft.sections}
    named = {section for step in steps for section in step.sections}
    found = []
    for step in steps:
        sections = set(step.sections) | (visible - named if step is steps[-1] else set())
        if sections & visible:
            found.append((step.label.show(draft.view.language), frozenset(s for s in sections & visible if s is not None)))
    return found

"""The steps of a form on its canvas: what each shows, and how they follow their sections when these are moved."""

from __future__ import annotations

from dataclasses import dataclass

from tenon.metamodel.labels import say
from tenon.metamodel.model import Model
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.design_shapes import ControlGroup, PaletteItem, Panel, Pick

STEP = "step"


@dataclass(frozen=True, slots=True)
class DrawnStep:
    """A step on the canvas with the headings of its sections."""

    id: str
    label: str
    sections: tuple[str, ...]


def draw_steps(design: Design) -> tuple[DrawnStep, ...]:
    """Return the steps in their order."""
    sections = design.json.get("sections", ())
    return tuple(
        DrawnStep(s["id"], design.show(s.get("label")), tuple(_heading(design, sections[n]) for n in s.get("sections", ()) if n < len(sections)))
        for s in design.json.get("steps") or ()
    )  # fmt: skip


def step_numbers(design: Design) -> dict[str, int]:
    """Return by section the number of the step that shows it; one that no step names belongs to the last."""
    steps = design.json.get("steps") or ()
    sections = design.json.get("sections", ())
    found = {section["id"]: len(steps) for section in sections} if steps else {}
    for number, step in reversed(list(enumerate(steps, 1))):
        found |= {sections[n]["id"]: number for n in step.get("sections", ()) if n < len(sections)}
    return found


def step_item(design: Design) -> PaletteItem | None:
    """Return a new step that shows the first section without one; None while there is no section."""
    sections, steps = design.json.get("sections", ()), design.json.get("steps") or ()
    if not sections:
        return None
    named = {n for step in steps for n in step.get("sections", ())}
    at = next((n for n in range(len(sections)) if n not in named), len(sections) - 1)
    label = say("Step {n}", "步骤 {n}", n=len(steps) + 1).to_json()
    return PaletteItem(say("Step", "步骤").show(design.language), "list-ordered", STEP, {"label": label, "sections": [at]}, say("A form in several steps", "分步填写").show(design.language))


def step_panel(design: Design, controls: Controls) -> Panel:
    """Return the properties of a step: its label and which sections it shows."""
    shown: list[int] = list(controls.item.get("sections", ()))
    picks = []
    for n, section in enumerate(design.json.get("sections", ())):
        is_on = n in shown
        wanted = sorted({*shown} ^ {n})
        reason = say("A step shows one section at least.", "每个步骤至少包含一个分组。").show(design.language) if is_on and not wanted else None
        operations = ({"op": "set", "at": f"{controls.place}/sections", "value": wanted},) if reason is None else ()
        picks.append(Pick(_heading(design, section), "layers", operations, is_on, reason))
    made = (controls.make("label", "label", say("Label", "名称"), required=True), controls.make("sections", "picks", say("Sections", "分组")).holding(tuple(picks)))
    return Panel(controls.item["id"], design.show(controls.item.get("label")), "list-ordered", (ControlGroup(None, made),), may_remove=True)


def follow(before: Json, after: Json, published: Model) -> list[Json]:
    """Return the operations that let steps follow their sections: positions are stored, sections are meant."""
    was = [s.get("id") for s in before.get("sections", ())]
    now = [s.get("id") for s in after.get("sections", ())]
    if was == now or not before.get("steps"):
        return []
    old = {step["id"]: step.get("sections", []) for step in before["steps"] if "id" in step}
    operations: list[Json] = []
    for step in after.get("steps") or ():
        shown = step.get("sections", [])
        if old.get(step.get("id")) != shown:
            continue  # it is new, or its sections were set by the operations themselves
        wanted = sorted(now.index(was[n]) for n in shown if n < len(was) and was[n] in now)
        if not wanted:
            operations.append({"op": "remove", "item": step["id"]})
        elif wanted != shown:
            operations.append({"op": "set", "at": f"/steps/{step['id']}/sections", "value": wanted})
    return operations


def _heading(design: Design, section: Json) -> str:
    return design.show(section.get("label")) or say("Section without a heading", "无标题分组").show(design.language)

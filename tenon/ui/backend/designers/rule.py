"""The rule designer: when something happens, if a condition holds, then things are done; and all of it as a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from tenon.metamodel.actions import ACTIONS
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.metamodel.triggers import TRIGGERS
from tenon.ui.backend.designers.base import Design, Json
from tenon.ui.backend.designers.rule_controls import action_panel, rule_panel
from tenon.ui.backend.designers.rule_offers import ICONS, first_actions, offered_actions
from tenon.ui.backend.designers.rule_triggers import trigger_panel
from tenon.ui.backend.designers.rule_words import said_action, said_condition, said_trigger
from tenon.ui.design_shapes import PaletteGroup, PaletteItem, Panel

LABEL = Text("Rule", "规则")
ICON = "zap"
TOLD = say("When something happens, something is done by itself.", "当某事发生时，自动执行操作。")


@dataclass(frozen=True, slots=True)
class DrawnCard:
    """A trigger or an action as a card: what it is, and what it says."""

    id: str
    label: str
    icon: str
    told: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """The rule: what wakes it, under which condition, what it does, and all of it as a sentence."""

    trigger: DrawnCard
    condition: str | None
    expression: str
    actions: tuple[DrawnCard, ...]
    is_before: bool
    state: str


def canvas(design: Design) -> Drawn:
    """Return the rule as its cards."""
    trigger, language = design.json.get("trigger") or {}, design.language
    woken = TRIGGERS.get(trigger.get("type", ""))
    first = DrawnCard(trigger.get("id", ""), woken.LABEL.show(language) if woken else "", ICONS.get(trigger.get("type", ""), ICON), said_trigger(design, trigger))
    actions = tuple(
        DrawnCard(each["id"], ACTIONS[each["type"]].LABEL.show(language), ICONS.get(each["type"], ICON), said_action(design, each)) for each in design.json.get("actions", ())
    )  # fmt: skip
    expression = str(design.json.get("condition") or "")
    return Drawn(first, said_condition(design, expression) if expression else None, expression, actions, design.json.get("timing") == "before", str(design.json.get("state") or "active"))


def palette(design: Design) -> tuple[PaletteGroup, ...]:
    """Return what a rule can do at its time."""
    language = design.language
    items = tuple(PaletteItem(ACTIONS[name].LABEL.show(language), ICONS[name], "action", value) for name, value in offered_actions(design))
    return (PaletteGroup(say("What it does", "执行的操作").show(language), items),)


def panel(design: Design, item_id: str) -> Panel | None:
    """Return the properties of the trigger, of an action, or of the rule."""
    item = design.item(item_id)
    if item is None:
        return None
    if item is design.json:
        return rule_panel(design, LABEL, ICON)
    trigger = design.json.get("trigger") or {}
    if item_id == trigger.get("id") or "type" not in item:
        return trigger_panel(design, trigger)
    return action_panel(design, item)


def start(design_label: Json, name: str, entity: Entity, language: str) -> Json:
    """Return a new rule that only notes what it would do, until its maker says otherwise."""
    return {
        "kind": "rule", "name": name, "label": design_label, "entity": entity.name, "trigger": {"type": "created"}, "actions": first_actions(entity), "state": "log_only",
    }


def shown_at(design: Design) -> str | None:
    """Return what the rule did."""
    return f"/design/rule/{design.json['name']}/runs"

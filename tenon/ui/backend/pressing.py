"""The buttons of rules on records and over ticked rows: which are there, pressing them, and telling what came of it."""

from __future__ import annotations

from tenon.engine.context import Context
from tenon.engine.rules.book import Rule
from tenon.engine.rules.pressing import Came, buttons, offered, press, press_all, runs_of
from tenon.engine.rules.runs import do_runs
from tenon.metamodel.actions import ACTIONS
from tenon.metamodel.actions.start_workflow import StartWorkflow
from tenon.metamodel.errors import TenonError
from tenon.metamodel.labels import Text, say, sentences
from tenon.metamodel.model import Entity
from tenon.platform.workspace import Platform
from tenon.ui.backend.asking import advance
from tenon.ui.backend.base import View, id_of, open_read, open_write
from tenon.ui.backend.bulk import Chosen, PlanOf, ids_of
from tenon.ui.backend.record import Record
from tenon.ui.shapes import RuleButton

AT_ONCE = 100
"""For so many records what the rule does is waited for; more are done by the worker."""


def record_buttons(record: Record) -> tuple[RuleButton, ...]:
    """Return the buttons of rules that are there for a record and who reads it."""
    if record.is_deleted:
        return ()
    view = record.view
    return tuple(_button(view, rule) for rule in offered(view.uow, view.ctx, record.entity, record.id))


def list_buttons(view: View, entity: Entity) -> tuple[RuleButton, ...]:
    """Return the buttons of rules for ticked rows."""
    return tuple(_button(view, rule) for rule in buttons(view.uow, view.ctx, entity)) if view.rights.may(entity, "bulk") else ()


def press_button(platform: Platform, ctx: Context, name: str, id: str) -> str:
    """Press a button for a record, do what the rule does, and return what came of it in words. Raises NotFound, Forbidden, Conflict."""
    with open_write(platform, ctx) as view:
        came = press(view.uow, ctx, name, id_of(id))
    return _told(platform, ctx, came)


def press_ticked(platform: Platform, ctx: Context, plan: PlanOf, chosen: Chosen, name: str) -> str:
    """Press a button for the chosen rows of a list, and return what came of it in words. Raises NotFound, Forbidden, Invalid."""
    with open_read(platform, ctx) as view:
        planned = plan(view)
        view.rights.require(planned.entity, "bulk")
        ids = ids_of(view, planned, chosen)
    with open_write(platform, ctx) as view:
        came = press_all(view.uow, ctx, name, ids)
    return _told(platform, ctx, came)


def _button(view: View, rule: Rule) -> RuleButton:
    trigger, shown = rule.body.trigger, view.language
    label: Text = getattr(trigger, "label", rule.document.label)
    confirm: Text | None = getattr(trigger, "confirm", None)
    # A workflow may have the name of a rule: its button goes by its id.
    key = rule.document.name if view.model.find("rule", rule.id) is not None else rule.id
    return RuleButton(key, label.show(shown), confirm.show(shown) if confirm is not None else None)


def _told(platform: Platform, ctx: Context, came: Came) -> str:
    """Do what waits, when it is little, and say what became of it; what is not done by now the worker does."""
    if len(came.records) <= AT_ONCE:
        try:
            do_runs(came.root, platform.write, platform.language)
        except TenonError:
            platform.wake()
    for action in came.rule.body.actions:
        if isinstance(action, StartWorkflow):
            advance(platform, action.workflow)
    platform.wake()
    with open_read(platform, ctx) as view:
        found = runs_of(view.uow, came)
    label: Text = getattr(came.rule.body.trigger, "label", came.rule.document.label)
    return _words(came, found, label).show(ctx.language)


def _words(came: Came, found: list[dict[str, object]], label: Text) -> Text:
    states = [str(run["state"]) for run in found]
    left = came.left_out + len(came.records) - len(found)
    done, failed = states.count("done"), next((run for run in found if run["state"] == "failed"), None)
    if failed is not None:
        problems: list[dict[str, str]] = failed["problem"] or []  # type: ignore[assignment]
        return say("“{label}” could not be done: {why}", "“{label}”未能执行：{why}", label=label, why=Text(*(sentences(each, (p["message"] for p in problems)) for each in ("en", "zh"))))
    if not found:
        return say("“{label}” did nothing: its condition does not hold, or it acted already.", "“{label}”未执行：条件不满足，或已执行过。", label=label)
    if "waiting" in states:
        return say("“{label}” was started for {n} {n:record|records}.", "“{label}”已开始执行（{n} 条记录）。", label=label, n=len(found))
    if "logged" in states:
        return say("“{label}” was only noted: the rule does nothing yet.", "“{label}”仅记录：该规则尚未启用。", label=label)
    if not done:
        return say("“{label}” was stopped: it had run for this change already.", "“{label}”已停止：该变更已触发过此规则。", label=label)
    if len(came.records) + came.left_out == 1:
        did = [ACTIONS[action.type].LABEL for action in came.rule.body.actions]
        what = Text(", ".join(d.show("en") for d in did), "、".join(d.show("zh") for d in did))
        return say("“{label}” is done: {what}.", "“{label}”已完成：{what}。", label=label, what=what)
    if left:
        return say("“{label}” is done for {n} {n:record|records}, not for {left}.", "“{label}”已完成 {n} 条，{left} 条不适用。", label=label, n=done, left=left)
    return say("“{label}” is done for {n} {n:record|records}.", "“{label}”已完成 {n} 条。", label=label, n=done)

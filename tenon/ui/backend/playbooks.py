"""Playbooks on the pages of records and alerts."""

from __future__ import annotations

from typing import Any

from tenon.engine.alerts.finding import CLOSED, NAME as ALERT, alert_entity, open_alert_ids
from tenon.engine.notices.telling import readable
from tenon.engine.playbooks.by_hand import about_entity, begin, subject
from tenon.engine.playbooks.plays import Play, PlayTask, plays_of, task_entity
from tenon.engine.records.stored import load
from tenon.metamodel.model import Entity
from tenon.ui.alert_shapes import Playing, PlayStep, PlayView
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.record import Record
from tenon.ui.shapes import Choice

SHOWN = ("title", "state", "due", "assignee", "required")
MOST_PLAYS = 5


def playing(record: Record) -> Playing | None:
    """Return the playbooks that began for a record and the open alerts about it, and those that can begin for it."""
    view, task = record.view, task_entity(record.view.model)
    if task is None or record.is_deleted or not view.rights.may(task, "read"):
        return None
    plays = plays_of(view.uow, [record.id, *_alerts(record)])
    seen = readable(view.uow, view.ctx, task, [t.id for play in plays for t in play.tasks], SHOWN)
    titles = _titles(view, [play.origin for play in plays if play.origin != record.id])
    shown = [_play(view, play, seen, task, titles.get(play.origin)) for play in plays if any(t.id in seen for t in play.tasks)][:MOST_PLAYS]
    about = subject(view.uow, record.entity, record.id)
    is_closed = record.entity.name == ALERT and load(view.uow, record.entity, [record.id])[record.id].get("state") == CLOSED
    may_begin = about is not None and view.rights.may(task, "create") and record.may("update") and not is_closed
    types = _types(view, [record.id] if record.entity.name == ALERT else _alerts(record)) if may_begin else set()
    listed = sorted(about_entity(view.model, about[0]), key=lambda d: not types & set(d.body.for_.alert)) if may_begin and about is not None else []
    offers = [Choice(d.name, d.label.show(view.language)) for d in listed]
    if not shown and not offers:
        return None
    is_begun = any(p.alert is None and p.next is not None for p in shown)
    return Playing(tuple(shown), tuple(offers), is_begun)


def start(view: View, entity: str, id: str, playbook: str) -> int:
    """Begin a playbook for a record or an alert; return how many tasks it made. Raises NotFound, Forbidden, Invalid."""
    return len(begin(view.uow, view.ctx, playbook, view.entity(entity), id_of(id)))


def _alerts(record: Record) -> list[str]:
    alert = alert_entity(record.view.model)
    if alert is None or alert is record.entity or not record.view.rights.may(alert, "read"):
        return []
    return open_alert_ids(record.view.uow, alert, [record.id], type_=None, lock=False)[record.id]


def _types(view: View, alerts: list[str]) -> set[str]:
    """Return the types of alerts: the playbooks for them are offered first."""
    alert = alert_entity(view.model)
    return {str(values["type"]) for values in load(view.uow, alert, alerts).values() if values.get("type")} if alert is not None and alerts else set()


def _titles(view: View, ids: list[str]) -> dict[str, tuple[str, str]]:
    """Return title and address of those alerts that the reader sees."""
    alert = alert_entity(view.model)
    if alert is None or not ids:
        return {}
    found = readable(view.uow, view.ctx, alert, ids, ["title"])
    return {id: (str(values.get("title") or alert.label.show(view.language)), f"/records/{ALERT}/{id}") for id, values in found.items()}


def _play(view: View, play: Play, seen: dict[str, dict[str, Any]], task: Entity, alert: tuple[str, str] | None) -> PlayView:
    playbook = view.model.find("playbook", play.playbook)
    may_update = view.rights.may(task, "update")
    steps = tuple(_step(view, t, seen[t.id], may_update=may_update) for t in play.counted if t.id in seen)
    label = playbook.label.show(view.language) if playbook is not None else play.playbook
    return PlayView(label, play.done, len(play.counted), play.next.title if play.next is not None and play.next.id in seen else None, steps, alert)


def _step(view: View, task: PlayTask, values: dict[str, Any], *, may_update: bool) -> PlayStep:
    due, who = task.due if values.get("due") else None, values.get("assignee")
    is_late = task.is_open and due is not None and due < view.uow.now
    return PlayStep(
        task.id, str(values.get("title") or ""), str(values.get("state") or ""), due, who["title"] if who else None, is_late, may_update and task.is_open,
        values.get("required") is False,
    )  # fmt: skip

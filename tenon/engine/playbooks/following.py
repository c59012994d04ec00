"""What follows by itself: playbooks that begin for alerts and stages, and steps that are looked at again when they come."""

from __future__ import annotations

from collections import defaultdict

from tenon.engine.alerts.finding import NAME as ALERT, alert_entity
from tenon.engine.context import Context, system_context
from tenon.engine.playbooks.plays import OPEN, OVER, Play, plays_of, task_entity
from tenon.engine.playbooks.starting import make, needed, start
from tenon.engine.records.events import Written
from tenon.engine.records.masses import change_part
from tenon.engine.records.stored import load
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.document import Document
from tenon.metamodel.model import Entity


def hear_playbooks(uow: UnitOfWork, event: object) -> None:
    """Begin playbooks for new alerts of their types and records that come into their stages; go on with those of which a task ended."""
    if not isinstance(event, Written) or event.action not in ("create", "update") or not any(True for _ in uow.model.all("playbook")):
        return
    if event.entity.name == ALERT and event.action == "create":
        _begin_for_alerts(uow, event)
    elif event.entity.name == "task" and event.action == "update":
        _go_on(uow, event)
    else:
        _begin_for_stages(uow, event)


def _acting(event: Written) -> tuple[Context, str]:
    language = event.ctx.language if event.ctx is not None else "en"
    return (event.ctx or system_context()), language


def _begin_for_alerts(uow: UnitOfWork, event: Written) -> None:
    alert = alert_entity(uow.model)
    if alert is None or task_entity(uow.model) is None:
        return
    ctx, language = _acting(event)
    waiting: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    found = {}
    for id, values in load(uow, alert, event.ids).items():
        playbook = _for_alert(uow, values["type"], values["record"][0]) if values["record"] is not None and not values.get("playbook") else None
        if playbook is not None and values["state"] != "closed":
            found[playbook.id] = playbook
            waiting[playbook.id][values["record"][1]] = (ALERT, id)
    for key, origins in waiting.items():
        start(uow, ctx, found[key], origins, language=language)


def _for_alert(uow: UnitOfWork, type_: str | None, entity_id: str) -> Document | None:
    """Return the first playbook, by name, for alerts of a type about an entity."""
    fitting = (d for d in uow.model.all("playbook") if type_ in d.body.for_.alert and (e := uow.model.find_entity(d.body.entity)) is not None and e.id == entity_id)
    return min(fitting, key=lambda d: d.name, default=None)


def _begin_for_stages(uow: UnitOfWork, event: Written) -> None:
    """Begin the playbooks of a stage for the records that came into it."""
    ctx, language = _acting(event)
    for playbook in uow.model.all("playbook"):
        stage = playbook.body.for_.stage
        if stage is None or (entity := uow.model.find_entity(playbook.body.entity)) is None or entity.id != event.entity.id:
            continue
        field = entity.find_field(stage.field)
        if field is None or (event.fields is not None and field.id not in event.fields):
            continue
        rows = load(uow, entity, event.ids)
        came = [id for id, values in rows.items() if values.get(field.name) in stage.options and event.before.get(id, {}).get(field.name) not in stage.options]
        start(uow, ctx, playbook, {id: (entity.name, id) for id in came}, language=language)


def _go_on(uow: UnitOfWork, event: Written) -> None:
    """Look at the steps that come next where a task of a playbook ended."""
    task = task_entity(uow.model)
    if task is None or event.fields is None or task.fields["state"].id not in event.fields:
        return
    ended = {
        (values["origin"][1], values["playbook"]): values["origin"][0] for id, values in load(uow, task, event.ids).items()
        if values["playbook"] and values["origin"] is not None and values["state"] == "done" and event.before.get(id, {}).get("state") in OPEN
    }  # fmt: skip
    if not ended:
        return
    kinds = {origin: kind for (origin, _), kind in ended.items()}
    for play in plays_of(uow, list(kinds), lock=True):
        entity = uow.model.find_entity(kinds[play.origin])
        if (play.origin, play.playbook) in ended and entity is not None:
            _come_to(uow, task, play, entity, _acting(event)[1])


def _come_to(uow: UnitOfWork, task: Entity, play: Play, kind: Entity, language: str) -> None:
    """Judge the steps after the last that ended, one after the other, until one is needed: what is not is called off, what was not made is."""
    playbook = uow.model.find("playbook", play.playbook)
    about = _subject(uow, play.origin, kind)
    entity = uow.model.find_entity(playbook.body.entity) if playbook is not None else None
    if playbook is None or about is None or entity is None:
        return
    acting = system_context("rule", label=f"playbook:{playbook.name}", language=language)
    by_step = {t.step: t for t in play.tasks}
    last = max((t.position for t in play.tasks if t.state in OVER), default=0)
    for position, step in enumerate(playbook.body.steps, 1):
        made = by_step.get(step.id)
        if position <= last or (made is not None and not made.is_open):
            continue
        is_needed = bool(needed(uow, entity, step, [about]))
        if is_needed and made is None:
            make(uow, acting, playbook, entity, step, position, {about: (kind.name, play.origin)}, language)
        elif not is_needed and made is not None:
            change_part(uow, acting, task, [made.id], {"state": "cancelled"}, uow.new_id())
        if is_needed:
            return


def _subject(uow: UnitOfWork, origin: str, kind: Entity) -> str | None:
    """Return the record that a playbook is about: that of the alert it began for, or the record itself."""
    if kind.name != ALERT:
        return origin
    record = load(uow, kind, [origin]).get(origin, {}).get("record")
    return str(record[1]) if record is not None else None

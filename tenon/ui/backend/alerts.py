"""Alerts as people work with them: what can be done, one or many at once, and the page of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tenon.engine.alerts import verbs
from tenon.engine.alerts.finding import CLOSED, NAME, alert_entity
from tenon.engine.alerts.following import recovered
from tenon.engine.context import Context
from tenon.engine.records.stored import load
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Forbidden, Malformed, NotFound, Problem
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field
from tenon.platform.workspace import Platform
from tenon.ui.alert_shapes import AlertDesk, AlertVerbs
from tenon.ui.backend.base import View, open_read, open_write
from tenon.ui.backend.bulk import Chosen, Outcome, PlanOf, ids_of
from tenon.ui.backend.record import Record
from tenon.ui.backend.scores import score_view
from tenon.ui.record_shapes import ScoreView
from tenon.ui.shapes import Choice

MOST_LOST = 5
SAID = {
    "acknowledge": Text("The alert is yours now.", "预警已由您处理。"), "snooze": Text("The alert was put off.", "预警已推迟。"), "close": Text("The alert is closed.", "预警已关闭。"),
}  # fmt: skip


def offered(view: View, entity: Entity) -> AlertVerbs | None:
    """Return what the reader can do with alerts; None for other entities, and for who may not change them."""
    if entity.name != NAME or alert_entity(view.model) is not entity or not view.rights.may(entity, "update"):
        return None
    return AlertVerbs(_options(view, entity, "outcome"), _options(view, entity, "cause"), view.uow.today + timedelta(days=1))


def _options(view: View, entity: Entity, name: str) -> tuple[Choice, ...]:
    field = entity.fields.get(name)
    listed = getattr(field.spec, "options", ()) if field is not None else ()
    return tuple(Choice(o.name, o.title().show(view.language), o.colour) for o in listed if not o.retired)


def do(view: View, ids: Sequence[str], verb: str, sent: Mapping[str, str]) -> str:
    """Do something with alerts and return the batch. Raises Invalid, Forbidden, Conflict."""
    uow, ctx = view.uow, view.ctx
    doing: dict[str, Callable[[], str]] = {
        "acknowledge": lambda: verbs.acknowledge(uow, ctx, ids), "snooze": lambda: verbs.snooze(uow, ctx, ids, sent.get("until"), sent.get("reason")),
        "close": lambda: verbs.close(uow, ctx, ids, sent.get("outcome"), sent.get("cause") or None),
    }  # fmt: skip
    if verb not in doing:
        raise Malformed(Problem("/act", "bad_choice", say("There is no such action.", "没有此操作。"), say("Reload the page.", "请刷新页面。")))
    return doing[verb]()


def do_many(platform: Platform, ctx: Context, plan: PlanOf, chosen: Chosen, verb: str, sent: Mapping[str, str]) -> Outcome:
    """Do something with the chosen alerts of a list, all or none. Raises Invalid, Forbidden, Conflict."""
    with open_read(platform, ctx) as view:
        ids = ids_of(view, plan(view), chosen)
    with open_write(platform, ctx) as view:
        batch = do(view, ids, verb, sent)
    return Outcome(len(ids), batch)


def desk(record: Record) -> AlertDesk | None:
    """Return an alert as its page shows it; None for a record that is none."""
    view, entity = record.view, record.entity
    if alert_entity(view.model) is not entity or record.is_deleted:
        return None
    values = load(view.uow, entity, [record.id])[record.id]
    read = {name: values.get(name) for name, field in entity.fields.items() if view.rights.may_read(entity, field)}
    score, about = _score(view, read), read.get("record")
    shown = _explained(view, score, about, read)
    rule = view.model.find("rule", str(read["rule"])) if read.get("rule") else None
    user = view.ctx.user
    return AlertDesk(
        record.id, str(read.get("state")), read.get("level"), read.get("reason"), score.label.show(view.language) if score else None, _url(view, score, about, shown),
        read.get("score_from"), read.get("score_to"), _whole(read.get("window_days")), tuple(m for m in shown.changes if m.change < 0)[:MOST_LOST] if shown else (),
        _now(view, score, about), record.id in recovered(view.uow, {record.id: values}), read.get("score_end"), read.get("effect"),
        _label(view, entity.fields.get("outcome"), read.get("outcome")), _label(view, entity.fields.get("cause"), read.get("cause")),
        rule.label.show(view.language) if rule is not None else read.get("rule"),
        f"/design/rule/{rule.name}/runs" if rule is not None and user is not None and user.may_build else None, read.get("snoozed_until"), read.get("snooze_reason"),
        read.get("escalate_at") if read.get("state") != CLOSED else None, read.get("escalated_to"), offered(view, entity) if record.may("update") else None,
    )  # fmt: skip


def _score(view: View, read: Mapping[str, Any]) -> Document | None:
    return view.model.find("score", str(read["score"])) if read.get("score") else None


def _explained(view: View, score: Document | None, about: Any, read: Mapping[str, Any]) -> ScoreView | None:
    """Return the score on the day of the alert beside the beginning of its fall; None where the reader does not see it."""
    entity = view.model.find_entity(about[0]) if about is not None else None
    opened = read.get("opened_at")
    if score is None or entity is None or opened is None:
        return None
    days = _whole(read.get("window_days")) or int(score.body.trend_days)
    day = opened.astimezone(view.uow.timezone).date()
    try:
        return score_view(view, entity, about[1], score, day, day - timedelta(days=days))
    except (NotFound, Forbidden):
        return None


def _now(view: View, score: Document | None, about: Any) -> Decimal | None:
    entity = view.model.find_entity(about[0]) if about is not None else None
    if score is None or entity is None:
        return None
    try:
        return score_view(view, entity, about[1], score).value
    except (NotFound, Forbidden):
        return None


def _url(view: View, score: Document | None, about: Any, shown: ScoreView | None) -> str | None:
    entity = view.model.find_entity(about[0]) if about is not None else None
    if score is None or entity is None or shown is None:
        return None
    return f"/records/{entity.name}/{about[1]}/scores/{score.name}?on={shown.on}&since={shown.since}"


def _label(view: View, field: Field | None, name: Any) -> str | None:
    option = next((o for o in getattr(field.spec, "options", ()) if o.name == name), None) if field is not None and name else None
    return option.title().show(view.language) if option is not None else None


def _whole(value: Any) -> int | None:
    return int(value) if value is not None else None

"""How fresh records are that come from another system: what the system is called, and since when everything from there is here."""

from __future__ import annotations

from datetime import datetime

from tenon.engine.syncing import links, runs
from tenon.engine.syncing.connectors import CONNECTOR, system_of
from tenon.metamodel.document import Document
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View

HOUR, DAY = 3_600, 86_400


def of_list(view: View, entity: Entity) -> str | None:
    """Return where records of an entity come from and how long ago, None where no connector has pulled any."""
    return _told(view, _pulling(view, entity))


def of_record(view: View, entity: Entity, id: str) -> str | None:
    """Return where a record comes from and how long ago, None where no other system has it."""
    pulling = _pulling(view, entity)
    return _told(view, [each for each in pulling if links.by_record(view.uow, system_of(each), entity, [id])]) if pulling else None


def said_age(view: View, moment: datetime) -> str:
    """Return how long ago a moment was, in words."""
    seconds = max(0, int((view.uow.now - moment).total_seconds()))
    return (say("just now", "刚刚") if seconds < 60 else say("{length} ago", "{length}前", length=said_length(seconds))).show(view.language)


def said_length(seconds: int) -> Text:
    """Return a length of time in words, the largest unit of it."""
    if seconds < 60:
        return say("{n} {n:second|seconds}", "{n} 秒", n=seconds)
    if seconds < HOUR:
        return say("{n} {n:minute|minutes}", "{n} 分钟", n=seconds // 60)
    return say("{n} {n:hour|hours}", "{n} 小时", n=seconds // HOUR) if seconds < 2 * DAY else say("{n} {n:day|days}", "{n} 天", n=seconds // DAY)


def _pulling(view: View, entity: Entity) -> list[Document]:
    return [each for each in view.model.all(CONNECTOR) if each.body.pulls and view.model.find_entity(each.body.entity) is entity]


def _told(view: View, pulling: list[Document]) -> str | None:
    states = runs.all_states(view.uow.connection) if pulling else {}
    found = {system_of(each): at for each in pulling if (at := (states.get(each.id) or {}).get("fresh_at")) is not None}
    told = [say("from {system}, {age}", "来自 {system}，{age}", system=system, age=said_age(view, at)).show(view.language) for system, at in sorted(found.items())]
    return " · ".join(told) or None

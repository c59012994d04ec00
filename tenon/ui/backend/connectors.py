"""Connectors for administrators: how far each is, how its runs went, running one, and trying what is drafted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from tenon.engine.connectors import TYPES
from tenon.engine.jobs.queue import is_any_left
from tenon.engine.jobs.table import schedules, show_problem
from tenon.engine.outside import Outside
from tenon.engine.releases.drafted import draft_one
from tenon.engine.syncing import runs, waiting
from tenon.engine.syncing.connectors import CONNECTOR, system_of
from tenon.engine.syncing.reading import find_broken
from tenon.engine.syncing.tally import COUNTS
from tenon.engine.syncing.work import PREFIX, keys_of
from tenon.engine.webhooks.incoming import places_of
from tenon.metamodel.document import Document
from tenon.metamodel.errors import TenonError
from tenon.metamodel.labels import Text, say, sentences
from tenon.metamodel.model import Entity
from tenon.platform import connecting
from tenon.platform.rights import require_admin
from tenon.ui.backend.base import View
from tenon.ui.backend.designers.connector import DIRECTIONS as DIRECTION_CHOICES
from tenon.ui.backend.freshness import said_age, said_length
from tenon.ui.connector_shapes import ConnectorPage, ConnectorRow, RunLine, RunRow, Trial
from tenon.ui.shapes import Choice

SIZE, SHOWN = 20, 60
WORDS: dict[str, Text] = {
    "pulled": say("read", "读取"), "created": say("created here", "本系统新建"), "updated": say("changed here", "本系统修改"), "unchanged": say("unchanged", "未变化"),
    "skipped": say("skipped", "跳过"), "refused": say("refused here", "本系统拒绝"), "conflicts": say("changed on both sides", "双方均有修改"),
    "sent_created": say("created there", "对方新建"), "sent_updated": say("changed there", "对方修改"), "sent_refused": say("refused there", "对方拒绝"),
}  # fmt: skip
DIRECTIONS: dict[str, Text] = dict(DIRECTION_CHOICES)


def listed(view: View) -> tuple[ConnectorRow, ...]:
    """Return all connectors. Raises Forbidden."""
    require_admin(view.ctx)
    return tuple(_rows(view, view.model.all(CONNECTOR)))


def page(view: View, name: str, before: str | None) -> ConnectorPage:
    """Return one connector with its runs. Raises Forbidden, NotFound."""
    require_admin(view.ctx)
    document = view.model.get(CONNECTOR, name)
    found = runs.page(view.uow.connection, document.id, SIZE + 1, before)
    (row,) = _rows(view, [document])
    shown = tuple(_run(view, document, each) for each in found[:SIZE])
    return ConnectorPage(row, shown, found[SIZE - 1]["id"] if len(found) > SIZE else None, is_any_left(view.uow.connection, keys_of(document.id)))


def run(view: View, name: str, *, is_dry: bool) -> None:
    """Begin a run, or look what one would do. Raises Forbidden, NotFound, Conflict."""
    require_admin(view.ctx)
    document = view.model.get(CONNECTOR, name)
    connecting.run(view.platform, view.uow, view.ctx, document, is_dry=is_dry)


def pause(view: View, name: str, *, is_paused: bool) -> None:
    """Let a connector rest, or run again. Raises Forbidden, NotFound."""
    require_admin(view.ctx)
    document = view.model.get(CONNECTOR, name)
    connecting.pause(view.uow, view.ctx, document, is_paused=is_paused)


def drafted(view: View, name: str) -> Document:
    """Return a connector as it is drafted. Raises Forbidden, NotFound, Invalid."""
    require_admin(view.ctx)
    return draft_one(view.uow.connection, view.model, CONNECTOR, name, None).document


def try_out(outside: Outside, document: Document, language: str) -> Trial:
    """Ask the other system for a first page and return what came; nothing is written. No transaction is open meanwhile."""
    label = document.label.show(language)
    if not document.body.pulls:
        told = say("It only sends: nothing can be asked for. A dry run says what it would send.", "仅推送，无可读取的内容。试运行会列出将发送的记录。")
        return Trial(label, told.show(language), 0, ())
    try:
        rows = TYPES[document.body.type].open(outside, document.body).read(None, None).rows
    except TenonError as error:
        return Trial(label, error.said(language), 0, ())
    broken = find_broken(rows[0]) if rows else None
    if broken is not None:
        return Trial(label, sentences(language, [text.show(language) for text in (broken.message, broken.hint) if text]), 0, ())
    columns = places_of(rows[0], most=SHOWN) if rows else []
    return Trial(label, None, len(rows), tuple(Choice(place, "–" if value is None else str(value)[:100]) for place, value in columns))


def _rows(view: View, documents: list[Document]) -> list[ConnectorRow]:
    connection = view.uow.connection
    states, last = runs.all_states(connection), runs.latest(connection, [d.id for d in documents])
    wanted = select(schedules.c.name, schedules.c.next_at).where(schedules.c.name.in_([PREFIX + d.id for d in documents]))
    following: dict[str, datetime | None] = {row.name.removeprefix(PREFIX): row.next_at for row in connection.execute(wanted)}
    return [_row(view, each, states.get(each.id) or {}, last.get(each.id), following.get(each.id)) for each in documents]


def _row(view: View, document: Document, state: Mapping[str, Any], last: dict[str, Any] | None, following: datetime | None) -> ConnectorRow:
    entity, held = view.model.get_entity(document.body.entity), waiting.count(view.uow.connection, document.id)
    fresh, is_paused = state.get("fresh_at"), bool(state.get("is_paused"))
    return ConnectorRow(
        document.name, document.label.show(view.language), system_of(document), urlsplit(document.body.connection.base_url).netloc, entity.plural.show(view.language),
        f"/records/{entity.name}", DIRECTIONS[document.body.direction].show(view.language), is_paused, fresh, said_age(view, fresh) if fresh is not None else None,
        None if is_paused else following, (held.get("in", 0), held.get("out", 0)), _run(view, document, last) if last is not None else None,
    )  # fmt: skip


def _run(view: View, document: Document, row: dict[str, Any]) -> RunRow:
    entity = view.model.get_entity(document.body.entity)
    counts = tuple((WORDS[name].show(view.language), int(row["counts"][name])) for name in COUNTS if row["counts"].get(name))
    errors = tuple(RunLine(each["way"], "refuse", each["key"], _url(entity, each), _said(view, each["errors"])) for each in row["errors"])
    lines = tuple(_line(view, entity, each) for each in row["rows"] if each["action"] != "refuse")
    lag = said_length(row["lag_seconds"]).show(view.language) if row["lag_seconds"] is not None else None
    return RunRow(row["id"], row["is_dry"], row["state"], row["started_at"], row["ended_at"], counts, lag, errors, lines)


def _said(view: View, problems: list[dict[str, Any]]) -> str:
    shown = [show_problem(each, view.language) for each in problems]
    return sentences(view.language, [text for each in shown for text in (each["message"], each["hint"]) if text])


def _url(entity: Entity, error: Mapping[str, Any]) -> str | None:
    return f"/records/{entity.name}/{error['key']}" if error["way"] == "out" and error["key"] else None


def _line(view: View, entity: Entity, row: Mapping[str, Any]) -> RunLine:
    """Return what a dry run would do, or who won where both sides changed something."""

    def named(fields: list[str]) -> str:
        return ("、" if view.language == "zh" else ", ").join(f.label.show(view.language) if (f := entity.find_field(name)) is not None else name for name in fields)

    if row["action"] == "conflict":
        sides = {side: [name for name, taken in row["taken"].items() if taken == side] for side in ("theirs", "ours")}
        taken = say("{fields}: theirs is taken", "{fields}：采用对方的值", fields=named(sides["theirs"])) if sides["theirs"] else None
        kept = say("{fields}: ours stays", "{fields}：保留本系统的值", fields=named(sides["ours"])) if sides["ours"] else None
        told = ("；" if view.language == "zh" else "; ").join(text.show(view.language) for text in (taken, kept) if text is not None)
    else:
        told = named(row["fields"])
    return RunLine(row["way"], row["action"], row["key"] or "", f"/records/{entity.name}/{row['record']}" if row["record"] else None, told)

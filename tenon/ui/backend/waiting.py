"""What waits for a record that nobody knows, for administrators: keys, and what is decided of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tenon.engine.events.features import MAP
from tenon.engine.jobs.table import show_problem
from tenon.engine.waiting import keys
from tenon.engine.waiting.keys import Key
from tenon.engine.waiting.table import ANY_KEY, BY_LINK, Wanted
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say, sentences
from tenon.platform import waiting_data
from tenon.platform.rights import require_admin
from tenon.ui.backend import options
from tenon.ui.backend.base import View, id_of
from tenon.ui.shapes import Choice
from tenon.ui.waiting_shapes import WaitingPage, WaitingRow

SHOWN = 25
PARTS = ("entity", "by", "system", "key")
LONGEST_EXAMPLE = 120


def page(view: View, after: str | None) -> WaitingPage:
    """Return a page of keys. Raises Forbidden, Malformed."""
    require_admin(view.ctx)
    found = keys.list_keys(view.uow, SHOWN + 1, keys.read_cursor(after))
    rows = tuple(row for key in found[:SHOWN] if (row := _row(view, key)) is not None)
    following = keys.cursor_of(found[SHOWN - 1].wanted) if len(found) > SHOWN else None
    return WaitingPage(rows, keys.count_waiting(view.uow), following, view.model.find_entity(MAP) is not None)


def choices(view: View, entity: str, text: str) -> Sequence[Choice]:
    """Return the records that a key may stand for, as people type. Raises Forbidden, NotFound."""
    require_admin(view.ctx)
    return options.records(view, view.entity(entity), text)


def choose(view: View, sent: Mapping[str, str], record: str) -> None:
    """Say which record a key stands for. Raises Forbidden, NotFound, Invalid."""
    require_admin(view.ctx)
    if not record:
        raise Invalid(Problem("/record", "required", say("Choose the record first.", "请先选择记录。"), say("Type a part of its name.", "输入名称的一部分进行查找。")))
    waiting_data.choose(view.platform, view.uow, view.ctx, _wanted(sent), id_of(record))


def discard(view: View, sent: Mapping[str, str]) -> int:
    """Forget what waits for a key and return how much it was. Raises Forbidden, NotFound."""
    require_admin(view.ctx)
    return waiting_data.discard(view.uow, view.ctx, _wanted(sent))


def apply_features(view: View) -> str:
    """Put the job that gives stored events the features that are said now, and return it. Raises Forbidden."""
    require_admin(view.ctx)
    return waiting_data.apply_features(view.platform, view.uow, view.ctx)


def _wanted(sent: Mapping[str, str]) -> Wanted:
    return Wanted(*(sent.get(name, "") for name in PARTS))


def _row(view: View, key: Key) -> WaitingRow | None:
    wanted, language = key.wanted, view.language
    entity = view.model.find_entity(wanted.entity)
    if entity is None:
        return None
    field = entity.fields_by_id.get(wanted.by)
    said = {ANY_KEY: say("Key of an event", "事件中的编号"), BY_LINK: say("External number", "外部编号")}.get(wanted.by) or (field.label if field is not None else entity.label)
    problems = tuple(_text(language, show_problem(p, language)) for p in key.problems or ())
    return WaitingRow(
        wanted.key, wanted.system, wanted.by, said.show(language), Choice(entity.name, entity.label.show(language)), "event" in key.kinds, "row" in key.kinds, key.count, key.first, key.last,
        _example(key.example or {}), problems, dict(zip(PARTS, (wanted.entity, wanted.by, wanted.system, wanted.key), strict=True)),
    )  # fmt: skip


def _text(language: str, shown: Mapping[str, Any]) -> str:
    return sentences(language, [str(shown["message"]), str(shown.get("hint") or "")])


def _example(content: Mapping[str, Any]) -> str:
    """Return what an event or a row is about, in a few words as they were sent."""
    if "values" in content:
        return " · ".join(str(v) for v in content["values"].values() if v is not None and not isinstance(v, dict | list))[:LONGEST_EXAMPLE]
    return " · ".join(str(content[n]) for n in ("event", "user") if content.get(n))[:LONGEST_EXAMPLE]

"""The timeline of a record as its page tells it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import urlencode

from tenon.engine.formats import inside
from tenon.engine.timeline.stream import timeline, types_of
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View
from tenon.ui.backend.cells import columns_of, title_of
from tenon.ui.backend.histories import told
from tenon.ui.block_shapes import Happening, Stream
from tenon.ui.shapes import Choice

SHOWN = 20
SYSTEM = Text("The system", "系统")
CAUSES = {
    "event": Text("after a change of {thing}", "因{thing}变更"), "schedule": Text("nightly run", "每日运行"), "manual": Text("rated by hand", "人工评定"),
    "model": Text("the model changed", "评分模型变更"), "ranking": Text("ranked anew", "重新排名"), "override": Text("override", "人工调整"),
}  # fmt: skip


def stream(view: View, entity: Entity, id: str, types: Collection[str] = (), after: str | None = None) -> Stream:
    """Return events of a record, newest first, of all types or of some; ``after`` goes on where a part ended."""
    events, following = timeline(view.uow, view.ctx, entity, id, types=types, limit=SHOWN, after=after)
    older = None
    if following is not None:
        asked = {**({"types": ",".join(types)} if types else {}), "after": following}
        older = f"/records/{entity.name}/{id}/timeline?{urlencode(asked)}"
    known = tuple((name, name in types) for name in types_of(view.uow, view.ctx, entity, id))
    return Stream(known, tuple(_happening(view, entity, e) for e in events), older, after is not None)


def _happening(view: View, entity: Entity, event: Mapping[str, Any]) -> Happening:
    return _MAKERS.get(event["type"], _record)(view, entity, event)


def _who(view: View, event: Mapping[str, Any]) -> str | None:
    by = event.get("by")
    return str(by["title"]) if by and by.get("title") else None


def _change(view: View, entity: Entity, event: Mapping[str, Any]) -> Happening:
    [entry] = told(view, entity, [event["change"]])
    of = event.get("of")
    about = say("of {name}, merged into this", "{name}（已并入）的记录", name=of["title"] or entity.label).show(view.language) if of else None
    cause = " · ".join(part for part in (about, entry.cause) if part) or None
    return Happening(event["id"], "change", event["at"], entry.who, entry.action, entry.text, changes=entry.changes, cause=cause, undo=entry.undo)


def _score(view: View, entity: Entity, event: Mapping[str, Any]) -> Happening:
    moved = event["score"]
    return Happening(
        event["id"], "score", event["at"], _who(view, event), label=moved["label"], before=moved["from"], after=moved["to"],
        band_after=_bands(view, moved["score"]).get(moved["band"]), cause=_cause(view, event["cause"]),
    )  # fmt: skip


def _band(view: View, entity: Entity, event: Mapping[str, Any]) -> Happening:
    moved = event["band"]
    bands = _bands(view, moved["score"])
    return Happening(
        event["id"], "band", event["at"], _who(view, event), label=moved["label"], before=moved.get("was"), after=moved.get("value"),
        band_before=bands.get(moved["from"]), band_after=bands.get(moved["to"]), cause=_cause(view, event["cause"]),
    )  # fmt: skip


def _record(view: View, entity: Entity, event: Mapping[str, Any]) -> Happening:
    about = event["record"]
    far = view.model.entities[about["entity"]]
    columns = columns_of(view, far, list(about["values"]))
    facts = tuple(f for c in columns if (f := c.fact(view, {**about["values"], "id": about["id"]})).value is not None)
    title = title_of(view, far, {"id": about["id"], **({far.title: about["title"]} if far.title else {})})
    return Happening(
        event["id"], event["type"], event["at"], _who(view, event), title=title, url=f"/records/{far.name}/{about['id']}",
        icon=far.icon or "table-2", label=far.label.show(view.language), facts=facts,
    )  # fmt: skip


_MAKERS: dict[str, Callable[[View, Entity, Mapping[str, Any]], Happening]] = {"change": _change, "score": _score, "band": _band}


def _bands(view: View, score: str) -> dict[str | None, Choice]:
    document = view.model.get("score", score)
    return {b.name: Choice(b.name, b.title().show(view.language), b.colour) for b in document.body.bands}


def _cause(view: View, cause: Mapping[str, Any]) -> str | None:
    if cause.get("reason"):
        return str(cause["reason"])
    text = CAUSES.get(str(cause.get("kind")))
    if cause.get("kind") != "event":
        return text.show(view.language) if text is not None else None
    far = view.model.find_entity(str(cause.get("entity", "")))
    return caused_by(view, far) if far is not None else None


def caused_by(view: View, far: Entity) -> str:
    """Return that a change of a record of some entity brought something about."""
    label = far.label.show(view.language)
    return CAUSES["event"].show(view.language).replace("{thing}", inside(label) if view.language == "en" else label)

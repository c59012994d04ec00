"""What a drafted score would change for the records of today, as its designer shows it: counts, flows between bands, who moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tenon.engine.context import Context
from tenon.engine.releases.draft import get as get_draft, require_builder
from tenon.engine.scores.simulate import Moved, simulate
from tenon.metamodel.labels import Text, say
from tenon.platform.workspace import Platform

WIDTH, HEIGHT, GAP, BAR = 640.0, 260.0, 10.0, 12.0
LISTED = 50
MOST_MEASURES = 60


@dataclass(frozen=True, slots=True)
class Side:
    """A band on one side of the flow: how many records, and where its bar stands."""

    name: str
    label: str
    colour: str
    count: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Flow:
    """Records that go from a band to a band: a ribbon between both."""

    told: str
    count: int
    path: str
    colour: str
    is_moving: bool


@dataclass(frozen=True, slots=True)
class BarPair:
    """A part of the scale before and after, in hundredths of the width and height."""

    x: str
    width: str
    was_y: str
    was_height: str
    now_y: str
    now_height: str
    told: str


@dataclass(frozen=True, slots=True)
class Mover:
    """A record that moves, with its values and bands on both sides."""

    url: str
    title: str
    before: Decimal | None
    after: Decimal | None
    was: Side | None
    now: Side | None


@dataclass(frozen=True, slots=True)
class Means:
    """The mean share of a measure on both sides in hundredths, None where there is none."""

    label: str
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True, slots=True)
class Trial:
    """A simulation. ``table`` has a row a band before and a column a band after."""

    name: str
    is_published: bool
    is_changed: bool
    records: int
    moving: int
    was: tuple[Side, ...]
    now: tuple[Side, ...]
    flows: tuple[Flow, ...]
    table: tuple[tuple[Side, tuple[int, ...]], ...]
    bars: tuple[BarPair, ...]
    ticks: tuple[str, ...]
    movers: tuple[Mover, ...]
    next: str | None
    coverage: tuple[Decimal | None, Decimal | None]
    alerts: tuple[Decimal | None, Decimal | None]
    basis: str
    measures: tuple[Means, ...]
    at: Any


def trial(platform: Platform, ctx: Context, name: str, after: str | None = None) -> Trial:
    """Compute a score as it is drafted for the records of today and return what would change; nothing is kept. Raises NotFound, Invalid, Forbidden."""
    require_builder(ctx, "score")
    with platform.database.trial() as connection:
        uow = platform.unit(connection)
        document, _ = get_draft(connection, uow.model, "score", name)
        published = uow.model.find("score", name)
        found = simulate(uow, ctx, name, None, Moved(LISTED, after))
    bands = (_bands(published.json, ctx.language) if published is not None else {}) | _bands(document, ctx.language)
    return _shown(found, bands, str(document["entity"]), ctx.language, uow.now)


def _bands(document: Mapping[str, Any], language: str) -> dict[str, tuple[str, str]]:
    """Return label and colour of each band by its name."""
    return {b["name"]: (Text.of(b.get("label") or b["name"]).show(language), b.get("colour") or "grey") for b in document.get("bands", ())}


def _shown(found: Mapping[str, Any], bands: Mapping[str, tuple[str, str]], entity: str, language: str, at: Any) -> Trial:
    crossing = _crossings(found)
    was, now = _side(_sums(crossing, 0, found["before"]), bands, language), _side(_sums(crossing, 1, found["after"]), bands, language)
    by_was, by_now = {s.name: s for s in was}, {s.name: s for s in now}
    listed, more = found["moved"][:LISTED], len(found["moved"]) > LISTED
    movers = tuple(
        Mover(f"/records/{entity}/{m['id']}", m["title"] or m["id"][:8], m["before"], m["after"], by_was.get(_end(m, 0)), by_now.get(_end(m, 1))) for m in listed
    )  # fmt: skip
    table = tuple((side, tuple(crossing.get((side.name, other.name), 0) for other in now)) for side in was)
    edges = found["histogram"]["edges"]
    means = tuple(
        Means(m["label"], (m["before"] or {}).get("share"), (m["after"] or {}).get("share")) for m in found["measures"][:MOST_MEASURES]
    )  # fmt: skip
    return Trial(
        found["score"], found["is_published"], found["is_changed"], found["records"], sum(m["count"] for m in found["moves"]), was, now,
        _flows(crossing, was, now, language), table, _pairs(found["histogram"]), tuple(_number(edges[i]) for i in range(0, len(edges), 5)),
        movers, listed[-1]["id"] if more else None, (found["coverage"]["before"], found["coverage"]["after"]),
        (found["alerts"]["before"], found["alerts"]["after"]), found["alerts"]["basis"], means, at,
    )  # fmt: skip


GONE = "-"
"""The side of a record that does not have the score there: it comes or goes."""


def _end(move: Mapping[str, Any], side: int) -> str:
    """Return the end of a way on one side: a band, '' for too little data, or that it has no score there."""
    if move["kind"] == ("enters" if side == 0 else "leaves"):
        return GONE
    band = move.get("from" if side == 0 else "to", move.get("band_before" if side == 0 else "band_after"))
    return str(band or "")


def _crossings(found: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    """Return how many records go from each end to each, those that stay among them."""
    crossing = {(name, name): count for name, count in found["stay"].items() if count}
    for move in found["moves"]:
        key = (_end(move, 0), _end(move, 1))
        crossing[key] = crossing.get(key, 0) + move["count"]
    return crossing


def _sums(crossing: Mapping[tuple[str, str], int], side: int, order: Mapping[str, int]) -> dict[str, int]:
    """Return the records of each end of a side, the highest band first, then too little data, then none."""
    sums: dict[str, int] = {}
    for ends, count in crossing.items():
        sums[ends[side]] = sums.get(ends[side], 0) + count
    names = [n for n in reversed(list(order)) if n] + [n for n in ("", GONE) if sums.get(n)]
    return {name: sums.get(name, 0) for name in names}


def _side(sums: Mapping[str, int], bands: Mapping[str, tuple[str, str]], language: str) -> tuple[Side, ...]:
    total, room = max(sum(sums.values()), 1), HEIGHT - GAP * max(len(sums) - 1, 0)
    others = {"": say("Too little data", "数据不足").show(language), GONE: say("Without this score", "无此评分").show(language)}
    made, y = [], 0.0
    for name, count in sums.items():
        label, colour = (others[name], "grey") if name in others else bands.get(name, (name, "grey"))
        height = room * count / total
        made.append(Side(name, label, colour, count, round(y, 2), round(max(height, 1.0), 2)))
        y += height + GAP
    return tuple(made)


def _flows(crossing: Mapping[tuple[str, str], int], was: Sequence[Side], now: Sequence[Side], language: str) -> tuple[Flow, ...]:
    """Return a ribbon for each way, drawn in the order of both sides so that they cross as little as can be."""
    left, right = {s.name: s.y for s in was}, {s.name: s.y for s in now}
    made = []
    for start in was:
        for end in now:
            count = crossing.get((start.name, end.name), 0)
            if not count:
                continue
            first, last = start.height * count / max(start.count, 1), end.height * count / max(end.count, 1)
            y1, y2, middle = left[start.name], right[end.name], WIDTH / 2
            left[start.name], right[end.name] = y1 + first, y2 + last
            path = (
                f"M{BAR} {y1:.1f}C{middle} {y1:.1f} {middle} {y2:.1f} {WIDTH - BAR} {y2:.1f}V{y2 + last:.1f}"
                f"C{middle} {y2 + last:.1f} {middle} {y1 + first:.1f} {BAR} {y1 + first:.1f}Z"
            )
            told = say("{start} → {end}: {n}", "{start} → {end}：{n}", start=start.label, end=end.label, n=count).show(language)
            made.append(Flow(told, count, path, end.colour, start.name != end.name))
    return tuple(made)


def _pairs(histogram: Mapping[str, Any]) -> tuple[BarPair, ...]:
    was, now, edges = histogram["before"], histogram["after"], histogram["edges"]
    most = max(*was, *now, 1)
    width = 100 / len(now)
    return tuple(
        BarPair(
            f"{i * width + width * 0.1:.2f}%", f"{width * 0.38:.2f}%", f"{100 - a * 100 / most:.2f}%", f"{a * 100 / most:.2f}%", f"{100 - b * 100 / most:.2f}%",
            f"{b * 100 / most:.2f}%", f"{_number(edges[i])}–{_number(edges[i + 1])}: {a} → {b}",
        ) for i, (a, b) in enumerate(zip(was, now, strict=True))
    )  # fmt: skip


def _number(value: Decimal) -> str:
    return format(value.normalize() if value != value.to_integral_value() else value.to_integral_value(), "f")

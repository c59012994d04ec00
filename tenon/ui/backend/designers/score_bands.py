"""The bands of a score over a histogram of the values that records have today."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tenon.engine.scores.spread import Spread, spread
from tenon.metamodel.labels import say
from tenon.metamodel.names import propose_name
from tenon.ui.backend.designers.base import Design, Json
from tenon.ui.backend.designers.score_measures import exact, plain

PARTS, BARS = 100, 50
COLOURS = ("red", "amber", "green", "teal", "blue", "sky", "mauve", "vermilion", "grey")


@dataclass(frozen=True, slots=True)
class DrawnBand:
    """A band: where it begins, as a number and in hundredths of the scale, and how many records are in it by their value."""

    id: str
    label: str
    colour: str
    lower: str
    at: str
    is_lowest: bool
    count: int
    share: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the histogram in hundredths of its width and height."""

    x: str
    width: str
    y: str
    height: str
    count: int
    told: str
    colour: str


@dataclass(frozen=True, slots=True)
class DrawnBands:
    """The bands on the canvas; ``counts`` are the records in each hundredth of the scale, none before the score was ever computed."""

    low: str
    high: str
    step: str
    bands: tuple[DrawnBand, ...]
    bars: tuple[Bar, ...]
    counts: tuple[int, ...]
    total: int
    below: int
    thin: int
    empty: int
    ticks: tuple[str, ...]
    add: Json | None


def bands(design: Design) -> DrawnBands:
    """Return the bands in their order, over the values that the published score gave the records."""
    scale = design.json.get("scale") or (0, 100)
    low, high = exact(scale[0]), exact(scale[1])
    every = sorted(design.json.get("bands", ()), key=lambda b: exact(b.get("from")))
    edges = [exact(b.get("from")) for b in every]
    found = _spread(design, low, high, edges)
    total = sum(found.parts) if found else 0
    span = max(high - low, Decimal("0.0001"))
    drawn = tuple(
        DrawnBand(
            b["id"], design.show(b.get("label"), b["name"]), b.get("colour") or "grey", plain(edges[i]), _hundredth(edges[i], low, span), i == 0,
            found.between[i] if found else 0, round(found.between[i] * 100 / total) if found and total else 0,
        ) for i, b in enumerate(every)
    )  # fmt: skip
    ticks = tuple(plain(low + span * i / 4) for i in range(5))
    bars = _bars(found, drawn, low, span) if found else ()
    missing = (found.below, found.thin, found.empty) if found else (0, 0, 0)
    return DrawnBands(plain(low), plain(high), plain(span / PARTS), drawn, bars, found.parts if found else (), total, *missing, ticks, _add(design, every, low, high))


def _spread(design: Design, low: Decimal, high: Decimal, edges: list[Decimal]) -> Spread | None:
    published = design.view.model.documents.get(design.json["id"])
    if published is None or published.kind != "score" or high <= low:
        return None
    return spread(design.view.uow, design.view.rights, published, (low, high), edges, exact(design.json.get("min_coverage", "0.6")), PARTS)


def _bars(found: Spread, drawn: tuple[DrawnBand, ...], low: Decimal, span: Decimal) -> tuple[Bar, ...]:
    each = PARTS // BARS
    sums = [sum(found.parts[i * each : (i + 1) * each]) for i in range(BARS)]
    most = max(*sums, 1)
    made = []
    for index, count in enumerate(sums):
        start, end = low + span * index / BARS, low + span * (index + 1) / BARS
        band = next((b for b in reversed(drawn) if exact(b.lower) <= start), None)
        height = count * 100 / most
        width = 100 / BARS
        made.append(Bar(f"{index * width + 0.2:.2f}%", f"{width - 0.4:.2f}%", f"{100 - height:.2f}%", f"{height:.2f}%", count, f"{plain(start)}–{plain(end)}", band.colour if band else "grey"))
    return tuple(made)


def _hundredth(edge: Decimal, low: Decimal, span: Decimal) -> str:
    return f"{min(max((edge - low) * 100 / span, Decimal(0)), Decimal(100)):.2f}%"


def _add(design: Design, every: list[Json], low: Decimal, high: Decimal) -> Json | None:
    """Return the operation that adds a band in the middle of the widest one."""
    edges = [*(exact(b.get("from")) for b in every), high]
    if len(edges) < 2 or len(every) >= 20:
        return None
    widest = max(range(len(edges) - 1), key=lambda i: edges[i + 1] - edges[i])
    middle = ((edges[widest] + edges[widest + 1]) / 2).quantize(Decimal(1) if high - low > 20 else Decimal("0.01"))
    if middle in edges:
        return None
    name = propose_name("band", {str(b["name"]) for b in every})
    used = {b.get("colour") for b in every}
    value = {"name": name, "label": say("New band", "新等级").to_json(), "from": float(middle), "colour": next((c for c in COLOURS if c not in used), "grey")}
    stored = [b["id"] for b in design.json["bands"]]
    return {"op": "insert", "at": "/bands", "index": stored.index(every[widest]["id"]) + 1, "value": value}

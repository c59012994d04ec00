"""Small drawings as numbers for inline SVG: arcs of gauges and lines of trends, nothing that needs a style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import cos, pi, sin

from tenon.ui.record_shapes import BandEdge

START, SWEEP = 5 * pi / 4, 3 * pi / 2
"""A gauge begins lower left and runs three quarters of a circle."""


def share(value: Decimal, low: Decimal, high: Decimal) -> float:
    """Return where a value lies between two others, 0 to 1."""
    return 0.0 if high <= low else min(1.0, max(0.0, float((value - low) / (high - low))))


def _point(fraction: float, radius: float, centre: float) -> tuple[float, float]:
    angle = START - fraction * SWEEP
    return centre + radius * cos(angle), centre - radius * sin(angle)


def arc(start: Decimal, end: Decimal, low: Decimal, high: Decimal, radius: float = 42, centre: float = 50) -> str:
    """Return the ``d`` of an arc from one value to another on a gauge in a 100 by 100 box."""
    first, last = share(start, low, high), share(end, low, high)
    x1, y1 = _point(first, radius, centre)
    x2, y2 = _point(last, radius, centre)
    large = 1 if (last - first) * SWEEP > pi else 0
    return f"M{x1:.2f} {y1:.2f}A{radius} {radius} 0 {large} 1 {x2:.2f} {y2:.2f}"


def tick(at: Decimal, low: Decimal, high: Decimal) -> str:
    """Return the ``d`` of a short mark on a gauge, where a band begins."""
    return arc(at, at + (high - low) * Decimal("0.008"), low, high)


@dataclass(frozen=True, slots=True)
class Zone:
    """A band as a stripe behind a line."""

    colour: str | None
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A line over days in a box: points, the last one, and the stripes of the bands behind."""

    width: int
    height: int
    points: str
    last: tuple[float, float]
    zones: tuple[Zone, ...]


def sparkline(
    series: Sequence[tuple[date, Decimal]], low: Decimal, high: Decimal, edges: Sequence[BandEdge] = (), width: int = 320, height: int = 72
) -> Sparkline:
    """Return the line of at least two (day, value) pairs; days are spaced as they lie, values between low and high."""
    pad = 4
    days = max(1, (series[-1][0] - series[0][0]).days)

    def y(value: Decimal) -> float:
        return pad + (1 - share(value, low, high)) * (height - 2 * pad)

    places = [(pad + (day - series[0][0]).days / days * (width - 2 * pad), y(value)) for day, value in series]
    points = " ".join(f"{px:.1f},{py:.1f}" for px, py in places)
    tops = [*[edge.start for edge in edges[1:]], high]
    zones = tuple(Zone(e.band.colour, y(top), max(0.0, y(e.start) - y(top))) for e, top in zip(edges, tops, strict=True)) if edges else ()
    return Sparkline(width, height, points, places[-1], zones)

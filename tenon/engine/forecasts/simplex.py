"""The lowest point of a function without derivatives, by a simplex that walks downhill (Nelder and Mead 1965)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Point = list[float]
MOST = 4_000


def lowest(function: Callable[[Sequence[float]], float], start: Sequence[float], *, step: float = 0.5, enough: float = 1e-8) -> tuple[Point, float]:
    """Return where a function is lowest near a start, and its value there."""
    size = len(start)
    points = [list(start), *([*start[:i], start[i] + step, *start[i + 1 :]] for i in range(size))]
    corners = sorted(((function(p), p) for p in points), key=lambda corner: corner[0])
    for _ in range(MOST):
        best, worst = corners[0], corners[-1]
        if worst[0] - best[0] < enough and max(abs(a - b) for a, b in zip(worst[1], best[1], strict=True)) < 1e-6:
            break
        centre = [sum(p[i] for _, p in corners[:-1]) / size for i in range(size)]
        tried = _towards(function, centre, worst[1], -1.0)
        if tried[0] < best[0]:
            corners[-1] = min(tried, _towards(function, centre, worst[1], -2.0), key=lambda corner: corner[0])
        elif tried[0] < corners[-2][0]:
            corners[-1] = tried
        else:
            nearer = _towards(function, centre, min(tried, worst, key=lambda corner: corner[0])[1], 0.5)
            if nearer[0] < min(tried[0], worst[0]):
                corners[-1] = nearer
            else:
                corners = [best, *(_towards(function, best[1], p, 0.5) for _, p in corners[1:])]
        corners.sort(key=lambda corner: corner[0])
    return corners[0][1], corners[0][0]


def _towards(function: Callable[[Sequence[float]], float], centre: Point, corner: Point, far: float) -> tuple[float, Point]:
    """Return the point that lies so far from the centre towards a corner, with its value."""
    point = [c + far * (p - c) for c, p in zip(centre, corner, strict=True)]
    return function(point), point

"""The picture of a chart for the browser: categories, series, texts, and what is behind every mark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tenon.ui.backend.pictures import Reading, ordered

Chart = Mapping[str, Any]
MOST_SERIES = 12


def series(reading: Reading) -> Chart | None:
    """Return lines, areas and bars: the first group is the axis, the second one (or several measures) the series."""
    data, groups, measures = reading.data, reading.groups, reading.measures
    if len(groups) not in (1, 2) or not measures:
        return None
    axis, rows = groups[0], data["rows"]
    values = [row[axis] for row in rows]
    is_time = "by" in reading.details[axis]
    categories = [v for v in {str(v): v for v in values}.values() if v is not None] if is_time else ordered(reading, values, axis)
    place = {str(v): i for i, v in enumerate(categories)}
    found = _by_measure(reading, place) if len(groups) == 1 else _by_group(reading, place)
    compare = data.get("compare")
    if compare and len(groups) == 1 and len(found) == 1:
        found.append(_before(reading, compare, place))
    return {
        "labels": [reading.text(v, axis) for v in categories], "cross": [reading.cross(v, axis) for v in categories], "series": found,
        "tones": [reading.tone(v, axis) for v in categories] if len(groups) == 1 and reading.details[axis].get("score") else [], "axis": str(reading.columns[axis]["label"]),
        "isTime": is_time, "ticks": _ticks(reading, len(groups) == 1), "target": _number(data.get("target")),
    }  # fmt: skip


def _number(value: Any) -> float | int | None:
    return None if value is None else int(value) if isinstance(value, int) else float(value)


def _mark(reading: Reading, value: Any, place: int, index: int) -> dict[str, Any]:
    short = reading.number(value, reading.details[place], short=True) if value is not None else ""
    return {"v": _number(value), "t": reading.text(value, place), "s": short, "u": reading.list_of(reading.behind(index, place)) if value else None}


def _by_measure(reading: Reading, place: Mapping[str, int]) -> list[dict[str, Any]]:
    found = []
    for measure in reading.measures[:MOST_SERIES]:
        marks: list[Any] = [None] * len(place)
        for index, row in enumerate(reading.data["rows"]):
            if str(row[reading.groups[0]]) in place:
                marks[place[str(row[reading.groups[0]])]] = _mark(reading, row[measure], measure, index)
        found.append({"name": str(reading.columns[measure]["label"]), "tone": None, "marks": marks, "cross": None, "axis": _axis(reading, measure)})
    return found


def _ticks(reading: Reading, has_several: bool) -> list[dict[str, Any]]:
    """Return how the numbers at the edge of a chart are written: those of its first measure, and those of the first one of another unit."""
    first, *more = reading.measures[:MOST_SERIES]
    second = [m for m in more if has_several and _axis(reading, m)][:1]
    return [{"percent": reading.details[m].get("format") == "percent", "sign": reading.sign(m)} for m in (first, *second)]


def _axis(reading: Reading, measure: int) -> int:
    """Return on which axis a measure stands: those of another unit than the first one have their own."""
    first, own = reading.details[reading.measures[0]], reading.details[measure]
    return int(any(first.get(key) != own.get(key) for key in ("currency", "format")))


def _by_group(reading: Reading, place: Mapping[str, int]) -> list[dict[str, Any]]:
    group, measure = reading.groups[1], reading.measures[0]
    rows = reading.data["rows"]
    found = []
    for value in ordered(reading, [row[group] for row in rows], group)[:MOST_SERIES]:
        marks: list[Any] = [None] * len(place)
        for index, row in enumerate(rows):
            if str(row[group]) == str(value) and str(row[reading.groups[0]]) in place:
                marks[place[str(row[reading.groups[0]])]] = _mark(reading, row[measure], measure, index)
        found.append({"name": reading.text(value, group), "tone": reading.tone(value, group), "marks": marks, "cross": reading.cross(value, group)})
    return found


def _before(reading: Reading, compare: Mapping[str, Any], place: Mapping[str, int]) -> dict[str, Any]:
    """Return the period before as a quiet series."""
    measure = reading.measures[0]
    marks: list[Any] = [None] * len(place)
    for index, (row, before) in enumerate(zip(reading.data["rows"], compare["rows"], strict=True)):
        if before is not None and str(row[reading.groups[0]]) in place:
            url = reading.list_of(reading.behind_before(index, measure)) if before[measure] else None
            marks[place[str(row[reading.groups[0]])]] = {"v": _number(before[measure]), "t": reading.text(before[measure], measure), "u": url}
    return {"name": reading.earlier(), "tone": "grey", "marks": marks, "cross": None, "isQuiet": True}


def pie(reading: Reading) -> Chart | None:
    """Return the slices of one group."""
    if len(reading.groups) != 1 or not reading.measures:
        return None
    group, measure = reading.groups[0], reading.measures[0]
    slices = [
        {"name": reading.text(row[group], group), "tone": reading.tone(row[group], group), "cross": reading.cross(row[group], group), **_mark(reading, row[measure], measure, i)}
        for i, row in enumerate(reading.data["rows"])
    ]
    totals = reading.data.get("totals")
    total = reading.number(totals[measure], reading.details[measure], short=True) if totals and totals[measure] is not None else ""
    return {"slices": slices, "total": total, "name": str(reading.columns[measure]["label"])}


def funnel(reading: Reading) -> Chart | None:
    """Return the steps of a funnel."""
    place = reading.measures[0] if reading.measures else 0
    steps = []
    for step in reading.data.get("steps", ()):
        share = reading.fmt.percent(round(Decimal(str(step["of_first"])), 4), 0) if step["of_first"] is not None else ""
        text = reading.text(step["value"], place)
        steps.append({"name": step["label"], "v": _number(step["value"]), "t": text, "share": share, "u": reading.list_of(step["behind"]) if step["value"] else None})
    return {"steps": steps}


def gauge(reading: Reading) -> Chart | None:
    """Return a number between two ends, with its target."""
    row = reading.data["rows"][0] if reading.data["rows"] else None
    if row is None or not reading.measures or row[reading.measures[0]] is None:
        return None
    place = reading.measures[0]
    value, target = _number(row[place]) or 0, _number(reading.data.get("target"))
    options = reading.data.get("options", {})
    low, high = options.get("min"), options.get("max")
    is_share = reading.details[place].get("format") == "percent"
    top = high if isinstance(high, int | float) else 1 if is_share else 100 if 0 <= value <= 100 and (target is None or target <= 100) else max(value, target or 0) * 1.2
    bottom = low if isinstance(low, int | float) else min(0, value)
    said = reading.words("Target {text}", "目标 {text}", text=reading.number(reading.data["target"], reading.details[place])) if target is not None else ""
    is_met = target is None or value >= target
    tone = "green" if is_met else "amber" if target and value >= target * 0.8 else "red"
    shown = reading.number(row[place], reading.details[place], short=True)
    return {"v": value, "t": shown, "min": bottom, "max": top, "target": target, "said": said, "tone": tone, "u": reading.list_of(reading.behind(0, place))}


def scatter(reading: Reading) -> Chart | None:
    """Return points of one group with two measures, and a third for their size."""
    if len(reading.groups) != 1 or len(reading.measures) < 2:
        return None
    group, (x, y, *more) = reading.groups[0], reading.measures
    points = []
    for index, row in enumerate(reading.data["rows"]):
        if row[x] is None or row[y] is None:
            continue
        texts = [f"{reading.columns[m]['label']}: {reading.text(row[m], m)}" for m in (x, y, *more[:1])]
        point = {"name": reading.text(row[group], group), "x": _number(row[x]), "y": _number(row[y]), "size": _number(row[more[0]]) if more else None, "texts": texts}
        points.append({**point, "cross": reading.cross(row[group], group), "u": _mark(reading, 1, x, index)["u"]})
    return {"points": points, "xName": str(reading.columns[x]["label"]), "yName": str(reading.columns[y]["label"]), "xSign": reading.sign(x), "ySign": reading.sign(y)}


def sankey(reading: Reading) -> Chart | None:
    """Return the river of a movement."""
    data = reading.data
    flows = [
        {"from": reading.text(a, 0), "to": reading.text(b, 1), "v": n, "t": reading.fmt.number(n), "tone": reading.tone(a, 0), "u": reading.list_of(behind)}
        for (a, b, n), behind in zip(data["rows"], data["behind"], strict=True)
    ]
    values = data["matrix"]["values"]
    nodes = [{"name": reading.text(v, 0), "tone": reading.tone(v, 0)} for v in values]
    return {"flows": flows, "nodes": nodes, "from": data["from"], "to": data["to"]}


CHARTS: dict[str, Callable[[Reading], Chart | None]] = {
    "line": series, "area": series, "bar": series, "stacked_bar": series, "pie": pie, "funnel": funnel, "gauge": gauge, "scatter": scatter, "sankey": sankey,
}

"""Dashboards: tiles, filters with what is chosen, conditions in force; addresses around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select

from tenon.engine.people import units, users
from tenon.engine.reports.dashboards import describe, home_of
from tenon.engine.reports.periods import ALL, WORDS
from tenon.metamodel.labels import say
from tenon.ui.backend.base import View
from tenon.ui.backend.home import titles_of
from tenon.ui.report_shapes import Condition, Dashboard, Filter, Tile
from tenon.ui.shapes import Choice, Link

EMPTY = "~"
"""Stands in an address for "nothing"."""
Chosen = Mapping[str, tuple[str, ...]]


def dashboard(view: View, name: str, chosen: Chosen, *, is_home: bool = False) -> Dashboard:
    """Return a dashboard with what is chosen on it. Raises NotFound."""
    found = describe(view.uow, view.ctx, name)
    path = "/" if is_home else f"/dashboards/{name}"
    filters = tuple(_filter(view, each, chosen) for each in found["filters"])
    shown = {f.field for f in filters}
    others = tuple((key, value) for key, values in chosen.items() if key not in shown for value in values)
    return Dashboard(
        name, found["label"], found.get("description", ""), tuple(_tiles(name, found["layout"], chosen, is_home)), filters, tuple(_conditions(view, filters, path, chosen)),
        others, address(path, chosen), is_home,
    )  # fmt: skip


def home_name(view: View) -> str | None:
    """Return the dashboard that this person begins with."""
    return home_of(view.uow, view.ctx)


def pairs(chosen: Chosen) -> list[tuple[str, str]]:
    """Return what is chosen as parameters of an address."""
    return [(f"where[{key}]", value) for key, values in chosen.items() for value in values]


def address(path: str, chosen: Chosen) -> str:
    """Return an address with what is chosen."""
    found = pairs(chosen)
    return f"{path}?{urlencode(found)}" if found else path


def selected(chosen: Chosen) -> dict[str, str]:
    """Return what is chosen as reports take it."""
    return {key: ",".join("" if v == EMPTY else v for v in values) for key, values in chosen.items()}


def _tiles(name: str, layout: Sequence[Mapping[str, Any]], chosen: Chosen, is_home: bool) -> list[Tile]:
    """Return the tiles in reading order, empty rows of the grid left out."""
    ordered = sorted(layout, key=lambda t: (t["y"], t["x"]))
    used = sorted({row for t in ordered for row in range(t["y"], t["y"] + t["h"])})
    rows = {row: index for index, row in enumerate(used)}
    query = urlencode([("dashboard", name), *([("home", "1")] if is_home else []), *pairs(chosen)])
    return [Tile(t["widget"], t["type"], t["label"], t["x"], rows[t["y"]], t["w"], t["h"], f"/widgets/{t['widget']}?{query}") for t in ordered]


def _filter(view: View, found: Mapping[str, Any], chosen: Chosen) -> Filter:
    values = chosen.get(found["field"], ())
    options: list[Choice] = []
    picked: tuple[Link, ...] = ()
    if "periods" in found:
        options = [Choice(p["name"], p["label"]) for p in found["periods"]]
        values = values or ((found["period"],) if found["period"] else ())
    elif "options" in found:
        options = [Choice(o["name"], o["label"], o["colour"]) for o in found["options"]]
        options.append(Choice(EMPTY, say("Not set", "未填写").show(view.language)))
    elif found["type"] == "boolean":
        options = [Choice("true", say("Yes", "是").show(view.language)), Choice("false", say("No", "否").show(view.language))]
    elif "target" in found:
        picked = tuple(_links(view, str(found["target"]), values))
    return Filter(found["field"], found["label"], found["type"], found["entity"], tuple(options), values, picked, found["period"] or "")


def _links(view: View, target: str, ids: Sequence[str]) -> list[Link]:
    """Return the titles of what is chosen by reference."""
    wanted = [i for i in ids if i != EMPTY]
    if target in ("user", "unit"):
        table = users if target == "user" else units
        names = {row[0]: row[1] for row in view.uow.connection.execute(select(table.c.id, table.c.name).where(table.c.id.in_(wanted)))} if wanted else {}
    else:
        entity = view.model.find_entity(target)
        names = titles_of(view, entity, wanted) if entity is not None and view.rights.may(entity, "read") else {}
    return [Link(i, names.get(i, i)) for i in wanted]


def _conditions(view: View, filters: Sequence[Filter], path: str, chosen: Chosen) -> list[Condition]:
    """Return what is chosen in words, each with the address without it."""
    by_field, found = {f.field: f for f in filters}, []
    for key, values in chosen.items():
        for value in values:
            rest = {k: tuple(v for v in vs if (k, v) != (key, value)) for k, vs in chosen.items()}
            shown = by_field.get(key)
            label = shown.label if shown else label_of_path(view, key)
            found.append(Condition(label, _word_for(view, shown, key, value), address(path, rest)))
    return found


def _word_for(view: View, shown: Filter | None, key: str, value: str) -> str:
    if value == EMPTY:
        return say("Not set", "未填写").show(view.language)
    if value == ALL:
        return say("All time", "全部时间").show(view.language)
    if value in WORDS and not (shown and shown.options and shown.type == "choice"):
        return WORDS[value].show(view.language)
    names = {**{o.name: o.label for o in (shown.options if shown else ())}, **{p.id: p.title for p in (shown.picked if shown else ())}}
    return names.get(value) or _value_of(view, key, value)


def _fields(view: View, key: str) -> list[Any]:
    """Return the fields of that path on the entities that the reader may see."""
    found = []
    for entity in view.readable():
        near, field = entity, None
        for step in key.split("."):
            field = near.fields.get(step) if near is not None else None
            if field is None or not view.rights.may_read(near, field):
                field = None
                break
            near = view.model.find_entity(field.type.entity) if field.type.entity else None  # type: ignore[assignment]
        if field is not None:
            found.append(field)
    return found


def label_of_path(view: View, key: str) -> str:
    """Return what a chosen field is called, as it is on the first entity of the reader that has it."""
    fields = _fields(view, key)
    return str(fields[0].label.show(view.language)) if fields else key


def _value_of(view: View, key: str, value: str) -> str:
    """Return a value that was clicked in a chart: an option by its label, a record by its title, days as they are."""
    for field in _fields(view, key):
        for option in field.spec.named:
            if option.name == value:
                return str(option.title().show(view.language))
        if field.type.kind == "reference" and field.type.entity:
            return _links(view, field.type.entity, [value])[0].title
    first, dots, last = value.partition("..")
    return f"{first} – {last}" if dots and first != last else first if dots else value

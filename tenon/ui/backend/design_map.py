"""The entities of the draft as a map: boxes in layers, references as lines; what others point at stands on the left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tenon.engine.releases.draft import require_builder
from tenon.metamodel.model import Entity, Field, Model
from tenon.ui.backend.base import View
from tenon.ui.backend.designers.stages import cut
from tenon.ui.backend.drafted import drafted

WIDTH, HEIGHT, GAP, ROW, EDGE = 176, 48, 96, 22, 16
SWEEPS = 6
MOST_LETTERS = 20
PER_COLUMN = 6
"""How many entities that nothing links stand beneath each other."""


@dataclass(frozen=True, slots=True)
class MapBox:
    """An entity of the map."""

    name: str
    label: str
    short: str
    note: str
    icon: str
    url: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class MapLine:
    """References from one entity to another: the line, the head of the arrow, and the fields in words."""

    start: str
    end: str
    path: str
    head: str
    title: str


@dataclass(frozen=True, slots=True)
class MapLink:
    """A reference in the outline."""

    field: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class MapEntry:
    """An entity in the outline, with what it points at and what points at it."""

    label: str
    icon: str
    url: str
    to: tuple[MapLink, ...]
    by: tuple[MapLink, ...]


@dataclass(frozen=True, slots=True)
class DesignMap:
    """The map and its outline."""

    width: int
    height: int
    boxes: tuple[MapBox, ...]
    lines: tuple[MapLine, ...]
    entries: tuple[MapEntry, ...]


def design_map(view: View) -> DesignMap:
    """Return the map of the draft. Raises Forbidden."""
    require_builder(view.ctx, "entity")
    model, language = drafted(view), view.language
    entities = {e.id: e for e in sorted(model.entities.values(), key=lambda e: e.label.show(language).lower()) if not e.is_system}
    links = _links(model, entities)
    places = _place(list(entities), links)
    boxes = tuple(_box(view, e, places[e.id]) for e in entities.values())
    pairs: dict[tuple[str, str], list[Field]] = defaultdict(list)
    for start, field, end in links:
        pairs[start, end].append(field)
    lines = tuple(_line(view, entities[start], entities[end], fields, places) for (start, end), fields in pairs.items())
    entries = tuple(_entry(view, e, links, entities) for e in entities.values())
    width = max((x for x, _ in places.values()), default=0) + WIDTH + 3 * EDGE
    return DesignMap(width, max((y for _, y in places.values()), default=0) + HEIGHT + 2 * EDGE, boxes, lines, entries)


def _links(model: Model, entities: Mapping[str, Entity]) -> list[tuple[str, Field, str]]:
    """Return every reference: the entity it is in, the field, the entity it points at."""
    found = []
    for entity in entities.values():
        for field in entity.fields.values():
            named = [getattr(field.spec, "entity", None), *(getattr(field.spec, "entities", None) or ())]
            far = [model.find_entity(each) for each in named if isinstance(each, str)]
            found += [(entity.id, field, each.id) for each in far if each is not None and each.id in entities]
    return found


def _place(ids: Sequence[str], links: Sequence[tuple[str, Field, str]]) -> dict[str, tuple[int, int]]:
    """Return where every box stands: in layers by what it points at, ordered so that lines cross little; the unlinked ones last."""
    out: dict[str, set[str]] = defaultdict(set)
    near: dict[str, set[str]] = defaultdict(set)
    for start, _, end in links:
        if start != end:
            out[start].add(end)
            near[start].add(end)
            near[end].add(start)
    ranks: dict[str, int] = {}
    for each in ids:
        _rank(each, out, ranks, set())
    layers: dict[int, list[str]] = defaultdict(list)
    for each in ids:
        if near[each]:
            layers[ranks[each]].append(each)
    _untangle(layers, near)
    tallest = max(map(len, layers.values()), default=0)
    places: dict[str, tuple[int, int]] = {}
    for rank, layer in layers.items():
        top = EDGE + (tallest - len(layer)) * (HEIGHT + ROW) // 2
        places |= {each: (EDGE + rank * (WIDTH + GAP), top + row * (HEIGHT + ROW)) for row, each in enumerate(layer)}
    alone = [each for each in ids if not near[each]]
    left = EDGE + (max(layers, default=-1) + 1) * (WIDTH + GAP)
    places |= {each: (left + at // max(PER_COLUMN, tallest) * (WIDTH + ROW), EDGE + at % max(PER_COLUMN, tallest) * (HEIGHT + ROW)) for at, each in enumerate(alone)}
    return places


def _rank(id: str, out: Mapping[str, set[str]], ranks: dict[str, int], open_: set[str]) -> int:
    """Return the layer of an entity: one beyond what it points at; a circle is cut where it closes."""
    if id not in ranks:
        open_ = open_ | {id}
        ranks[id] = 1 + max((_rank(far, out, ranks, open_) for far in sorted(out.get(id, ())) if far not in open_), default=-1)
    return ranks[id]


def _untangle(layers: Mapping[int, list[str]], near: Mapping[str, set[str]]) -> None:
    """Order every layer by where the neighbours of its boxes stand, from left to right and back, a few times."""
    for sweep in range(SWEEPS):
        at = {each: row - len(layer) / 2 for layer in layers.values() for row, each in enumerate(layer)}
        for rank in sorted(layers, reverse=bool(sweep % 2)):
            layer = layers[rank]
            layer.sort(key=lambda each: sum(at[n] for n in near[each]) / len(near[each]))
            at |= {each: row - len(layer) / 2 for row, each in enumerate(layer)}


def _box(view: View, entity: Entity, place: tuple[int, int]) -> MapBox:
    label = entity.label.show(view.language)
    return MapBox(entity.name, label, cut(label, MOST_LETTERS), entity.name[:26], entity.icon or "table-2", f"/design/entity/{entity.name}", *place)


def _line(view: View, start: Entity, end: Entity, fields: Sequence[Field], places: Mapping[str, tuple[int, int]]) -> MapLine:
    """Return a curve between the sides that face each other; over the right side for the same layer and for itself."""
    (sx, sy), (ex, ey) = places[start.id], places[end.id]
    title = f"{start.label.show(view.language)} → {end.label.show(view.language)}: {', '.join(f.label.show(view.language) for f in fields)}"
    from_y, to_y = sy + HEIGHT // 2, ey + HEIGHT // 2
    if start is end:
        x = sx + WIDTH
        path = f"M{x} {from_y - 10}C{x + 34} {from_y - 14} {x + 34} {from_y + 14} {x + 6} {from_y + 10}"
        return MapLine(start.name, end.name, path, _head(x, from_y + 10, way=-1), title)
    if sx > ex:
        x, to_x, bend = sx, ex + WIDTH, max(40, (sx - ex - WIDTH) // 2)
        return MapLine(start.name, end.name, f"M{x} {from_y}C{x - bend} {from_y} {to_x + bend} {to_y} {to_x + 6} {to_y}", _head(to_x, to_y, way=-1), title)
    x, to_x = sx + WIDTH, (ex if ex > sx else ex + WIDTH)
    away = -1 if ex > sx else 1
    path = f"M{x} {from_y}C{x + 48} {from_y} {to_x + away * 48} {to_y} {to_x + away * 6} {to_y}"
    return MapLine(start.name, end.name, path, _head(to_x, to_y, way=-away), title)


def _head(x: int, y: int, *, way: int) -> str:
    """Return the head of an arrow that ends at a side of a box, leading to the left (-1) or to the right (1)."""
    return f"M{x - way * 7} {y - 4}L{x - way} {y}L{x - way * 7} {y + 4}Z"


def _entry(view: View, entity: Entity, links: Sequence[tuple[str, Field, str]], entities: Mapping[str, Entity]) -> MapEntry:
    language = view.language

    def link(field: Field, far: str) -> MapLink:
        return MapLink(field.label.show(language), entities[far].label.show(language), f"/design/entity/{entities[far].name}")

    to = tuple(link(field, end) for start, field, end in links if start == entity.id)
    by = tuple(link(field, start) for start, field, end in links if end == entity.id and start != end)
    return MapEntry(entity.label.show(language), entity.icon or "table-2", f"/design/entity/{entity.name}", to, by)

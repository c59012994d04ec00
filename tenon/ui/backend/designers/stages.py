"""The stages of a field as a diagram: boxes in their order, the moves between them as arrows, laid out here and only drawn by the page."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tenon.metamodel.fields.stage import ANY
from tenon.metamodel.labels import listed, say
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.design_shapes import ControlGroup, Panel
from tenon.ui.shapes import Choice

WIDTH, HEIGHT, GAP, EDGE = 98, 34, 28, 10
LANE, CORNER, FIRST = 16, 6, 14
MOST_LETTERS = 10


@dataclass(frozen=True, slots=True)
class StageBox:
    """A stage of the diagram; ``name`` is ``*`` for any of them."""

    name: str
    label: str
    short: str
    colour: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class MoveArrow:
    """A move of the diagram: its line, and whether something has to hold before it is made."""

    id: str
    path: str
    head: str
    title: str
    is_conditional: bool


@dataclass(frozen=True, slots=True)
class DrawnMove:
    """A move in words: the row of the table beneath the diagram."""

    id: str
    start: str
    to: str
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrawnStages:
    """The diagram of a field of stages and its moves."""

    width: int
    height: int
    boxes: tuple[StageBox, ...]
    arrows: tuple[MoveArrow, ...]
    moves: tuple[DrawnMove, ...]
    stages: tuple[Choice, ...]


def draw_stages(design: Design, field: Json) -> DrawnStages:
    """Return the diagram of the moves of a field."""
    any_label = say("Any stage", "任意阶段").show(design.language)
    labels = {o["name"]: design.show(o.get("label"), o["name"]) for o in field.get("options", ())}
    colours = {o["name"]: o.get("colour") or "plain" for o in field.get("options", ())}
    moves = [m for m in field.get("moves", ()) if "id" in m]
    has_any = any(ANY in _starts(m) for m in moves)
    names = [*([ANY] if has_any else []), *labels]
    labels = {ANY: any_label, **labels}
    edges = [(m, names.index(start), names.index(m["to"])) for m in moves for start in _starts(m) if start in names and m.get("to") in names and start != m["to"]]
    above, below = _lanes(edges, is_forward=True), _lanes(edges, is_forward=False)
    top = EDGE + _height(above)
    boxes = tuple(
        StageBox(n, labels[n], cut(labels[n]), colours.get(n, "plain"), EDGE + i * (WIDTH + GAP), top) for i, n in enumerate(names)
    )  # fmt: skip
    arrows = tuple(
        MoveArrow(m["id"], *_line(start, end, top, (above | below).get((m["id"], start, end), 0)), f"{labels[names[start]]} → {labels[names[end]]}", bool(_conditions(design, m)))
        for m, start, end in edges
    )  # fmt: skip
    rows = tuple(
        DrawnMove(m["id"], listed((labels.get(s, s) for s in _starts(m)), design.language), labels.get(str(m.get("to")), str(m.get("to"))), tuple(_conditions(design, m))) for m in moves
    )  # fmt: skip
    stages = tuple(Choice(n, labels[n]) for n in names if n != ANY)
    return DrawnStages(2 * EDGE + len(names) * (WIDTH + GAP) - GAP, top + HEIGHT + _height(below) + EDGE, boxes, arrows, rows, stages)


def move_panel(design: Design, controls: Controls, field: Json) -> Panel:
    """Return the properties of a move: between which stages, when, with what filled in, by whom."""
    language = design.language
    stages = tuple(Choice(o["name"], design.show(o.get("label"), o["name"])) for o in field.get("options", ()))
    fields = tuple(
        Choice(f.name, f.label.show(language)) for f in (design.entity.fields.values() if design.entity else ()) if f.is_written and f.origin != "system" and f.id != field["id"]
    )  # fmt: skip
    roles = tuple(Choice(d.name, d.label.show(language)) for d in design.model.all("role"))
    name = design.entity.name if design.entity else None
    starts = controls.make("from", "many", say("From", "从"), options=(Choice(ANY, say("Any stage", "任意阶段").show(language)), *stages))
    first = (replace(starts, value=list(_starts(controls.item))), controls.make("to", "choice", say("To", "到"), options=stages))
    rules = [
        controls.make("when", "condition", say("Only when", "仅当"), entity=name, expect="boolean"),
        controls.make("requires", "many", say("Has to be filled in", "必须填写"), options=fields),
    ]
    if roles:
        rules.append(controls.make("roles", "many", say("Who may make it", "允许的角色"), options=roles, help=say("Nobody: everybody who may change the stage.", "不选则所有可修改该阶段的人均可。")))
    groups = (ControlGroup(None, first), ControlGroup(say("Conditions", "条件").show(language), tuple(rules)))
    return Panel(controls.item["id"], say("Move", "流转").show(language), "arrow-right", groups, design.show(field.get("label"), field["name"]), may_remove=True)


def _starts(move: Json) -> tuple[str, ...]:
    value = move.get("from")
    return (value,) if isinstance(value, str) else tuple(value or ())


def _conditions(design: Design, move: Json) -> list[str]:
    """Return in words what has to hold for a move."""
    told: list[str] = []
    if move.get("when"):
        told.append(str(move["when"]))
    if move.get("requires"):
        labels = [f.label.show(design.language) if (f := design.entity.find_field(n) if design.entity else None) else n for n in move["requires"]]
        told.append(say("needs {what}", "需填写 {what}", what=listed(labels, design.language)).show(design.language))
    if move.get("roles"):
        roles = [d.label.show(design.language) if (d := design.model.find("role", n)) else n for n in move["roles"]]
        told.append(say("by {who}", "仅限 {who}", who=listed(roles, design.language)).show(design.language))
    return told


def _lanes(edges: Sequence[tuple[Json, int, int]], *, is_forward: bool) -> dict[tuple[str, int, int], int]:
    """Return a lane from 1 for every arrow that does not lead straight to the next box, so that those over each other never share one."""
    spans = sorted(_arcs(edges, is_forward=is_forward), key=lambda span: abs(span[2] - span[1]))
    taken: list[list[tuple[int, int]]] = []
    found = {}
    for id, start, end in spans:
        low, high = min(start, end), max(start, end)
        lane = next((n for n, used in enumerate(taken) if all(high <= a or low >= b for a, b in used)), len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low, high))
        found[id, start, end] = lane + 1
    return found


def _arcs(edges: Sequence[tuple[Json, int, int]], *, is_forward: bool) -> Iterator[tuple[str, int, int]]:
    for move, start, end in edges:
        if (end > start) == is_forward and end - start != 1:
            yield move["id"], start, end


def _height(lanes: dict[tuple[str, int, int], int]) -> int:
    return FIRST + LANE * max(lanes.values(), default=0) if lanes else 0


def _line(start: int, end: int, top: int, lane: int) -> tuple[str, str]:
    """Return the path of an arrow and that of its head: straight to the next box, else over the boxes forward and under them backward."""
    left = [EDGE + i * (WIDTH + GAP) for i in (start, end)]
    if lane == 0:
        y = top + HEIGHT // 2
        return f"M{left[0] + WIDTH} {y}H{left[1] - 6}", f"M{left[1] - 7} {y - 4}L{left[1] - 1} {y}L{left[1] - 7} {y + 4}Z"
    way = 1 if end > start else -1
    spread = min(12 + 9 * lane, WIDTH // 2 - 10)
    out, into = left[0] + WIDTH // 2 + way * spread, left[1] + WIDTH // 2 - way * spread
    edge = top if way > 0 else top + HEIGHT
    y = edge - way * (FIRST - 4 + LANE * lane)
    turn = way * CORNER
    path = f"M{out} {edge}V{y + turn}Q{out} {y} {out + turn} {y}H{into - turn}Q{into} {y} {into} {y + turn}V{edge - way * 6}"
    return path, f"M{into - 4} {edge - way * 7}L{into} {edge - way}L{into + 4} {edge - way * 7}Z"


def cut(label: str, most: int = MOST_LETTERS) -> str:
    """Return a label cut to what a box shows; wide letters count twice."""
    width, shown = 0, ""
    for letter in label:
        width += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if width > most:
            return f"{shown.rstrip()}…"
        shown += letter
    return shown

"""Where the steps of a workflow stand on the canvas: a tree laid out along the flow, downwards or to the right, ways on side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tenon.ui.backend.designers.flow_tree import FlowLane, FlowNode

WIDTH, HEIGHT, MARGIN, CORNER = 232, 60, 40, 9
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Flowing:
    """Sizes along the flow (``long``) and across it (``wide``): of a step, of the way between two, of where ways part and meet."""

    name: str
    long: int
    wide: int
    gap: int
    fork: int
    head: int
    bare: int
    between: int
    tail: int


DOWN = Flowing("down", HEIGHT, WIDTH, 52, 24, 12, 110, 28, 40)
RIGHT = Flowing("right", WIDTH, HEIGHT, 60, 20, 158, 34, 34, 130)
START = ""


@dataclass(frozen=True, slots=True)
class DrawnStep:
    """A step where it stands: its middle, and the ones before and after it along the flow."""

    node: FlowNode
    x: float
    y: float
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DrawnLabel:
    """The name of a way on, where it stands; one that is an item can be chosen."""

    lane: FlowLane
    x: float
    y: float
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DrawnPlus:
    """A place on a way where a step can be put: the list, the position in it, what it comes after, and the entity it is about."""

    place: str
    at: int
    after: str
    about: str
    x: float
    y: float
    is_beside: bool = False


@dataclass(frozen=True, slots=True)
class DrawnTail:
    """What is at the end of a way that does not go on."""

    label: str
    x: float
    y: float


@dataclass
class Layout:
    """The canvas of a workflow."""

    way: Flowing
    steps: list[DrawnStep] = field(default_factory=list)
    labels: list[DrawnLabel] = field(default_factory=list)
    pluses: list[DrawnPlus] = field(default_factory=list)
    tails: list[DrawnTail] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    frames: list[tuple[float, float, float, float]] = field(default_factory=list)
    start: Point = (0, 0)
    end: Point | None = None
    width: float = 0
    height: float = 0

    @property
    def path(self) -> str:
        """All lines as one path of SVG."""
        return "".join(self.lines)


def lay_out(nodes: Sequence[FlowNode], about: str, way: Flowing) -> Layout:
    """Return the canvas of a list of steps."""
    made = _Laying(Layout(way))
    across = max(way.wide, _list_size(nodes, way)[1]) / 2 + MARGIN
    made.layout.start = made.at(MARGIN + way.long / 2, across)
    along, is_over = made.lay_list(nodes, "/steps", about, MARGIN + way.long, across, START, "")
    if not is_over:
        made.layout.end = made.at(along + 16, across)
        along += 32
    made.layout.width, made.layout.height = made.at(along + MARGIN, 2 * across)
    return made.layout


def _list_size(nodes: Sequence[FlowNode], way: Flowing) -> tuple[float, float]:
    sizes = [_step_size(node, way) for node in nodes]
    is_over = bool(nodes) and nodes[-1].is_end
    return sum(s[0] for s in sizes) + way.gap * (len(nodes) + (not is_over)), max([way.wide, *(s[1] for s in sizes)])


def _lane_size(lane: FlowLane, way: Flowing) -> tuple[float, float]:
    if not lane.place:
        return 0, way.bare
    long, wide = _list_size(lane.steps, way)
    return long + (way.tail if lane.tail else 0), wide + (2 * 20 if lane.is_framed else 0)


def _step_size(node: FlowNode, way: Flowing) -> tuple[float, float]:
    if not node.lanes:
        return way.long, way.wide
    lanes = [_lane_size(lane, way) for lane in node.lanes]
    return way.long + way.fork + way.head + max(long for long, _ in lanes) + way.fork, max(way.wide, sum(wide for _, wide in lanes) + way.between * (len(lanes) - 1))


@dataclass
class _Laying:
    layout: Layout

    def at(self, along: float, across: float) -> Point:
        return (across, along) if self.layout.way is DOWN else (along, across)

    def line(self, *points: Point) -> None:
        """Draw a way through points along and across the flow, its corners round."""
        found = [p for n, p in enumerate(points) if n == 0 or p != points[n - 1]]
        if len(found) < 2:
            return
        path = f"M{_said(self.at(*found[0]))}"
        for before, corner, after in zip(found, found[1:], found[2:], strict=False):
            near, far = _towards(corner, before), _towards(corner, after)
            path += f"L{_said(self.at(*near))}Q{_said(self.at(*corner))} {_said(self.at(*far))}"
        self.layout.lines.append(f"{path}L{_said(self.at(*found[-1]))}")

    def plus(self, place: str, at: int, after: str, about: str, along: float, across: float, *, is_beside: bool = False) -> None:
        x, y = self.at(along, across)
        self.layout.pluses.append(DrawnPlus(place, at, after, about, x, y, is_beside))

    def lay_list(self, nodes: Sequence[FlowNode], place: str, about: str, along: float, across: float, before: str, after: str) -> tuple[float, bool]:
        """Lay out steps one after the other; return where they end, and whether nothing goes on there."""
        way = self.layout.way
        for n, node in enumerate(nodes):
            self.line((along, across), (along + way.gap, across))
            self.plus(place, n, before, about, along + way.gap / 2, across)
            following = nodes[n + 1].id if n + 1 < len(nodes) else after
            along = self.lay_step(node, along + way.gap, across, before, following)
            before = node.id
        if nodes and nodes[-1].is_end:
            return along, True
        self.line((along, across), (along + way.gap, across))
        self.plus(place, len(nodes), before, about, along + way.gap / 2, across)
        return along + way.gap, False

    def lay_step(self, node: FlowNode, along: float, across: float, before: str, following: str) -> float:
        way = self.layout.way
        x, y = self.at(along + way.long / 2, across)
        entries = [lane.id or (lane.steps[0].id if lane.steps else following) for lane in node.lanes]
        self.layout.steps.append(DrawnStep(node, x, y, before, entries[0] if entries else following))
        if node.beside:
            self.plus(node.beside, 0, node.id, node.about, along + way.long / 2, across + way.wide / 2, is_beside=True)
        along += way.long
        if not node.lanes:
            return along
        bar, sizes = along + way.fork, [_lane_size(lane, way) for lane in node.lanes]
        meeting = bar + way.head + max(long for long, _ in sizes) + way.fork / 2
        left = across - (sum(wide for _, wide in sizes) + way.between * (len(sizes) - 1)) / 2
        for lane, (_, wide) in zip(node.lanes, sizes, strict=True):
            middle = left + wide / 2
            self.line((along, across), (bar, across), (bar, middle), (bar + way.head, middle))
            self.lay_lane(lane, node, bar, middle, wide, (meeting, across), following)
            left += wide + way.between
        return meeting + way.fork / 2

    def lay_lane(self, lane: FlowLane, node: FlowNode, bar: float, middle: float, wide: float, meeting: Point, following: str) -> None:
        way = self.layout.way
        x, y = self.at(bar if way is DOWN else bar + way.head / 2 + 4, middle)
        if lane.label:
            self.layout.labels.append(DrawnLabel(lane, x, y, node.id, lane.steps[0].id if lane.steps else following))
        along, is_over = bar + way.head, False
        if lane.place:
            along, is_over = self.lay_list(lane.steps, lane.place, lane.about, along, middle, lane.id or node.id, following)
        if lane.is_framed:
            self.frame(bar + way.head, along, middle, wide)
        if lane.tail and not is_over:
            tail = self.at(along + way.tail / 2 - 4, middle)
            self.line((along, middle), (along + 8, middle))
            self.layout.tails.append(DrawnTail(lane.tail, *tail))
        elif not is_over:
            self.line((along, middle), (meeting[0], middle), meeting, (meeting[0] + way.fork / 2, meeting[1]))

    def frame(self, start: float, end: float, middle: float, wide: float) -> None:
        (x, y), (right, bottom) = self.at(start + 2, middle - wide / 2), self.at(end - 2, middle + wide / 2)
        self.layout.frames.append((x, y, right - x, bottom - y))


def _towards(corner: Point, other: Point) -> Point:
    """Return the point on the way from a corner to another point where its rounding begins."""
    length = abs(other[0] - corner[0]) + abs(other[1] - corner[1])
    share = min(CORNER, length / 2) / length
    return corner[0] + (other[0] - corner[0]) * share, corner[1] + (other[1] - corner[1]) * share


def _said(point: Point) -> str:
    return f"{point[0]:g} {point[1]:g}"

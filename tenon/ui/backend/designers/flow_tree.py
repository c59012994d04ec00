"""The steps of a workflow as a tree to draw: each with its words, and the ways that lead on from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity
from tenon.metamodel.naming import find_to_many
from tenon.ui.backend.designers.base import Design, Json
from tenon.ui.backend.designers.flow_offers import NEVER, icon_of, step_label, tone_of
from tenon.ui.backend.designers.flow_words import said_duration, said_step
from tenon.ui.backend.designers.rule_words import said_condition

PATH, OUTCOME, STEP = "path", "outcome", "step"


@dataclass(frozen=True, slots=True)
class FlowLane:
    """A way on from a step. ``id`` is that of its item, '' when it is none; ``place`` its list of steps, '' where it only goes on.

    ``holder`` is the list in which the item stands; ``tail`` says what is at its end when it does not go on.
    """

    id: str
    label: str
    told: str
    place: str
    steps: tuple[FlowNode, ...] = ()
    tail: str = ""
    is_framed: bool = False
    group: str = ""
    holder: str = ""
    at: int = 0
    about: str = ""


@dataclass(frozen=True, slots=True)
class FlowNode:
    """A step: what it is called and says, in which list it stands and where, the entity it is about, and the ways on from it."""

    id: str
    type: str
    title: str
    kind: str
    told: str
    icon: str
    tone: str
    place: str
    at: int
    about: str
    lanes: tuple[FlowLane, ...] = ()
    beside: str = ""
    """A list of steps that is empty, and not drawn until something stands in it."""

    @property
    def is_end(self) -> bool:
        """Nothing comes after it."""
        return self.type == "end"


def grow(design: Design, steps: list[Json], place: str) -> tuple[FlowNode, ...]:
    """Return a list of steps as a tree."""
    return tuple(_node(design, step, place, at) for at, step in enumerate(steps))


def everything(nodes: tuple[FlowNode, ...]) -> Iterator[FlowNode]:
    """Yield every step of a tree, outer ones first."""
    for node in nodes:
        yield node
        for lane in node.lanes:
            yield from everything(lane.steps)


def far_of(design: Design, step: Json) -> Entity | None:
    """Return the entity that the steps inside a step for each are about."""
    relation = find_to_many(design.model, design.entity, str(step.get("relation"))) if design.entity is not None else None
    return design.model.find_entity(relation.far_id) if relation is not None else None


def design_at(design: Design, item_id: str) -> Design:
    """Return a design whose entity is the one that a step is about."""
    place, found = design.place(item_id), design
    parts = place.split("/")[1:]
    for count in range(2, len(parts)):
        outer = design.item(f"/{'/'.join(parts[:count])}")
        if outer is not None and outer.get("type") == "for_each":
            found = replace(design, about=far_of(found, outer))
    return found


def _node(design: Design, step: Json, place: str, at: int) -> FlowNode:
    kind = step_label(step["type"]).show(design.language)
    title = design.show(step.get("label")) or (design.show(step.get("title")) if step["type"] in ("task", "approval", "form") else "") or kind
    here = f"{place}/{step['id']}"
    beside = f"{here}/rejected" if step["type"] == "approval" and not step.get("rejected") else ""
    about = design.entity.name if design.entity is not None else ""
    told = said_step(design, step)
    return FlowNode(step["id"], step["type"], title, kind, told, icon_of(step["type"]), tone_of(step["type"]), place, at, about, tuple(_lanes(design, step, here)), beside)


def _lanes(design: Design, step: Json, here: str) -> Iterator[FlowLane]:
    about = design.entity.name if design.entity is not None else ""
    if step["type"] in ("branch", "parallel"):
        for at, path in enumerate(step.get("paths", ())):
            label, told = _path_words(design, step["type"], path, at)
            place = f"{here}/paths/{path['id']}/steps"
            yield FlowLane(path["id"], label, told, place, grow(design, path.get("steps") or [], place), group=f"{step['type']}-{PATH}", holder=f"{here}/paths", at=at, about=about)
        if step["type"] == "branch" and all(path.get("when") for path in step.get("paths", ())):
            yield FlowLane("", say("None of them", "均不满足").show(design.language), "", "")
    elif step["type"] == "for_each":
        far = far_of(design, step)
        place = f"{here}/steps"
        within = replace(design, about=far) if far is not None else design
        label = say("each {one}", "每条{one}", one=far.label).show(design.language) if far is not None else ""
        yield FlowLane("", label, "", place, grow(within, step.get("steps") or [], place), is_framed=True, about=far.name if far is not None else about)
    elif step["type"] == "wait" and step.get("or_after"):
        late = step["or_after"]
        place = f"{here}/or_after/steps"
        yield FlowLane("", say("In time", "按时发生").show(design.language), "", "")
        label = say("After {time}", "超过{time}", time=said_duration(str(late.get("for") or "?"), design.language)).show(design.language)
        yield FlowLane("", label, "", place, grow(design, late.get("steps") or [], place), about=about)
    elif step["type"] == "approval" and step.get("rejected"):
        place, back = f"{here}/rejected", str(step.get("reject") or "end").removeprefix("back_to:")
        target = design.item(back) if back != "end" else None
        tail = say("Ends", "结束") if back == "end" else say("Back to {step}", "退回：{step}", step=design.show((target or {}).get("label") or (target or {}).get("title"), back))
        yield FlowLane("", say("Approved", "同意").show(design.language), "", "")
        yield FlowLane("", say("Rejected", "拒绝").show(design.language), "", place, grow(design, step["rejected"], place), tail.show(design.language), about=about)
    elif step["type"] == "task":
        for at, outcome in enumerate(step.get("outcomes") or ()):
            place = f"{here}/outcomes/{outcome['id']}/steps"
            steps = grow(design, outcome.get("steps") or [], place)
            yield FlowLane(outcome["id"], design.show(outcome.get("label"), outcome["name"]), "", place, steps, group=OUTCOME, holder=f"{here}/outcomes", at=at, about=about)


def _path_words(design: Design, type_: str, path: Json, at: int) -> tuple[str, str]:
    """Return what a path is called, and its condition when that is not its name."""
    label = design.show(path.get("label"))
    if type_ == "parallel":
        return label or say("Path {n}", "路径 {n}", n=at + 1).show(design.language), ""
    if path.get("when") == NEVER:
        told = say("No condition yet", "尚未设置条件").show(design.language)
    else:
        told = said_condition(design, str(path["when"])) if path.get("when") else say("Otherwise", "其他情况").show(design.language)
    return (label, told) if label else (told, "")

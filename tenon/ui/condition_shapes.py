"""What the builder of conditions shows."""

from __future__ import annotations

from dataclasses import dataclass

from tenon.ui.shapes import Choice


@dataclass(frozen=True, slots=True)
class Pick:
    """A field that a condition can be about: ``how`` what is asked of many records."""

    path: str
    how: str
    label: str
    icon: str


@dataclass(frozen=True, slots=True)
class PickGroup:
    """Fields under a heading."""

    label: str
    picks: tuple[Pick, ...]


@dataclass(frozen=True, slots=True)
class ValueInput:
    """An input of a value: ``kind`` text, number, choice, choices, record, day; ``presets`` the sorts of days, or of values.

    ``suffix`` makes its names: "" for the first, "2" for the second value; ``url`` answers a look-up.
    """

    kind: str
    suffix: str
    preset: str = ""
    text: str = ""
    texts: tuple[str, ...] = ()
    unit: str = "day"
    presets: tuple[Choice, ...] = ()
    options: tuple[Choice, ...] = ()
    url: str = ""
    affix: str = ""
    is_wrong: bool = False


@dataclass(frozen=True, slots=True)
class ConditionShown:
    """A condition of the builder."""

    at: str
    path: str
    how: str
    label: str
    icon: str
    offers: tuple[Choice, ...]
    offer: str
    inputs: tuple[ValueInput, ...] = ()
    where: GroupShown | None = None
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class GroupShown:
    """A group of the builder; ``picks`` are the fields that can be added to it, ``scope`` names them for the picker."""

    at: str
    joins: str
    items: tuple[GroupShown | ConditionShown, ...]
    depth: int
    scope: str


@dataclass(frozen=True, slots=True)
class Builder:
    """The builder: its root, the fields to choose from by scope, the expression it stands for and what that means.

    ``fits`` is False for an expression that no tree of conditions says; ``fault`` is what is wrong with one that was typed.
    """

    entity: str
    root: GroupShown | None
    picks: tuple[tuple[str, tuple[PickGroup, ...]], ...]
    expression: str
    sentence: str
    matches: int | None
    total: int | None
    fits: bool = True
    fault: str | None = None
    is_complete: bool = True

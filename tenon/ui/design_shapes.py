"""What designers show: a palette to take from, a canvas, and the properties of what is chosen; plain frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from tenon.ui.shapes import Choice

ControlType = Literal[
    "text", "name", "label", "long_label", "number", "date", "switch", "choice", "segments", "colour", "icon", "condition", "expression", "many", "pair", "ways", "rights", "note",
    "ordered", "picks", "pairs",
]


Operations = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Pick:
    """Something to choose by operations; ``reason`` says why it cannot be, ``is_on`` that it is."""

    label: str
    icon: str | None
    operations: Operations
    is_on: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One of an ordered list of names, with what moves it, takes it out and turns its direction; None where that cannot be done."""

    label: str
    earlier: Operations | None
    later: Operations | None
    gone: Operations
    turned: Operations | None = None
    is_down: bool = False


@dataclass(frozen=True, slots=True)
class Ordered:
    """An ordered list of names, and what can be added to it."""

    lines: tuple[Line, ...]
    offers: tuple[Pick, ...]


@dataclass(frozen=True, slots=True)
class Control:
    """A property. ``at`` is its place in the document; ``value`` what stands there.

    A ``label`` has a text a language below its place. ``entity`` is what a condition or an expression is read in; ``expect`` the type
    it should have, ``use`` where it stands (formula, default …). ``empty`` is what a choice says when nothing is set. ``numbers`` are
    smallest and largest. The value of ``pairs`` is names with texts, what else they are is in ``empty``. The value of ``ordered`` is an `Ordered`, that of ``picks`` a tuple of `Pick`.
    A ``switch`` that is on when nothing is set has ``empty``. The options of ``ways`` are named by the operations that they do, the one that is
    ``value`` is in force: buttons, or with ``empty``, which may be '', one list to choose from. What ``is_fixed`` this person may read and not change.
    """

    at: str
    type: ControlType
    label: str
    value: Any = None
    options: tuple[Choice, ...] = ()
    help: str | None = None
    entity: str | None = None
    expect: str | None = None
    use: str = ""
    empty: str | None = None
    numbers: tuple[int | None, int | None] = (None, None)
    required: bool = False
    is_fixed: bool = False

    @property
    def told(self) -> str:
        """What stands there, in words: the label of what is chosen, or what it is when nothing is set."""
        unset = self.empty if self.empty is not None else self.options[0].label if self.options else ""
        known = next((option.label for option in self.options if option.name == self.value), None)
        return known or (unset if self.value is None else str(self.value))

    def holding(self, value: Any) -> Control:
        """Return the property with another value, one that is not plain JSON."""
        return replace(self, value=value)


@dataclass(frozen=True, slots=True)
class ControlGroup:
    """Properties under a heading; folded when people seldom need them."""

    label: str | None
    controls: tuple[Control, ...]
    is_folded: bool = False


@dataclass(frozen=True, slots=True)
class Impact:
    """What publishing would do: ``safety`` is safe, lossy or blocked; ``rows`` it touches, ``lost`` values, ``examples`` of these."""

    title: str
    safety: str
    rows: int
    lost: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """The properties of an item: ``item`` is its id, '' for the document itself."""

    item: str
    title: str
    icon: str
    groups: tuple[ControlGroup, ...]
    note: str | None = None
    may_remove: bool = False
    impacts: tuple[Impact, ...] = ()
    tools: tuple[Choice, ...] = ()
    """More that can be done with it: the address of each as its name."""


@dataclass(frozen=True, slots=True)
class PaletteItem:
    """Something to put on the canvas: ``value`` is inserted into a list that takes its ``group``, or into the one named ``below`` in it."""

    label: str
    icon: str
    group: str
    value: Mapping[str, Any]
    help: str | None = None
    is_used: bool = False
    below: str = ""


@dataclass(frozen=True, slots=True)
class PaletteGroup:
    """Things to take under a heading."""

    label: str
    items: tuple[PaletteItem, ...]

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong with a document and where: ``item`` is the id of the item around it."""

    message: str
    hint: str | None
    item: str


@dataclass(frozen=True, slots=True)
class Designer:
    """A designer's page: everything but the canvas, which is the kind's own value."""

    kind: str
    kind_label: str
    name: str
    label: str
    icon: str
    state: str
    revision: str
    can_undo: bool
    can_redo: bool
    palette: tuple[PaletteGroup, ...]
    canvas: Any
    panel: Panel | None
    troubles: tuple[Trouble, ...] = ()
    others: tuple[Choice, ...] = ()
    """Designers of what belongs to the same entity, and of the menus it can stand in."""
    next: tuple[Choice, ...] = ()
    """What can be made for it: where it begins, and what it is."""
    shown_at: str | None = None
    """Where the published document can be seen."""
    script: str = ""
    """Its own module below ``static/js``."""
    preview: str | None = None
    """Where the draft can be tried."""
    sample: tuple[str, str] | None = None
    """The entity and the id of a record that expressions are tried on."""


@dataclass(frozen=True, slots=True)
class DesignEntry:
    """A document in the workbench."""

    kind: str
    kind_label: str
    name: str
    label: str
    icon: str
    state: str
    url: str


@dataclass(frozen=True, slots=True)
class DesignGroup:
    """The documents about one entity, or of one kind."""

    name: str
    label: str
    icon: str
    entries: tuple[DesignEntry, ...]


@dataclass(frozen=True, slots=True)
class Makeable:
    """A kind of document that can be made, with what it is for; ``takes_entity`` when it may be about one."""

    kind: str
    label: str
    icon: str
    told: str
    takes_entity: bool


@dataclass(frozen=True, slots=True)
class Workbench:
    """Everything that can be designed, grouped; ``changed`` documents wait for a publish."""

    groups: tuple[DesignGroup, ...]
    kinds: tuple[Makeable, ...]
    entities: tuple[Choice, ...]
    changed: int
    errors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a spreadsheet and the field it would become; ``options`` values of a choice, ``misfits`` values that do not fit."""

    index: int
    column: str
    label: str
    name: str
    type: str
    is_kept: bool
    is_title: bool
    samples: tuple[str, ...]
    options: int
    misfits: int


@dataclass(frozen=True, slots=True)
class SheetGuess:
    """The entity a spreadsheet would become, every part of which can be changed before it is made."""

    id: str
    file_name: str
    label: str
    name: str
    columns: tuple[SheetColumn, ...]
    types: tuple[Choice, ...]

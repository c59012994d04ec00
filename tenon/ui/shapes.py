"""What pages show: plain frozen values that the backend fills in, already in the reader's language.

Values in cells and facts are canonical (`Decimal`, `date`, aware `datetime`, option names …) except for references,
which are `Link`s, files (`FileMark`) and scores (`ScoreMark`). None is empty. The templates format them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from tenon.engine.context import Context


@dataclass(frozen=True, slots=True)
class Workspace:
    """What the pages need to know of the workspace; ``is_set_up`` is False until there is an administrator.

    ``is_secure`` when it is reached over TLS: cookies then go over nothing else. ``logo`` is the address of its own picture.
    """

    name: str
    timezone: str
    version: str
    release: int
    is_set_up: bool = True
    sends_mail: bool = False
    is_secure: bool = False
    logo: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A living session: who acts (with roles, unit, language), the token for writes, the label of the unit."""

    ctx: Context
    csrf: str
    unit_label: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that has just begun: what goes into the cookie and until when."""

    token: str
    expires_at: datetime
    language: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """A living one-time link: to accept an invitation, or to choose a new password."""

    kind: Literal["invite", "reset"]
    email: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a choice, a band, or any thing to pick; ``hint`` is a second line."""

    name: str
    label: str
    colour: str | None = None
    hint: str | None = None
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class RuleButton:
    """The button of a rule: its name, what it says, and what is asked before."""

    name: str
    label: str
    confirm: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to a record: None as ``entity`` when the reader has no page for it (people, units)."""

    id: str
    title: str
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class FileMark:
    """A stored file: size in bytes, media type, where to fetch it."""

    id: str
    name: str
    size: int
    type: str
    url: str


@dataclass(frozen=True, slots=True)
class ScoreMark:
    """A score in one cell: value, band, change over the trend days; ``is_unsure`` where data is too little for a band."""

    value: Decimal | None
    band: Choice | None
    change: Decimal | None = None
    is_unsure: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """How to show a value. ``type`` is a field type of the metamodel, or "score" for a `ScoreMark`."""

    name: str
    label: str
    type: str = "text"
    options: tuple[Choice, ...] = ()
    currency: str | None = None
    scale: int | None = None
    is_sortable: bool = False
    help: str | None = None


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of the menu; ``is_whole`` unless it leads to some of the records of an entity only."""

    label: str
    icon: str
    url: str
    count: int | None = None
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """A heading of the menu: an app or a group of an app."""

    label: str
    items: tuple[MenuItem, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number on the home page; ``url`` leads to the records behind it."""

    label: str
    field: Field
    value: Any
    url: str | None = None
    change: str | None = None
    tone: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the first-run list."""

    label: str
    hint: str
    url: str
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Home:
    """The first page after signing in."""

    figures: tuple[Figure, ...] = ()
    steps: tuple[Step, ...] = ()
    recent: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A hit of the search over everything."""

    label: str
    url: str
    icon: str
    hint: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a list; ``colour`` of a view's colour rules."""

    id: str
    title: str
    values: Mapping[str, Any]
    colour: str | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class TrashRow:
    """A record in the trash: its title, who deleted it when, how many went with it, and whether it was merged into another."""

    id: str
    title: str
    at: datetime
    who: str
    together: int = 0
    is_merged: bool = False


@dataclass(frozen=True, slots=True)
class TrashPage:
    """The records of an entity that were deleted themselves, newest first."""

    entity: str
    plural: str
    icon: str
    rows: tuple[TrashRow, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account: ``state`` is active, invited or disabled."""

    id: str
    name: str
    email: str
    roles: tuple[str, ...]
    state: str
    unit: str | None = None
    last_seen: datetime | None = None
    unit_id: str | None = None


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """The people of a workspace and the roles they can have."""

    people: tuple[Person, ...]
    roles: tuple[Choice, ...]
    next: str | None = None

"""What the frame around every page shows: apps with their menus, hits of the palette, notices, tasks; plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenon.ui.decision_shapes import Asked
from tenon.ui.shapes import Choice, Link, MenuGroup


@dataclass(frozen=True, slots=True)
class MenuApp:
    """An app in the switcher, with the groups of its menu that the reader may see; ``url`` is its first page, ``is_rest`` what stands in no app."""

    name: str
    label: str
    icon: str
    groups: tuple[MenuGroup, ...]
    is_rest: bool = False

    @property
    def url(self) -> str:
        """The address of its first page."""
        return self.groups[0].items[0].url

    @property
    def guide(self) -> str:
        """The address of its guide; '' for what is no app of its own."""
        return "" if self.is_rest else f"/apps/{self.name}/guide"


@dataclass(frozen=True, slots=True)
class Hit:
    """A hit of the palette: a page by ``url``, or a button of the frame that it presses."""

    label: str
    icon: str
    url: str = ""
    press: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class HitGroup:
    """Hits under a heading."""

    label: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that somebody was told; ``about`` is the record, ``tone`` a colour of its level."""

    id: str
    title: str
    text: str | None
    tone: str
    level: str
    at: datetime | None
    is_read: bool
    about: Link | None = None


@dataclass(frozen=True, slots=True)
class NoticeList:
    """The latest notices of a person and how many are unread; ``url`` is the list of all."""

    notices: tuple[Notice, ...]
    unread: int
    url: str


@dataclass(frozen=True, slots=True)
class Task:
    """A task of the inbox; ``may_change`` when this person may complete, move and assign it; ``role`` is for whom it waits."""

    id: str
    version: int
    title: str
    url: str
    due: datetime | None
    is_late: bool
    priority: Choice | None
    state: Choice | None
    about: Link | None
    assignee: Link | None
    may_change: bool = True
    role: str | None = None
    asked: Asked | None = None
    """What a workflow asks; None for a task of the app core."""


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """Tasks of one stretch of time: late, today, this week, later, whenever."""

    name: str
    label: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Inbox:
    """The tasks of a tab in groups; ``tabs`` are (name, label, count). ``entity`` is "" where no app has tasks, ``is_empty`` where nothing asks anything of anybody.

    ``here`` is the tab with how many of it are shown, ``more`` with the next ones, None where there are none; ``is_behind`` where the first are on another page.
    A count above ``cap`` is not counted further.
    """

    tab: str
    tabs: tuple[tuple[str, str, int], ...]
    groups: tuple[TaskGroup, ...]
    entity: str = "task"
    is_cut: bool = False
    is_empty: bool = False
    here: str = ""
    more: str | None = None
    is_behind: bool = False
    cap: int = 0

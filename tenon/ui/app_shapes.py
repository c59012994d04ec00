"""What the first start shows, and how far an install is: plain frozen values beside those of `work`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tenon.metamodel.app_reference import Section
from tenon.ui.admin_shapes import Difference, DocumentChange, PlanStep
from tenon.ui.work import JobView

StepState = Literal["done", "here", "ahead", "wrong"]


@dataclass(frozen=True, slots=True)
class Sampled:
    """An app that is about to be installed and how many sample records of what it brings.

    ``days`` is how far back the past of its scores is filled in; ``takes`` are apps whose samples come with them.
    """

    name: str
    label: str
    icon: str
    records: tuple[tuple[str, int], ...]
    days: int = 0
    takes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many records there are."""
        return sum(count for _, count in self.records)


@dataclass(frozen=True, slots=True)
class EditedSample:
    """A sample record that a person changed."""

    label: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class SamplesShown:
    """What removing the sample records of an app is about: how many of what, those that people changed (``edited``, the first of them).

    ``along`` are records of other kinds that go with them, ``own`` of these were made by people; ``held`` says what stands in the way.
    """

    app: str
    total: int
    counts: tuple[tuple[str, int], ...]
    edited: int
    edited_first: tuple[EditedSample, ...]
    along: tuple[tuple[str, int], ...]
    own: int
    cleared: int
    held: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InstallStep:
    """An app being installed, or the loading of sample records, which counts."""

    label: str
    state: StepState
    done: int = 0
    total: int | None = None
    is_counted: bool = False


@dataclass(frozen=True, slots=True)
class Install:
    """An install from the order to the last sample record; ``job`` is the job that works at it now.

    ``wrongs`` are what went wrong, each with what to do; ``opens`` the apps that are there, with the addresses of their first pages.
    """

    id: str
    heading: str
    steps: tuple[InstallStep, ...]
    job: JobView
    is_live: bool
    is_ready: bool
    wrongs: tuple[tuple[str, str], ...] = ()
    opens: tuple[tuple[str, str], ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClashRow:
    """A conflict side by side: what was, what the workspace made of it, what comes; ``place`` is '' for a whole document."""

    id: str
    kind: str
    label: str
    place: str
    base: str | None
    yours: str | None
    theirs: str | None
    decision: str


@dataclass(frozen=True, slots=True)
class UpgradePage:
    """What updating an app would do: what changes, what stays as it was made here, conflicts, the plan and what stands in the way."""

    name: str
    label: str
    icon: str
    before: str
    after: str
    changes: tuple[DocumentChange, ...]
    kept: tuple[DocumentChange, ...]
    clashes: tuple[ClashRow, ...]
    plan: tuple[PlanStep, ...]
    problems: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """What two people did to one document: conflicts, and what only one of them did; ``seen`` is the revision of the other's."""

    kind: str
    name: str
    label: str
    author: str
    at: datetime | None
    clashes: tuple[ClashRow, ...]
    yours: tuple[Difference, ...]
    theirs: tuple[Difference, ...]
    seen: str


@dataclass(frozen=True, slots=True)
class Choosable:
    """A document that can go into an app; ``app`` is the label of the one it belongs to."""

    id: str
    name: str
    label: str
    app: str


@dataclass(frozen=True, slots=True)
class NameRow:
    """A document of a package whose name is taken by ``here``; ``app`` is the app that belongs to."""

    key: str
    kind: str
    label: str
    here: str
    app: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamesPage:
    """An app about to be installed, and the names about which something has to be chosen."""

    name: str
    label: str
    version: str
    count: int
    rows: tuple[NameRow, ...]


@dataclass(frozen=True, slots=True)
class AppGuide:
    """What an installed app holds, as its reader may see it.

    ``anchors`` are where its entities stand on the page, by name; ``urls`` where a document is used, by kind and name; ``opens`` is its first page.
    With ``is_partial`` some of it may be out of the reader's sight.
    """

    name: str
    label: str
    icon: str
    version: str
    description: str
    sections: tuple[Section, ...]
    anchors: dict[str, str]
    urls: dict[str, str]
    opens: str | None
    is_partial: bool

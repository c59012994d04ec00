"""What forms, imports, apps and jobs show: plain frozen values beside those of `shapes`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from tenon.ui.shapes import Choice, Field

JobState = Literal["queued", "running", "done", "failed", "dead", "cancelled"]


@dataclass(frozen=True, slots=True)
class FormField:
    """An input. ``input`` is the kind the field type names (text, textarea, money, select, reference …).

    ``value`` is canonical, a `Link` (or several) for references. ``errors`` are messages to show beside it.
    """

    name: str
    label: str
    input: str = "text"
    value: Any = None
    required: bool = False
    read_only: bool = False
    help: str | None = None
    width: int = 1
    options: tuple[Choice, ...] = ()
    currency: str | None = None
    scale: int | None = None
    minimum: str | None = None
    maximum: str | None = None
    max_length: int | None = None
    accept: str | None = None
    field: Field | None = None
    errors: tuple[str, ...] = ()

    @property
    def is_shown_only(self) -> bool:
        """True when people read it and nobody types it here."""
        return self.read_only or self.input in ("computed", "autonumber")


@dataclass(frozen=True, slots=True)
class FormText:
    """A text between the fields."""

    text: str
    width: int = 4


@dataclass(frozen=True, slots=True)
class FormSection:
    """A group of items with a heading and a number of columns."""

    label: str | None
    items: tuple[FormField | FormText, ...]
    columns: int = 2


@dataclass(frozen=True, slots=True)
class Form:
    """A form of an entity. ``is_live`` when conditions need the server's word after every change of a field."""

    entity: str
    entity_label: str
    plural: str
    icon: str
    sections: tuple[FormSection, ...]
    id: str | None = None
    title: str | None = None
    version: int | None = None
    is_live: bool = False

    def fields(self) -> list[FormField]:
        """Return the inputs in their order."""
        return [item for section in self.sections for item in section.items if isinstance(item, FormField)]


@dataclass(frozen=True, slots=True)
class Saved:
    """A record that was created or changed."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Disputed:
    """A field that two people changed: both values, shown with the field."""

    field: Field
    mine: Any
    theirs: Any


@dataclass(frozen=True, slots=True)
class Clash:
    """What a stale save ran into: the version there now, who made it, the fields both touched, and what is still to be saved."""

    version: int
    who: str
    at: datetime
    fields: tuple[Disputed, ...]
    values: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ImportColumn:
    """A column of an uploaded file: some values and the field that was guessed or chosen."""

    name: str
    samples: tuple[str, ...]
    field: str | None = None


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """A row that was refused: line from 1, column, value and message."""

    line: int
    column: str | None
    value: str | None
    message: str


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Counts of a dry run or a run."""

    rows: int
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class ImportPage:
    """An import from upload to result. ``fields`` may be mapped; ``keys`` may be matched on."""

    id: str
    entity: str
    plural: str
    file_name: str
    rows: int | None
    encoding: str | None
    columns: tuple[ImportColumn, ...]
    fields: tuple[Choice, ...]
    keys: tuple[Choice, ...]
    state: Literal["mapping", "checking", "checked", "running", "done", "failed"]
    done: int = 0
    mode: str = "create"
    match_on: str | None = None
    result: ImportResult | None = None
    problems: tuple[ImportProblem, ...] = ()
    may_undo: bool = False
    error: str | None = None
    is_undone: bool = False


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What a person chose on the mapping page: column by field, key, mode."""

    mapping: Mapping[str, str]
    match_on: str | None
    mode: Literal["create", "update", "upsert"]
    dry_run: bool


@dataclass(frozen=True, slots=True)
class AppCard:
    """An app, installed or available; ``missing`` names required apps that come with it."""

    name: str
    label: str
    description: str
    version: str
    icon: str = "blocks"
    installed: str | None = None
    has_sample: bool = False
    missing: tuple[str, ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class JobView:
    """A job: state, progress, when, problems, what it was for."""

    id: str
    label: str
    state: JobState
    created_at: datetime
    done: int | None = None
    total: int | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    who: str | None = None
    errors: tuple[str, ...] = ()
    url: str | None = None
    may_cancel: bool = False


@dataclass(frozen=True, slots=True)
class JobList:
    """A page of jobs, newest first."""

    jobs: tuple[JobView, ...]
    next: str | None = None

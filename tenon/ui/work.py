"""What forms, imports, apps and jobs show: plain frozen values beside those of `shapes`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field as dataclass_field
from datetime import datetime
from typing import Any, Literal

from tenon.ui.shapes import Choice, Field, Link

JobState = Literal["queued", "running", "done", "failed", "dead", "cancelled"]


@dataclass(frozen=True, slots=True)
class FormField:
    """An input. ``input`` is the kind the field type names (text, textarea, money, select, reference …).

    ``value`` is canonical, a `Link` (or several) for references. ``errors`` are messages to show beside it. ``blocked`` names options
    that cannot be chosen now, with the reason. ``source`` is the address that offers choices; ``is_narrowed`` when they hang on what
    else was typed; ``creates`` the entity of which a new record can be made on the way. ``taken`` are records that have this value
    where only one may. ``prefix`` stands before the ids of its elements: two forms on one page. ``kept`` is the id of a file that an
    earlier attempt to save brought.
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
    blocked: Mapping[str, str] = dataclass_field(default_factory=dict)
    source: str | None = None
    is_narrowed: bool = False
    creates: Choice | None = None
    taken: tuple[Link, ...] = ()
    prefix: str = ""
    kept: str | None = None

    @property
    def is_shown_only(self) -> bool:
        """True when people read it and nobody types it here."""
        return self.read_only or self.input in ("computed", "autonumber")

    @property
    def key(self) -> str:
        """What the ids of its elements end with."""
        return self.prefix + self.name


@dataclass(frozen=True, slots=True)
class KeptFile:
    """What a form says of a file that an earlier attempt to save brought."""

    id: str


@dataclass(frozen=True, slots=True)
class FormText:
    """A text between the fields."""

    text: str
    width: int = 4


@dataclass(frozen=True, slots=True)
class FormColumn:
    """A column of a table on a form; ``total`` is the sum of its rows where one makes sense, shown as ``field`` says."""

    name: str
    label: str
    required: bool = False
    is_number: bool = False
    has_total: bool = False
    total: Any = None
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row of a table on a form: ``key`` names it in the names of its inputs; ``is_gone`` when saving deletes it."""

    key: str
    title: str
    cells: tuple[FormField, ...]
    id: str | None = None
    version: int | None = None
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class FormTable:
    """Rows of a relation, edited in place. ``is_cut`` when there are more than a form shows."""

    table: str
    label: str
    columns: tuple[FormColumn, ...]
    rows: tuple[FormRow, ...]
    may_add: bool = False
    may_remove: bool = False
    is_cut: bool = False
    width: int = 4


@dataclass(frozen=True, slots=True)
class FormSection:
    """A group of items with a heading and a number of columns; not ``is_shown`` when it belongs to another step."""

    label: str | None
    items: tuple[FormField | FormText | FormTable, ...]
    columns: int = 2
    is_shown: bool = True


@dataclass(frozen=True, slots=True)
class FormStep:
    """A step of a form in several steps; ``may_go`` when it can be gone to at once."""

    label: str
    index: int
    state: Literal["done", "here", "ahead"]
    may_go: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A form of an entity. ``is_live`` when conditions need the server's word after every change of a field.

    ``name`` is that of its document, ``choices`` those that fit where there are several; ``steps`` is empty for a form on one page.
    ``is_compared`` when what is typed may look like a record that is there.
    """

    entity: str
    entity_label: str
    plural: str
    icon: str
    sections: tuple[FormSection, ...]
    id: str | None = None
    title: str | None = None
    version: int | None = None
    is_live: bool = False
    name: str | None = None
    choices: tuple[Choice, ...] = ()
    steps: tuple[FormStep, ...] = ()
    prefix: str = ""
    is_compared: bool = False

    def fields(self) -> list[FormField]:
        """Return the inputs in their order."""
        return [item for section in self.sections for item in section.items if isinstance(item, FormField)]

    def tables(self) -> list[FormTable]:
        """Return the tables in their order."""
        return [item for section in self.sections for item in section.items if isinstance(item, FormTable)]

    @property
    def step(self) -> int:
        """The position of the step that is shown; 0 for a form on one page."""
        return next((at for at, step in enumerate(self.steps) if step.state == "here"), 0)


@dataclass(frozen=True, slots=True)
class TypedRow:
    """A row as a browser sent it: its key, the stored record and the version it was made from, whether it goes, and raw values."""

    key: str
    id: str | None = None
    version: int | None = None
    is_gone: bool = False
    values: Mapping[str, Any] = dataclass_field(default_factory=dict)


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
    """What a stale save ran into: the version there now, who made it, the fields both touched, what is still to be saved, and the version it began with."""

    version: int
    who: str
    at: datetime
    fields: tuple[Disputed, ...]
    values: Mapping[str, Any] | None = None
    began: int = 0


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
    duplicates: int = 0
    waiting: int = 0


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
    systems: tuple[str, ...] | None = None
    """The systems that are known by external numbers; None where a file can hold none."""
    system: str = ""
    keeps_waiting: bool = True


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What a person chose on the mapping page: column by field, key, mode; the ``system`` of external numbers, and whether rows wait."""

    mapping: Mapping[str, str]
    match_on: str | None
    mode: Literal["create", "update", "upsert"]
    dry_run: bool
    system: str = ""
    keeps_waiting: bool = True


@dataclass(frozen=True, slots=True)
class AppCard:
    """An app, installed or available; ``missing`` names required apps that come with it, ``inside`` what it brings with how many.

    ``needed_by`` are installed apps that stand on it: it cannot be removed before them. ``newer`` is the version it can be updated to.
    ``samples`` are its sample records, ``trashed`` those of them in the trash.
    """

    name: str
    label: str
    description: str
    version: str
    icon: str = "blocks"
    installed: str | None = None
    has_sample: bool = False
    missing: tuple[str, ...] = ()
    url: str | None = None
    inside: tuple[tuple[str, int], ...] = ()
    needed_by: tuple[str, ...] = ()
    newer: str | None = None
    samples: int = 0
    trashed: int = 0


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
    may_retry: bool = False


@dataclass(frozen=True, slots=True)
class JobList:
    """A page of jobs, newest first."""

    jobs: tuple[JobView, ...]
    next: str | None = None

"""What the blocks of a record's page show beside facts and scores: advice, the timeline, comments, tasks, files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tenon.ui.record_shapes import BandEdge, Change, Fact
from tenon.ui.shapes import Choice
from tenon.ui.work import FormField


@dataclass(frozen=True, slots=True)
class WidgetSpot:
    """A widget on the page of a record."""

    name: str
    label: str
    entity: str
    id: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do next: ``block`` and ``index`` name the action, ``record`` what it is about; ``title`` is None for the page's own record."""

    block: str
    index: int
    record: str
    label: str
    reason: str | None
    title: str | None
    url: str
    facts: tuple[Fact, ...]
    icon: str
    colour: str | None
    button: str | None


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of a timeline; what is filled follows from its type."""

    id: str
    type: str
    at: datetime
    who: str | None
    action: str = ""
    text: str = ""
    title: str | None = None
    url: str | None = None
    icon: str = "dot"
    label: str | None = None
    facts: tuple[Fact, ...] = ()
    changes: tuple[Change, ...] = ()
    cause: str | None = None
    before: Decimal | None = None
    after: Decimal | None = None
    band_before: Choice | None = None
    band_after: Choice | None = None
    undo: str = ""


@dataclass(frozen=True, slots=True)
class Stream:
    """A part of a timeline: its types with whether each is chosen, events newest first, the address of older ones."""

    types: tuple[tuple[str, bool], ...]
    happenings: tuple[Happening, ...]
    older: str | None
    is_older: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment."""

    id: str
    text: str
    who: str
    at: datetime
    may_delete: bool = False


@dataclass(frozen=True, slots=True)
class Remarks:
    """Comments, newest first, and whether the reader may add one."""

    entity: str
    remarks: tuple[Remark, ...]
    count: int | None
    may_add: bool
    url: str
    most: int = 10_000


@dataclass(frozen=True, slots=True)
class Todo:
    """A task; ``may_finish`` when the reader may complete it."""

    id: str
    title: str
    due: datetime | date | None
    owner: str | None
    state: Choice | None
    is_done: bool
    is_late: bool
    may_finish: bool


@dataclass(frozen=True, slots=True)
class Todos:
    """Tasks: those to be done, and how many are done; ``add_url`` makes one."""

    entity: str
    todos: tuple[Todo, ...]
    count: int
    done: int
    add_url: str | None
    url: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the record."""

    id: str
    name: str
    size: int
    type: str
    url: str
    who: str | None
    at: datetime | None
    may_delete: bool

    @property
    def is_picture(self) -> bool:
        """True when browsers show it."""
        return self.type in ("image/png", "image/jpeg", "image/gif", "image/webp")


@dataclass(frozen=True, slots=True)
class Attachments:
    """Files, newest first, and whether the reader may add one."""

    entity: str
    files: tuple[Attachment, ...]
    count: int | None
    may_add: bool
    most_mb: int
    url: str


@dataclass(frozen=True, slots=True)
class QuickForm:
    """The small form of a new record that points to this one; ``full_url`` leads to the whole form."""

    entity: str
    label: str
    icon: str
    fields: tuple[FormField, ...]
    url: str
    full_url: str
    link: str


@dataclass(frozen=True, slots=True)
class Step:
    """A value of a score from a moment on; ``is_set`` when a person set it."""

    at: datetime
    value: Decimal | None
    band: Choice | None
    cause: str | None
    is_set: bool


@dataclass(frozen=True, slots=True)
class Break:
    """A moment from which on values are of another model or variant."""

    at: datetime
    label: str


@dataclass(frozen=True, slots=True)
class Held:
    """A span in which a person's word stood before the computed score."""

    start: datetime
    end: datetime
    value: Decimal | None
    band: Choice | None
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class History:
    """How a score moved in the last ``days``, of which ``spans`` may be chosen."""

    name: str
    label: str
    url: str
    days: int
    spans: tuple[int, ...]
    low: Decimal
    high: Decimal
    edges: tuple[BandEdge, ...]
    steps: tuple[Step, ...]
    breaks: tuple[Break, ...]
    held: tuple[Held, ...]
    start: datetime
    end: datetime

    def chart(self) -> str:
        """Return what the chart draws, as JSON."""
        tops = [*[float(e.start) for e in self.edges[1:]], float(self.high)]
        last = [[self.end.isoformat(), float(self.steps[-1].value)]] if self.steps and self.steps[-1].value is not None else []
        return json.dumps({
            "label": self.label, "low": float(self.low), "high": float(self.high), "start": self.start.isoformat(), "end": self.end.isoformat(),
            "steps": [[s.at.isoformat(), None if s.value is None else float(s.value)] for s in self.steps] + last,
            "bands": [
                {"label": e.band.label, "colour": e.band.colour, "from": float(e.start), "to": top} for e, top in zip(self.edges, tops, strict=True)
            ],
            "breaks": [{"at": b.at.isoformat(), "label": b.label} for b in self.breaks],
            "held": [{"from": h.start.isoformat(), "to": min(h.end, self.end).isoformat(), "label": h.by} for h in self.held],
        }, ensure_ascii=False)  # fmt: skip

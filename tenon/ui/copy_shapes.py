"""What the pages of scratch copies show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenon.ui.admin_shapes import DocumentChange
from tenon.ui.app_shapes import ClashRow
from tenon.ui.work import JobView


@dataclass(frozen=True, slots=True)
class CopyRow:
    """A copy: of which release, when it was made, and how many bytes it takes where that is known."""

    name: str
    release: int
    at: datetime
    size: int | None


@dataclass(frozen=True, slots=True)
class CopiesPage:
    """The copies, a name for the next one, the job that makes one, and whether one can be made here: not inside of a copy."""

    copies: tuple[CopyRow, ...]
    name: str
    job: JobView | None
    may_make: bool


@dataclass(frozen=True, slots=True)
class BringPage:
    """What a copy brings into the draft: the documents that change here, and what both sides changed; ``seen`` marks both sides."""

    name: str
    release: int
    at: datetime
    changes: tuple[DocumentChange, ...]
    clashes: tuple[ClashRow, ...]
    seen: str

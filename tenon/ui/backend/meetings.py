"""Two people at one document of the draft: both sides to choose from, and saving what was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tenon.engine.releases.meeting import Meeting, meet, meet_step, settle_meeting
from tenon.engine.releases.steps import Way
from tenon.metamodel.merging import Side, Step
from tenon.metamodel.wording import say_value
from tenon.ui.app_shapes import ClashRow, MeetingPage
from tenon.ui.backend.base import View
from tenon.ui.backend.releases import shown_lines


@dataclass(frozen=True)
class Wanted:
    """What one side wants to do to a document: operations on an earlier revision, or to undo or redo a step of one's own."""

    operations: Sequence[Mapping[str, Any]] = ()
    revision: str = ""
    way: Way | None = None


def meeting_page(view: View, kind: str, name: str, wanted: Wanted, decisions: Mapping[str, Side]) -> MeetingPage:
    """Return what both did to a document. Raises NotFound, Invalid, Forbidden, Conflict when there is no step to meet."""
    found, language = _meet(view, kind, name, wanted, decisions), view.language
    clashes = tuple(_clash(found, step, decisions.get(step.place, "yours"), language) for step in found.merged.conflicts)
    mine, other = shown_lines(found.lines("yours"), language), shown_lines(found.lines("theirs"), language)
    return MeetingPage(kind, found.name, found.label.show(language), found.author, found.at, clashes, mine, other, found.revision)


def save_meeting(view: View, kind: str, name: str, wanted: Wanted, decisions: Mapping[str, Side], seen: str) -> str | None:
    """Save the merge and return the address of the document; None when somebody changed it since it was shown.

    Raises NotFound, Invalid, Forbidden, Conflict.
    """
    found = _meet(view, kind, name, wanted, decisions)
    if found.revision != seen:
        return None
    settle_meeting(view.uow.connection, view.ctx, view.model, found, now=view.uow.now)
    assert found.merged.json is not None
    return f"/design/{kind}/{found.merged.json['name']}"


def _meet(view: View, kind: str, name: str, wanted: Wanted, decisions: Mapping[str, Side]) -> Meeting:
    connection, model = view.uow.connection, view.model
    if wanted.way is not None:
        return meet_step(connection, view.ctx, model, kind, name, wanted.way, decisions=decisions)
    return meet(connection, view.ctx, model, kind, name, wanted.operations, revision=wanted.revision, decisions=decisions)


def _clash(meeting: Meeting, step: Step, decision: Side, language: str) -> ClashRow:
    base, yours, theirs = (None if value is None else say_value(value).show(language) for value in (step.base, step.yours, step.theirs))
    return ClashRow(step.place, meeting.kind, meeting.label.show(language), meeting.where(step.place).show(language), base, yours, theirs, decision)

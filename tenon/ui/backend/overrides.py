"""A person's word about a score: setting and ending an override, rating a measure and taking the rating back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from tenon.engine.scores import manual
from tenon.engine.scores.overrides import LONGEST, remove_override, set_override
from tenon.platform import audit
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.scores import score_of

PERCENT = Decimal(100)


def override(
    view: View, entity: str, id: str, score: str, *, value: Decimal | None, band: str | None, reason: str, until: date | None
) -> None:
    """Set value or band of a score through the end of a day; raises Invalid (/value, /band, /reason, /expires_at), Forbidden."""
    found = score_of(view, view.entity(entity), score)
    expires = _end_of(view, until) if until is not None else None
    set_override(view.uow, view.ctx, found.id, id_of(id), value=value, band=band, reason=reason, expires_at=expires)
    audit.write(view.uow.connection, view.ctx, "score.override", "record", id_of(id), {"score": score})


def end_override(view: View, entity: str, id: str, score: str) -> None:
    """Show the computed score again; raises NotFound when nothing is overridden, Forbidden."""
    remove_override(view.uow, view.ctx, score_of(view, view.entity(entity), score).id, id_of(id))
    audit.write(view.uow.connection, view.ctx, "score.override_end", "record", id_of(id), {"score": score})


def rate(view: View, entity: str, id: str, score: str, measure: str, percent: Decimal | None, note: str) -> None:
    """Rate a measure from 0 to 100 percent of its points, or take the rating away with None; raises Invalid (/share), Forbidden."""
    found = score_of(view, view.entity(entity), score)
    if percent is None:
        manual.clear_rating(view.uow, view.ctx, found.id, id_of(id), measure)
    else:
        manual.rate(view.uow, view.ctx, found.id, id_of(id), measure, percent / PERCENT, note.strip() or None)
    action = "score.rate" if percent is not None else "score.rating_end"
    audit.write(view.uow.connection, view.ctx, action, "record", id_of(id), {"score": score, "measure": measure})


def _end_of(view: View, day: date) -> datetime:
    """Return the last minute of a day, or the latest moment an override may last to when the day is that one."""
    end = datetime.combine(day, time(23, 59), view.uow.timezone).astimezone(UTC)
    latest = view.uow.now + LONGEST
    return min(end, latest) if day == (view.uow.today + timedelta(days=LONGEST.days)) else end

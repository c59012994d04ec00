"""Reading days, times and moments in their ISO form, and showing them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?\Z")
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]((?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?) ?([Zz]|[+-][0-9]{2}:?[0-9]{2})?\Z"
)


def parse_day(raw: str) -> date | None:
    """Return the day of ``2026-01-31``, or None."""
    if not _DAY.match(raw):
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None


def parse_time(raw: str) -> time | None:
    """Return the time of ``09:30`` or ``09:30:15``, or None."""
    if not _TIME.match(raw):
        return None
    try:
        return time.fromisoformat(raw)
    except ValueError:
        return None


def parse_moment(raw: str, zone: ZoneInfo) -> datetime | None:
    """Return the moment in UTC of an ISO text, or None; one without offset is in the zone.

    Raises OverflowError outside the years 1 to 9999.
    """
    parts = _MOMENT.match(raw)
    if not parts:
        return None
    try:
        moment = datetime.fromisoformat(f"{parts[1]}T{_pad_fraction(parts[2])}{(parts[3] or '').upper()}")
    except ValueError:
        return None
    return to_utc(moment if parts[3] else settle_local(moment, zone))


def settle_local(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return a local time with its offset: before the gap when it does not exist, the later one when it exists twice."""
    first, second = moment.replace(tzinfo=zone, fold=0), moment.replace(tzinfo=zone, fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    is_twice = before is not None and after is not None and before > after
    return second if is_twice else first


def to_utc(moment: datetime) -> datetime:
    """Return the moment in UTC. Raises OverflowError outside the years 1 to 9999."""
    return moment.astimezone(UTC)


def show_moment(moment: datetime) -> str:
    """Return a moment as the API shows it, in UTC with ``Z``."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def show_time(value: time) -> str:
    """Return ``09:30``, with seconds only when there are any."""
    return value.isoformat("seconds" if value.second else "minutes")


def _pad_fraction(clock: str) -> str:
    whole, point, fraction = clock.partition(".")
    return whole + point + fraction.ljust(6, "0") if point else whole

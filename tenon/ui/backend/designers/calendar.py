"""The calendar designer: the hours of a week, and a year in which days are made free or worked by a click or with the keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenon.metamodel.kinds.calendar import DAYS
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.design_shapes import ControlGroup, Operations, PaletteGroup, Panel

LABEL = Text("Calendar", "工作日历")
ICON = "calendar-days"
TOLD = say("When people work: hours, holidays, and days worked instead.", "何时上班：工作时段、节假日与调休。")
NEEDS_ENTITY = TAKES_ENTITY = False
SCRIPT = "design_calendar"
NAMES = {
    "mon": say("Monday", "周一"), "tue": say("Tuesday", "周二"), "wed": say("Wednesday", "周三"), "thu": say("Thursday", "周四"), "fri": say("Friday", "周五"),
    "sat": say("Saturday", "周六"), "sun": say("Sunday", "周日"),
}  # fmt: skip
OFFICE = [["09:00", "12:00"], ["13:00", "18:00"]]
WORKED = DAYS[:5]


@dataclass(frozen=True, slots=True)
class DrawnSpan:
    """Hours from and to, where they stand, and what takes them out."""

    start: str
    end: str
    at: str
    gone: Operations


@dataclass(frozen=True, slots=True)
class DrawnDay:
    """A day of the week: its hours, what adds some, and what gives the other working days the same."""

    name: str
    label: str
    spans: tuple[DrawnSpan, ...]
    more: Operations
    copied: Operations | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """The week, and what the year is drawn from."""

    days: tuple[DrawnDay, ...]
    year: int
    hours: str
    free: tuple[str, ...]
    worked: tuple[str, ...]
    works: tuple[bool, ...]


def canvas(design: Design) -> Drawn:
    """Return the week as rows of hours, and the days that are unlike their weekday."""
    week: dict[str, Any] = design.json.get("week") or {}
    days = tuple(_day(design, name, week) for name in DAYS)
    total = sum(_minutes(s["end"]) - _minutes(s["start"]) for d in days for s in ({"start": x.start, "end": x.end} for x in d.spans))
    free, worked = (tuple(sorted(map(str, design.json.get(key) or ()))) for key in ("holidays", "working_days"))
    return Drawn(days, design.view.uow.today.year, f"{max(0, total) / 60:g}", free, worked, tuple(bool(d.spans) for d in days))


def _day(design: Design, name: str, week: dict[str, Any]) -> DrawnDay:
    spans: list[list[str]] = [list(span) for span in week.get(name) or ()]
    at = f"/week/{name}"
    drawn = tuple(DrawnSpan(start, end, f"{at}/{n}", _set(at, spans[:n] + spans[n + 1 :])) for n, (start, end) in enumerate(spans))
    copied = tuple(op for other in WORKED if other != name and week.get(other) != spans for op in _set(f"/week/{other}", spans)) if spans and name in WORKED else ()
    return DrawnDay(name, NAMES[name].show(design.language), drawn, _set(at, [*spans, _next(spans)]), copied or None)


def _next(spans: list[list[str]]) -> list[str]:
    """Return hours after the last ones of a day."""
    if not spans:
        return ["09:00", "18:00"]
    last = _minutes(spans[-1][1])
    start, end = min(last + 60, 1410), min(last + 300, 1440)
    return [_clock(start), _clock(max(end, start + 15))]


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes) if hours.isdigit() and minutes.isdigit() else 0


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _set(at: str, value: Any) -> Operations:
    return ({"op": "set", "at": at, "value": value},)


def palette(_design: Design) -> tuple[PaletteGroup, ...]:
    """Return nothing: hours are added where they belong."""
    return ()


def panel(design: Design, item_id: str) -> Panel | None:
    """Return the properties of the calendar."""
    if item_id:
        return None
    controls, language = Controls(design, design.json, ""), design.language
    zone = str(design.view.uow.timezone)
    first = (
        controls.make("label", "label", say("Name", "名称"), required=True),
        controls.make("timezone", "text", say("Time zone", "时区"), empty=zone, help=say("Left empty: that of the workspace.", "不填则使用工作区时区。")),
        controls.make("is_default", "switch", say("The usual calendar", "默认日历"), help=say("It holds where working hours count and no calendar is named.", "按工作时间计算且未指定日历时使用。")),
    )
    more = (controls.make("name", "name", say("API name", "API 名称")), controls.make("description", "long_label", say("Description", "说明")))
    return Panel("", LABEL.show(language), ICON, (ControlGroup(None, first), ControlGroup(say("More", "更多").show(language), more, True)))


def start(design_label: Json, name: str, _entity: Entity | None, _language: str) -> Json:
    """Return a new calendar with the hours of an office."""
    return {"kind": "calendar", "name": name, "label": design_label, "week": dict.fromkeys(WORKED, OFFICE)}

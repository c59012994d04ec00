"""Numbers, money, days and times as people of one language read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date as Date, datetime as Moment, time as Time  # noqa: N812 (the methods are called date, datetime, time)
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import dates, numbers
from babel.core import Locale

from tenon.metamodel.labels import sentences

LOCALES = {"en": "en_US", "zh": "zh_CN"}
# Chinese readers expect CNY as ¥; elsewhere the same sign would be read as yen.
SYMBOLS = {"CNY": "¥"}
MINUS = "\u2212"
NOW_SECONDS = 50
_NUMBERS = re.compile(r"(?<![A-Za-z0-9_.,-])(-?)(\d+)(?:\.(\d+))?(?![A-Za-z0-9_.,-]*\d)")


def inside(label: str) -> str:
    """Return an English label for the middle of a sentence."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


class Formats:
    """Formats values in one language and one time zone; ``now`` is asked for relative times."""

    def __init__(self, language: str, timezone: str, now: Callable[[], Moment]) -> None:
        self.locale = Locale.parse(LOCALES[language])
        self.language = language
        self.zone = ZoneInfo(timezone)
        self._now = now

    def number(self, value: Decimal | float | int | None, scale: int | None = None) -> str:
        """Return a grouped number; with ``scale`` exactly so many decimals, else as many as it has, at most 6."""
        if value is None:
            return ""
        digits = "0" * scale if scale is not None else "######"
        pattern = f"#,##0.{digits}" if digits else "#,##0"
        return numbers.format_decimal(value, format=pattern, locale=self.locale)

    def numbers_in(self, text: str) -> str:
        """Return a text with its plain numbers grouped, with the decimals and the sign they have; dates and codes stay."""

        def shown(found: re.Match[str]) -> str:
            sign, whole, rest = found.groups()
            return (MINUS if sign else "") + self.number(Decimal(f"{whole}.{rest or 0}"), len(rest or ""))

        return _NUMBERS.sub(shown, text)

    def short(self, value: int | Decimal | None) -> str:
        """Return a number in few letters: 10K, 1万."""
        return "" if value is None else numbers.format_compact_decimal(value, locale=self.locale, fraction_digits=1)

    def score(self, value: Decimal | None) -> str:
        """Return a score rounded for reading: at most one decimal."""
        return "" if value is None else numbers.format_decimal(round(value, 1), format="#,##0.#", locale=self.locale)

    def change(self, value: Decimal | int | None) -> str:
        """Return a difference with its sign."""
        if value is None:
            return ""
        shown = numbers.format_decimal(abs(round(Decimal(value), 1)), format="#,##0.#", locale=self.locale)
        return f"+{shown}" if value > 0 else f"{MINUS}{shown}" if value < 0 else "±0"

    def money(self, value: Decimal | None, currency: str | None = None, scale: int | None = None) -> str:
        """Return an amount with its currency; whole amounts without decimals."""
        if value is None:
            return ""
        places = 0 if value == value.to_integral_value() else (2 if scale is None else scale)
        shown = self.number(abs(value), places)
        sign = MINUS if value < 0 else ""
        if not currency:
            return sign + shown
        return f"{sign}{SYMBOLS.get(currency) or numbers.get_currency_symbol(currency, self.locale)}{shown}"

    def money_short(self, value: Decimal | None, currency: str | None = None) -> str:
        """Return an amount in few letters: ¥1.2M, ¥120万."""
        if value is None:
            return ""
        symbol = (SYMBOLS.get(currency) or numbers.get_currency_symbol(currency, self.locale)) if currency else ""
        return f"{MINUS if value < 0 else ''}{symbol}{self.short(abs(value))}"

    def hue(self, text: str | None) -> int:
        """Return which of six colours a name has, always the same one."""
        return sum(ord(c) for c in text or "?") % 6

    def percent(self, value: Decimal | None, scale: int = 2, *, is_fixed: bool = False) -> str:
        """Return a share as percent, with at most so many decimals, or with exactly so many: 0.3 is 30 %."""
        pattern = "#,##0." + ("0" if is_fixed else "#") * scale + "%" if scale else "#,##0%"
        return "" if value is None else numbers.format_percent(value, format=pattern, locale=self.locale)

    def listed(self, names: Iterable[str]) -> str:
        """Return names one after the other, parted as the language does it."""
        return ("、" if self.language == "zh" else ", ").join(names)

    def sentences(self, said: Iterable[str]) -> str:
        """Return sentences one after the other; Chinese ones stand without a space."""
        return sentences(self.language, said)

    def inside(self, label: str) -> str:
        """Return a label for the middle of a sentence: "Customer" becomes "customer", "CRM lead" and Chinese stay."""
        return inside(label) if self.language == "en" else label

    def today(self) -> Date:
        """Return the day it is in the workspace's zone."""
        return self._now().astimezone(self.zone).date()

    def date(self, value: Date | None) -> str:
        """Return a day, the same width everywhere; of a moment the day it is in the zone of the workspace."""
        if value is None:
            return ""
        return (value.astimezone(self.zone) if isinstance(value, Moment) else value).strftime("%Y-%m-%d")

    def long_date(self, value: Date | None) -> str:
        """Return a day in words."""
        return "" if value is None else dates.format_date(value, "medium", locale=self.locale)

    def month(self, value: Date) -> str:
        """Return a month with its year."""
        return dates.format_skeleton("yMMMM", value, locale=self.locale)

    def day(self, value: Date) -> str:
        """Return a day with its weekday and month, without the year."""
        return dates.format_skeleton("MMMEd", value, locale=self.locale)

    def weekday(self, value: Date) -> str:
        """Return the short name of a weekday."""
        return dates.format_date(value, "EEE", locale=self.locale)

    def tick(self, value: Date, unit: str) -> str:
        """Return what stands above a period of a timeline that begins on a day: a week, a month, a quarter."""
        skeleton = {"weeks": "MMMd", "months": "yMMM", "quarters": "yQQQ"}[unit]
        return dates.format_skeleton(skeleton, value, locale=self.locale)

    def datetime(self, value: Moment | None) -> str:
        """Return a moment in the zone of the workspace, to the minute."""
        return "" if value is None else value.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")

    def time(self, value: Time | None) -> str:
        """Return a time of day, to the minute."""
        return "" if value is None else value.strftime("%H:%M")

    def relative(self, value: Moment | Date | None) -> str:
        """Return how long ago or ahead: "3 days ago", "昨天"."""
        if value is None:
            return ""
        if not isinstance(value, Moment):
            days = (value - self._now().astimezone(self.zone).date()).days
            near = self._near_day(days)
            return near or dates.format_timedelta(days * 86400, add_direction=True, locale=self.locale)
        ahead = value - self._now().astimezone(UTC)
        if abs(ahead.total_seconds()) < NOW_SECONDS:
            return {"en": "just now", "zh": "刚刚"}[self.language]
        return dates.format_timedelta(ahead, add_direction=True, locale=self.locale)

    def _near_day(self, days: int) -> str:
        names = {"en": {-1: "yesterday", 0: "today", 1: "tomorrow"}, "zh": {-1: "昨天", 0: "今天", 1: "明天"}}
        return names[self.language].get(days, "")

    def duration(self, seconds: int | None) -> str:
        """Return a span of seconds as hours and minutes."""
        if seconds is None:
            return ""
        hours, minutes = divmod(abs(int(seconds)) // 60, 60)
        sign = MINUS if seconds < 0 else ""
        units = ("h", "min") if self.language == "en" else ("小时", "分钟")
        parts = [f"{n} {u}" for n, u in ((hours, units[0]), (minutes, units[1])) if n]
        return sign + (" ".join(parts) or f"{int(seconds)} s")

    def size(self, value: int | None) -> str:
        """Return a size in bytes for reading."""
        if value is None:
            return ""
        number, unit = float(value), "B"
        for unit in ("B", "KB", "MB", "GB"):
            if number < 1024 or unit == "GB":
                break
            number /= 1024
        return f"{self.number(round(number, 1))} {unit}"

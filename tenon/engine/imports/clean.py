"""Cleaning one column's cells into what its field takes, saying what was changed."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tenon.engine.imports.read_dates import AmbiguousDate, DateOrder, read_date, read_time
from tenon.engine.imports.read_numbers import DecimalMark, read_number
from tenon.engine.imports.words import EMPTY_WORDS, fold, read_boolean
from tenon.metamodel.fields.base import BadValue, FieldSpec
from tenon.metamodel.labels import say

MEMORY, SHORT = 20_000, 80
NUMBERS = frozenset(("integer", "decimal", "money", "percent", "rating", "duration", "formula"))
_FORMAT = re.compile(r"[\u200b-\u200d\u2060\ufeff\u00ad]")
_ASCII_SPACE = re.compile(r"\s+")
_LIST_MARK = re.compile(r"\s*[;；|、\n]\s*|\s*[,，]\s*")
_DURATION = re.compile(r"(-?)(\d{1,7}):(\d{2})(?::(\d{2}))?\Z")
NOTES = {
    "trimmed": say("Blanks around it removed", "去除首尾空白"),
    "half_width": say("Full-width characters made half-width", "全角转半角"),
    "emptied": say("A word for nothing taken as empty", "无意义占位词按空处理"),
    "number": say("Number read from its written form", "识别书写的数字"),
    "unit": say("Unit multiplied in", "按单位换算"),
    "date": say("Date read from its written form", "识别书写的日期"),
    "time_left_out": say("Time of day left out", "去除时间部分"),
    "boolean": say("Word read as yes or no", "识别为是/否"),
    "choice": say("Matched to an option", "匹配到选项"),
    "phone": say("Signs in the telephone number removed", "清理电话号码中的符号"),
    "email": say("E-mail address cleaned", "清理邮箱地址"),
    "url": say("https:// put before it", "补全 https://"),
    "list": say("Split into several values", "拆分为多个值"),
    "rounded": say("Rounded to the decimals of the field", "按字段小数位四舍五入"),
    "text": say("Number or date taken as text", "数字或日期按文本处理"),
}
"""What may have been done to a cell, by the name that `Cleaner.clean` gives."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What is settled for one column: order of day and month, decimal mark, words that mean empty, words for options,
    whether a bare 30 of a percent column is 30 %, and whether more decimals than the field has are rounded."""

    date_order: DateOrder | None = None
    decimal_mark: DecimalMark = "."
    empty_words: frozenset[str] = EMPTY_WORDS
    synonyms: Mapping[str, str] = field(default_factory=dict)
    is_hundredths: bool = False
    rounds: bool = False


Cleaned = tuple[Any, str | None]


class Cleaner:
    """Turns the cells of one column into values that ``FieldSpec.clean`` takes; equal cells are worked out once."""

    def __init__(self, spec: FieldSpec, decisions: Decisions | None = None) -> None:
        self.spec = spec
        self.decisions = decisions or Decisions()
        self._read = self._reader()
        self._options = _option_words(spec, self.decisions.synonyms)
        self._known: dict[Any, Cleaned | BadValue] = {}

    def clean(self, raw: Any) -> Cleaned:
        """Return the value, None for empty, and the name of what was changed or None (see `NOTES`). Raises `BadValue`."""
        if raw is None:
            return None, None
        key = raw if isinstance(raw, str) else (type(raw), raw)
        found = self._known.get(key)
        if found is None:
            found = self._work_out(raw)
            if len(self._known) < MEMORY and (not isinstance(raw, str) or len(raw) <= SHORT):
                self._known[key] = found
        if isinstance(found, BadValue):
            raise found
        return found

    def _work_out(self, raw: Any) -> Cleaned | BadValue:
        try:
            if not isinstance(raw, str):
                return self._read(raw)
            text, note = self._tidy(raw)
            if not text:
                return None, note
            value, more = self._read(text)
            return value, more or note
        except BadValue as error:
            return error

    def _tidy(self, raw: str) -> Cleaned:
        """Return a text without blanks around it, "" for a word that means empty, and what was done."""
        text = raw.strip() if raw.isascii() else _FORMAT.sub("", raw).strip()
        if len(text) <= 12 and fold(text) in self.decisions.empty_words:
            return "", "emptied"
        return text, "trimmed" if text != raw else None

    def _reader(self) -> Callable[[Any], Cleaned]:
        kind = self.spec.type
        if kind in NUMBERS:
            return self._duration if kind == "duration" else self._number
        readers: dict[str, Callable[[Any], Cleaned]] = {
            "date": self._date,
            "datetime": self._moment,
            "time": self._time,
            "boolean": self._boolean,
            "choice": self._choice,
            "stage": self._choice,
            "choices": self._choices,
            "tags": self._choices,
            "references": self._list,
            "phone": self._phone,
            "email": self._email,
            "url": self._url,
            "json": self._json,
            "address": self._address,
            "long_text": self._long,
            "rich_text": self._long,
        }
        return readers.get(kind, self._text)

    def _text(self, raw: Any) -> Cleaned:
        if not isinstance(raw, str):
            return show_cell(raw), "text"
        if raw.isascii():
            return (raw, None) if raw.isprintable() else (_ASCII_SPACE.sub(" ", raw), "trimmed")
        text = _half_width(raw)
        text = text if text.isprintable() else _ASCII_SPACE.sub(" ", text)
        return text, "half_width" if text != raw else None

    def _long(self, raw: Any) -> Cleaned:
        return (raw, None) if isinstance(raw, str) else (show_cell(raw), "text")

    def _number(self, raw: Any) -> Cleaned:
        note: str | None = None
        if isinstance(raw, bool):
            raise _bad_number(str(raw))
        if isinstance(raw, str):
            number = read_number(raw, self.decisions.decimal_mark)
            if number is None:
                raise _bad_number(raw)
            value, is_percent = number.value, number.is_percent
            note = None if number.is_plain else "unit" if number.unit else "number"
        elif isinstance(raw, int | float | Decimal):
            value, is_percent = Decimal(str(raw)), False
        else:
            raise _bad_number(str(raw))
        if self.spec.type == "percent" and not is_percent and self.decisions.is_hundredths:
            value, note = value / 100, "unit"
        return self._round(value, note)

    def _round(self, value: Decimal, note: str | None) -> Cleaned:
        scale = getattr(self.spec, "scale", 0)
        if self.decisions.rounds and isinstance(scale, int) and abs(value) < 10**20:
            rounded = value.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
            if rounded != value:
                return rounded, "rounded"
        return value, note

    def _duration(self, raw: Any) -> Cleaned:
        parts = _DURATION.match(raw) if isinstance(raw, str) else None
        if parts:
            seconds = int(parts[2]) * 3600 + int(parts[3]) * 60 + int(parts[4] or 0)
            return -seconds if parts[1] else seconds, "number"
        if isinstance(raw, time):
            return raw.hour * 3600 + raw.minute * 60 + raw.second, "number"
        return self._number(raw)

    def _day(self, raw: Any) -> date | datetime:
        if isinstance(raw, date):
            return raw
        try:
            found = read_date(raw, self.decisions.date_order) if isinstance(raw, str) else _compact_day(raw)
        except AmbiguousDate as error:
            message = say(
                "{value} may be two dates: day first or month first.", "{value} 可能是两个日期：日在前或月在前。", value=str(error)
            )
            raise BadValue(
                "bad_format", message, say("Choose the order of day and month for this column.", "请为此列选择日与月的顺序。")
            ) from error
        if found is None:
            message = say("{value} is not a date.", "{value} 不是日期。", value=str(raw)[:60])
            raise BadValue("bad_format", message, say("Write it like 2026-01-31.", "例如 2026-01-31。"))
        return found

    def _date(self, raw: Any) -> Cleaned:
        day = self._day(raw)
        if isinstance(day, datetime):
            return day.date().isoformat(), "time_left_out" if day.time() != time() else _changed(raw, "date")
        text = day.isoformat()
        return text, None if raw == text else _changed(raw, "date")

    def _moment(self, raw: Any) -> Cleaned:
        moment = self._day(raw)
        text = moment.isoformat() if isinstance(moment, datetime) else f"{moment.isoformat()}T00:00"
        return text, None if raw == text else _changed(raw, "date")

    def _time(self, raw: Any) -> Cleaned:
        if isinstance(raw, datetime):
            raw = raw.time()
        found = read_time(raw) if isinstance(raw, str) else raw
        if not isinstance(found, time):
            raise BadValue(
                "bad_format",
                say("{value} is not a time of day.", "{value} 不是时间。", value=str(raw)[:60]),
                say("Write it like 09:30.", "例如 09:30。"),
            )
        text = found.replace(tzinfo=None).isoformat("seconds")
        return text, None if raw in (text, text[:5]) else _changed(raw, "date")

    def _boolean(self, raw: Any) -> Cleaned:
        if isinstance(raw, bool):
            return raw, None
        said = read_boolean(raw) if isinstance(raw, str) else {0: False, 1: True}.get(raw)
        if said is None:
            message = say("{value} says neither yes nor no.", "{value} 既不表示是也不表示否。", value=str(raw)[:60])
            raise BadValue("wrong_type", message, say("Write yes or no.", "请填写“是”或“否”。"))
        return said, "boolean"

    def _choice(self, raw: Any) -> Cleaned:
        text = raw if isinstance(raw, str) else show_cell(raw)
        name = self._options.get(fold(text), text)
        return name, "choice" if name != raw else None

    def _choices(self, raw: Any) -> Cleaned:
        parts, note = self._list(raw)
        names = [self._options.get(fold(part), part) for part in parts]
        return names, note or ("choice" if names != parts else None)

    def _list(self, raw: Any) -> Cleaned:
        text = raw if isinstance(raw, str) else show_cell(raw)
        if text.startswith("["):
            try:
                return [str(part) for part in json.loads(text)], "list"
            except ValueError:
                pass
        if fold(text) in self._options:
            return [text], None
        parts = [part for part in _LIST_MARK.split(text) if part]
        return parts, "list" if len(parts) > 1 else None

    def _phone(self, raw: Any) -> Cleaned:
        text = _half_width(raw if isinstance(raw, str) else show_cell(raw)).strip()
        plain = re.sub(r"[\s\-–—_.()/]+", "", text.removeprefix("tel:").removeprefix("'"))
        plain = f"+{plain[2:]}" if plain.startswith("00") else plain
        return plain, "phone" if plain != raw else None

    def _email(self, raw: Any) -> Cleaned:
        if not isinstance(raw, str):
            return show_cell(raw), None
        text = _half_width(raw).strip().removeprefix("mailto:").strip("<>'\",;，；").replace(" ", "")
        name, at, domain = text.rpartition("@")
        text = f"{name}{at}{domain.lower().replace('。', '.')}" if at else text
        return text, "email" if text != raw else None

    def _url(self, raw: Any) -> Cleaned:
        text = _half_width(raw).strip() if isinstance(raw, str) else show_cell(raw)
        if "://" not in text and not text.startswith(("mailto:", "tel:")) and re.match(r"[\w-]+(\.[\w-]+)+([/:?#]|\Z)", text):
            return f"https://{text}", "url"
        return text, "half_width" if text != raw else None

    def _json(self, raw: Any) -> Cleaned:
        if not isinstance(raw, str):
            return (float(raw) if isinstance(raw, Decimal) else raw if isinstance(raw, int | float) else show_cell(raw)), None
        try:
            return json.loads(raw), None
        except ValueError:
            return raw, None

    def _address(self, raw: Any) -> Cleaned:
        if isinstance(raw, str) and raw.startswith("{"):
            return self._json(raw)
        return {"street": self._text(raw)[0]}, None


def show_cell(raw: Any) -> str:
    """Return a number, date or truth of a workbook as the text a person would have typed."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float | Decimal):
        text = format(Decimal(str(raw)), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(raw, datetime):
        return raw.isoformat(" ").removesuffix(" 00:00:00")
    return raw.isoformat() if isinstance(raw, date | time) else str(raw)


def _option_words(spec: FieldSpec, synonyms: Mapping[str, str]) -> dict[str, str]:
    """Return the names of the options by everything they may be called, folded; a name wins over a label."""
    words: dict[str, str] = {}
    options = getattr(spec, "options", None) or ()
    for option in options:
        for label in (option.label.en, option.label.zh) if option.label else ():
            if label:
                words.setdefault(fold(label), option.name)
    words.update({fold(option.name): option.name for option in options})
    return words | {fold(word): name for word, name in synonyms.items()}


def _half_width(text: str) -> str:
    """Return a text with full-width letters, digits and signs in their usual width; other characters stay as they are."""
    if text.isascii():
        return text
    return "".join(
        unicodedata.normalize("NFKC", c) if ("\uff01" <= c <= "\uff5e" and c not in "，。；：！？（）") or c == "\u3000" else c
        for c in text
    )


def _compact_day(raw: Any) -> date | datetime | None:
    """Return the day of a number such as 20240105."""
    return read_date(str(raw)) if isinstance(raw, int) and 19000101 <= raw <= 21001231 else None


def _changed(raw: Any, note: str) -> str | None:
    return note if isinstance(raw, str) else None


def _bad_number(text: str) -> BadValue:
    message = say("{value} is not a number.", "{value} 不是数字。", value=text[:60])
    return BadValue("wrong_type", message, say("Write digits with a point, such as 1234.5.", "请用数字和小数点书写，例如 1234.5。"))

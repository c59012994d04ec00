"""How each database says what conversions need: exact numbers, days, moments and lists of names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Date, Numeric, String, Time, and_, case, cast, func, literal, literal_column, null, or_, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from tenon.engine.schema.sqlite_functions import DIGITS
from tenon.engine.schema.statements import Value

_DAY = (
    "(?:(?!0000)[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)-02-29)"
)
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{1,6})?)?"
_OFFSET = "(?:Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])"
DAY = f"^{_DAY}\\Z"
CLOCK = "^(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?\\Z"
MOMENT = f"^{_DAY}(?:[T ]{_CLOCK}{_OFFSET}?)?\\Z"
WITH_OFFSET = f"{_OFFSET}\\Z"
NUMBER = "^[+-]?(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\\.[0-9]{1,40})?\\Z"


@dataclass(frozen=True)
class Speech:
    """One database's way to say things; every method takes and gives cells as the database holds them."""

    is_sqlite: bool
    zone: str

    def units(self, text: Value, scale: int, *, whole: bool) -> Value:
        """Return a number written as text (checked before) as a cell of that scale; NULL when it has too many digits."""
        if self.is_sqlite:
            return func.tenon_to_units(text, literal_column(str(scale)))
        number = func.round(cast(text, Numeric), literal_column(str(scale)))
        return self._fitting(number, scale, whole=whole)

    def is_rounded(self, text: Value, scale: int) -> Value:
        """Return the condition that a number written as text has more decimals than that."""
        if self.is_sqlite:
            return func.tenon_is_rounded(text, literal_column(str(scale))) == literal_column("1")
        return func.round(cast(text, Numeric), literal_column(str(scale))) != cast(text, Numeric)

    def show_number(self, value: Value, scale: int) -> Value:
        """Return a number cell as text."""
        if self.is_sqlite:
            return func.tenon_show_units(value, literal_column(str(scale)))
        return cast(func.trim_scale(cast(value, Numeric)), String)

    def rescale(self, value: Value, have: int, want: int, *, whole: bool) -> Value:
        """Return a number cell at another scale; NULL when it has too many digits."""
        if self.is_sqlite:
            return func.tenon_rescale(value, literal_column(str(have)), literal_column(str(want)))
        return self._fitting(func.round(cast(value, Numeric), literal_column(str(want))), want, whole=whole)

    def loses_decimals(self, value: Value, have: int, want: int) -> Value:
        """Return the condition that a number cell has more decimals than that."""
        if want >= have:
            return literal_column("1") == literal_column("0")
        if self.is_sqlite:
            unit: Value = literal_column(str(10 ** (have - want)))
            return value.op("%")(unit) != literal_column("0")
        return func.round(cast(value, Numeric), literal_column(str(want))) != cast(value, Numeric)

    def show_boolean(self, value: Value) -> Value:
        """Return yes and no as text."""
        return case((self.is_yes(value), literal("true")), (value.is_not(None), literal("false")))

    def is_yes(self, value: Value) -> Value:
        """Return the condition that a boolean cell is yes."""
        return value == literal_column("1" if self.is_sqlite else "true")

    def boolean(self, value: bool) -> Value:
        """Return yes or no as a cell."""
        return literal_column(("1" if value else "0") if self.is_sqlite else ("true" if value else "false"))

    def show_day(self, value: Value) -> Value:
        """Return a day as text."""
        return value if self.is_sqlite else func.to_char(value, "YYYY-MM-DD")

    def show_moment(self, value: Value) -> Value:
        """Return a moment as text, in UTC."""
        return value if self.is_sqlite else func.to_char(func.timezone("UTC", value), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')

    def show_clock(self, value: Value) -> Value:
        """Return a time of day as text."""
        return value if self.is_sqlite else func.to_char(value, "HH24:MI:SS")

    def day(self, text: Value) -> Value:
        """Return a day written as text (checked before) as a cell."""
        return text if self.is_sqlite else cast(text, Date)

    def clock(self, text: Value) -> Value:
        """Return a time written as text (checked before) as a cell."""
        return case((func.length(text) == literal_column("5"), text.op("||")(":00")), else_=text) if self.is_sqlite else cast(text, Time)

    def moment(self, text: Value) -> Value:
        """Return a moment written as text (checked before) as a cell; without offset it is in the workspace's zone."""
        if self.is_sqlite:
            return func.tenon_to_moment(text, self.zone)
        local = func.timezone(self.zone, text.op("::")(literal_column("timestamp")))
        return case((text.regexp_match(WITH_OFFSET), text.op("::")(literal_column("timestamptz"))), else_=local)

    def midnight(self, day: Value) -> Value:
        """Return the beginning of a day cell."""
        if self.is_sqlite:
            return func.tenon_to_moment(day, self.zone)
        return func.timezone(self.zone, day.op("::")(literal_column("timestamp")))

    def day_of(self, moment: Value) -> Value:
        """Return the day of a moment cell in the workspace's zone."""
        if self.is_sqlite:
            return func.tenon_to_day(moment, self.zone)
        return func.timezone(self.zone, moment).op("::")(literal_column("date"))

    def list_of(self, text: Value) -> Value:
        """Return a list cell with one name; empty for empty."""
        made = func.json_array(text) if self.is_sqlite else func.jsonb_build_array(cast(text, String))
        return case((text.is_not(None), made))

    def count_of(self, value: Value) -> Value:
        """Return how many names a list cell holds."""
        return func.json_array_length(value) if self.is_sqlite else func.jsonb_array_length(value)

    def first_of(self, value: Value) -> Value:
        """Return the first name of a list cell."""
        return func.json_extract(value, "$[0]") if self.is_sqlite else value.op("->>")(literal_column("0"))

    def join(self, value: Value) -> Value:
        """Return the names of a list cell as one text."""
        entry, ordered = self._entries(value)
        if self.is_sqlite:
            return select(func.group_concat(ordered.c.value, ", ")).scalar_subquery()
        return select(func.string_agg(entry, aggregate_order_by(literal(", "), ordered.c.position))).scalar_subquery()

    def map_names(self, value: Value, names: dict[str, str]) -> Value:
        """Return a list cell with other names; those that are not in ``names`` are left out; nothing left is empty."""
        entry, ordered = self._entries(value)
        pairs = [(entry == literal(old), literal(new)) for old, new in names.items()]
        kept = entry.in_([literal(old) for old in names])
        if not pairs:
            return null()
        made = case(*pairs)
        if self.is_sqlite:
            gathered = func.json_group_array(made)
        else:
            gathered = func.jsonb_agg(aggregate_order_by(made, ordered.c.position), type_=JSONB)
        found = select(case((func.count() > 0, gathered))).select_from(ordered).where(kept)
        return found.scalar_subquery()

    def show_json(self, value: Value) -> Value:
        """Return JSON as text."""
        return value if self.is_sqlite else cast(value, String)

    def json_text(self, text: Value) -> Value:
        """Return a text as JSON."""
        made = func.json_quote(text) if self.is_sqlite else func.to_jsonb(cast(text, String))
        return case((text.is_not(None), made))

    def differs(self, left: Value, right: Value) -> Value:
        """Return the condition that two cells differ, two empty ones being equal."""
        return left.op("IS NOT", is_comparison=True, return_type=Boolean())(right) if self.is_sqlite else left.is_distinct_from(right)

    def _entries(self, value: Value) -> tuple[Value, Any]:
        """Return the entry of a list cell, and the ordered entries to select from."""
        if self.is_sqlite:
            each = func.json_each(value).table_valued("key", "value", name="each")
            ordered: Any = select(each.c.value, each.c.key).order_by(each.c.key).subquery("entries")
            return ordered.c.value, ordered
        rows = func.jsonb_array_elements_text(value).table_valued("value", with_ordinality="position", name="entries").render_derived()
        return rows.c.value, rows

    def _fitting(self, number: Any, scale: int, *, whole: bool) -> Value:
        limit: Value = literal_column(f"1e{DIGITS - scale}::numeric")
        fitting = case((func.abs(number) < limit, number))
        return fitting.op("::")(literal_column("bigint")) if whole else fitting


def any_of(text: Value, words: tuple[str, ...]) -> Value:
    """Return the condition that a text is one of some words."""
    return or_(*[text == literal(word) for word in words])


def both(left: Value, right: Value) -> Value:
    """Return the condition that both hold."""
    return and_(left, right)

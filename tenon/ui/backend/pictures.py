"""What a widget answers, made into what people see: texts, tables, addresses of the records behind, the picture of a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_skeleton

from tenon.engine.reports.periods import end_of
from tenon.metamodel.labels import say
from tenon.ui.backend.base import View
from tenon.ui.backend.dashboards import EMPTY, Chosen, address
from tenon.ui.report_shapes import Cell, Line, Sheet

MOST_LINES = 200
SPANS = {"day": ("day", "按日"), "week": ("week", "按周"), "month": ("month", "按月"), "quarter": ("quarter", "按季"), "year": ("year", "按年")}
HEATS = 6


class Reading:
    """How the answer of one widget is read: its columns and their details, in the reader's language, on a page with addresses."""

    def __init__(self, view: View, data: Mapping[str, Any], page: str, chosen: Chosen) -> None:
        self.view, self.data, self.page, self.chosen = view, data, page, chosen
        self.fmt = view.fmt
        self.columns: Sequence[Mapping[str, Any]] = data.get("columns", ())
        self.details: Sequence[Mapping[str, Any]] = data.get("details", ())
        self.groups = [i for i, d in enumerate(self.details) if "field" in d]
        self.measures = [i for i, d in enumerate(self.details) if "field" not in d]
        self._needed: dict[int, int] = {}

    def text(self, value: Any, place: int) -> str:
        """Return a value of a column as people read it."""
        detail = self.details[place]
        if value is None:
            return self.empty(place) if place in self.groups else "–"
        if "by" in detail:
            return self.period(value, str(detail["by"]))
        if isinstance(value, bool):
            return self.words("Yes", "是") if value else self.words("No", "否")
        if isinstance(value, dict):
            return str(value.get("title") or value.get("name") or value.get("id"))
        if isinstance(value, list):
            return self.fmt.listed(self.text(v, place) for v in value) if value else "–"
        if isinstance(value, int | float | Decimal):
            return self.number(value, detail)
        if self.columns[place]["type"] == "datetime":
            return self.fmt.datetime(value if isinstance(value, datetime) else datetime.fromisoformat(str(value)))
        if detail.get("format") == "numbers":
            return self.fmt.numbers_in(str(value))
        return next((str(o["label"]) for o in detail.get("options", ()) if o["name"] == value), str(value))

    def head(self, place: int) -> str:
        """Return what a column is called, with the span that its dates are put in."""
        label, by = str(self.columns[place]["label"]), self.details[place].get("by")
        return label if by is None else self.words("{label} ({span})", "{label}（{span}）", label=label, span=self.words(*SPANS[str(by)]))

    def empty(self, place: int) -> str:
        """Return the word for no value in a column: a score without a band has too little data; who moved may not have been there."""
        if "matrix" in self.data:
            return self.words("None", "无")
        return self.words("Not enough data", "数据不足") if self.details[place].get("score") == "band" else self.words("Not set", "未填写")

    def number(self, value: Any, detail: Mapping[str, Any], *, short: bool = False) -> str:
        """Return a number in the format of its column; ``short`` for large headings."""
        exact = _exact(value)
        if detail.get("score") == "trend":
            return self.fmt.change(exact)
        if detail.get("score") == "score":
            return self.fmt.score(exact)
        kind = detail.get("format") or detail.get("kind")
        if _is_share(detail):
            return self.fmt.percent(exact, 1 if short else 2)
        if kind == "duration":
            return self.fmt.duration(int(exact))
        if short and abs(exact) >= 1_000_000:
            return self.fmt.money_short(Decimal(int(exact)), str(detail["currency"]) if detail.get("currency") else None)
        if detail.get("currency"):
            return self.fmt.money(round(exact, 0 if short and abs(exact) >= 1_000 else 2), str(detail["currency"]), detail.get("scale"))
        places = decimals_of(exact, short=short)
        return self.fmt.number(round(exact, places), places)

    def aligned(self, value: Any, place: int) -> str:
        """Return a cell of a table: plain numbers and shares of a column with the same decimals, as many as one of them needs."""
        detail = self.details[place]
        if _is_share(detail) and isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            return self.fmt.percent(_exact(value), self._decimals(place), is_fixed=True)
        is_plain = not (detail.get("format") or detail.get("currency") or detail.get("score") == "trend")
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not is_plain:
            return self.text(value, place)
        needed = self._decimals(place)
        return self.fmt.number(round(_exact(value), needed), needed)

    def _decimals(self, place: int) -> int:
        if place not in self._needed:
            times = 100 if _is_share(self.details[place]) else 1
            numbers = [_exact(row[place]) * times for row in self.data["rows"] if isinstance(row[place], int | float | Decimal)]
            self._needed[place] = min(max(map(decimals_of, numbers), default=0), 1 if self.details[place].get("score") else 2)
        return self._needed[place]

    def sign(self, place: int) -> str:
        """Return the sign of the currency of a measure, for the edge of a chart."""
        currency = self.details[place].get("currency")
        return self.fmt.money(Decimal(0), str(currency)).removesuffix("0") if currency else ""

    def period(self, value: Any, by: str) -> str:
        """Return the period that begins on a day."""
        day = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
        if by == "year":
            return str(day.year)
        if by == "quarter":
            quarter = (day.month - 1) // 3 + 1
            return f"Q{quarter} {day.year}" if self.view.language == "en" else f"{day.year} 年第 {quarter} 季度"
        skeleton = "yMMM" if by == "month" else "MMMd" if day.year == self.view.uow.today.year else "yMMMd"
        return str(format_skeleton(skeleton, day, locale=self.fmt.locale))

    def words(self, en: str, zh: str, **values: Any) -> str:
        """Return a text in the reader's language."""
        return say(en, zh, **values).show(self.view.language)

    def behind(self, index: int, place: int) -> str | None:
        """Return the filter of the records behind the value of a measure in a row."""
        found = self.details[place].get("behind") or self.data.get("behind")
        return found[index] if found else None

    def behind_before(self, index: int, place: int) -> str | None:
        """Return the filter behind the value that a measure had a period earlier."""
        compare = self.data["compare"]
        found = compare["details"][place].get("behind") or compare.get("behind")
        return found[index] if found else None

    def earlier(self) -> str:
        """Return what the values of the earlier period are called, '' where none stand beside the rows."""
        words = {"previous_period": self.words("Period before", "上一周期"), "previous_year": self.words("Year before", "去年同期")}
        return words.get(str((self.data.get("compare") or {}).get("to")), "")

    def whole(self, place: int) -> str | None:
        """Return the filter of the records behind the total of a measure."""
        if self.data.get("options", {}).get("history"):
            return None  # the total of several days is of no records
        return self.details[place].get("behind_total") or self.data.get("filter") or "True"

    def list_of(self, behind: str | None, entity: str | None = None) -> str | None:
        """Return the address of the list of the records behind something."""
        name = entity or self.data.get("entity")
        if behind is None or name is None:
            return None
        return f"/records/{name}" + (f"?{urlencode({'filter': behind})}" if behind != "True" else "")

    def cross(self, value: Any, place: int) -> str | None:
        """Return the address of this page filtered by the value of a group."""
        detail = self.details[place]
        if not self.page or "field" not in detail:
            return None
        if value is None:
            chosen = EMPTY
        elif "by" in detail:
            first = date.fromisoformat(str(value)[:10])
            chosen = f"{first}..{end_of(first, str(detail['by']))}"
        elif isinstance(value, dict):
            chosen = str(value.get("id"))
        else:
            chosen = str(value).lower() if isinstance(value, bool) else str(value)
        return address(self.page, {**self.chosen, str(detail["field"]): (chosen,)})

    def colour(self, value: Any, place: int) -> str | None:
        """Return the colour of an option."""
        return next((o.get("colour") for o in self.details[place].get("options", ()) if o["name"] == value), None)

    def tone(self, value: Any, place: int) -> str | None:
        """Return the colour of a group in a chart; nothing is grey."""
        return "grey" if value is None else self.colour(value, place)

    def cell(self, value: Any, place: int, behind: str | None = None) -> Cell:
        """Return a cell: groups filter the page, numbers lead to their records."""
        if place in self.groups:
            return Cell(self.text(value, place), None, self.cross(value, place), self.colour(value, place), value=value)
        return Cell(self.aligned(value, place), self.list_of(behind) if value is not None else None, value=value)

    def _earlier_cells(self) -> list[list[Cell]]:
        """Return the column of what the first measure was a period earlier, where that stands beside the rows; no column else."""
        before, place = (self.data.get("compare") or {}).get("rows"), next(iter(self.measures), None)
        if place is None or not self.groups or before is None or len(before) != len(self.data["rows"]):
            return []
        return [[Cell("–") if row is None else self.cell(row[place], place, self.behind_before(at, place)) for at, row in enumerate(before)]]

    def sheet(self) -> Sheet:
        """Return everything as a table, totals last; one row is its own total."""
        rows, earlier = self.data["rows"], self._earlier_cells()
        lines = [Line((*(self.cell(v, i, self.behind(at, i)) for i, v in enumerate(row)), *(cells[at] for cells in earlier))) for at, row in enumerate(rows[:MOST_LINES])]
        totals = self.data.get("totals")
        if totals and len(rows) != 1 and any(t is not None for t in totals):
            first = self.words("Total", "合计")
            cells = [
                Cell(first) if i == 0 and i in self.groups else Cell("") if t is None else Cell(self.aligned(t, i), self.list_of(self.whole(i)) if t else None)
                for i, t in enumerate(totals)
            ]
            lines.append(Line((*cells, *(Cell("") for _ in earlier)), is_total=True))
        numeric = tuple(c["type"] in ("number", "duration") and i not in self.groups for i, c in enumerate(self.columns))
        heads = [*map(self.head, range(len(self.columns))), *([self.earlier()] if earlier else [])]
        return Sheet(tuple(heads), (*numeric, *(True for _ in earlier)), tuple(lines), len(rows) > MOST_LINES or bool(self.data.get("more")))


def decimals_of(exact: Decimal, *, short: bool = False) -> int:
    """Return how many decimals a plain number is shown with: as many as it has, fewer the larger it is."""
    most = 0 if short and abs(exact) >= 10_000 else 1 if short or abs(exact) >= 100 else 2
    return next(places for places in range(most + 1) if places == most or round(exact, places) == exact)


def _is_share(detail: Mapping[str, Any]) -> bool:
    return (detail.get("format") or detail.get("kind")) == "percent"


def _exact(value: float | Decimal) -> Decimal:
    return Decimal(value) if isinstance(value, int | Decimal) else Decimal(str(round(value, 10)))


def heat_of(value: Any, low: float, high: float) -> int:
    """Return how strong a colour is, 1 to 6; 0 for nothing."""
    if value is None or not float(value):
        return 0
    return 1 + round((HEATS - 1) * ((float(value) - low) / (high - low) if high > low else 1))


def ordered(reading: Reading, values: Sequence[Any], place: int) -> list[Any]:
    """Return different values of a group: options in their order, others as they come, nothing last."""
    seen: dict[str, Any] = {}
    for value in values:
        seen.setdefault(str(value), value)
    order = {str(o["name"]): i for i, o in enumerate(reading.details[place].get("options", ()))}
    return sorted(seen.values(), key=lambda v: (v is None, order.get(str(v), len(order))))

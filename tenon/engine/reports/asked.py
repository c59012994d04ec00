"""One widget asked by one reader: its document, the entity, what was chosen above it, and ways to ask the records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context
from tenon.engine.query.answers import Found, find
from tenon.engine.query.lens import NOW, Lens
from tenon.engine.query.question import GroupBy, MeasureAsked, Question
from tenon.engine.reports.periods import WORDS, Period, read_period
from tenon.engine.reports.selection import Applied, Selection, apply, within
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.kinds.widget import Query, WidgetKind
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.metamodel.naming import to_shown

LIMIT = 1_000


@dataclass(frozen=True)
class Asked:
    """A widget as a reader asks for it; ``entity`` is None for a text, ``selection`` what was chosen above it."""

    uow: UnitOfWork
    ctx: Context
    body: WidgetKind
    selection: Selection

    @property
    def rights(self) -> Rights:
        """The reader's rights."""
        return rights_of(self.uow.model, self.ctx)

    @property
    def query(self) -> Query:
        """The query; raises Invalid for a widget without one."""
        if self.body.query is None:
            raise Invalid(Problem("/query", "required", say("This widget asks nothing.", "此组件没有查询。"), say("Add a query.", "请添加查询。")))
        return self.body.query

    @cached_property
    def entity(self) -> Entity:
        """The entity that is asked; raises NotFound when it is out of the reader's sight."""
        entity = self.uow.model.find_entity(self.query.entity)
        if entity is None or entity.is_system or not self.rights.may(entity, "read"):
            raise not_found()
        return entity

    @cached_property
    def applied(self) -> Applied:
        """What was chosen, as conditions; the widget's own period where none was chosen for its field."""
        applied = apply(self.selection, self.rights, self.entity, self.uow.today)
        own, path = self.option("period"), self.time_path
        if not own or path in applied.periods or path in self.selection.chosen:
            return applied
        period = read_period(own, self.uow.today, "/options/period")
        if period is None:
            return applied
        return replace(applied, conditions={**applied.conditions, path: within(path, period)}, periods={**applied.periods, path: period})

    @property
    def time_path(self) -> str:
        """The date that the widget's own period is about: said, else the one that it groups by, else the entity's time."""
        buckets = [g.field for g in self.query.group_by if g.by]
        return self.option("period_field") or (buckets[0] if buckets else self.entity.time_field or "created_at")

    @property
    def period(self) -> tuple[str, Period] | None:
        """The date and the period that comparisons move: that of the time axis, else the only or first one."""
        periods = self.applied.periods
        if self.time_path in periods:
            return self.time_path, periods[self.time_path]
        return next(iter(periods.items()), None)

    @property
    def target(self) -> Decimal | None:
        """The target as a number; 90% is 0.9."""
        text = (self.body.target or "").strip()
        try:
            found = Decimal(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except (InvalidOperation, ZeroDivisionError):
            return None
        return found if found.is_finite() else None

    def option(self, name: str) -> str:
        """Return an option that is a text, '' when it is not there or something else."""
        value = self.body.options.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str, default: int | None = None) -> Any:
        """Return an option that is a number."""
        value = self.body.options.get(name)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else default

    def truth(self, name: str, default: bool = False) -> bool:
        """Return an option that is true or false."""
        value = self.body.options.get(name)
        return value if isinstance(value, bool) else default

    def filter(self, instead: Sequence[tuple[str, Period]] = (), without: str | None = None) -> str | None:
        """Return everything that has to hold; ``instead`` puts other periods in the place of the chosen ones."""
        texts = [self.query.filter] if self.query.filter else []
        moved = dict(instead)
        texts += [within(name, period) for name, period in moved.items()]
        skipped = without if without is not None else next(iter(moved), None)
        texts += self.applied.texts(skipped)
        return " and ".join(f"({t})" for t in texts) if len(texts) > 1 else texts[0] if texts else None

    def question(self, **changes: Any) -> Question:
        """Return the widget's question, with parts of it changed."""
        query = self.query
        groups = [GroupBy(field=g.field, by=g.by) for g in query.group_by if g.by != "hour"]
        if len(groups) < len(query.group_by):
            raise Invalid(Problem("/query/group_by", "bad_choice", say("Dates are not grouped by hour.", "日期不能按小时分组。"), say("Use day.", "请改用 day。")))
        asked = {
            "entity": self.entity.name, "filter": self.filter(), "group_by": groups, "sort": list(query.sort), "limit": query.limit or LIMIT,
            "measures": [MeasureAsked(name=m.name, expr=m.expr) for m in query.measures], "totals": False, "explain": True,
        }  # fmt: skip
        return Question.model_construct(having=None, **(asked | changes))

    def find(self, question: Question, lens: Lens = NOW) -> Found:
        """Return what the records answer, measures under the labels of the widget."""
        found = find(self.uow, self.ctx, question, lens)
        labels = {m.name: m.label for m in self.query.measures if m.label}
        outputs = [replace(o, label=labels.get(o.name, o.label)) if o.selected is None else o for o in found.outputs]
        return replace(found, outputs=outputs)

    def day(self, text: str, default: date) -> date:
        """Return a day that an option names: a date, the last day of a period's word, or the day before it began."""
        if not text:
            return default
        name, _, edge = text.partition(":")
        period = read_period(name if name in WORDS else f"{name}..{name}", self.uow.today, "/options")
        found = None if period is None else period.first if edge == "start" else period.last
        return min(found, self.uow.today) if found else default


def ask(uow: UnitOfWork, ctx: Context, name: str, selection: Selection) -> Asked:
    """Return a widget as a reader asks for it. Raises NotFound when it is not there or its records are out of sight."""
    return Asked(uow, ctx, body_of(uow, name), selection)


def body_of(uow: UnitOfWork, name: str) -> WidgetKind:
    """Return a widget as it is written, with the names of the release. Raises NotFound."""
    document = uow.model.find("widget", name)
    if document is None or document.kind != "widget":
        raise not_found()
    kept: dict[str, WidgetKind] = uow.model.cache.setdefault("widgets", {})
    if document.id not in kept:
        kept[document.id] = WidgetKind.model_validate(to_shown(document, uow.model))
    return kept[document.id]


def label_of(body: WidgetKind) -> Text:
    """Return the label of a widget, or its name."""
    return body.label or Text(body.name, body.name)

"""Scores over time: the records as they were at the end of each period, by the snapshots of a score."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Numeric, Table, and_, cast, func, literal, null, or_, select, union_all

from tenon.engine.access.rights import Rights
from tenon.engine.columns import Moment
from tenon.engine.query.behind import Answered, condition_behind
from tenon.engine.query.lens import Lens
from tenon.engine.query.paths import unknown
from tenon.engine.query.question import Question
from tenon.engine.reports.periods import end_of, start_of
from tenon.engine.scores.tables import snapshots
from tenon.engine.sql.environment import Environment
from tenon.engine.sql.past import end_of as moment_after
from tenon.engine.sql.source import Source
from tenon.engine.tables import Tables
from tenon.metamodel.document import Document
from tenon.metamodel.expressions.dates import first_moment
from tenon.metamodel.model import Entity, Field

PARTS = ("score", "band", "coverage", "at")


@dataclass(frozen=True)
class PastScores(Lens):
    """The records of an entity once for every day in ``days``, with the fields of a score as they were when that day ended.

    ``<score>_at`` is the first moment of the period the day ends, so that groups by it are the periods. Everything else of a
    record, and who may see it, is as of now. Records without a score at that time are left out.
    """

    rights: Rights
    score: Document
    entity: Entity
    days: Sequence[tuple[date, date]]
    """Periods: the first day, and the day at whose end the score is read."""

    def environment(self, plain: Environment) -> Environment:
        """Return tables in which the score's rows are those of the past."""
        return replace(plain, tables=_PastTables(plain.tables, self.score.id, self._rows(plain)))

    def look(self, source: Source) -> list[ColumnElement[Any]]:
        """Join the rows of the past, several for a record, and return the condition that the reader sees the record had the score."""
        seen = [source.at((), field) for field in self._seen("at", "score", "band")]
        rows = source.reach(()).scores[self.score.id]
        source.keys.append(rows.c.at)
        return [or_(*[value.is_not(None) for value in seen])]

    def _seen(self, *parts: str) -> list[Field]:
        """Return the parts that the reader may see, on some records at least. Raises Invalid when there are none."""
        found = [field for part in parts if self.rights.may_read(self.entity, field := self._field(part))]
        if not found:
            raise unknown(self.rights, self.entity, self._field("score").name, "options/history")
        return found

    def _field(self, part: str) -> Field:
        return next(f for f in self.entity.fields.values() if f.score == self.score.id and f.part == part)

    def _rows(self, environment: Environment) -> FromClause:
        """Return what the score of each record was at the end of each period."""
        each = snapshots.c
        until = func.lead(each.at).over(partition_by=each.record, order_by=(each.at, each.id))
        spans = select(each.record, each.at.label("since"), until.label("until"), each.value, each.band, each.coverage).where(each.score == self.score.id)
        span = spans.subquery("span")
        zone = environment.timezone
        ends = [_period(first_moment(first, zone=zone), moment_after(last, zone)) for first, last in self.days]
        period = union_all(*ends).subquery("period")
        holds = and_(span.c.since < period.c.end, or_(span.c.until.is_(None), span.c.until >= period.c.end))
        known = or_(span.c.value.is_not(None), span.c.band.is_not(None))
        columns = [span.c.record, span.c.value.label("score"), span.c.band, span.c.coverage, cast(null(), Numeric()).label("trend"), period.c.start.label("at")]
        return select(*columns).select_from(span.join(period, holds)).where(known).subquery("past")

    def behind(self, question: Question, outputs: Sequence[Answered], row: Sequence[Any]) -> str:
        """Return the filter of the records, in which the score's fields are those of the day."""
        at = self._field("at").name
        day = next((self._end(o, value) for o, value in zip(outputs, row, strict=True) if o.name == at and value is not None), self.days[-1][1])
        names = {field.name for field in self._seen("score", "band")}
        parts = [f"({_past(question.filter, names, day)})"] if question.filter else []
        for output, value in zip(outputs, row, strict=True):
            if output.selected is not None and output.name != at:
                parts.append(_past(condition_behind(output, value), names, day))
        written = day.isoformat()
        there = " or ".join(f"was({name}, date('{written}')) != None" for name in sorted(names))
        return " and ".join([*parts, f"({there})"])

    def _end(self, output: Answered, value: Any) -> date:
        """Return the day at whose end the score was read for a group."""
        first = value.date() if isinstance(value, datetime) else value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
        return next((last for start, last in self.days if start_of(start, output.bucket or "day") == first), end_of(first, output.bucket or "day"))


def _period(start: datetime, end: datetime) -> Any:
    return select(literal(start, Moment()).label("start"), literal(end, Moment()).label("end"))


def _past(text: str, names: set[str], day: date) -> str:
    """Return an expression with the score's fields as they were at the end of a day."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError:  # written with full-width signs: left as it is
        return text
    return ast.unparse(_Then(names, day).visit(tree))


class _Then(ast.NodeTransformer):
    """Puts was(x, d) in the place of plain names."""

    def __init__(self, names: set[str], day: date) -> None:
        self.names, self.day = names, day

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Return the call for a field of the score."""
        if node.id not in self.names:
            return node
        written = ast.Call(ast.Name("date"), [ast.Constant(self.day.isoformat())], [])
        return ast.Call(ast.Name("was"), [node, written], [])

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Leave what already asks for another day."""
        return node if isinstance(node.func, ast.Name) and node.func.id == "was" else self.generic_visit(node)


class _PastTables(Tables):
    """The tables of a release, one score's rows replaced."""

    def __init__(self, now: Tables, score_id: str, rows: FromClause) -> None:
        super().__init__(now.model, now.dialect)
        self._now, self._score_id, self._rows = now, score_id, rows

    def of(self, entity: Entity) -> Table:
        """Return the table of an entity."""
        return self._now.of(entity)

    def root(self, entity: Entity, role: str) -> FromClause:
        """Return the shared alias of an entity's table."""
        return self._now.root(entity, role)

    def links(self, field: Field) -> Table:
        """Return the link table of a field."""
        return self._now.links(field)

    def score(self, score_id: str) -> Table:
        """Return the table of a score."""
        return self._now.score(score_id)

    def score_rows(self, score_id: str) -> FromClause:
        """Return the rows of the past for the one score."""
        return self._rows if score_id == self._score_id else self._now.score_rows(score_id)

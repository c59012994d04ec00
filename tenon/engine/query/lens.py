"""How the records of a question are looked at: as they are now, unless a lens says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement

from tenon.engine.query.behind import Answered, filter_behind
from tenon.engine.query.question import Question
from tenon.engine.sql.environment import Environment
from tenon.engine.sql.source import Source


class Lens:
    """The records as they are now; a subclass may put other rows in their place and knows the filter behind them."""

    def environment(self, plain: Environment) -> Environment:
        """Return what statements are compiled against."""
        return plain

    def look(self, source: Source) -> list[ColumnElement[Any]]:
        """Join what the lens needs, before anything else is compiled, and return conditions beside those of the question."""
        return []

    def behind(self, question: Question, outputs: Sequence[Answered], row: Sequence[Any]) -> str:
        """Return an expression that holds for exactly the records that a row sums up."""
        return filter_behind(question, outputs, row)


NOW = Lens()

"""What a plan consists of: steps, each safe, losing data, or blocked, with the statements that carry it out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Dialect, Executable
from sqlalchemy.exc import CompileError

from tenon.metamodel.labels import Text

Safety = Literal["safe", "lossy", "blocked"]
MAX_EXAMPLES = 20


@dataclass(frozen=True, eq=False)
class Step:
    """One step of a plan.

    ``id`` is the same for the same change, so that it can be accepted by name. ``rows`` is how many rows it touches, ``lost``
    how many of their values do not come through, ``examples`` at most 20 of these. ``hidden`` steps are book-keeping (indexes)
    that people need not read. ``ways`` are other ways to deal with what it touches, each an id to accept instead, with its title.
    """

    id: str
    kind: str
    title: Text
    statements: tuple[Executable, ...] = ()
    safety: Safety = "safe"
    rows: int = 0
    lost: int = 0
    examples: tuple[Any, ...] = ()
    entity: str | None = None
    hidden: bool = False
    ways: tuple[tuple[str, Text], ...] = ()

    def is_accepted(self, accepted: Collection[str]) -> bool:
        """True when the step was accepted, or one of its other ways."""
        return self.id in accepted or any(id in accepted for id, _ in self.ways)

    def sql(self, dialect: Dialect) -> list[str]:
        """Return the statements as text, for people to read."""
        return [_show(statement, dialect) for statement in self.statements]

    def to_json(self, dialect: Dialect, language: str) -> dict[str, Any]:
        """Return the step as the API shows it."""
        return {
            "id": self.id, "kind": self.kind, "safety": self.safety, "title": self.title.show(language), "entity": self.entity,
            "rows": self.rows, "lost": self.lost, "examples": list(self.examples), "sql": self.sql(dialect),
            "ways": [{"id": id, "title": title.show(language)} for id, title in self.ways],
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Plan:
    """The steps of a change in the order they are carried out.

    ``touched`` are the ids of fields whose cells hold other values afterwards: what is computed from them has to be computed anew.
    """

    steps: tuple[Step, ...]
    touched: tuple[str, ...] = ()

    @property
    def blocked(self) -> list[Step]:
        """The steps that cannot be carried out as things are."""
        return [s for s in self.steps if s.safety == "blocked"]

    def ids(self) -> set[str]:
        """Return everything that can be accepted."""
        return {id for step in self.steps for id in (step.id, *(way for way, _ in step.ways))}

    def unaccepted(self, accepted: set[str] | frozenset[str]) -> list[Step]:
        """Return the steps that lose data and were not accepted."""
        return [s for s in self.steps if s.safety == "lossy" and not s.is_accepted(accepted)]

    def to_json(self, dialect: Dialect, language: str) -> list[dict[str, Any]]:
        """Return the steps that people read, as the API shows them."""
        return [s.to_json(dialect, language) for s in self.steps if not s.hidden]


def _show(statement: Executable, dialect: Dialect) -> str:
    compiler = statement.compile  # type: ignore[attr-defined]
    try:
        text = compiler(dialect=dialect, compile_kwargs={"literal_binds": True})
    except (CompileError, NotImplementedError):
        text = compiler(dialect=dialect)
    return str(text).strip()

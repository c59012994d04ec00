"""What a plan is being made of: the two models, how the database speaks, the trash, and the steps so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Executable, column, func, literal_column, select, table

from tenon.engine.schema.dialect import Speech
from tenon.engine.schema.statements import Value, cell
from tenon.engine.schema.step import MAX_EXAMPLES, Safety, Step
from tenon.engine.schema.trash import Disposal, Dropped
from tenon.engine.tables import Tables
from tenon.metamodel.labels import Text
from tenon.metamodel.model import Entity, Field, Model


@dataclass
class Work:
    """A plan in the making.

    ``find_model(number)`` gives the model of an earlier release, for what comes back out of the trash. ``moved`` are the columns
    whose indexes have to be made anew, ``sources`` the cells that keys will stand on, as they are now.
    """

    connection: Connection
    old: Model | None
    new: Model
    tables: Tables
    speech: Speech
    disposal: Disposal
    trash: dict[str, list[Dropped]]
    find_model: Callable[[int], Model | None]
    steps: list[Step] = field(default_factory=list)
    late: list[Step] = field(default_factory=list)
    moved: set[tuple[str, str]] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    sources: dict[tuple[str, str], Value] = field(default_factory=dict)
    refill: dict[str, list[str]] = field(default_factory=dict)

    def add(self, step: Step) -> None:
        """Add a step to the plan."""
        self.steps.append(step)

    def has_room_check(self) -> bool:
        """True when there is an older release whose records may be in the way."""
        return self.old is not None


@dataclass(frozen=True)
class Place:
    """The table of an entity: its name now (perhaps in the trash), and how what it loses goes to the trash."""

    entity: Entity
    now: str
    disposal: Disposal

    @property
    def then(self) -> str:
        """The name after the plan."""
        return self.entity.table


def count(work: Work, table_name: str, where: Value | None = None) -> int:
    """Return how many rows there are, or for how many a condition holds."""
    statement = select(func.count()).select_from(table(table_name))
    return int(work.connection.execute(statement if where is None else statement.where(where)).scalar_one())


def examples(work: Work, table_name: str, shown: Value, where: Value) -> tuple[Any, ...]:
    """Return at most 20 different values of the rows for which a condition holds."""
    statement = select(shown.label("shown")).select_from(table(table_name)).where(where).distinct().order_by(literal_column("1")).limit(MAX_EXAMPLES)
    return tuple(work.connection.execute(statement).scalars())


def owned_columns(field: Field, key: str | None, pair: str | None) -> list[str]:
    """Return the physical columns of a field."""
    return [name for name in (field.column, key, pair) if name]


def make_step(kind: str, item: Field | Entity, title: Text, statements: Sequence[Executable], *, lost: int = 0, rows: int = 0,
              shown: tuple[Any, ...] = (), entity: str | None = None, safety: Safety | None = None) -> Step:  # fmt: skip
    """Return a step about a field or an entity, lossy when something is lost."""
    found: Safety = safety or ("lossy" if lost else "safe")
    return Step(f"{kind}:{item.id}", kind, title, tuple(statements), found, rows, lost, shown, entity)


def id_cell(table_name: str) -> Value:
    """Return the id of a record."""
    return cell(table_name, "id")


def plain(table_name: str, *names: str) -> Any:
    """Return a table with untyped columns."""
    return table(table_name, *[column(name) for name in names])

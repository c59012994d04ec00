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
from tenon.engine.tables import Tables, field_columns
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field, Model


@dataclass
class Work:
    """A plan in the making.

    ``find_model(number)`` gives the model of an earlier release, for what comes back out of the trash. ``places`` are the names of
    the tables of entities as they are now, ``sources`` the cells that keys will stand on; ``moved`` are the columns, ``gone`` the
    tables whose indexes have to be made anew.
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
    places: dict[str, str] = field(default_factory=dict)
    sources: dict[tuple[str, str], Value] = field(default_factory=dict)
    touched: list[str] = field(default_factory=list)

    def add(self, step: Step) -> None:
        """Add a step to the plan."""
        self.steps.append(step)


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
    statement = (
        select(shown.label("shown"))
        .select_from(table(table_name))
        .where(where)
        .distinct()
        .order_by(literal_column("1"))
        .limit(MAX_EXAMPLES)
    )
    return tuple(work.connection.execute(statement).scalars())


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


def names_of(field: Field) -> list[str]:
    """Return the physical columns of a field in the table of its entity."""
    return [str(c.name) for c in field_columns(field)]


def links_name(field: Field) -> str:
    """Return the name of the link table of a field."""
    return f"l_{field.column.removeprefix('f_')}"


def move(work: Work, place: Place, names: list[str]) -> None:
    """Note columns that go or are made anew: their indexes have to be."""
    work.moved.update((place.then, name) for name in names)


def retype_label(place: Place, old: Field, new: Field) -> Text:
    """Return the title of a step that changes the type or the form of a field."""
    if old.spec.type == new.spec.type:
        return say("Convert the values of {field} of {entity}", "转换{entity}字段“{field}”的值", field=new.label, entity=place.entity.label)
    return say(
        "Change {field} of {entity} from {old} to {new}", "将{entity}的字段“{field}”由{old}改为{new}", field=new.label,
        entity=place.entity.label, old=old.spec.type_label, new=new.spec.type_label,
    )  # fmt: skip

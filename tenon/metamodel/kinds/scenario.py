"""The kind scenario: a story with records and a clock of its own, and what has to come out of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from tenon.metamodel.document import Kind
from tenon.metamodel.item import Exact, Item, Name, Part
from tenon.metamodel.kinds.role import Action
from tenon.metamodel.marks import Condition, Keyed, Path, Ref

RecordName = Annotated[str, Field(min_length=1, max_length=200)]
"""What a record of the story is called: its title, or what its key ``as`` says."""
EntityName = Annotated[str, Field(max_length=60)]
Rows = Annotated[dict[EntityName, Annotated[list[dict[str, Any]], Field(max_length=500)]], Keyed(but=("as",))]
"""Records by entity: the values of their fields; a reference names a record, a user a person of the story."""


class Person(Part):
    """Somebody of the story."""

    roles: list[Annotated[str, Ref("role")]] = Field(default=[], max_length=20)
    unit: str | None = Field(default=None, max_length=100)


class Given(Part):
    """How the story begins: the day (or the moment) it is, who is there, and every record there is."""

    clock: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?$", examples=["2025-01-15"])]
    people: dict[Name, Person] = {}
    records: Rows = {}


class Counted(Part):
    """Records of an entity for which a condition holds, whoever made them: as many as ``count`` says."""

    entity: Annotated[str, Ref("entity")]
    filter: Condition | None = None
    count: int = Field(default=1, ge=0, le=100_000)


class Deed(Part):
    """Somebody sees to records of an entity for which a condition holds: their fields get values. There has to be one at least."""

    entity: Annotated[str, Ref("entity")]
    filter: Condition | None = None
    set: Annotated[dict[str, Any], Keyed(own=True), Field(min_length=1, max_length=100)]


class Expect(Part):
    """What has to be true: of a ``score`` of a record, of a ``field``, of how many ``records`` there are, or that somebody ``may`` (or may not) do something.

    A band of "" is no band. Who may is a ``person`` of the story, or a stranger with a ``role``; with a ``field`` it is asked whether
    they see, or may change, that one.
    """

    record: RecordName | None = None
    records: Counted | None = None
    score: Annotated[str, Ref("score")] | None = None
    band: str | None = Field(default=None, max_length=60)
    coverage: Exact | None = None
    entity: Annotated[str, Ref("entity")] | None = None
    field: Annotated[str, Path(of="field")] | None = None
    value: Any = None
    empty: bool = False
    role: Annotated[str, Ref("role")] | None = None
    person: Name | None = None
    may: Action | None = None
    allowed: bool = True


class StoryStep(Item):
    """One step: time passes with what happens by itself meanwhile, records are changed or come, somebody does something, and then something is expected."""

    advance_days: int = Field(default=0, ge=0, le=3650)
    advance_hours: int = Field(default=0, ge=0, le=24 * 31)
    set: Annotated[dict[EntityName, dict[RecordName, dict[str, Any]]], Keyed()] = {}
    add: Rows = {}
    do: Deed | None = None
    expect: Expect | None = None


class ScenarioKind(Kind):
    """A story that is lived through at every publish, in a world of its own that is gone afterwards."""

    kind: Literal["scenario"] = "scenario"
    given: Given
    then: list[StoryStep] = Field(min_length=1, max_length=200)

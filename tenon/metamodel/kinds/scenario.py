"""The kind scenario: a story with records and a clock of its own, and what has to come out of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from tenon.metamodel.document import Kind
from tenon.metamodel.item import Exact, Item, Name, Part
from tenon.metamodel.kinds.role import Action
from tenon.metamodel.marks import Keyed, Path, Ref

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


class Expect(Part):
    """What has to be true: of a ``score`` of a record, of a ``field``, or that somebody ``may`` (or may not) do something.

    A band of "" is no band. Who may is a ``person`` of the story, or a stranger with a ``role``; with a ``field`` it is asked whether
    they see, or may change, that one.
    """

    record: RecordName
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
    """One step: time passes, records are changed or come, and then something is expected."""

    advance_days: int = Field(default=0, ge=0, le=3650)
    set: Annotated[dict[EntityName, dict[RecordName, dict[str, Any]]], Keyed()] = {}
    add: Rows = {}
    expect: Expect | None = None


class ScenarioKind(Kind):
    """A story that is lived through at every publish, in a world of its own that is gone afterwards."""

    kind: Literal["scenario"] = "scenario"
    given: Given
    then: list[StoryStep] = Field(min_length=1, max_length=200)

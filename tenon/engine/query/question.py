"""A question over the records of an entity as it is sent: groups, measures, having, order; read and checked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from tenon.metamodel.errors import Invalid, Problem, pointer_of
from tenon.metamodel.item import Name, Part, ShortForm
from tenon.metamodel.labels import say
from tenon.metamodel.refusals import tell_value

Bucket = Literal["day", "week", "month", "quarter", "year"]


class GroupBy(Part):
    """A path to group by; dates and moments may be put in buckets."""

    field: str = Field(max_length=300)
    by: Bucket | None = None


class MeasureAsked(Part):
    """A number for each group."""

    name: Name
    expr: str = Field(max_length=4_000)


class Question(Part):
    """The body of ``POST /query``."""

    entity: str = Field(max_length=40)
    filter: str | None = Field(default=None, max_length=4_000)
    group_by: list[Annotated[GroupBy, ShortForm("field")]] = Field(default=[], max_length=6)
    measures: list[MeasureAsked] = Field(default=[], max_length=40)
    having: str | None = Field(default=None, max_length=4_000)
    sort: list[str] = Field(default=[], max_length=10)
    limit: int = Field(default=1_000, ge=1, le=10_000)
    totals: bool = False
    explain: bool = False


_CODES = {"missing": "required", "extra_forbidden": "unknown_field", "string_too_long": "too_long", "too_long": "too_long", "literal_error": "bad_choice"}


def problems_of(error: ValidationError) -> list[Problem]:
    """Return what pydantic found as problems."""
    found = []
    for each in error.errors():
        code = _CODES.get(each["type"], "out_of_range" if each["type"].startswith(("greater", "less")) else "wrong_type")
        found.append(Problem(pointer_of(each["loc"]), code, say("This does not fit: {why}.", "此处不符合要求：{why}。", why=tell_value(each))))
    return found


def read_question(body: Any) -> Question:
    """Return the question; raises Invalid with every problem."""
    try:
        return Question.model_validate(body)
    except ValidationError as error:
        raise Invalid(problems_of(error)) from None

"""Which operators people are offered for a type, with their words and the kind of value each takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tenon.metamodel.labels import Text
from tenon.metamodel.types import Type

Takes = Literal["nothing", "one", "two", "many"]


@dataclass(frozen=True, slots=True)
class Offer:
    """One operator as it is offered: ``through`` a function of the path, its words, how many values it takes."""

    operator: str
    label: Text
    takes: Takes = "one"
    through: str = ""

    @property
    def key(self) -> str:
        """Its name in a form: ``is`` or ``date:is``."""
        return f"{self.through}:{self.operator}" if self.through else self.operator


EMPTY, FILLED = Offer("empty", Text("is empty", "为空"), "nothing"), Offer("filled", Text("is not empty", "不为空"), "nothing")
IS, IS_NOT = Offer("is", Text("is", "等于")), Offer("is_not", Text("is not", "不等于"))
ANY_OF, NONE_OF = Offer("any_of", Text("is one of", "属于"), "many"), Offer("none_of", Text("is none of", "不属于"), "many")
CONTAINS, LACKS = Offer("contains", Text("contains", "包含")), Offer("lacks", Text("does not contain", "不包含"))
STARTS, ENDS = Offer("starts_with", Text("starts with", "开头是")), Offer("ends_with", Text("ends with", "结尾是"))
NUMBER = (
    Offer("more", Text("is more than", "大于")), Offer("at_least", Text("is at least", "大于等于")), Offer("less", Text("is less than", "小于")),
    Offer("at_most", Text("is at most", "小于等于")), Offer("between", Text("is between", "介于"), "two"), IS, IS_NOT,
)  # fmt: skip


def _days(through: str) -> tuple[Offer, ...]:
    """The operators of days; those of a moment that mean a whole day look at its date."""
    return (
        Offer("is", Text("is on", "在"), "one", through), Offer("is_not", Text("is not on", "不在"), "one", through),
        Offer("less", Text("is before", "早于")), Offer("at_least", Text("is on or after", "不早于")),
        Offer("more", Text("is after", "晚于"), "one", through), Offer("at_most", Text("is on or before", "不晚于"), "one", through),
        Offer("between", Text("is between", "介于"), "two", through),
    )  # fmt: skip


YES_NO = (Offer("yes", Text("is yes", "为是"), "nothing"), Offer("not_yes", Text("is not yes", "不为是"), "nothing"),
          Offer("no", Text("is no", "为否"), "nothing"))  # fmt: skip
EXISTS = (Offer("yes", Text("exist", "存在"), "nothing"), Offer("not_yes", Text("do not exist", "不存在"), "nothing"))
WITHIN = Offer("within", Text("is my unit or below it", "为我的部门或其下级"), "nothing")
_BY_KIND: dict[str, tuple[Offer, ...]] = {
    "text": (CONTAINS, LACKS, IS, IS_NOT, STARTS, ENDS, EMPTY, FILLED),
    "number": (*NUMBER, EMPTY, FILLED), "duration": (*NUMBER, EMPTY, FILLED),
    "boolean": (*YES_NO, EMPTY, FILLED), "date": (*_days(""), EMPTY, FILLED), "datetime": (*_days("date"), EMPTY, FILLED),
    "choice": (ANY_OF, NONE_OF, IS, IS_NOT, EMPTY, FILLED), "choices": (CONTAINS, LACKS, EMPTY, FILLED),
    "reference": (IS, IS_NOT, ANY_OF, NONE_OF, EMPTY, FILLED), "time": (EMPTY, FILLED), "references": (EMPTY, FILLED),
    "file": (EMPTY, FILLED), "json": (EMPTY, FILLED),
}  # fmt: skip
_OTHERS = (Offer("less", Text("is before", "早于"), "one"), Offer("more", Text("is later than", "晚于"), "one"),
           Offer("at_most", Text("is not later than", "不迟于"), "one"), Offer("is", Text("is exactly", "恰为"), "one"))  # fmt: skip
SUMMARY_LABELS: dict[str, Text] = {
    "exists": Text("Exist", "存在"), "count": Text("Number of", "数量"), "sum": Text("Total of", "合计"), "avg": Text("Average of", "平均值"),
    "min": Text("Smallest", "最小值"), "max": Text("Largest", "最大值"), "first": Text("First", "最早的"), "last": Text("Latest", "最近的"),
}  # fmt: skip


def offers(type_: Type, through: str = "") -> tuple[Offer, ...]:
    """Return the operators that a type has; ``through`` as the condition has it: those of a summary are of what it gives."""
    if through == "exists":
        return EXISTS
    if through in ("count", "distinct"):
        return NUMBER
    found = _BY_KIND.get(type_.kind, ())
    if type_.kind == "reference" and type_.entity == "unit":
        return (WITHIN, *found)
    return found


def find_offer(type_: Type, through: str, operator: str) -> Offer | None:
    """Return the operator of a condition as it is offered, also one that people are not offered but an expression may use."""
    mine = [o for o in offers(type_, through) if o.operator == operator]
    exact = next((o for o in mine if o.through == through or (through and not o.through)), None)
    if exact is not None or type_.kind != "datetime":
        return exact
    return next((o for o in _OTHERS if o.operator == operator), None)

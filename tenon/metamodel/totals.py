"""What a list says in all of a column: which totals a field may have, which it has when nobody chose, and what they are called."""

from __future__ import annotations

from collections.abc import Iterator

from tenon.metamodel.document import Document
from tenon.metamodel.errors import Problem
from tenon.metamodel.expressions.adding import NUMBERS, adds_up
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Field, Model
from tenon.metamodel.naming import find_path

NONE, SUM, AVERAGE, MIN, MAX, COUNT = "none", "sum", "average", "min", "max", "count"
DAYS = ("date", "datetime")
COUNTED = ("text", "choice", "boolean", "reference")
_WORDS = {
    NONE: Text("No total", "不汇总"), SUM: Text("Sum", "合计"), AVERAGE: Text("Average", "平均"), MIN: Text("Smallest", "最小"), MAX: Text("Largest", "最大"),
    COUNT: Text("Filled in", "已填数"),
}  # fmt: skip
_OF_DAYS = {MIN: Text("Earliest", "最早"), MAX: Text("Latest", "最晚")}


def totals_of(field: Field) -> tuple[str, ...]:
    """Return the totals that a list may show below a field of its records; none for what cannot be told in one value."""
    kind = field.type.kind
    if field.is_to_many or (field.storage.kind == "pair" and kind not in NUMBERS):
        return ()
    if kind in NUMBERS:
        return (SUM, AVERAGE, MIN, MAX, COUNT) if field.score is None else (AVERAGE, MIN, MAX, COUNT)
    if kind in DAYS:
        return (MIN, MAX, COUNT)
    return (COUNT,) if kind in COUNTED else ()


def usual_total(field: Field) -> str:
    """Return the total of a field when nobody chose: amounts and counts are summed, other numbers averaged, nothing else is said."""
    if field.type.kind not in NUMBERS or not totals_of(field):
        return NONE
    return SUM if adds_up(field) else AVERAGE


def word_of(total: str, field: Field) -> Text:
    """Return what a total of a field is called."""
    if total == COUNT and field.type.kind == "boolean":
        return Text("Yes", "是")
    return (_OF_DAYS if field.type.kind in DAYS else _WORDS).get(total, _WORDS[total])


def check_totals(document: Document, model: Model) -> Iterator[Problem]:
    """Yield the columns of a view whose total their field cannot have; unknown fields are told elsewhere."""
    entity = model.find_entity(document.body.entity)
    for index, column in enumerate(document.body.columns if entity is not None else ()):
        fields = find_path(model, entity, column.field) if column.total not in (None, NONE) and entity is not None else None
        may = totals_of(fields[-1]) if fields is not None and len(fields) == 1 else ()
        if fields is not None and column.total not in may:
            label, word = fields[-1].label, word_of(column.total, fields[-1])
            message = say("{label} has no total “{word}”.", "“{label}”没有汇总“{word}”。", label=label, word=word)
            known = ", ".join((NONE, *may))
            hint = say("Its totals are: {known}.", "可用的汇总：{known}。", known=known)
            if len(fields) > 1:
                hint = say("Only fields of the records themselves have totals.", "只有记录自身的字段可以汇总。")
            yield Problem(f"/columns/{index}/total", "type_mismatch", message, hint)

"""Records of another system as values of fields: columns and expressions of a mapping, references by what they are known by there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from tenon.engine.access.rights import Rights
from tenon.engine.evaluate import evaluate
from tenon.engine.evaluate_facts import MappingFacts
from tenon.engine.imports.clean import Cleaner
from tenon.engine.imports.pointing import as_reference, choose_key
from tenon.engine.syncing import links
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.webhooks.incoming import at_place
from tenon.metamodel.errors import Problem, pointer_of
from tenon.metamodel.expressions.tree import Expression
from tenon.metamodel.fields.base import BadValue
from tenon.metamodel.kinds.connector import ConnectorKind
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field, Model
from tenon.metamodel.source_columns import is_column, read_expression, texts_of

POINTING = ("reference", "references")
AS_SENT = (list, dict)
DEEPEST, PLACES = 60, 100
"""How deep a record may be nested, and how many places its numbers may have before and after the point: they are written out."""
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
"""What no database keeps inside a text."""


@dataclass(frozen=True)
class Mapped:
    """One field and where its value comes from: a column, or an expression over the columns of ``names``."""

    field: Field
    cleaner: Cleaner
    column: str | None = None
    expression: Expression | None = None
    names: tuple[str, ...] = ()


def read_mapping(model: Model, entity: Entity, body: ConnectorKind) -> list[Mapped]:
    """Return what each field of a mapping comes from; fields that are no more are left out. Raises Invalid."""
    found = []
    for key, text in body.mapping.items():
        field = entity.find_field(key)
        if field is None:
            continue
        if is_column(text):
            found.append(Mapped(field, Cleaner(field.spec), text))
        else:
            expression, names = read_expression(text, model)
            found.append(Mapped(field, Cleaner(field.spec), None, expression, tuple(names)))
    return found


def find_broken(row: dict[str, Any]) -> Problem | None:
    """Return what cannot be kept of a record as it came, wherever it stands: a text, a number, or what is nested too deep; None for good ones."""
    left: list[tuple[Any, tuple[str | int, ...]]] = [(row, ())]
    while left:
        value, place = left.pop()
        if any(_NO_TEXT.search(text) for text in ((value,) if isinstance(value, str) else value if isinstance(value, dict) else ())):
            message = say("Here is a character that is not text.", "此处含有无效字符。")
            return Problem(pointer_of(place), "bad_format", message, say("Remove it in the other system.", "请在对方系统中删除。"))
        if isinstance(value, int | Decimal) and not _is_written_out(value):
            message = say("This number is too large, or has too many places.", "此数字过大或位数过多。")
            return Problem(pointer_of(place), "out_of_range", message, say("Change it in the other system.", "请在对方系统中修改。"))
        if isinstance(value, dict | list):
            if len(place) >= DEEPEST:
                message = say("The record is nested deeper than {n} levels.", "记录嵌套超过 {n} 层。", n=DEEPEST)
                return Problem(pointer_of(place[:1]), "over_limit", message, say("Leave it out in the other system.", "请在对方系统中去掉该内容。"))
            left += [(inner, (*place, step)) for step, inner in (value.items() if isinstance(value, dict) else enumerate(value))]
    return None


def _is_written_out(number: int | Decimal) -> bool:
    if isinstance(number, Decimal):
        return bool(number.is_finite() and number.adjusted() < PLACES and int(number.as_tuple().exponent) > -PLACES)
    return bool(abs(number) < 10**PLACES)


def read_row(uow: UnitOfWork, mapped: Sequence[Mapped], row: dict[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Return the values of a record by the names of fields, as far as they can be read, and what is wrong with the others."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for each in mapped:
        try:
            raw = at_place(row, each.column) if each.column is not None else _evaluated(uow, each, row)
            values[each.field.name] = list(raw) if isinstance(raw, tuple) else raw if isinstance(raw, AS_SENT) else each.cleaner.clean(raw)[0]
        except BadValue as bad:
            problems.append(bad.problem(f"/{each.field.name}"))
    return values, problems


def _evaluated(uow: UnitOfWork, each: Mapped, row: dict[str, Any]) -> Any:
    assert each.expression is not None
    facts = MappingFacts(texts_of(row, list(each.names)))
    return evaluate(each.expression, facts, now=uow.now, timezone=uow.timezone, today=uow.today)


def resolve(uow: UnitOfWork, rights: Rights, system: str, mapped: Sequence[Mapped], rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return values whose references are ids, of records that are known by that there, or else what the writer looks for by a unique field."""
    resolved = [dict(row) for row in rows]
    for each in mapped:
        field = each.field
        if field.type.kind not in POINTING or field.name == "id":
            continue
        texts = [str(v) for row in rows if (value := row.get(field.name)) is not None for v in (value if isinstance(value, list) else [value]) if isinstance(v, str | int)]
        far = uow.model.find_entity(field.type.entity) if field.type.entity else None
        known = {text: link.record for text, link in links.by_external(uow, system, far, set(texts)).items()} if far is not None and not far.is_system else {}
        rest = [text for text in texts if text not in known]
        key = choose_key(uow, rights, field, rest, {}) if rest else None
        for row in resolved:
            row[field.name] = _pointed(row.get(field.name), known, key)
    return resolved


def _pointed(value: Any, known: dict[str, str], key: str | None) -> Any:
    if isinstance(value, list):
        return [_pointed(each, known, key) for each in value]
    if not isinstance(value, str | int) or isinstance(value, bool):
        return value
    return known[str(value)] if str(value) in known else as_reference(key, str(value))


def plain(value: Any) -> Any:
    """Return a value as JSON by which it can be compared: exact numbers as texts without zeros at their end."""
    if value is None or isinstance(value, str | bool):
        return value or None if isinstance(value, str) else value
    if isinstance(value, int | float | Decimal):
        number = Decimal(str(value))
        return format(number.normalize(), "f") if number else "0"
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(each) for each in value] or None
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    return str(value)


def canonical(uow: UnitOfWork, field: Field, value: Any) -> Any:
    """Return a value that came as plain JSON of what would be stored, so that it can be compared with what is."""
    try:
        return plain(field.spec.clean(value, uow.place)) if value is not None else None
    except BadValue:
        return plain(value)

"""Typing the stored formulas of a model in the order of their dependencies; circles are refused."""

from __future__ import annotations

from dataclasses import dataclass, field as dataclass_field

from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field, Model
from tenon.metamodel.names import TOKEN, untoken


@dataclass
class _Settling:
    """The formulas still to be typed."""

    model: Model
    waiting: dict[str, tuple[Entity, Field]]
    base: Model | None = None
    trail: list[str] = dataclass_field(default_factory=list)
    done: set[str] = dataclass_field(default_factory=set)


def settle_formulas(model: Model, base: Model | None = None) -> None:
    """Give every formula its type, column and checked expression; problems go to ``model.problems``. ``base``: the model before."""
    waiting = {f.id: (e, f) for e in model.entities.values() for f in e.formulas()}
    state = _Settling(model, waiting, base)
    for field_id in waiting:
        _settle(state, field_id)


def _settle(state: _Settling, field_id: str) -> None:
    """Type one formula after those that its stored text reads."""
    if field_id in state.done:
        return
    if field_id in state.trail:
        _refuse_circle(state, field_id)
        return
    entity, field = state.waiting[field_id]
    state.trail.append(field_id)
    for other in dict.fromkeys(untoken(word) for word in TOKEN.findall(_text(field))):
        if other in state.waiting and field_id not in state.done:
            _settle(state, other)
    state.trail.pop()
    if field_id not in state.done:
        state.done.add(field_id)
        _type(state, entity, field)


def _text(field: Field) -> str:
    return str(getattr(field.spec, "expr", ""))


def _type(state: _Settling, entity: Entity, field: Field) -> None:
    model = state.model
    document_id, pointer = field.declared_in, f"/fields/{field.position}/expr"
    try:
        field.expression = check(_text(field), Scope(model, entity, use="formula", base=state.base))
    except Invalid as error:
        model.problems += [(document_id, p.at(pointer)) for p in error.problems]
        return
    field.type, field.storage = field.spec.settle(field.expression.type)  # type: ignore[attr-defined]


def _refuse_circle(state: _Settling, field_id: str) -> None:
    """Name the circle once, and take all of it out of the work."""
    circle = state.trail[state.trail.index(field_id):]
    names = " → ".join(state.waiting[i][1].name for i in [*circle, field_id])
    _, field = state.waiting[field_id]
    document_id, pointer = field.declared_in, f"/fields/{field.position}/expr"
    message = say("These formulas read each other in a circle: {names}.", "这些公式相互循环引用：{names}。", names=names)
    hint = say("Take one of them out of the circle.", "请把其中一个移出循环。")
    state.model.problems.append((document_id, Problem(pointer, "bad_expression", message, hint, line=1, column=1)))
    state.done.update(circle)

"""What may be chosen on a form: the moves of a stage with what blocks the others, and choices that hang on what else was typed."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, select

from tenon.engine.access.resolver import environment
from tenon.engine.facts import value_of
from tenon.engine.live_facts import LiveFacts
from tenon.engine.records.moves import move_problem
from tenon.engine.records.rules import compiled
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.source import Source
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.types import Type
from tenon.ui.backend.drafts import Draft, Item
from tenon.ui.shapes import Choice


def blocked_stages(draft: Draft, field: Field, options: Sequence[Choice]) -> dict[str, str]:
    """Return the stages that the record cannot be moved to now, with the reason.

    What a move requires does not block it where the form asks for it: choosing the stage makes the field required.
    """
    if field.spec.type != "stage" or not field.spec.moves:  # type: ignore[attr-defined]
        return {}
    found, language = {}, draft.view.language
    for option in options:
        if option.name == draft.stored.get(field.name):
            continue
        problem = move_problem(draft.view.uow, draft.view.ctx, field, draft.facts, option.name)
        if problem is not None and not (problem.code == "required" and _asks_for(draft, problem.path.removeprefix("/"))):
            found[option.name] = problem.message.show(language)
    return found


def _asks_for(draft: Draft, name: str) -> bool:
    """True when the form has the field, though a condition may hide it now."""
    if draft.document is None:
        return any(item.field.name == name for item in draft.items())
    fields = [draft.entity.find_field(i.field) for s in draft.document.body.sections for i in s.items if hasattr(i, "field")]
    return any(field is not None and field.name == name for field in fields)


def fits(draft: Draft, item: Item, value: Any) -> bool:
    """True when the form offers a value: its condition holds for the record with the value in the field."""
    if item.choices_where is None:
        return True
    uow, user = draft.view.uow, draft.view.ctx.user
    facts = LiveFacts(uow, user, draft.entity, {**draft.values, item.field.name: value}, draft.facts.old, rows=draft.facts.rows)
    return value_of(uow, compiled(uow, draft.entity, item.choices_where, "value"), facts, user) is not False


def offered(draft: Draft, item: Item, options: Sequence[Choice]) -> tuple[Choice, ...]:
    """Return the options that the form offers; the one that is stored stays."""
    if item.choices_where is None:
        return tuple(options)
    held = draft.stored.get(item.field.name)
    kept = held if isinstance(held, tuple) else (held,)
    many = item.field.type.kind in ("choices", "list")
    return tuple(o for o in options if o.name in kept or fits(draft, item, (o.name,) if many else o.name))


def not_offered(draft: Draft, item: Item) -> Problem | None:
    """Return what is wrong with a changed value that the form does not offer."""
    value = draft.values.get(item.field.name)
    held = draft.stored.get(item.field.name)
    if item.choices_where is None or value in (None, ()) or value == held:
        return None
    values = [(v,) for v in value] if item.field.type.kind in ("choices", "list") and isinstance(value, tuple) else [value]
    if all(fits(draft, item, one) for one in values):
        return None
    message = say("{field}: this cannot be chosen here.", "{field}：此处不能选择该项。", field=item.field.label)
    return Problem(f"/{item.field.name}", "refused", message, say("Choose another one.", "请选择其他项。"))


def far_condition(draft: Draft, item: Item, far: Entity) -> ColumnElement[Any] | None:
    """Return the condition of the far records that a reference is offered, on the alias of lists; None for all of them.

    The condition of the form is about this record; what it says of the reference is asked of the far records, and everything else is
    known already and given as a value.
    """
    if item.choices_where is None:
        return None
    expression = compiled(draft.view.uow, draft.entity, item.choices_where, "value")
    rewriter = _Rewriter(draft, item.field)
    text = ast.unparse(rewriter.visit(ast.parse(expression.text, mode="eval").body))
    model = draft.view.model
    try:
        checked = check(text, Scope(model, far, values=rewriter.types), "boolean")
    except Invalid:
        return None  # the server still refuses what the condition does not take
    place = replace(environment(draft.view.uow, ctx=draft.view.ctx), values=rewriter.values)
    source = Source(place, far)
    fitting = select(source.alias.c.id).select_from(source.from_clause).where(compile_condition(source, checked))
    return draft.view.uow.tables.root(far, "inner").c.id.in_(fitting)


class _Rewriter(ast.NodeTransformer):
    """Turns a condition of the near record into one of the far records of a field: the rest becomes given values."""

    def __init__(self, draft: Draft, field: Field) -> None:
        self.draft, self.field = draft, field
        self.types: dict[str, Type] = {}
        self.values: dict[str, Any] = {}

    def visit(self, node: ast.AST) -> Any:
        """Return the node for the far record."""
        if not isinstance(node, ast.expr) or isinstance(node, ast.Constant | ast.List | ast.Tuple):
            return node
        if not self._mentions(node):
            return self._given(node)
        if isinstance(node, ast.Name):
            return ast.Attribute(ast.Name("record"), "id")
        if isinstance(node, ast.Attribute):
            return self._far(node)
        if isinstance(node, ast.Call):
            node.args = [self.visit(each) for each in node.args]
            return node
        return self.generic_visit(node)

    def _mentions(self, node: ast.expr) -> bool:
        names = [inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)]
        return any(self.draft.entity.find_field(name) is self.field for name in names)

    def _far(self, node: ast.Attribute) -> ast.expr:
        """Return the path without its first step."""
        if isinstance(node.value, ast.Name):
            return ast.Name(node.attr)
        assert isinstance(node.value, ast.Attribute)
        return ast.Attribute(self._far(node.value), node.attr)

    def _given(self, node: ast.expr) -> ast.expr:
        """Return the name of a value that is known."""
        draft = self.draft
        expression = compiled(draft.view.uow, draft.entity, ast.unparse(node), "value")
        name = f"given_{len(self.values)}"
        self.values[name] = value_of(draft.view.uow, expression, draft.facts, draft.view.ctx.user)
        self.types[name] = expression.type
        return ast.Name(name)



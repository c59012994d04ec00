"""Checking all documents of a model against each other: references, paths and expressions with their expected types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tenon.metamodel.check_calendars import check_calendar
from tenon.metamodel.check_connectors import check_connector
from tenon.metamodel.check_defaults import check_default
from tenon.metamodel.check_matchings import check_matching
from tenon.metamodel.check_messages import check_message, check_template
from tenon.metamodel.check_playbooks import check_playbook
from tenon.metamodel.check_rules import check_rule
from tenon.metamodel.check_scenarios import check_scenario
from tenon.metamodel.check_scores import check_score
from tenon.metamodel.check_screens import check_screen
from tenon.metamodel.check_workflows import check_workflow
from tenon.metamodel.circles import find_circles
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.fitting import FITS
from tenon.metamodel.labels import say
from tenon.metamodel.marks import Expr, Path, Ref, Template
from tenon.metamodel.model import Entity, Model
from tenon.metamodel.names import suggest, untoken
from tenon.metamodel.naming import entity_at, field_for, find_path, find_to_many, lists_at
from tenon.metamodel.snapshot import unknown_document
from tenon.metamodel.system_fields import may_be_set
from tenon.metamodel.walk import Place


def check_model(model: Model, base: Model | None = None) -> list[tuple[str, Problem]]:
    """Return what is wrong, by document id: structure first, then every document. ``base``: the model before, as for `build`."""
    problems = list(model.problems)
    for document in model.documents.values():
        problems += [(document.id, problem) for problem in check_document(document, model, base)]
    return problems + find_circles(model)


def check_document(document: Document, model: Model, base: Model | None = None) -> Iterator[Problem]:
    """Yield what is wrong with one document of a model: every mark, then what its kind asks for besides."""
    for place in document.places:
        if not place.is_key or place.is_assigned:  # what is said of records is looked at as a whole, under the names that people read
            yield from (p if not place.is_assigned else _by_name(p, place, model) for p in check_place(place, model, base))
    if document.kind == "score":
        yield from check_score(document, model)
    yield from check_calendar(document, model)
    yield from check_matching(document, model)
    yield from check_connector(document, model)
    yield from check_playbook(document, model)
    yield from check_rule(document, model)
    yield from check_workflow(document, model)
    yield from check_message(document, model)
    yield from check_scenario(document, model)
    yield from check_screen(document, model)


def _by_name(problem: Problem, place: Place, model: Model) -> Problem:
    """Return a problem of a value under the name of its field, as people read it."""
    entity = entity_at(place, model)
    field = entity.find_field(str(place.key)) if place.is_key and entity is not None else field_for(place, entity, model) if entity is not None else None
    if field is None:
        return problem
    head, _, _ = place.pointer.rpartition("/")
    return replace(problem, path=problem.path.replace(place.pointer, f"{head}/{field.name}", 1))


def check_place(place: Place, model: Model, base: Model | None = None) -> Iterator[Problem]:
    """Yield what is wrong with one marked text."""
    mark = place.mark
    if isinstance(mark, Ref):
        if not mark.soft and model.find(mark.kind, place.text) is None:
            yield unknown_document(place.pointer, mark.kind, place.text, model)
        return
    entity = entity_at(place, model)
    if entity is None or getattr(mark, "beside", None) is not None:
        return  # the reference to the entity is the problem, and is named there
    if isinstance(mark, Path):
        yield from _check_path(place, mark, entity, model)
    elif isinstance(mark, Template):
        yield from (p.at(place.pointer) for p in check_template(place.text, entity, model, lists_at(place, entity, model)))
    elif isinstance(mark, Expr) and mark.use != "formula":
        yield from _check_expression(place, mark, Scope(model, entity, use=mark.use, base=base))


def _check_expression(place: Place, mark: Expr, scope: Scope) -> Iterator[Problem]:
    field = field_for(place, scope.entity, scope.model) if scope.entity is not None else None
    if place.is_assigned and field is not None and not may_be_set(field):
        return  # the field is the problem, and is named there
    try:
        expression = check(place.text, scope, mark.expect if field is None or field.type.kind == "json" else field.type)
    except Invalid as error:
        yield from (p.at(place.pointer) for p in error.problems)
    else:
        yield from (p.at(place.pointer) for p in check_default(expression, field))


def _check_path(place: Place, mark: Path, entity: Entity, model: Model) -> Iterator[Problem]:
    path = place.text.removeprefix("-") if mark.sort else place.text
    if mark.many and find_to_many(model, entity, path) is not None:
        return
    found = None if mark.many else find_path(model, entity, path)
    if found is None:
        yield _unknown_path(place, path, entity, many=mark.many)
    elif mark.fits is not None and not FITS[mark.fits].takes(found[-1], entity):
        yield Problem(place.pointer, "type_mismatch", FITS[mark.fits].refusal(found[-1].name), FITS[mark.fits].hint)
    elif place.is_assigned and not may_be_set(found[-1]):
        yield Problem(place.pointer, "read_only", say("{field} cannot be written.", "{field} 不可写入。", field=found[-1].label), say("Leave it out.", "请去掉该字段。"))


def _unknown_path(place: Place, path: str, entity: Entity, *, many: bool) -> Problem:
    known = list(entity.relations) if many else list(entity.fields)
    near = suggest(path.split(".")[0], known)
    listed = say("There are: {some}.", "可用的有：{some}。", some=", ".join(known[:8]) or "-")
    hint = say("Did you mean {near}?", "您是否想写 {near}？", near=near) if near else listed
    kept = entity.fields_by_id.get(untoken(path) or "")  # a field where a relation is asked for
    message = say("{entity} has no {name}.", "{entity} 没有 {name}。", entity=entity.label, name=kept.name if kept is not None else path[:80])
    return Problem(place.pointer, "unknown_name", message, hint)

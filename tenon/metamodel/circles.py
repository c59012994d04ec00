"""Scores that read each other, directly or through formulas, in a circle: there is no order in which they could be computed."""

from __future__ import annotations

from collections.abc import Iterator

from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.labels import say
from tenon.metamodel.marks import Expr
from tenon.metamodel.model import Field, Model


def find_circles(model: Model) -> list[tuple[str, Problem]]:
    """Return every circle of scores once, by the id of a score in it; circles of formulas alone are named while these are typed."""
    reads = {score.id: dict(_reads(score, model)) for score in model.all("score")}
    fields = {f.id: f for e in model.entities.values() for f in e.fields.values() if f.is_formula or f.score is not None}
    following = {score_id: _scores_behind(found, fields) for score_id, found in reads.items()}
    problems, done = [], set[str]()
    for score_id in following:
        circle = [] if score_id in done else _circle(score_id, following)
        if circle:
            done.update(circle)
            names = " → ".join(model.documents[i].name for i in [*circle, score_id])
            message = say("These scores read each other in a circle: {names}.", "这些评分相互循环引用：{names}。", names=names)
            hint = say("Take one of them out of the circle.", "请把其中一个移出循环。")
            second = circle[1] if len(circle) > 1 else score_id
            pointer = next(p for i, p in reads[score_id].items() if second in _scores_behind({i: p}, fields))
            problems.append((score_id, Problem(pointer, "bad_expression", message, hint, line=1, column=1)))
    return problems


def _reads(score: Document, model: Model) -> Iterator[tuple[str, str]]:
    """Yield the fields that a score reads, with the place of the expression that does."""
    entity = model.find_entity(score.body.entity)
    for place in score.places:
        if isinstance(place.mark, Expr) and place.mark.use == "score" and entity is not None:  # what it is to foresee computes nothing
            try:
                expression = check(place.text, Scope(model, entity, use=place.mark.use))
            except Invalid:
                continue  # named where it is checked
            yield from ((field_id, place.pointer) for _, field_id in expression.reads)


def _scores_behind(found: dict[str, str], fields: dict[str, Field]) -> set[str]:
    """Return the scores that fields come from, through formulas too."""
    scores: set[str] = set()
    waiting, seen = list(found), set(found)
    while waiting:
        field = fields.get(waiting.pop())
        if field is None:
            continue
        if field.score is not None:
            scores.add(field.score)
        elif field.expression is not None:
            more = {field_id for _, field_id in field.expression.reads} - seen
            seen |= more
            waiting += more
    return scores


def _circle(start: str, following: dict[str, set[str]]) -> list[str]:
    """Return the shortest way from a score back to itself, without the end; [] when there is none."""
    ways, seen = [[start]], set[str]()
    for way in ways:
        for other in sorted(following.get(way[-1], ())):
            if other == start:
                return way
            if other not in seen:
                seen.add(other)
                ways.append([*way, other])
    return []

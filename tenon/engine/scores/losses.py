"""On what records lose most of a score, for many at once: the measure of each that gave least of what it could."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import select

from tenon.engine.access.resolver import action_condition, environment, readable_condition
from tenon.engine.access.rights import Rights
from tenon.engine.scores.contributions import Contribution, contributions
from tenon.engine.scores.definition import Definition, define
from tenon.engine.scores.snapshots import find_form
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.document import Document

LEAST = Decimal("0.5")
"""Less is not worth a word."""


def losses(uow: UnitOfWork, rights: Rights, score: Document, records: Collection[str], language: str) -> dict[str, tuple[str, Decimal]]:
    """Return the label of the measure on which each record loses most, with the points not reached, by record.

    Records that lose next to nothing, or of which the reader may not see the score, are left out.
    """
    definition = define(uow.model, score)
    entity, stored = definition.entity, uow.tables.score(definition.id)
    own = next(f for f in entity.fields.values() if f.score == definition.id and f.part == "score")
    if not rights.may_read(entity, own):
        return {}
    table, env = uow.tables.of(entity), environment(uow, rights)
    limits = action_condition(env, table, entity, rights, "read"), readable_condition(env, table, entity, rights, [own])
    asked = select(stored.c.record, stored.c.form, stored.c.variant, stored.c.shares).join(table, table.c.id == stored.c.record)
    forms = {definition.form: definition.form_json}
    found: dict[str, tuple[str, Decimal]] = {}
    for row in uow.connection.execute(asked.where(table.c.id.in_(id_set(uow.dialect, records)), *(c for c in limits if c is not None))):
        if row.form not in forms:
            forms[row.form] = find_form(uow, row.form) or definition.form_json
        worst = max(contributions(forms[row.form], row.variant, row.shares), key=_lost, default=None)
        if worst is not None and _lost(worst) >= LEAST:
            found[row.record] = _label(definition, worst, language), _lost(worst)
    return found


def _label(definition: Definition, given: Contribution, language: str) -> str:
    plan = definition.measure(given.id)
    return plan.body.title().show(language) if plan is not None else given.name


def _lost(given: Contribution) -> Decimal:
    return given.most - given.points

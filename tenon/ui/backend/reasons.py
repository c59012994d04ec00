"""Why somebody can see and do something, for administrators: action by action, with the roles that allow it."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select

from tenon.engine.people import users
from tenon.metamodel.labels import Text
from tenon.platform import explanations
from tenon.platform.rights import require_admin
from tenon.ui.admin_shapes import Reason, ReasonsPage
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.home import titles_of
from tenon.ui.backend.roles import VERBS
from tenon.ui.shapes import Choice

MOST_PEOPLE = 500
RECORD = re.compile(r"(?:.*/)?([0-9a-fA-F-]{36})(?:[/?#].*)?")


def reasons_page(view: View, user: str, entity: str, record: str) -> ReasonsPage:
    """Return what a person may do with an entity or one of its records, named by its id or address. Raises Forbidden, NotFound, Invalid."""
    require_admin(view.ctx)
    rows = view.uow.connection.execute(select(users.c.id, users.c.name, users.c.email).order_by(users.c.name).limit(MOST_PEOPLE))
    people = tuple(Choice(row.id, row.name, hint=row.email) for row in rows)
    entities = tuple(Choice(e.name, e.plural.show(view.language)) for e in view.readable())
    if not user or not entity:
        return ReasonsPage(people, entities)
    named = RECORD.fullmatch(record) if record else None
    id = id_of(named[1] if named else record) if record else None
    found = explanations.explain(view.uow, view.ctx, entity, user_id=id_of(user), record=id, by_label=True)
    title = titles_of(view, view.model.entities[entity], [id]).get(id) if id else None
    return ReasonsPage(people, entities, found["user"]["title"], title, tuple(_reason(view, each) for each in found["actions"]))


def _reason(view: View, each: dict[str, Any]) -> Reason:
    grants = tuple((_role(view, g["role"]), g["where"], g["holds"]) for g in each["grants"])
    return Reason(VERBS[each["action"]].show(view.language), each["allowed"], Text.of(each["why"]).show(view.language), grants)


def _role(view: View, name: str) -> str:
    document = view.model.find("role", name)
    return document.label.show(view.language) if document is not None else name

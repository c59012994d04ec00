"""People named in a comment with @: a notice for each of them who may see the record."""

from __future__ import annotations

from sqlalchemy import func, literal, select

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context, User, system_context
from tenon.engine.people import unit_tree, users
from tenon.engine.records import writing
from tenon.engine.records.save import allowed_ids
from tenon.metamodel.labels import say
from tenon.ui.backend.base import View
from tenon.ui.backend.record import Record

MOST = 20


def tell_mentioned(view: View, record: Record, text: str) -> list[str]:
    """Write a notice for each person named as ``@Name`` and return their ids; nothing where the release has no notices."""
    notice = view.model.entities.get("notice")
    wanted = ("recipient", "title")
    if notice is None or "@" not in text or any(name not in notice.fields for name in wanted):
        return []
    found = [user for user in _named(view, text) if user.id != view.ctx.user_id and _may_see(view, record, user)]
    who = view.ctx.user.name if view.ctx.user else ""
    rows = []
    for user, language in ((u, view.language) for u in found):
        title = say("{who} mentioned you: {title}", "{who} 在“{title}”中提到了您", who=who, title=record.title).show(language)
        extra = {"text": text[:2_000], "record": {"entity": record.entity.name, "id": record.id}}
        known = {k: v for k, v in extra.items() if k in notice.fields}
        rows.append({"recipient": user.id, "title": title[:200], "owner": user.id, **known})
    if rows:
        writing.write_many(view.uow, system_context(label="mention"), notice, rows)
    return [user.id for user in found]


def _named(view: View, text: str) -> list[User]:
    """Return the active people whose name follows an @ in a text."""
    inside = func.instr if view.uow.dialect == "sqlite" else func.strpos
    called = literal("@").concat(func.lower(users.c.name))
    query = select(users).where(users.c.state == "active", inside(literal(text.lower()), called) > 0).order_by(users.c.id).limit(MOST)
    return [_user(view, row) for row in view.uow.connection.execute(query).mappings()]


def _user(view: View, row: object) -> User:
    values = dict(row)  # type: ignore[call-overload]
    below = select(unit_tree(values["unit"]).c.id) if values["unit"] else None
    units = tuple(view.uow.connection.execute(below).scalars()) if below is not None else ()
    return User(values["id"], values["email"], values["name"], tuple(values["roles"]), values["unit"], units)


def _may_see(view: View, record: Record, user: User) -> bool:
    rights = rights_of(view.model, Context(user))
    if not rights.may(record.entity, "read"):
        return False
    allowed = allowed_ids(view.uow, rights, record.entity, [record.id], "read", [])
    return allowed is None or record.id in allowed

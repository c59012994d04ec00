"""Saved views: a person's own and a team's ways to see an entity, in force at once; the body is that of a view document."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, ForeignKey, Index, Table, and_, delete as delete_rows, insert, or_, select, update

from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.columns import CodeText, Json, Moment, show_moment
from tenon.engine.context import Context
from tenon.engine.outside import new_record_id
from tenon.engine.store import metadata
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.check_documents import check_document, check_place
from tenon.metamodel.check_screens import check_screen
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, Problem, not_found
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.labels import Text, say
from tenon.metamodel.marks import Expr, Path
from tenon.metamodel.model import Entity
from tenon.metamodel.names import propose_name, suggest
from tenon.metamodel.naming import to_shown, to_stored
from tenon.metamodel.parse import identify, read_document, reread
from tenon.metamodel.walk import normalise

views = Table(
    "tenon_view",
    metadata,
    Column("id", CodeText, primary_key=True),
    Column("entity_id", CodeText, nullable=False),
    Column("name", CodeText, nullable=False),
    Column("shared_with", CodeText, nullable=False),  # me, team, everyone
    Column("owner", CodeText, ForeignKey("tenon_user.id"), nullable=False, index=True),
    Column("unit", CodeText, ForeignKey("tenon_unit.id")),  # the unit of a team's view
    Column("json", Json, nullable=False),  # the body with ids for names
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index("ix_tenon_view_entity", "entity_id", "name"),
)
MOST_OF_ONE_PERSON = 500
SHOWN_BESIDE = ("owner", "unit", "created_at", "updated_at")
"""What the API shows of a view beside its body; sent back, it says nothing."""


def save(uow: UnitOfWork, ctx: Context, raw: Any) -> tuple[dict[str, Any], bool]:
    """Make a view, or change the one whose id is sent; return it as JSON and whether it is new.

    A name left out is made from the label. Raises Invalid for a body that is wrong or names what its maker may not read, NotFound for an
    unknown id, Forbidden for a view of somebody else or sharing beyond one's rights, Conflict for a name that is taken.
    """
    if ctx.user is None:
        raise _may_not(say("Views belong to people.", "视图须属于某个人。"))
    given = dict(raw) if isinstance(raw, dict) else {}
    before = _row(uow.connection, ctx, str(given.pop("id"))) if given.get("id") else None
    visible = [row["name"] for row in _rows(uow.connection, ctx, None) if before is None or row["id"] != before["id"]]
    document = _read(given, before, {*visible, *(d.name for d in uow.model.all("view"))})
    entity = uow.model.find_entity(document.body.entity)
    rights = rights_of(uow.model, ctx)
    if entity is None or entity.is_system or not rights.may(entity, "read"):
        raise Invalid(_unknown_entity(uow, rights, document.body.entity))
    _check_share(ctx, document, before)
    if document.name in visible or uow.model.find("view", document.name) is not None:
        message = say("There is a view named {name} already.", "已存在名为 {name} 的视图。", name=document.name)
        raise Conflict(Problem("/name", "not_unique", message, say("Choose another name, or send its id to change it.", "请换一个名称；修改请提交其 id。")))
    base = reread(before["json"]) if before is not None else None
    stored = to_stored(identify(document, base), uow.model)
    problems = list(_problems(uow, rights, stored, entity))
    if problems:
        raise Invalid(problems)
    row = _write(uow, ctx, stored, entity, before)
    return show(uow, row), before is None


def _read(given: dict[str, Any], before: Mapping[str, Any] | None, taken: set[str]) -> Document:
    """Return the document of a body: kind and name may be left out; one that is there keeps its name."""
    label = Text.of(given["label"]) if isinstance(given.get("label"), dict) else Text("View", "视图")
    name = before["name"] if before is not None else propose_name(label.show("en"), taken)
    shared = before["shared_with"] if before is not None else "me"
    body = {"kind": "view", "name": name, "shared_with": shared, **{k: v for k, v in given.items() if k not in SHOWN_BESIDE}}
    if body["kind"] != "view":
        raise Invalid(Problem("/kind", "bad_choice", say("This is no view.", "这不是视图。"), say("Leave kind out.", "请去掉 kind。")))
    return read_document(body)


def _check_share(ctx: Context, document: Document, before: Mapping[str, Any] | None) -> None:
    user, shared = ctx.user, document.body.shared_with
    assert user is not None
    if before is not None and before["owner"] != user.id and not (user.may_build and before["shared_with"] != "me"):
        raise _may_not(say("This view belongs to somebody else.", "该视图属于他人。"))
    was = before["shared_with"] if before is not None else "me"
    if shared == "everyone" and was != "everyone" and not user.may_build:
        raise _may_not(say("Only builders share a view with everyone.", "只有搭建者可以将视图共享给所有人。"))
    if shared == "team" and user.unit is None and (before is None or before["unit"] is None):
        message = say("You belong to no unit, so there is no team to share with.", "您不属于任何部门，无法共享给团队。")
        raise Invalid(Problem("/shared_with", "refused", message, say("Keep it for yourself.", "请设为仅自己可见。")))


def _problems(uow: UnitOfWork, rights: Rights, stored: Document, entity: Entity) -> Iterator[Problem]:
    """Yield what is wrong with a view for who makes it: fields they may not read are unknown to them."""
    if rights.is_unlimited:
        yield from check_document(stored, uow.model)
        return
    shown = reread(to_shown(stored, uow.model))
    for place in shown.places:
        if isinstance(place.mark, Path | Expr):
            text = place.text.removeprefix("-") if isinstance(place.mark, Path) and place.mark.sort else place.text
            try:
                check(text, Scope(uow.model, entity, may_read=rights.may_read), "boolean" if isinstance(place.mark, Expr) else None)
            except Invalid as error:
                yield from (p.at(place.pointer) for p in error.problems)
            else:
                yield from check_place(place, uow.model) if isinstance(place.mark, Path) else ()
    yield from check_screen(shown, uow.model)


def _write(uow: UnitOfWork, ctx: Context, stored: Document, entity: Entity, before: Mapping[str, Any] | None) -> dict[str, Any]:
    assert ctx.user is not None
    shared = stored.body.shared_with
    row: dict[str, Any] = {"entity_id": entity.id, "name": stored.name, "shared_with": shared, "json": stored.json, "updated_at": uow.now}
    row["unit"] = ((before["unit"] if before is not None else None) or ctx.user.unit) if shared == "team" else None
    if before is not None:
        uow.connection.execute(update(views).where(views.c.id == before["id"]).values(row))
        return {**before, **row}
    mine = uow.connection.execute(select(views.c.id).where(views.c.owner == ctx.user.id).limit(MOST_OF_ONE_PERSON)).all()
    if len(mine) >= MOST_OF_ONE_PERSON:
        message = say("You have {n} views, the most that are kept.", "您已有 {n} 个视图，达到上限。", n=MOST_OF_ONE_PERSON)
        raise Invalid(Problem("", "over_limit", message, say("Delete one first.", "请先删除一个。")))
    row |= {"id": new_record_id(), "owner": ctx.user.id, "created_at": uow.now}
    row["json"] = {**copy.deepcopy(stored.json), "id": row["id"]}
    uow.connection.execute(insert(views).values(row))
    return row


def remove(uow: UnitOfWork, ctx: Context, key: str) -> None:
    """Delete a view by id or name. Raises NotFound, Forbidden."""
    row = _row(uow.connection, ctx, key)
    if ctx.user is None or (row["owner"] != ctx.user.id and not ctx.user.may_build):
        raise _may_not(say("This view belongs to somebody else.", "该视图属于他人。"))
    uow.connection.execute(delete_rows(views).where(views.c.id == row["id"]))


def get(uow: UnitOfWork, ctx: Context, key: str) -> dict[str, Any]:
    """Return a view by id or name as JSON. Raises NotFound."""
    row = _row(uow.connection, ctx, key)
    if not _may_see_entity(uow, ctx, row):
        raise not_found()
    return show(uow, row)


def list_page(uow: UnitOfWork, ctx: Context, *, entity: str | None = None, before: str | None = None, limit: int = 50) -> list[dict[str, Any]]:
    """Return the views that somebody may use, newest first; ``before`` is the id of the last one of the page before."""
    found = uow.model.entities.get(entity) if entity is not None else None
    if entity is not None and found is None:
        return []
    rows = _rows(uow.connection, ctx, found)
    kept = [row for row in reversed(rows) if (before is None or row["id"] < before) and _may_see_entity(uow, ctx, row)]
    return [show(uow, row) for row in kept[:limit]]


def documents_of(uow: UnitOfWork, ctx: Context, entity: Entity) -> list[tuple[Document, dict[str, Any]]]:
    """Return the saved views of an entity that somebody may use with their rows, oldest first."""
    return [(reread(row["json"]), row) for row in _rows(uow.connection, ctx, entity)]


def find_view(uow: UnitOfWork, ctx: Context, entity: Entity, name: str) -> Document | None:
    """Return the view of an entity by name: a published document, else a saved view that the reader may use."""
    document = uow.model.find("view", name)
    if document is not None:
        return document if uow.model.find_entity(document.body.entity) is entity else None
    return next((reread(row["json"]) for row in _rows(uow.connection, ctx, entity) if name in (row["name"], row["id"])), None)


def may_change(ctx: Context, row: Mapping[str, Any]) -> bool:
    """True when somebody may change or delete a view: its owner, and builders those that are shared."""
    return ctx.user is not None and (row["owner"] == ctx.user.id or (ctx.user.may_build and row["shared_with"] != "me"))


def show(uow: UnitOfWork, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a view as the API shows it: the body by names, and whose it is."""
    body = shown_body(uow, reread(row["json"]))
    moments = {key: show_moment(row[key]) for key in ("created_at", "updated_at")}
    return {**body, "id": row["id"], "owner": row["owner"], "unit": row["unit"], **moments}


def shown_body(uow: UnitOfWork, document: Document) -> dict[str, Any]:
    """Return the body of a view by names."""
    body: dict[str, Any] = normalise(to_shown(document, uow.model), document.body)
    return body


def _rows(connection: Connection, ctx: Context, entity: Entity | None) -> list[dict[str, Any]]:
    found = select(views).where(_visible(ctx)).order_by(views.c.id)
    if entity is not None:
        found = found.where(views.c.entity_id == entity.id)
    rows = [dict(row) for row in connection.execute(found).mappings()]
    mine = ctx.user_id
    return sorted(rows, key=lambda row: (row["owner"] != mine, row["id"])) if entity is not None else rows


def _row(connection: Connection, ctx: Context, key: str) -> dict[str, Any]:
    wanted = select(views).where(_visible(ctx), or_(views.c.id == key.lower(), views.c.name == key)).order_by(views.c.id)
    rows = [dict(row) for row in connection.execute(wanted).mappings()]
    found = next(iter(sorted(rows, key=lambda row: row["owner"] != ctx.user_id)), None)
    if found is None:
        raise not_found()
    return found


def _visible(ctx: Context) -> ColumnElement[bool]:
    """Return the condition of the views that somebody may use: their own, their units', everybody's."""
    shared: ColumnElement[bool] = views.c.shared_with == "everyone"
    if ctx.user is None:
        return shared
    units: Iterable[str] = {*ctx.user.units, *([ctx.user.unit] if ctx.user.unit else [])}
    return or_(shared, views.c.owner == ctx.user.id, and_(views.c.shared_with == "team", views.c.unit.in_(sorted(units))))


def _may_see_entity(uow: UnitOfWork, ctx: Context, row: Mapping[str, Any]) -> bool:
    entity = uow.model.find_entity(row["entity_id"])
    return entity is not None and rights_of(uow.model, ctx).may(entity, "read")


def _unknown_entity(uow: UnitOfWork, rights: Rights, name: str) -> Problem:
    near = suggest(str(name), [e.name for e in uow.model.entities.values() if rights.may(e, "read")])
    hint = say("Did you mean {near}?", "您是否想写 {near}？", near=near) if near else say("Name an entity you may read.", "请填写您有权查看的对象。")
    return Problem("/entity", "unknown_name", say("There is no entity {name}.", "没有对象 {name}。", name=str(name)[:60]), hint)


def _may_not(message: Text) -> Forbidden:
    return Forbidden(Problem("", "forbidden", message, say("Save your own copy of it.", "请另存为自己的视图。")))

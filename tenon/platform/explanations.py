"""Why somebody can, or cannot, see or do something: action by action, by which role and grant; for the API and the pages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from tenon.engine.access.grants import CompiledGrant, compile_role
from tenon.engine.access.resolver import environment, grants_condition
from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context, User
from tenon.engine.people import user_of
from tenon.engine.query.pages import get
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.kinds.role import ACTIONS
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.naming import to_shown
from tenon.platform import accounts
from tenon.platform.rights import require_admin

STATES = {
    "full": Text("is seen fully", "可完整查看"), "partly": Text("is seen on some records only", "仅在部分记录上可见"),
    "masked": Text("is seen masked", "以掩码显示"), "hidden": Text("is hidden", "不可见"),
}  # fmt: skip


def explain(
    uow: UnitOfWork, ctx: Context, entity_name: str, *, user_id: str | None = None, record: str | None = None, field_name: str | None = None, by_label: bool = False,
) -> dict[str, Any]:
    """Return what a person, oneself by default, may do with an entity, a record or a field, and by which grant.

    Reasons call roles by their names, or by what people call them. Of others only to administrators. Raises Forbidden, NotFound, Invalid.
    """
    asked = user_id or ctx.user_id
    if asked != ctx.user_id:
        require_admin(ctx)
    user, is_active = _person(uow, ctx, asked)
    rights = rights_of(uow.model, Context(user))
    entity = uow.model.entities.get(entity_name)
    if entity is None or entity.is_system or not (rights_of(uow.model, ctx).may(entity, "read") or ctx.user is None or ctx.user.is_admin):
        raise not_found("/entity")
    if record is not None:
        _require_visible(uow, ctx, entity, record)
    field = _field(uow, ctx, entity, field_name) if field_name is not None else None
    return _Explanation(ctx, uow, rights, user, entity, record, by_label).to_json(field, is_active=is_active)


def _person(uow: UnitOfWork, ctx: Context, user_id: str | None) -> tuple[User, bool]:
    if user_id == ctx.user_id and ctx.user is not None:
        return ctx.user, True
    row = accounts.get_row(uow.connection, user_id or "")
    return user_of(uow.connection, row), row["state"] == "active"


def _require_visible(uow: UnitOfWork, ctx: Context, entity: Entity, record: str) -> None:
    """A record that who asks may not see, and one that is not there, are the same to them."""
    get(uow, ctx, entity, record, ["id"])


def _field(uow: UnitOfWork, ctx: Context, entity: Entity, name: str) -> Field:
    field = entity.fields.get(name)
    if field is None or rights_of(uow.model, ctx).state(entity, field) == "hidden":
        message = say("{entity} has no field {name}.", "{entity} 没有字段 {name}。", entity=entity.label, name=name[:60])
        raise Invalid(Problem("/field", "unknown_field", message))
    return field


class _Explanation:
    """What one person may do with an entity or one of its records, and why."""

    def __init__(self, ctx: Context, uow: UnitOfWork, rights: Rights, user: User, entity: Entity, record: str | None, by_label: bool) -> None:
        self.by_label = by_label
        self.uow, self.rights, self.user, self.entity, self.record = uow, rights, user, entity, record
        self.asking = rights_of(uow.model, ctx)
        self._grants = [g for role in user.roles for g in compile_role(uow.model, role) if g.entity_id == entity.id]
        self._holds: dict[int, bool | None] = {}

    def to_json(self, field: Field | None, *, is_active: bool) -> dict[str, Any]:
        """Return the answer of the call."""
        body: dict[str, Any] = {
            "user": {"id": self.user.id, "title": self.user.name}, "is_active": is_active, "roles": list(self.user.roles),
            "is_admin": self.rights.is_unlimited, "entity": self.entity.name, "record": self.record,
            "actions": [self._action(action, is_active=is_active) for action in ACTIONS],
        }
        if field is not None:
            body["field"] = self._field_json(field, is_active=is_active)
        return body

    def _action(self, action: str, *, is_active: bool) -> dict[str, Any]:
        grants = [g for g in self._grants if action in g.actions]
        # Whether it holds for a record that is not there yet is asked when it is made.
        holding = grants if self.record is None or action == "create" else [g for g in grants if self._holds_for(g)]
        allowed = is_active and (self.rights.is_unlimited or bool(holding))
        return {"action": action, "allowed": allowed, "why": self._why(allowed, grants, holding, is_active).to_json(), "grants": [self._grant(g) for g in grants]}

    def _why(self, allowed: bool, grants: list[CompiledGrant], holding: list[CompiledGrant], is_active: bool) -> Text:
        if not is_active:
            return say("The account is not active.", "该账号未启用。")
        if self.rights.is_unlimited:
            return say("Administrators may do everything.", "管理员拥有全部权限。")
        if not grants:
            return say("No role grants it.", "没有任何角色授予该权限。")
        names = dict.fromkeys(g.role for g in (holding or grants))
        labels = [self.uow.model.get("role", name).label if self.by_label else Text.of(name) for name in names]
        roles = Text(", ".join(each.show("en") for each in labels), ("、" if self.by_label else ", ").join(each.show("zh") for each in labels))
        if not allowed:
            return say("Roles grant it ({roles}), but not for this record.", "角色 {roles} 授予该权限，但条件对该记录不成立。", roles=roles)
        if self.record is None and all(g.where is not None for g in holding):
            return say("Roles grant it on some records: {roles}.", "角色 {roles} 对部分记录授予该权限。", roles=roles)
        return say("Roles grant it: {roles}.", "由角色授予：{roles}。", roles=roles)

    def _field_json(self, field: Field, *, is_active: bool) -> dict[str, Any]:
        state = self._state(field)
        grants = self.rights.readable(self.entity, field) if not self.rights.is_unlimited else []
        message = say("{field} {state}.", "{field}{state}。", field=field.label, state=STATES[state])
        writable = is_active and field.is_written and self.rights.may_write(self.entity, field, "update")
        return {
            "name": field.name, "state": state if is_active else "hidden", "why": message.to_json(), "may_write": writable,
            "grants": [self._grant(g) for g in grants],
        }

    def _state(self, field: Field) -> str:
        """Return how a field is seen: on one record never partly."""
        state = self.rights.state(self.entity, field)
        if state != "partly" or self.record is None:
            return state
        if any(self._holds_for(g) for g in self.rights.readable(self.entity, field)):
            return "full"
        masking = [g for g in self.rights.grants(self.entity, "read") if field.id in g.masked]
        return "masked" if any(self._holds_for(g) for g in masking) else "hidden"

    def _grant(self, grant: CompiledGrant) -> dict[str, Any]:
        return {
            "role": grant.role, "actions": [a for a in ACTIONS if a in grant.actions], "where": self._where(grant),
            "holds": None if self.record is None else self._holds_for(grant),
        }

    def _where(self, grant: CompiledGrant) -> str | None:
        """Return the condition of a grant by names, unless it names what who asks may not read."""
        if grant.where is None or not all(self._may_know(*read) for read in grant.where.reads):
            return None
        role = self.uow.model.get("role", grant.role)
        for stored, shown in zip(role.body.grants, to_shown(role, self.uow.model)["grants"], strict=True):
            if stored.where is not None and stored.where == grant.where.text:
                return str(shown["where"])
        return None

    def _may_know(self, entity_id: str, field_id: str) -> bool:
        entity = self.uow.model.get_entity(entity_id)
        field = entity.find_field(field_id)
        return field is None or self.asking.may_read(entity, field)

    def _holds_for(self, grant: CompiledGrant) -> bool:
        key = id(grant)
        if key not in self._holds:
            table = self.uow.tables.of(self.entity).alias()
            place = environment(self.uow, None, Context(self.user))
            condition = grants_condition(place, table, self.entity, [grant])
            found = select(table.c.id).where(table.c.id == self.record, condition) if grant.where is not None else None
            self._holds[key] = found is None or self.uow.connection.execute(found).first() is not None
        return bool(self._holds[key])

"""The rights of one person on one release, roles combined: grants add up, readable beats masked beats hidden."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Literal

from tenon.engine.access.grants import ALWAYS, CompiledGrant, compile_role
from tenon.engine.access.visitors import visitor_grants
from tenon.engine.context import Context, User
from tenon.metamodel.errors import Forbidden, Problem, not_found
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field, Model

State = Literal["full", "partly", "masked", "hidden"]
KEPT_USERS = 500
VERBS: dict[str, Text] = {
    "read": Text("read", "查看"), "create": Text("create", "新建"), "update": Text("change", "修改"), "delete": Text("delete", "删除"),
    "restore": Text("restore", "恢复"), "merge": Text("merge", "合并"), "import": Text("import", "导入"), "export": Text("export", "导出"),
    "bulk": Text("change many", "批量修改"), "override": Text("override", "调整评分"),
}


class Rights:
    """What one person may do and see. ``is_unlimited`` for administrators and the platform itself."""

    def __init__(self, model: Model, user: User | None, *, is_unlimited: bool, granted: Sequence[CompiledGrant] = ()) -> None:
        self.model = model
        self.user = user
        self.is_unlimited = is_unlimited
        self._grants: dict[str, list[CompiledGrant]] = {}
        self._states: dict[str, dict[str, State]] = {}
        self.kept: dict[Any, Any] = {}
        """Checked expressions and the like that hold for these rights alone."""
        for role in () if is_unlimited or user is None else user.roles:
            for grant in compile_role(model, role):
                self._grants.setdefault(grant.entity_id, []).append(grant)
        for grant in granted:
            self._grants.setdefault(grant.entity_id, []).append(grant)

    @cached_property
    def is_clocked(self) -> bool:
        """True when a filter of these rights reads today() or now(): statements with them hold for one moment."""
        return any(g.where is not None and g.where.is_clocked for grants in self._grants.values() for g in grants)

    def grants(self, entity: Entity, action: str) -> list[CompiledGrant]:
        """Return the grants that allow an action on an entity."""
        return [g for g in self._grants.get(entity.id, ()) if action in g.actions]

    def may(self, entity: Entity, action: str) -> bool:
        """True when there is a grant for the action, on some records at least."""
        if entity.is_system:
            return action == "read"
        return self.is_unlimited or bool(self.grants(entity, action))

    def require(self, entity: Entity, action: str) -> None:
        """Raise NotFound when the entity is out of sight, Forbidden when only the action is missing."""
        if self.may(entity, action):
            return
        if not self.may(entity, "read"):
            raise not_found()
        message = say("You may not {verb} {entity}.", "您没有{verb}{entity}的权限。", verb=VERBS.get(action, Text(action)), entity=entity.plural)
        raise Forbidden(Problem("", "forbidden", message, say("Ask an administrator for a role that allows it.", "请向管理员申请相应角色。")))

    def state(self, entity: Entity, field: Field) -> State:
        """Return how a field is seen: fully, on some rows only, masked, or not at all."""
        if self.is_unlimited or entity.is_system:
            return "full"
        states = self._states.get(entity.id)
        if states is None:
            states = self._states[entity.id] = self._settle(entity)
        return states[field.id]

    def may_read(self, entity: Entity, field: Field) -> bool:
        """True when a field may stand in a filter, sort or measure: not masked and not hidden."""
        return self.state(entity, field) in ("full", "partly") and self.may(entity, "read")

    def scope(self, entity: Entity, use: str = "value") -> Scope:
        """Return the names that an expression of this person may use: hidden and masked fields are as unknown as others."""
        return Scope(self.model, entity, use=use, may_read=None if self.is_unlimited else self.may_read, unknown_field="unknown_field")

    def readable(self, entity: Entity, field: Field) -> list[CompiledGrant]:
        """Return the read grants under which the cells of a field are readable."""
        return [g for g in self.grants(entity, "read") if field.id in g.read]

    def masking(self, entity: Entity, field: Field) -> list[CompiledGrant]:
        """Return the read grants under which the cells of a field are shown masked."""
        return [g for g in self.grants(entity, "read") if field.id in g.masked]

    def may_write(self, entity: Entity, field: Field, action: str) -> bool:
        """True when some grant for the action lets the field be written."""
        return self.is_unlimited or any(field.id in g.write for g in self.grants(entity, action))

    def _settle(self, entity: Entity) -> dict[str, State]:
        reading = self.grants(entity, "read")
        states: dict[str, State] = {}
        for field in entity.fields.values():
            listing = [g for g in reading if field.id in g.read]
            if field.id in ALWAYS or (listing and (len(listing) == len(reading) or any(g.where is None for g in listing))):
                states[field.id] = "full"
            elif listing:
                states[field.id] = "partly"
            else:
                states[field.id] = "masked" if any(field.id in g.masked for g in reading) else "hidden"
        return states


def rights_of(model: Model, ctx: Context) -> Rights:
    """Return the rights of who acts, kept with the release."""
    user = ctx.user
    if ctx.form is not None:
        return Rights(model, None, is_unlimited=False, granted=visitor_grants(model, ctx.form))
    if ctx.is_system or (user is not None and user.is_admin):
        return Rights(model, user, is_unlimited=True)
    if ctx.role is not None:
        return Rights(model, None, is_unlimited=False, granted=compile_role(model, ctx.role))
    key = None if user is None else (user.id, user.email, user.roles, user.unit, user.units)
    kept: dict[object, Rights] = model.cache.setdefault("rights", {})
    found = kept.get(key)
    if found is None:
        if len(kept) >= KEPT_USERS:
            kept.clear()
        found = kept[key] = Rights(model, user, is_unlimited=False)
    return found


def roles_known(model: Model, roles: Iterable[str]) -> list[str]:
    """Return the role names that the release has a document for."""
    return [r for r in roles if model.find("role", r) is not None]

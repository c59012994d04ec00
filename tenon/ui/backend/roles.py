"""Roles in words, for administrators: what each may do with which records, and which fields it sees and writes."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from tenon.engine.access.grants import CompiledGrant, compile_role
from tenon.engine.access.rights import Rights
from tenon.engine.context import ADMIN, BUILDER, User
from tenon.engine.people import has_role, users
from tenon.metamodel.errors import not_found
from tenon.metamodel.expressions.conditions.reading import read_checked
from tenon.metamodel.expressions.conditions.wording import say_group
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.kinds.role import ACTIONS
from tenon.metamodel.labels import Text
from tenon.metamodel.model import Entity
from tenon.metamodel.naming import to_shown
from tenon.platform.rights import require_admin
from tenon.ui.admin_shapes import RoleCard, RolePage, RoleRow, RoleRule, RolesMatrix
from tenon.ui.backend.base import View
from tenon.ui.backend.people import BUILT_IN
from tenon.ui.shapes import Choice

VERBS = {
    "read": Text("See", "查看"), "create": Text("Create", "新建"), "update": Text("Change", "修改"), "delete": Text("Delete", "删除"),
    "restore": Text("Restore", "恢复"), "merge": Text("Merge", "合并"), "import": Text("Import", "导入"), "export": Text("Export", "导出"),
    "bulk": Text("Many at once", "批量修改"), "override": Text("Adjust scores", "调整评分"),
}  # fmt: skip


def cards(view: View) -> list[RoleCard]:
    """Return the roles there are with how many people have each."""
    require_admin(view.ctx)
    listed = [RoleCard(name, label.show(view.language), _people(view, name), True, True) for name, label in BUILT_IN.items()]
    for document in view.model.all("role"):
        app = view.model.find("app", document.app) if document.app else None
        label = app.label.show(view.language) if app is not None else None
        listed.append(RoleCard(document.name, document.label.show(view.language), _people(view, document.name), False, document.body.builds, label))
    return listed


def across(view: View, action: str) -> RolesMatrix:
    """Return which roles may do something with which records; for an unknown action who may see them. Raises Forbidden."""
    require_admin(view.ctx)
    wanted, language = action if action in ACTIONS else ACTIONS[0], view.language
    documents = sorted(view.model.all("role"), key=lambda d: d.label.show(language).lower())
    granted = [[g for g in compile_role(view.model, d.name) if wanted in g.actions] for d in documents]
    entities = sorted((e for e in view.model.entities.values() if not e.is_system), key=lambda e: e.plural.show(language).lower())
    cells = {e.id: tuple(_cell([g for g in mine if g.entity_id == e.id]) for mine in granted) for e in entities}
    rows = tuple((e.name, e.plural.show(language), e.icon or "table-2", cells[e.id]) for e in entities)
    return RolesMatrix(wanted, tuple(Choice(a, VERBS[a].show(language)) for a in ACTIONS), tuple(Choice(d.name, d.label.show(language)) for d in documents), rows)


def role_page(view: View, name: str) -> RolePage:
    """Return a role as a matrix of entities and actions; raises NotFound, Forbidden."""
    role = next((card for card in cards(view) if card.name == name), None)
    if role is None:
        raise not_found()
    verbs = tuple(Choice(action, VERBS[action].show(view.language)) for action in ACTIONS)
    entities = sorted((e for e in view.model.entities.values() if not e.is_system), key=lambda e: e.plural.show(view.language).lower())
    if name == ADMIN:
        rows = [RoleRow(e.name, e.plural.show(view.language), e.icon or "table-2", ("all",) * len(ACTIONS), (), ()) for e in entities]
        return RolePage(role, verbs, tuple(rows), ())
    if name == BUILDER:
        return RolePage(role, verbs, (), tuple(e.plural.show(view.language) for e in entities))
    rights = Rights(view.model, User("", "", "", (name,)), is_unlimited=False)
    granted = compile_role(view.model, name)
    rows, none = [], []
    for entity in entities:
        mine = [g for g in granted if g.entity_id == entity.id]
        if mine:
            rows.append(_row(view, entity, mine, rights))
        else:
            none.append(entity.plural.show(view.language))
    return RolePage(role, verbs, tuple(rows), tuple(none))


def _people(view: View, name: str) -> int:
    return int(view.uow.connection.execute(select(func.count()).where(users.c.state == "active", has_role(name))).scalar_one())


def _row(view: View, entity: Entity, grants: list[CompiledGrant], rights: Rights) -> RoleRow:
    cells = tuple(_cell([g for g in grants if action in g.actions]) for action in ACTIONS)
    fields = []
    for field in entity.fields.values():
        if field.origin != "system" and field.part in (None, "score"):
            writes = field.is_written and rights.may_write(entity, field, "update")
            fields.append((field.label.show(view.language), str(rights.state(entity, field)), writes))
    label = entity.plural.show(view.language)
    return RoleRow(entity.name, label, entity.icon or "table-2", cells, tuple(_rule(view, entity, g) for g in grants), tuple(fields))


def _cell(grants: list[CompiledGrant]) -> str:
    return "none" if not grants else "all" if any(g.where is None for g in grants) else "some"


def _rule(view: View, entity: Entity, grant: CompiledGrant) -> RoleRule:
    writable = {f.id for f in entity.fields.values() if f.is_written and f.origin != "system"}
    writes = None
    if grant.actions & {"create", "update"} and writable - grant.write - grant.masked:
        writes = _labels(view, entity, grant.write & writable)
    hidden = {f.id for f in entity.fields.values() if f.origin != "system"} - grant.read - grant.masked if "read" in grant.actions else set()
    actions = tuple(VERBS[action].show(view.language) for action in ACTIONS if action in grant.actions)
    return RoleRule(actions, _where(view, entity, grant), writes, _labels(view, entity, grant.masked), _labels(view, entity, hidden))


def _where(view: View, entity: Entity, grant: CompiledGrant) -> str | None:
    """Return the condition of a grant in words, or as it is written when it is no plain one."""
    if grant.where is None:
        return None
    group = read_checked(grant.where)
    if group is not None:
        return say_group(group, Scope(view.model, entity, use="access")).show(view.language)
    role = view.model.get("role", grant.role)
    for stored, shown in zip(role.body.grants, to_shown(role, view.model)["grants"], strict=True):
        if stored.where is not None and stored.where == grant.where.text:
            return str(shown["where"])
    return grant.where.text


def _labels(view: View, entity: Entity, ids: Iterable[str]) -> tuple[str, ...]:
    wanted = set(ids)
    return tuple(f.label.show(view.language) for f in entity.fields.values() if f.id in wanted and f.part in (None, "score"))

"""The rights that an older release would give back: each a step of the plan that has to be accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tenon.engine.access.rights import VERBS
from tenon.engine.schema.step import Step
from tenon.metamodel.document import Document
from tenon.metamodel.kinds.role import Grant
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Model
from tenon.metamodel.names import token
from tenon.metamodel.naming import to_shown

WRITES = ("create", "update")


def rights_back(old: Model, new: Model) -> list[Step]:
    """Return what roles could do, see and write with the new model and cannot with the old one."""
    return [step for role in new.all("role") for step in _of_role(old.documents.get(role.id), role, new)]


def _of_role(before: Document | None, role: Document, new: Model) -> Iterator[Step]:
    had = list(before.body.grants) if before is not None else []
    if role.body.builds and not (before is not None and before.body.builds):
        yield _step(role, "builds", say("{role} may build again", "“{role}”将重新可以搭建应用", role=role.label))
    for app in [a for a in role.body.apps if before is None or a not in before.body.apps]:
        yield _step(role, f"app:{app}", say("{role} opens the app {app} again", "“{role}”将重新可以打开应用 {app}", role=role.label, app=app))
    done: set[str] = set()
    for index, grant in enumerate(role.body.grants):
        entity = new.find_entity(grant.entity)
        for what, title in _of_grant(had, grant, entity, role, index, new) if entity is not None else ():
            if what not in done:
                done.add(what)
                yield _step(role, what, title)


def _of_grant(had: list[Grant], grant: Grant, entity: Entity, role: Document, index: int, new: Model) -> Iterator[tuple[str, Text]]:
    """Yield the names and titles of what a grant gives that those before it did not."""
    for action in grant.actions:
        same = [each for each in had if each.entity == grant.entity and action in each.actions]
        covering = [each for each in same if each.where is None or each.where == grant.where]
        if not covering:
            names = {"role": role.label, "verb": VERBS[action], "entity": entity.label}
            if same and grant.where is not None:
                where = to_shown(role, new)["grants"][index]["where"]
                yield f"{entity.id}:{action}:{index}", say("{role} may {verb} {entity} again where {where}", "“{role}”将重新可以{verb}满足 {where} 的{entity}", where=where, **names)
            elif same:
                yield f"{entity.id}:{action}:all", say("{role} may {verb} every {entity} again", "“{role}”将重新可以{verb}全部{entity}", **names)
            else:
                yield f"{entity.id}:{action}", say("{role} may {verb} {entity} again", "“{role}”将重新可以{verb}{entity}", **names)
        elif action == "read":
            yield from _fields(entity, role, "see", _seen(grant, entity) - _any(_seen(each, entity) for each in covering))
        elif action in WRITES:
            yield from _fields(entity, role, "write", _written(grant, entity) - _any(_written(each, entity) for each in covering))


def _fields(entity: Entity, role: Document, what: str, tokens: set[str]) -> Iterator[tuple[str, Text]]:
    for field in entity.fields.values():
        if token(field.id) in tokens:
            names = {"role": role.label, "field": field.label, "entity": entity.label}
            title = say("{role} sees {field} of {entity} again", "“{role}”将重新可以查看{entity}的“{field}”", **names) if what == "see" else \
                say("{role} writes {field} of {entity} again", "“{role}”将重新可以填写{entity}的“{field}”", **names)
            yield f"{entity.id}:{what}:{field.id}", title


def _seen(grant: Grant, entity: Entity) -> set[str]:
    return _listed(grant.read, entity) - set(grant.hide) - set(grant.mask)


def _written(grant: Grant, entity: Entity) -> set[str]:
    return _listed(grant.write, entity) - set(grant.hide)


def _listed(fields: Any, entity: Entity) -> set[str]:
    return {token(f.id) for f in entity.fields.values()} if fields == "*" else set(fields)


def _any(sets: Iterable[set[str]]) -> set[str]:
    return set().union(*sets)


def _step(role: Document, what: str, title: Text) -> Step:
    return Step(f"give_right:{role.id}:{what}", "give_right", title, safety="lossy")

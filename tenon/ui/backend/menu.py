"""The menu: apps with their groups, what stands in none of them, and how many records are behind an entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tenon.engine.notices.telling import notice_entity
from tenon.engine.query.pages import Ask, page
from tenon.engine.reports.dashboards import listed, title_of
from tenon.metamodel.document import Document
from tenon.metamodel.kinds.dashboard import DashboardKind
from tenon.metamodel.labels import Text
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View
from tenon.ui.shapes import MenuGroup, MenuItem
from tenon.ui.shell_shapes import MenuApp

DATA = Text("Data", "数据")
REST = "data"
"""The name under which entities that stand in no menu are switched to."""
PLAIN_ICON, APP_ICON, BOARD_ICON = "table-2", "blocks", "layout-dashboard"
MOST_COUNTED = 12


def apps(view: View) -> list[MenuApp]:
    """Return the apps whose menus have something for the reader, then the readable entities that stand in none of them and for themselves."""
    found, shown, placed = [], set[str](), set[str]()
    boards = {body.name: body for body in listed(view.uow, view.ctx)}
    for app in view.model.all("app"):
        groups = []
        for group in app.body.menu:
            made = [item for each in group.items if (item := _board(view, each, boards) if each.dashboard else _item(view, each)) is not None]
            shown |= {e.id for each in group.items if (e := _entity(view, each)) is not None and _item(view, each) is not None}
            placed |= {item.url for item in made}
            if made:
                groups.append(MenuGroup(group.label.show(view.language), tuple(made)))
        if groups:
            icon = next((g.icon for g in app.body.menu if g.icon), APP_ICON)
            found.append(MenuApp(app.name, app.label.show(view.language), icon, tuple(groups)))
    items = [item for body in boards.values() if (item := _board_item(view, body)).url not in placed]
    items += [MenuItem(e.plural.show(view.language), e.icon or PLAIN_ICON, f"/records/{e.name}") for e in view.readable() if e.id not in shown and _stands_alone(view, e)]
    if items:
        label = DATA.show(view.language)
        found.append(MenuApp(REST, label, "database", (MenuGroup(label, tuple(items)),), is_rest=True))
    return found


def _stands_alone(view: View, entity: Entity) -> bool:
    """Return whether records are looked for by themselves: not notices, nor what is about any other record, such as comments."""
    is_about = any(f.spec.type == "any_reference" and f.spec.required for f in entity.fields.values())
    return not is_about and entity is not notice_entity(view.uow)


def menu(view: View) -> list[MenuGroup]:
    """Return the groups of all apps."""
    return [group for app in apps(view) for group in app.groups]


def first_entities(view: View) -> list[Entity]:
    """Return the readable entities in the order of the menu, each once."""
    names = [item.url.removeprefix("/records/").partition("?")[0] for group in menu(view) for item in group.items]
    return [view.model.entities[name] for name in dict.fromkeys(names) if name in view.model.entities]


def counts(view: View, groups: Sequence[MenuGroup]) -> dict[str, int]:
    """Return how many records the reader may see behind the first entries of a menu that lead to a whole list, by address."""
    listed: dict[str, int] = {}
    for url, entity in _whole_lists(view, groups):
        if len(listed) == MOST_COUNTED:
            break
        listed[url] = page(view.uow, view.ctx, entity, Ask(fields=["id"], limit=1, count="capped")).count or 0
    return listed


def _whole_lists(view: View, groups: Sequence[MenuGroup]) -> Iterator[tuple[str, Entity]]:
    seen = set[str]()
    for item in (item for group in groups for item in group.items):
        name, _, shown = item.url.removeprefix("/records/").partition("?view=")
        entity, document = view.model.entities.get(name), view.model.find("view", shown) if shown else None
        if entity is not None and name not in seen and (document is None or not document.body.filter) and view.rights.may(entity, "read"):
            seen.add(name)
            yield item.url, entity


def _entity(view: View, item: Any) -> Entity | None:
    document: Document | None = view.model.find("view", item.view) if item.view else None
    key = document.body.entity if document is not None else item.entity
    return view.model.find_entity(key) if key else None


def _board(view: View, item: Any, boards: Mapping[str, DashboardKind]) -> MenuItem | None:
    """Return the entry of a dashboard; None when it is not there, or not for this person."""
    document = view.model.find("dashboard", item.dashboard)
    body = boards.get(document.name) if document is not None else None
    return _board_item(view, body, item.label, item.icon) if body is not None else None


def _board_item(view: View, body: DashboardKind, label: Text | None = None, icon: str | None = None) -> MenuItem:
    return MenuItem((label or title_of(body)).show(view.language), icon or BOARD_ICON, f"/dashboards/{body.name}")


def _item(view: View, item: Any) -> MenuItem | None:
    document: Document | None = view.model.find("view", item.view) if item.view else None
    entity = _entity(view, item)
    if entity is None or not view.rights.may(entity, "read") or (item.needs and not view.rights.may(entity, item.needs)):
        return None
    label = item.label or (document.label if document is not None else entity.plural)
    url = f"/records/{entity.name}" + (f"?view={document.name}" if document is not None else "")
    is_whole = document is None or not document.body.filter
    return MenuItem(label.show(view.language), item.icon or entity.icon or PLAIN_ICON, url, is_whole=is_whole)

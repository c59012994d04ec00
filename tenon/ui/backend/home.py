"""The menu, the first page and the search over everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from tenon.engine.access.resolver import action_condition, environment
from tenon.engine.history import history
from tenon.engine.people import users
from tenon.engine.query.pages import Ask, page
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import from_db
from tenon.metamodel.document import Document
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View
from tenon.ui.backend.cells import title_of, title_path
from tenon.ui.shapes import Field, Figure, Found, Home, MenuGroup, MenuItem, Step

MOST_HITS = 12
HITS_EACH = 3
MOST_SEARCHED = 12
MOST_FIGURES = 4
RECENT = 6
LOOKED_BACK = 2_000
DATA = Text("Data", "数据")


def home(view: View) -> Home:
    """Return figures, first steps and what was changed lately."""
    figures, has_records = _figures(view)
    steps = _steps(view, has_records=has_records) if view.ctx.user is not None and view.ctx.user.may_build else ()
    return Home(figures, steps, _recent(view), tuple(menu(view)))


def search_all(view: View, text: str) -> Sequence[Found]:
    """Return pages, records and actions for the command palette, at most 12."""
    wanted = text.lower()
    places = [found for found in _places(view) if wanted in found.label.lower()]
    hits = places[: MOST_HITS if not text else MOST_HITS // 2]
    if text:
        hits += _records(view, text)
    return hits[:MOST_HITS]


def menu(view: View) -> list[MenuGroup]:
    """Return the groups of the menus of all apps, then the readable entities that stand in none of them."""
    groups, shown = [], set[str]()
    for app in view.model.all("app"):
        for group in app.body.menu:
            items = []
            for item in group.items:
                made, entity = _item(view, item)
                if made is not None:
                    items.append(made)
                    shown.add(entity.id)
            if items:
                groups.append(MenuGroup(group.label.show(view.language), tuple(items)))
    rest = [e for e in view.readable() if e.id not in shown]
    if rest:
        items = [MenuItem(e.plural.show(view.language), e.icon or "table-2", f"/records/{e.name}") for e in rest]
        groups.append(MenuGroup(DATA.show(view.language), tuple(items)))
    return groups


def _item(view: View, item: Any) -> tuple[MenuItem | None, Entity]:
    document: Document | None = view.model.find("view", item.view) if item.view else None
    key = document.body.entity if document is not None else item.entity
    entity = view.model.find_entity(key) if key else None
    if entity is None or not view.rights.may(entity, "read"):
        return None, entity  # type: ignore[return-value]
    label = item.label or (document.label if document is not None else entity.plural)
    url = f"/records/{entity.name}" + (f"?view={document.name}" if document is not None else "")
    return MenuItem(label.show(view.language), item.icon or entity.icon or "table-2", url), entity


def _figures(view: View) -> tuple[tuple[Figure, ...], bool]:
    """Return how many records there are of the first entities of the menu, and whether there are any."""
    figures, any_records = [], False
    for entity in _first_entities(view)[:MOST_FIGURES]:
        found = page(view.uow, view.ctx, entity, Ask(fields=["id"], limit=1, count="capped"))
        count = found.count or 0
        any_records = any_records or count > 0
        field = Field("count", "", "integer")
        note = say("and more", "以上").show(view.language) if found.is_capped else None
        figures.append(Figure(entity.plural.show(view.language), field, count, f"/records/{entity.name}", note))
    return (tuple(figures) if any_records else ()), any_records


def _first_entities(view: View) -> list[Entity]:
    """Return the readable entities in the order of the menu, each once."""
    names = [item.url.removeprefix("/records/").partition("?")[0] for group in menu(view) for item in group.items]
    return [view.model.entities[name] for name in dict.fromkeys(names)]


def _steps(view: View, *, has_records: bool) -> tuple[Step, ...]:
    language, entities = view.language, view.readable()
    count = len(view.uow.connection.execute(select(users.c.id).limit(2)).all())
    into = next((e for e in _first_entities(view) if view.rights.may(e, "import")), None)
    listed = [
        (say("Install an app", "安装应用"), say("Ready-made entities, pages and scores", "现成的实体、页面与评分"), "/apps", bool(entities)),
        (
            say("Import what you have", "导入现有数据"), say("From Excel or CSV, columns are recognised", "支持 Excel 与 CSV，自动识别列"),
            f"/records/{into.name}/import" if into else "/apps", has_records,
        ),
        (say("Invite colleagues", "邀请同事"), say("With the roles you give them", "并分配相应角色"), "/people", count > 1),
    ]  # fmt: skip
    return tuple(Step(label.show(language), hint.show(language), url, is_done) for label, hint, url, is_done in listed)


def _recent(view: View) -> tuple[Found, ...]:
    """Return the records this person changed last, as far as they can be seen."""
    h = history.c
    latest = select(h.entity, h.record, h.by, h.at).order_by(h.id.desc()).limit(LOOKED_BACK).subquery()
    rows = view.uow.connection.execute(select(latest.c.entity, latest.c.record, latest.c.at).where(latest.c.by == view.ctx.user_id)).all()
    newest: dict[tuple[str, str], Any] = {}
    for row in rows:
        newest.setdefault((row.entity, row.record), row.at)
    wanted = sorted(newest, key=lambda key: newest[key], reverse=True)[: RECENT * 3]
    found = []
    for entity_id in dict.fromkeys(key[0] for key in wanted):
        entity = view.model.entities_by_id.get(entity_id)
        if entity is None or not view.rights.may(entity, "read"):
            continue
        titles = titles_of(view, entity, [record for key, record in wanted if key == entity_id])
        found += [
            Found(title, f"/records/{entity.name}/{i}", entity.icon or "table-2", entity.label.show(view.language), newest[(entity_id, i)])
            for i, title in titles.items()
        ]
    return tuple(sorted(found, key=lambda f: f.at, reverse=True)[:RECENT])  # type: ignore[arg-type, return-value]


def titles_of(view: View, entity: Entity, ids: Sequence[str]) -> dict[str, str]:
    """Return the titles of the living records among the ids that the reader may see."""
    if not ids:
        return {}
    place = environment(view.uow, view.rights)
    source = Source(place, entity)
    alias, name = source.alias, next(iter(title_path(view, entity)), "")
    title = entity.fields.get(name)
    may_read = title is not None and view.rights.may_read(entity, title)
    columns = [alias.c.id, *([source.at((), title)] if title is not None and may_read else [])]
    statement = select(*columns).select_from(source.from_clause).where(alias.c.id.in_(sorted(set(ids))), alias.c.deleted_at.is_(None))
    visible = action_condition(place, alias, entity, view.rights, "read")
    rows = view.uow.connection.execute(statement if visible is None else statement.where(visible)).all()
    shown = {row[0]: title.spec.show(from_db(title.type, row[1])) if title is not None and may_read else None for row in rows}
    return {i: title_of(view, entity, {"id": i, name: value}) for i, value in shown.items()}


def _places(view: View) -> Iterator[Found]:
    """Yield the pages and actions there are for this person."""
    language = view.language
    for group in menu(view):
        for item in group.items:
            yield Found(item.label, item.url, item.icon, group.label)
    for entity in view.readable():
        if view.rights.may(entity, "create"):
            yield Found(say("New {thing}", "新建{thing}", thing=entity.label).show(language), f"/records/{entity.name}/new", "plus")
        if view.rights.may(entity, "import") and view.rights.may(entity, "create"):
            yield Found(
                say("Import {things}", "导入{things}", things=entity.plural).show(language), f"/records/{entity.name}/import", "upload"
            )
    for label, url, icon in (
        (say("Apps", "应用"), "/apps", "blocks"), (say("Jobs", "任务"), "/jobs", "activity"), (say("Settings", "设置"), "/settings", "settings"),
    ):  # fmt: skip
        yield Found(label.show(language), url, icon)


def _records(view: View, text: str) -> list[Found]:
    """Return records found by a text, a few of each entity."""
    found: list[Found] = []
    for entity in [e for e in _first_entities(view) if e.search][:MOST_SEARCHED]:
        paths = title_path(view, entity)
        hits = page(view.uow, view.ctx, entity, Ask(fields=["id", *paths], limit=HITS_EACH, search=text))
        label = entity.label.show(view.language)
        found += [
            Found(title_of(view, entity, r), f"/records/{entity.name}/{r['id']}", entity.icon or "table-2", label) for r in hits.records
        ]
    return found

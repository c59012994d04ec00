"""The first page: figures, first steps, what was changed lately."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from tenon.engine.access.resolver import action_condition, environment
from tenon.engine.history import history
from tenon.engine.imports.orders import imports
from tenon.engine.people import users
from tenon.engine.query.pages import Ask, page
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import from_db
from tenon.engine.views import views
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View
from tenon.ui.backend.cells import title_of, title_path
from tenon.ui.backend.menu import first_entities
from tenon.ui.shapes import Field, Figure, Found, Home, Step

MOST_FIGURES = 4
RECENT = 6
LOOKED_BACK = 2_000


def home(view: View, seen: Sequence[Found] = (), *, with_steps: bool = True) -> Home:
    """Return figures, first steps for builders and what was changed lately; ``seen`` are the records looked at last."""
    steps = _steps(view, seen) if with_steps and view.ctx.user is not None and view.ctx.user.may_build else ()
    return Home(_figures(view), steps, _recent(view))


def _figures(view: View) -> tuple[Figure, ...]:
    """Return how many records there are of the first entities of the menu; nothing as long as there are none."""
    figures, any_records = [], False
    for entity in first_entities(view)[:MOST_FIGURES]:
        found = page(view.uow, view.ctx, entity, Ask(fields=["id"], limit=1, count="capped"))
        count = found.count or 0
        any_records = any_records or count > 0
        field = Field("count", "", "integer")
        note = say("and more", "以上").show(view.language) if found.is_capped else None
        figures.append(Figure(entity.plural.show(view.language), field, count, f"/records/{entity.name}", note))
    return tuple(figures) if any_records else ()


def _steps(view: View, seen: Sequence[Found]) -> tuple[Step, ...]:
    language, entities = view.language, view.readable()
    scored = [e for e in first_entities(view) if any(f.score for f in e.fields.values())]
    first = f"/records/{scored[0].name}" if scored else "/apps"
    has_seen = any(f.url.startswith(f"/records/{e.name}/") for f in seen for e in scored)
    own = view.uow.connection.execute(select(views.c.id).where(views.c.owner == view.ctx.user_id).limit(1)).first()
    count = len(view.uow.connection.execute(select(users.c.id).limit(2)).all())
    has_imported = view.uow.connection.execute(select(imports.c.id).where(imports.c.dry_run.is_(False)).limit(1)).first() is not None
    into = next((e for e in first_entities(view) if view.rights.may(e, "import")), None)
    listed = [
        (say("Install an app", "安装应用"), say("Ready-made entities, pages and scores", "现成的对象、页面与评分"), "/apps", bool(entities)),
        (
            say("Import what you have", "导入现有数据"), say("From Excel or CSV, columns are recognised", "支持 Excel 与 CSV，自动识别列"),
            f"/records/{into.name}/import" if into else "/apps", has_imported,
        ),
        (say("Invite colleagues", "邀请同事"), say("With the roles you give them", "并分配相应角色"), "/admin/users", count > 1),
        (say("Look at a score", "查看评分"), say("Open a record and see why it stands where it does", "打开一条记录，了解评分缘由"), first, has_seen),
        (
            say("Make a view of your own", "创建自己的视图"), say("Filter a list and save it", "筛选列表并保存"),
            f"/records/{entities[0].name}" if entities else "/apps", own is not None,
        ),
    ]  # fmt: skip
    return tuple(Step(label.show(language), hint.show(language), url, is_done) for label, hint, url, is_done in listed)


def _recent(view: View) -> tuple[Found, ...]:
    """Return the records this person changed last, as far as they can be seen; what came out of a file, as samples do, is no change of theirs."""
    h = history.c
    latest = select(h.entity, h.record, h.by, h.at, h.cause).order_by(h.id.desc()).limit(LOOKED_BACK).subquery()
    rows = view.uow.connection.execute(select(latest.c.entity, latest.c.record, latest.c.at, latest.c.cause).where(latest.c.by == view.ctx.user_id)).all()
    newest: dict[tuple[str, str], Any] = {}
    for row in rows:
        if row.cause.get("kind") == "import":
            continue
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

"""The inbox: tasks of mine, of my roles, of my unit, of nobody, late ones and all, in stretches of time; completing, moving, taking them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tenon.engine.approvals.listing import Edge
from tenon.engine.cursors import read_cursor
from tenon.engine.query.ordering import cursor_of
from tenon.engine.query.pages import CAP, MAX_LIMIT, Ask, cursor_at, get, page
from tenon.engine.records import writing
from tenon.metamodel.errors import Conflict, Invalid, Problem, TenonError, not_found
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend import asking
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.cells import Column, columns_of, title_of, title_path
from tenon.ui.decision_shapes import Asked
from tenon.ui.shapes import Choice, Link
from tenon.ui.shell_shapes import Inbox, Task, TaskGroup

APP, NAME = "core", "task"
SIZE = 100
PLACE = "inbox"
OPEN = "state in ['open', 'in_progress']"
ROLE = "for_role"
DONE = "state == 'done'"
TABS: dict[str, tuple[Text, str]] = {
    "mine": (Text("Mine", "我的"), "assignee == user.id"),
    "roles": (Text("For my roles", "我的角色"), ""),
    "team": (Text("My unit", "我的部门"), "in_unit(assignee.unit) and assignee != user.id"),
    "free": (Text("Nobody’s", "未分配"), "is_empty(assignee)"),
    "late": (Text("Overdue", "已逾期"), "due < now() and (assignee == user.id or in_unit(assignee.unit))"),
    "all": (Text("All", "全部"), ""),
    "copied": (Text("Copied to me", "抄送我的"), ""),
    "done": (Text("Done by me", "我已处理"), "assignee == user.id"),
}
SHOWN = ("title", "customer", "origin", "assignee", ROLE, "due", "priority", "state")
NEEDED = ("title", "assignee", "due", "state")
LATE, TODAY, WEEK, LATER, WHENEVER = "late", "today", "week", "later", "whenever"
STRETCHES = {
    LATE: Text("Overdue", "已逾期"), TODAY: Text("Today", "今天"), WEEK: Text("Next 7 days", "未来 7 天"), LATER: Text("Later", "以后"),
    WHENEVER: Text("No due date", "无截止时间"),
}  # fmt: skip
SNOOZES = {"today": 0, "tomorrow": 1, "week": 7}
OVER = ("copied", "done")
MORNING, EVENING, NIGHT = time(9), time(18), time(23, 59)


def entity_of(view: View) -> Entity | None:
    """Return the entity of tasks, None where no app has tasks or the reader sees none."""
    found = view.model.entities.get(NAME)
    if found is None or found.document.app != APP or not view.rights.may(found, "read"):
        return None
    return found if all(name in found.fields and view.rights.may_read(found, found.fields[name]) for name in NEEDED) else None


def count(view: View) -> int | None:
    """Return how many open tasks this person has, None where there are no tasks and no workflows."""
    entity, asked = entity_of(view), asking.count_of_tab(view, "mine")
    if entity is None:
        return asked if _has_workflows(view) else None
    return min(_count(view, entity, _filters(view, entity, "mine")) + asked, CAP)


def inbox(view: View, where: str) -> Inbox:
    """Return the open tasks of a tab, and what workflows ask, by when they are due; "mine:200" are the first 200 of a tab, "mine:200:<place>" those behind a place."""
    entity = entity_of(view)
    tab, most, place = [*where.split(":", 2), "", ""][:3]
    size = min(max(int(most), SIZE), MAX_LIMIT) if most.isdecimal() and len(most) < 6 else SIZE
    edge = _edge_of(place)
    shown = {name: label for name, (label, _) in TABS.items() if entity is not None or name in asking.TABS}
    chosen = tab if tab in shown else "mine"
    counts = {name: asking.count_of_tab(view, name) + (_count(view, entity, _filters(view, entity, name)) if entity is not None and name not in OVER else 0) for name in shown}
    tabs = tuple((name, label.show(view.language), counts[name]) for name, label in shown.items())
    tasks, is_cut = _listed(view, entity, chosen, size, edge)
    if chosen in OVER:
        groups = [TaskGroup(chosen, tabs[list(shown).index(chosen)][1], tuple(tasks))]
    else:
        groups = [TaskGroup(name, label.show(view.language), tuple(t for t in tasks if _stretch(view, t) == name)) for name, label in STRETCHES.items()]
    here = f"{chosen}:{size}:{place}" if edge is not None else chosen if size == SIZE else f"{chosen}:{size}"
    # So many are shown below each other; what comes then is a page of its own.
    more = (f"{chosen}:{SIZE}:{_place_of(tasks[-1])}" if size == MAX_LIMIT else f"{chosen}:{size + SIZE}{here[here.rindex(':'):] if edge is not None else ''}") if is_cut else None
    return Inbox(
        chosen, tabs, tuple(g for g in groups if g.tasks), NAME if entity is not None else "", is_cut, entity is None and not _has_workflows(view), here, more,
        edge is not None, CAP,
    )  # fmt: skip


def _listed(view: View, entity: Entity | None, chosen: str, size: int, edge: Edge | None = None) -> tuple[list[Task], bool]:
    """Return the first tasks of a tab behind an edge, those of the app and those of workflows as one list, and whether there are more."""
    tasks, is_cut = _core(view, entity, chosen, size, edge) if entity is not None and chosen != "copied" else ([], False)
    tasks += [_of_workflow(asked) for asked in asking.of_tab(view, chosen, size + 1, edge)]
    if chosen in OVER:
        tasks.sort(key=lambda t: t.id, reverse=True)
    else:
        tasks.sort(key=lambda t: (t.due is None, t.due or view.uow.now, t.id))
    return tasks[:size], is_cut or len(tasks) > size


def _place_of(task: Task) -> str:
    """Return the place of a task in its tab, for links."""
    return cursor_of(PLACE, [task.due, task.id])


def _edge_of(place: str) -> Edge | None:
    """Return the place that a link names, None for the beginning, also where it names none."""
    try:
        _, (due, id) = read_cursor(place)
        return (datetime.fromisoformat(due).astimezone(UTC) if due is not None else None), id_of(id)
    except (ValueError, TypeError, TenonError):
        return None


def _core(view: View, entity: Entity, chosen: str, size: int, edge: Edge | None = None) -> tuple[list[Task], bool]:
    columns = {c.field.name: c for c in columns_of(view, entity, SHOWN)}
    asked = ["id", "version", *title_path(view, entity), *(p for c in columns.values() for p in c.paths)]
    sort = ["-id"] if chosen == "done" else ["due"]
    ask = Ask(_filters(view, entity, chosen), sort=sort, fields=list(dict.fromkeys(asked)), limit=size)
    after = cursor_at(entity, ask, edge[1:] if chosen == "done" else edge) if edge is not None else None
    found = page(view.uow, view.ctx, entity, replace(ask, after=after))
    may_change = view.rights.may(entity, "update") and chosen != "done"
    return [_task(view, entity, columns, record, may_change=may_change) for record in found.records], found.next is not None


def _of_workflow(asked: Asked) -> Task:
    about = Link("", "", asked.about) if asked.about else None
    return Task(asked.id, 0, asked.title, asked.url, asked.due, asked.is_late, None, None, about, None, False, asked.role, asked)


def _has_workflows(view: View) -> bool:
    return any(True for _ in view.model.all("workflow"))


def mine(view: View, most: int) -> tuple[Task, ...]:
    """Return the next open tasks of this person."""
    return tuple(_listed(view, entity_of(view), "mine", most)[0])


def complete(view: View, id: str, version: int) -> None:
    """Move a task to done."""
    entity = _entity(view)
    values: dict[str, Any] = {"state": "done"}
    if "done_at" in entity.fields and view.rights.may_write(entity, entity.fields["done_at"], "update"):
        values["done_at"] = view.uow.now.isoformat()
    writing.change(view.uow, view.ctx, entity, id_of(id), values, version=version)


def reopen(view: View, id: str) -> None:
    """Take a completed task up again."""
    entity = _entity(view)
    values = {"state": "open"} | ({"done_at": None} if "done_at" in entity.fields else {})
    writing.change(view.uow, view.ctx, entity, id_of(id), values)


def snooze(view: View, id: str, version: int, until: str) -> None:
    """Put off when a task is due: to today, tomorrow, by a week, or to a day; its time of day stays if it is yet to come. Raises Invalid."""
    entity = _entity(view)
    day = _day(view, until)
    if day is None:
        message = say("This is no day.", "这不是有效日期。")
        raise Invalid(Problem("/due", "bad_format", message, say("Choose today, tomorrow, next week, or a day.", "请选择今天、明天、下周或某一天。")))
    due = get(view.uow, view.ctx, entity, id_of(id), ["due"])["due"]
    at = datetime.fromisoformat(due).astimezone(view.uow.timezone).time() if due else MORNING
    moment = datetime.combine(day, at, view.uow.timezone)
    if moment <= view.uow.now and day == view.uow.today:
        evening = datetime.combine(day, EVENING, view.uow.timezone)
        moment = evening if evening > view.uow.now else datetime.combine(day, NIGHT, view.uow.timezone)
    writing.change(view.uow, view.ctx, entity, id_of(id), {"due": moment.isoformat()}, version=version)


def assign(view: View, id: str, version: int, person: str | None) -> None:
    """Give a task to somebody, or to nobody."""
    writing.change(view.uow, view.ctx, _entity(view), id_of(id), {"assignee": person}, version=version)


def take(view: View, id: str, version: int) -> None:
    """Give a task that nobody has to who asks. Raises Conflict when somebody was faster."""
    entity = _entity(view)
    if get(view.uow, view.ctx, entity, id_of(id), ["assignee"])["assignee"] is not None:
        raise Conflict(Problem("", "taken", say("Somebody has this task already.", "该任务已有人领取。"), say("Choose another one.", "请选择其他任务。")))
    assign(view, id, version, view.ctx.user_id)


def _entity(view: View) -> Entity:
    found = entity_of(view)
    if found is None:
        raise not_found()
    return found


def _filters(view: View, entity: Entity, tab: str) -> list[str]:
    """Return what the open tasks of a tab have to fulfil."""
    what = _of_roles(view, entity) if tab == "roles" else TABS[tab][1]
    return [*([DONE] if tab == "done" else [OPEN]), *([what] if what else [])]


def _of_roles(view: View, entity: Entity) -> str:
    """Return the filter of tasks without a person for one of the reader's roles, or without a role in their unit."""
    field = entity.fields.get(ROLE)
    sees_role = field is not None and view.rights.may_read(entity, field)
    roles = ", ".join(f"'{name}'" for name in (view.ctx.user.roles if view.ctx.user else ()))
    of_unit = f"is_empty({ROLE}) and unit == user.unit" if sees_role else "unit == user.unit"
    return f"is_empty(assignee) and ({f'{ROLE} in [{roles}] or ' if sees_role and roles else ''}({of_unit}))"


def _count(view: View, entity: Entity, filters: list[str]) -> int:
    """Return how many there are; one more than lists count stands for all that are more."""
    found = page(view.uow, view.ctx, entity, Ask(filters, fields=["id"], limit=1, count="capped"))
    return (found.count or 0) + found.is_capped


def _day(view: View, until: str) -> date | None:
    if until in SNOOZES:
        return view.uow.today + timedelta(days=SNOOZES[until])
    try:
        return date.fromisoformat(until)
    except ValueError:
        return None


def _task(view: View, entity: Entity, columns: Mapping[str, Column], record: Mapping[str, Any], *, may_change: bool) -> Task:
    values = {name: column.value(view, record) for name, column in columns.items()}
    due = values.get("due")
    about = next((link for name in ("customer", "origin") if isinstance(link := values.get(name), Link)), None)
    assignee = values.get("assignee")
    return Task(
        record["id"], int(record["version"]), title_of(view, entity, record), f"/records/{entity.name}/{record['id']}", due,
        due is not None and due < view.uow.now, _chosen(columns, values, "priority"), _chosen(columns, values, "state"), about,
        assignee if isinstance(assignee, Link) else None, may_change, _role(view, values.get(ROLE)),
    )  # fmt: skip


def _chosen(columns: Mapping[str, Column], values: Mapping[str, Any], name: str) -> Choice | None:
    found = next((o for o in columns[name].field.options if o.name == values.get(name)), None) if name in columns else None
    return replace(found, hint=None) if found is not None else None


def _role(view: View, name: Any) -> str | None:
    """Return how a role is called, None for no role."""
    found = view.model.find("role", name) if isinstance(name, str) else None
    return found.label.show(view.language) if found is not None else name or None


def _stretch(view: View, task: Task) -> str:
    if task.due is None:
        return WHENEVER
    if task.is_late:
        return LATE
    days = (task.due.astimezone(view.uow.timezone).date() - view.uow.today).days
    return TODAY if days <= 0 else WEEK if days <= SNOOZES["week"] else LATER

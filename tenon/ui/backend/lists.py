"""The page around a list: its views, what may be shown and done, and the body that the type of view makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tenon.engine import views as saved
from tenon.engine.formats import inside
from tenon.engine.query.pages import Ask
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, not_found
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend import duplicates, freshness
from tenon.ui.backend.alerts import offered
from tenon.ui.backend.base import View
from tenon.ui.backend.grouping import totalled
from tenon.ui.backend.layouts import LIST, fitting, laid_out, read_layout
from tenon.ui.backend.list_plan import Plan, described_colours, described_columns, fields_of, make_plan, may_group, ticked_fields
from tenon.ui.backend.merging import may_merge
from tenon.ui.backend.pressing import list_buttons
from tenon.ui.backend.rows import title_column
from tenon.ui.backend.views import MADE_BY, PIECEWISE, TYPES
from tenon.ui.list_shapes import Fault, ListPage, ListQuery, ViewOffer, ViewTab


@dataclass(frozen=True)
class Choosable:
    """A view that can be opened: its document, and for a saved one its row."""

    document: Document
    row: Mapping[str, Any] | None = None


def plan_list(view: View, entity: Entity, query: ListQuery) -> Plan:
    """Return how the address of a list is answered."""
    return _plan(view, entity, query, _choosable(view, entity))


def _plan(view: View, entity: Entity, query: ListQuery, choosable: list[Choosable]) -> Plan:
    """Return the plan of the open view in the layout that is asked for, named in full; one that cannot be is left out, with the reason."""
    document = _opened(choosable, query.view)
    layout = read_layout(view, entity, document, query.layout, [c.document for c in choosable])
    plan = make_plan(view, entity, replace(query, layout=layout.text), laid_out(entity, document, layout))
    return replace(plan, settings=layout.settings, note=layout.note)


def list_page(view: View, name: str, query: ListQuery, *, is_shell: bool = False) -> ListPage:
    """Return one page, or only what is around its body; a wrong filter gives ``fault`` and no body, a bad cursor raises Malformed."""
    entity = view.entity(name)
    choosable = _choosable(view, entity)
    plan = _plan(view, entity, query, choosable)
    shell = _shell(plan, choosable)
    if is_shell:
        return shell
    try:
        ask = plan.ask()
        return replace(shell, body=TYPES[shell.type].body(plan, ask))
    except Invalid as error:
        problem = error.problems[0]
        hint = problem.hint.show(view.language) if problem.hint else None
        return replace(shell, fault=Fault(problem.message.show(view.language), hint, problem.column))


def ask_beside_filter(view: View, name: str, query: ListQuery) -> Ask:
    """Return what the address of a list asks for beside its filter: the condition of the open view, the search, the ticks."""
    return plan_list(view, view.entity(name), replace(query, filter="")).ask()


def more_of(view: View, name: str, query: ListQuery) -> tuple[ListPage, Any]:
    """Return the page around the next piece of a view, and the piece. Raises Invalid, Malformed, NotFound."""
    entity = view.entity(name)
    choosable = _choosable(view, entity)
    plan = _plan(view, entity, query, choosable)
    shell = _shell(plan, choosable)
    kind = PIECEWISE.get(shell.type)
    found = kind.more(plan, plan.ask()) if kind is not None else None
    if found is None:
        raise not_found()
    return shell, found


def _shell(plan: Plan, choosable: list[Choosable]) -> ListPage:
    """Return the page without its body: labels, columns, tabs, filters, what the reader may do."""
    view, entity, may, user = plan.view, plan.entity, plan.view.rights.may, plan.view.ctx.user
    tabs, name = _tabs(view, entity, choosable), plan.document.name if plan.document is not None else ""
    kind, note = _type(view, entity, plan.document)
    return ListPage(
        entity.name, entity.label.show(view.language), entity.plural.show(view.language), entity.icon or "table-2", fields_of(plan.columns),
        kind, all_columns=fields_of(plan.everything),
        filters=ticked_fields(view, entity), views=tabs, sort=",".join(plan.sort), group=plan.group.name if plan.group else "",
        group_fields=fields_of([c for c in plan.everything if may_group(c)]), title_column=title_column(view, entity),
        default_columns=described_columns(view, entity, plan.document, plan.default), asked=plan.asked, may_create=may(entity, "create"),
        may_import=may(entity, "import") and may(entity, "create"), may_export=may(entity, "export"),
        may_build=user is not None and user.may_build, search_hint=_search_hint(view, entity), view=name,
        may_update=may(entity, "update") and may(entity, "bulk") and not entity.is_append_only,
        may_delete=may(entity, "delete") and may(entity, "bulk"), may_restore=may(entity, "restore"), duplicates=duplicates.count(view, entity), may_merge=may_merge(view, entity),
        tab=next((t for t in tabs if t.name == name), None), script=TYPES[kind].SCRIPT, note=plan.note or note, layout=plan.query.layout, offers=_offers(view, plan), shown_as=_offer(view, kind),
        colours=plan.colours, totalled=frozenset(c.field.name for c, _ in totalled(plan)), default_colours=described_colours(view, plan.document), buttons=list_buttons(view, entity),
        verbs=offered(view, entity), freshness=freshness.of_list(view, entity),
    )  # fmt: skip


def _type(view: View, entity: Entity, document: Document | None) -> tuple[str, str | None]:
    """Return how a view is shown: as its type, or as a list with the reason."""
    if document is None:
        return "list", None
    kind = TYPES.get(document.body.type)
    if kind is not None and kind.may_show(view, entity, document):
        return document.body.type, None
    note = say("You may not see the field that this view is made by. Here are its records as a list.", "您无权查看此视图所依据的字段，以下以列表显示其记录。")
    return "list", note.show(view.language)


def _offers(view: View, plan: Plan) -> tuple[ViewOffer, ...]:
    """Return the types that these records can be shown as, with the fields to choose from; a list first."""
    made = [(name, kind, fields_of(fitting(view, plan.entity, kind))) for name, kind in MADE_BY.items()]
    language = view.language
    offers = [
        ViewOffer(name, kind.LABEL.show(language), kind.ICON, kind.BY.show(language), fields)
        for name, kind, fields in made
        if (fields or name == "gallery") and name != "gantt"
    ]
    return (_offer(view, LIST), *offers) if offers else ()


def _offer(view: View, kind: str) -> ViewOffer:
    return ViewOffer(kind, TYPES[kind].LABEL.show(view.language), TYPES[kind].ICON)


def _choosable(view: View, entity: Entity) -> list[Choosable]:
    """Return the views of an entity that this reader may use: those of the release, then saved ones."""
    found = [Choosable(d) for d in view.model.all("view") if d.body.entity == entity.id]
    found += [Choosable(document, row) for document, row in saved.documents_of(view.uow, view.ctx, entity)]
    return found


def _opened(choosable: list[Choosable], name: str) -> Document | None:
    """Return the view of an address; without one that is there, the first view that leaves nothing out."""
    return next((c.document for c in choosable if name and c.document.name == name), None) or _whole(choosable)


def _whole(choosable: list[Choosable]) -> Document | None:
    """Return the first list of the release without a filter: the bare address of the entity opens it."""
    return next((c.document for c in choosable if c.row is None and c.document.body.type == "list" and not c.document.body.filter), None)


def _tabs(view: View, entity: Entity, choosable: list[Choosable]) -> tuple[ViewTab, ...]:
    """Return the views of an entity, all of its records first: as a view of an app shows them, or as nobody described."""
    whole = _whole(choosable)
    ordered = sorted(choosable, key=lambda c: c.document is not whole)
    label = Text(f"All {inside(entity.plural.show('en'))}", f"全部{entity.plural.show('zh')}").show(view.language)
    tabs = [_tab(view, c) for c in ordered]
    return tuple(tabs) if whole is not None else (ViewTab("", label), *tabs)


def _tab(view: View, found: Choosable) -> ViewTab:
    document, row = found.document, found.row
    kind = document.body.type
    icon = "list-filter" if kind == "list" else TYPES[kind].ICON
    label = document.label.show(view.language)
    is_narrow = bool(document.body.filter)
    if row is None:
        return ViewTab(document.name, label, icon, is_narrow=is_narrow)
    return ViewTab(document.name, label, icon, row["id"], row["shared_with"], saved.may_change(view.ctx, row), is_narrow)


def _search_hint(view: View, entity: Entity) -> str | None:
    labels = [f.label.show(view.language) for name in entity.search if (f := entity.fields.get(name)) and view.rights.may_read(entity, f)]
    en, zh = ", ".join(inside(each) for each in labels[:3]), "、".join(labels[:3])
    return Text(f"Search {en}", f"搜索{zh}").show(view.language) if labels else None

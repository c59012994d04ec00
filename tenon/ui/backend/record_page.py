"""The page of a record: from the page document of its entity, or made from its fields, relations and scores."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import func, select

from tenon.engine.facts import RecordFacts, value_of
from tenon.engine.query.pages import Ask, get, page
from tenon.engine.records.rules import compiled
from tenon.engine.records.save import allowed_ids
from tenon.engine.records.stored import load
from tenon.engine.trash import trash
from tenon.metamodel.document import Document
from tenon.metamodel.errors import NotFound, not_found
from tenon.metamodel.labels import Text
from tenon.metamodel.model import Entity, Field, Relation
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.cells import all_columns, asked_paths, columns_of, path_name, title_of
from tenon.ui.backend.histories import events_of
from tenon.ui.backend.list_plan import default_columns
from tenon.ui.backend.rows import make_row, title_column, with_title
from tenon.ui.backend.scores import score_of, score_view, scores_of
from tenon.ui.record_shapes import Block, Fact, Group, RecordPage, Related, ScoreView, Tab

RELATED_ROWS = 10
HEAD_FACTS = 4
OVERVIEW, DETAILS, HISTORY = Text("Overview", "总览"), Text("Details", "详细信息"), Text("History", "历史")
ABOUT = Text("Record", "记录信息")


def record_page(view: View, entity: str, id: str, tab: str) -> RecordPage:
    """Return a record with the blocks of the open tab ("" is the first); one in the trash when it may be restored."""
    return _Page(view, view.entity(entity), id_of(id)).made(tab)


def explain(view: View, entity: str, id: str, score: str, on: date | None, since: date | None) -> ScoreView:
    """Return the explanation of a score on a day, with what changed since another."""
    found = view.entity(entity)
    return score_view(view, found, id_of(id), score_of(view, found, score), on, since)


class _Page:
    """One record's page while it is made."""

    def __init__(self, view: View, entity: Entity, id: str) -> None:
        self.view, self.entity, self.id = view, entity, id
        self.is_deleted = False
        self.columns = {c.field.name: c for c in all_columns(view, entity)}
        paths = asked_paths(view, entity, list(self.columns.values()))
        try:
            self.record = get(view.uow, view.ctx, entity, id, paths)
        except NotFound:
            if not view.rights.may(entity, "restore"):
                raise
            self.record = get(view.uow, view.ctx, entity, id, paths, deleted=True)
            self.is_deleted = True
        self.document = self._document()

    def _document(self) -> Document | None:
        """Return the first page document whose condition holds for who reads."""
        for found in self.view.model.all("page"):
            if found.body.entity == self.entity.id and self._holds(found.body.use_when):
                return found
        return None

    def _holds(self, condition: str | None) -> bool:
        if condition is None:
            return True
        view = self.view
        expression = compiled(view.uow, self.entity, condition, "value", "boolean")
        stored = load(view.uow, self.entity, [self.id], deleted=self.is_deleted).get(self.id, {})
        return bool(value_of(view.uow, expression, RecordFacts(view.uow, self.entity, {**stored, "id": self.id}), view.ctx.user))

    def made(self, tab: str) -> RecordPage:
        """Return the page with one tab open. Raises NotFound for an unknown tab."""
        view, entity = self.view, self.entity
        plans = self._tabs()
        names = [name for name, _, _ in plans]
        opened = tab or names[0]
        if opened not in names:
            raise not_found()
        tabs = tuple(Tab(n, label, None, tuple(blocks()) if n == opened else ()) for n, label, blocks in plans)
        return RecordPage(
            entity.name, entity.label.show(view.language), entity.plural.show(view.language), entity.icon or "table-2", self.id,
            title_of(view, entity, self.record), int(self.record["version"]), self._head_facts(), self._head_scores(), tabs, opened,
            self._may("update"), self._may("delete"), self.is_deleted and self._may("restore", is_deleted=True), self.is_deleted,
            self._fallen() if self.is_deleted else 0,
        )  # fmt: skip

    def _may(self, action: str, *, is_deleted: bool = False) -> bool:
        view = self.view
        if self.is_deleted is not is_deleted or not view.rights.may(self.entity, action):
            return False
        if action == "update" and self.entity.is_append_only:
            return False
        allowed = allowed_ids(view.uow, view.rights, self.entity, [self.id], action, [])
        return allowed is None or self.id in allowed

    def _fallen(self) -> int:
        """Return how many records went to the trash with this one."""
        together = select(func.count()).select_from(trash).where(trash.c.root == self.id, trash.c.record != self.id)
        return int(self.view.uow.connection.execute(together).scalar_one())

    def _head_facts(self) -> tuple[Fact, ...]:
        if self.document is not None and self.document.body.header.facts:
            return self._facts([path_name(self.view, self.entity, p) for p in self.document.body.header.facts])
        shown = [c.field.name for c in default_columns(self.view, self.entity, None, list(self.columns.values()))]
        names = [n for n in shown if n != self.entity.title and self.columns[n].field.type != "score"]
        return self._facts(names[:HEAD_FACTS])

    def _facts(self, paths: Sequence[str]) -> tuple[Fact, ...]:
        """Return facts by path; paths over references are read once more."""
        view = self.view
        far = [p for p in paths if p not in self.columns]
        columns = {c.field.name: c for c in columns_of(view, self.entity, far)}
        record = self.record
        if columns:
            asked = asked_paths(view, self.entity, list(columns.values()))
            record = {**record, **get(view.uow, view.ctx, self.entity, self.id, asked, deleted=self.is_deleted)}
        known = {**self.columns, **columns}
        return tuple(known[p].fact(view, record) for p in paths if p in known)

    def _head_scores(self) -> tuple[ScoreView, ...]:
        wanted = self.document.body.header.scores if self.document is not None else None
        found = scores_of(self.view, self.entity)
        chosen = [d for key in wanted for d in found if key in (d.id, d.name)] if wanted else found[:3]
        return tuple(score_view(self.view, self.entity, self.id, d) for d in chosen) if not self.is_deleted else ()

    def _tabs(self) -> list[tuple[str, str, Any]]:
        """Return name, label and what makes the blocks of every tab."""
        view = self.view
        listed: list[tuple[str, str, Any]] = []
        if self.document is not None and self.document.body.tabs:
            for index, tab in enumerate(self.document.body.tabs):
                if self._holds(tab.visible):
                    listed.append((f"tab{index + 1}", tab.label.show(view.language), lambda tab=tab: self._described(tab.blocks)))
        else:
            listed.append(("overview", OVERVIEW.show(view.language), self._overview))
        kinds = {b.type for t in self.document.body.tabs for b in t.blocks} if self.document is not None else set()
        if not kinds & {"fields", "form"}:
            listed.append(("details", DETAILS.show(view.language), self._details))
        if not kinds & {"history", "timeline"}:
            listed.append(("history", HISTORY.show(view.language), self._history))
        return listed

    def _overview(self) -> list[Block]:
        scores = [] if self.is_deleted else scores_of(self.view, self.entity)
        blocks = [Block("score", score=score_view(self.view, self.entity, self.id, d)) for d in scores]
        related = [Block("related", related=r) for relation in self.entity.relations.values() if (r := self._related(relation, None))]
        return [*blocks, *related] if related or blocks else self._details()

    def _details(self) -> list[Block]:
        own = [n for n, c in self.columns.items() if c.selected.field.origin != "system" and c.field.type != "score"]
        system = [n for n in self.columns if n not in own and self.columns[n].field.type != "score"]
        groups = (Group(None, self._facts(own)), Group(ABOUT.show(self.view.language), self._facts(system)))
        return [Block("fields", groups=tuple(g for g in groups if g.facts))]

    def _history(self) -> list[Block]:
        return [Block("history", events=events_of(self.view, self.entity, self.id))]

    def _described(self, blocks: Sequence[Any]) -> list[Block]:
        """Return the blocks of a page document that this version can show and the reader may see."""
        return [made for block in blocks if self._holds(block.visible) for made in self._block(block)]

    def _block(self, block: Any) -> list[Block]:
        view, label = self.view, block.label.show(self.view.language) if block.label else None
        if block.type == "score":
            found = [d for d in scores_of(view, self.entity) if block.score in (d.id, d.name)]
            return [Block("score", score=score_view(view, self.entity, self.id, d)) for d in found if not self.is_deleted]
        if block.type in ("history", "timeline"):
            return [Block("history", label, events=events_of(view, self.entity, self.id))]
        if block.type == "text" and block.text:
            return [Block("text", label, text=block.text.show(view.language))]
        if block.type == "related" and block.relation:
            relation = self.entity.find_relation(block.relation)
            related = self._related(relation, view.model.find("view", block.view) if block.view else None, label) if relation else None
            return [Block("related", label, related=related)] if related else []
        if block.type == "fields":
            facts = self._facts([path_name(view, self.entity, p) for p in block.fields])
            return [Block("fields", groups=(Group(label, facts),))] if facts else self._details()
        if block.type == "form":
            return [Block("fields", groups=groups)] if (groups := self._form_groups(block.form)) else self._details()
        return []

    def _form_groups(self, key: str | None) -> tuple[Group, ...]:
        """Return the sections of a form as facts: a page is read, the form itself is a page of its own."""
        form = self.view.model.find("form", key) if key else None
        groups = []
        for section in form.body.sections if form is not None else ():
            paths = [path_name(self.view, self.entity, i.field) for i in section.items if hasattr(i, "field")]
            facts = self._facts(paths) if self._holds(section.visible) else ()
            if facts:
                groups.append(Group(section.label.show(self.view.language) if section.label else None, facts, section.columns))
        return tuple(groups)

    def _related(self, relation: Relation, document: Document | None, label: str | None = None) -> Related | None:
        """Return the first records of a relation; None when the reader may not see them."""
        view = self.view
        far = view.model.find_entity(relation.far_id)
        link = _link_of(view, relation)
        if far is None or link is None or not relation.is_reverse or far.is_system or not view.rights.may(far, "read"):
            return None
        if not view.rights.may_read(far, link):
            return None
        condition = condition_of(relation, link, self.entity, self.id)
        columns = with_title(
            view, far, [c for c in default_columns(view, far, document, all_columns(view, far)) if c.selected.field.id != link.id]
        )
        filters = [condition, *([document.body.filter] if document is not None and document.body.filter else [])]
        sort = [path_name(view, far, s) for s in document.body.sort] if document is not None else []
        ask = Ask(filters, sort=sort, fields=asked_paths(view, far, columns), limit=RELATED_ROWS, count="capped")
        found = page(view.uow, view.ctx, far, ask)
        url = f"/records/{far.name}?{urlencode({'filter': condition})}"
        may_create = view.rights.may(far, "create") and view.rights.may_write(far, link, "create") and not relation.is_any
        new_url = f"/records/{far.name}/new?{urlencode({link.name: self.id})}" if may_create and not self.is_deleted else None
        return Related(
            relation.name, label or _relation_label(view, relation, far), far.icon or "table-2", far.name, tuple(c.field for c in columns),
            tuple(make_row(view, far, columns, r) for r in found.records), found.count, url, new_url, title_column(view, far),
        )  # fmt: skip


def _relation_label(view: View, relation: Relation, far: Entity) -> str:
    """Return the label of a relation; without one of its own the plural of what it leads to."""
    is_named = relation.label.show("en") != relation.name
    return (relation.label if is_named else far.plural).show(view.language)


def _link_of(view: View, relation: Relation) -> Field | None:
    holder = view.model.find_entity(relation.far_id if relation.is_reverse else relation.entity_id)
    return holder.fields_by_id.get(relation.field_id) if holder is not None else None


def condition_of(relation: Relation, link: Field, entity: Entity, id: str) -> str:
    """Return the filter of the far records that point to a record."""
    return f"contains({link.name}, '{id}')" if relation.is_links else f"{link.name} == '{id}'"

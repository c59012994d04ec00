"""The page of a record: from the page document of its entity, or made from its fields, relations and scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import func, select

from tenon.engine.notices.telling import notice_entity
from tenon.engine.notices.watching import is_followed
from tenon.engine.trash import trash
from tenon.metamodel.document import Document
from tenon.metamodel.errors import not_found
from tenon.metamodel.kinds.page import Block, Header, Tab as PageTab
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Relation
from tenon.ui.backend import freshness
from tenon.ui.backend.asking import on_record
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.blocks import show
from tenon.ui.backend.cells import path_name
from tenon.ui.backend.home import titles_of
from tenon.ui.backend.list_plan import default_columns
from tenon.ui.backend.merging import may_merge
from tenon.ui.backend.pressing import record_buttons
from tenon.ui.backend.record import Record
from tenon.ui.backend.scores import score_of, score_view, scores_of
from tenon.ui.backend.talk import find_talk, may_add, relation_name
from tenon.ui.record_shapes import Fact, QuickAction, RecordPage, ScoreView, Tab
from tenon.ui.shapes import FileMark

HEAD_FACTS, HEAD_SCORES = 4, 3
PEEK_BLOCKS = ("next_action", "fields", "form", "tasks", "text")
ACTIONS = (
    ("comment", Text("Comment", "评论"), "message-square", "c"), ("task", Text("Task", "任务"), "list-checks", "t"),
    ("activity", Text("Log activity", "记录互动"), "phone", "l"),
)  # fmt: skip
"""What is added from the head of a page: the entity, how the button is called, its icon and its key."""


def record_page(view: View, entity: str, id: str, tab: str) -> RecordPage:
    """Return a record with the blocks of the open tab ("" is the first); one in the trash when it may be restored."""
    return _Page(Record(view, view.entity(entity), id_of(id))).made(tab)


def peek(view: View, entity: str, id: str) -> RecordPage:
    """Return the head of a record with the short blocks of its first tab, for the side of a list."""
    return _Page(Record(view, view.entity(entity), id_of(id))).peeked()


def drafted_head(record: Record, document: Document | None) -> RecordPage:
    """Return the head of a record as a page document has it, one that is not published also, without tabs."""
    return _Page(record, document).headed()


def explain(view: View, entity: str, id: str, score: str, on: date | None, since: date | None) -> ScoreView:
    """Return the explanation of a score on a day, with what changed since another."""
    found = view.entity(entity)
    shown = score_view(view, found, id_of(id), score_of(view, found, score), on, since)
    return replace(shown, record=titles_of(view, found, [id_of(id)]).get(id_of(id), ""))


def document_of(record: Record) -> Document | None:
    """Return the first page document whose condition holds for who reads."""
    documents = (d for d in record.view.model.all("page") if d.body.entity == record.entity.id)
    return next((d for d in documents if record.holds(d.body.use_when)), None)


class _Page:
    """One record's page while it is made."""

    def __init__(self, record: Record, document: Document | None = None) -> None:
        self.record, self.view, self.entity = record, record.view, record.entity
        self.document = document or document_of(record)
        self.header: Header = self.document.body.header if self.document is not None else Header()
        self.tabs = [(f"tab{n}", t) for n, t in enumerate(self._tabs(), 1) if record.holds(t.visible)]

    def made(self, tab: str) -> RecordPage:
        """Return the page with one tab open. Raises NotFound for an unknown tab."""
        opened = tab or self.tabs[0][0]
        if opened not in dict(self.tabs):
            raise not_found()
        language = self.view.language
        return self._page(
            opened, tuple(Tab(n, t.label.show(language), None, show(self.record, t.blocks, n) if n == opened else ()) for n, t in self.tabs)
        )

    def headed(self) -> RecordPage:
        """Return the page without its tabs."""
        return self._page("", ())

    def peeked(self) -> RecordPage:
        """Return the page with what is short in its first tab; without any of that, with its fields."""
        name, tab = self.tabs[0]
        short = [b for b in tab.blocks if b.type in PEEK_BLOCKS]
        if not any(b.type in ("fields", "form") for b in short):
            short.append(Block(type="fields"))
        blocks = show(self.record, short, name)
        return self._page(name, (Tab(name, tab.label.show(self.view.language), None, blocks),))

    def _page(self, opened: str, tabs: tuple[Tab, ...]) -> RecordPage:
        record, entity, language = self.record, self.entity, self.view.language
        buttons = record_buttons(record)
        asked = on_record(record) if not record.is_deleted else ()
        is_free = not any(each.type == "approval" for each in asked)
        placed = {d.name for key in self.header.buttons if (d := self.view.model.find("rule", key)) is not None}
        return RecordPage(
            entity.name, entity.label.show(language), entity.plural.show(language), entity.icon or "table-2", record.id, record.title,
            int(record.values["version"]), self._head_facts(), self._head_scores(), tabs, opened, is_free and record.may("update"), is_free and record.may("delete"),
            record.is_deleted and record.may("restore", is_deleted=True), record.is_deleted, self._fallen() if record.is_deleted else 0,
            self._picture(), self._actions(), next((n for n, t in self.tabs if any(b.type == "score" for b in t.blocks)), None), self._is_followed(),
            is_free and not record.is_deleted and may_merge(self.view, entity) and record.may("merge"), buttons, frozenset(b.name for b in buttons if b.name in placed), asked,
            freshness.of_record(self.view, entity, record.id),
        )  # fmt: skip

    def _fallen(self) -> int:
        """Return how many records went to the trash with this one."""
        together = select(func.count()).select_from(trash).where(trash.c.root == self.record.id, trash.c.record != self.record.id)
        return int(self.view.uow.connection.execute(together).scalar_one())

    def _picture(self) -> str | None:
        """Return the address of the first picture of the record, its logo."""
        for name, column in self.record.columns.items():
            if column.selected.field.spec.type == "image":
                value = self.record.facts([name])[0].value
                return value.url if isinstance(value, FileMark) else None
        return None

    def _actions(self) -> tuple[QuickAction, ...]:
        """Return what the reader may add to the record at once."""
        found = []
        for name, label, icon, key in ACTIONS:
            talk = find_talk(self.view, self.entity, name)
            relation = relation_name(self.record, talk) if talk is not None else None
            if talk is not None and relation is not None and may_add(self.record, talk):
                found.append(QuickAction(name, label.show(self.view.language), icon, f"{self.record.url}/add/{relation}", key))
        return tuple(found)

    def _head_facts(self) -> tuple[Fact, ...]:
        if self.header.facts:
            return self.record.facts([path_name(self.view, self.entity, p) for p in self.header.facts])
        columns = self.record.columns
        shown = [c.field.name for c in default_columns(self.view, self.entity, None, list(columns.values()))]
        names = [n for n in shown if n != self.entity.title and columns[n].field.type != "score"]
        return self.record.facts(names[:HEAD_FACTS])

    def _head_scores(self) -> tuple[ScoreView, ...]:
        if self.record.is_deleted:
            return ()
        found = scores_of(self.view, self.entity)
        wanted = self.header.scores
        chosen = [d for key in wanted for d in found if key in (d.id, d.name)] if wanted else found[:HEAD_SCORES]
        return tuple(score_view(self.view, self.entity, self.record.id, d) for d in chosen)

    def _tabs(self) -> Sequence[PageTab]:
        """Return the tabs of the document with those that nothing should be without, or tabs made for the entity."""
        tabs = list(self.document.body.tabs) if self.document is not None else []
        kinds = {b.type for t in tabs for b in t.blocks}
        if not tabs:
            tabs.append(PageTab(label=say("Overview", "总览"), blocks=self._overview()))
            kinds = {b.type for b in tabs[0].blocks}
        if not kinds & {"fields", "form"}:
            tabs.append(PageTab(label=say("Details", "详细信息"), blocks=[Block(type="fields")]))
        if not kinds & {"history", "timeline"}:
            is_told = "timeline" in self.entity.features
            label = say("Timeline", "时间线") if is_told else say("History", "历史")
            tabs.append(PageTab(label=label, blocks=[Block(type="timeline" if is_told else "history")]))
        return tabs

    def _overview(self) -> list[Block]:
        """Return the blocks of an entity without a page: its scores, what it has features for, what refers to it."""
        features = self.entity.features
        scores = [Block(type="score", score=d.name) for d in scores_of(self.view, self.entity)]
        related = [Block(type="related", relation=r.name) for r in self.entity.relations.values() if r.is_reverse and not self._is_talk(r)]
        talk = [Block(type="tasks"), *([Block(type="files")] if "files" in features else [])]
        blocks = [*scores, *related, *talk, Block(type="comments")]
        has_own = any(b.type in ("score", "related") for b in blocks)
        return blocks if has_own else [Block(type="fields"), *blocks]

    def _is_talk(self, relation: Relation) -> bool:
        """Return whether records of a relation are comments or files, which have blocks of their own."""
        far = self.view.model.find_entity(relation.far_id)
        return far is not None and relation.is_any and far.name in ("comment", "attachment")

    def _is_followed(self) -> bool | None:
        """Return whether the reader follows the record; None where there are no notices, or in the trash."""
        if self.record.is_deleted or notice_entity(self.view.uow) is None:
            return None
        return is_followed(self.view.uow, self.view.ctx, self.record.id)

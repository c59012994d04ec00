"""The doors of the engine behind which a value could come out: what reads records, one by one or many, and what must not answer at all."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from tenon.engine.access.rights import Rights
from tenon.engine.context import Context
from tenon.engine.duplicates.seeing import pairs_page
from tenon.engine.messages.previewing import preview
from tenon.engine.query.answers import answer
from tenon.engine.query.pages import Ask, get, page
from tenon.engine.query.question import read_question
from tenon.engine.records.histories import history_page
from tenon.engine.reports.selection import Selection
from tenon.engine.reports.widgets import data
from tenon.engine.scores.explain import explain
from tenon.engine.timeline.stream import timeline
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.kinds.message import MessageKind
from tenon.metamodel.labels import Text
from tenon.metamodel.model import Entity, Field
from tenon.platform.export import export_records

LOOKED_AT = 200
MOST_EXPORTED = 2_000
MOST_GROUPS = 8
DOORS: dict[str, Text] = {
    "list": Text("List", "列表"), "named": Text("Fields by name", "按名称取字段"), "record": Text("Record", "记录"), "search": Text("Search", "搜索"),
    "filter": Text("Filter", "筛选"), "sort": Text("Sort", "排序"), "query": Text("Groups and measures", "分组与统计"), "path": Text("Paths over references", "引用路径"),
    "history": Text("History", "变更历史"), "timeline": Text("Timeline", "时间线"), "export": Text("Export", "导出"), "score": Text("Explained scores", "评分说明"),
    "widget": Text("Widgets of dashboards", "仪表盘组件"), "page": Text("Pages of records", "记录页面"), "form": Text("Forms", "表单"), "choices": Text("Choices of forms", "表单选项"),
    "palette": Text("Search everywhere", "全局搜索"), "formula": Text("Formulas and scores", "公式与评分"),
    "message": Text("Messages", "消息"), "merge": Text("Merging side by side", "并排合并"),
    "duplicates": Text("Duplicates", "重复记录"),
}  # fmt: skip
Door = tuple[str, Callable[[], Any]]


@dataclass(frozen=True)
class Looking:
    """Somebody at the doors: one transaction, who looks, and with which rights."""

    uow: UnitOfWork
    ctx: Context
    rights: Rights

    def readable(self) -> list[Entity]:
        """Return the entities of which any record may be seen."""
        return [e for e in self.uow.model.entities.values() if not e.is_system and self.rights.may(e, "read")]


class Doors(Protocol):
    """Doors of one layer; what is answered by those `that_stay_shut`, and what those `of_hidden_row` find, has leaked whatever it is."""

    def of_record(self, at: Looking, entity: Entity, id: str) -> Iterator[Door]:
        """Yield what shows one record."""

    def of_entity(self, at: Looking, entity: Entity) -> Iterator[Door]:
        """Yield what shows records of an entity together."""

    def of_all(self, at: Looking) -> Iterator[Door]:
        """Yield what is about no entity alone."""

    def that_stay_shut(self, at: Looking, entity: Entity, closed: Field) -> Iterator[Door]:
        """Yield what must refuse to say anything about a field that is hidden or masked."""

    def of_hidden_row(self, at: Looking, entity: Entity, id: str) -> Iterator[Door]:
        """Yield what has to find nothing when it is asked for a record that is out of sight."""

    def of_words(self, at: Looking, entity: Entity, text: str) -> Iterator[Door]:
        """Yield what finds records by a text; they are answered by their ids."""


class EngineDoors:
    """The doors of lists, records, reports and exports."""

    def of_record(self, at: Looking, entity: Entity, id: str) -> Iterator[Door]:
        """Yield what shows one record."""
        uow, ctx = at.uow, at.ctx
        yield "record", partial(get, uow, ctx, entity, id)
        yield "history", partial(history_page, uow, ctx, entity, id, 100, None)
        yield "timeline", partial(timeline, uow, ctx, entity, id, limit=100)
        yield "message", partial(_message, at, entity, id)
        for score in uow.model.all("score"):
            if score.body.entity == entity.id:
                yield "score", partial(explain, uow, at.rights, score.name, id)

    def of_entity(self, at: Looking, entity: Entity) -> Iterator[Door]:
        """Yield what shows records of an entity together."""
        yield "list", partial(_records, at, entity)
        readable = [f for f in entity.fields.values() if f.origin != "system" and at.rights.may_read(entity, f)]
        for each in [f for f in readable if f.spec.is_sortable][:MOST_GROUPS]:
            yield "query", partial(_answer, at, entity, "count()", group_by=each.name)
        measured = [f.name for f in readable if f.type.kind in ("number", "date", "datetime")]
        if measured:
            yield "query", partial(_answer, at, entity, *(f"{how}({name})" for name in measured for how in ("min", "max")))
        for each in (f for f in readable if f.type.kind == "reference"):
            for paths in _paths_of(at, each):
                yield "path", partial(_records, at, entity, fields=paths)
        yield "duplicates", partial(_alike, at, entity)
        if at.rights.may(entity, "export"):
            yield "export", partial(_exported, at, entity)

    def of_all(self, at: Looking) -> Iterator[Door]:
        """Yield what is about no entity alone."""
        for widget in at.uow.model.all("widget"):
            yield "widget", partial(data, at.uow, at.ctx, widget.name, Selection())

    def that_stay_shut(self, at: Looking, entity: Entity, closed: Field) -> Iterator[Door]:
        """Yield what must refuse to say anything about a field that is hidden or masked."""
        name = closed.name
        yield "filter", partial(_records, at, entity, filters=[f"not is_empty({name})"], fields=["id"])
        yield "sort", partial(_records, at, entity, sort=[name], fields=["id"])
        yield "query", partial(_answer, at, entity, "count()", group_by=name)
        for measure in (f"min({name})", f"max({name})", f"sum({name})", f"count({name})", f"count(where=not is_empty({name}))"):
            yield "query", partial(_answer, at, entity, measure)
        for far, reference in _pointing_at(at, entity):
            path = f"{reference.name}.{name}"
            yield "path", partial(_records, at, far, filters=[f"not is_empty({path})"], fields=["id"])
            yield "path", partial(_records, at, far, sort=[path], fields=["id"])

    def of_hidden_row(self, at: Looking, entity: Entity, id: str) -> Iterator[Door]:
        """Yield what has to find nothing when it is asked for a record that is out of sight."""
        yield "filter", partial(_records, at, entity, filters=[f"id == '{id}'"])
        yield "query", partial(_count, at, entity, f"id == '{id}'")
        for near in at.readable():
            for relation in near.relations.values():
                if relation.is_reverse and relation.far_id == entity.id:
                    yield "path", partial(_records, at, near, filters=[f"count({relation.name}, where=id == '{id}') > 0"], fields=["id"])

    def of_words(self, at: Looking, entity: Entity, text: str) -> Iterator[Door]:
        """Yield what finds records by a text."""
        yield "search", partial(_records, at, entity, search=text, fields=["id"])


def _message(at: Looking, entity: Entity, id: str) -> list[str | None]:
    """Return a message that names every field of a record, as whoever looks would get it."""
    words = {"en": "\n".join(f"{{{{ record.{field.name} }}}}" for field in entity.fields.values() if not field.is_to_many)}
    body = MessageKind.model_validate({"name": "every_field", "channel": "email", "entity": entity.name, "subject": words, "body": words})
    written = preview(at.uow, at.ctx, entity, body, id, "en")
    return [written.subject, written.text, written.html]


def _records(at: Looking, entity: Entity, **asked: Any) -> list[dict[str, Any]]:
    return page(at.uow, at.ctx, entity, Ask(limit=LOOKED_AT, **asked)).records


def _answer(at: Looking, entity: Entity, *measures: str, group_by: str = "", where: str = "") -> dict[str, Any]:
    listed = [{"name": f"n{number}", "expr": measure} for number, measure in enumerate(measures)]
    asked: dict[str, Any] = {"entity": entity.name, "group_by": [group_by] if group_by else [], "measures": listed}
    return answer(at.uow, at.ctx, read_question({**asked, "filter": where} if where else asked))


def _alike(at: Looking, entity: Entity) -> list[list[Any]]:
    return [[each.pair.first, each.pair.second, each.reasons] for each in pairs_page(at.uow, at.ctx, entity, limit=LOOKED_AT)]


def _count(at: Looking, entity: Entity, where: str) -> int:
    rows = _answer(at, entity, "count()", where=where)["rows"]
    return int(rows[0][0]) if rows else 0


def _pointing_at(at: Looking, entity: Entity) -> Iterator[tuple[Entity, Field]]:
    for far in at.readable():
        for each in far.fields.values():
            if each.type.kind == "reference" and each.type.entity == entity.id and at.rights.may_read(far, each):
                yield far, each


def _paths_of(at: Looking, reference: Field) -> Iterator[list[str]]:
    """Yield the paths over a reference: all together that may be read, each by itself that may not."""
    far = at.uow.model.find_entity(reference.type.entity or "")
    if far is None or far.is_system:
        return
    listed = [f for f in far.fields.values() if f.origin != "system"]
    yield [f"{reference.name}.{f.name}" for f in listed if at.rights.may_read(far, f)]
    yield from ([f"{reference.name}.{f.name}"] for f in listed if not at.rights.may_read(far, f))


def _exported(at: Looking, entity: Entity) -> bytes | None:
    """Return an export, None for more records than can be written while a check lasts."""
    if (page(at.uow, at.ctx, entity, Ask(fields=["id"], limit=1, count="exact")).count or 0) > MOST_EXPORTED:
        return None
    written = io.BytesIO()
    export_records(at.uow, at.ctx, entity, written, format="jsonl")
    return written.getvalue()

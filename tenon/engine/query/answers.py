"""Answering a question: one grouped statement, having and order over its result, totals beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, case, func, literal_column, or_, select

from tenon.engine.access.resolver import environment
from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context
from tenon.engine.query.behind import condition_of
from tenon.engine.query.lens import NOW, Lens
from tenon.engine.query.ordering import sort_keys
from tenon.engine.query.pages import Ask, where
from tenon.engine.query.paths import Selected, find_path
from tenon.engine.query.question import GroupBy, Question
from tenon.engine.query.shaping import Titles
from tenon.engine.sql.compiler import compile_condition, compile_value
from tenon.engine.sql.environment import Environment
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import bind, from_db
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.tree import Expression
from tenon.metamodel.fitting import can_group
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.storage import Storage
from tenon.metamodel.system_fields import make_spec
from tenon.metamodel.types import TEXT, Type


@dataclass(frozen=True)
class Output:
    """One column of an answer: a group (``selected``) or a measure."""

    name: str
    label: Text
    type: Type
    expression: Expression
    selected: Selected | None = None
    bucket: str | None = None


@dataclass(frozen=True)
class Arranged:
    """How the first group comes: in the order that lists have by it, and with ``values`` only these of it (None: no value)."""

    values: Sequence[Any] | None = None


@dataclass(frozen=True)
class _Seen:
    """A question, who asks it, and what they see."""

    uow: UnitOfWork
    rights: Rights
    env: Environment
    entity: Entity
    question: Question
    ask: Ask
    lens: Lens
    arranged: Arranged | None = None


@dataclass(frozen=True)
class Found:
    """What was found: ``values`` canonical, ``rows`` the same as JSON, ``behind`` the filter behind each row when asked for."""

    question: Question
    outputs: list[Output]
    values: list[list[Any]]
    rows: list[list[Any]]
    totals: list[Any] | None = None
    behind: list[str] | None = None
    is_more: bool = False
    lens: Lens = NOW

    def behind_measure(self, place: int) -> list[str] | None:
        """Return the filters behind the values of one measure: of the records it counts, when it says which (``where=``)."""
        own = condition_of(self.outputs[place].expression) if self.behind is not None else None
        if own is None:
            return self.behind
        both = f"({self.question.filter}) and ({own})" if self.question.filter else own
        question = self.question.model_copy(update={"filter": both})
        return [self.lens.behind(question, self.outputs, row) for row in self.values]

    def behind_whole(self, place: int) -> str:
        """Return the filter behind the total of a measure."""
        own = condition_of(self.outputs[place].expression)
        parts = [f"({part})" for part in (self.question.filter, own) if part]
        return " and ".join(parts) or "True"

    def columns(self, language: str) -> list[dict[str, Any]]:
        """Return name, label and type of every column."""
        return [{"name": o.name, "label": o.label.show(language), "type": o.type.kind} for o in self.outputs]


def answer(
    uow: UnitOfWork, ctx: Context, question: Question, *, search: str = "", filters: Sequence[str] = (), arranged: Arranged | None = None,
) -> dict[str, Any]:
    """Return ``{"columns", "rows", "totals"?, "more"?, "behind"?}``. Raises NotFound, Invalid.

    ``search`` and ``filters`` narrow it besides, and are not in ``behind``.
    """
    found = find(uow, ctx, question, search=search, filters=filters, arranged=arranged)
    answered: dict[str, Any] = {"columns": found.columns(ctx.language), "rows": found.rows}
    if found.totals is not None:
        answered["totals"] = found.totals
    if found.behind is not None:
        answered["behind"] = found.behind
    return answered | ({"more": True} if found.is_more else {})


def find(
    uow: UnitOfWork, ctx: Context, question: Question, lens: Lens = NOW, *, search: str = "", filters: Sequence[str] = (),
    arranged: Arranged | None = None,
) -> Found:
    """Return what a reader is answered, looked at through a lens. Raises NotFound, Invalid."""
    rights = rights_of(uow.model, ctx)
    entity = uow.model.entities.get(question.entity)
    if entity is None or entity.is_system:
        raise not_found("/entity")
    rights.require(entity, "read")
    outputs = [*_groups(rights, entity, question), *_measures(uow, rights, entity, question)]
    if not outputs:
        message = say("Nothing is asked for.", "没有要查询的内容。")
        raise Invalid(Problem("/measures", "required", message, say('Such as {"name": "records", "expr": "count()"}.', '例如 {"name": "records", "expr": "count()"}。')))
    asked = Ask(filters=[*([question.filter] if question.filter else []), *filters], search=search)
    seen = _Seen(uow, rights, lens.environment(environment(uow, rights)), entity, question, asked, lens, arranged)
    rows = _run(seen, outputs)
    is_more, rows = len(rows) > question.limit, rows[: question.limit]
    values = [[from_db(o.type, cell) for o, cell in zip(outputs, row, strict=True)] for row in rows]
    totals = _totals(seen, outputs) if question.totals else None
    behind = [lens.behind(question, outputs, row) for row in values] if question.explain else None
    return Found(question, outputs, values, _shown(uow, rights, outputs, values), totals, behind, is_more, lens)


def _groups(rights: Rights, entity: Entity, question: Question) -> list[Output]:
    outputs = []
    for index, group in enumerate(question.group_by):
        selected = find_path(rights, entity, group.field, f"group_by/{index}", readable=True)
        field = selected.field
        if not can_group(field):
            message = say("Records cannot be grouped by {field}.", "无法按{field}分组。", field=field.label)
            raise Invalid(Problem(f"/group_by/{index}", "type_mismatch", message, say("Group by another field.", "请换一个分组字段。")))
        if field.type.kind == "datetime" and group.by is None:
            message = say("{field} is a moment: say by which period.", "{field} 是时间点：请指定分组周期。", field=field.label)
            hint = say('Such as {"field": "created_at", "by": "month"}.', '例如 {"field": "created_at", "by": "month"}。')
            raise Invalid(Problem(f"/group_by/{index}", "type_mismatch", message, hint))
        outputs.append(_group(rights, entity, group, selected, index))
    return outputs


def _group(rights: Rights, entity: Entity, group: GroupBy, selected: Selected, index: int) -> Output:
    text = group.field
    if group.by is not None:
        if selected.field.type.kind not in ("date", "datetime"):
            message = say("Only dates are put in buckets.", "只有日期可以按周期分组。")
            raise Invalid(Problem(f"/group_by/{index}/by", "type_mismatch", message, say("Leave by out.", "请去掉 by。")))
        text = f"date({text})" if group.by == "day" else f"start_of({text}, '{group.by}')"
    expression = check(text, rights.scope(entity, "report"))
    is_choice = group.by is None and expression.type.kind in ("choice", "reference")
    return Output(group.field, selected.field.label, selected.field.type if is_choice else expression.type, expression, selected, group.by)


def _measures(uow: UnitOfWork, rights: Rights, entity: Entity, question: Question) -> list[Output]:
    outputs, scope = [], rights.scope(entity, "report")
    names = {g.field for g in question.group_by}
    for index, measure in enumerate(question.measures):
        path = f"/measures/{index}"
        if measure.name in names:
            raise Invalid(Problem(f"{path}/name", "not_unique", say("{name} is there twice.", "{name} 出现了两次。", name=measure.name)))
        names.add(measure.name)
        try:
            expression = check(measure.expr, scope)
        except Invalid as error:
            raise error.at(f"{path}/expr") from None
        if not expression.has_aggregates and expression.reads:
            message = say("A measure sums up many records.", "度量须对多条记录汇总。")
            raise Invalid(Problem(f"{path}/expr", "type_mismatch", message, say("Such as sum(amount) or count().", "例如 sum(amount) 或 count()。")))
        outputs.append(Output(measure.name, Text(measure.name, measure.name), expression.type, expression))
    return outputs


def _grouped(seen: _Seen, outputs: list[Output]) -> Select[Any]:
    source = Source(seen.env, seen.entity)
    extra = seen.lens.look(source)
    columns: list[ColumnElement[Any]] = [compile_value(source, o.expression).label(f"c{i}") for i, o in enumerate(outputs)]
    conditions = where(seen.uow, seen.rights, source, seen.entity, replace(seen.ask, extra=extra))
    if seen.arranged is not None and outputs[0].selected is not None:
        values, first = seen.arranged.values, compile_value(source, outputs[0].expression)
        conditions += [_among(source, outputs[0], first, values)] if values is not None else []
        columns += _arranging(seen, source, outputs[0])
    positions: list[Any] = [literal_column(str(i + 1)) for i, o in enumerate(outputs) if o.selected is not None]
    statement = select(*columns).select_from(source.from_clause).where(*conditions)
    return statement.group_by(*positions) if positions else statement


def _among(source: Source, output: Output, column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[Any]:
    """Return the condition that a group is one of some values."""
    type_ = TEXT if output.type.kind in ("text", "choice", "reference") else output.type
    named = column.in_([bind(source.environment, v, type_) for v in values if v is not None])
    return or_(named, column.is_(None)) if None in values else named


def _arranging(seen: _Seen, source: Source, output: Output) -> list[ColumnElement[Any]]:
    """Return what groups of texts and references are ordered by: the folded text, the title of what is referred to."""
    if output.bucket is not None or output.type.kind not in ("text", "reference"):
        return []
    return [func.min(sort_keys(source, seen.rights, seen.entity, [output.name])[0].column).label("arranged")]


def _run(seen: _Seen, outputs: list[Output]) -> list[Any]:
    question, inner = seen.question, _grouped(seen, outputs).subquery("answer")
    statement = select(*(inner.c[f"c{i}"] for i in range(len(outputs)))).select_from(inner)
    if question.having:
        statement = statement.where(_having(seen.env, question.having, outputs, inner))
    if "arranged" in inner.c:
        key = inner.c["arranged"]
        statement = statement.order_by((key.desc() if question.sort == [f"-{outputs[0].name}"] else key.asc()).nulls_last())
    statement = statement.order_by(*_order(seen.env, question, outputs, inner)).limit(question.limit + 1)
    return list(seen.uow.connection.execute(statement).all())


def _having(env: Environment, text: str, outputs: list[Output], inner: FromClause) -> ColumnElement[Any]:
    """Return the condition over the result: its columns are read as the fields of a record."""
    fields = {}
    for index, output in enumerate(outputs):
        name = output.name.replace(".", "_")
        spec = make_spec("text", f"c{index}", output.label)
        kind = output.type.kind if output.type.kind not in ("reference", "choice") else "text"
        type_ = Type("text") if kind == "text" else output.type
        fields[name] = Field(f"c{index}", name, output.label, spec, "answer", type_, Storage("text"), f"c{index}")
    row = Entity(
        id="answer", name="answer", label=Text("Answer", "结果"), plural=Text("Answers", "结果"), document=Document({"kind": "entity", "name": "answer", "id": "answer"}, None),
        title=None, search=(), time_field="", keys=(), features=frozenset(), fields=fields, relations={}, fields_by_id={f.id: f for f in fields.values()},
    )
    try:
        expression = check(text, Scope(env.model, row, use="value"), "boolean")
    except Invalid as error:
        raise error.at("/having") from None
    plain = Environment(env.dialect, env.tables, env.model, env.now, env.today, env.timezone, env.user)
    return compile_condition(Source(plain, row, alias=inner), expression)


def _order(env: Environment, question: Question, outputs: list[Output], inner: FromClause) -> list[ColumnElement[Any]]:
    by_name = {o.name: i for i, o in enumerate(outputs)}
    wanted = question.sort or [o.name for o in outputs if o.selected is not None]
    ordered: list[ColumnElement[Any]] = []
    for position, text in enumerate(wanted):
        name = text.removeprefix("-")
        if name not in by_name:
            message = say("There is no group or measure {name}.", "没有名为 {name} 的分组或度量。", name=name[:60])
            raise Invalid(Problem(f"/sort/{position}", "unknown_name", message, say("Known: {names}.", "可用：{names}。", names=", ".join(by_name))))
        output, column = outputs[by_name[name]], inner.c[f"c{by_name[name]}"]
        value: ColumnElement[Any] = column
        if output.type.kind == "choice" and output.type.options:
            value = case({option: i for i, option in enumerate(output.type.options)}, value=column)
        ordered.append((value.desc() if text.startswith("-") else value.asc()).nulls_last())
    ordered += [inner.c[f"c{i}"].asc().nulls_last() for i, o in enumerate(outputs) if o.selected is not None and question.sort]
    return ordered


def _totals(seen: _Seen, outputs: list[Output]) -> list[Any]:
    """Return the measures over all records, None in the places of the groups."""
    measures = [o for o in outputs if o.selected is None]
    if not measures:
        return [None for _ in outputs]
    row = seen.uow.connection.execute(_grouped(seen, measures)).one()
    values = {o.name: plain(o, from_db(o.type, cell)) for o, cell in zip(measures, row, strict=True)}
    return [values.get(o.name) if o.selected is None else None for o in outputs]


def _shown(uow: UnitOfWork, rights: Rights, outputs: list[Output], rows: list[list[Any]]) -> list[list[Any]]:
    titles = Titles(uow, rights)
    for index, output in enumerate(outputs):
        if output.selected is not None and output.type.kind == "reference":
            titles.want(output.selected, [row[index] for row in rows])
    titles.fetch()
    return [[_cell(titles, o, value) for o, value in zip(outputs, row, strict=True)] for row in rows]


def _cell(titles: Titles, output: Output, value: Any) -> Any:
    if output.selected is not None and output.bucket is None and output.type.kind == output.selected.field.type.kind:
        return titles.show(output.selected, value)
    return plain(output, value)


def plain(output: Output, value: Any) -> Any:
    """Return a canonical value that refers to nothing as JSON."""
    return value.isoformat() if hasattr(value, "isoformat") else list(value) if isinstance(value, tuple) else value

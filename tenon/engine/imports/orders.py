"""What is known of an import: its file, its mapping, how it goes, and the rows it refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column as TableColumn, Connection, Index, Table, insert, select, update

from tenon.engine.access.rights import Rights
from tenon.engine.columns import CodeText, Json, Moment
from tenon.engine.imports.guess import Column, guess_columns
from tenon.engine.imports.mapping import bad_field, guess_mapping
from tenon.engine.imports.numbers import check_systems, is_by_number
from tenon.engine.imports.readers import open_rows
from tenon.engine.imports.row_file import RowFile
from tenon.engine.jobs.queue import put
from tenon.engine.store import metadata
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field, Model

SAMPLE = 1_000
JOB = "import"

imports = Table(
    "tenon_import", metadata, TableColumn("id", CodeText(), primary_key=True), TableColumn("entity", CodeText(), nullable=False),
    TableColumn("file_name", CodeText(), nullable=False), TableColumn("file_key", CodeText(), nullable=False),
    TableColumn("mode", CodeText(), nullable=False), TableColumn("match_on", Json(), nullable=False), TableColumn("mapping", Json()),
    TableColumn("on_error", CodeText(), nullable=False), TableColumn("dry_run", Boolean(), nullable=False), TableColumn("job", CodeText()),
    TableColumn("created_by", CodeText()), TableColumn("created_at", Moment(), nullable=False), TableColumn("undone_at", Moment()),
    TableColumn("systems", Json()), TableColumn("unmatched", CodeText()),
    Index("ix_tenon_import_created_by", "created_by", "id"),
)
refusals = Table(
    "tenon_import_refusal", metadata, TableColumn("import", CodeText(), primary_key=True), TableColumn("row", BigInteger(), primary_key=True, autoincrement=False),
    TableColumn("cells", Json(), nullable=False), TableColumn("problems", Json(), nullable=False),
)


@dataclass(frozen=True)
class Order:
    """How a file is to be imported; ``mapping`` None lets it be guessed."""

    mode: str = "create"
    match_on: Sequence[str] = ()
    mapping: Mapping[str, str | None] | None = None
    on_error: str = "skip"
    dry_run: bool = False
    systems: Mapping[str, str] | None = None
    """The systems whose numbers the columns of references hold, by field; '' for any."""
    source_link: Mapping[str, str] | None = None
    """The ``column`` of the rows' own numbers, and the ``system`` they are of."""
    unmatched: str = "refuse"


@dataclass
class Opened:
    """A file opened for an entity: its rows, its columns, and the mapping that is used."""

    file: RowFile
    columns: list[Column]
    mapping: dict[str, str | None]


def is_by_id(match_on: Sequence[str]) -> bool:
    """True when records are found by their ids."""
    return list(match_on) == ["id"]


def read_order(entity: Entity, values: Mapping[str, Any], rights: Rights | None = None, model: Model | None = None) -> Order:
    """Return a checked order from plain values; with ``rights`` keys that the person may not read are not there. Raises Invalid.

    External numbers (``systems``, ``source_link``) need the ``model``.
    """
    problems = []
    mode, on_error = values.get("mode") or "create", values.get("on_error") or "skip"
    if mode not in ("create", "update", "upsert"):
        problems.append(Problem("/mode", "bad_choice", say("mode is create, update or upsert.", "mode 只能是 create、update 或 upsert。"), say("Leave it out to create.", "省略即为新建。")))
    if on_error not in ("skip", "stop"):
        problems.append(Problem("/on_error", "bad_choice", say("on_error is skip or stop.", "on_error 只能是 skip 或 stop。"), say("Leave it out to skip.", "省略即为 skip。")))
    match_on = values.get("match_on") or []
    known = [set(key) for key in entity.keys if rights is None or all(rights.may_read(entity, entity.fields[n]) for n in key)]
    problems += check_systems(model, entity, values.get("systems") or {}, values.get("source_link")) if model is not None else []
    if values.get("unmatched") not in (None, "", "refuse", "wait"):
        problems.append(Problem("/unmatched", "bad_choice", say("unmatched is refuse or wait.", "unmatched 只能是 refuse 或 wait。"), say("Leave it out to refuse.", "省略即为 refuse。")))
    by_number = is_by_number(match_on) and values.get("source_link") is not None
    if match_on and set(match_on) not in known and not by_number and not (is_by_id(match_on) and mode != "create"):
        message = say("{names} is not a declared key of {entity}.", "{names} 不是 {entity} 声明的唯一键。", names=", ".join(match_on), entity=entity.label)
        shown = "; ".join(", ".join(sorted(k)) for k in known) or "-"
        problems.append(Problem("/match_on", "bad_choice", message, say("Declared: {known}.", "已声明：{known}。", known=shown)))
    if mode in ("update", "upsert") and not match_on:
        message = say("Say by which key records are found.", "请说明按哪个唯一键查找记录。")
        problems.append(Problem("/match_on", "required", message, say("Such as code.", "例如 code。")))
    mapping = values.get("mapping")
    if mapping is not None and not (isinstance(mapping, dict) and all(isinstance(v, str) or v is None for v in mapping.values())):
        problems.append(Problem("/mapping", "wrong_type", say('A mapping is {"field": "column"}.', '映射应为 {"字段": "列"}。'), say('Such as {"name": "Company"}.', '例如 {"name": "公司"}。')))
    if problems:
        raise Invalid(problems)
    return Order(
        mode, list(match_on), mapping, on_error, bool(values.get("dry_run")), values.get("systems") or None, values.get("source_link"), values.get("unmatched") or "refuse",
    )  # fmt: skip


def open_file(path: Path, name: str, entity: Entity, mapping: Mapping[str, str | None] | None, rights: Rights | None = None) -> Opened:
    """Open a file and guess what was not said; ``rights`` keep fields out of it that are not the person's to write. Raises Invalid, TooLarge."""
    file = open_rows(path, name=name)
    columns = guess_columns(file.header, file.sample(SAMPLE))
    allowed = entity if rights is None or rights.is_unlimited else _allowed(entity, rights)
    if mapping is not None and rights is not None and not rights.is_unlimited:
        _check_allowed(entity, allowed, rights, mapping)
    chosen: dict[str, str | None] = dict(mapping) if mapping is not None else {**guess_mapping(columns, allowed).mapping}
    if not any(chosen.values()):
        message = say("No column of the file belongs to a field of {entity}.", "文件中没有与{entity}字段对应的列。", entity=entity.label)
        found = ", ".join(file.header[:20])
        raise Invalid(Problem("/mapping", "required", message, say("Map them; found: {columns}.", "请设置映射；已找到的列：{columns}。", columns=found)))
    return Opened(file, columns, chosen)


def _allowed(entity: Entity, rights: Rights) -> Entity:
    """Return the entity with no fields but those the person may write."""
    may = {n: f for n, f in entity.fields.items() if rights.state(entity, f) != "hidden" and (n == "id" or _may_write(entity, f, rights))}
    return replace(entity, fields=may)


def _may_write(entity: Entity, field: Field, rights: Rights) -> bool:
    return rights.may_write(entity, field, "create") or rights.may_write(entity, field, "update")


def _check_allowed(entity: Entity, allowed: Entity, rights: Rights, mapping: Mapping[str, str | None]) -> None:
    """Refuse fields that are not there or hidden, both alike, and those that are not the person's to write."""
    problems = []
    for name in mapping:
        path, found = "/mapping/" + name.replace("~", "~0").replace("/", "~1"), entity.find_field(name)
        if found is None or rights.state(entity, found) == "hidden":
            problems.append(bad_field(path, name, None, allowed))
        elif found.name not in allowed.fields and found.is_written:
            message = say("{field} cannot be written with your roles.", "您的角色不可写入{field}。", field=found.label)
            problems.append(Problem(path, "read_only", message, say("Leave it out of the mapping.", "请从映射中去掉。")))
    if problems:
        raise Invalid(problems)


def columns_json(opened: Opened) -> list[dict[str, Any]]:
    """Return the columns of a file as answers show them: name, type, and the field each goes to."""
    by_column = {column: name for name, column in opened.mapping.items()}
    return [{"name": c.name, "type": c.type, "field": by_column.get(c.name)} for c in opened.columns]


def add(uow: UnitOfWork, created_by: str | None, entity: Entity, file_name: str, file_key: str, order: Order, *, is_started: bool = False) -> str:
    """Note an import and return its id; a started one has a job with the same id."""
    import_id = put(uow.connection, JOB, {}, created_by=created_by) if is_started else uow.new_id()
    uow.connection.execute(
        insert(imports).values(
            id=import_id, entity=entity.id, file_name=file_name[:300], file_key=file_key, mode=order.mode, match_on=list(order.match_on),
            mapping=dict(order.mapping) if order.mapping is not None else None, on_error=order.on_error, dry_run=order.dry_run,
            created_by=created_by, created_at=uow.now, job=import_id if is_started else None, unmatched=order.unmatched, systems=numbers_of(order),
        )
    )
    return import_id


def with_mapping(order: Order, opened: Opened) -> Order:
    """Return an order with the mapping that is used; a column of own numbers goes into no field unless somebody said so."""
    own = order.source_link["column"] if order.source_link and order.mapping is None else None
    return replace(order, mapping={name: column for name, column in opened.mapping.items() if own is None or column != own})


def numbers_of(order: Order) -> dict[str, Any] | None:
    """Return what an import is told of external numbers, as its row holds it."""
    return {"references": dict(order.systems or {}), "own": dict(order.source_link) if order.source_link else None} if order.systems or order.source_link else None


def put_job(uow: UnitOfWork, import_id: str) -> str:
    """Put the job that carries an import out, and return its id."""
    row = get(uow.connection, import_id)
    job_id = put(uow.connection, JOB, {"import": import_id}, created_by=row["created_by"])
    change(uow.connection, import_id, job=job_id)
    return job_id


def change(connection: Connection, import_id: str, **values: Any) -> None:
    """Change what is known of an import."""
    connection.execute(update(imports).where(imports.c.id == import_id).values(**values))


def get(connection: Connection, import_id: str, user_id: str | None = None) -> dict[str, Any]:
    """Return an import; one of somebody else is not there when ``user_id`` is given. Raises NotFound."""
    row = connection.execute(select(imports).where(imports.c.id == import_id)).mappings().first()
    if row is None or (user_id is not None and row["created_by"] != user_id):
        raise not_found()
    return dict(row)


def refused_rows(connection: Connection, import_id: str, after: int = 0, limit: int = 1_000) -> list[dict[str, Any]]:
    """Return refused rows in their order in the file."""
    statement = select(refusals).where(refusals.c["import"] == import_id, refusals.c.row > after).order_by(refusals.c.row).limit(limit)
    return [dict(row) for row in connection.execute(statement).mappings()]

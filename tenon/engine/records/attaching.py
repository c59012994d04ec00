"""Files that records take: they have to be there, to be the writer's to give, and to fit the field; then they are kept."""

from __future__ import annotations

from tenon.engine.access.rights import Rights
from tenon.engine.files import find_all, keep
from tenon.engine.records.row import Row
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Problem
from tenon.metamodel.fields.base import BadValue
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field


def check_files(uow: UnitOfWork, rights: Rights, entity: Entity, rows: list[Row]) -> None:
    """Refuse ids of files that are not there, that somebody else uploaded, or that the field does not take."""
    wanted = [(row, field, row.values[field.name]) for field in _fields(entity) for row in rows if _is_new(row, field)]
    found = find_all(uow.connection, [file_id for _, _, file_id in wanted])
    for row, field, file_id in wanted:
        file = found.get(file_id)
        is_brought = file_id in uow.notes.get("brought", ())  # with the form that this transaction saves
        if file is None or not (is_brought or rights.is_unlimited or (rights.user is not None and file["uploaded_by"] == rights.user.id)):
            message = say("{field}: there is no such file.", "{field}：没有该文件。", field=field.label)
            row.refuse(Problem(f"/{field.name}", "no_such_record", message, say("Upload it first.", "请先上传文件。")))
            continue
        try:
            field.spec.check_file(file["name"], file["type"], file["size"])  # type: ignore[attr-defined]
        except BadValue as bad:
            row.refuse(bad.problem(f"/{field.name}"))


def keep_files(uow: UnitOfWork, entity: Entity, rows: list[Row]) -> None:
    """Note that records have these files now, so that they are not swept away."""
    keep(uow.connection, [file_id for field in _fields(entity) for row in rows if (file_id := row.values.get(field.name)) is not None])


def _fields(entity: Entity) -> list[Field]:
    return [f for f in entity.fields.values() if f.type.kind == "file" and f.is_written]


def _is_new(row: Row, field: Field) -> bool:
    value = row.values.get(field.name)
    return value is not None and value != (row.before or {}).get(field.name)

"""Files: uploading one, and reading one that a record one may see holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from fastapi import APIRouter
from sqlalchemy import select, union_all
from starlette.responses import Response, StreamingResponse

from tenon.engine.access.resolver import environment
from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context
from tenon.engine.files import file_url
from tenon.engine.query.pages import Ask, where
from tenon.engine.sql.source import Source
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.labels import say
from tenon.platform import files
from tenon.platform.api.answers import answer
from tenon.platform.api.bodies import id_of
from tenon.platform.api.calls import PREFIX, ThisCall
from tenon.platform.api.idempotent import idempotent_apart
from tenon.platform.api.uploads import ThisUpload

router = APIRouter(prefix="/files")
MB = 1 << 20


@router.post("")
def upload(call: ThisCall, sent: ThisUpload) -> Response:
    """Keep a file; a record takes it by its id, and a day later it is forgotten if none did."""
    call.params(())
    if sent.fields:
        name = next(iter(sent.fields))
        raise Invalid(Problem(f"/{name}", "unknown_field", say("Only the field file is read here.", "此处仅读取 file 字段。")))
    ctx = call.ctx

    def work() -> Response:
        stored = files.store(call.platform.outside.files, sent.content, sent.name, most_bytes=call.platform.settings.max_file_mb * MB)
        with call.platform.write() as uow:
            row = files.add(uow.connection, ctx, stored, sent.name)
        return answer(files.file_json(row, file_url(row["id"])), 201, headers={"Location": f"{PREFIX}/files/{row['id']}"})

    return idempotent_apart(call, work, body=sent.digest())


@router.get("/{id}")
def download(id: str, call: ThisCall) -> Response:
    """Return the bytes; only pictures open in the browser, everything else is downloaded."""
    call.params(())
    ctx = call.ctx
    with call.platform.read() as uow:
        row = files.get(uow.connection, id_of(id))
        if row["uploaded_by"] != ctx.user_id and not _is_in_sight(uow, ctx, row["id"]):
            raise not_found()
    content = call.platform.outside.files.open(row["key"])
    return StreamingResponse(chunks(content), headers={**files.headers_of(row), "Content-Length": str(row["size"])})


def _is_in_sight(uow: UnitOfWork, ctx: Context, file_id: str) -> bool:
    """True when a record that this person may read holds the file in a field they may read."""
    rights = rights_of(uow.model, ctx)
    found = []
    for entity in uow.model.entities.values():
        for field in entity.fields.values():
            if field.type.kind == "file" and rights.may_read(entity, field):
                source = Source(environment(uow, rights, ctx), entity)
                holds = source.at((), field) == file_id
                conditions = where(uow, rights, source, entity, Ask())
                found.append(select(source.alias.c.id).select_from(source.from_clause).where(holds, *conditions))
    return bool(found) and uow.connection.execute(union_all(*found).limit(1)).first() is not None


def chunks(content: BinaryIO) -> Iterator[bytes]:
    """Yield the bytes of a file piece by piece, and close it."""
    with content:
        while chunk := content.read(files.CHUNK):
            yield chunk

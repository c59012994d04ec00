"""Imports: a file, its mapping, the job that carries it out, the rows it refused, and taking it back."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import orjson
from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from tenon.engine.access.rights import rights_of
from tenon.engine.imports import orders
from tenon.engine.imports.refused import refused_csv
from tenon.engine.jobs import find, job_json
from tenon.engine.jobs.table import show_problem
from tenon.engine.records.undoing import undo_batch
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Conflict, Invalid, Malformed, Problem
from tenon.metamodel.labels import say
from tenon.platform import audit, files
from tenon.platform.api.answers import answer
from tenon.platform.api.calls import Call, ThisCall

router = APIRouter(prefix="/imports")
FORM = ("file", "entity", "mapping", "match_on", "mode", "dry_run", "on_error")
SHOWN_REFUSALS = 100


async def read_form(request: Request) -> FormData:
    """Read a multipart form, its files to disk."""
    return await request.form(max_files=1, max_fields=20)


ThisForm = Annotated[FormData, Depends(read_form)]


@router.post("")
def start_import(call: ThisCall, form: ThisForm) -> Response:
    """Take a file, guess what was not said, and start the job (202)."""
    call.params(())
    values, upload = _read(form)
    ctx = call.ctx
    with call.platform.read() as uow:
        entity = uow.model.get_entity(values["entity"])
        rights = rights_of(uow.model, ctx)
        rights.require(entity, "import")
        order = orders.read_order(entity, values)
        name = upload.filename or "file.csv"
        with tempfile.TemporaryDirectory(prefix="tenon-") as folder:
            opened = orders.open_file(_copy(upload.file, Path(folder)), name, entity, order.mapping)
            order = orders.Order(order.mode, order.match_on, opened.mapping, order.on_error, order.dry_run)
    upload.file.seek(0)
    stored = files.store(call.platform.outside.files, upload.file, name, most_bytes=call.platform.settings.max_file_mb * 1_000_000)
    with call.platform.write() as uow:
        import_id = orders.add(uow, ctx.user_id, entity, name, stored.key, order, is_started=True)
        audit.write(uow.connection, ctx, "import.start", "import", import_id, {"entity": entity.name, "file": name, "dry_run": order.dry_run})
        body = _import_json(uow, call, orders.get(uow.connection, import_id))
    call.platform.wake()
    found = {"columns": orders.columns_json(opened), "encoding": opened.file.encoding, "format": opened.file.format}
    return answer(body | found, 202, headers={"Location": f"/api/v1/imports/{import_id}"})


def _copy(source: BinaryIO, folder: Path) -> Path:
    path = folder / "file"
    with path.open("wb") as copy:
        while chunk := source.read(1 << 18):
            copy.write(chunk)
    return path


def _read(form: FormData) -> tuple[dict[str, Any], UploadFile]:
    """Return the fields of the form and the file. Raises Invalid, Malformed."""
    for name in form:
        if name not in FORM:
            message = say("{name} is not known here.", "此处不认识 {name}。", name=name[:60])
            raise Invalid(Problem(f"/{name}", "unknown_field", message, say("Known: {names}.", "可用：{names}。", names=", ".join(FORM))))
    upload = form.get("file")
    if not isinstance(upload, UploadFile):
        raise Invalid(Problem("/file", "required", say("A file is missing.", "缺少文件。"), say("Send it as the part named file.", "请以名为 file 的部分上传。")))
    values: dict[str, Any] = {k: v for k, v in form.items() if isinstance(v, str)}
    if "entity" not in values:
        raise Invalid(Problem("/entity", "required", say("Say into which entity.", "请说明导入到哪个实体。")))
    if values.get("mapping"):
        try:
            values["mapping"] = orjson.loads(values["mapping"])
        except orjson.JSONDecodeError:
            raise Malformed(Problem("/mapping", "bad_format", say("The mapping is not JSON.", "映射不是有效的 JSON。"))) from None
    else:
        values.pop("mapping", None)
    values["match_on"] = _names(values.get("match_on", ""))
    if values.get("dry_run", "false") not in ("true", "false", "1", "0"):
        raise Invalid(Problem("/dry_run", "bad_choice", say("dry_run is true or false.", "dry_run 只能是 true 或 false。")))
    values["dry_run"] = values.get("dry_run") in ("true", "1")
    return values, upload


def _names(text: str) -> list[str]:
    """Return names from ``["code"]`` or ``code,name``."""
    if text.startswith("["):
        try:
            listed = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise Malformed(Problem("/match_on", "bad_format", say("match_on is not JSON.", "match_on 不是有效的 JSON。"))) from None
        return [str(n) for n in listed]
    return [n.strip() for n in text.split(",") if n.strip()]


@router.get("/{id}")
def get_import(id: str, call: ThisCall) -> Response:
    """Return how an import goes, with the first refused rows."""
    call.params(())
    with call.platform.read() as uow:
        row = _find(uow, call, id)
        body = _import_json(uow, call, row)
        refused = orders.refused_rows(uow.connection, id, 0, SHOWN_REFUSALS)
    body["problems"] = [{"row": r["row"], "errors": [show_problem(p, call.language) for p in r["problems"]]} for r in refused]
    return answer(body)


@router.get("/{id}/errors.csv")
def get_errors(id: str, call: ThisCall) -> Response:
    """Return the refused rows as a file to mend."""
    call.params(())
    with call.platform.read() as uow:
        row = _find(uow, call, id)
        job = find(uow.connection, row["job"]) if row["job"] else None
        result = (job or {}).get("result") or {}
        header = [c["name"] for c in result.get("columns", [])]
        if not header:
            first = orders.refused_rows(uow.connection, id, 0, 1)
            header = [f"column {i + 1}" for i in range(len(first[0]["cells"]) if first else 0)]
        content = "\ufeff" + "".join(refused_csv(uow.connection, id, header, call.language))
    return Response(content, headers={"Content-Disposition": 'attachment; filename="errors.csv"'}, media_type="text/csv; charset=utf-8")


@router.post("/{id}/undo")
def undo_import(id: str, call: ThisCall) -> Response:
    """Take back what an import wrote."""
    call.params(())
    ctx = call.as_import(f"undo {id}")
    total = {"deleted": 0, "restored": 0}
    after: str | None = ""
    while after is not None:
        with call.platform.write() as uow:
            row = _find(uow, call, id)
            if row["undone_at"] is not None:
                raise Conflict(Problem("", "conflict", say("This import was taken back already.", "该导入已被撤销。")))
            counts, after = undo_batch(uow, ctx, uow.model.get_entity(row["entity"]), id, after=after)
            total = {k: total[k] + counts[k] for k in total}
            if after is None:
                orders.change(uow.connection, id, undone_at=uow.real_now)
                audit.write(uow.connection, ctx, "import.undo", "import", id, dict(total))
    return answer(total)


def _find(uow: UnitOfWork, call: Call, import_id: str) -> dict[str, Any]:
    user = call.ctx.user
    return orders.get(uow.connection, import_id, None if user is not None and user.is_admin else call.ctx.user_id)


def _import_json(uow: UnitOfWork, call: Call, row: dict[str, Any]) -> dict[str, Any]:
    entity = uow.model.find_entity(row["entity"])
    job = find(uow.connection, row["job"]) if row["job"] else None
    shown = job_json(job, call.language) if job else {"state": "new", "progress": None, "result": None, "errors": []}
    own = {k: row[k] for k in ("id", "mode", "match_on", "mapping", "on_error", "dry_run")}
    return {**shown, **own, "entity": entity.name if entity else None, "file": row["file_name"], "undone_at": row["undone_at"]}

"""Imports: a file, its mapping, the job that carries it out, the rows it refused, and taking it back."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from fastapi import APIRouter
from starlette.responses import Response

from tenon.engine.access.rights import rights_of
from tenon.engine.imports import orders
from tenon.engine.imports.cells import make_reader
from tenon.engine.imports.readers import open_rows
from tenon.engine.imports.refused import refused_csv
from tenon.engine.imports.undo import undo_import as take_back
from tenon.engine.jobs import find, job_json
from tenon.engine.jobs.table import show_problem
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Malformed, Problem
from tenon.metamodel.labels import say
from tenon.platform import audit, files
from tenon.platform.api.answers import answer
from tenon.platform.api.bodies import id_of
from tenon.platform.api.calls import PREFIX, Call, ThisCall
from tenon.platform.api.idempotent import idempotent_apart
from tenon.platform.api.records import find_entity
from tenon.platform.api.uploads import ThisUpload, Upload

router = APIRouter(prefix="/imports")
FORM = ("entity", "mapping", "match_on", "mode", "dry_run", "on_error", "systems", "source_link", "unmatched")
OBJECTS = ("mapping", "systems", "source_link")
SHOWN_REFUSALS = 100
MB = 1 << 20


@router.post("")
def start_import(call: ThisCall, sent: ThisUpload) -> Response:
    """Take a file, guess what was not said, and start the job (202)."""
    call.params(())
    values = _read(sent.fields)
    return idempotent_apart(call, lambda: _start(call, sent, values), body=sent.digest())


def _start(call: Call, sent: Upload, values: dict[str, Any]) -> Response:
    ctx, store, name = call.ctx, call.platform.outside.files, files.clean_name(sent.name)
    with call.platform.read() as uow:
        entity = find_entity(uow, values["entity"])
        rights = rights_of(uow.model, ctx)
        rights.require(entity, "import")
        order = orders.read_order(entity, values, rights, uow.model)
    with tempfile.TemporaryDirectory(prefix="tenon-") as folder:
        # Not inside a transaction: a workbook may take a while.
        opened = orders.open_file(_copy(sent.content, Path(folder)), name, entity, order.mapping, rights)
    order = orders.with_mapping(order, opened)
    with call.platform.read() as uow:
        make_reader(uow, entity, opened, orders.numbers_of(order))
    sent.content.seek(0)
    stored = files.store(store, sent.content, name, most_bytes=call.platform.settings.max_file_mb * MB)
    with call.platform.write() as uow:
        import_id = orders.add(uow, ctx.user_id, entity, name, stored.key, order, is_started=True)
        audit.write(uow.connection, ctx, "import.start", "import", import_id, {"entity": entity.name, "file": name, "dry_run": order.dry_run})
        body = _import_json(uow, call, orders.get(uow.connection, import_id))
    call.platform.wake()
    found = {"columns": orders.columns_json(opened), "encoding": opened.file.encoding, "format": opened.file.format}
    return answer(body | found, 202, headers={"Location": f"{PREFIX}/imports/{import_id}"})


def _copy(source: BinaryIO, folder: Path) -> Path:
    path = folder / "file"
    with path.open("wb") as copy:
        while chunk := source.read(files.CHUNK):
            copy.write(chunk)
    return path


def _read(fields: dict[str, str]) -> dict[str, Any]:
    """Return the fields of the form. Raises Invalid, Malformed."""
    for name in fields:
        if name not in FORM:
            message = say("{name} is not known here.", "此处不认识 {name}。", name=name[:60])
            known = ", ".join(("file", *FORM))
            raise Invalid(Problem(f"/{name}", "unknown_field", message, say("Known: {names}.", "可用：{names}。", names=known)))
    values: dict[str, Any] = {name: text for name, text in fields.items() if text}
    if "entity" not in values:
        message = say("The entity is missing.", "缺少对象。")
        raise Invalid(Problem("/entity", "required", message, say("Say into which entity, such as customer.", "请说明导入到哪个对象，例如 customer。")))
    for name in OBJECTS:
        if name in values:
            try:
                values[name] = orjson.loads(values[name])
            except orjson.JSONDecodeError:
                message = say("{name} is not JSON.", "{name} 不是有效的 JSON。", name=name)
                raise Malformed(Problem(f"/{name}", "bad_format", message, say('Such as {"name": "Name"}.', '例如 {"name": "名称"}。'))) from None
    values["match_on"] = _names(values.get("match_on", ""))
    if values.get("dry_run", "false") not in ("true", "false", "1", "0"):
        message = say("dry_run is true or false.", "dry_run 只能是 true 或 false。")
        raise Invalid(Problem("/dry_run", "bad_choice", message, say("Leave it out to import.", "省略即正式导入。")))
    values["dry_run"] = values.get("dry_run") in ("true", "1")
    return values


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
        refused = orders.refused_rows(uow.connection, row["id"], 0, SHOWN_REFUSALS)
    body["problems"] = [{"row": r["row"], "errors": [show_problem(p, call.language) for p in r["problems"]]} for r in refused]
    return answer(body)


@router.get("/{id}/errors.csv")
def get_errors(id: str, call: ThisCall) -> Response:
    """Return the refused rows as a file to mend."""
    call.params(())
    with call.platform.read() as uow:
        row = _find(uow, call, id)
        job = find(uow.connection, row["job"]) if row["job"] else None
    found = (job or {}).get("result") or {}
    header = [c["name"] for c in found["columns"]] if "columns" in found else _header(call, row)
    with call.platform.read() as uow:
        content = "\ufeff" + "".join(refused_csv(uow.connection, row["id"], header, call.language))
    return Response(content, headers={"Content-Disposition": 'attachment; filename="errors.csv"'}, media_type="text/csv; charset=utf-8")


def _header(call: Call, row: dict[str, Any]) -> list[str]:
    """Return the columns of the file of an import that did not come to its end."""
    with tempfile.TemporaryDirectory(prefix="tenon-") as folder, call.platform.outside.files.open(row["file_key"]) as stored:
        return open_rows(_copy(stored, Path(folder)), name=row["file_name"]).header


@router.post("/{id}/undo")
def undo_import(id: str, call: ThisCall) -> Response:
    """Take back what an import wrote."""
    call.params(())
    ctx = call.ctx
    with call.platform.read() as uow:
        row = _find(uow, call, id)
    total = take_back(call.platform.write, ctx, row["id"])
    with call.platform.write() as uow:
        audit.write(uow.connection, ctx, "import.undo", "import", row["id"], dict(total))
    return answer(total)


def _find(uow: UnitOfWork, call: Call, import_id: str) -> dict[str, Any]:
    user = call.ctx.user
    return orders.get(uow.connection, id_of(import_id), None if user is not None and user.is_admin else call.ctx.user_id)


def _import_json(uow: UnitOfWork, call: Call, row: dict[str, Any]) -> dict[str, Any]:
    entity = uow.model.find_entity(row["entity"])
    job = find(uow.connection, row["job"]) if row["job"] else None
    shown = job_json(job, call.language) if job else {"state": "new", "progress": None, "result": None, "errors": []}
    own = {k: row[k] for k in ("id", "mode", "match_on", "mapping", "on_error", "dry_run")}
    numbers = row["systems"] or {}
    own |= {"systems": numbers.get("references") or {}, "source_link": numbers.get("own"), "unmatched": row["unmatched"] or "refuse"}
    return {**shown, **own, "entity": entity.name if entity else None, "file": row["file_name"], "undone_at": row["undone_at"]}

"""Imports on their way from the file over the mapping and the dry run to the result, and back."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import delete

from tenon.engine.context import Context
from tenon.engine.imports import orders
from tenon.engine.imports.numbers import OWN
from tenon.engine.imports.orders import Opened, Order
from tenon.engine.imports.readers import open_rows
from tenon.engine.imports.refused import refused_csv
from tenon.engine.imports.row_file import RowFile
from tenon.engine.imports.undo import undo_import as take_back
from tenon.engine.jobs import find
from tenon.engine.jobs.table import show_problem
from tenon.metamodel.errors import Conflict, Invalid, Problem
from tenon.metamodel.labels import say, sentences
from tenon.metamodel.model import Entity, Field
from tenon.platform import audit, files
from tenon.platform.workspace import Platform
from tenon.ui.backend import import_numbers
from tenon.ui.backend.base import View, id_of, open_read, open_write
from tenon.ui.shapes import Choice
from tenon.ui.work import ImportColumn, ImportOrder, ImportPage, ImportProblem, ImportResult

SAMPLES = 3
SHOWN_PROBLEMS = 50
MB = 1 << 20
SYSTEM = ("owner", "unit")
COUNTS = ("created", "updated", "unchanged", "skipped", "refused")
ENDED_BADLY = ("failed", "dead", "cancelled")


def check_import(view: View, entity: str) -> str:
    """Return the plural label of an entity this person may import into; raises Forbidden, NotFound."""
    return view.entity(entity, "import").plural.show(view.ctx.language)


def upload(platform: Platform, ctx: Context, entity: str, file_name: str, content: bytes) -> str:
    """Read a file and guess its mapping; return the id of the import. Raises Invalid, TooLarge, Unsupported."""
    name = files.clean_name(file_name)
    with open_read(platform, ctx) as view:
        found = view.entity(entity, "import")
    stored = files.store(platform.outside.files, io.BytesIO(content), name, most_bytes=platform.settings.max_file_mb * MB)
    try:
        with _opened(platform, stored.key, name, found, None) as opened:
            mapping: Mapping[str, str | None] = opened.mapping
    except Invalid as error:
        if any(p.path != "/mapping" for p in error.problems):
            platform.outside.files.delete(stored.key)
            raise
        mapping = {}
    with open_write(platform, ctx) as view:
        order = Order(mapping=mapping, dry_run=True)
        return orders.add(view.uow, ctx.user_id, view.entity(entity, "import"), name, stored.key, order)


def import_page(view: View, id: str) -> ImportPage:
    """Return where an import stands."""
    row = _find(view, id)
    entity = view.model.get_entity(row["entity"])
    job = find(view.uow.connection, row["job"]) if row["job"] else None
    refused = orders.refused_rows(view.uow.connection, row["id"], 0, SHOWN_PROBLEMS)
    page = _page(view, entity, row, job, refused)
    if page.columns:
        return page
    with _opened(view.platform, row["file_key"], row["file_name"], entity, row["mapping"] or {"": ""}) as opened:
        by_column = {column: field for field, column in import_numbers.shown(row).items()}
        columns = tuple(ImportColumn(c.name, tuple(c.examples[:SAMPLES]), by_column.get(c.name)) for c in opened.columns)
        return replace(page, columns=columns, encoding=opened.file.encoding)


def run_import(view: View, id: str, order: ImportOrder) -> None:
    """Start a dry run or the run as a job; raises Invalid (/mapping, /match_on)."""
    mapping: dict[str, str] = {}
    for column, field in order.mapping.items():
        if field in mapping:
            message = say(
                "Two columns go into the same field: {a} and {b}.", "两列对应同一字段：{a} 与 {b}。", a=mapping[field], b=column
            )
            raise Invalid(Problem("/mapping", "not_unique", message, say("Leave one of them out.", "请去掉其中一列。")))
        mapping[field] = column
    mapping, told = import_numbers.read(mapping, order.system, keeps_waiting=order.keeps_waiting)
    if not mapping:
        raise Invalid(Problem("/mapping", "required", say("Map at least one column.", "请至少对应一列。")))
    row = _find(view, id)
    entity = view.model.get_entity(row["entity"])
    view.rights.require(entity, "import")
    _check_idle(view, row)
    keys = order.match_on.split(",") if order.match_on else []
    values = {"mode": order.mode, "match_on": keys, "mapping": mapping, "dry_run": order.dry_run, **told}
    read = orders.read_order(entity, values, model=view.model)
    refusals = orders.refusals
    view.uow.connection.execute(delete(refusals).where(refusals.c["import"] == row["id"]))
    orders.change(
        view.uow.connection, row["id"], mode=read.mode, match_on=list(read.match_on), mapping=mapping, dry_run=order.dry_run,
        systems=orders.numbers_of(read), unmatched=read.unmatched,
    )  # fmt: skip
    orders.put_job(view.uow, row["id"])
    detail = {"entity": entity.name, "file": row["file_name"], "dry_run": order.dry_run}
    audit.write(view.uow.connection, view.ctx, "import.start", "import", row["id"], detail)


def undo_import(platform: Platform, ctx: Context, id: str) -> None:
    """Take back what an import wrote, in parts; raises Conflict when it wrote nothing, still runs or was taken back."""
    with open_read(platform, ctx) as view:
        row = _find(view, id)
    counts = take_back(platform.write, ctx, row["id"])
    with open_write(platform, ctx) as view:
        audit.write(view.uow.connection, ctx, "import.undo", "import", row["id"], dict(counts))


def import_errors(view: View, id: str) -> str:
    """Return the refused rows as CSV."""
    row = _find(view, id)
    entity = view.model.get_entity(row["entity"])
    with _opened(view.platform, row["file_key"], row["file_name"], entity, row["mapping"] or {"": ""}) as opened:
        header = list(opened.file.header)
    return "\ufeff" + "".join(refused_csv(view.uow.connection, row["id"], header, view.ctx.language))


@contextmanager
def open_stored(platform: Platform, key: str, name: str) -> Iterator[RowFile]:
    """Open a stored file for as long as its rows are read; ``name`` is the one it was uploaded under. Raises Invalid, TooLarge."""
    with _copied(platform, key) as path:
        yield open_rows(path, name=name)


@contextmanager
def _opened(platform: Platform, key: str, name: str, entity: Entity, mapping: Mapping[str, str | None] | None) -> Iterator[Opened]:
    """Open a stored file for an entity for as long as it is read."""
    with _copied(platform, key) as path:
        yield orders.open_file(path, name, entity, mapping)


@contextmanager
def _copied(platform: Platform, key: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tenon-") as folder:
        path = Path(folder) / "file"
        with platform.outside.files.open(key) as source, path.open("wb") as copy:
            while chunk := source.read(files.CHUNK):
                copy.write(chunk)
        yield path


def _find(view: View, id: str) -> dict[str, Any]:
    user = view.ctx.user
    return orders.get(view.uow.connection, id_of(id), None if user is not None and user.is_admin else view.ctx.user_id or "-")


def _check_idle(view: View, row: Mapping[str, Any]) -> None:
    """Raise Conflict while the import runs, or once it has run."""
    job = find(view.uow.connection, row["job"]) if row["job"] else None
    if job is not None and (job["state"] in ("queued", "running") or (job["state"] == "done" and not row["dry_run"])):
        message = say("This import runs already, or has run.", "该导入正在执行或已完成。")
        raise Conflict(
            Problem("", "conflict", message, say("Upload the file again to import it once more.", "如需再次导入，请重新上传文件。"))
        )


def _page(
    view: View, entity: Entity, row: Mapping[str, Any], job: Mapping[str, Any] | None, refused: list[dict[str, Any]]
) -> ImportPage:  # fmt: skip
    """Return where an import stands; without columns where the file has to be looked at to map them."""
    state = _state(row, job)
    known = (job or {}).get("result") or {}
    header = [c["name"] for c in known.get("columns", ())] or [c for c in (row["mapping"] or {}).values() if c]
    columns = tuple(ImportColumn(name, ()) for name in header) if state in ("checking", "running", "done") else ()
    result = job["result"] if job is not None and job["state"] == "done" else None
    errors = [show_problem(e, view.language) for e in (job["errors"] or ())] if job is not None else []
    return ImportPage(
        row["id"], entity.name, entity.plural.show(view.language), row["file_name"], result["rows"] if result else None, known.get("encoding"),
        columns, _fields(view, entity), _keys(view, entity), state, job["done_count"] if job is not None else 0, row["mode"],
        ",".join(row["match_on"]) or None, ImportResult(result["rows"], **{k: result.get(k, 0) for k in (*COUNTS, "duplicates", "waiting")}) if result else None,
        tuple(p for r in refused for p in _problems(view, r, header, row)),
        state == "done" and row["undone_at"] is None, sentences(view.language, (str(e["message"]) for e in errors)) if state == "failed" else None,
        row["undone_at"] is not None, import_numbers.systems(view, entity), import_numbers.system_of(row), import_numbers.keeps_waiting(row),
    )  # fmt: skip


def _state(row: Mapping[str, Any], job: Mapping[str, Any] | None) -> Any:
    if job is None:
        return "mapping"
    if job["state"] in ENDED_BADLY:
        return "failed"
    is_over = job["state"] == "done"
    return ("checked" if is_over else "checking") if row["dry_run"] else ("done" if is_over else "running")


def _fields(view: View, entity: Entity) -> tuple[Choice, ...]:
    """Return the fields a column may go into, in the order of the entity."""
    fields = [f for f in entity.fields.values() if (f.is_written or f.name in SYSTEM) and _may_write(view, entity, f)]
    return (*(Choice(f.name, f.label.show(view.language)) for f in sorted(fields, key=lambda f: f.origin == "system")), *import_numbers.choices(view, entity))


def _may_write(view: View, entity: Entity, field: Field) -> bool:
    return view.rights.may_write(entity, field, "create") and view.rights.state(entity, field) != "hidden"


def _keys(view: View, entity: Entity) -> tuple[Choice, ...]:
    found = []
    for key in entity.keys:
        labels = [entity.fields[n].label.show(view.language) for n in key]
        found.append(Choice(",".join(key), " + ".join(labels)))
    return (*found, *(c for c in import_numbers.choices(view, entity) if c.name == OWN))


def _problems(view: View, refused: Mapping[str, Any], header: list[str], row: Mapping[str, Any]) -> Iterator[ImportProblem]:
    """Yield what is wrong with a refused row: its line, the column and what stood there."""
    places = {name: i for i, name in enumerate(header)}
    for each in refused["problems"]:
        shown = show_problem(each, view.language)
        name = str(shown["path"]).removeprefix("/").split("/")[0]
        column = (row["mapping"] or {}).get(name) or name or None
        place = places.get(column or "")
        cells = refused["cells"]
        cell = cells[place] if place is not None and place < len(cells) else None
        text = sentences(view.language, [str(shown["message"]), str(shown.get("hint") or "")])
        yield ImportProblem(refused["row"], column, None if cell is None else str(cell), text)

"""Importing a file of this machine in this process, with the same order, job and refused rows as an import over HTTP."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tenon.engine.imports import orders
from tenon.engine.imports.refused import refused_csv
from tenon.engine.jobs import get as get_job, put
from tenon.engine.jobs.table import ENDED, show_problem
from tenon.engine.outside import new_record_id
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import Text, say
from tenon.platform.worker import Worker
from tenon.platform.workspace import Platform

LOOK_EVERY = 0.2
Tell = Callable[[int], None]


def run_import(
    platform: Platform, path: Path, entity_name: str, values: Mapping[str, Any], *, tell: Tell = lambda _: None, errors_to: Path | None = None,
    language: str = "en",
) -> dict[str, Any]:  # fmt: skip
    """Import a file and return the result with ``id``, ``mapping`` and the first ``problems``; ``tell(rows)`` hears how far it is.

    ``values`` are mapping, match_on, mode, dry_run and on_error as in a call. Refused rows are written to ``errors_to`` when there
    are any. Raises NotFound, Invalid.
    """
    if not path.is_file():
        message = say("There is no file {path}.", "没有文件 {path}。", path=path)
        raise Invalid(Problem("/file", "no_such_record", message, say("Check the path.", "请检查路径。")))
    with platform.read() as uow:
        entity = uow.model.get_entity(entity_name)
        order = orders.read_order(entity, values, model=uow.model)
        opened = orders.open_file(path, path.name, entity, order.mapping)
        order = orders.with_mapping(order, opened)
    key = secrets.token_hex(16)
    with path.open("rb") as content:
        platform.outside.files.write(key, content)
    try:
        with platform.write() as uow:
            import_id = orders.add(uow, None, entity, path.name, key, order)
            # A queue of its own, so that this process runs this import and nothing else that is due.
            job_id = put(uow.connection, orders.JOB, {"import": import_id}, queue=f"command-{new_record_id()}")
            orders.change(uow.connection, import_id, job=job_id)
            queue = get_job(uow.connection, job_id)["queue"]
        job = _run(platform, job_id, queue, tell)
    finally:
        platform.outside.files.delete(key)
    return _answer(platform, import_id, job, opened, errors_to, language)


def _run(platform: Platform, job_id: str, queue: str, tell: Tell) -> dict[str, Any]:
    worker = Worker(platform.database, platform.kinds, platform.outside, queues=[queue])
    thread = threading.Thread(target=worker.run_until_idle, name="tenon-import", daemon=True)
    thread.start()
    while True:
        thread.join(LOOK_EVERY)
        with platform.database.read() as connection:
            job = dict(get_job(connection, job_id))
        tell(job["done_count"] or 0)
        if job["state"] in ENDED:
            thread.join()
            return job
        if not thread.is_alive():
            time.sleep(LOOK_EVERY)  # another worker took it: it is not ours to hurry


def _answer(
    platform: Platform, import_id: str, job: dict[str, Any], opened: orders.Opened, errors_to: Path | None, language: str
) -> dict[str, Any]:
    result: dict[str, Any] = dict(job["result"] or {})
    with platform.read() as uow:
        first = orders.refused_rows(uow.connection, import_id, 0, 5)
        problems = [{"row": r["row"], "errors": [show_problem(p, language) for p in r["problems"]]} for r in first]
        if errors_to is not None and first:
            with errors_to.open("w", encoding="utf-8-sig", newline="") as file:
                file.writelines(refused_csv(uow.connection, import_id, opened.file.header, language))
    if job["state"] != "done":
        kept = [p for p in job["errors"] or [] if isinstance(p, dict)]
        raise Invalid([_problem(p) for p in kept] or Problem("/file", "refused", say("The import failed.", "导入失败。")), extra={"problems": problems})
    return {"id": import_id, **result, "mapping": opened.mapping, "problems": problems}


def _problem(kept: dict[str, Any]) -> Problem:
    hint = kept.get("hint")
    return Problem(str(kept.get("path", "")), str(kept.get("code", "refused")), Text.of(kept.get("message")), Text.of(hint) if hint else None)

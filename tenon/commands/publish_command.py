"""``tenon publish``: checks and publishes the draft, or the documents of a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import orjson

from tenon.commands.speech import spoken, tell
from tenon.commands.workspace import acting, opened
from tenon.engine.releases import Checked, Release, check_draft, publish_documents
from tenon.engine.releases.check import check_documents
from tenon.engine.releases.draft import load_edits
from tenon.engine.releases.publish import merge, publish, read_all
from tenon.engine.schema import Plan
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.refusals import tell_syntax
from tenon.platform.workspace import Platform

MARKS = {"safe": " ", "lossy": "!", "blocked": "x"}


@click.command(name="publish", epilog="Example: tenon publish my_app --note 'New fields' --accept drop_field:0198…")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--note", help="What the release is about.")
@click.option("--accept", multiple=True, metavar="STEP", help="The id of a step that loses data and is wanted; several are possible.")
@click.option("--dry-run", is_flag=True, help="Print the plan and publish nothing.")
def command(folder: Path | None, note: str | None, accept: tuple[str, ...], dry_run: bool) -> None:
    """Check and publish the draft, or the documents of a folder over what is published.

    The folder holds <kind>/<name>.json, or any .json with one document or a list; documents not in it stay.
    """
    raw = read_folder(folder) if folder is not None else None
    with opened() as platform:
        show_plan(_check(platform, raw))
        if dry_run:
            return
        ctx = acting(platform, "publish")
        release = publish(platform.publisher, ctx, note=note, accept=accept) if raw is None else publish_documents(
            platform.publisher, ctx, raw, note=note, accept=accept
        )  # fmt: skip
        show_release(release)


def read_folder(folder: Path) -> list[Any]:
    """Return the raw documents of a folder, or of one file. Raises Invalid."""
    paths = [folder] if folder.is_file() else sorted(p for p in folder.rglob("*.json") if not any(part.startswith(".") for part in p.parts))
    if not paths:
        message = say("There is no document in {folder}.", "{folder} 中没有文档。", folder=folder)
        raise Invalid(Problem("/dir", "no_such_record", message, say("Put documents there as <kind>/<name>.json.", "请放入 <kind>/<name>.json 文档。")))
    documents: list[Any] = []
    for path in paths:
        try:
            read = orjson.loads(path.read_bytes())
        except orjson.JSONDecodeError as error:
            message = say("{file} is not JSON: {why}", "{file} 不是 JSON：{why}", file=path, why=tell_syntax(error))
            raise Invalid(Problem("/dir", "bad_format", message, say("Correct the file.", "请修正该文件。"))) from error
        documents += read if isinstance(read, list) else [read]
    return documents


def _check(platform: Platform, raw: list[Any] | None) -> Checked | None:
    with platform.read() as uow:
        if raw is None:
            return check_draft(uow.connection, uow.model, now=uow.now, zone=uow.timezone, stories=platform.publisher.stories) if load_edits(uow.connection) else None
        return check_documents(uow.connection, uow.model, merge(uow.model, read_all(raw)), now=uow.now, zone=uow.timezone, stories=platform.publisher.stories)


def show_plan(checked: Checked | None) -> None:
    """Print what publishing would do, a line a step: ``!`` loses data, ``x`` cannot be done."""
    plan = checked.plan if checked is not None else Plan(())
    for step in plan.steps:
        if step.hidden:
            continue
        lost = say(" ({n} {n:value|values} would be lost; accept with --accept {id})", "（将丢失 {n} 个值；可用 --accept {id} 接受）", n=step.lost, id=step.id)
        if step.kind == "scenario":
            lost = say(" (accept with --accept {id})", "（可用 --accept {id} 接受）", id=step.id)
        tell(f"{MARKS.get(step.safety, ' ')} {step.title.show(spoken())}" + (lost.show(spoken()) if step.safety == "lossy" else ""))


def show_release(release: Release) -> None:
    """Print which release was published and what it changed."""
    for each in release.summary:
        tell(f"  {each['change']:8} {each['kind']}/{each['name']}")
    tell(say("Release {n} is published.", "已发布版本 {n}。", n=release.number))


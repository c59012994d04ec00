"""``tenon import``: imports a file in this process."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
import orjson

from tenon.commands.speech import spoken, tell
from tenon.commands.workspace import opened
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.platform.api.answers import dump
from tenon.platform.file_import import run_import


@click.command(name="import", epilog="Example: tenon import customers.csv --entity customer --match-on code --mode upsert")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--entity", required=True, help="The entity whose records these are.")
@click.option("--match-on", help="The fields of a declared key by which records are found, with commas between.")
@click.option("--mode", type=click.Choice(["create", "update", "upsert"]), default="create", show_default=True)
@click.option("--map", "map_file", type=click.Path(path_type=Path), help='A file with {"field": "column or expression"}; guessed when absent.')
@click.option("--dry-run", is_flag=True, help="Go through every row and write nothing.")
@click.option("--on-error", type=click.Choice(["skip", "stop"]), default="skip", show_default=True, help="Go on past bad rows, or write nothing.")
@click.option("--errors", type=click.Path(path_type=Path), help="Write the refused rows, to mend and import again.  [default: FILE.errors.csv]")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    file: Path, entity: str, match_on: str | None, mode: str, map_file: Path | None, dry_run: bool, on_error: str, errors: Path | None, as_json: bool
) -> None:
    """Import a CSV, XLSX or JSON lines file; columns are guessed and said when no mapping is given."""
    values = {
        "match_on": [name.strip() for name in (match_on or "").split(",") if name.strip()], "mode": mode, "dry_run": dry_run, "on_error": on_error,
        "mapping": read_mapping(map_file) if map_file is not None else None,
    }  # fmt: skip
    errors_to = errors or file.with_name(file.name + ".errors.csv")
    with opened() as platform:
        result = run_import(platform, file, entity, values, tell=_show_progress, errors_to=errors_to, language=spoken())
    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)
    if as_json:
        click.echo(dump(result).decode())
        return
    _show(result, errors_to)


def read_mapping(path: Path) -> Any:
    """Return the mapping in a file. Raises Invalid."""
    try:
        return orjson.loads(path.read_bytes())
    except FileNotFoundError as error:
        message = say("There is no file {path}.", "没有文件 {path}。", path=path)
        raise Invalid(Problem("/map", "no_such_record", message, say("Check the path.", "请检查路径。"))) from error
    except (orjson.JSONDecodeError, OSError) as error:
        message = say("{path} cannot be read as a mapping.", "无法将 {path} 读取为映射。", path=path)
        raise Invalid(Problem("/map", "bad_format", message, say('Write {"field": "column"}.', '请写成 {"字段": "列"}。'))) from error


def _show_progress(rows: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{rows} …", nl=False, err=True)


def _show(result: dict[str, Any], errors_to: Path) -> None:
    for field, column in result["mapping"].items():
        if column is not None:
            tell(f"  {column} → {field}")
    if result.get("dry_run"):
        tell(say("Nothing was written: this was a trial.", "仅试运行，未写入任何内容。"))
    counts = {key: result[key] for key in ("rows", "created", "updated", "unchanged", "skipped", "refused")}
    tell(say(
        "{rows} rows: {created} created, {updated} updated, {unchanged} unchanged, {skipped} skipped, {refused} refused.",
        "共 {rows} 行：新建 {created}，更新 {updated}，未变 {unchanged}，跳过 {skipped}，拒绝 {refused}。", **counts,
    ))  # fmt: skip
    for each in result["problems"]:
        first = each["errors"][0] if each["errors"] else {"path": "", "message": ""}
        tell(say("Row {n}: {field} {why}", "第 {n} 行：{field} {why}", n=each["row"], field=str(first.get("path", "")).lstrip("/"), why=first["message"]), err=True)
    if result["refused"]:
        tell(say("The refused rows are in {path}.", "被拒绝的行在 {path}。", path=errors_to), err=True)

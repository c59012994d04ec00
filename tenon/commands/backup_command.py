"""``tenon backup``: writes everything into one file."""

from __future__ import annotations

from pathlib import Path

import click

from tenon.commands.speech import tell
from tenon.commands.workspace import acting, opened
from tenon.metamodel.labels import say
from tenon.platform.backup import write_backup


@click.command(name="backup", epilog="Example: tenon backup tenon-monday.zip")
@click.argument("file", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Write one file with every record, document and uploaded file of one moment, while others go on working.

    Sessions, API tokens and the secret are not in it; people are, with the hashes of their passwords. Keep it safe.
    """
    with opened() as platform:
        manifest = write_backup(platform, file, ctx=acting(platform, "backup"))
    counts = {"path": file, "rows": manifest["rows"], "files": manifest["files"], "release": manifest["release"]}
    tell(say("{path}: release {release}, {rows} rows, {files} files.", "{path}：版本 {release}，{rows} 行，{files} 个文件。", **counts))
    if manifest["missing_files"]:
        tell(say("{n} files are missing on disk; see `tenon doctor`.", "磁盘上缺少 {n} 个文件；请运行 `tenon doctor`。", n=len(manifest["missing_files"])), err=True)

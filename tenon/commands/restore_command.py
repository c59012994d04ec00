"""``tenon restore``: restores a backup into an empty workspace."""

from __future__ import annotations

from pathlib import Path

import click

from tenon.commands.speech import tell
from tenon.commands.workspace import load_settings
from tenon.metamodel.labels import say
from tenon.platform.database import Database
from tenon.platform.files import DiskFiles
from tenon.platform.restore import read_manifest, restore_backup


@click.command(name="restore", epilog="Example: TENON_HOME=/srv/tenon-again tenon restore tenon-monday.zip")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Verify the file and restore nothing.")
def command(file: Path, check: bool) -> None:
    """Restore a backup into an empty workspace, on SQLite or PostgreSQL whichever it came from.

    Every part is verified first. People sign in with the passwords they had; API tokens have to be made anew.
    """
    settings = load_settings()
    if check:
        manifest = read_manifest(file)
    else:
        database = Database(settings.database_url, synchronous=settings.sqlite_synchronous)
        try:
            manifest = restore_backup(database, DiskFiles(settings.files), file)
        finally:
            database.dispose()
    counts = {"at": manifest["at"][:16], "rows": manifest["rows"], "files": manifest["files"], "release": manifest["release"], "home": settings.home}
    if check:
        tell(say("The backup of {at} is whole: release {release}, {rows} rows, {files} files.", "{at} 的备份完整：版本 {release}，{rows} 行，{files} 个文件。", **counts))
        return
    tell(say("Restored the backup of {at} into {home}: release {release}, {rows} rows, {files} files.",
             "已将 {at} 的备份恢复到 {home}：版本 {release}，{rows} 行，{files} 个文件。", **counts))  # fmt: skip

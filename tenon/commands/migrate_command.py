"""``tenon migrate``: brings the database up to this version."""

from __future__ import annotations

import click

from tenon.commands.speech import tell
from tenon.commands.workspace import load_settings
from tenon.metamodel.labels import say
from tenon.platform.database import Database
from tenon.platform.migrate import migrate, refuse_newer, state


@click.command(name="migrate", epilog="Example: tenon migrate --dry-run")
@click.option("--dry-run", is_flag=True, help="Print the steps and change nothing.")
def command(dry_run: bool) -> None:
    """Bring the database up to this version. On SQLite a copy is kept in TENON_HOME/backups first.

    The server does this by itself when it starts; on PostgreSQL write a backup before.
    """
    settings = load_settings()
    database = Database(settings.database_url, synchronous=settings.sqlite_synchronous)
    try:
        before = state(database)
        refuse_newer(before)
        for revision in before.pending:
            tell(say("Step {revision}", "步骤 {revision}", revision=revision))
        if dry_run:
            tell(say("{n} steps would run.", "将执行 {n} 个步骤。", n=len(before.pending)))
            return
        after = migrate(database, backup_to=settings.home / "backups")
        tell(say("The database is at revision {revision}.", "数据库位于修订 {revision}。", revision=after.revision or "-"))
    finally:
        database.dispose()

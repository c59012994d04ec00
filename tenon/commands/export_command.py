"""``tenon export``: records to standard output."""

from __future__ import annotations

import sys
from typing import get_args

import click

from tenon.commands.workspace import acting, opened
from tenon.platform.export import Format, export_records


@click.command(name="export", epilog="Example: tenon export customer --view at_risk --format xlsx > at_risk.xlsx")
@click.argument("entity")
@click.option("--view", help="Export what a view shows: its columns, filter and order, references by title.")
@click.option("--format", "format", type=click.Choice(get_args(Format)), default="csv", show_default=True)
def command(entity: str, view: str | None, format: Format) -> None:
    """Export records to standard output, page by page.

    Without a view every field is written so that an import reads the same values again.
    """
    with opened() as platform, platform.read() as uow:
        export_records(uow, acting(platform, "export"), uow.model.get_entity(entity), sys.stdout.buffer, format=format, view=view)

"""``tenon serve``: the server, with a worker in it unless told otherwise."""

from __future__ import annotations

import click

from tenon.commands.workspace import listening, opened
from tenon.server import serve


@click.command(name="serve", epilog="Example: tenon serve --host 0.0.0.0 --port 8000")
@click.option("--host", help="The address to listen at.  [default: TENON_HOST, 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen at.  [default: TENON_PORT, 8000]")
@click.option("--no-worker", is_flag=True, help="Run no jobs here; `tenon worker` runs them.")
def command(host: str | None, port: int | None, no_worker: bool) -> None:
    """Run the server with an embedded worker. A workspace that is not there yet is made; `tenon init` prints the link to set it up."""
    with opened(make=True, over=listening(host, port)) as platform:
        serve(platform, platform.settings.host, platform.settings.port, with_worker=not no_worker)

"""``tenon serve``: the server, with a worker in it unless told otherwise."""

from __future__ import annotations

import sys
from functools import partial

import click

from tenon.commands.speech import speak, spoken, tell
from tenon.commands.workspace import listening, opened
from tenon.metamodel.labels import say
from tenon.platform import accounts
from tenon.platform.invitations import is_set_up_offered, link_url, make_link
from tenon.platform.workspace import Platform
from tenon.server import serve


@click.command(name="serve", epilog="Example: tenon serve --host 0.0.0.0 --port 8000")
@click.option("--host", help="The address to listen at.  [default: TENON_HOST, 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen at.  [default: TENON_PORT, 8000]")
@click.option("--no-worker", is_flag=True, help="Run no jobs here; `tenon worker` runs them.")
def command(host: str | None, port: int | None, no_worker: bool) -> None:
    """Run the server with an embedded worker.

    A workspace that is not there yet is made, and the link that sets it up is printed.
    """
    with opened(make=True, over=listening(host, port)) as platform:
        serve(platform, platform.settings.host, platform.settings.port, with_worker=not no_worker, on_ready=partial(greet, platform, spoken()))


def greet(platform: Platform, language: str) -> None:
    """Say where the server is, and how to set up a workspace that nobody administers."""
    speak(language)  # a thread of its own
    base = platform.settings.base_url
    tell(say("Tenon answers at {url}; Ctrl-C ends it.", "Tenon 已在 {url} 启动；按 Ctrl-C 结束。", url=base))
    with platform.database.write() as connection:
        if accounts.has_admin(connection):
            link = None
        elif is_set_up_offered(connection):
            # Another link would end that one.
            tell(say("Set it up with the link that was printed before; `tenon init` prints a new one.", "请用之前输出的链接完成设置；`tenon init` 可输出新的链接。"))
            link = None
        else:
            link = link_url(base, "setup", make_link(connection, "setup"))
    if link is not None:
        tell(say("Nobody administers this workspace yet; open this link to set it up:", "此工作区尚无管理员；请打开以下链接完成设置："))
        tell(link)
    sys.stdout.flush()

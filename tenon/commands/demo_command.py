"""``tenon demo``: a workspace with the sample apps and data, a link that signs in once, and the server."""

from __future__ import annotations

import os
import sys
import webbrowser
from dataclasses import replace
from functools import partial

import click

from tenon.commands.speech import spoken, tell
from tenon.commands.workspace import acting, is_made, listening, load_settings, opened
from tenon.metamodel.labels import say
from tenon.platform.demo import clear, free_port, prepare, sign_in_link
from tenon.platform.settings import address
from tenon.server import serve


@click.command(name="demo", epilog="Example: tenon demo --port 9000")
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen at; the next free one when it is taken.")
@click.option("--app", "apps", multiple=True, metavar="NAME", help="Only this app; may be given several times.  [default: all]")
@click.option("--reset", is_flag=True, help="Throw the demo workspace away and start again.")
@click.option("--no-browser", is_flag=True, help="Open no browser.")
@click.option("--prepare-only", is_flag=True, help="Make the workspace, print the link and end.")
def command(port: int | None, apps: tuple[str, ...], reset: bool, no_browser: bool, prepare_only: bool) -> None:
    """Start a workspace with sample apps and data under TENON_HOME and print one link that signs you in.

    The first start installs everything, and loads the sample records while the server answers already; a second one is quick.
    """
    settings = load_settings(listening(None, port))
    if reset and is_made(settings):
        clear(settings)
    with opened(make=True, over=listening(None, port)) as platform:
        user_id = prepare(platform, acting(platform, "demo"), tell, only=apps, loads=prepare_only)
        host, wanted = settings.host, settings.port
        free = wanted if prepare_only else free_port(host, wanted)
        if free != wanted:
            tell(say("Port {wanted} is taken; using {free}.", "端口 {wanted} 已被占用，改用 {free}。", wanted=wanted, free=free))
            platform.settings = replace(settings, base_url=address(host, free), port=free)
        link = sign_in_link(platform, user_id, platform.settings.base_url)
        words = say("Open this link; it signs you in once:", "请打开以下链接，可登录一次：").show(spoken())
        if prepare_only:
            _hand_over(words, link, open_browser=False)
            return
        tell(say("Starting …", "正在启动 …"))
        sys.stdout.flush()
        serve(platform, host, free, answers_first=True, on_ready=partial(_hand_over, words, link, open_browser=not no_browser and _has_browser()))


def _has_browser() -> bool:
    """True where a person sits before a screen: not in a container, over SSH, or in a script."""
    if not sys.stdout.isatty() or os.environ.get("SSH_CONNECTION"):
        return False
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def _hand_over(words: str, link: str, *, open_browser: bool) -> None:
    """Print the link, and open it where a person sits before a screen; by now the server answers."""
    tell(words)
    tell(link)
    sys.stdout.flush()
    if open_browser:
        webbrowser.open(link)

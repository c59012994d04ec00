"""``tenon demo``: a workspace with the sample apps and data, a link that signs in once, and the server."""

from __future__ import annotations

import os
import sys
import threading
import urllib.request
import webbrowser
from dataclasses import replace
from urllib.error import URLError

import click

from tenon.commands.speech import tell
from tenon.commands.workspace import acting, is_made, load_settings, opened
from tenon.metamodel.labels import say
from tenon.platform.demo import clear, free_port, prepare, sign_in_link
from tenon.server import serve

OPEN_AFTER = 0.3
OPEN_WITHIN = 60


@click.command(name="demo", epilog="Example: tenon demo --port 9000")
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen at; the next free one when it is taken.")
@click.option("--reset", is_flag=True, help="Throw the demo workspace away and start again.")
@click.option("--no-browser", is_flag=True, help="Open no browser.")
@click.option("--prepare-only", is_flag=True, help="Make the workspace, print the link and end.")
def command(port: int | None, reset: bool, no_browser: bool, prepare_only: bool) -> None:
    """Start a workspace with sample apps and data under TENON_HOME and print one link that signs you in.

    The first start installs everything; a second one is quick.
    """
    settings = load_settings()
    if reset and is_made(settings):
        clear(settings)
    with opened(make=True) as platform:
        user_id = prepare(platform, acting(platform, "demo"), tell)
        host, wanted = settings.host, port or settings.port
        free = wanted if prepare_only else free_port(host, wanted)
        if free != wanted:
            tell(say("Port {wanted} is taken; using {free}.", "端口 {wanted} 已被占用，改用 {free}。", wanted=wanted, free=free))
        base = settings.base_url if free == settings.port and "TENON_BASE_URL" in os.environ else f"http://{_shown(host)}:{free}"
        platform.settings = replace(settings, base_url=base, port=free)
        link = sign_in_link(platform, user_id, base)
        tell(say("Open this link; it signs you in once:", "请打开以下链接，可登录一次："))
        tell(link)
        if prepare_only:
            return
        sys.stdout.flush()
        if not no_browser and _has_browser():
            threading.Thread(target=_open, args=(base, link), daemon=True).start()
        serve(platform, host, free, with_worker=True)


def _shown(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else f"[{host}]" if ":" in host else host


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


def _open(base: str, link: str) -> None:
    """Open the link once the server answers."""
    pause = threading.Event()
    for _ in range(int(OPEN_WITHIN / OPEN_AFTER)):
        pause.wait(OPEN_AFTER)
        try:
            with urllib.request.urlopen(base + "/healthz", timeout=2):  # noqa: S310 - our own address
                webbrowser.open(link)
                return
        except (URLError, OSError):
            continue

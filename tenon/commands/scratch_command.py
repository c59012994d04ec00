"""``tenon scratch``: copies of the workspace to try things in."""

from __future__ import annotations

from functools import partial

import click

from tenon.commands.serve_command import greet
from tenon.commands.speech import spoken, tell
from tenon.commands.workspace import acting, listening, load_settings, opened
from tenon.metamodel.labels import say
from tenon.platform import scratch
from tenon.platform.bringing import bring, plan_bringing
from tenon.server import serve as serve_platform


@click.group(name="scratch")
def command() -> None:
    """Make, serve, take from and drop copies of the workspace to try things in.

    Example: tenon scratch make try_out
    """


@command.command(name="make", epilog="Example: tenon scratch make try_out")
@click.argument("name")
def make(name: str) -> None:
    """Copy the workspace as it is now: documents, records, files and people."""
    with opened() as platform:
        made = scratch.make_copy(platform, name, ctx=acting(platform, "scratch make"))
    tell(say("The copy {name} is in {home}; look at it with `tenon scratch serve {name}`.", "副本 {name} 位于 {home}；可用 `tenon scratch serve {name}` 查看。", name=name, home=made.home))


@command.command(name="list", epilog="Example: tenon scratch list")
def list_command() -> None:
    """List the copies."""
    for each in scratch.list_copies(load_settings()):
        tell(say("{name}: release {release}, {at}", "{name}：版本 {release}，{at}", name=each.name, release=each.release, at=f"{each.at:%Y-%m-%d %H:%M}"))


@command.command(name="serve", epilog="Example: tenon scratch serve try_out --port 8001")
@click.argument("name")
@click.option("--host", help="The address to listen at.  [default: TENON_HOST, 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), default=8001, show_default=True, help="The port to listen at.")
def serve(name: str, host: str | None, port: int) -> None:
    """Run a server for a copy; people sign in with the passwords they have. It sends no mail."""
    settings = load_settings()
    over = scratch.settings_over(scratch.find_copy(settings, name), settings)
    with opened(over={**listening(host, port), **over}) as platform:
        serve_platform(platform, platform.settings.host, platform.settings.port, with_worker=True, on_ready=partial(greet, platform, spoken()))


@command.command(name="take", epilog="Example: tenon scratch take try_out")
@click.argument("name")
def take(name: str) -> None:
    """Put what was changed in a copy, published or not, into the draft here; publish it with `tenon publish`."""
    with opened() as platform:
        copy = scratch.find_copy(platform.settings, name)
        with platform.write() as uow:
            taken = bring(uow, acting(platform, "scratch take"), plan_bringing(uow, platform.settings, copy, {}))
    for each in taken:
        tell(f"  {each.change:8} {each.kind}/{each.name}")
        for place in each.clashes:
            tell(say("           {place} was changed here too; the copy's is in the draft.", "           {place} 在此处也被修改；草稿采用副本的内容。", place=place))
    tell(say("{n} documents are in the draft.", "草稿中有 {n} 个文档。", n=len(taken)))


@command.command(name="drop", epilog="Example: tenon scratch drop try_out")
@click.argument("name")
def drop(name: str) -> None:
    """Throw a copy away with everything in it."""
    scratch.drop_copy(load_settings(), name)
    tell(say("The copy {name} is gone.", "副本 {name} 已删除。", name=name))

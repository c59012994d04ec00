"""``tenon init``: makes the workspace and its database, and prints the link that sets it up."""

from __future__ import annotations

import click

from tenon.commands.speech import tell
from tenon.commands.workspace import load_settings, opened
from tenon.metamodel.labels import LANGUAGES, say
from tenon.platform import accounts
from tenon.platform.invitations import link_url, make_link
from tenon.platform.settings import keep_setting


@click.command(name="init", epilog="Example: tenon init --language zh")
@click.option("--language", type=click.Choice(list(LANGUAGES)), help="The language of the workspace; kept in TENON_HOME.")
def command(language: str | None) -> None:
    """Make the workspace and its database, and print the one-time link that sets it up.

    The link makes the first administrator; it works once, for seven days. Run it again for a new link while there is none.
    """
    if language is not None:
        keep_setting(load_settings().home, "TENON_LANGUAGE", language)
    with opened(make=True) as platform, platform.database.write() as connection:
        if accounts.has_admin(connection):
            tell(say("The workspace in {home} is set up already.", "{home} 中的工作区已完成初始设置。", home=platform.settings.home))
            return
        link = link_url(platform.settings.base_url, "setup", make_link(connection, "setup"))
        tell(say("The workspace is in {home}.", "工作区位于 {home}。", home=platform.settings.home))
        tell(say("Start it with `tenon serve` and open this link to set it up:", "请运行 `tenon serve` 启动，并打开以下链接完成设置："))
        tell(link)

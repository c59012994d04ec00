"""``tenon token``: API tokens."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from tenon.commands.workspace import acting, opened
from tenon.metamodel.errors import NotFound, Problem
from tenon.metamodel.labels import say
from tenon.platform import accounts, tokens
from tenon.platform.clock import real_now


@click.group(name="token")
def command() -> None:
    """Add API tokens.

    Example: tenon token add ada@example.com --name "nightly export"
    """


@command.command(name="add", epilog='Example: tenon token add ada@example.com --name "nightly export" --days 90')
@click.argument("email")
@click.option("--name", required=True, help="What the token is for.")
@click.option("--role", "roles", multiple=True, help="Narrow it to some of the person's roles.")
@click.option("--address", "addresses", multiple=True, help="Only from this address or network, such as 10.0.0.0/8.")
@click.option("--days", type=click.IntRange(1, 3650), help="How long it lives.  [default: for ever]")
def add(email: str, name: str, roles: tuple[str, ...], addresses: tuple[str, ...], days: int | None) -> None:
    """Add a token for a person and print it, this once and nothing else."""
    with opened() as platform, platform.database.write() as connection:
        person = accounts.find_by_email(connection, email)
        if person is None:
            message = say("Nobody has the address {email}.", "没有使用邮箱 {email} 的人员。", email=email)
            raise NotFound(Problem("/email", "no_such_record", message, say("Add the person with `tenon user add`.", "请运行 `tenon user add` 添加。")))
        _, token = tokens.create(
            connection, acting(platform, "token add"), person["id"], name, roles=roles or None, addresses=addresses or None, expires_at=_end(days)
        )
    click.echo(token)


def _end(days: int | None) -> datetime | None:
    return None if days is None else real_now() + timedelta(days=days)

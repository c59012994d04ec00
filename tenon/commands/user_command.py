"""``tenon user``: people."""

from __future__ import annotations

import click

from tenon.commands.workspace import acting, opened
from tenon.platform import accounts, passwords, profile


@click.group(name="user")
def command() -> None:
    """Add people.

    Example: tenon user add ada@example.com --name Ada --role admin --password "three blue boats"
    """


@command.command(name="add", epilog='Example: tenon user add ada@example.com --name Ada --role admin --password "three blue boats"')
@click.argument("email")
@click.option("--name", required=True, help="The name people see.")
@click.option("--role", "roles", multiple=True, help="A role; admin and builder are there from the start. Several are possible.")
@click.option("--password", help="Without one the person is invited and cannot sign in yet.")
@click.option("--language", type=click.Choice(["en", "zh"]), help="The person's language.  [default: the workspace's]")
def add(email: str, name: str, roles: tuple[str, ...], password: str | None, language: str | None) -> None:
    """Add a person and print the id."""
    with opened() as platform:
        kept = None
        if password is not None:
            passwords.check(password, email=email)
            kept = passwords.hash_password(password)
        known = {role for role in roles if platform.is_role(role)}
        with platform.database.write() as connection:
            user_id = accounts.create(
                connection, acting(platform, "user add"), email, name, list(roles), password_hash=kept,
                language=language or profile.find(connection).language or platform.settings.language, is_role=known.__contains__,
            )  # fmt: skip
        click.echo(user_id)

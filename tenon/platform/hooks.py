"""The addresses at which other systems wake rules: told once, kept as hashes."""

from __future__ import annotations

from dataclasses import dataclass

from tenon.engine.context import Context
from tenon.engine.webhooks import incoming
from tenon.engine.webhooks.signing import show_secret
from tenon.platform import audit
from tenon.platform.secrets import hash_token, new_token
from tenon.platform.workspace import Platform


@dataclass(frozen=True)
class NewHook:
    """The address of a rule and the secret to sign with, told this once."""

    rule: str
    url: str
    secret: str


def renew(platform: Platform, ctx: Context, name: str) -> NewHook:
    """Give a rule an address and a secret, or others than before. Raises NotFound, Invalid."""
    token = new_token()
    with platform.write() as uow:
        document = incoming.rule_with_hook(uow, name)
        incoming.renew(uow, ctx, document.id, hash_token(token))
        audit.write(uow.connection, ctx, "hook.renew", "rule", document.id, {"rule": name})
        hook = incoming.hook_of(uow, document.id) or {}
        return NewHook(name, f"{platform.settings.base_url.rstrip('/')}/hooks/{token}", show_secret(incoming.key_of(uow, hook)))

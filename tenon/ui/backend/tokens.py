"""API tokens: one's own, or everybody's for administrators; made, told once, revoked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tenon.engine.people import names_of
from tenon.metamodel.digits import read_whole
from tenon.metamodel.errors import not_found
from tenon.platform import tokens
from tenon.platform.rights import require_admin
from tenon.ui.admin_shapes import TokenRow
from tenon.ui.backend.base import View, id_of

MOST = 200
LIFETIMES = (30, 90, 365)


def listed(view: View, *, everybody: bool) -> tuple[TokenRow, ...]:
    """Return tokens newest first: everybody's, or of whoever asks. Raises Forbidden."""
    if everybody:
        require_admin(view.ctx)
    rows = tokens.list_page(view.uow.connection, user_id=None if everybody else view.ctx.user_id or "-", limit=MOST)
    names = names_of(view.uow.connection, [row["user"] for row in rows])
    return tuple(_row(view, row, names) for row in rows)


def create(view: View, name: str, roles: Sequence[str], addresses: str, days: str) -> str:
    """Make a token of whoever asks and return it, this once. Raises Invalid."""
    user = view.ctx.user
    if user is None:
        raise not_found()
    ends = view.uow.real_now + timedelta(days=length) if (length := read_whole(days)) in LIFETIMES else None
    networks = [part for part in addresses.replace(",", " ").split() if part]
    narrowed = list(roles) if roles and set(roles) != set(user.roles) else None
    _, token = tokens.create(view.uow.connection, view.ctx, user.id, name, roles=narrowed, addresses=networks or None, expires_at=ends)
    return token


def revoke(view: View, id: str) -> None:
    """End a token at once. Raises NotFound for one of somebody else, unless by an administrator."""
    tokens.revoke(view.uow.connection, view.ctx, id_of(id))
    view.uow.after_commit.append(view.platform.principals.forget)


def _row(view: View, row: Mapping[str, Any], names: Mapping[str, str]) -> TokenRow:
    moments = {key: datetime.fromisoformat(row[key]) if row[key] else None for key in ("created_at", "expires_at", "last_used_at", "revoked_at")}
    ends = moments["expires_at"]
    state = "revoked" if moments["revoked_at"] else "expired" if ends is not None and ends <= view.uow.real_now else "living"
    return TokenRow(
        row["id"], row["name"], row["prefix"], names.get(row["user"], ""), tuple(row["roles"]) if row["roles"] is not None else None,
        tuple(row["addresses"] or ()), moments["created_at"], ends, moments["last_used_at"], state,
    )  # fmt: skip

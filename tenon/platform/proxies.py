"""The network address of who calls, behind proxies that are trusted."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from tenon.platform.settings import Settings


def client_address(peer: str | None, headers: Mapping[str, str], settings: Settings) -> str | None:
    """Return the address of the caller: the peer, or what trusted proxies say of it, from the nearest on."""
    address = peer
    forwarded = [part.strip() for part in headers.get("x-forwarded-for", "").split(",") if part.strip()]
    while forwarded and _is_trusted(address, settings):
        address = forwarded.pop()
    return address


def _is_trusted(address: str | None, settings: Settings) -> bool:
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    return any(found in network for network in settings.trusted_proxies)

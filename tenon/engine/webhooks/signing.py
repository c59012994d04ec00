"""Signatures after Standard Webhooks 1.0: HMAC-SHA256 over id, timestamp and body, in base64, one or several of them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

PREFIX = "whsec_"
VERSION = "v1"
TOLERANCE = timedelta(minutes=5)
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


def show_secret(key: bytes) -> str:
    """Return a key as it is handed to the other side."""
    return PREFIX + base64.b64encode(key).decode()


def read_secret(text: str) -> bytes:
    """Return the key of a secret as the other side has it; raises ValueError for what is none."""
    try:
        return base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError(text[:10]) from error


def sign(key: bytes, id: str, timestamp: int, body: bytes) -> str:
    """Return the signature of a body."""
    digest = hmac.digest(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256)
    return f"{VERSION},{base64.b64encode(digest).decode()}"


def headers(keys: Sequence[bytes], id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers of a signed call; while a secret is being changed it is signed with both."""
    timestamp = int(at.timestamp())
    return {ID: id, TIMESTAMP: str(timestamp), SIGNATURE: " ".join(sign(key, id, timestamp, body) for key in keys)}


def is_signed(keys: Sequence[bytes], sent: Mapping[str, str], body: bytes, *, now: datetime) -> bool:
    """True when a call carries a signature made with one of the keys, of about now."""
    id, timestamp, signatures = (sent.get(name, "") for name in (ID, TIMESTAMP, SIGNATURE))
    if not id or not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        return False
    wanted = [sign(key, id, int(timestamp), body).encode() for key in keys]
    given = [each.encode("utf-8", "surrogatepass") for each in signatures.split(" ")[:10]]
    return any(hmac.compare_digest(one, other) for one in wanted for other in given)

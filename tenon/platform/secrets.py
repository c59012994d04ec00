"""Random tokens, how they are kept, and values signed with TENON_SECRET."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from datetime import datetime
from pathlib import Path

import orjson

NAME = re.compile(r"[a-z][a-z0-9_-]{0,59}")


def new_token(prefix: str = "") -> str:
    """Return a random token of 256 bits, safe in an address."""
    return prefix + secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Return what is kept of a token; it is random, so one round is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class Signer:
    """Signs small values for one purpose each, so that they can be handed out and recognised; it does not hide them."""

    def __init__(self, secret: str) -> None:
        self._key = secret.encode()

    def sign(self, purpose: str, value: object, *, expires_at: datetime) -> str:
        """Return a JSON value with its expiry and signature as one word, safe in an address."""
        body = base64.urlsafe_b64encode(orjson.dumps([int(expires_at.timestamp()), value])).rstrip(b"=")
        return f"{body.decode()}.{self._mac(purpose, body)}"

    def read(self, purpose: str, signed: str, *, now: datetime) -> object | None:
        """Return the value of a word signed for this purpose, or None when it is forged, spoiled or too old."""
        body, _, mac = signed.partition(".")
        raw = body.encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(self._mac(purpose, raw).encode(), mac.encode("utf-8", "surrogatepass")):
            return None
        try:
            expires, value = orjson.loads(base64.urlsafe_b64decode(raw + b"=" * (-len(raw) % 4)))
        except (binascii.Error, ValueError):
            return None
        return value if now < datetime.fromtimestamp(expires, now.tzinfo) else None

    def _mac(self, purpose: str, body: bytes) -> str:
        key = hmac.digest(self._key, b"tenon:" + purpose.encode(), "sha256")
        return hmac.new(key, body, hashlib.sha256).hexdigest()


class KeptSecrets:
    """Keys made of TENON_SECRET, each for one purpose, and files of the operator in the folder ``secrets`` of TENON_HOME."""

    def __init__(self, secret: str, folder: Path) -> None:
        self._key, self._folder = secret.encode(), folder

    def key(self, purpose: str) -> bytes:
        """Return the 32 bytes for one purpose."""
        return hmac.digest(self._key, b"tenon key:" + purpose.encode(), "sha256")

    def read(self, name: str) -> str | None:
        """Return what a file of that name holds, None where there is none."""
        path = self._folder / name
        if not NAME.fullmatch(name) or not path.is_file():
            return None
        return path.read_text(encoding="utf-8").strip()


def csrf_of(session_token: str) -> str:
    """Return the CSRF secret of a session: bound to its token, so that nothing more has to be kept."""
    return hmac.new(session_token.encode("utf-8", "surrogatepass"), b"tenon csrf", hashlib.sha256).hexdigest()


def is_same(first: str, second: str) -> bool:
    """Compare two secrets without telling by the time how much of them is equal."""
    return hmac.compare_digest(first.encode("utf-8", "surrogatepass"), second.encode("utf-8", "surrogatepass"))

"""The engine's one way to the world: clock, ids, mail, HTTP and files; real ones from the platform, fakes from tests."""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO, Protocol

from tenon.metamodel.errors import Invalid, Problem, Unavailable
from tenon.metamodel.labels import say


class Clock(Protocol):
    """Two clocks: the business one (may be fixed or moved for trials) and real time for leases, sessions and limits."""

    def now(self) -> datetime:
        """Return the business moment, in UTC."""

    def real_now(self) -> datetime:
        """Return the real moment, in UTC."""


@dataclass(frozen=True)
class Mail:
    """One message to send; ``id`` makes a second sending recognisable."""

    id: str
    to: str
    subject: str
    text: str
    html: str | None = None
    sender_name: str | None = None
    reply_to: str | None = None
    unsubscribe: str | None = None
    """The address at which whoever gets it can say that they want no more."""


class MailSender(Protocol):
    """Sends mail."""

    def send(self, mail: Mail) -> None:
        """Send one message or raise."""

    @property
    def is_set_up(self) -> bool:
        """True when mail can be sent at all."""


class FileStore(Protocol):
    """Keeps the bytes of uploaded files under generated names."""

    def write(self, key: str, content: BinaryIO) -> int:
        """Store the bytes durably and return how many."""

    def open(self, key: str) -> BinaryIO:
        """Open the bytes for reading."""

    def delete(self, key: str) -> None:
        """Forget the bytes; absent ones are fine."""

    def keys(self) -> Iterator[str]:
        """Yield every stored key."""


class Secrets(Protocol):
    """What the workspace keeps secret: keys made of its own secret, and what its operator put beside it."""

    def key(self, purpose: str) -> bytes:
        """Return the 32 bytes for one purpose, always the same."""

    def read(self, name: str) -> str | None:
        """Return a secret of the operator by its name, None where there is none."""


@dataclass(frozen=True)
class HttpAnswer:
    """What another system answered: headers by small letters; ``is_cut`` when the body was longer than was asked for."""

    status: int
    headers: dict[str, str]
    body: bytes
    is_cut: bool = False


class HttpClient(Protocol):
    """Calls addresses outside, with limits and no way into private networks."""

    def check(self, url: str) -> None:
        """Raise Invalid when an address may not be called, as far as can be told without asking the network."""

    def request(self, method: str, url: str, *, headers: dict[str, str], body: bytes, timeout: float) -> tuple[int, bytes]:
        """Return status and (shortened) body."""

    def fetch(self, method: str, url: str, *, headers: dict[str, str], body: bytes, timeout: float, most_bytes: int) -> HttpAnswer:
        """Return the whole answer, of its body at most so many bytes."""


@dataclass(frozen=True)
class Outside:
    """Everything outside the database that the engine may touch."""

    clock: Clock
    mail: MailSender
    files: FileStore
    http: HttpClient
    base_url: str = ""
    """Where people reach the workspace: what links in messages begin with."""
    secrets: Secrets = field(default_factory=lambda: KnownSecrets())

    def secret(self, name: str, path: str = "") -> str:
        """Return a secret of the operator. Raises Invalid at the path of who names it when there is none."""
        found = self.secrets.read(name)
        if found is None:
            message = say("There is no secret {name}.", "没有密钥 {name}。", name=name)
            raise Invalid(Problem(path, "refused", message, say("Put it into the folder secrets of TENON_HOME.", "请放入 TENON_HOME 的 secrets 目录。")))
        return found

    def new_id(self) -> str:
        """Return a fresh time-ordered record id."""
        return new_record_id()


_last = [0, 0]


def new_record_id() -> str:
    """Return a uuid version 7 as 36 characters, rising within this process."""
    ms = time.time_ns() // 1_000_000
    if ms <= _last[0]:
        _last[1] += 1
        ms = _last[0]
        if _last[1] > 0xFFF:
            ms, _last[1] = ms + 1, 0
    else:
        _last[1] = int.from_bytes(os.urandom(1)) & 0x7F
    _last[0] = ms
    value = (ms & ((1 << 48) - 1)) << 80 | 0x7 << 76 | _last[1] << 64 | 0b10 << 62 | int.from_bytes(os.urandom(8)) >> 2
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


@dataclass
class FixedClock:
    """A clock that stands still until it is moved; ``ahead`` moves the real one, too."""

    moment: datetime
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        """Return the fixed business moment."""
        return self.moment

    def real_now(self) -> datetime:
        """Return the real moment."""
        return datetime.now(UTC) + self.ahead

    def advance(self, **delta: float) -> None:
        """Move the business moment forward."""
        self.moment += timedelta(**delta)


@dataclass
class KeptMail:
    """Mail that stays in a list, or is refused for now while the server ``is_down``."""

    sent: list[Mail] = field(default_factory=list)
    is_set_up: bool = True
    is_down: bool = False

    def send(self, mail: Mail) -> None:
        """Keep the message. Raises Unavailable."""
        if self.is_down:
            raise Unavailable(Problem("", "blocked", say("The mail server is away.", "邮件服务器不可用。")))
        self.sent.append(mail)


@dataclass
class KeptFiles:
    """Files that stay in memory."""

    content: dict[str, bytes] = field(default_factory=dict)

    def write(self, key: str, content: BinaryIO) -> int:
        """Keep the bytes."""
        self.content[key] = b"".join(iter(lambda: content.read(1 << 18), b""))
        return len(self.content[key])

    def open(self, key: str) -> BinaryIO:
        """Open kept bytes."""
        return io.BytesIO(self.content[key])

    def delete(self, key: str) -> None:
        """Forget kept bytes."""
        self.content.pop(key, None)

    def keys(self) -> Iterator[str]:
        """Yield the kept keys."""
        return iter(list(self.content))


@dataclass
class KeptCalls:
    """HTTP calls that are recorded and answered with a fixed status."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200

    def check(self, url: str) -> None:
        """Allow every address."""

    def request(self, method: str, url: str, *, headers: dict[str, str], body: bytes, timeout: float) -> tuple[int, bytes]:
        """Record the call."""
        self.calls.append({"method": method, "url": url, "headers": headers, "body": body, "timeout": timeout})
        return self.status, b""

    def fetch(self, method: str, url: str, *, headers: dict[str, str], body: bytes, timeout: float, most_bytes: int) -> HttpAnswer:
        """Record the call."""
        status, content = self.request(method, url, headers=headers, body=body, timeout=timeout)
        return HttpAnswer(status, {}, content)


@dataclass
class KnownSecrets:
    """Secrets that are given, and keys that anybody can make."""

    given: dict[str, str] = field(default_factory=dict)

    def key(self, purpose: str) -> bytes:
        """Return a key."""
        return hashlib.sha256(purpose.encode()).digest()

    def read(self, name: str) -> str | None:
        """Return a given secret."""
        return self.given.get(name)


def fake_outside(moment: datetime) -> Outside:
    """Return an outside that touches nothing: a fixed clock, mail and files in memory."""
    return Outside(FixedClock(moment), KeptMail(), KeptFiles(), KeptCalls())


@contextmanager
def moved_clock(clock: FixedClock, moment: datetime) -> Iterator[None]:
    """Set a fixed clock for a while."""
    before, clock.moment = clock.moment, moment
    try:
        yield
    finally:
        clock.moment = before

"""What a scratch copy is known by: a file in its home says of which workspace and release it is, and when it was made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from tenon.engine.outside import HttpAnswer
from tenon.metamodel.errors import Problem, Unavailable
from tenon.metamodel.labels import say

FACTS = "scratch.json"


@dataclass(frozen=True)
class Scratch:
    """A copy: where it is, of which release, when it was made, of which workspace and where that one is reached.

    ``schema`` is the one of PostgreSQL that holds it, None for a file of SQLite. ``origin`` is '' inside the process of the workspace.
    """

    name: str
    home: Path
    release: int
    at: datetime
    of: str = ""
    origin: str = ""
    schema: str | None = None

    @property
    def suffix(self) -> str:
        """What the names of its cookies end with: those of the workspace and of other copies are others."""
        return "_" + hashlib.sha256(str(self.home).encode()).hexdigest()[:8]

    def size(self) -> int:
        """Return how many bytes its folder takes."""
        return sum(path.stat().st_size for path in self.home.rglob("*") if path.is_file())


def read_copy(home: Path) -> Scratch | None:
    """Return the copy that a home is, None when it is a workspace of its own."""
    path = home / FACTS
    if not path.is_file():
        return None
    facts: dict[str, Any] = orjson.loads(path.read_bytes())
    at = datetime.fromisoformat(facts["at"])
    return Scratch(facts["name"], home, facts["release"], at, facts.get("of", ""), facts.get("origin", ""), facts.get("schema"))


def write_copy(copy: Scratch) -> None:
    """Write down what a copy is."""
    facts = {"name": copy.name, "release": copy.release, "at": copy.at.isoformat(), "of": copy.of, "origin": copy.origin, "schema": copy.schema}
    (copy.home / FACTS).write_bytes(orjson.dumps(facts))


class NoHttp:
    """The calls of a copy: none leaves it."""

    def check(self, url: str) -> None:
        """Allow every address: what is written here goes nowhere, and is checked where it is brought to."""

    def request(self, method: str, url: str, *, headers: dict[str, str], body: bytes, timeout: float) -> tuple[int, bytes]:
        """Refuse a call. Raises Unavailable."""
        raise _stays_inside()

    def fetch(self, method: str, url: str, *, headers: dict[str, str], body: bytes, timeout: float, most_bytes: int) -> HttpAnswer:
        """Refuse a call. Raises Unavailable."""
        raise _stays_inside()


def _stays_inside() -> Unavailable:
    message = say("This is a scratch copy: nothing leaves it.", "这是试验副本：不会对外发送任何内容。")
    return Unavailable(Problem("", "blocked", message, say("Try this in the workspace itself.", "请在原工作区中操作。")))

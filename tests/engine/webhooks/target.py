"""A web server on this machine that notes what it is sent and answers as it is told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import orjson

from tests.serving import Quiet, serving_on


@dataclass
class Target:
    """Where it is, what came (headers by small letters, and the body), and its answers one after the other, the last of them again and again."""

    url: str = ""
    answers: list[int | str] = field(default_factory=lambda: [200])
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def bodies(self) -> list[dict[str, object]]:
        """Return what was sent."""
        return [orjson.loads(body) for _, body in self.came]

    def ids(self) -> list[str]:
        """Return the ids of the calls."""
        return [headers["webhook-id"] for headers, _ in self.came]


@contextmanager
def serving() -> Iterator[Target]:
    """Serve until the end of the block. Answers are a status, ``slow`` or ``huge``."""
    target = Target()

    class Answering(Quiet):
        def do_POST(self) -> None:
            body = self.read_body()
            target.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            told = target.answers.pop(0) if len(target.answers) > 1 else target.answers[0]
            if told == "slow":
                time.sleep(1)
            self.send_response(told if isinstance(told, int) else 200)
            if told == 302:
                self.send_header("Location", "http://169.254.169.254/")
            self.end_headers()
            try:
                for _ in range(1_000 if told == "huge" else 1):
                    self.wfile.write(b"<b>so</b>" if told != "huge" else b"x" * 1_000_000)
            except OSError:
                return

    with serving_on(Answering) as url:
        target.url = url + "/in"
        yield target

"""A web server on this machine for the length of a test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Quiet(BaseHTTPRequestHandler):
    """What answers calls, without a log."""

    def read_body(self) -> bytes:
        """Return what was sent with a call."""
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving_on(answering: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve until the end of the block and give the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), answering)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()

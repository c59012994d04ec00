"""Serves the pages over the backend in memory: ``python -m tests.ui.look [port]``, then open /look-in to sign in."""

from __future__ import annotations

import sys

import uvicorn
from fastapi import FastAPI
from starlette.responses import RedirectResponse

from tenon.ui.app import build_ui
from tests.ui import sample
from tests.ui.fake_backend import FakeBackend


def build(backend: FakeBackend) -> FastAPI:
    """Return the pages with an address that signs in at once."""
    app = build_ui(backend, now=lambda: sample.NOW)

    @app.get("/look-in")
    def look_in() -> RedirectResponse:
        backend.tokens.add("admin-1")
        answer = RedirectResponse("/", 303)
        answer.set_cookie("tenon_session", "admin-1", httponly=True)
        return answer

    return app


if __name__ == "__main__":
    uvicorn.run(build(FakeBackend()), host="127.0.0.1", port=int(sys.argv[1]) if len(sys.argv) > 1 else 8123, log_level="warning")

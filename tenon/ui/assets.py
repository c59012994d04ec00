"""Style sheets, modules and libraries: one digest over all of them is part of every address, so they never go stale."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
FIRST_STYLES, LAST_STYLES = ("tokens", "base", "shell", "controls", "inputs", "data"), ("overlay", "print")
FOREVER = "public, max-age=31536000, immutable"


def style_names() -> tuple[str, ...]:
    """Return the names of the style sheets in their order: what all stand on, one an area of the pages, what lies over all."""
    areas = {path.stem for path in (STATIC / "css").glob("*.css")} - {*FIRST_STYLES, *LAST_STYLES}
    return (*FIRST_STYLES, *sorted(areas), *LAST_STYLES)


@cache
def digest() -> str:
    """Return the digest over every file below static, 12 letters; computed once a process."""
    total = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            total.update(path.relative_to(STATIC).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()[:12]


def static_url(path: str) -> str:
    """Return the address of a file below static; relative imports and ``url()`` inside it keep the digest."""
    return f"/static/{digest()}/{path}"


@cache
def _icons(sprite: str) -> frozenset[str]:
    path = STATIC / "vendor" / sprite
    return frozenset(re.findall(r'<symbol id="([^"]+)"', path.read_text("utf-8"))) if path.exists() else frozenset()


def icon_url(name: str) -> str:
    """Return the address of an icon: of the pages' own sprite, else of the larger one for entities, else a plain dot."""
    for sprite in ("icons.svg", "entity-icons.svg"):
        if name in _icons(sprite):
            return f"{static_url('vendor/' + sprite)}#{name}"
    return f"{static_url('vendor/icons.svg')}#circle-dashed"


class HashedFiles(StaticFiles):
    """Serves ``<digest>/<path>``; the current digest may be kept for ever, any other must be asked for again."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    def get_path(self, scope: Scope) -> str:
        """Return the path without the digest."""
        path = super().get_path(scope)
        return path.partition("/")[2]

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file with how long it may be kept."""
        response = await super().get_response(path, scope)
        is_current = f"/{digest()}/" in scope["path"]
        response.headers["Cache-Control"] = FOREVER if is_current else "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def vendor_manifest() -> dict[str, Any]:
    """Return versions and licences of the browser libraries, {} when they are not there yet."""
    path = STATIC / "vendor" / "manifest.json"
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}

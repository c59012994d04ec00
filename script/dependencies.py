"""What Tenon stands on: the declared Python distributions with all they need, and the npm packages of the lock file."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
# Trove classifiers and free text, as older packages state their licence, in today's spelling.
SPELLING = {
    "apache software license": "Apache-2.0", "apache license": "Apache-2.0", "apache 2.0": "Apache-2.0", "mit license": "MIT",
    "bsd license": "BSD-3-Clause", "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0", "the unlicense (unlicense)": "Unlicense",
    "isc license (iscl)": "ISC", "python software foundation license": "PSF-2.0", "bsd-0-clause": "0BSD",
    "gnu lesser general public license v3 (lgplv3)": "LGPL-3.0-only",
}


@dataclass(frozen=True, slots=True)
class Dependency:
    """One library: where from (``pypi`` or ``npm``), its licence as an SPDX expression or '', and when it is used."""

    source: str
    name: str
    version: str
    licence: str
    use: str  # runtime, pg, test, browser or build
    notice: str = ""


def read_all() -> list[Dependency]:
    """Return every dependency, sorted; LookupError when a declared distribution is not installed."""
    return sorted([*python_dependencies(), *npm_dependencies()], key=lambda each: (each.source, each.name))


def python_dependencies() -> list[Dependency]:
    """Return the closure of what pyproject.toml declares; what else lies in the environment does not count."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    used: dict[str, str] = {}
    groups = {"runtime": project["dependencies"], **project["optional-dependencies"]}
    for use in ("runtime", "pg", *sorted(groups)):
        for name in _closure(groups[use]):
            used.setdefault(name, use)
    return [_describe(name, use) for name, use in used.items()]


def npm_dependencies() -> list[Dependency]:
    """Return the packages of package-lock.json; esbuild builds, axe-core tests, the rest reaches the browser."""
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    found = []
    for place, entry in lock.items():
        name = place.split("node_modules/")[-1]
        if name:
            use = "build" if "esbuild" in name else "test" if name == "axe-core" else "browser"
            found.append(Dependency("npm", name, entry["version"], _spelt(entry.get("license", "")), use))
    return found


def _closure(requirements: list[str]) -> set[str]:
    seen: dict[str, set[str]] = {}
    waiting = [(Requirement(text), "") for text in requirements]
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        known = seen.get(name)
        if known is not None and requirement.extras <= known:
            continue
        seen[name] = (known or set()) | requirement.extras
        for text in metadata.distribution(name).requires or ():
            waiting += [(Requirement(text), each) for each in (*seen[name], "")]
    return set(seen)


def _describe(name: str, use: str) -> Dependency:
    found = metadata.distribution(name)
    fields = found.metadata
    stated = fields.get("License-Expression") or ""
    if not stated:
        classifiers = [each.split("::")[-1].strip() for each in fields.get_all("Classifier") or () if each.startswith("License ::")]
        named = sorted({_spelt(each) for each in classifiers if each != "OSI Approved"})
        free = (fields.get("License") or "").strip()
        # A package under several licences states them all: every one must then be acceptable.
        stated = " AND ".join(named) or ("" if "\n" in free else _spelt(free))
    return Dependency("pypi", name, found.version, stated, use, _notice(found))


def _spelt(text: str) -> str:
    return SPELLING.get(text.lower(), text)


def _notice(found: metadata.Distribution) -> str:
    pattern = re.compile(r"(^|/)(licen[cs]e|copying|notice|authors)[^/]*$", re.IGNORECASE)
    places = [file.locate() for file in found.files or () if pattern.search(str(file)) and not str(file).endswith((".py", ".pyc"))]
    texts = (Path(str(place)) for place in sorted(map(str, places)))
    return "\n".join(path.read_text("utf-8", "replace").strip() for path in texts if path.is_file())

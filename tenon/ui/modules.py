"""Browser modules as they are sent: without comments, and what only one page script asks for comes within it, so that it is packed as one."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

SCRIPTS = Path(__file__).parent / "static" / "js"
TEMPLATES = Path(__file__).parent / "templates"
COMMENT = re.compile(r"^[ \t]*(?://.*|/\*\*.*\*/)[ \t]*\n", re.MULTILINE)
IMPORT = re.compile(r'^import (?:\{ (?P<names>[^}]*) \} from )?"\./(?P<file>[\w-]+\.js)";\n', re.MULTILINE)
LATER = re.compile(r'import\("\./([\w-]+\.js)"\)')
EXPORT = re.compile(r"^export ((?:async )?(?:function|const|class) (\w+))", re.MULTILINE)
NAMED = re.compile(r"js/([\w-]+\.js)")


@cache
def script(path: str) -> str | None:
    """Return a module of ours with those inside that nothing else asks for; None when there is none of that path."""
    name = path.removeprefix("js/")
    return None if not path.startswith("js/") or name not in _sources() else _whole(name)


@cache
def of_designers() -> frozenset[str]:
    """Return the modules that run, or may come later, on the page of a designer."""
    pages = [TEMPLATES / "base.html", TEMPLATES / "shell.html", TEMPLATES / "designer.html", *(TEMPLATES / "designers").glob("*.html")]
    waiting = {name for page in pages for name in NAMED.findall(page.read_text("utf-8"))} | {name for name in _sources() if name.startswith("design")}
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        found.add(name)
        text = _sources()[name]
        waiting |= ({each["file"] for each in IMPORT.finditer(text)} | set(LATER.findall(text))) - found
    return frozenset(found)


@cache
def _sources() -> dict[str, str]:
    """Return every module by its name, without comments."""
    return {file.name: COMMENT.sub("", file.read_text("utf-8")) for file in sorted(SCRIPTS.glob("*.js"))}


@cache
def _owners() -> dict[str, str]:
    """Return for every module that is part of one page script only the name of that script; shared ones have none."""
    sources = _sources()
    users: dict[str, set[str]] = {name: set() for name in sources}
    for name, text in sources.items():
        for found in IMPORT.finditer(text):
            users[found["file"]].add(name)
    asked = {name for text in sources.values() for name in LATER.findall(text)}
    for file in TEMPLATES.rglob("*.html"):
        asked |= set(NAMED.findall(file.read_text("utf-8")))
    owners = {name: name for name in sources if name in asked or not users[name]}
    while found_more := {
        name: owner.pop() for name in sources
        if name not in owners and "export let" not in sources[name] and len(owner := {owners.get(user, "") for user in users[name]}) == 1 and owner != {""}
    }:  # fmt: skip
        owners |= found_more
    return owners


def _whole(entry: str) -> str:
    """Return a page script with its own modules, each in a scope of its own, after what they share with others."""
    outside: dict[str, set[str]] = {}
    parts: list[str] = []
    done: set[str] = set()

    def put(name: str) -> None:
        done.add(name)
        text = _sources()[name]
        taken = []
        for found in IMPORT.finditer(text):
            file, names = found["file"], found["names"] or ""
            if _owners().get(file) != entry or file == entry:
                outside.setdefault(file, set()).update(each for each in names.split(", ") if each)
                continue
            if file not in done:
                put(file)
            if names:
                taken.append(f"const {{ {names.replace(' as ', ': ')} }} = {_scope(file)};\n")
        given = [each for _, each in EXPORT.findall(text)]
        body = EXPORT.sub(r"\1", IMPORT.sub("", text)) if name != entry else IMPORT.sub("", text)
        if name == entry:
            parts.append("".join(taken) + body)
        else:
            parts.append(f"const {_scope(name)} = (() => {{\n{''.join(taken)}{body}return {{ {', '.join(given)} }};\n}})();\n")

    put(entry)
    shared = "".join(f'import {"{ " + ", ".join(sorted(names)) + " } from " if names else ""}"./{file}";\n' for file, names in outside.items())
    return shared + "".join(parts)


def _scope(name: str) -> str:
    return "$" + name.removesuffix(".js").replace("-", "_")

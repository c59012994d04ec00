"""Packages: a folder or zip with ``app.json``, ``<kind>/<name>.json``, sample data and a README; data only, no programs."""

from __future__ import annotations

import copy
import uuid
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

import tenon
from tenon.engine.apps.archive import read_files
from tenon.engine.releases.publish import read_all
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.intake import MAX_BYTES, check_keys
from tenon.metamodel.labels import say
from tenon.metamodel.parse import reread
from tenon.metamodel.refusals import tell_syntax
from tenon.metamodel.walk import walk_items

TEMPLATES = Path(tenon.__file__).parent / "app_templates"
_NAMESPACE = uuid.UUID("6f1d2a52-6a0e-5c1b-9a44-7e0a5d0f7c11")


@dataclass(frozen=True)
class Package:
    """An app as files: its document first, then the others; every item has an id that is the same at every reading."""

    app: Document
    documents: tuple[Document, ...]
    samples: dict[str, bytes] = field(default_factory=dict)
    readme: str = ""
    plain: dict[str, Document] = field(default_factory=dict)
    """The documents by their ids with the ids of items that the files give, and no others."""

    @property
    def name(self) -> str:
        """The name of the app."""
        return self.app.name

    @property
    def version(self) -> tuple[int, ...]:
        """The version, comparable."""
        return version_of(self.app)


def version_of(app: Document) -> tuple[int, ...]:
    """Return the version of an app as numbers."""
    return tuple(int(part) for part in app.body.version.split("."))


def available(folder: Path = TEMPLATES) -> list[Package]:
    """Return the packages that come with Tenon, by name."""
    folders = sorted(folder.iterdir()) if folder.is_dir() else []
    return [_read_once(path, _stamp(path)) for path in folders if (path / "app.json").is_file()]


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return what changes when a file in the folder does."""
    found = ((path, path.lstat()) for path in folder.rglob("*"))
    return tuple(sorted((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in found))


@lru_cache(maxsize=16)
def _read_once(folder: Path, _stamp: tuple[tuple[str, int, int], ...]) -> Package:
    """Read a folder again only when something in it changed."""
    return read_package(folder)


def read_package(source: Path | bytes) -> Package:
    """Return the package in a folder or in the bytes of a zip.

    Raises Invalid with every problem, TooLarge for what is over the limits; nothing of it is ever written to disk.
    """
    files = read_files(source)
    raw: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for name in sorted(files, key=lambda n: (n != "app.json", n)):
        if not name.endswith(".json"):
            continue
        try:
            each = _load(name, files[name])
        except Invalid as error:
            problems += error.problems
            continue
        problems += _misplaced(name, each)
        raw.append(each)
    if problems:
        raise Invalid(problems)
    app = str(raw[0].get("name"))
    for each in raw:
        if each.get("app", app) != app:
            message = say("This document belongs to the app {other}.", "该文档属于应用 {other}。", other=str(each["app"])[:60])
            problems.append(Problem(f"/{each['kind']}/{each['name']}/app", "refused", message, say("Leave app out.", "请去掉 app。")))
    if problems:
        raise Invalid(problems)
    plain: dict[str, Document] = {}
    documents = [_with_ids(document, app, plain) for document in read_all(raw, app)]
    samples = {name: content for name, content in files.items() if name.startswith("sample/")}
    _check_samples(documents[0], samples)
    return Package(documents[0], tuple(documents[1:]), samples, files.get("README.md", b"").decode("utf-8", "replace"), plain)


def _load(name: str, content: bytes) -> dict[str, Any]:
    if len(content) > MAX_BYTES:
        raise Invalid(Problem(f"/{name}", "over_limit", say("This document is too large.", "该文档过大。"), say("Split it.", "请拆分。")))
    try:
        each = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        message = say("{file} is not JSON: {why}", "{file} 不是 JSON：{why}", file=name, why=tell_syntax(error))
        raise Invalid(Problem(f"/{name}", "bad_format", message, say("Correct the file.", "请修正该文件。"))) from error
    doubled = check_keys(content)
    if doubled:
        raise Invalid([problem.at(f"/{name}") for problem in doubled])
    if not isinstance(each, dict):
        raise Invalid(Problem(f"/{name}", "wrong_type", say("A document is a JSON object.", "文档应为 JSON 对象。")))
    return each


def _misplaced(name: str, raw: dict[str, Any]) -> list[Problem]:
    """A file is named for what is in it."""
    kind, _, stem = name.removesuffix(".json").rpartition("/")
    wanted = ("app", raw.get("name")) if name == "app.json" else (kind, stem)
    if (raw.get("kind"), raw.get("name")) == wanted and isinstance(raw.get("name"), str):
        return []
    message = say(
        "{file} holds the {kind} {name}.",
        "{file} 的内容是 {kind} {name}。",
        file=name,
        kind=str(raw.get("kind"))[:60],
        name=str(raw.get("name"))[:60],
    )
    return [Problem(f"/{name}", "refused", message, say("Name the file <kind>/<name>.json.", "文件应命名为 <kind>/<name>.json。"))]


def _with_ids(document: Document, app: str, plain: dict[str, Document]) -> Document:
    """Return the document with ids made from names, where the package gives none; as it was it goes into ``plain``."""
    json = copy.deepcopy(document.json)
    own = str(json.setdefault("id", made_id(app, document.kind, document.name)))
    plain[own] = document
    for pointer, inner, _ in walk_items(json, document.body):
        if pointer and "id" not in inner:
            inner["id"] = made_id(own, *named_path(json, pointer))
    return reread(json)


def named_path(json: Any, pointer: str) -> list[str]:
    """Return a pointer with the names of items for their positions."""
    path, value = [], json
    for part in pointer.split("/")[1:]:
        value = value[int(part)] if isinstance(value, list) else value[part]
        path.append(value["name"] if part.isdigit() and isinstance(value, dict) and isinstance(value.get("name"), str) else part)
    return path


def made_id(*parts: str) -> str:
    """Return the id that names make: the same at every reading."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(parts)))


def _check_samples(app: Document, samples: dict[str, bytes]) -> None:
    problems = []
    for index, sample in enumerate(app.body.sample):
        if sample.file not in samples:
            message = say("{file} is not in the package.", "应用包中没有 {file}。", file=sample.file)
            problems.append(Problem(f"/app.json/sample/{index}/file", "unknown_name", message, say("Add it.", "请补上。")))
    if problems:
        raise Invalid(problems)

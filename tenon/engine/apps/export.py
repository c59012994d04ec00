"""Exporting an app as a zip of readable JSON, names for references and ids beside, the same bytes for the same content."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import orjson

from tenon.engine.apps.package import Package
from tenon.engine.releases.draft import arrange
from tenon.metamodel.document import Document
from tenon.metamodel.labels import LANGUAGES
from tenon.metamodel.model import Model

_MOMENT = (1980, 1, 1, 0, 0, 0)
_LAYOUT = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


def export(model: Model, name: str) -> bytes:
    """Return the zip of an installed app, without records; raises NotFound."""
    app = model.get("app", name)
    documents = sorted((d for d in model.documents.values() if d.app == name and d.id != app.id), key=lambda d: (d.kind, d.name))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        write_member(archive, "README.md", _readme(app))
        write_member(archive, "app.json", dump({k: v for k, v in arrange(app, model).items() if k != "sample"}))
        for document in documents:
            write_member(archive, f"{document.kind}/{document.name}.json", dump(arrange(document, model)))
    return content.getvalue()


def pack(package: Package) -> bytes:
    """Return the zip of a package: `read_package` reads the same out of it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        write_member(archive, "README.md", package.readme.encode())
        write_member(archive, "app.json", dump(package.app.json))
        for document in package.documents:
            write_member(archive, f"{document.kind}/{document.name}.json", dump(document.json))
        for name, sample in package.samples.items():
            write_member(archive, name, sample)
    return content.getvalue()


def dump(json: dict[str, Any]) -> bytes:
    """Return a document as readable JSON."""
    return orjson.dumps(_sort_texts(json), option=_LAYOUT)


def _sort_texts(value: Any) -> Any:
    """Put the languages of every text in one order."""
    if isinstance(value, dict):
        keys = sorted(value) if value.keys() <= set(LANGUAGES) else list(value)
        return {key: _sort_texts(value[key]) for key in keys}
    return [_sort_texts(each) for each in value] if isinstance(value, list) else value


def _readme(app: Document) -> bytes:
    description = app.body.description
    lines = [f"# {app.label.show('en')} / {app.label.show('zh')}", "", f"`{app.name}` {app.body.version}"]
    if description is not None:
        lines += ["", *dict.fromkeys([description.show("en"), description.show("zh")])]
    return ("\n".join(lines) + "\n").encode()


def write_member(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Write one file of a package, the same bytes for the same content."""
    entry = zipfile.ZipInfo(name, _MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)

"""An app made of chosen documents of the workspace: a zip of readable JSON that another workspace installs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from tenon.engine.apps.export import dump, write_member
from tenon.engine.apps.package import Package, read_package
from tenon.engine.releases.draft import arrange
from tenon.metamodel.document import Document, new_item_id
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Model
from tenon.metamodel.references import uses

IN_MENU = ("dashboard", "view", "entity")


def gather(model: Model, ids: Sequence[str], *, name: str, label: Text, version: str) -> tuple[bytes, Package]:
    """Return the zip of an app made of published documents, and what it reads as; the menu leads to its dashboards, views and entities.

    Raises Invalid for a name or version that cannot be, and for what the documents use and is neither chosen nor of an app.
    """
    chosen = [model.documents[i] for i in dict.fromkeys(ids) if i in model.documents and model.documents[i].kind != "app"]
    if not chosen:
        raise Invalid(Problem("/documents", "required", say("Choose documents.", "请选择文档。"), say("At least one.", "至少一个。")))
    missing, requires = _needed(model, chosen, name)
    if missing:
        hint = say("Choose it too.", "请一并选择。")
        raise Invalid([
            Problem(f"/documents/{d.kind}/{d.name}", "would_break", say("{users} uses {name}.", "{users} 使用了 {name}。", users=user.label, name=d.label), hint)
            for d, user in missing
        ])  # fmt: skip
    app = {"kind": "app", "name": name, "label": label.to_json(), "version": version, "requires": requires, "menu": _menu(chosen, label)}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        write_member(archive, "README.md", f"# {label.show('en')} / {label.show('zh')}\n\n`{name}` {version}\n".encode())
        write_member(archive, "app.json", dump({**{k: v for k, v in app.items() if v}, "id": new_item_id()}))
        for document in sorted(chosen, key=lambda d: (d.kind, d.name)):
            write_member(archive, f"{document.kind}/{document.name}.json", dump({**arrange(document, model), "app": name}))
    return content.getvalue(), read_package(content.getvalue())


def find_document(model: Model, text: str, path: str) -> Document:
    """Return the document that ``<kind>/<name>`` says. Raises Invalid."""
    kind, _, name = text.partition("/")
    found = model.find(kind, name)
    if found is None:
        message = say("There is no document {name}.", "没有文档 {name}。", name=text[:120])
        raise Invalid(Problem(path, "unknown_name", message, say("Write it as <kind>/<name>.", "请写成 <kind>/<name>。")))
    return found


def needed_for(model: Model, ids: Iterable[str]) -> list[str]:
    """Return chosen documents with all that they use and that belongs to no app, by their ids."""
    found = dict.fromkeys(i for i in ids if i in model.documents)
    while True:
        missing, _ = _needed(model, [model.documents[i] for i in found], "")
        more = [document.id for document, _ in missing if document.id not in found]
        if not more:
            return list(found)
        found |= dict.fromkeys(more)


def _needed(model: Model, chosen: Sequence[Document], name: str) -> tuple[list[tuple[Document, Document]], list[dict[str, Any]]]:
    """Return what chosen documents use and is nowhere, each with who uses it, and the apps that the rest belongs to."""
    own = {d.id for d in chosen}
    owners = _owners(model)
    missing: dict[str, tuple[Document, Document]] = {}
    apps: dict[str, None] = {}
    for use in uses(model):
        target = model.documents.get(owners.get(use.target_id, use.target_id)) if use.document_id in own and not use.is_soft else None
        if target is None or target.id in own:
            continue
        if target.app is not None and target.app != name and model.find("app", target.app) is not None:
            apps[target.app] = None
        else:
            missing[target.id] = (target, model.documents[use.document_id])
    return list(missing.values()), [{"app": app, "version": f">={model.get('app', app).body.version}"} for app in apps]


def _owners(model: Model) -> dict[str, str]:
    """Return the documents of fields, relations and options by the ids of these."""
    found: dict[str, str] = {}
    for document in model.documents.values():
        waiting: list[Any] = [document.json]
        while waiting:
            inner = waiting.pop()
            if isinstance(inner, dict):
                if isinstance(inner.get("id"), str):
                    found.setdefault(inner["id"], document.id)
                waiting += inner.values()
            elif isinstance(inner, list):
                waiting += inner
    for entity in model.entities.values():
        found |= {field.id: field.score for field in entity.fields.values() if field.score is not None}
    return found


def _menu(chosen: Sequence[Document], label: Text) -> list[dict[str, Any]]:
    items = [{kind: d.name} for kind in IN_MENU for d in chosen if d.kind == kind]
    shown = {d.body.entity for d in chosen if d.kind == "view"}
    items = [item for item in items if "entity" not in item or not any(d.name == item["entity"] and d.id in shown for d in chosen)]
    return [{"label": label.to_json(), "items": items[:60]}] if items else []

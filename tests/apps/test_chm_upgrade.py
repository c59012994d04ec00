"""A customised customer health 1.0 becomes 1.1 and loses nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from tenon.engine.apps import plan_upgrade, read_package, upgrade
from tenon.engine.apps.package import TEMPLATES
from tenon.engine.apps.upgrade_words import say_upgrade
from tenon.engine.releases import draft, publish
from tests.apps.conftest import SYSTEM, Apps


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """Customer health 1.1: a field, a view, another order of the menu and another label."""
    folder = tmp_path / "chm"
    shutil.copytree(TEMPLATES / "chm", folder)
    change(folder / "app.json", lambda app: app.update(version=next_version(app["version"]), menu=app["menu"][::-1]))
    change(folder / "entity" / "renewal.json", lambda entity: entity["fields"].append({"name": "call_notes", "type": "long_text", "label": {"en": "Call notes", "zh": "电话记录"}}))
    change(folder / "entity" / "renewal.json", lambda entity: entity["label"].update(en="Contract renewal"))
    change(folder / "view" / "renewal_list.json", lambda view: view["columns"].append("call_notes"))
    fresh = {"kind": "view", "name": "renewal_notes", "label": {"en": "Renewal notes", "zh": "续约记录"}, "entity": "renewal", "columns": ["call_notes"]}
    (folder / "view" / "renewal_notes.json").write_text(json.dumps(fresh))
    return folder


def change(path: Path, edit: Any) -> None:
    document = json.loads(path.read_text())
    edit(document)
    path.write_text(json.dumps(document, ensure_ascii=False))


def next_version(version: str) -> str:
    first, second, *_ = version.split(".")
    return f"{first}.{int(second) + 1}.0"


def test_nothing_is_lost(apps: Apps, newer: Path) -> None:
    apps.install("core", "chm")
    platform = apps.platform
    customer = apps.add("customer", name="Acme", code="A-1")
    apps.add("renewal", customer=customer, title="Renewal 2026", due="2026-06-30")
    before = documents(apps)
    customise(apps)
    mine = documents(apps)
    with platform.read() as uow:
        wanted = plan_upgrade(uow.connection, uow.model, read_package(newer))
        said = say_upgrade(uow.model, wanted)
    assert [each.title.show("en") for each in said.clashes] == ["label (English)"]
    release = upgrade(platform.publisher, SYSTEM, read_package(newer))
    after = documents(apps)
    assert release.model.get("app", "chm").body.version == next_version(before["app", "chm"]["version"])
    renewal = after["entity", "renewal"]
    assert renewal["label"]["en"] == "Prolongation"
    assert [f["name"] for f in renewal["fields"] if f["name"] in ("call_notes", "chance", "stakes")] == ["stakes", "call_notes"]
    assert [c["field"] for c in after["view", "renewal_list"]["columns"]][-2:] == ["stakes", "call_notes"]
    assert after["score", "health"] == mine["score", "health"]
    assert after["score", "health"] != before["score", "health"]
    assert after["view", "my_own"] == mine["view", "my_own"]
    assert ("view", "recovering") not in after
    assert ("view", "renewal_notes") in after
    untouched = {key for key in before if before[key] == mine[key] and key[1] not in ("chm", "renewal", "renewal_list")} if before.keys() <= mine.keys() else set()
    assert all(after[key] == before[key] for key in untouched)
    with platform.read() as uow:
        for name, value in (("customer", "Acme"), ("renewal", None)):
            table = uow.tables.of(uow.model.get_entity(name))
            assert uow.connection.execute(select(func.count()).select_from(table)).scalar_one() == 1, value


def customise(apps: Apps) -> None:
    """Change what a workspace would: a label, a field of its own, a column, the label of a score, a view removed, and one of its own."""
    with apps.platform.write() as uow:
        def edit(kind: str, name: str, work: Any) -> None:
            document, _ = draft.get(uow.connection, uow.model, kind, name)
            work(document)
            draft.put(uow.connection, SYSTEM, uow.model, kind, name, document, now=uow.now)

        edit("entity", "renewal", lambda d: (d["label"].update(en="Prolongation"), d["fields"].append({"name": "stakes", "type": "text"})))
        edit("view", "renewal_list", lambda d: d["columns"].append("stakes"))
        edit("score", "health", lambda d: d["label"].update(en="Our health"))
        own = {"kind": "view", "name": "my_own", "entity": "renewal", "columns": ["stakes"]}
        draft.put(uow.connection, SYSTEM, uow.model, "view", "my_own", own, now=uow.now)
        menu, _ = draft.get(uow.connection, uow.model, "app", "chm")
        for group in menu["menu"]:
            group["items"] = [item for item in group["items"] if item.get("view") != "recovering"]
        draft.put(uow.connection, SYSTEM, uow.model, "app", "chm", menu, now=uow.now)
        draft.delete(uow.connection, SYSTEM, uow.model, "view", "recovering", now=uow.now)
    publish(apps.platform.publisher, SYSTEM)


def documents(apps: Apps) -> dict[tuple[str, str], dict[str, Any]]:
    """Every document by kind and name, with names for references."""
    with apps.platform.read() as uow:
        return {(d.kind, d.name): draft.arrange(d, uow.model) for d in uow.model.documents.values()}

"""A customised customer health 1.0 becomes 1.1 and loses nothing."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from tenon.engine.apps import find_app, install, plan_upgrade, read_package, upgrade
from tenon.engine.apps.package import TEMPLATES
from tenon.engine.apps.upgrade_words import say_upgrade
from tenon.engine.releases import draft, publish
from tenon.metamodel.errors import Conflict
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


NEWER = {
    "social_post", "social_posts", "social_list", "social_post_form", "negative_posts", "merge_log", "merge_list", "event_feature", "event_features", "same_customer",
    "same_contact", "cs_director", "chm_answered", "chm_silent_solved_90d", "chm_lost_365d", "payment_overdue", "risk_allocation", "fair_allocation", "ticket_health", "sample/social_post.csv",
    "sample/event_feature.csv", "key_contact_changed", "tco_scenario", "tco_line", "tco_scenario_form", "tco_list", "sample/tco_scenario.csv", "sample/tco_line.csv",
}  # fmt: skip
"""What 1.0 did not have, beside the lists of arrivals."""


def is_newer(name: object) -> bool:
    return isinstance(name, str) and (name in NEWER or name.endswith("_arrived"))


def without(value: Any) -> Any:
    """Leave out every item of a list that names something newer, and the entries of menus that only some have."""
    if isinstance(value, dict):
        return {key: without(each) for key, each in value.items() if key != "needs"}
    if not isinstance(value, list):
        return value
    kept = [without(each) for each in value]
    return [each for each in kept if not is_newer(each) and not (isinstance(each, dict) and names_newer(each)) and each != {"label": {"en": "Data sources", "zh": "数据来源"}, "blocks": []}]


def names_newer(value: dict[str, Any]) -> bool:
    return any(is_newer(each) or (isinstance(each, dict) and names_newer(each)) or (key == "expr" and not NEWER.isdisjoint(re.findall(r"\w+", each))) for key, each in value.items())


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """The ready apps as they were in version 1.0."""
    for app in ("core", "chm"):
        shutil.copytree(TEMPLATES / app, tmp_path / "older" / app)
        for path in (tmp_path / "older" / app).rglob("*.*"):
            if is_newer(path.stem) or path.stem == "ticket_health":
                path.unlink()
            elif path.suffix == ".json":
                path.write_text(json.dumps(without(json.loads(path.read_text())), ensure_ascii=False))
        change(tmp_path / "older" / app / "app.json", lambda body: body.update(version="1.0.0", requires=[{**each, "version": ">=1.0"} for each in body["requires"]]))
    return tmp_path / "older"


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_installed_apps_become_those_of_today(apps: Apps, older: Path) -> None:
    """What a workspace changed of 1.0 is kept beside what is new; chm waits for core; records stay."""
    platform = apps.platform
    for name in ("core", "chm"):
        install(platform.publisher, SYSTEM, read_package(older / name))
    customer = apps.add("customer", name="Acme", code="A-1")
    assert {key for key in documents(apps) if is_newer(key[1])} == set()
    with platform.write() as uow:
        for kind, name, edit in (
            ("role", "csm", lambda d: d["label"].update(en="Account manager")),
            ("page", "chm_customer_page", lambda d: d["tabs"].append({"label": {"en": "Ours", "zh": "自有"}, "blocks": [{"type": "comments"}]})),
            ("rule", "red_alert", lambda d: d["actions"][0]["escalate"][0].update(after_hours=8)),
            ("entity", "ticket", lambda d: d["fields"].append({"name": "product_line", "type": "text"})),
            ("view", "my_tasks", lambda d: d["columns"].append("created_at")),
        ):
            document, _ = draft.get(uow.connection, uow.model, kind, name)
            edit(document)
            draft.put(uow.connection, SYSTEM, uow.model, kind, name, document, now=uow.now)
    publish(platform.publisher, SYSTEM)
    with pytest.raises(Conflict):
        upgrade(platform.publisher, SYSTEM, find_app("chm"))
    for name in ("core", "chm"):
        upgrade(platform.publisher, SYSTEM, find_app(name))
    after = documents(apps)
    assert {after["app", name]["version"] for name in ("core", "chm")} == {"1.1.0"}
    assert {("entity", "social_post"), ("role", "cs_director"), ("rule", "payment_overdue"), ("view", "tickets_arrived")} <= after.keys()
    assert after["role", "csm"]["label"]["en"] == "Account manager"
    assert "social_post" in {grant["entity"] for grant in after["role", "csm"]["grants"]}
    assert {"Ours", "Data sources"} <= {tab["label"]["en"] for tab in after["page", "chm_customer_page"]["tabs"]}
    assert [step["after_hours"] for step in after["rule", "red_alert"]["actions"][0]["escalate"]] == [8, 48]
    assert "product_line" in {field["name"] for field in after["entity", "ticket"]["fields"]}
    assert "created_at" in {column["field"] for column in after["view", "my_tasks"]["columns"]}
    apps.add("social_post", customer=customer, channel="x", text="Well done")
    assert apps.one("customer", "name", "chm_silent_solved_90d") == ["Acme", 0]

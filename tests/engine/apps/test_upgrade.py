"""Upgrading an app that the workspace has changed."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import delete

from tenon.engine.apps import import_package, plan_upgrade, read_package, upgrade
from tenon.engine.apps.bases import bases
from tenon.metamodel.errors import Conflict, Invalid
from tests.engine.apps.packages import EXTRA, FILES, zipped
from tests.engine.releases.workspace import ADMIN, Workspace


@pytest.fixture
def workspace(database: Any, moment: datetime) -> Workspace:
    return Workspace(database, moment)


def newer(version: str = "1.3.0", **files: Any) -> Any:
    """The package in a newer version, with some files changed."""
    changed = copy.deepcopy(FILES)
    changed["app.json"]["version"] = version
    return read_package(zipped({k: v for k, v in {**changed, **files}.items() if v is not None}))


def entity(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The entity of the package with other fields."""
    return {**FILES["entity/customer.json"], "fields": [*copy.deepcopy(FILES["entity/customer.json"]["fields"]), *fields], **more}


def planned(workspace: Workspace, package: Any) -> Any:
    """What an upgrade would do, undecided."""
    with workspace.database.read() as connection:
        return plan_upgrade(connection, workspace.model(), package)


def test_only_newer_packages(workspace: Workspace) -> None:
    import_package(workspace.publisher, ADMIN, zipped(FILES))
    for version in ("1.2.0", "1.1.9"):
        with pytest.raises(Conflict):
            upgrade(workspace.publisher, ADMIN, newer(version))
    import_package(workspace.publisher, ADMIN, zipped(EXTRA))
    needing = read_package(zipped({**EXTRA, "app.json": {**EXTRA["app.json"], "version": "0.2.0", "requires": [{"app": "core", "version": ">=2.0"}]}}))
    with pytest.raises(Conflict):
        upgrade(workspace.publisher, ADMIN, needing)


def fields_of(view: dict[str, Any]) -> list[str]:
    """The fields of the columns of a view."""
    return [column["field"] for column in view["columns"]]


@pytest.mark.parametrize("is_kept", [True, False])
def test_customisations_and_rows_stay(workspace: Workspace, is_kept: bool) -> None:
    import_package(workspace.publisher, ADMIN, zipped(FILES))
    if not is_kept:
        with workspace.database.write() as connection:
            connection.execute(delete(bases))
    workspace.add("customer", {"name": "A", "stage": "live"})
    document = workspace.get("entity", "customer")
    document["fields"][1]["name"] = "phase"
    document["fields"][1]["options"][0]["label"] = {"en": "Try-out"}
    document["fields"].append({"name": "tier", "type": "text"})
    view = workspace.get("view", "all_customers")
    view["columns"] = ["name", "tier"]
    workspace.publish(document, view)
    workspace.publish({"kind": "view", "name": "mine", "entity": "customer", "columns": ["tier"]})
    fields = entity({"name": "size", "type": "integer"})
    fields["fields"][1]["options"].append({"name": "gone"})
    package = newer(**{
        "entity/customer.json": fields,
        "view/all_customers.json": {**FILES["view/all_customers.json"], "columns": ["name", "stage"], "filter": "stage != 'gone'"},
        "view/sizes.json": {"kind": "view", "name": "sizes", "entity": "customer", "columns": ["size"], "filter": "stage == 'live'"},
    })  # fmt: skip
    release = upgrade(workspace.publisher, ADMIN, package)
    model = workspace.model()
    assert (release.note, model.get("app", "core").body.version) == ("upgrade core 1.3.0", "1.3.0")
    found = workspace.get("entity", "customer")
    assert [f["name"] for f in found["fields"]] == ["name", "phase", "tier", "size"]
    assert [(o["name"], o.get("label")) for o in found["fields"][1]["options"]] == [("trial", {"en": "Try-out"}), ("live", None), ("gone", None)]
    view = workspace.get("view", "all_customers")
    assert (fields_of(view), view["filter"]) == (["name", "tier", "phase"], "phase != 'gone'")
    assert workspace.get("view", "sizes")["filter"] == "phase == 'live'"
    assert fields_of(workspace.get("view", "mine")) == ["tier"]
    assert workspace.values("customer", "phase") == ["live"]


def test_conflicts_are_decided_one_by_one(workspace: Workspace) -> None:
    import_package(workspace.publisher, ADMIN, zipped(FILES))
    document = workspace.get("entity", "customer")
    document["label"] = {"en": "Account", "zh": "客户"}
    view = workspace.get("view", "all_customers")
    view["filter"] = "stage == 'trial'"
    workspace.publish(document, view)
    package = newer(**{"entity/customer.json": entity(label={"en": "Client", "zh": "客户"}), "view/all_customers.json": None})
    with workspace.database.read() as connection:
        wanted = plan_upgrade(connection, workspace.model(), package)
    assert [(c.document.name, c.step.place, c.step.yours, c.step.theirs, c.decision) for c in wanted.clashes if c.document.kind == "entity"] == [
        ("customer", "/label/en", "Account", "Client", "yours")
    ]
    assert [(c.document.name, c.step.place, c.step.theirs) for c in wanted.clashes if c.document.kind == "view"] == [("all_customers", "", None)]
    with pytest.raises(Invalid) as caught:
        upgrade(workspace.publisher, ADMIN, package, decisions={"nothing": "theirs"})
    assert caught.value.problems[0].path == "/decisions/nothing"
    label = next(c.id for c in wanted.clashes if c.document.kind == "entity")
    upgrade(workspace.publisher, ADMIN, package, decisions={label: "theirs"})
    assert workspace.model().entities["customer"].label.en == "Client"
    assert workspace.get("view", "all_customers")["filter"] == "stage == 'trial'"
    following = newer("1.4.0", **{"entity/customer.json": entity(label={"en": "Client", "zh": "客户"}), "view/all_customers.json": None})
    with workspace.database.read() as connection:
        assert not plan_upgrade(connection, workspace.model(), following).clashes


def test_what_loses_rows_has_to_be_accepted(workspace: Workspace) -> None:
    import_package(workspace.publisher, ADMIN, zipped(FILES))
    workspace.add("customer", {"name": "A", "stage": "live"})
    package = newer(**{"entity/customer.json": {**FILES["entity/customer.json"], "fields": FILES["entity/customer.json"]["fields"][:1]},
                       "view/all_customers.json": {**FILES["view/all_customers.json"], "filter": "name != ''"}})  # fmt: skip
    with pytest.raises(Conflict) as caught:
        upgrade(workspace.publisher, ADMIN, package)
    assert caught.value.problems[0].code == "needs_acceptance"
    steps = [p.path.removeprefix("/plan/") for p in caught.value.problems]
    upgrade(workspace.publisher, ADMIN, package, accept=steps)
    assert [f["name"] for f in workspace.get("entity", "customer")["fields"]] == ["name"]


def test_names_that_both_added(workspace: Workspace) -> None:
    import_package(workspace.publisher, ADMIN, zipped(FILES))
    document = workspace.get("entity", "customer")
    document["fields"].append({"name": "size", "type": "integer", "label": {"en": "Heads"}})
    workspace.publish(document, {"kind": "view", "name": "sizes", "entity": "customer", "columns": ["size"]})
    workspace.add("customer", {"name": "A", "size": 7})
    package = newer(**{
        "entity/customer.json": entity({"name": "size", "type": "integer", "label": {"en": "Staff"}}),
        "view/sizes.json": {"kind": "view", "name": "sizes", "entity": "customer", "columns": ["name", "size"]},
    })  # fmt: skip
    assert [(d.name, name) for d, name in planned(workspace, package).renamed] == [("sizes", "sizes_2")]
    upgrade(workspace.publisher, ADMIN, package)
    assert workspace.values("customer", "size") == [7]
    # An even newer version brings it under the name that it has here by now: nothing new to tell.
    assert planned(workspace, newer("1.4.0", **{"view/sizes.json": {"kind": "view", "name": "sizes", "entity": "customer", "columns": ["name"]}})).renamed == ()
    assert workspace.get("entity", "customer")["fields"][2]["label"] == {"en": "Heads"}
    assert fields_of(workspace.get("view", "sizes")) == ["size"]
    assert fields_of(workspace.get("view", "sizes_2")) == ["name", "size"]


def test_going_back_goes_back_to_the_base(workspace: Workspace) -> None:
    import_package(workspace.publisher, ADMIN, zipped(FILES))
    package = newer(**{"entity/customer.json": entity({"name": "size", "type": "integer"})})
    upgrade(workspace.publisher, ADMIN, package)
    workspace.restore(1)
    upgrade(workspace.publisher, ADMIN, package)
    assert [f["name"] for f in workspace.get("entity", "customer")["fields"]] == ["name", "stage", "size"]


def test_parts_without_names_are_followed(workspace: Workspace) -> None:
    form = {"kind": "form", "name": "customer_form", "entity": "customer", "sections": [{"label": {"en": "Basics"}, "items": [{"field": "name"}]}]}
    import_package(workspace.publisher, ADMIN, zipped({**FILES, "form/customer_form.json": form}))
    mine = workspace.get("form", "customer_form")
    mine["sections"][0]["columns"] = 2
    workspace.publish(mine)
    theirs = {**form, "sections": [{"label": {"en": "First"}, "items": []}, {"label": {"en": "Basics"}, "items": [{"field": "name"}, {"field": "stage"}]}]}
    upgrade(workspace.publisher, ADMIN, newer(**{"form/customer_form.json": theirs}))
    sections = workspace.get("form", "customer_form")["sections"]
    assert [(s["label"]["en"], s.get("columns"), [i["field"] for i in s["items"]]) for s in sections] == [("First", None, []), ("Basics", 2, ["name", "stage"])]

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from tenon.engine.apps import export, import_package, install, list_apps, read_package, uninstall
from tenon.engine.context import Context
from tenon.engine.schema.trash import trash
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, NotFound
from tests.engine.apps.packages import EXTRA, FILES, zipped
from tests.engine.releases.workspace import ADMIN, Workspace, customer, view

CORE = zipped(FILES)


@pytest.fixture
def workspace(database: Any, moment: datetime) -> Workspace:
    return Workspace(database, moment)


def test_install(workspace: Workspace) -> None:
    release = install(workspace.publisher, ADMIN, read_package(CORE))
    assert (release.app, release.number) == ("core", 1)
    assert workspace.model().entities["customer"].app == "core"
    for other in ("1.2.0", "1.0.0", "1.3.0"):
        with pytest.raises(Conflict):
            install(workspace.publisher, ADMIN, read_package(zipped({**FILES, "app.json": {**FILES["app.json"], "version": other}})))


def test_other_apps_are_needed(workspace: Workspace) -> None:
    extra = read_package(zipped(EXTRA))
    with pytest.raises(Conflict) as caught:
        install(workspace.publisher, ADMIN, extra)
    assert caught.value.problems[0].hint is not None
    old = zipped({**FILES, "app.json": {**FILES["app.json"], "version": "1.0.9"}})
    import_package(workspace.publisher, ADMIN, old)
    with pytest.raises(Conflict):
        install(workspace.publisher, ADMIN, extra)
    uninstall(workspace.publisher, ADMIN, "core", "remove")
    import_package(workspace.publisher, ADMIN, CORE)
    install(workspace.publisher, ADMIN, extra)
    assert workspace.model().entities["customer"].fields["extra_size"].origin == "extension"
    with pytest.raises(Conflict) as caught:
        uninstall(workspace.publisher, ADMIN, "core", "keep")
    assert caught.value.problems[0].code == "would_break"


def test_names_that_are_taken(workspace: Workspace) -> None:
    workspace.publish(customer())
    with pytest.raises(Invalid) as caught:
        import_package(workspace.publisher, ADMIN, CORE)
    assert [p.path for p in caught.value.problems] == ["/entity/customer"]


def test_only_builders_install(workspace: Workspace) -> None:
    with pytest.raises(Forbidden):
        import_package(workspace.publisher, Context(None), CORE)


@pytest.mark.parametrize("data", ["keep", "archive", "remove"])
def test_uninstall(workspace: Workspace, data: Any) -> None:
    import_package(workspace.publisher, ADMIN, CORE)
    workspace.add("customer", {"name": "A", "stage": "live"})
    uninstall(workspace.publisher, ADMIN, "core", data)
    assert not workspace.model().documents
    with workspace.database.read() as connection:
        row = connection.execute(trash.select()).mappings().one()
        there = inspect(connection).has_table(row["table_name"])
    assert (row["state"], there) == (("purged", False) if data == "remove" else ("kept", True))
    assert (row["purge_at"] is None) == (data == "keep")
    import_package(workspace.publisher, ADMIN, CORE)
    assert workspace.values("customer", "stage") == ([] if data == "remove" else ["live"])
    with pytest.raises(NotFound):
        uninstall(workspace.publisher, ADMIN, "other", data)


def test_uninstall_names_who_refers_to_it(workspace: Workspace) -> None:
    import_package(workspace.publisher, ADMIN, CORE)
    workspace.publish({**view(), "name": "mine"})
    with pytest.raises(Conflict) as caught:
        uninstall(workspace.publisher, ADMIN, "core", "archive")
    assert caught.value.problems[0].path == "/view/mine/entity"


def test_export_and_import_again(workspace: Workspace, new_database: Any, moment: datetime) -> None:
    import_package(workspace.publisher, ADMIN, CORE)
    document = workspace.get("entity", "customer")
    document["fields"][1]["name"] = "phase"
    workspace.publish(document)
    content = export(workspace.model(), "core")
    package = read_package(content)
    assert [d.json.get("filter") for d in package.documents if d.kind == "view"] == ["phase == 'live'"]
    other = Workspace(new_database(), moment)
    import_package(other.publisher, ADMIN, content)
    assert export(other.model(), "core") == content
    assert other.model().entities["customer"].fields["phase"].id == document["fields"][1]["id"]
    with pytest.raises(NotFound):
        export(workspace.model(), "other")


def test_list(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "extra").mkdir()
    (tmp_path / "extra" / "app.json").write_text(json.dumps(EXTRA["app.json"]))
    import_package(workspace.publisher, ADMIN, CORE)
    listed = {app["name"]: app for app in list_apps(workspace.model(), tmp_path)}
    assert (listed["core"]["installed"], listed["core"]["version"]) == ("1.2.0", None)
    assert (listed["extra"]["installed"], listed["extra"]["version"], listed["extra"]["requires"]) == (None, "0.1.0", ["core"])

"""Installing apps as a job: in order, once whatever dies, with what stands in the way told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tenon.engine.apps import export, install, read_package
from tenon.engine.apps.export import pack
from tenon.engine.apps.install_job import INSTALL, put_install
from tenon.engine.context import Context
from tenon.engine.jobs import JobRun, cancel, claim, find, list_page
from tenon.engine.outside import Outside, fake_outside
from tenon.engine.releases import publish_documents
from tenon.metamodel.errors import Conflict, Forbidden, Invalid
from tenon.platform.boot import make_worker, start
from tenon.platform.clock import RealClock
from tenon.platform.database import Database
from tenon.platform.files import DiskFiles
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform
from tests.engine.apps.packages import EXTRA, FILES, zipped
from tests.world import add_person

CORE, MORE = read_package(zipped(FILES)), read_package(zipped(EXTRA))


@pytest.fixture
def platform(database: Database, tmp_path: Path) -> Platform:
    settings = Settings(tmp_path, database.url.render_as_string(hide_password=False), "s" * 40)
    fakes = fake_outside(datetime.now(UTC))
    return start(settings, database, Outside(RealClock(), fakes.mail, DiskFiles(settings.files), fakes.http))


@pytest.fixture
def ann(platform: Platform) -> Context:
    return Context(add_person(platform, "ann@example.com", "Ann Lee", ["admin", "builder"]))


def put(platform: Platform, ctx: Context, *packages: Any, samples: tuple[str, ...] = (), there: tuple[Any, ...] = ()) -> str:
    with platform.write() as uow:
        return put_install(uow, ctx, packages, samples, there=there)


def row(platform: Platform, job: str) -> dict[str, Any]:
    with platform.read() as uow:
        found = find(uow.connection, job)
    assert found is not None
    return found


def releases(platform: Platform) -> tuple[list[str], int]:
    """The names of the installed apps and the number of the release."""
    with platform.read() as uow:
        return sorted(d.name for d in uow.model.all("app")), uow.model.release


def test_a_package_that_was_packed_is_read_again_the_same() -> None:
    again = read_package(pack(CORE))
    assert (again.app.json, [d.json for d in again.documents]) == (CORE.app.json, sorted_like(again, CORE))
    assert (again.samples, again.readme) == (CORE.samples, CORE.readme)


def sorted_like(again: Any, package: Any) -> list[Any]:
    """The documents of a package in the order in which another one lists them."""
    by_name = {(d.kind, d.name): d.json for d in package.documents}
    return [by_name[(d.kind, d.name)] for d in again.documents]


def test_apps_are_installed_one_after_the_other_and_samples_are_loaded(platform: Platform, ann: Context) -> None:
    job = put(platform, ann, CORE, MORE, samples=("core",))
    assert releases(platform) == ([], 0)
    make_worker(platform).run_until_idle()
    done = row(platform, job)
    assert (done["state"], done["done_count"], done["total_count"], done["result"]["apps"]) == ("done", 2, 2, ["core", "extra"])
    assert releases(platform) == (["core", "extra"], 2)
    loaded = row(platform, done["result"]["samples"])
    assert (loaded["state"], loaded["result"]["records"], loaded["created_by"]) == ("done", 1, ann.user_id)
    assert list(platform.outside.files.keys()) == []
    with platform.read() as uow:
        assert read_package(export(uow.model, "core")).documents


def test_the_same_install_waits_once(platform: Platform, ann: Context) -> None:
    assert put(platform, ann, CORE) == put(platform, ann, CORE)
    with platform.read() as uow:
        assert len(list_page(uow.connection, kinds=[INSTALL])) == 1


def test_a_worker_that_dies_between_two_apps_leaves_nothing_to_do_twice(platform: Platform, ann: Context) -> None:
    job = put(platform, ann, CORE, MORE, samples=("core", "extra"))
    clock = platform.outside.clock
    [taken] = claim(platform.database, "dies", 1, now=clock.now(), real_now=clock.real_now(), lease=timedelta(0), kinds=[INSTALL])

    class Dies(JobRun):
        def check_cancelled(self) -> None:
            if self.checkpoint is not None:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        platform.kinds[INSTALL].run(Dies(taken, platform.database, platform.outside))
    assert releases(platform) == (["core"], 1)
    make_worker(platform).run_until_idle()
    done = row(platform, job)
    assert (done["state"], done["attempts"], done["result"]["apps"]) == ("done", 2, ["core", "extra"])
    assert releases(platform) == (["core", "extra"], 2)
    assert row(platform, done["result"]["samples"])["result"]["records"] == 1


def test_what_came_in_the_meantime_is_passed_over(platform: Platform, ann: Context) -> None:
    job = put(platform, ann, CORE, MORE, samples=("core",))
    install(platform.publisher, ann, CORE)
    make_worker(platform).run_until_idle()
    assert row(platform, job)["result"] == {"apps": ["extra"], "samples": None}


def test_samples_of_an_app_that_is_there_go_first(platform: Platform, ann: Context) -> None:
    install(platform.publisher, ann, CORE)
    job = put(platform, ann, MORE, there=(CORE,))
    make_worker(platform).run_until_idle()
    done = row(platform, job)
    assert (done["state"], done["result"]["apps"], releases(platform)) == ("done", ["extra"], (["core", "extra"], 2))
    assert row(platform, done["result"]["samples"])["result"]["records"] == 1


def test_what_stands_in_the_way_is_said_before_and_in_the_job(platform: Platform, ann: Context) -> None:
    with pytest.raises(Conflict):
        put(platform, ann, MORE)  # it needs the other one
    with pytest.raises(Forbidden):
        put(platform, Context(add_person(platform, "sam@example.com", "Sam Wu", [])), CORE)
    job = put(platform, ann, CORE)
    publish_documents(platform.publisher, ann, [FILES["entity/customer.json"]])
    make_worker(platform).run_until_idle()
    failed = row(platform, job)
    assert (failed["state"], [e["path"] for e in failed["errors"]]) == ("failed", ["/entity/customer"])
    assert failed["errors"][0]["hint"]["zh"]
    with pytest.raises(Invalid):
        put(platform, ann, CORE)
    assert releases(platform) == ([], 1)


def test_a_stopped_install_keeps_what_is_there(platform: Platform, ann: Context) -> None:
    job = put(platform, ann, CORE)
    with platform.write() as uow:
        cancel(uow.connection, job, real_now=uow.real_now)
    make_worker(platform).run_until_idle()
    assert row(platform, job)["state"] == "cancelled"
    assert releases(platform) == ([], 0)

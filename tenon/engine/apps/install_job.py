"""The job that installs apps one after another, or merges a newer version in, each in a publish of its own, and has sample records loaded."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tenon.engine.apps.clashes import Choice
from tenon.engine.apps.export import pack
from tenon.engine.apps.install import check_install, install
from tenon.engine.apps.package import Package, read_package, version_of
from tenon.engine.apps.sample_job import OpenWrite, put_samples
from tenon.engine.apps.upgrade import plan_upgrade, upgrade
from tenon.engine.context import Context
from tenon.engine.jobs import JobKind, JobRun, put
from tenon.engine.people import load_user
from tenon.engine.releases.draft import require_builder
from tenon.engine.releases.publish import Publisher, Release
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.merging import Side
from tenon.metamodel.model import Model

INSTALL = "app_install"
PRIORITY = 50  # somebody waits for it


def put_install(
    uow: UnitOfWork, ctx: Context, packages: Sequence[Package], samples: Collection[str] = (), *, there: Sequence[Package] = (),
    clashes: Mapping[str, Choice] | None = None,
) -> str:  # fmt: skip
    """Keep packages, each after those it requires, and put the job that installs them; return its id, or that of the one that does so already.

    ``clashes`` are choices about names of the last one; ``samples`` names those whose sample records are loaded afterwards; ``there`` are packages of installed apps whose samples go first.
    Raises Forbidden, and Conflict or Invalid for what is known to stand in the way.
    """
    require_builder(ctx, "app")
    check_install(uow.model, packages, clashes)
    apps: list[dict[str, Any]] = []
    for package in (*there, *packages):
        key = uow.new_id().replace("-", "")
        uow.outside.files.write(key, io.BytesIO(pack(package)))
        wanted = bool(package.samples) and (package in there or package.name in samples)
        apps.append({"name": package.name, "label": package.app.label.to_json(), "key": key, "sample": wanted, "is_there": package in there})
    if clashes:
        apps[-1]["clashes"] = dict(clashes)
    payload = {"apps": apps, "user": ctx.user_id, "is_system": ctx.is_system, "language": ctx.language}
    unique_key = f"{INSTALL}:{','.join(sorted(p.name for p in packages))}"
    return put(uow.connection, INSTALL, payload, unique_key=unique_key, priority=PRIORITY, created_by=ctx.user_id)


def put_upgrade(uow: UnitOfWork, ctx: Context, package: Package, decisions: Mapping[str, Side], accept: Collection[str] = ()) -> str:
    """Keep the package of a newer version and put the job that merges it in; return its id.

    Raises Forbidden, and Conflict or Invalid for what is known to stand in the way.
    """
    require_builder(ctx, "app")
    plan_upgrade(uow.connection, uow.model, package, decisions)
    key = uow.new_id().replace("-", "")
    uow.outside.files.write(key, io.BytesIO(pack(package)))
    merging = {"decisions": dict(decisions), "accept": sorted(accept)}
    apps = [{"name": package.name, "label": package.app.label.to_json(), "key": key, "sample": False, "is_there": False, **merging}]
    payload = {"apps": apps, "user": ctx.user_id, "is_system": ctx.is_system, "language": ctx.language}
    unique_key = f"{INSTALL}:{package.name}"
    return put(uow.connection, INSTALL, payload, unique_key=unique_key, priority=PRIORITY, created_by=ctx.user_id)


def install_jobs(publisher: Callable[[], Publisher], open_write: OpenWrite, told: Callable[[], None]) -> list[JobKind]:
    """Return the kind of job that installs apps; ``told`` is called after each of them, when it is there for everybody."""
    return [JobKind(INSTALL, lambda run: _Installing(run, publisher(), open_write, told).run())]


class _Installing:
    """One attempt: each app is published in the transaction that says so, what is there already is passed over."""

    def __init__(self, job: JobRun, publisher: Publisher, open_write: OpenWrite, told: Callable[[], None]) -> None:
        self.job, self.publisher, self.open_write, self.told = job, publisher, open_write, told
        state = job.checkpoint or {"installed": [], "done": 0}
        self.installed, self.done = list(state["installed"]), int(state["done"])

    def run(self) -> dict[str, Any]:
        """Install what is left; return the apps that were put in, and the job that loads their sample records."""
        listed = self.job.payload["apps"]
        packages = [self._read(each["key"]) for each in listed]
        for package in packages[self.done :]:
            self.job.check_cancelled()
            self._install(package)
            self.told()
        wanted = [p for p, each in zip(packages, listed, strict=True) if each["sample"] and (each["is_there"] or p.name in self.installed)]
        with self.open_write() as uow:
            samples = put_samples(uow, self._context(uow), wanted) if wanted else None
            result = {"apps": self.installed, "samples": samples}
            uow.after_commit.append(self.told)
            self.job.finish(uow.connection, result)
        for each in listed:
            self.job.outside.files.delete(each["key"])
        return result

    def _install(self, package: Package) -> None:
        merging = self.job.payload["apps"][self.done]
        with self.open_write() as uow:
            ctx = self._context(uow)
            there = uow.model.find("app", package.name)
            is_there = there is not None and ("decisions" not in merging or version_of(there) >= package.version)
            if is_there:
                self._save(uow, self.installed)
        if is_there:
            self.done += 1
            return
        installed = [*self.installed, package.name]

        def note(uow: UnitOfWork, _ctx: Context, _old: Model, _release: Release) -> None:
            self._save(uow, installed)

        if "decisions" in merging:
            upgrade(self.publisher, ctx, package, decisions=merging["decisions"], accept=merging["accept"], after=(note,))
        else:
            install(self.publisher, ctx, package, after=(note,), clashes=merging.get("clashes"))
        self.installed = installed
        self.done += 1

    def _save(self, uow: UnitOfWork, installed: list[str]) -> None:
        done = self.done + 1
        self.job.save(uow.connection, {"installed": installed, "done": done}, done=done, total=len(self.job.payload["apps"]))

    def _context(self, uow: UnitOfWork) -> Context:
        """Whoever ordered it, with the rights they have by now."""
        payload = self.job.payload
        user = load_user(uow.connection, payload["user"]) if payload["user"] is not None else None
        return replace(Context(user, payload["language"]), is_system=payload["is_system"])

    def _read(self, key: str) -> Package:
        with self.job.outside.files.open(key) as stored:
            return read_package(stored.read())

"""Installing apps in the background: ordering it, and how far it is until the last sample record."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from tenon.engine import jobs as queue
from tenon.engine.apps import Package, available, find_app, missing_for, read_package
from tenon.engine.apps.install_job import INSTALL, put_install
from tenon.engine.apps.sample_job import SAMPLES
from tenon.engine.apps.samples import read_rows
from tenon.engine.jobs.table import show_problem
from tenon.engine.releases.draft import require_builder
from tenon.metamodel.labels import Text, listed, say
from tenon.metamodel.model import Model
from tenon.ui.app_shapes import Install, InstallStep, Sampled, StepState
from tenon.ui.backend import jobs, menu
from tenon.ui.backend.apps import icon_of
from tenon.ui.backend.base import View

LIVE = ("queued", "running")
MOST_SHOWN = 12
LOSES = say(
    "It would lose what is there. Install it with `tenon apps install`, which names the steps and how to accept them.",
    "此操作会丢失现有内容。请使用 `tenon apps install` 安装，它会列出各步骤以及如何确认。",
)


def order(view: View, folder: Path, names: Sequence[str], samples: Collection[str] | None = None) -> str:
    """Have apps installed with what they require and return the id of the job; ``samples`` names those that bring theirs, None all.

    Raises Forbidden, NotFound, and Conflict or Invalid for what is known to stand in the way.
    """
    require_builder(view.ctx, "app")
    packages = together(view.model, names, folder)
    wanted = [p.name for p in packages] if samples is None else with_required(packages, samples)
    return put_install(view.uow, view.ctx, packages, wanted, there=_bare(view, [p for p in packages if p.name in wanted], folder))


def order_package(view: View, folder: Path, content: bytes) -> str:
    """Have the app in the bytes of a zip installed, with what it requires and comes with Tenon. Raises as `order`, Invalid for a bad zip."""
    require_builder(view.ctx, "app")
    package = read_package(content)
    return put_install(view.uow, view.ctx, [*missing_for(view.model, package, folder), package])


def together(model: Model, names: Iterable[str], folder: Path) -> list[Package]:
    """Return the packages of apps and of those that come with them, each after what it requires. Raises NotFound."""
    found: dict[str, Package] = {}
    for package in (find_app(name, folder) for name in names):
        for each in (*missing_for(model, package, folder), package):
            found.setdefault(each.name, each)
    return list(found.values())


def _bare(view: View, packages: Iterable[Package], folder: Path) -> list[Package]:
    """Return the packages of installed apps that others stand on and that have no records yet: the samples of these stand on theirs."""
    needed = {need.app for package in packages if package.samples for need in package.app.body.requires}
    found = [package for package in available(folder) if package.name in needed and view.model.find("app", package.name) is not None]
    return [package for package in found if package.samples and not _has_records(view, package)]


def _has_records(view: View, package: Package) -> bool:
    """True when there is a record, whoever may see it, of any entity of which the package has samples."""
    entities = [view.model.find_entity(sample.entity) for sample in package.app.body.sample]
    tables = [view.uow.tables.of(entity) for entity in entities if entity is not None]
    return any(view.uow.connection.execute(select(table.c.id).limit(1)).first() is not None for table in tables)


def with_required(packages: Sequence[Package], samples: Collection[str]) -> list[str]:
    """Return the apps whose samples are loaded: those wanted, and those among the packages that these stand on."""
    wanted = set(samples)
    for package in reversed(packages):
        if package.name in wanted:
            wanted |= {need.app for need in package.app.body.requires}
    return [p.name for p in packages if p.name in wanted]


def sampled(view: View, folder: Path, names: Sequence[str]) -> tuple[Sampled, ...]:
    """Return what sample records the apps bring that come when these are installed."""
    packages = together(view.model, names, folder)
    labels = {d.name: Text.of(d.json.get("plural") or d.json["label"]) for p in packages for d in p.documents if d.kind == "entity"}
    labels |= {name: entity.plural for name, entity in view.model.entities.items()}
    return tuple(_sampled(view, package, packages, labels) for package in packages if package.samples)


def _sampled(view: View, package: Package, packages: Sequence[Package], labels: dict[str, Text]) -> Sampled:
    counted: dict[str, int] = {}
    for sample in package.app.body.sample:
        label = labels[sample.entity].show(view.language) if sample.entity in labels else sample.entity
        counted[label] = counted.get(label, 0) + len(read_rows(package.samples[sample.file]))
    largest = sorted(counted.items(), key=lambda each: -each[1])
    needs = {need.app for need in package.app.body.requires}
    takes = tuple(p.app.label.show(view.language) for p in packages if p.name in needs and p.samples)
    label = package.app.label.show(view.language)
    return Sampled(package.name, label, icon_of(package.app), tuple(largest), package.app.body.sample_days, takes)


def latest(view: View) -> Install | None:
    """Return what is being installed or loaded now: for administrators whoever ordered it, for builders their own; None without it."""
    user, connection = view.ctx.user, view.uow.connection
    if user is None or not user.may_build:
        return None
    mine = None if user.is_admin else user.id
    rows = queue.list_page(connection, states=LIVE, kinds=[INSTALL, SAMPLES], created_by=mine, limit=MOST_SHOWN)
    ordered = next((row for row in rows if row["kind"] == INSTALL), None)
    if ordered is None and rows:
        last = queue.list_page(connection, kinds=[INSTALL], created_by=mine, limit=1)
        ordered = last[0] if last and _follows(last[0]) == rows[0]["id"] else None
    if ordered is not None:
        return _install(view, ordered)
    return _loading(view, rows[0]) if rows else None


def is_any(view: View) -> bool:
    """True while apps are being installed, whoever ordered it."""
    return bool(queue.list_page(view.uow.connection, states=LIVE, kinds=[INSTALL], limit=1))


def find(view: View, id: str) -> Install | None:
    """Return an install or a loading of samples, None when the job does something else. Raises NotFound for what is somebody else's."""
    row = jobs.find(view, id)
    return _install(view, row) if row["kind"] == INSTALL else _loading(view, row) if row["kind"] == SAMPLES else None


def _install(view: View, row: dict[str, Any]) -> Install:
    """Read the job, and the one that loads the samples it left."""
    listed, language = row["payload"]["apps"], view.language
    follows = _follows(row)
    second = queue.find(view.uow.connection, follows) if follows else None
    steps = [InstallStep(Text.of(app["label"]).show(language), _state(row, at)) for at, app in enumerate(listed)]
    if any(app["sample"] for app in listed) and (row["state"] != "done" or second is not None):
        state, done, total = ("ahead", 0, None) if second is None else (_state(second, None), second["done_count"], second["total_count"])
        steps.append(InstallStep(say("Sample records and scores", "示例数据与评分").show(language), state, done, total, is_counted=True))  # type: ignore[arg-type]
    now = second or row
    urls = {app.name: app.url for app in menu.apps(view)}
    built = {app.name: len(app.body.requires) for app in view.model.all("app")}  # what stands on others is what they were installed for
    opens = [(app["label"], urls.get(app["name"])) for app in sorted(listed, key=lambda app: built.get(app["name"], 0), reverse=True)]
    return Install(
        row["id"], _heading(row, now, Text.of(listed[-1]["label"])).show(language), tuple(steps), jobs.shown(view, now), now["state"] in LIVE, row["state"] == "done",
        _wrongs(now, language),
        tuple((Text.of(label).show(language), url) for label, url in opens if url and row["state"] == "done"), tuple(app["name"] for app in listed),
    )  # fmt: skip


def _loading(view: View, row: dict[str, Any]) -> Install:
    """Read a job that loads samples by itself, as a demo has them, with those that are loaded before it."""
    language = view.language
    before = queue.list_page(view.uow.connection, states=LIVE, kinds=[SAMPLES], before=row["id"], limit=MOST_SHOWN)
    listed = [*reversed(before), row]
    steps = [InstallStep(_named(view, each), _state(each, None) if at == 0 else "ahead", each["done_count"], each["total_count"], is_counted=True)
             for at, each in enumerate(listed)]  # fmt: skip
    is_live = row["state"] in LIVE
    heading = say("Loading sample records", "正在加载示例数据") if is_live else _heading({"state": "done"}, row, Text(""))
    if row["state"] == "done":
        heading = say("The sample records are there.", "示例数据已加载。")
    return Install(row["id"], heading.show(language), tuple(steps), jobs.shown(view, listed[0]), is_live, not is_live, _wrongs(row, language))


def _named(view: View, row: dict[str, Any]) -> str:
    found = [view.model.find("app", name) for name in row["payload"]["apps"]]
    return listed((app.label.show(view.language) for app in found if app is not None), view.language)


def _follows(row: dict[str, Any]) -> str | None:
    """Return the job that loads the samples of the apps a job has installed."""
    found: str | None = (row["result"] or {}).get("samples")
    return found


def _heading(row: dict[str, Any], now: dict[str, Any], app: Text) -> Text:
    """Say how far an install is: the job that installs, and the one that works at it now."""
    if "decisions" in row.get("payload", {"apps": [{}]})["apps"][-1]:
        if row["state"] in LIVE:
            return say("Updating {app}", "正在更新“{app}”", app=app)
        return say("{app} is up to date.", "“{app}”已更新。", app=app) if row["state"] == "done" else say("{app} could not be updated", "无法更新“{app}”", app=app)
    if now["state"] in LIVE:
        return say("Installing {app}", "正在安装“{app}”", app=app)
    if row["state"] != "done":
        return say("{app} could not be installed", "无法安装“{app}”", app=app)
    return say("{app} is installed.", "“{app}”已安装。", app=app) if now["state"] == "done" else say("The sample records could not be loaded", "示例数据未能加载")


def _wrongs(row: dict[str, Any], language: str) -> tuple[tuple[str, str], ...]:
    """Return what went wrong in a job, and what to do about each."""
    errors = [show_problem(each, language) for each in row["errors"] or ()]
    return tuple((str(e["message"]), LOSES.show(language) if e["code"] == "needs_acceptance" else str(e["hint"] or "")) for e in errors)


def _state(row: dict[str, Any], at: int | None) -> StepState:
    """Return the state of the step at a position of a job, or of the whole job for None."""
    if row["state"] == "done" or (at is not None and at < row["done_count"]):
        return "done"
    if at is not None and at > row["done_count"]:
        return "ahead"
    return "here" if row["state"] in LIVE else "wrong"

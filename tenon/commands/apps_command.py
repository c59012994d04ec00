"""``tenon apps``: apps that are installed or could be."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click
import orjson

from tenon.commands.publish_command import show_plan, show_release
from tenon.commands.speech import spoken, tell
from tenon.commands.workspace import acting, opened
from tenon.engine import apps
from tenon.engine.apps import Package
from tenon.engine.apps.clashes import Choice
from tenon.engine.apps.gather import find_document, gather, needed_for
from tenon.engine.apps.sample_removal import SampleRecords, sample_records as look_at_samples
from tenon.engine.apps.upgrade_words import SaidUpgrade, say_upgrade
from tenon.engine.releases.check import check_documents
from tenon.engine.releases.publish import merge
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import Text, say
from tenon.metamodel.merging import Side
from tenon.metamodel.wording import say_value
from tenon.platform import samples as sample_records
from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform


@click.group(name="apps")
def command() -> None:
    """List, install, upgrade, remove, export, import, make and check apps.

    Example: tenon apps install tutorial --demo-data
    """


@command.command(name="list", epilog="Example: tenon apps list")
def list_command() -> None:
    """List the apps that are installed or could be."""
    with opened() as platform, platform.read() as uow:
        for app in apps.list_apps(uow.model):
            state = say("installed {version}", "已安装 {version}", version=app["installed"]) if app["installed"] else say("available", "可安装")
            tell(f"{app['name']:24} {app['installed'] or app['version'] or '-':10} {state.show(spoken())}  {Text.of(app['label']).show(spoken())}")


@command.command(name="install", epilog="Example: tenon apps install tutorial --demo-data")
@click.argument("name")
@click.option("--demo-data", is_flag=True, help="With its sample records.")
def install(name: str, demo_data: bool) -> None:
    """Install an app that comes with Tenon."""
    _install(apps.find_app(name), demo_data)


@command.command(name="import", epilog="Example: tenon apps import my_app.zip --demo-data --rename view/all_items")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--demo-data", is_flag=True, help="With its sample records.")
@click.option("--rename", multiple=True, metavar="KIND/NAME", help="Bring this under another name, as its name is taken.")
@click.option("--replace", multiple=True, metavar="KIND/NAME", help="Let this replace yours of that name; its records stay.")
@click.option("--leave", multiple=True, metavar="KIND/NAME", help="Leave this out and use yours of that name.")
def import_command(source: Path, demo_data: bool, rename: tuple[str, ...], replace: tuple[str, ...], leave: tuple[str, ...]) -> None:
    """Install an app from a zip or a folder."""
    clashes: dict[str, Choice] = {**dict.fromkeys(rename, "rename"), **dict.fromkeys(replace, "replace"), **dict.fromkeys(leave, "leave")}
    _install(read_source(source), demo_data, clashes)


def _install(package: Package, demo_data: bool, clashes: Mapping[str, Choice] | None = None) -> None:
    with opened() as platform:
        done = apps.install_all(platform.publisher, acting(platform, "apps install"), package, demo_data=demo_data, clashes=clashes)
        for release in done.releases:
            show_release(release)
        if done.job is not None:
            tell(say("Loading sample records …", "正在载入示例数据 …"))
            make_worker(platform).run_until_idle()


@command.command(name="upgrade", epilog="Example: tenon apps upgrade tutorial --dry-run")
@click.argument("name")
@click.option("--from", "source", type=click.Path(path_type=Path), help="The zip or folder of the newer version.  [default: the one that comes with Tenon]")
@click.option("--dry-run", is_flag=True, help="Print what would change and the conflicts, and change nothing.")
@click.option("--theirs", multiple=True, metavar="CONFLICT", help="Take what the package has in this conflict; * for all. Otherwise yours is kept.")
@click.option("--accept", multiple=True, metavar="STEP", help="The id of a step that loses data and is wanted; several are possible.")
def upgrade(name: str, source: Path | None, dry_run: bool, theirs: tuple[str, ...], accept: tuple[str, ...]) -> None:
    """Bring an app to a newer version; what the workspace made of it stays."""
    package = read_source(source) if source is not None else apps.find_app(name)
    if package.name != name:
        message = say("This is the package of {app}.", "这是 {app} 的应用包。", app=package.name)
        raise Invalid(Problem("/source", "refused", message, say("Name that app.", "请写该应用的名称。")))
    decisions: dict[str, Side] = dict.fromkeys(theirs, "theirs")
    with opened() as platform:
        with platform.read() as uow:
            wanted = apps.plan_upgrade(uow.connection, uow.model, package, decisions)
            checked = apps.check_upgrade(uow.connection, uow.model, wanted, now=uow.now, zone=uow.timezone, stories=platform.publisher.stories)
            show_upgrade(say_upgrade(uow.model, wanted))
        show_plan(checked)
        if not dry_run:
            release = apps.upgrade(platform.publisher, acting(platform, "apps upgrade"), package, decisions=decisions, accept=accept)
            show_release(release)


def show_upgrade(said: SaidUpgrade) -> None:
    """Print what an upgrade changes, what it keeps and the conflicts, each with its id."""
    language = spoken()
    for title, changes in ((say("Changes:", "将会修改："), said.changes), (say("Yours, kept:", "保留您的修改："), said.kept)):
        if changes:
            tell(title)
        for each in changes:
            tell(f"  {each.change:8} {each.document.kind}/{each.document.name}")
            for line in each.lines:
                tell(f"           {line.sentence.show(language)}")
    for clash in said.clashes:
        taken = say("takes theirs", "采用应用包的") if clash.clash.decision == "theirs" else say("keeps yours", "保留您的")
        tell(say("Conflict in {kind}/{name}, {title}: {taken}", "冲突 {kind}/{name}，{title}：{taken}",
                 kind=clash.clash.document.kind, name=clash.clash.document.name, title=clash.title, taken=taken))  # fmt: skip
        tell(say("  yours “{yours}”, theirs “{theirs}”; take theirs with --theirs {id}", "  您的：“{yours}”，应用包：“{theirs}”；采用应用包请加 --theirs {id}",
                 yours=say_value(clash.yours), theirs=say_value(clash.theirs), id=clash.clash.id))  # fmt: skip


@command.command(name="uninstall", epilog="Example: tenon apps uninstall tutorial --data archive")
@click.argument("name")
@click.option("--data", type=click.Choice(["keep", "archive", "remove"]), default="archive", show_default=True,
              help="Keep the records until it is installed again, for 30 days, or not at all.")  # fmt: skip
def uninstall(name: str, data: str) -> None:
    """Remove an app."""
    with opened() as platform:
        release = apps.uninstall(platform.publisher, acting(platform, "apps uninstall"), name, data)  # type: ignore[arg-type]
    show_release(release)


@command.command(name="samples", epilog="Example: tenon apps samples tutorial --remove 131")
@click.argument("name")
@click.option("--remove", type=int, metavar="COUNT", help="Move the sample records, as many as are told without this, to the trash.")
@click.option("--restore", is_flag=True, help="Bring back what the latest removal moved to the trash.")
def samples(name: str, remove: int | None, restore: bool) -> None:
    """Tell how many sample records an app has, remove them, or bring them back."""
    with opened() as platform:
        acts = acting(platform, "apps samples")
        done = sample_records.remove(platform, acts, name, remove) if remove is not None else sample_records.restore(platform, acts, name) if restore else None
        if done is not None and done.job is not None:
            make_worker(platform).run_until_idle()
        with platform.read() as uow:
            show_samples(look_at_samples(uow, acts, name))


def show_samples(found: SampleRecords) -> None:
    """Print how many sample records there are of each entity, and what removing them meets."""
    for entity, count in found.counts:
        tell(f"{count:8} {entity.plural.show(spoken())}")
    tell(say("{n} sample records, {edited} of them changed by people; {trashed} in the trash.", "共 {n} 条示例数据，其中 {edited} 条被人员修改过；回收站中有 {trashed} 条。",
             n=found.total, edited=len(found.edited), trashed=found.trashed))  # fmt: skip
    for problem in found.held:
        tell(problem.message)


@command.command(name="export", epilog="Example: tenon apps export my_app > my_app.zip")
@click.argument("name")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="The file to write.  [default: standard output]")
def export(name: str, output: Path | None) -> None:
    """Write an installed app as a zip of readable JSON, without records."""
    with opened() as platform, platform.read() as uow:
        content = apps.export(uow.model, name)
    if output is not None:
        output.write_bytes(content)
        return
    sys.stdout.buffer.write(content)


@command.command(name="make", epilog="Example: tenon apps make visits entity/visit view/all_visits -o visits.zip")
@click.argument("name")
@click.argument("documents", nargs=-1, required=True, metavar="KIND/NAME...")
@click.option("--label", help="What people read.  [default: the name]")
@click.option("--version", default="1.0.0", show_default=True)
@click.option("--with-needed", is_flag=True, help="Add what the documents use and that belongs to no app.")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="The file to write.  [default: NAME.zip]")
def make(name: str, documents: tuple[str, ...], label: str | None, version: str, with_needed: bool, output: Path | None) -> None:
    """Make the zip of an app of published documents; nothing changes here."""
    with opened() as platform, platform.read() as uow:
        ids = [find_document(uow.model, each, f"/documents/{index}").id for index, each in enumerate(documents)]
        chosen = needed_for(uow.model, ids) if with_needed else ids
        content, package = gather(uow.model, chosen, name=name, label=Text(label or name, label or name), version=version)
    target = output or Path(f"{name}.zip")
    target.write_bytes(content)
    tell(say("{path}: {n} documents.", "{path}：{n} 个文档。", path=target, n=len(package.documents)))


@command.command(name="new", epilog="Example: tenon apps new my_app")
@click.argument("name")
@click.option("--folder", type=click.Path(path_type=Path), help="Where to make it.  [default: ./NAME]")
def new(name: str, folder: Path | None) -> None:
    """Make the folder of a new app: app.json, one entity, one view and a README."""
    target = folder or Path(name)
    if target.exists() and any(target.iterdir()):
        raise Invalid(Problem("/folder", "refused", say("{path} is not empty.", "{path} 不为空。", path=target), say("Choose another.", "请换一个。")))
    for path, document in _first_documents(name).items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    (target / "README.md").write_text(f"# {name}\n\nCheck it with `tenon apps check {target}`, install it with `tenon apps import {target}`.\n", "utf-8")
    apps.read_package(target)
    tell(say("The app is in {path}.", "应用位于 {path}。", path=target))


def _first_documents(name: str) -> dict[str, dict[str, object]]:
    label = name.replace("_", " ").capitalize()
    text = {"en": label, "zh": label}
    return {
        "app.json": {"kind": "app", "name": name, "label": text, "version": "0.1.0"},
        "entity/item.json": {
            "kind": "entity", "name": "item", "label": {"en": "Item", "zh": "事项"}, "title": "name",
            "fields": [{"name": "name", "type": "text", "label": {"en": "Name", "zh": "名称"}, "required": True}],
        },
        "view/items.json": {"kind": "view", "name": "items", "label": {"en": "Items", "zh": "全部事项"}, "entity": "item", "columns": ["name"]},
    }  # fmt: skip


@command.command(name="check", epilog="Example: tenon apps check my_app")
@click.argument("source", type=click.Path(path_type=Path))
def check(source: Path) -> None:
    """Check the app in a zip or a folder against the workspace, and install nothing."""
    package = read_source(source)
    with opened() as platform:
        _check(platform, package)
    tell(say("{app} {version} is in order: {n} documents.", "{app} {version} 检查通过：{n} 个文档。",
             app=package.name, version=package.app.body.version, n=len(package.documents) + 1))  # fmt: skip


def _check(platform: Platform, package: Package) -> None:
    with platform.read() as uow:
        documents = merge(uow.model, [package.app, *package.documents])
        checked = check_documents(uow.connection, uow.model, documents, now=uow.now, zone=uow.timezone, stories=platform.publisher.stories)
    for missing in checked.missing_translations:
        tell(say("{kind}/{name}{path} has no {language} text.", "{kind}/{name}{path} 缺少 {language} 文本。", **missing), err=True)
    found = [each.located() for each in (*checked.errors, *checked.references)]
    if found:
        raise Invalid(found)


def read_source(source: Path) -> Package:
    """Return the package in a folder or a zip. Raises Invalid."""
    if source.is_dir():
        return apps.read_package(source)
    try:
        return apps.read_package(source.read_bytes())
    except OSError as error:
        message = say("{path} cannot be opened.", "无法打开 {path}。", path=source)
        raise Invalid(Problem("/source", "no_such_record", message, say("Check the path.", "请检查路径。"))) from error

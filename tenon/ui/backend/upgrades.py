"""Updating an app: what would change in words, what stays, the conflicts side by side, and having it done in the background."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from tenon.engine.apps import Package, check_upgrade, find_app, plan_upgrade, read_package
from tenon.engine.apps.install_job import put_upgrade
from tenon.engine.apps.package import version_of
from tenon.engine.apps.upgrade_words import SaidChange, SaidClash, say_upgrade
from tenon.engine.releases.draft import require_builder
from tenon.metamodel.errors import not_found
from tenon.metamodel.merging import Side
from tenon.metamodel.wording import say_value
from tenon.ui.admin_shapes import DocumentChange
from tenon.ui.app_shapes import ClashRow, UpgradePage
from tenon.ui.backend.apps import icon_of
from tenon.ui.backend.base import View
from tenon.ui.backend.releases import shown_lines, shown_steps

_KEY = re.compile(r"[0-9a-f]{32}\Z")


def keep_newer(view: View, content: bytes) -> tuple[str, str] | None:
    """Keep the zip of an installed app in a newer version and return the app's name and the key; None when it is something else. Raises Invalid."""
    require_builder(view.ctx, "app")
    package = read_package(content)
    there = view.model.find("app", package.name)
    if there is None or version_of(there) >= package.version:
        return None
    key = view.uow.new_id().replace("-", "")
    view.uow.outside.files.write(key, io.BytesIO(content))
    return package.name, key


def package_of(view: View, name: str, key: str, folder: Path) -> Package:
    """Return the newer package of an app: the one kept under a key, else the one that comes with Tenon. Raises NotFound."""
    require_builder(view.ctx, "app")
    view.model.get("app", name)
    if not key:
        return find_app(name, folder)
    if not _KEY.match(key):
        raise not_found()
    try:
        with view.uow.outside.files.open(key) as stored:
            package = read_package(stored.read())
    except (OSError, KeyError):
        raise not_found() from None
    if package.name != name:
        raise not_found()
    return package


def upgrade_page(view: View, package: Package, decisions: Mapping[str, Side]) -> UpgradePage:
    """Return what updating would do under some decisions. Raises Conflict, Invalid."""
    wanted = plan_upgrade(view.uow.connection, view.model, package, decisions)
    checked = check_upgrade(view.uow.connection, view.model, wanted, now=view.uow.now, zone=view.uow.timezone, stories=view.platform.publisher.stories)
    said, language = say_upgrade(view.model, wanted), view.language
    problems = tuple(f"{f.document.label.show(language)}: {f.problem.message.show(language)}" for f in (*checked.errors, *checked.references))
    return UpgradePage(
        package.name, package.app.label.show(language), icon_of(package.app), wanted.before, package.app.body.version, _changes(said.changes, language),
        _changes(said.kept, language), tuple(_clash(each, language) for each in said.clashes), shown_steps(view, checked.plan), problems,
        tuple((f"{d.kind} {d.name}", name) for d, name in wanted.renamed),
    )  # fmt: skip


def order_upgrade(view: View, package: Package, decisions: Mapping[str, Side], accept: Iterable[str]) -> str:
    """Have a newer version merged in and return the id of the job. Raises Forbidden, Conflict, Invalid."""
    return put_upgrade(view.uow, view.ctx, package, decisions, list(accept))


def _changes(changes: Iterable[SaidChange], language: str) -> tuple[DocumentChange, ...]:
    return tuple(DocumentChange(c.document.kind, c.document.name, c.document.label.show(language), c.change, shown_lines(c.lines, language)) for c in changes)


def _clash(each: SaidClash, language: str) -> ClashRow:
    document = each.clash.document
    base, yours, theirs = (None if value is None else say_value(value).show(language) for value in (each.base, each.yours, each.theirs))
    place = each.title.show(language) if each.clash.step.place else ""
    return ClashRow(each.clash.id, document.kind, document.label.show(language), place, base, yours, theirs, each.clash.decision)

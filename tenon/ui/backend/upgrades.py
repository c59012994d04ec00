"""Updating an app: what would change in words, what stays, the conflicts side by side, and having it done in the background."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from tenon.engine.apps import Package, check_upgrade, find_app, missing_for, plan_upgrade, read_package
from tenon.engine.apps.clashes import CHOICES, Choice, find_clashes
from tenon.engine.apps.install_job import put_install, put_upgrade
from tenon.engine.apps.package import version_of
from tenon.engine.apps.upgrade_words import SaidChange, SaidClash, say_upgrade
from tenon.engine.releases.draft import require_builder
from tenon.metamodel.errors import not_found
from tenon.metamodel.merging import Side
from tenon.metamodel.wording import say_kind, say_value
from tenon.platform import files
from tenon.ui.admin_shapes import DocumentChange
from tenon.ui.app_shapes import ClashRow, NameRow, NamesPage, UpgradePage
from tenon.ui.backend.apps import icon_of
from tenon.ui.backend.base import View
from tenon.ui.backend.releases import shown_lines, shown_steps

_KEY = re.compile(r"[0-9a-f]{32}\Z")


def keep_undecided(view: View, content: bytes) -> str | None:
    """Keep a zip about which something has to be decided and return the address where; None when it can just be installed. Raises Invalid.

    That is a newer version of an app that is there, or one that brings names that are taken.
    """
    require_builder(view.ctx, "app")
    package = read_package(content)
    there = view.model.find("app", package.name)
    is_newer = there is not None and package.version > version_of(there)
    clashes = find_clashes(view.model, package)
    if not is_newer and (there is not None or not clashes or not all(clash.choices for clash in clashes)):
        return None
    stored = files.store(view.uow.outside.files, io.BytesIO(content), f"{package.name}.zip", most_bytes=len(content))
    files.add(view.uow.connection, view.ctx, stored, f"{package.name}.zip")  # no record takes it: swept after a day
    key = stored.key
    return f"/apps/{package.name}/upgrade?package={key}" if is_newer else f"/apps/names?package={key}"


def package_of(view: View, name: str, key: str, folder: Path) -> Package:
    """Return the newer package of an app: the one kept under a key, else the one that comes with Tenon. Raises NotFound."""
    require_builder(view.ctx, "app")
    view.model.get("app", name)
    if not key:
        return find_app(name, folder)
    package = kept_package(view, key)
    if package.name != name:
        raise not_found()
    return package


def kept_package(view: View, key: str) -> Package:
    """Return the package that was kept under a key. Raises NotFound, Forbidden."""
    require_builder(view.ctx, "app")
    if not _KEY.match(key):
        raise not_found()
    try:
        with view.uow.outside.files.open(key) as stored:
            return read_package(stored.read())
    except (OSError, KeyError):
        raise not_found() from None


def names_page(view: View, package: Package) -> NamesPage:
    """Return the names of a package that are taken here, each with what can be chosen."""
    language = view.language
    rows = tuple(
        NameRow(clash.key, clash.document.kind, clash.document.label.show(language), clash.there.label.show(language), clash.there.app or "", clash.choices)
        for clash in find_clashes(view.model, package)
    )
    return NamesPage(package.name, package.app.label.show(language), package.app.body.version, len(package.documents), rows)


def order_names(view: View, package: Package, choices: Mapping[str, str], folder: Path) -> str:
    """Have an app installed with its names as chosen and return the id of the job. Raises Forbidden, Conflict, Invalid."""
    known: dict[str, Choice] = {key: choice for key, value in choices.items() for choice in CHOICES if choice == value}
    return put_install(view.uow, view.ctx, [*missing_for(view.model, package, folder), package], clashes=known)


def upgrade_page(view: View, package: Package, decisions: Mapping[str, Side]) -> UpgradePage:
    """Return what updating would do under some decisions. Raises Conflict, Invalid."""
    wanted = plan_upgrade(view.uow.connection, view.model, package, decisions)
    checked = check_upgrade(view.uow.connection, view.model, wanted, now=view.uow.now, zone=view.uow.timezone, stories=view.platform.publisher.stories)
    said, language = say_upgrade(view.model, wanted), view.language
    problems = tuple(f"{f.document.label.show(language)}: {f.problem.message.show(language)}" for f in (*checked.errors, *checked.references))
    return UpgradePage(
        package.name, package.app.label.show(language), icon_of(package.app), wanted.before, package.app.body.version, _changes(said.changes, language),
        _changes(said.kept, language), tuple(_clash(each, language) for each in said.clashes), shown_steps(view, checked.plan), problems,
        tuple((f"{say_kind(d.kind).show(language)} {d.name}", name) for d, name in wanted.renamed),
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

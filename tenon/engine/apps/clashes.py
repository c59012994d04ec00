"""Names that a package brings and that are taken here: each is brought under another name, replaces what is here, or is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from tenon.engine.apps.lineage import without_ids
from tenon.engine.apps.package import Package
from tenon.engine.releases.draft import store_all
from tenon.engine.releases.publish import merge
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Model
from tenon.metamodel.naming import to_shown
from tenon.metamodel.parse import identify, reread

Choice = Literal["rename", "replace", "leave"]
CHOICES: tuple[Choice, ...] = get_args(Choice)


@dataclass(frozen=True)
class NameClash:
    """A document of a package and the one here that has its name, or its id."""

    document: Document
    there: Document

    @property
    def key(self) -> str:
        """What a choice about it is given under: ``<kind>/<name>``."""
        return f"{self.document.kind}/{self.document.name}"

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What can be chosen: what belongs to another app is not replaced, and an app itself neither renamed nor left out."""
        if self.document.kind == "app":
            return ()
        return CHOICES if self.there.app is None else ("rename", "leave")


def find_clashes(model: Model, package: Package) -> list[NameClash]:
    """Return the documents of a package whose names are taken by what is not of this app."""
    found = []
    for document in (package.app, *package.documents):
        there = model.by_name.get((document.kind, document.name)) or model.documents.get(document.id)
        if there is not None and there.app != package.name:
            found.append(NameClash(document, there))
    return found


def check_clashes(model: Model, package: Package, choices: Mapping[str, Choice]) -> None:
    """Raise Invalid for names that are taken and about which nothing fitting is chosen, and for choices about nothing."""
    clashes, problems = find_clashes(model, package), []
    for clash in clashes:
        if choices.get(clash.key) in clash.choices:
            continue
        message = say("There is another {kind} {name} already.", "已存在另一个{kind} {name}。", kind=clash.there.kind, name=clash.there.name)
        hint = say("Rename yours first, then install again.", "请先将您自己的改名，再重新安装。")
        problems.append(Problem(f"/{clash.key}", "not_unique", message, hint))
    for key in sorted(set(choices) - {clash.key for clash in clashes})[:20]:
        problems.append(Problem(f"/clashes/{key.replace('/', '~1')[:120]}", "bad_choice", say("This name is not taken.", "此名称未被占用。"), say("Leave it out.", "请去掉。")))
    if problems:
        raise Invalid(problems)


def merge_package(model: Model, package: Package, choices: Mapping[str, Choice]) -> list[Document]:
    """Return the documents of a release with a package over them, its names as chosen. Raises Invalid as `check_clashes`."""
    check_clashes(model, package, choices)
    clashes = {clash.document.id: clash for clash in find_clashes(model, package)}
    if not clashes:
        return merge(model, [package.app, *package.documents])
    read = [_prepare(each, clashes.get(each.id), choices, package, model) for each in (package.app, *package.documents)]
    wanted = [each for each in read if each is not None]
    aside = {clash.there.id for clash in clashes.values() if choices.get(clash.key) != "leave"}
    stored, _ = store_all(wanted, [d for d in model.documents.values() if d.id not in aside], model)
    merged = dict(model.documents)
    renamed = {(c.document.kind, c.document.name) for c in clashes.values() if choices.get(c.key) == "rename"}
    taken = set(model.by_name) | {(d.kind, d.name) for d in stored}
    for document in stored:
        if (document.kind, document.name) in renamed:
            name = next_name(document.kind, document.name, taken)
            taken.add((document.kind, name))
            document = reread({**document.json, "name": name})
        merged[document.id] = document
    return list(merged.values())


def next_name(kind: str, name: str, taken: Iterable[tuple[str, str]]) -> str:
    """Return a free name made from one that is taken: ``sizes_2``."""
    number = 2
    while (kind, f"{name[:36]}_{number}") in taken:
        number += 1
    return f"{name[:36]}_{number}"


def _prepare(document: Document, clash: NameClash | None, choices: Mapping[str, Choice], package: Package, model: Model) -> Document | None:
    """Return a document as it is brought: with the ids of what it replaces, with new ones beside what has its id, None when left out."""
    choice = choices.get(clash.key) if clash is not None else None
    if clash is None or choice is None:
        return document
    if choice == "leave":
        return None
    bare: dict[str, Any] = without_ids(package.plain.get(document.id, document).json)
    if choice == "replace":
        there = replace(clash.there, json=to_shown(clash.there, model))
        return identify(reread({**bare, "id": there.id}), there)
    return identify(reread(bare), None) if document.id in model.documents else document

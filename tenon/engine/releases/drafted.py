"""A document that is not published: read over the release, as a model of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from tenon.engine.releases.draft import load_edits, overlay, store_all
from tenon.metamodel.check_documents import check_document
from tenon.metamodel.circles import find_circles
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Model
from tenon.metamodel.naming import to_shown
from tenon.metamodel.parse import identify, read_document


@dataclass(frozen=True)
class Drafted:
    """A document as it would be: in a model that differs from the release in this document alone; ``before`` is the published one."""

    model: Model
    document: Document
    before: Document | None

    @property
    def is_changed(self) -> bool:
        """True when publishing it would change anything."""
        return self.before is None or self.before.json != self.document.json


def draft_one(connection: Connection, model: Model, kind: str, name: str, body: dict[str, Any] | None) -> Drafted:
    """Return a document with that body over the release; without a body what the draft says. Raises NotFound, Invalid.

    The rest of the draft does not count: what it reads has to be published.
    """
    published = model.find(kind, name)
    if body is None:
        edits = load_edits(connection).values()
        found = next((d for d in overlay(model, edits) if d.kind == kind and name in (d.name, d.id)), None)
        if found is None:
            raise not_found()
        published = model.documents.get(found.id)
        document, prefix = found, ""
    else:
        named = {"kind": kind, "name": published.name if published else name, **body}
        read = read_document({k: v for k, v in named.items() if k != "id" or published})
        _check_envelope(kind, read, published)
        base = replace(published, json=to_shown(published, model)) if published else None
        document, prefix = identify(read, base), "/body"
    stored, whole = store_all([document], model.documents.values(), model)
    problems = [p for i, p in whole.problems if i == document.id]
    problems += check_document(stored[0], whole, model)
    problems += [p for i, p in find_circles(whole) if i == document.id]
    if problems:
        raise Invalid([p.at(prefix) for p in _with_draft(connection, model, document, list(dict.fromkeys(problems)))])
    return Drafted(whole, stored[0], published)


def _check_envelope(kind: str, read: Document, published: Document | None) -> None:
    """Refuse a body that is another document."""
    given = read.json.get("id")
    if read.kind != kind or (published is not None and given not in (None, published.id)):
        message = say("This is another document.", "这是另一个文档。")
        raise Invalid(Problem("/body/id" if read.kind == kind else "/body/kind", "bad_choice", message, say("Send that document itself.", "请提交该文档本身。")))


def _with_draft(connection: Connection, model: Model, document: Document, problems: list[Problem]) -> list[Problem]:
    """Say of names that only the draft knows that they have to be published first."""
    edits = load_edits(connection)
    if not edits:
        return problems
    others = [d for d in overlay(model, edits.values()) if d.id != document.id and (d.kind, d.name) != (document.kind, document.name)]
    stored, whole = store_all([document], others, model)
    still = {(p.path, p.code) for p in [*[p for i, p in whole.problems if i == document.id], *check_document(stored[0], whole, model)]}
    hint = say("It is in the draft only: publish it first.", "它只在草稿中：请先发布。")
    return [p if (p.path, p.code) in still else replace(p, hint=hint) for p in problems]

"""Checking what would be published: errors, references that would break, the plan, disclosures, missing translations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Dialect

from tenon.engine.jobs.cron import Cron
from tenon.engine.releases.draft import load_edits, overlay, overtaken, store_all
from tenon.engine.releases.rights_back import rights_back
from tenon.engine.releases.store import load
from tenon.engine.schema import Plan, Step, plan
from tenon.engine.schema.trash import KEEP
from tenon.engine.workflows.publishing import running_steps
from tenon.metamodel.changes import document_changes, document_difference
from tenon.metamodel.check_documents import check_model
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem, pointer_of
from tenon.metamodel.labels import LANGUAGES, Text, say
from tenon.metamodel.marks import Ref
from tenon.metamodel.model import Model
from tenon.metamodel.names import TOKEN, untoken
from tenon.metamodel.naming import to_shown
from tenon.metamodel.options import option_names
from tenon.metamodel.references import uses

MAX_LISTED = 200
CRON = (("schedule",), ("trigger", "cron"), ("start", "cron"), ("foresees", "schedule"), ("forecasts", "schedule"))
"""Where documents have cron lines."""


class Lived(Protocol):
    """How a scenario went."""

    @property
    def document(self) -> Document:
        """The scenario."""

    @property
    def passed(self) -> bool:
        """True when everything came out as expected."""

    @property
    def title(self) -> Text:
        """What it comes to, in one sentence."""

    def to_json(self, language: str) -> dict[str, Any]:
        """Return every step as the API shows it."""


class Stories(Protocol):
    """What lives through the scenarios of a model that is to be published."""

    def changed(self, old: Model, new: Model) -> Sequence[Lived]:
        """Return how they went; none when nothing differs that could matter to them."""


@dataclass(frozen=True)
class Found:
    """A problem with the document it is in."""

    document: Document
    problem: Problem

    def to_json(self, language: str) -> dict[str, Any]:
        """Return the problem as the API shows it."""
        return {"document": {"kind": self.document.kind, "name": self.document.name}, **self.problem.to_json(language)}

    def located(self) -> Problem:
        """Return the problem with the document before its path."""
        return self.problem.at(f"/{self.document.kind}/{self.document.name}")


@dataclass(frozen=True)
class Checked:
    """What publishing a set of documents would do; ``model`` is the one that would be published."""

    model: Model
    errors: tuple[Found, ...]
    references: tuple[Found, ...]
    plan: Plan
    disclosures: tuple[Found, ...]
    missing_translations: tuple[dict[str, Any], ...]
    scenarios: tuple[Lived, ...] = ()

    def to_json(self, dialect: Dialect, language: str) -> dict[str, Any]:
        """Return the answer of ``POST /metadata/check``."""
        return {
            "ok": not self.errors and not self.references and not self.plan.blocked,
            "errors": [e.to_json(language) for e in self.errors],
            "references": [r.to_json(language) for r in self.references],
            "plan": self.plan.to_json(dialect, language),
            "disclosures": [d.to_json(language) for d in self.disclosures],
            "missing_translations": list(self.missing_translations),
            "scenarios": [{**each.to_json(language), "step": None if each.passed else _step_id(each)} for each in self.scenarios],
        }


def changes(connection: Connection, model: Model) -> list[dict[str, Any]]:
    """Return the draft against the published release, item by item: ``[{"document", "kind", "name", "change", "items"}]``."""
    edits = load_edits(connection)
    _, drafted = settle(model, overlay(model, edits.values()))
    listed = []
    for before, after in document_changes(model.documents.values(), drafted.documents.values()):
        document = after or before
        assert document is not None
        items = document_difference(to_shown(before, model) if before else None, to_shown(after, drafted) if after else None)
        change = "added" if before is None else "removed" if after is None else "changed"
        listed.append({"document": document.id, "kind": document.kind, "name": document.name, "change": change, "items": items})
    return listed


def check_draft(connection: Connection, model: Model, *, now: datetime, zone: ZoneInfo, stories: Stories | None = None) -> Checked:
    """Return what publishing the draft would do."""
    edits = load_edits(connection).values()
    checked = check_documents(connection, model, overlay(model, edits), now=now, zone=zone, stories=stories)
    late = tuple(Found(document, problem) for document, problem in overtaken(connection, model, edits))
    return replace(checked, errors=(*late, *checked.errors))


def check_documents(
    connection: Connection, old: Model, documents: Iterable[Document], *, now: datetime, zone: ZoneInfo, keep: timedelta | None = KEEP,
    stories: Stories | None = None, is_restore: bool = False,
) -> Checked:  # fmt: skip
    """Return what publishing exactly these documents would do; with errors the plan is empty, as there is nothing to plan for.

    A scenario that fails is a step of the plan that has to be accepted, like one that loses data, and like every right that a restore gives back.
    """
    changed, new = settle(old, documents)
    breaking = list(_breaking(old, new))
    places = {(f.document.id, f.problem.path) for f in breaking}
    wrong = dict.fromkeys([*check_model(new, old), *_schedules(new, now, zone)])
    errors = [Found(new.documents[i], p) for i, p in wrong if (i, p.path) not in places]
    lived: Sequence[Lived] = ()
    if errors or breaking:
        found = Plan(())
    else:
        lived = stories.changed(old, new) if stories is not None else ()
        earlier = lru_cache(maxsize=4)(lambda number: load(connection, number) if number else None)
        found = plan(connection, old if old.release else None, new, at=now, zone=zone, find_model=earlier, keep=keep)
        failing = [Step(_step_id(each), "scenario", each.title, safety="lossy") for each in lived if not each.passed]
        found = Plan((*found.steps, *failing, *running_steps(connection, old, new), *(rights_back(old, new) if is_restore else ())), found.touched)
    touched = [d for d in changed if d.id in new.documents]
    return Checked(
        new, tuple(errors[:MAX_LISTED]), tuple(breaking[:MAX_LISTED]), found, tuple(_disclosures(new)), tuple(_untranslated(touched)),
        tuple(lived),
    )  # fmt: skip


def _step_id(lived: Lived) -> str:
    return f"scenario:{lived.document.id}"


def _schedules(model: Model, now: datetime, zone: ZoneInfo) -> Iterator[tuple[str, Problem]]:
    """Yield the schedules that are no cron lines, or never come true."""
    for document in model.documents.values():
        for path in CRON:
            line: Any = document.json
            for step in path:
                line = line.get(step) if isinstance(line, dict) else None
            try:
                if isinstance(line, str):
                    Cron.parse(line).next_after(now, zone)
            except Invalid as error:
                yield from ((document.id, problem.at(pointer_of(path))) for problem in error.problems)


def settle(old: Model, documents: Iterable[Document]) -> tuple[list[Document], Model]:
    """Return the documents that differ from a release with every name turned into an id that can be, and the model of all."""
    merged = {d.id: d for d in documents}
    unsettled = [
        d for d in merged.values() if d.id not in old.documents or old.documents[d.id].json != d.json or _has_open_reference(d, merged)
    ]
    return store_all(unsettled, merged.values(), old)


def _has_open_reference(document: Document, documents: dict[str, Document]) -> bool:
    return any(isinstance(p.mark, Ref) and p.text not in documents for p in document.places)


def _breaking(old: Model, new: Model) -> Iterator[Found]:
    """Yield the uses of what the old release had and the new one has not."""
    before, after = _names(old), _names(new)
    for use in uses(new):
        if use.target_id in before and use.target_id not in after and not use.is_soft:
            document = new.documents[use.document_id]
            message = say("This uses {name}, which would be gone.", "此处使用了将被删除的 {name}。", name=before[use.target_id])
            hint = say(
                "Change {document} first, or keep {name}.",
                "请先修改 {document}，或保留 {name}。",
                document=document.label,
                name=before[use.target_id],
            )
            yield Found(document, Problem(use.pointer, "would_break", message, hint))


def _names(model: Model) -> dict[str, str]:
    names = {d.id: d.name for d in model.documents.values()}
    for entity in model.entities.values():
        names |= {f.id: f"{entity.name}.{f.name}" for f in entity.fields.values() if f.origin != "system"}
        names |= {r.id: f"{entity.name}.{r.name}" for r in entity.relations.values()}
    names |= option_names(model)
    return names


def _disclosures(model: Model) -> Iterator[Found]:
    """Yield the fields that a grant names to be read although they are computed from what it hides."""
    for role in model.all("role"):
        for index, grant in enumerate(role.json.get("grants", ())):
            hidden = {untoken(text) or text for text in grant.get("hide", ())}
            named = grant.get("read", "*")
            for position, text in enumerate(named if isinstance(named, list) and hidden else ()):
                leaked = hidden & _read_by(model, untoken(text) or text)
                if leaked:
                    fields = model.entities_by_id[grant["entity"]].fields_by_id if grant.get("entity") in model.entities_by_id else {}
                    shown = ", ".join(fields[i].name for i in sorted(leaked) if i in fields)
                    message = say(
                        "This is computed from hidden fields and discloses them: {fields}.",
                        "此字段由隐藏字段计算得出，会泄露：{fields}。",
                        fields=shown,
                    )
                    yield Found(role, Problem(f"/grants/{index}/read/{position}", "refused", message))


def _read_by(model: Model, field_id: str) -> set[str]:
    """Return the ids that a formula or a score reads, directly or through others."""
    seen: set[str] = set()
    waiting = [field_id]
    texts = _computing_texts(model)
    while waiting:
        for read in {untoken(word) or "" for text in texts.get(waiting.pop(), ()) for word in TOKEN.findall(text)} - seen:
            seen.add(read)
            waiting.append(read)
    return seen


def _computing_texts(model: Model) -> dict[str, list[str]]:
    if "computing_texts" not in model.cache:
        texts: dict[str, list[str]] = {}
        for entity in model.entities.values():
            for field in entity.fields.values():
                if field.is_formula:
                    texts[field.id] = [str(getattr(field.spec, "expr", ""))]
                elif field.score is not None:
                    score = model.documents[field.score]
                    texts[field.id] = [p.text for p in score.places]
        model.cache["computing_texts"] = texts
    found: dict[str, list[str]] = model.cache["computing_texts"]
    return found


def _untranslated(documents: Iterable[Document]) -> Iterator[dict[str, Any]]:
    for document in documents:
        for pointer, missing in _missing(document.json, ""):
            yield {"kind": document.kind, "name": document.name, "path": pointer, "language": missing}


def _missing(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Yield the texts that lack a language."""
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)) in LANGUAGES and isinstance(next(iter(value.values())), str):
            yield pointer, next(language for language in LANGUAGES if language not in value)
            return
        for key, inner in value.items():
            yield from _missing(inner, f"{pointer}/{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _missing(inner, f"{pointer}/{index}")

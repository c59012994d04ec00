"""Records that may be the same, as pages show them: the queue, what is decided, and what a form is told before it is saved."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from starlette.datastructures import FormData

from tenon.engine.duplicates import deciding
from tenon.engine.duplicates.book import matchings_of
from tenon.engine.duplicates.foretelling import look_alike
from tenon.engine.duplicates.pairs import STATES
from tenon.engine.duplicates.seeing import MOST_COUNTED, SeenPair, count_pairs, is_place, looking_alike, pairs_page
from tenon.engine.duplicates.telling import reasons_told
from tenon.engine.notices.telling import titles
from tenon.engine.people import names_of
from tenon.engine.query.pages import Ask, page
from tenon.metamodel.model import Entity
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.forms import draft_of
from tenon.ui.backend.reading import read_typed
from tenon.ui.duplicate_shapes import AlikeRecord, DuplicatesPage, Hint, PairRow

SIZE = 30


def queue(view: View, name: str, state: str, cursor: str) -> DuplicatesPage:
    """Return the pairs of an entity in a state (open when it is none). Raises NotFound."""
    entity = view.entity(name)
    state = state if state in STATES else "open"
    found = pairs_page(view.uow, view.ctx, entity, state=state, after=cursor if is_place(cursor) else None, limit=SIZE + 1)
    shown = found[:SIZE]
    user = view.ctx.user
    return DuplicatesPage(
        entity.name, entity.plural.show(view.language), state, _rows(view, entity, shown), found[SIZE - 1].place if len(found) > SIZE else None,
        tuple(m.document.label.show(view.language) for m in matchings_of(view.model, entity)), count_pairs(view.uow, view.ctx, entity, MOST_COUNTED + 1),
        MOST_COUNTED, view.rights.may(entity, "update"), user is not None and user.may_build,
        any(m.document.body.merge_from is not None for m in matchings_of(view.model, entity)),
    )  # fmt: skip


def count(view: View, entity: Entity) -> int | None:
    """Return how many pairs wait, None where no matching is about the entity."""
    return count_pairs(view.uow, view.ctx, entity, MOST_COUNTED + 1) if matchings_of(view.model, entity) and view.rights.may(entity, "read") else None


def dismiss(view: View, id: str) -> str:
    """Say that two records are not the same; return the entity. Raises NotFound, Forbidden, Conflict."""
    return deciding.dismiss(view.uow, view.ctx, id_of(id)).pair.entity.name


def reopen(view: View, id: str) -> str:
    """Put a dismissed pair back into the queue; return the entity. Raises NotFound, Forbidden."""
    return deciding.take_back(view.uow, view.ctx, id_of(id)).pair.entity.name


def is_alike(view: View, entity: str, id: str) -> bool:
    """Return whether a record that was just made is in a pair that its writer may know."""
    return looking_alike(view.uow, view.ctx, view.model.get_entity(entity), [id]) > 0


def hints(view: View, sent: FormData, entity: str) -> tuple[Hint, ...]:
    """Return what the record that is being typed into a form for a new one looks like. Raises NotFound, Forbidden."""
    found = view.entity(entity, "create")
    if not matchings_of(view.model, found) or not view.rights.may(found, "read"):
        return ()
    draft = draft_of(view, entity, None, read_typed(view, sent, entity, None), name=str(sent.get("form.name") or "") or None)
    alike = look_alike(view.uow, view.ctx, found, draft.values)
    records = _records(view, found, [each.record for each in alike])
    return tuple(Hint(records[each.record], _reasons(view, found, each.reasons)) for each in alike if each.record in records)


def _rows(view: View, entity: Entity, pairs: Sequence[SeenPair]) -> tuple[PairRow, ...]:
    records = _records(view, entity, {record for each in pairs for record in (each.pair.first, each.pair.second)})
    people = names_of(view.uow.connection, {each.pair.decided_by for each in pairs if each.pair.decided_by})
    return tuple(
        PairRow(
            each.pair.id, _record(records, entity, each.pair.first, view), _record(records, entity, each.pair.second, view), int(each.score * 100), _reasons(view, entity, each.reasons),
            each.pair.found_at, people.get(each.pair.decided_by or ""), each.pair.decided_at,
        )
        for each in pairs
    )  # fmt: skip


def _record(records: dict[str, AlikeRecord], entity: Entity, id: str, view: View) -> AlikeRecord:
    """Return a record of a pair; one that was merged away is in the trash and has lost its name here."""
    return records.get(id) or AlikeRecord(id, entity.label.show(view.language))


def _reasons(view: View, entity: Entity, reasons: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(text.show(view.language) for _, _, text in reasons_told(entity, reasons))


def _records(view: View, entity: Entity, ids: Collection[str]) -> dict[str, AlikeRecord]:
    """Return records with their titles, and what tells two of one name apart: their codes, or when they were made."""
    names = titles(view.uow, view.ctx, entity, ids)
    field = next((f for f in entity.fields.values() if f.spec.type == "autonumber" and view.rights.may_read(entity, f)), None) or entity.fields["created_at"]
    if not names or not view.rights.may_read(entity, field):
        return {id: AlikeRecord(id, title) for id, title in names.items()}
    listed = ", ".join(f"'{id}'" for id in names)
    rows = page(view.uow, view.ctx, entity, Ask(filters=[f"id in [{listed}]"], fields=["id", field.name], limit=len(names))).records
    facts = {row["id"]: view.fmt.datetime(row[field.name]) if field.name == "created_at" else str(row[field.name] or "") for row in rows}
    return {id: AlikeRecord(id, title, facts.get(id, "")) for id, title in names.items()}


"""Merging records: side by side, what is chosen, what follows; and where a merged record went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tenon.engine.query.pages import Ask, get, page
from tenon.engine.records.cleaning import is_writable
from tenon.engine.records.merge_preview import count_pointing
from tenon.engine.records.merge_values import EMPTY, GATHERED, Settling
from tenon.engine.records.merges import survivor_of
from tenon.engine.records.merging import merge
from tenon.engine.records.save import allowed_ids
from tenon.engine.records.stored import load
from tenon.metamodel.errors import Forbidden, Invalid, NotFound, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.system_fields import may_be_set
from tenon.platform import audit
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.cells import title_of, title_path
from tenon.ui.backend.record import Record
from tenon.ui.merge_shapes import Follower, MergeCell, MergePage, MergeRow, MergeSide
from tenon.ui.shapes import Choice

LEAST, MOST = 2, 6
OFFERED = 20


def may_merge(view: View, entity: Entity) -> bool:
    """Return whether somebody may merge records of an entity, some at least."""
    return not entity.is_append_only and all(view.rights.may(entity, action) for action in ("merge", "update", "delete"))


def merge_page(view: View, name: str, ids: Sequence[str], survivor: str = "", chosen: Mapping[str, str] | None = None) -> MergePage:
    """Return records side by side; without a survivor that to which most belongs stays. Raises NotFound, Forbidden, Invalid."""
    entity = view.entity(name, "merge")
    listed = list(dict.fromkeys(id_of(id) for id in ids))
    if not LEAST <= len(listed) <= MOST:
        message = say("Choose {least} to {n} records.", "请选择 {least} 到 {n} 条记录。", least=LEAST, n=MOST)
        raise Invalid(Problem("/ids", "out_of_range", message, say("Tick some rows.", "请勾选若干行。")))
    records = {id: Record(view, entity, id) for id in listed}
    if any(record.is_deleted for record in records.values()):
        raise not_found()
    _require(view, entity, listed)
    counts = count_pointing(view.uow, view.rights, entity, listed)
    staying = survivor if survivor in records else max(sorted(listed), key=lambda id: sum(counts[id].values()))
    settling = Settling(view.uow, view.rights, entity, [staying, *(id for id in listed if id != staying)], load(view.uow, entity, listed))
    rows = [row for f in _fields(entity, records[staying]) if (row := _row(view, settling, records, f, chosen or {})) is not None]
    sides = tuple(_side(view, entity, record, counts[id]) for id, record in records.items())
    total: dict[str, int] = {}
    for id in listed:
        for key, number in counts[id].items() if id != staying else ():
            total[key] = total.get(key, 0) + number
    return MergePage(
        entity.name, entity.label.show(view.language), entity.plural.show(view.language), sides, staying,
        tuple(row for row, differs in rows if differs), tuple(row for row, differs in rows if not differs), _followers(view, total),
    )  # fmt: skip


def _require(view: View, entity: Entity, ids: list[str]) -> None:
    """Refuse records that this person may not merge, before they choose."""
    allowed = allowed_ids(view.uow, view.rights, entity, ids, "merge", [])
    if not may_merge(view, entity) or (allowed is not None and len(allowed) < len(ids)):
        message = say("You may not merge these records.", "您无权合并这些记录。")
        raise Forbidden(Problem("", "forbidden", message, say("Ask their owner, or somebody who may.", "请联系其负责人或有权限的人员。")))


def _fields(entity: Entity, record: Record) -> list[Field]:
    found = [f for f in entity.fields.values() if may_be_set(f) and f.name in record.columns]
    return sorted(found, key=lambda f: (f.name != entity.title, f.origin == "system"))


def _row(view: View, settling: Settling, records: Mapping[str, Record], field: Field, chosen: Mapping[str, str]) -> tuple[MergeRow, bool] | None:
    """Return a field with what the records hold and whether that differs; None when none holds anything."""
    values = {id: settling.before[id].get(field.name) for id in records}
    if all(value in EMPTY for value in values.values()):
        return None
    first = next(iter(values.values()))
    differs = any(value != first for value in values.values())
    may_write = is_writable(view.rights, field) and view.rights.may_write(settling.entity, field, "update")
    how = "own" if field.spec.type == "autonumber" or not may_write else "all" if field.spec.type in GATHERED else "choose"
    taken = chosen.get(field.name) or settling.usual(field)
    cells = tuple(
        MergeCell(id, record.facts([field.name])[0], values[id] in EMPTY, how == "choose" and settling.may_choose(field, id), id == taken)
        for id, record in records.items()
    )
    return MergeRow(records[settling.ids[0]].columns[field.name].field, cells, how), differs


def _side(view: View, entity: Entity, record: Record, counts: Mapping[str, int]) -> MergeSide:
    number = next((str(record.values.get(f.name) or "") for f in entity.fields.values() if f.spec.type == "autonumber" and f.name in record.columns), "")
    made = next((f.value for f in record.facts(["created_at"]) if not f.is_masked), None)
    return MergeSide(record.id, record.title, record.url, int(record.values["version"]), number, made, _followers(view, counts))


def _followers(view: View, counts: Mapping[str, int]) -> tuple[Follower, ...]:
    found = [(view.model.entities[name], number) for name, number in counts.items()]
    ordered = sorted(found, key=lambda pair: (-pair[1], pair[0].name))
    return tuple(Follower(e.plural.show(view.language), e.icon or "table-2", number) for e, number in ordered)


def do_merge(view: View, name: str, ids: Sequence[str], survivor: str, picked: Mapping[str, str], version: int | None) -> tuple[str, str, str]:
    """Merge records and return the survivor's id, its title and the batch; of what was picked only what differs from the usual is a choice.

    Raises as `merge`.
    """
    entity = view.entity(name, "merge")
    listed = [id_of(id) for id in dict.fromkeys(ids)]
    staying = id_of(survivor)
    if staying not in listed:
        raise not_found()
    absorbed = [id for id in listed if id != staying]
    before = load(view.uow, entity, listed)
    choose: dict[str, str] = {}
    if len(before) == len(listed):
        settling = Settling(view.uow, view.rights, entity, [staying, *absorbed], before)
        choose = {n: id for n, id in picked.items() if (f := entity.fields.get(n)) is None or settling.usual(f) != id}
    batch = merge(view.uow, view.ctx, entity, staying, absorbed, choose, version=version)
    audit.write(view.uow.connection, view.ctx, "records.merge", "batch", batch, {"entity": entity.name, "survivor": staying, "absorbed": absorbed})
    title = title_of(view, entity, get(view.uow, view.ctx, entity, staying, ["id", *title_path(view, entity)]))
    return staying, title, batch


def moved_to(view: View, name: str, id: str) -> tuple[str, str] | None:
    """Return id and title of the record that one was merged into; None for any other, and when the reader does not see that one."""
    entity = view.entity(name)
    survivor = survivor_of(view.uow, id_of(id))
    if survivor is None:
        return None
    try:
        found = get(view.uow, view.ctx, entity, survivor, ["id", *title_path(view, entity)])
    except NotFound:
        return None
    return survivor, title_of(view, entity, found)


def others(view: View, name: str, id: str, text: str) -> list[Choice]:
    """Return records that one may be merged with, best first; those that were touched last without a text."""
    entity = view.entity(name, "merge")
    paths = title_path(view, entity)
    numbers = [f.name for f in entity.fields.values() if f.spec.type == "autonumber" and view.rights.may_read(entity, f)][:1]
    text = text.strip().replace("\x00", "")
    found = page(view.uow, view.ctx, entity, Ask(fields=["id", *paths, *numbers], limit=OFFERED + 1, search=text))
    shown = [r for r in found.records if r["id"] != id_of(id)][:OFFERED]
    return [Choice(r["id"], title_of(view, entity, r), hint=next((str(r[n]) for n in numbers if r.get(n)), None)) for r in shown]

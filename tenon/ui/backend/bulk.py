"""Many rows of a list at once: set a field, put tags on and take them off, delete, paste from a spreadsheet; and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from tenon.engine.context import Context
from tenon.engine.folding import fold
from tenon.engine.imports.clean import Cleaner, Decisions
from tenon.engine.people import units, users
from tenon.engine.query.pages import Ask, count, matching as matching_ids, page
from tenon.engine.records import large, masses, writing
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.fields.base import BadValue
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field
from tenon.platform.workspace import Platform
from tenon.ui.backend.base import View, id_of, open_read, open_write
from tenon.ui.backend.editing import is_editable
from tenon.ui.backend.list_plan import Plan
from tenon.ui.backend.rows import title_column
from tenon.ui.backend.typed import to_raw

MOST_TICKED, MOST_PASTED = 1_000, 1_000
PlanOf = Callable[[View], Plan]


@dataclass(frozen=True)
class Chosen:
    """Which records are meant: some by id, or (``expect`` of them) all that the address of the list matches."""

    ids: tuple[str, ...] = ()
    expect: int | None = None


@dataclass(frozen=True)
class Refused:
    """A cell that was not written, and why."""

    id: str
    field: str
    message: str


@dataclass(frozen=True)
class Outcome:
    """How many records were written, the batch to take it back by, what was refused; or the ``job`` that writes them.

    ``kept`` values were changed since a merge that was taken back, and stay.
    """

    count: int
    batch: str
    refused: tuple[Refused, ...] = ()
    job: str | None = None
    kept: int = 0


@dataclass(frozen=True)
class _Meant:
    """Which records an address and its ticks mean: the entity, a filter and a search, or some ids."""

    entity: str
    filter: str = ""
    search: str = ""
    among: tuple[str, ...] | None = None


def matching(view: View, plan: Plan) -> int:
    """Return how many records the address of a list matches."""
    return count(view.uow, view.ctx, plan.entity, plan.ask())


def ids_of(view: View, plan: Plan, chosen: Chosen) -> list[str]:
    """Return the ids of the chosen rows, some that are not too many. Raises Invalid."""
    ask = plan.ask()
    ids = list(dict.fromkeys(id_of(i) for i in chosen.ids))
    if chosen.expect is not None:
        ids = list(matching_ids(view.uow, view.ctx, plan.entity, ask.filters, search=ask.search))
    if not 0 < len(ids) <= MOST_TICKED:
        message = say("Choose 1 to {n} records.", "请选择 1 到 {n} 条记录。", n=MOST_TICKED)
        raise Invalid(Problem("/ids", "out_of_range", message, say("Tick some rows.", "请勾选若干行。")))
    return ids


def set_values(platform: Platform, ctx: Context, plan: PlanOf, chosen: Chosen, values: Mapping[str, Any]) -> Outcome:
    """Set fields of the chosen records, all or none; very many by a job. Raises Conflict when they are not as many as were seen, Invalid, Forbidden."""
    with open_read(platform, ctx) as view:
        planned = plan(view)
        raw = {n: to_raw(f, v) if (f := planned.entity.fields.get(n)) is not None else v for n, v in values.items()}
        meant = _meant(planned, chosen)
    if meant.among is None:
        return _outcome(platform, large.change_matching(_doors(platform), ctx, meant.entity, meant.filter, raw, chosen.expect or 0, search=meant.search))
    with open_write(platform, ctx) as view:
        changed, batch = masses.change_where(view.uow, ctx, view.entity(meant.entity), "", raw, len(meant.among), among=meant.among)
    return Outcome(changed, batch)


def delete(platform: Platform, ctx: Context, plan: PlanOf, chosen: Chosen) -> Outcome:
    """Move the chosen records to the trash, all or none; very many by a job. Raises Conflict, Forbidden."""
    with open_read(platform, ctx) as view:
        meant = _meant(plan(view), chosen)
    if meant.among is None:
        return _outcome(platform, large.delete_matching(_doors(platform), ctx, meant.entity, meant.filter, chosen.expect or 0, search=meant.search))
    with open_write(platform, ctx) as view:
        entity, batch = view.entity(meant.entity), view.uow.new_id()
        found = masses.find_to_delete(view.uow, ctx, entity, "", len(meant.among), among=meant.among)
        job = large.delete_these(view.uow, ctx, entity, list(found), batch=batch)
    return Outcome(len(found), batch, job=job)


def undo(platform: Platform, ctx: Context, name: str, batch: str) -> Outcome:
    """Take back what this person wrote in one batch; very much by a job. Raises NotFound, Conflict."""
    return _outcome(platform, large.undo_matching(_doors(platform), ctx, name, batch))


def _outcome(platform: Platform, made: large.Outcome) -> Outcome:
    platform.wake()
    return Outcome(sum(made.counts.values()), made.batch, job=made.job, kept=len(made.kept or ()))


def _doors(platform: Platform) -> large.Doors:
    return large.Doors(platform.read, platform.write)


def _meant(plan: Plan, chosen: Chosen) -> _Meant:
    if chosen.expect is not None:
        ask = plan.ask()
        return _Meant(plan.entity.name, " and ".join(f"({one})" for one in ask.filters), ask.search)
    ids = list(dict.fromkeys(id_of(i) for i in chosen.ids))
    if not 0 < len(ids) <= MOST_TICKED:
        message = say("Choose 1 to {n} records.", "请选择 1 到 {n} 条记录。", n=MOST_TICKED)
        raise Invalid(Problem("/ids", "out_of_range", message, say("Tick some rows.", "请勾选若干行。")))
    return _Meant(plan.entity.name, among=tuple(ids))


def paste(view: View, name: str, rows: Sequence[Any]) -> Outcome:
    """Write cells of a spreadsheet, ``[{"id", "values": {field: text}}]``, as one bulk write; cells that cannot be read are refused.

    Raises Invalid for a body of another shape, NotFound, Forbidden.
    """
    entity = view.entity(name, "update")
    sent = [r for r in rows if isinstance(r, dict) and isinstance(r.get("id"), str) and isinstance(r.get("values"), dict)]
    if len(sent) != len(rows) or not 0 < len(sent) <= MOST_PASTED:
        message = say("Paste 1 to {n} rows.", "请粘贴 1 到 {n} 行。", n=MOST_PASTED)
        raise Invalid(Problem("/cells", "out_of_range", message, say("Paste fewer, or import a file.", "请减少行数，或导入文件。")))
    readers = {f: _Reader(view, entity, f, [str(r["values"].get(f) or "") for r in sent]) for f in {n for r in sent for n in r["values"]}}
    records: list[dict[str, Any]] = []
    refused: list[Refused] = []
    for each in sent:
        values: dict[str, Any] = {}
        for field, text in each["values"].items():
            try:
                values[field] = readers[field].read(str(text or ""))
            except BadValue as bad:
                refused.append(Refused(each["id"], field, bad.message.show(view.language)))
        if values:
            records.append({"id": id_of(each["id"]), **values})
    batch = view.uow.new_id()
    written = writing.write_many(view.uow, view.ctx, entity, records, mode="update", on_error="skip", batch=batch) if records else []
    for row in written:
        refused += [Refused(str(row.id or records[row.index]["id"]), p.path.split("/")[-1], p.message.show(view.language)) for p in row.problems]
    return Outcome(sum(r.is_good and r.action == "update" for r in written), batch, tuple(refused))


class _Reader:
    """Reads the pasted texts of one column: labels of options, titles of records, numbers and days as spreadsheets write them."""

    def __init__(self, view: View, entity: Entity, name: str, texts: Sequence[str]) -> None:
        self.field, self.place = entity.fields.get(name), view.uow.place
        self.is_open = self.field is not None and is_editable(view, entity, self.field)
        self.titles = _ids_by_title(view, self.field, texts) if self.is_open and self.field is not None else None
        self.cleaner = Cleaner(self.field.spec, Decisions(is_hundredths=self.field.spec.type == "percent")) if self.field is not None else None

    def read(self, text: str) -> Any:
        """Return what the record writer takes. Raises BadValue."""
        if not self.is_open or self.cleaner is None:
            raise BadValue("read_only", say("This column cannot be changed here.", "此列不能在此处修改。"))
        if self.titles is not None:
            if not text.strip():
                return None
            found = self.titles.get(fold(text))
            if found is None:
                raise BadValue("no_such_record", say("There is no “{text}”.", "没有“{text}”。", text=text[:60]))
            return found
        raw = self.cleaner.clean(text)[0]
        self.cleaner.spec.clean(raw, self.place)  # a cell that the writer would refuse must not take its row along
        return raw


def _ids_by_title(view: View, field: Field | None, texts: Sequence[str]) -> dict[str, str] | None:
    """Return the ids of what a reference points to by title, of people by name and address too; None for other fields."""
    if field is None or field.type.kind != "reference" or not field.type.entity:
        return None
    wanted = sorted({t.strip() for t in texts if t.strip()})
    if field.type.entity in ("user", "unit"):
        return _people_by_name(view, field.type.entity, wanted)
    far = view.model.find_entity(field.type.entity)
    if far is None or not view.rights.may(far, "read"):
        return {}
    title = title_column(view, far)
    found: dict[str, str] = {}
    for start in range(0, len(wanted), 50):
        listed = ", ".join(repr(t[:200]) for t in wanted[start : start + 50])
        records = page(view.uow, view.ctx, far, Ask([f"{title} in [{listed}]"], fields=[title], limit=500)).records if title != "id" else []
        found |= {fold(str(r[title])): r["id"] for r in reversed(records) if r.get(title)}
    return found


def _people_by_name(view: View, kind: str, wanted: list[str]) -> dict[str, str]:
    table = users if kind == "user" else units
    named = or_(table.c.name.in_(wanted), *([users.c.email.in_([w.lower() for w in wanted])] if kind == "user" else []))
    rows = view.uow.connection.execute(select(table).where(named)).mappings().all()
    return {fold(str(row[key])): row["id"] for row in rows for key in ("name", "email") if row.get(key)}

"""Planning what happens to the columns of one field: added, dropped, brought back, or of another type."""

from __future__ import annotations

from sqlalchemy import Executable, case, literal_column

from tenon.engine.schema import statements as sql
from tenon.engine.schema.convert import Converted, convert, is_same_cell, lost_where, show
from tenon.engine.schema.links import plan_links
from tenon.engine.schema.options import plan_options
from tenon.engine.schema.statements import Value, cell
from tenon.engine.schema.trash import Dropped, bring_back, find_kept
from tenon.engine.schema.work import Place, Work, count, examples, links_name, make_step, move, names_of, retype_label
from tenon.engine.tables import field_columns, key_column
from tenon.metamodel.labels import say
from tenon.metamodel.model import Field


def plan_field(work: Work, place: Place, old: Field | None, new: Field | None) -> None:
    """Add the steps of one field of an entity whose table is there."""
    if new is None:
        if old is not None:
            drop_field(work, place, old)
    elif old is None:
        _add(work, place, new)
    elif old.is_to_many or new.is_to_many:
        plan_links(work, place, old, new)
    elif new.is_formula:
        _replace_by_formula(work, place, old, new)
    else:
        outcome = plan_options(work, place, old, new)
        if outcome == "convert":
            _retype(work, place, old, new, convert(cell(place.now, old.column), old, new, work.speech))
        elif outcome == "other":
            _change(work, place, old, new)


def drop_field(work: Work, place: Place, old: Field) -> None:
    """Put the columns (or the link table) of a field in the trash; a formula is simply dropped, as it can be computed again."""
    label = say("Remove the field {field} of {entity}", "删除{entity}的字段“{field}”", field=old.label, entity=place.entity.label)
    if old.is_to_many:
        name = links_name(old)
        rows = count(work, name)
        work.gone.add(name)
        work.add(
            make_step(
                "drop_field",
                old,
                label,
                place.disposal.drop_table("links", name, old.id, place.entity.id),
                rows=rows,
                lost=rows,
                entity=place.entity.name,
            )
        )
        return
    names = names_of(old)
    move(work, place, names)
    if old.is_formula:
        work.add(make_step("drop_field", old, label, [sql.drop_column(place.then, n) for n in names], entity=place.entity.name))
        return
    where = cell(place.now, old.column).is_not(None)
    rows = count(work, place.now, where)
    shown = examples(work, place.now, show(cell(place.now, old.column), old, work.speech), where) if rows else ()
    statements = place.disposal.drop_columns(place.then, names, old.id, place.entity.id)
    work.add(make_step("drop_field", old, label, statements, rows=rows, lost=rows, shown=shown, entity=place.entity.name))


def find_former(work: Work, place: Place, new: Field) -> tuple[Dropped, Field] | None:
    """Return what the trash holds of a field in the form it is wanted, with its description then."""
    kind, name = ("links", links_name(new)) if new.is_to_many else ("column", new.column)
    for dropped in work.trash.get(new.id, ()):
        if find_kept([dropped], kind, place.entity.id, name) is None:  # type: ignore[arg-type]
            continue
        former = work.find_model(dropped.described_in)
        entity = former.entities_by_id.get(place.entity.id) if former else None
        field = entity.fields_by_id.get(new.id) if entity else None
        if field is not None and is_same_cell(field, new) and field.is_to_many == new.is_to_many:
            return dropped, field
    return None


def _add(work: Work, place: Place, new: Field) -> None:
    former = None if new.is_formula else find_former(work, place, new)
    label = say("Add the field {field} to {entity}", "为{entity}添加字段“{field}”", field=new.label, entity=place.entity.label)
    if former is not None:
        dropped, _ = former
        label = say(
            "Bring back the field {field} of {entity} with its data",
            "恢复{entity}的字段“{field}”及其数据",
            field=new.label,
            entity=place.entity.label,
        )
        statements = [*bring_back(dropped, place.then), *_missing_columns(place, new, dropped)]
        if not new.is_to_many:
            work.sources[place.entity.id, new.id] = cell(place.now, dropped.names[new.column])
        work.touched.append(new.id)
        work.add(make_step("restore_field", new, label, statements, entity=place.entity.name))
        return
    if new.is_to_many:
        work.add(make_step("add_field", new, label, [sql.create_table(work.tables.links(new))], entity=place.entity.name))
    elif new.is_stored:
        work.add(make_step("add_field", new, label, [sql.add_column(place.then, c) for c in field_columns(new)], entity=place.entity.name))


def _missing_columns(place: Place, new: Field, dropped: Dropped) -> list[Executable]:
    """Columns beside the value (sort keys) that the field needs now and had not when it was dropped."""
    return [sql.add_column(place.then, c) for c in field_columns(new) if c.name not in dropped.names]


def _replace_by_formula(work: Work, place: Place, old: Field, new: Field) -> None:
    """A formula is computed after the change, so its column is made afresh; what people typed there goes to the trash."""
    if old.is_formula and old.storage == new.storage:
        return
    if old.is_formula:
        names = names_of(old)
        move(work, place, names)
        dropped = [sql.drop_column(place.then, name) for name in names]
        label = say(
            "Compute the formula {field} of {entity} in another form",
            "以新的形式计算{entity}的公式“{field}”",
            field=new.label,
            entity=place.entity.label,
        )
        statements = [*dropped, *[sql.add_column(place.then, c) for c in field_columns(new)]]
        work.add(make_step("retype_field", new, label, statements, entity=place.entity.name))
        return
    _retype(work, place, old, new, None)


def _change(work: Work, place: Place, old: Field, new: Field) -> None:
    """The cell may stay as it is, with or without a sort key beside, or is converted."""
    if not is_same_cell(old, new):
        _retype(work, place, old, new, convert(cell(place.now, old.column), old, new, work.speech))
        return
    had, wants = old.storage.sort_key, new.storage.sort_key
    label = say(
        "Change the sort key of {field} of {entity}", "调整{entity}字段“{field}”的排序键", field=new.label, entity=place.entity.label
    )
    if wants and not had:
        added = [sql.add_column(place.then, c) for c in field_columns(new) if c.name == key_column(new)]
        work.add(make_step("retype_field", new, label, added, entity=place.entity.name))
    elif had and not wants:
        work.moved.add((place.then, key_column(new)))
        work.add(make_step("retype_field", new, label, [sql.drop_column(place.then, key_column(new))], entity=place.entity.name))


def _retype(work: Work, place: Place, old: Field, new: Field, converted: Converted | None) -> None:
    """Put the old columns in the trash and fill new ones from them; or bring back the columns of before the last such change."""
    former = None if new.is_formula else find_former(work, place, new)
    now, names = cell(place.now, old.column), names_of(old)
    move(work, place, [*names, *names_of(new)])
    if former is not None:
        _retype_back(work, place, old, new, former)
        return
    where = lost_where(now, converted)
    rows, lost = count(work, place.now, now.is_not(None)), count(work, place.now, where)
    shown = examples(work, place.now, show(now, old, work.speech), where) if lost else ()
    moved = cell(place.then, place.disposal.name(old.column))
    filled = convert(moved, old, new, work.speech) if converted is not None else None
    statements = [
        *place.disposal.drop_columns(place.then, names, old.id, place.entity.id),
        *[sql.add_column(place.then, c) for c in field_columns(new)],
    ]
    if filled is not None:
        statements.append(sql.fill(place.then, {new.column: filled.value}, moved.is_not(None)))
        work.sources[place.entity.id, new.id] = converted.value if converted is not None else now
        work.touched.append(new.id)
    else:
        work.sources.pop((place.entity.id, new.id), None)
    work.add(
        make_step(
            "retype_field", new, retype_label(place, old, new), statements, rows=rows, lost=lost, shown=shown, entity=place.entity.name
        )
    )


def _retype_back(work: Work, place: Place, old: Field, new: Field, former: tuple[Dropped, Field]) -> None:
    """Bring back the values of before, but for the records that were changed since."""
    dropped, description = former
    names = names_of(old)
    kept_name, now = dropped.names[new.column], cell(place.now, old.column)
    value_now, changed_now = _returned(work, cell(place.now, kept_name), now, (description, old, new))
    lost = now.is_not(None) & changed_now & value_now.is_(None)
    moved = cell(place.then, place.disposal.name(old.column))
    value_then, _ = _returned(work, cell(place.then, new.column), moved, (description, old, new))
    statements = [
        *place.disposal.drop_columns(place.then, names, old.id, place.entity.id), *bring_back(dropped, place.then),
        *_missing_columns(place, new, dropped),
        sql.fill(place.then, {new.column: value_then}),
    ]  # fmt: skip
    rows, gone = count(work, place.now, now.is_not(None)), count(work, place.now, lost)
    shown = examples(work, place.now, show(now, old, work.speech), lost) if gone else ()
    work.sources[place.entity.id, new.id] = value_now
    work.touched.append(new.id)
    work.add(
        make_step(
            "retype_field", new, retype_label(place, old, new), statements, rows=rows, lost=gone, shown=shown, entity=place.entity.name
        )
    )


def _returned(work: Work, before: Value, now: Value, fields: tuple[Field, Field, Field]) -> tuple[Value, Value]:
    """Return the cell after the way back, and the condition that the record was changed since the way there."""
    former, old, new = fields
    there, back = convert(before, former, old, work.speech), convert(now, old, new, work.speech)
    changed = work.speech.differs(there.value, now) if there is not None else now.is_not(None)
    return case((changed, back.value if back is not None else literal_column("NULL")), else_=before), changed

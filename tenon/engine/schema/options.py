"""Planning what happens to the stored names of options and bands: renamed in place as a set, removed ones converted away."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Executable, case, literal, or_

from tenon.engine.schema import statements as sql
from tenon.engine.schema.convert import convert, family, lost_where, option_map
from tenon.engine.schema.statements import Value, cell
from tenon.engine.schema.step import Step
from tenon.engine.schema.work import Place, Work, count
from tenon.metamodel.changes import Change, options_of
from tenon.metamodel.labels import say
from tenon.metamodel.model import Field

Outcome = Literal["other", "done", "convert"]


def plan_options(work: Work, place: Place, old: Field, new: Field) -> Outcome:
    """Rename the stored options of a field in place.

    "convert" when records hold options that are gone or that come back, "other" when the change is about more than options.
    """
    if old.is_formula or family(old) not in ("choice", "choices") or family(old) != family(new) or old.storage != new.storage:
        return "other"
    before, after = options_of(old), options_of(new)
    if not before or not after:
        return "other"
    if _comes_back(work, old, new):
        return "convert"
    if before.keys() - after.keys():
        now = cell(place.now, old.column)
        if count(work, place.now, lost_where(now, convert(now, old, new, work.speech))):
            return "convert"
    for option_id, option in after.items():
        former = before.get(option_id)
        if former is not None and former.name != option.name:
            title = say(
                "Rename the option {old} of {field} to {new} in all records", "在所有记录中将“{field}”的选项 {old} 改名为 {new}",
                old=former.name, new=option.name, field=new.label,
            )  # fmt: skip
            rows = count(work, place.now, _holds(work, cell(place.now, old.column), old, [former.name]))
            work.add(Step(f"rename_option:{option_id}", "rename_option", title, (), "safe", rows, entity=place.entity.name))
    names = {o: n for o, n in option_map(old, new).items() if o != n}
    if names:
        work.touched.append(new.id)
        statements = [_rename(work, place.then, old, option_map(old, new), names), *_rename_copies(work, old, new, names)]
        last = work.steps.pop()
        work.add(Step(last.id, last.kind, last.title, tuple(statements), last.safety, last.rows, entity=last.entity))
    return "done"


def plan_bands(work: Work, changes: list[Change]) -> None:
    """Rename the stored bands of scores."""
    renames: dict[str, list[Change]] = {}
    for change in changes:
        if change.kind == "band_renamed":
            renames.setdefault(change.after[0].id, []).append(change)
    for score_id, found in renames.items():
        name = f"s_{score_id.replace('-', '')}"
        names = {change.before[1].name: change.after[1].name for change in found}
        values: dict[str, Value] = {}
        for column in ("band", "computed_band"):
            here = cell(name, column)
            values[column] = case(*[(here == literal(o), literal(n)) for o, n in names.items()], else_=here)
        title = say("Rename bands of the score {score}", "重命名评分“{score}”的等级", score=found[0].after[0].label)
        rows = count(work, name, cell(name, "band").in_([literal(o) for o in names]))
        work.add(Step(f"rename_bands:{score_id}", "rename_bands", title, (sql.fill(name, values),), "safe", rows))


def _comes_back(work: Work, old: Field, new: Field) -> bool:
    """True when an option is there again whose values lie in the trash."""
    again = options_of(new).keys() - options_of(old).keys()
    for dropped in work.trash.get(new.id, ()) if again else ():
        former = work.find_model(dropped.described_in)
        entity = former.entities_by_id.get(new.entity_id) if former else None
        field = entity.fields_by_id.get(new.id) if entity else None
        if field is not None and options_of(field).keys() & again:
            return True
    return False


def _rename(work: Work, table_name: str, field: Field, known: dict[str, str], names: dict[str, str]) -> Executable:
    """One statement for all renames, so that two options may exchange their names."""
    here = cell(table_name, field.column)
    if family(field) == "choice":
        value: Value = case(*[(here == literal(o), literal(n)) for o, n in names.items()])
    else:
        value = work.speech.map_names(here, known)
    return sql.fill(table_name, {field.column: value}, _holds(work, here, field, list(names)))


def _holds(work: Work, here: Value, field: Field, names: list[str]) -> Value:
    """Return the condition that a cell holds one of the names."""
    if family(field) == "choice":
        return here.in_([literal(name) for name in names])
    shown = work.speech.show_json(here)
    return or_(*[shown.contains(f'"{name}"', autoescape=True) for name in names])


def _rename_copies(work: Work, old: Field, new: Field, names: dict[str, str]) -> list[Executable]:
    """Return the same renames for stored formulas whose values are options of the field."""
    found: list[Executable] = []
    for entity in work.old.entities.values() if work.old else ():
        after = work.new.entities_by_id.get(entity.id)
        for formula in entity.formulas():
            twin = after.fields_by_id.get(formula.id) if after else None
            if formula.type.source == old.id and twin is not None and twin.storage == formula.storage and twin.is_stored:
                found.append(_rename(work, entity.table, formula, option_map(old, new), names))
    return found

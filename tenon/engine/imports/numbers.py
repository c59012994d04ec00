"""External numbers in files: columns that name other records by them, and one that holds the numbers of the rows themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context
from tenon.engine.records.linked import LINK, find_linked, links_of
from tenon.engine.records.row import Row as Written
from tenon.engine.records.writing import write_many
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Model

OWN = LINK
"""The name under which a row, and a mapping, hold the number of the record itself."""
LONGEST = 60


def is_by_number(match_on: Sequence[str]) -> bool:
    """Return whether records are found by their external numbers."""
    return list(match_on) == [OWN]


def check_systems(model: Model, entity: Entity, systems: Any, own: Any) -> list[Problem]:
    """Return what is wrong with the systems of references, and with the column of own numbers."""
    problems = []
    if not isinstance(systems, Mapping) or not all(isinstance(v, str) and len(v) <= LONGEST and v.isprintable() for v in systems.values()):
        message = say('systems is {"field": "system"}.', 'systems 应为 {"字段": "系统"}。')
        return [Problem("/systems", "wrong_type", message, say('Such as {"customer": "crm"}.', '例如 {"customer": "crm"}。'))]
    for name in systems:
        field = entity.find_field(str(name))
        target = model.find_entity(field.targets[0]) if field is not None and field.type.kind == "reference" and field.storage.kind != "pair" and field.targets else None
        if target is None or links_of(model, target) is None:
            message = say("{name} is no reference to records with external numbers.", "{name} 不是指向有外部编号记录的关联字段。", name=str(name)[:60])
            problems.append(Problem(f"/systems/{name}", "bad_choice", message, say("Name a reference, such as customer.", "请填写关联字段，例如 customer。")))
    if own is None:
        return problems
    if not isinstance(own, Mapping) or set(own) != {"column", "system"} or not all(isinstance(v, str) and v.strip() and len(v) <= 300 for v in own.values()) or len(own["system"]) > LONGEST:
        message = say("source_link has a column and a system.", "source_link 由 column 和 system 组成。")
        problems.append(Problem("/source_link", "wrong_type", message, say('Such as {"column": "CRM ID", "system": "crm"}.', '例如 {"column": "CRM ID", "system": "crm"}。')))
    elif links_of(model, entity) is None:
        message = say("{entity} have no external numbers.", "{entity}没有外部编号。", entity=entity.plural)
        problems.append(Problem("/source_link", "bad_choice", message, say("Leave it out.", "请去掉。")))
    return problems


def number_of(cell: Any) -> str | None:
    """Return the number in a cell as text; whole numbers of spreadsheets without their fraction."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()[:200] or None if cell is not None else None


def write_rows(uow: UnitOfWork, ctx: Context, entity: Entity, values: Sequence[Mapping[str, Any]], order: Mapping[str, Any]) -> list[Written]:
    """Write rows as an import says and return them; those with a number of their own are found by it, or get it. Raises Forbidden."""
    match_on: list[str] = [] if list(order["match_on"]) in (["id"], [OWN]) else list(order["match_on"])
    if not any(OWN in each for each in values):
        return _write(uow, ctx, entity, [dict(each) for each in values], order, match_on, order["mode"])
    link = links_of(uow.model, entity)
    if link is None:
        raise Invalid(Problem("/source_link", "bad_choice", say("{entity} have no external numbers.", "{entity}没有外部编号。", entity=entity.plural)))
    rights_of(uow.model, ctx).require(link, "create")
    rows: dict[int, Written] = {}
    seen: dict[Any, int] = {}
    waves: list[list[int]] = []
    for position, each in enumerate(values):  # a number that comes again means the record that its first row has made
        number = _number(each)
        turn = seen[number] = seen.get(number, -1) + 1 if number is not None else 0
        waves += [[]] if turn == len(waves) else []
        waves[turn].append(position)
    for wave in waves:
        rows |= zip(wave, _write_wave(uow, ctx, entity, link, [values[i] for i in wave], order, match_on), strict=True)
    return [rows[i] for i in range(len(values))]


def _write_wave(
    uow: UnitOfWork, ctx: Context, entity: Entity, link: Entity, values: Sequence[Mapping[str, Any]], order: Mapping[str, Any], match_on: list[str]
) -> list[Written]:  # fmt: skip
    """Write rows of which no two have one number, and give their records the numbers that are new."""
    numbers = [_number(each) for each in values]
    found = find_linked(uow, rights_of(uow.model, ctx), entity, {n for n in numbers if n is not None})
    by_number, rows, ready = is_by_number(order["match_on"]), {}, []
    for position, (each, number) in enumerate(zip(values, numbers, strict=True)):
        plain = {k: v for k, v in each.items() if k != OWN}
        if number in found and by_number:
            plain["id"] = found[number]
        if number in found and not by_number and order["mode"] == "create":
            rows[position] = Written(position, plain, path=f"/{position}")
            rows[position].refuse(Problem(f"/{OWN}", "not_unique", say("Another record has this number.", "已有其他记录使用该编号。"), say("Use another mode.", "请使用其他模式。")))
        else:
            ready.append((position, plain))
    written = _write(uow, ctx, entity, [plain for _, plain in ready], order, match_on, order["mode"]) if ready else []
    links = []
    for (position, _), row in zip(ready, written, strict=True):
        rows[position], number = row, numbers[position]
        if number is not None and number not in found and row.is_good and row.id is not None:
            links.append({"system": number[0], "external_id": number[1], "record": {"entity": entity.name, "id": row.id}})
    if links:
        _write(uow, ctx, link, links, order, [], "create")
    return [rows[i] for i in range(len(values))]


def _number(values: Mapping[str, Any]) -> tuple[str, str] | None:
    return (values[OWN]["system"], values[OWN]["external_id"]) if OWN in values else None


def _write(uow: UnitOfWork, ctx: Context, entity: Entity, values: list[dict[str, Any]], order: Mapping[str, Any], match_on: list[str], mode: Any) -> list[Written]:
    return write_many(uow, ctx, entity, values, mode=mode, match_on=match_on, on_error="skip", batch=order["id"], path="")


def known_numbers(uow: UnitOfWork, ctx: Context, entity: Entity, values: Sequence[Mapping[str, Any]]) -> set[int]:
    """Return the positions of the rows whose number a record has already."""
    numbers = {i: (each[OWN]["system"], each[OWN]["external_id"]) for i, each in enumerate(values) if OWN in each}
    found = find_linked(uow, rights_of(uow.model, ctx), entity, set(numbers.values()))
    return {i for i, number in numbers.items() if number in found}



"""External numbers on the mapping page of an import: what a column may be beside a field, and what that means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from tenon.engine.access.resolver import environment, readable_condition
from tenon.engine.imports.numbers import OWN
from tenon.engine.records.linked import LINK, links_of
from tenon.engine.sql.source import visible
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field
from tenon.ui.backend.base import View
from tenon.ui.shapes import Choice

BY_NUMBER = "@number"
"""Behind the name of a reference: its column holds external numbers."""
MOST_SYSTEMS = 20


def systems(view: View, entity: Entity) -> tuple[str, ...] | None:
    """Return the systems that numbers are known of; None when neither the entity nor what it refers to has external numbers."""
    link = view.model.find_entity(LINK)
    if link is None or not (links_of(view.model, entity) is not None or _references(view, entity)):
        return None
    if not view.rights.may_read(link, link.fields["system"]):
        return ()
    around, table = environment(view.uow, view.rights), view.uow.tables.of(link).alias("known")
    column, readable = table.c[link.fields["system"].column], readable_condition(around, table, link, view.rights, [link.fields["system"]])
    seen = [*visible(around, table, link), *([] if readable is None else [readable])]
    return tuple(view.uow.connection.execute(select(column).where(*seen).distinct().order_by(column).limit(MOST_SYSTEMS)).scalars())


def choices(view: View, entity: Entity) -> tuple[Choice, ...]:
    """Return what a column may be: the number of a record that a field points to, or that of the row itself."""
    language = view.language
    found = [Choice(f.name + BY_NUMBER, say("{field}, by external number", "{field}（按外部编号）", field=f.label).show(language)) for f in _references(view, entity)]
    link = links_of(view.model, entity)
    if link is not None and view.rights.may(link, "create"):
        found.append(Choice(OWN, say("External number of the row itself", "该行自身的外部编号").show(language)))
    return tuple(found)


def read(mapping: Mapping[str, str], system: str, *, keeps_waiting: bool) -> tuple[dict[str, str], dict[str, Any]]:
    """Return a mapping of fields alone, and what an order says of external numbers; rows wait for numbers, not for other keys."""
    plain = {field.removesuffix(BY_NUMBER): column for field, column in mapping.items() if field != OWN}
    references = {field.removesuffix(BY_NUMBER): system for field in mapping if field.endswith(BY_NUMBER)}
    told: dict[str, Any] = {"systems": references, "unmatched": "wait" if references and keeps_waiting else "refuse"}
    if OWN in mapping:
        told["source_link"] = {"column": mapping[OWN], "system": system}
    return plain, told


def shown(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the mapping of an import as its page shows it: column by field, marked where it holds external numbers."""
    numbers = row["systems"] or {}
    marked = {field + (BY_NUMBER if field in (numbers.get("references") or {}) else ""): column for field, column in (row["mapping"] or {}).items()}
    return marked | ({OWN: numbers["own"]["column"]} if numbers.get("own") else {})


def system_of(row: Mapping[str, Any]) -> str:
    """Return the system an import was told of."""
    numbers = row["systems"] or {}
    return str((numbers.get("own") or {}).get("system") or next(iter((numbers.get("references") or {}).values()), ""))


def keeps_waiting(row: Mapping[str, Any]) -> bool:
    """Return whether rows wait whose numbers nobody knows: so unless somebody chose otherwise."""
    return bool(row["unmatched"] == "wait" or not (row["systems"] or {}).get("references"))


def _references(view: View, entity: Entity) -> list[Field]:
    def has_numbers(field: Field) -> bool:
        target = view.model.find_entity(field.targets[0]) if field.targets else None
        return target is not None and links_of(view.model, target) is not None and view.rights.may_write(entity, field, "create")

    return [f for f in entity.fields.values() if f.type.kind == "reference" and f.storage.kind != "pair" and f.origin != "system" and f.is_written and has_numbers(f)]

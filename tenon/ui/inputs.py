"""From what a browser sends to the raw values a backend takes, and from its problems back to the fields."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from starlette.datastructures import FormData, UploadFile

from tenon.metamodel.digits import read_whole
from tenon.metamodel.errors import TenonError
from tenon.ui.work import Form, FormField, FormTable, KeptFile, TypedRow

ADDRESS_PARTS = ("country", "region", "city", "street", "postcode")
MOST_ROWS = 300
FILES = ("file", "image")
LISTS = ("multiselect", "choices", "references", "tags")


def read_values(form: Form, sent: FormData) -> dict[str, Any]:
    """Return the raw values of the fields that a form shows and lets people write, by field name, and the rows of its tables.

    A field the browser did not send at all is left out, except check boxes and lists, which browsers never send empty:
    ``<name>.shown`` says that they were on the page.
    """
    values = _read_fields(form.fields(), sent)
    for table in form.tables():
        if f"{table.table}.shown" in sent:
            values[table.table] = _read_rows(table, sent)
    return values


def _read_rows(table: FormTable, sent: FormData) -> list[TypedRow]:
    """Return the rows of a table in their order; the first row of ``table`` says which cells there are."""
    pattern = re.compile(re.escape(table.table) + r"\.([A-Za-z0-9-]{1,36})\.")
    keys = dict.fromkeys(found[1] for name in sent if (found := pattern.match(name)))
    cells = table.rows[0].cells if table.rows else ()
    rows = []
    for key in list(keys)[:MOST_ROWS]:
        start = f"{table.table}.{key}."
        read = _read_fields([replace(cell, name=start + cell.name) for cell in cells], sent)
        version = str(sent.get(f"{start}version") or "")
        rows.append(TypedRow(
            key, str(sent.get(f"{start}id") or "") or None, read_whole(version), sent.get(f"{start}gone") == "1",
            {name.removeprefix(start): value for name, value in read.items()},
        ))  # fmt: skip
    return rows


def _read_fields(fields: Iterable[FormField], sent: FormData) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in fields:
        if field.is_shown_only:
            continue
        if field.name in sent or f"{field.name}.shown" in sent or f"{field.name}.kept" in sent or any(f"{field.name}.{part}" in sent for part in ADDRESS_PARTS):
            values[field.name] = read_value(field, sent)
    return values


def read_value(field: FormField, sent: FormData) -> Any:
    """Return one raw value: a text (None for empty), True or False, a list of texts, a mapping, or a file, kept or fresh."""
    name = field.name
    if field.input == "checkbox":
        return sent.get(name) == "on"
    if field.input == "tags":
        return [tag.strip() for text in sent.getlist(name) for tag in str(text).replace("，", ",").split(",") if tag.strip()]
    if field.input in LISTS:
        return [str(value) for value in sent.getlist(name) if value]
    if field.input == "address":
        parts = {part: str(sent.get(f"{name}.{part}") or "").strip() for part in ADDRESS_PARTS}
        return {part: text for part, text in parts.items() if text} or None
    value = sent.get(name)
    kept = str(sent.get(f"{name}.kept") or "")
    if kept and field.input in FILES and not (isinstance(value, UploadFile) and value.filename):
        return KeptFile(kept)
    if isinstance(value, UploadFile):
        return value if value.filename else None
    text = (value or "").strip()
    if not text:
        return None
    if field.input == "duration":
        return _seconds(text)
    if field.input == "any_reference":
        entity, _, id = text.partition(":")
        return {"entity": entity, "id": id}
    return _json(text) if field.input == "json" else text


def _json(text: str) -> Any:
    """Return the JSON in a text, or the text itself so that the field's own check can refuse it."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _seconds(text: str) -> Any:
    """Return seconds of "1:30" or "90" minutes; anything else stays for the field's own check to refuse."""
    hours, colon, minutes = text.partition(":")
    whole = [read_whole(part) for part in ((hours, minutes) if colon else (text,))]
    counted = [number for number in whole if number is not None]
    return text if len(counted) < len(whole) else sum(number * size for number, size in zip(counted, (3600, 60) if colon else (60,), strict=True))


def problems_by_field(error: TenonError, language: str, tables: Collection[str] = ()) -> dict[str, tuple[str, ...]]:
    """Return the messages of an error by the input they are about; "" holds those about the whole record.

    Those about a cell of a table stand under ``table.row.field``, those about a row under ``table.row``.
    """
    found: dict[str, list[str]] = {}
    for problem in error.problems:
        parts = problem.path.removeprefix("/").split("/")
        name = ".".join(parts[:3]) if parts[0] in tables else parts[0]
        found.setdefault(name, []).append(problem.told(language))
    return {name: tuple(messages) for name, messages in found.items()}

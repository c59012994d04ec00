"""An entity out of a file: a field for every column, which names the records, and the document of it all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tenon.engine.imports.guess import Column
from tenon.metamodel.fields import FIELD_TYPES
from tenon.metamodel.names import propose_name

TYPES = ("text", "long_text", "choice", "integer", "decimal", "money", "percent", "boolean", "date", "datetime", "time", "email", "phone", "url")
"""The types that a column of a file may become."""
MOST_OPTIONS = 60
_NAMES = re.compile(r"name|title|subject|名称|姓名|名字|全称|标题|主题", re.IGNORECASE)
_CHINESE = re.compile("[\u3400-\u9fff]")
_COLOURS = ("blue", "teal", "amber", "vermilion", "sky", "mauve", "grey")


@dataclass(frozen=True, slots=True)
class FieldGuess:
    """The field that a column becomes; ``options`` are the values of a choice as the file writes them."""

    column: str
    label: str
    name: str
    type: str
    options: tuple[str, ...] = ()
    scale: int | None = None
    currency: str | None = None


def guess_fields(columns: Sequence[Column]) -> tuple[FieldGuess, ...]:
    """Return a field for every column."""
    taken: set[str] = set()
    found = []
    for column in columns:
        name = propose_name(column.name, taken)
        taken.add(name)
        options = column.options or column.examples
        found.append(FieldGuess(column.name, column.name.strip(), name, column.type, tuple(options[:MOST_OPTIONS]), column.scale, column.currency))
    return tuple(found)


def guess_title(fields: Sequence[FieldGuess], columns: Sequence[Column]) -> str | None:
    """Return the name of the field that names a record: one called so, else a text without repetitions, else the first short one."""
    texts = [(f, c) for f, c in zip(fields, columns, strict=True) if f.type in ("text", "email", "phone")]
    ranked = sorted(texts, key=lambda pair: (not _NAMES.search(pair[0].label), not pair[1].unique, pair[1].empty_share))
    return ranked[0][0].name if ranked else (fields[0].name if fields else None)


def make_entity(label: str, name: str, fields: Sequence[FieldGuess], title: str | None) -> dict[str, Any]:
    """Return the document of an entity with these fields."""
    made = [_field(each) for each in fields]
    names = {f.name for f in fields}
    chosen = title if title in names else None
    searched = [f.name for f in fields if f.name == chosen or f.type in ("email", "phone")][:5]
    return {
        "kind": "entity", "name": name, "label": _text(label), "icon": "table-2", "features": ["timeline", "comments", "files", "import"],
        **({"title": chosen} if chosen else {}), "search": [n for n in searched if n in names], "fields": made,
    }  # fmt: skip


def _field(guess: FieldGuess) -> dict[str, Any]:
    made: dict[str, Any] = {"name": guess.name, "type": guess.type, "label": _text(guess.label or guess.name)}
    if guess.type == "choice":
        made["options"] = _options(guess.options)
    if guess.scale is not None and "scale" in FIELD_TYPES[guess.type].model_fields:
        made["scale"] = guess.scale
    if guess.type == "money" and guess.currency:
        made["currency"] = guess.currency
    return made


def _options(values: Sequence[str]) -> list[dict[str, Any]]:
    taken: set[str] = set()
    options = []
    for at, value in enumerate(values or ("1",)):
        name = propose_name(value, taken)
        taken.add(name)
        options.append({"name": name, "label": _text(value), "colour": _COLOURS[at % len(_COLOURS)]})
    return options


def _text(text: str) -> dict[str, str]:
    """Return a text in the language it is written in."""
    return {"zh" if _CHINESE.search(text) else "en": text}

"""Options of choices and bands of scores by their ids: stored expressions hold ``'_<32 hex>'`` where people write the name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tenon.metamodel.item import NamedItem
from tenon.metamodel.model import Field, Model
from tenon.metamodel.names import token, untoken

_WRITTEN = re.compile(r"""(?<=(?P<quote>['"]))_[0-9a-f]{32}(?=(?P=quote))""")


def options_in(model: Model, field: Field) -> Iterator[NamedItem]:
    """Yield the options of a choice, a stage or tags, or the bands of a score."""
    if field.part == "band" and field.score is not None:
        yield from model.documents[field.score].body.bands
    else:
        yield from getattr(field.spec, "options", None) or ()


def find_token(model: Model, field: Field, name: str) -> str | None:
    """Return the token of the option of that name, or None."""
    return next((token(o.id) for o in options_in(model, field) if o.name == name and o.id is not None), None)


def show_options(text: str, model: Model, base: Model | None = None) -> str:
    """Return an expression with the names of options for their tokens; those gone are named as ``base`` did, unknown ones stay."""
    return _WRITTEN.sub(lambda m: _name(m[0], model, base), text) if _WRITTEN.search(text) else text


def option_names(model: Model) -> dict[str, str]:
    """Return the names of all options and bands of a model by id."""
    if "option_names" not in model.cache:
        fields = (f for e in model.entities.values() for f in e.fields.values() if f.origin != "system")
        model.cache["option_names"] = {o.id: o.name for f in fields for o in options_in(model, f) if o.id is not None}
    found: dict[str, str] = model.cache["option_names"]
    return found


def _name(word: str, model: Model, base: Model | None) -> str:
    item_id = untoken(word) or ""
    return option_names(model).get(item_id) or (option_names(base).get(item_id) if base is not None else None) or word

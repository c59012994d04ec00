"""API names that follow labels: of fields and options that are not published yet, as long as nobody named them by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tenon.metamodel.fields import FIELD_TYPES
from tenon.metamodel.labels import Text
from tenon.metamodel.model import Model
from tenon.metamodel.names import propose_name

Json = dict[str, Any]
PLACEHOLDER = re.compile(r"(option|item)(_\d+)?\Z")


def follow(before: Json, after: Json, published: Model, *, prefix: str = "") -> list[Json]:
    """Return the operations that let names follow the labels that changed. ``prefix`` begins every name of a field."""
    operations: list[Json] = []
    entity = published.find_entity(before["id"]) or published.find_entity(str(before.get("entity")))
    known = frozenset(entity.fields_by_id) if entity else frozenset()
    was = {f["id"]: f for f in before.get("fields", ()) if "id" in f}
    for field in after.get("fields", ()):
        old = was.get(field.get("id"))
        if old is None:
            continue
        place = f"/fields/{field['id']}"
        if field["id"] not in known:
            taken = {f["name"] for f in after["fields"] if f is not field}
            operations += _renamed(old, field, taken, place, _type_label(field), prefix)
        operations += _options(old, field, place, _published_options(published, known, field["id"]))
    return operations


def _options(old: Json, field: Json, place: str, known: frozenset[str]) -> list[Json]:
    operations: list[Json] = []
    was = {o["id"]: o for o in old.get("options", ()) if isinstance(o, dict) and "id" in o}
    moved: dict[str, str] = {}
    for option in field.get("options") or ():
        before = was.get(option.get("id"))
        if before is None:
            continue
        if option["id"] not in known:
            taken = {o["name"] for o in field["options"] if o is not option}
            made = _renamed(before, option, taken, f"{place}/options/{option['id']}", None, "")
            operations += made
            moved[before["name"]] = made[-1]["value"] if made else option["name"]
        else:
            moved[before["name"]] = option["name"]
    return operations + _moves(field, place, moved)


def _moves(field: Json, place: str, moved: Mapping[str, str]) -> list[Json]:
    """Return what keeps moves between stages that got another name."""
    operations: list[Json] = []
    for move in field.get("moves") or ():
        for key in ("from", "to"):
            value = move.get(key)
            new: Any = [moved.get(one, one) for one in value] if isinstance(value, list) else moved.get(str(value), value)
            if new != value:
                operations.append({"op": "set", "at": f"{place}/moves/{move['id']}/{key}", "value": new})
    return operations


def _renamed(old: Json, new: Json, taken: set[str], place: str, default: Text | None, prefix: str) -> list[Json]:
    """Return what renames an item whose label changed and whose name came from its label."""
    before, after = _texts(old), _texts(new)
    changed = [language for language in after if after[language] != before.get(language)]
    if not changed or new["name"] != old["name"]:
        return []
    sources = [language for language, text in before.items() if _is_from(text, old["name"], prefix)]
    is_fresh = not before or PLACEHOLDER.match(old["name"]) is not None or (default is not None and all(before[s] == default.show(s) for s in sources))
    if not sources and not (is_fresh and default is None):
        return []
    language = next((each for each in changed if each in sources), changed[0] if is_fresh or "en" in changed else None)
    if language is None:
        return []
    operations: list[Json] = []
    others = [each for each in after if each not in changed]
    if default is not None and others and all(after[each] == default.show(each) for each in others):
        # The name of the type was never meant as a label: what is written in one language stands for all.
        operations += [{"op": "set", "at": f"{place}/label/{each}", "value": None} for each in others]
    return [*operations, {"op": "set", "at": f"{place}/name", "value": _propose(after[language], taken, prefix)}]


def _propose(label: str, taken: set[str], prefix: str) -> str:
    if not prefix:
        return propose_name(label, taken)
    return propose_name(f"{prefix}_{propose_name(label)}", taken)


def _is_from(label: str, name: str, prefix: str) -> bool:
    stem = _propose(label, set(), prefix)
    return name == stem or re.fullmatch(re.escape(stem[:36]) + r"_\d+", name) is not None


def _texts(item: Json) -> dict[str, str]:
    label = item.get("label")
    return {k: v for k, v in label.items() if isinstance(v, str)} if isinstance(label, dict) else {"en": label} if isinstance(label, str) else {}


def _type_label(field: Json) -> Text | None:
    spec = FIELD_TYPES.get(str(field.get("type")))
    return spec.type_label if spec else None


def _published_options(published: Model, known: frozenset[str], field_id: str) -> frozenset[str]:
    if field_id not in known:
        return frozenset()
    field = next((e.fields_by_id[field_id] for e in published.entities.values() if field_id in e.fields_by_id), None)
    options: Sequence[Any] = getattr(field.spec, "options", ()) if field else ()
    return frozenset(o.id for o in options)

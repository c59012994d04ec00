"""What a step brings along: names that follow labels, and attributes that a field of another type has or has not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tenon.metamodel.fields import FIELD_TYPES
from tenon.metamodel.labels import Text
from tenon.metamodel.model import Model
from tenon.metamodel.names import propose_name

Json = dict[str, Any]
ALIKE = ({"text", "long_text"}, {"integer", "decimal", "money", "percent"}, {"choice", "stage"})
"""Types whose defaults fit one another."""
NEW_OPTIONS: list[Json] = [
    {"name": "option_1", "label": {"en": "Option 1", "zh": "选项 1"}, "colour": "blue"}, {"name": "option_2", "label": {"en": "Option 2", "zh": "选项 2"}, "colour": "teal"},
]
PLACEHOLDER = re.compile(r"(option|item)(_\d+)?\Z")


def follow(before: Json, after: Json, published: Model, *, prefix: str = "", taken: frozenset[str] = frozenset()) -> list[Json]:
    """Return the operations a step brings along. ``prefix`` begins every name of a field, ``taken`` are names it cannot have.

    Names of what is not published yet follow its label, as long as nobody named it by hand.
    """
    operations: list[Json] = []
    entity = published.find_entity(before["id"]) or published.find_entity(str(before.get("entity")))
    known = frozenset(entity.fields_by_id) if entity else frozenset()
    was = {f["id"]: f for f in before.get("fields", ()) if "id" in f}
    for field in after.get("fields", ()):
        old = was.get(field.get("id"))
        if old is None:
            continue
        place = f"/fields/{field['id']}"
        operations += _retyped(old, field, place, after)
        if field["id"] not in known:
            others = {f["name"] for f in after["fields"] if f is not field} | taken
            operations += _renamed(old, field, others, place, _type_label(field), prefix)
        operations += _options(old, field, place, _published_options(published, known, field["id"]))
    return operations


def _retyped(old: Json, field: Json, place: str, document: Json) -> list[Json]:
    """Return what lets a field be of another type: it keeps what that type knows too, and gets what it cannot be without."""
    spec = FIELD_TYPES.get(str(field["type"]))
    former = FIELD_TYPES.get(str(old["type"]))
    if spec is None or former is None or spec is former:
        return []
    known = {info.alias or name: str(info.annotation) for name, info in spec.model_fields.items()}
    before = {info.alias or name: str(info.annotation) for name, info in former.model_fields.items()}
    gone = {key for key in field if key not in known or before.get(key, known[key]) != known[key]} - {"type", "id", "name", "label"}
    if not any({field["type"], old["type"]} <= alike for alike in ALIKE):
        gone.add("default")
    gone |= set() if spec.may_be_unique else {"unique"}
    gone |= {"required", "read_only", "unique", "default"} if spec.is_computed else set()
    needed: Json = {"expr": "1", "entity": document.get("entity") or document["name"], "options": NEW_OPTIONS, "entities": [document.get("entity") or document["name"]]}
    made = {key: value for key, value in needed.items() if key in known and key not in field and spec.model_fields[key].is_required()}
    made |= {"options": NEW_OPTIONS} if field["type"] in ("choice", "choices", "stage") and "options" not in field else {}
    removed = [{"op": "set", "at": f"{place}/{key}", "value": None} for key in sorted(gone & set(field))]
    return [*removed, *({"op": "set", "at": f"{place}/{key}", "value": value} for key, value in made.items())]


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

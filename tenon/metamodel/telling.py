"""Documents as they are told to people: the JSON with names for ids, in which every name of something knows its label."""

from __future__ import annotations

from typing import Any

from tenon.metamodel.document import Document
from tenon.metamodel.labels import Text
from tenon.metamodel.marks import Path, Ref
from tenon.metamodel.model import Entity, Field, Model
from tenon.metamodel.naming import entity_at, shown_text, to_shown
from tenon.metamodel.walk import Place


class Known(str):
    """The name of a document, or the path of a field, with what people call it."""

    __slots__ = ("label",)
    label: Text

    @classmethod
    def of(cls, name: str, label: Text) -> Known:
        """Return a name with its label."""
        made = cls(name)
        made.label = label
        return made


def told(text: str) -> Text:
    """Return what people call something: its label when it is known, else its name."""
    return text.label if isinstance(text, Known) else Text.of(text)


def to_told(document: Document, model: Model) -> dict[str, Any]:
    """Return the JSON of a stored document with names for ids; references and paths are `Known`."""
    return to_shown(document, model, _known)


def _known(place: Place, model: Model) -> str:
    name = shown_text(place, model)
    if isinstance(place.mark, Ref):
        found = model.find(place.mark.kind, place.text)
        return Known.of(name, found.label) if found is not None else name
    entity = entity_at(place, model) if isinstance(place.mark, Path) else None
    label = _path_label(name.removeprefix("-"), entity, model) if entity is not None else None
    if label is None:
        return name
    return Known.of(name, Text(f"{label.show('en')} ↓", f"{label.show('zh')} ↓") if name.startswith("-") else label)


def _path_label(path: str, entity: Entity, model: Model) -> Text | None:
    """Return the labels of the steps of a path; None where a step is unknown."""
    labels: list[Text] = []
    near: Entity | None = entity
    for step in path.split("."):
        found = (near.find_relation(step) or near.find_field(step)) if near is not None else None
        if found is None:
            return None
        labels.append(found.label)
        near = model.find_entity(found.type.entity) if isinstance(found, Field) and found.type.entity else None
    return Text(" › ".join(each.show("en") for each in labels), " › ".join(each.show("zh") for each in labels))

"""Properties that are lists of names, and things chosen by operations: what every button of them does, made beforehand."""

from __future__ import annotations

from collections.abc import Sequence

from tenon.metamodel.fitting import FITS
from tenon.metamodel.labels import Text
from tenon.metamodel.model import Entity, Field, Model
from tenon.metamodel.naming import find_path
from tenon.ui.backend.cells import NOT_SHOWN
from tenon.ui.backend.designers.base import Controls, Design
from tenon.ui.design_shapes import Control, Line, Operations, Ordered, Pick
from tenon.ui.shapes import Choice

Offer = tuple[str, str, str | None]
"""A name, its label and its icon."""


def ordered(controls: Controls, key: str, label: Text, offers: Sequence[Offer], *, turns: bool = False, help: Text | None = None) -> Control:
    """Return the property of an ordered list of names; with ``turns`` a minus before a name turns its direction."""
    names: list[str] = list(_at(controls, key) or ())
    at = f"{controls.place}/{key}"
    labels = {name: text for name, text, _ in offers}

    def set_to(listed: Sequence[str]) -> Operations:
        return ({"op": "set", "at": at, "value": list(listed) or None},)

    lines = []
    for n, name in enumerate(names):
        others = names[:n] + names[n + 1 :]
        plain = name.removeprefix("-")
        turned = plain if name != plain else f"-{plain}"
        lines.append(Line(
            labels.get(plain) or label_of(controls.design.model, controls.design.entity, plain, controls.design.language),
            set_to([*others[: n - 1], name, *others[n - 1 :]]) if n else None, set_to([*others[: n + 1], name, *others[n + 1 :]]) if n < len(names) - 1 else None,
            set_to(others), set_to([*names[:n], turned, *names[n + 1 :]]) if turns else None, name != plain,
        ))  # fmt: skip
    used = {name.removeprefix("-") for name in names}
    # Only what is added: every offer with the whole list would be most of a page's weight.
    rest = tuple(Pick(text, icon, ({"op": "insert", "at": at, "value": name},)) for name, text, icon in offers if name not in used)
    return controls.make(key, "ordered", label, help=help).holding(Ordered(tuple(lines), rest))


def _at(controls: Controls, key: str) -> list[str] | None:
    value: object = controls.item
    for step in key.split("/"):
        value = value.get(step) if isinstance(value, dict) else None
    return value if isinstance(value, list) else None


def own_fields(entity: Entity | None) -> list[Field]:
    """Return the fields of an entity that people can see, a score as one; its title first, those of the system last."""
    if entity is None:
        return []
    shown = [f for f in entity.fields.values() if f.name not in NOT_SHOWN and f.part in (None, "score")]
    return sorted(shown, key=lambda f: (f.name != entity.title, f.origin == "system"))


def fitting(design: Design, fits: str | None, *, entity: Entity | None = None) -> list[Offer]:
    """Return the own fields that a place takes."""
    near = entity or design.entity
    takes = FITS[fits].takes if fits else None
    return [(f.name, f.label.show(design.language), f.spec.icon) for f in own_fields(near) if near is not None and (takes is None or takes(f, near))]


def choices(offers: Sequence[Offer]) -> tuple[Choice, ...]:
    """Return offers as choices."""
    return tuple(Choice(name, label) for name, label, _ in offers)


def with_chosen(design: Design, offers: Sequence[Offer], chosen: object) -> tuple[Choice, ...]:
    """Return offers as choices with what stands there already among them, a path over references for one."""
    found = choices(offers)
    if not isinstance(chosen, str) or any(c.name == chosen for c in found):
        return found
    return (*found, Choice(chosen, label_of(design.model, design.entity, chosen, design.language)))


def label_of(model: Model, entity: Entity | None, path: str, language: str) -> str:
    """Return what a path is called, every step of it; the path itself when it leads nowhere."""
    fields = find_path(model, entity, path) if entity is not None else None
    return " · ".join(f.label.show(language) for f in fields) if fields else path

"""The types that a view can have: which work with an entity, why others do not, and what choosing one says of it."""

from __future__ import annotations

from tenon.metamodel.labels import Text, say
from tenon.ui.backend.designers.base import Design, Json
from tenon.ui.backend.designers.listed import fitting
from tenon.ui.backend.views import TYPES
from tenon.ui.design_shapes import Pick

ORDER = ("list", "board", "calendar", "gallery", "tree", "timeline", "gantt")
NEEDS: dict[str, tuple[str, str, str, Text]] = {
    "board": ("board", "by", "lane", say("Needs a choice, a stage, a person or a yes-or-no field.", "需要单选、阶段、人员或是非字段。")),
    "calendar": ("calendar", "from", "day", say("Needs a date.", "需要日期字段。")),
    "timeline": ("calendar", "from", "day", say("Needs a date.", "需要日期字段。")),
    "gantt": ("calendar", "from", "day", say("Needs a date.", "需要日期字段。")),
    "tree": ("tree", "parent", "parent", say("Needs a reference to the same records.", "需要指向同一对象的引用字段。")),
}
"""By type: the part of the document that it reads, the attribute in it, which fields fit there, and what is missing when none does."""


def types_of(design: Design) -> tuple[Pick, ...]:
    """Return every type: what chooses it, or why it cannot be chosen."""
    now = design.json.get("type", "list")
    return tuple(_pick(design, name, is_on=name == now) for name in ORDER if name in TYPES)


def _pick(design: Design, name: str, *, is_on: bool) -> Pick:
    kind = TYPES[name]
    label, operations = kind.LABEL.show(design.language), [{"op": "set", "at": "/type", "value": name}]
    if name in NEEDS:
        part, key, fits, missing = NEEDS[name]
        known: Json = design.json.get(part) or {}
        offers = fitting(design, fits)
        if not known.get(key) and not offers:
            return Pick(label, kind.ICON, (), is_on, missing.show(design.language))
        if not known.get(key):
            operations.insert(0, {"op": "set", "at": f"/{part}/{key}", "value": _first(design, fits, [n for n, _, _ in offers])})
    return Pick(label, kind.ICON, () if is_on else tuple(operations), is_on)


def _first(design: Design, fits: str, names: list[str]) -> str:
    """Return the field that says most: a stage before a choice before a person, days of one's own before those of the system."""
    fields = [design.entity.fields[n] for n in names] if design.entity else []
    kinds = ("stage", "choice", "boolean")
    ranked = sorted(fields, key=lambda f: (f.origin == "system", kinds.index(f.spec.type) if fits == "lane" and f.spec.type in kinds else len(kinds)))
    return ranked[0].name



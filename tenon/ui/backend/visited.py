"""Records that somebody looked at lately: the browser keeps which, and their titles are read anew with the reader's rights."""

from __future__ import annotations

from tenon.ui.backend.base import View
from tenon.ui.backend.home import titles_of
from tenon.ui.shapes import Found

MOST = 12


def visited(view: View, kept: str) -> list[Found]:
    """Return the records that a browser's cookie names as ``entity/id``, the last first, as far as the reader may see them."""
    wanted: dict[tuple[str, str], None] = {}
    for part in kept.split(",")[:MOST]:
        name, _, id = part.partition("/")
        if name and len(id) == 36:
            wanted[name, id.lower()] = None
    titles: dict[tuple[str, str], str] = {}
    for name in dict.fromkeys(name for name, _ in wanted):
        entity = view.model.entities.get(name)
        if entity is None or entity.is_system or not view.rights.may(entity, "read"):
            continue
        found = titles_of(view, entity, [id for other, id in wanted if other == name])
        titles |= {(name, id): title for id, title in found.items()}
    shown = [(view.model.entities[name], id, titles[name, id]) for name, id in wanted if (name, id) in titles]
    return [Found(title, f"/records/{e.name}/{id}", e.icon or "table-2", e.label.show(view.language)) for e, id, title in shown]

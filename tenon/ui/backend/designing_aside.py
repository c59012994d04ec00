"""What is added to an entity that an app brought: it goes into an extension of the workspace, which every upgrade of the app leaves alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tenon.engine.releases import steps
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity
from tenon.metamodel.names import propose_name
from tenon.ui.backend.base import View
from tenon.ui.backend.drafted import drafted

ADDED = ("fields", "checks")


def add_beside(view: View, kind: str, name: str, operations: Sequence[Mapping[str, Any]]) -> str | None:
    """Put fields and checks that would be added to an app's entity into the extension of one's own, made when there is none, as one step.

    Returns the address of its designer with what was added; None when the operations are the document's own. Raises Invalid, Forbidden.
    """
    if kind != "entity" or not operations or any(o.get("op") != "insert" or o.get("at") not in {f"/{place}" for place in ADDED} for o in operations):
        return None
    model, connection = drafted(view), view.uow.connection
    entity = model.entities.get(name)
    if entity is None or not entity.app:
        return None
    own = next((d for d in model.extensions_of(entity.id) if not d.app), None)
    if own is None:
        first = _first(entity, propose_name(f"{entity.name}_own", {d.name for d in model.all("extension")}), operations)
        done = steps.begin(connection, view.ctx, view.model, "extension", first["name"], first, now=view.uow.now)
        before: set[str] = set()
    else:
        before = _ids(steps.look(connection, view.ctx, view.model, "extension", own.name).document)
        plain = [{"op": "insert", "at": o["at"], "value": o.get("value")} for o in operations]
        done = steps.operate(connection, view.ctx, view.model, "extension", own.name, plain, now=view.uow.now)
    made = next((i for i in (item["id"] for place in ADDED for item in done.document.get(place, ())) if i not in before), "")
    return f"/design/extension/{done.document['name']}?item={made}"


def _first(entity: Entity, name: str, operations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the extension that begins with what is added."""
    added = {place: [o.get("value") for o in operations if o["at"] == f"/{place}"] for place in ADDED}
    label = say("{name}, our own", "{name}（自有）", name=entity.label)
    return {"kind": "extension", "name": name, "label": label.to_json(), "entity": entity.name, **added}


def _ids(document: Mapping[str, Any]) -> set[str]:
    return {item["id"] for place in ADDED for item in document.get(place, ())}

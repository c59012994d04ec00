"""What removing the sample records of an app is about, in words."""

from __future__ import annotations

from collections.abc import Sequence

from tenon.engine.apps.sample_removal import sample_records
from tenon.metamodel.model import Entity
from tenon.ui.app_shapes import EditedSample, SamplesShown
from tenon.ui.backend.base import View
from tenon.ui.backend.home import titles_of

MOST_EDITED = 8


def shown(view: View, app: str) -> SamplesShown:
    """Return the sample records of an app as the page of apps shows them. Raises Forbidden, NotFound."""
    found, language = sample_records(view.uow, view.ctx, app), view.language
    return SamplesShown(
        app, found.total, tuple((e.plural.show(language), count) for e, count in sorted(found.counts, key=lambda each: -each[1])), len(found.edited),
        _first(view, found.edited[:MOST_EDITED]),
        tuple((e.plural.show(language), count) for e, count in found.along), found.own, found.cleared,
        tuple(p.message.show(language) for p in found.held),
    )  # fmt: skip


def _first(view: View, edited: Sequence[tuple[Entity, str]]) -> tuple[EditedSample, ...]:
    """Return records that people changed with their titles, as far as who asks may see them."""
    by_entity: dict[str, list[str]] = {}
    for entity, id in edited:
        by_entity.setdefault(entity.id, []).append(id)
    titles = {e: titles_of(view, view.model.entities_by_id[e], ids) for e, ids in by_entity.items()}
    return tuple(
        EditedSample(entity.label.show(view.language), titles[entity.id][id], f"/records/{entity.name}/{id}") for entity, id in edited if id in titles[entity.id]
    )

"""A table: groups with their measures and totals, or, without either, a list of records."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from tenon.engine.query.pages import Ask, page
from tenon.engine.query.paths import find_path
from tenon.engine.reports.asked import Asked
from tenon.engine.reports.gaps import fill
from tenon.engine.reports.seeing import lens_of, question_of, score_of
from tenon.engine.reports.shape import options_of, part_of, table
from tenon.engine.reports.types.base import Answers
from tenon.engine.scores.losses import losses
from tenon.metamodel.labels import say

SHOWN, MOST = 10, 100


class Table(Answers):
    """Groups and measures, with totals unless ``options.totals`` is false; ``options.columns`` are the fields of a list of records.

    With ``options.losses``, the name of a score, a last column says on which measure each record loses most of it.
    """

    types: ClassVar[tuple[str, ...]] = ("table",)

    def answer(self, asked: Asked) -> dict[str, Any]:
        """Return rows with totals; of a list also ``records``, the id behind each row, and their ``count``."""
        if not asked.query.group_by and not asked.query.measures:
            return _records(asked)
        lens = lens_of(asked)
        return table(asked, fill(asked, asked.find(question_of(asked, totals=asked.truth("totals", default=True)), lens), lens))


def _records(asked: Asked) -> dict[str, Any]:
    entity, rights = asked.entity, asked.rights
    named = asked.body.options.get("columns")
    paths = [str(c["field"]) if isinstance(c, dict) and "field" in c else str(c) for c in named] if isinstance(named, list) else []
    selected = [find_path(rights, entity, path, "options/columns") for path in paths or [entity.title or "id"]]
    limit = min(asked.query.limit or SHOWN, MOST)
    condition = asked.filter()
    ask = Ask([condition] if condition else [], list(asked.query.sort), [s.key for s in selected], limit, count="capped", unsure_last=True)
    found = page(asked.uow, asked.ctx, entity, ask)
    language = asked.ctx.language
    columns = [{"name": s.key, "label": s.field.label.show(language), "type": s.field.type.kind} for s in selected]
    details = [{"field": s.key, "kind": s.field.spec.type, **part_of(s.field)} | _options(s, language) for s in selected]
    shown: dict[str, Any] = {
        "columns": columns, "rows": [[record.get(s.key) for s in selected] for record in found.records], "details": details,
        "records": [record["id"] for record in found.records], "count": found.count, "title": entity.title,
    }  # fmt: skip
    if asked.option("losses"):
        _add_losses(asked, shown)
    return shown | ({"more": True} if found.next else {})


def _add_losses(asked: Asked, shown: dict[str, Any]) -> None:
    language = asked.ctx.language
    lost = losses(asked.uow, asked.rights, score_of(asked, "losses"), shown["records"], language)
    shown["columns"].append({"name": "losses", "label": say("Loses most on", "失分最多").show(language), "type": "text"})
    shown["details"].append({"field": "losses", "kind": "text"})
    for id_, row in zip(shown["records"], shown["rows"], strict=True):
        label, points = lost.get(id_, (None, Decimal(0)))
        row.append(f"{label} −{points.quantize(Decimal(1))}" if label else None)


def _options(selected: Any, language: str) -> dict[str, Any]:
    options = options_of(selected.field.spec, language)
    type_ = selected.field.type
    return ({"options": options} if options else {}) | ({"currency": type_.currency} if type_.currency else {}) | ({"scale": type_.scale} if type_.scale is not None else {})

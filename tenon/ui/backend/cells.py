"""Values of records as the pages show them: canonical, with links, files and scores in place of ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from tenon.engine.query.paths import Selected, find_path
from tenon.metamodel.errors import Invalid
from tenon.metamodel.fields.region import region_name
from tenon.metamodel.labels import Text
from tenon.metamodel.model import Entity, Field as ModelField
from tenon.platform.api.records import shown_path
from tenon.ui.backend.base import View
from tenon.ui.record_shapes import Fact
from tenon.ui.shapes import Choice, Field, FileMark, Link, ScoreMark

NOT_SHOWN = frozenset({"id", "version", "source", "deleted_at"})
_FORMULAS = {
    "boolean": "boolean", "date": "date", "datetime": "datetime", "time": "time", "duration": "duration", "text": "text",
    "choice": "choice", "choices": "choices", "references": "references", "list": "tags", "json": "json", "file": "file",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column of an answer: how it is shown, the path it is read from, and for a score the paths of its band and its trend."""

    field: Field
    selected: Selected
    band: str | None = None
    trend: str | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """Everything that has to be asked for; for a score also its band and its trend."""
        return tuple(path for path in (self.selected.key, self.band, self.trend) if path is not None)

    @property
    def is_masked(self) -> bool:
        """True when the reader sees only that there is a value."""
        return self.selected.state == "masked"

    def value(self, view: View, record: Mapping[str, Any]) -> Any:
        """Return the value of a record's cell; None when it is empty or not for this reader."""
        raw = record.get(self.selected.key)
        if self.is_masked:
            return raw
        if self.field.type == "score":
            return self._score(record, raw)
        return to_shown(view, self.selected.field, raw)

    def _score(self, record: Mapping[str, Any], raw: Any) -> ScoreMark | None:
        band = next((o for o in self.field.options if self.band is not None and o.name == record.get(self.band)), None)
        change = record.get(self.trend) if self.trend is not None else None
        return None if raw is None and band is None else ScoreMark(raw, band, change, is_unsure=self.band is not None and band is None)

    def fact(self, view: View, record: Mapping[str, Any]) -> Fact:
        """Return the value with its field."""
        return Fact(self.field, self.value(view, record), self.is_masked and record.get(self.selected.key) is not None)


def path_name(view: View, entity: Entity, path: str) -> str:
    """Return a stored path, or one in names, in names."""
    return shown_path(entity, view.uow, path)


def column_of(view: View, entity: Entity, path: str, label: Text | None = None) -> Column | None:
    """Return the column of a path in names; None when the reader has no such column."""
    try:
        selected = find_path(view.rights, entity, path, "columns")
    except Invalid:
        return None
    return make_column(view, selected, label)


def make_column(view: View, selected: Selected, label: Text | None = None) -> Column:
    """Return how a path is shown; a score comes with its band and its change."""
    field, language = selected.field, view.language
    is_sortable = field.spec.is_sortable and not field.is_to_many and selected.state in ("full", "partly")
    shown = label or field.label
    if selected.state == "masked":
        return Column(Field(selected.key, shown.show(language)), selected)
    if field.score and field.part == "score":
        return _score_column(view, selected, shown, is_sortable=is_sortable)
    made = Field(
        selected.key,
        shown.show(language),
        type_of(field),
        options_of(view, field),
        field.type.currency,
        scale_of(field),
        is_sortable,
        field.spec.help.show(language) if field.spec.help else None,
    )
    return Column(made, selected)


def _score_column(view: View, selected: Selected, label: Text, *, is_sortable: bool) -> Column:
    parts = {f.part: f for f in selected.entity.fields.values() if f.score == selected.field.score}
    head = selected.key.rpartition(".")
    prefix = f"{head[0]}." if head[1] else ""
    band, trend = (f"{prefix}{parts[part].name}" if view.rights.may_read(selected.entity, parts[part]) else None for part in ("band", "trend"))
    options = options_of(view, parts["band"])
    return Column(Field(selected.key, label.show(view.language), "score", options, is_sortable=is_sortable), selected, band, trend)


def type_of(field: ModelField) -> str:
    """Return the type by which templates choose how a value looks."""
    if not field.is_formula:
        return field.spec.type
    kind = field.type.kind
    if kind == "number":
        return "money" if field.type.currency else "percent" if field.spec.is_share else "decimal"
    if kind == "reference":
        return {"user": "user", "unit": "unit"}.get(field.type.entity or "", "reference")
    return _FORMULAS.get(kind, "text")


def scale_of(field: ModelField) -> int | None:
    """Return the decimals to show; for a rating the most stars; None for as many as there are."""
    if field.spec.type == "rating":
        return int(field.spec.max)  # type: ignore[attr-defined]
    return field.type.scale if type_of(field) == "money" else None


def options_of(view: View, field: ModelField) -> tuple[Choice, ...]:
    """Return the options of a choice, or those of the field that a formula takes its value from."""
    source = field
    if field.is_formula and field.type.source:
        source = next((f for e in view.model.entities.values() if (f := e.fields_by_id.get(field.type.source))), field)
    return tuple(Choice(o.name, o.title().show(view.language), o.colour) for o in source.spec.named)


def to_shown(view: View, field: ModelField, raw: Any) -> Any:
    """Return a JSON value of the record API as the templates take it."""
    if raw is None:
        return None
    kind = field.type.kind
    if kind == "date":
        return date.fromisoformat(raw)
    if kind == "datetime":
        return datetime.fromisoformat(raw)
    if kind == "time":
        return time.fromisoformat(raw)
    if kind == "file":
        return FileMark(raw["id"], raw["name"] or "", raw["size"] or 0, raw["type"] or "", raw["url"] or "#")
    if kind == "reference" and isinstance(raw, Mapping):
        return to_link(view, field, raw)
    if kind == "references":
        return tuple(to_link(view, field, one) if isinstance(one, Mapping) else Link(one, one) for one in raw) or None
    if field.spec.type == "region":
        return region_name(raw["code"]).show(view.language)
    if field.spec.has_numbers and isinstance(raw, str):
        return view.fmt.numbers_in(raw)
    return tuple(raw) or None if isinstance(raw, list) and kind in ("choices", "list") else raw


def to_link(view: View, field: ModelField, raw: Mapping[str, Any]) -> Link:
    """Return a reference as a link; without a title the reader may not see the record."""
    target = raw.get("entity") or field.type.entity
    far = view.model.find_entity(target) if target and target not in ("user", "unit") else None
    title = raw.get("title")
    if title is None:
        return Link(raw["id"], Text("not visible", "不可见").show(view.language) if far else "–")
    return Link(raw["id"], str(title), far.name if far else None)


def columns_of(view: View, entity: Entity, paths: Sequence[str]) -> list[Column]:
    """Return the columns of the paths that the reader may see."""
    found = (column_of(view, entity, path) for path in dict.fromkeys(paths))
    return [column for column in found if column is not None]


def asked_paths(view: View, entity: Entity, columns: Sequence[Column]) -> list[str]:
    """Return what to ask for so that all columns and the title can be shown."""
    paths = [path for column in columns for path in column.paths]
    return list(dict.fromkeys([*title_path(view, entity), *paths]))


def all_columns(view: View, entity: Entity) -> list[Column]:
    """Return every column a list of the entity can have: scores as one, the system's at the end."""
    of, known = view.found.get(("columns", entity.id), (None, ()))
    if of is not entity:
        known = tuple(_every_column(view, entity))
        view.found[("columns", entity.id)] = entity, known
    return list(known)


def _every_column(view: View, entity: Entity) -> list[Column]:
    fields = [f for f in entity.fields.values() if f.name not in NOT_SHOWN and f.part in (None, "score")]
    ordered = sorted(fields, key=lambda f: (f.name != entity.title, f.origin == "system"))
    return columns_of(view, entity, [f.name for f in ordered if view.rights.state(entity, f) != "hidden"])


def title_of(view: View, entity: Entity, record: Mapping[str, Any]) -> str:
    """Return the title of a record; its kind and the end of its id when it has none."""
    value = record.get(entity.title) if entity.title else None
    if isinstance(value, Mapping):
        value = value.get("title") or value.get("name")
    if value in (None, ""):
        return f"{entity.label.show(view.language)} {str(record['id'])[-6:]}"
    if entity.title:
        value = next((o.title().show(view.language) for o in entity.fields[entity.title].spec.named if o.name == value), value)
    return str(value.normalize() if isinstance(value, Decimal) else value)


def title_path(view: View, entity: Entity) -> list[str]:
    """Return the path of the title, when the reader may see it."""
    title = entity.fields.get(entity.title) if entity.title else None
    return [title.name] if title is not None and view.rights.state(entity, title) != "hidden" else []

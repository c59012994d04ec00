"""A record on its way through a form: what is stored, what was typed, and what its conditions say of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tenon.engine.evaluate import fit
from tenon.engine.facts import value_of
from tenon.engine.live_facts import LiveFacts, TypedRows
from tenon.engine.query.paths import Selected
from tenon.engine.records.rules import compiled
from tenon.metamodel.document import Document
from tenon.metamodel.fields.base import Lookup
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field, Relation
from tenon.ui.backend.base import View
from tenon.ui.backend.cells import column_of, path_name
from tenon.ui.backend.typed import to_canonical
from tenon.ui.work import FormText

WIDE = frozenset({"long_text", "rich_text", "address", "json", "choices"})
FULL, HALF = 2, 1
COMPUTED = ("computed", "autonumber")
NOTHING: tuple[Any, ...] = (None, "", [], ())


@dataclass(frozen=True)
class Item:
    """A field on a form, as its document or the entity has it."""

    field: Field
    width: int = HALF
    label: str | None = None
    help: str | None = None
    required: bool = False
    read_only: bool = False
    choices_where: str | None = None


@dataclass(frozen=True)
class TableItem:
    """Rows of a to-many relation on a form: the field that leads here, and the columns; ``told`` are paths over references at their places."""

    name: str
    relation: Relation
    entity: Entity
    link: Field
    columns: tuple[Field, ...]
    told: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Laid:
    """A visible section with its visible items; ``index`` is its position in the document, None for one that was made."""

    section: Any
    items: list[Item | FormText | TableItem]
    index: int | None = None


class Draft:
    """A record on its way through a form. ``form`` names the chosen form of several; ``document`` is the only one there is."""

    prefix = ""
    is_public = False

    def __init__(
        self, view: View, entity: Entity, id: str | None, stored: Mapping[str, Any], typed: Mapping[str, Any] | None,
        readable: frozenset[str] | None = None, *, form: str | None = None, document: Document | None = None,
    ) -> None:  # fmt: skip
        self.view, self.entity, self.id, self.stored, self.readable = view, entity, id, stored, readable
        self.typed = dict(typed or {})
        self.rows: dict[str, list[RowDraft]] = {}
        self._facts: LiveFacts | None = None
        self.values: dict[str, Any] = {**stored, "id": id}
        self.proposed: set[str] = set()
        self.defaults = self._defaults() if id is None else {}
        self.values.update({n: v for n, v in self.defaults.items() if n not in self.typed})
        for name, raw in self.typed.items():
            field = entity.fields.get(name)
            if field is not None:
                value = to_canonical(view, field, raw)
                self.values[name] = None if isinstance(value, Lookup) else value
        self.fitting = [document] if document is not None else self._fitting()
        self.document = next((d for d in self.fitting if d.name == form), next(iter(self.fitting), None))
        if self.document is not None and id is None:
            self._take_defaults(self.document)

    @cached_property
    def sections(self) -> list[Laid]:
        """The visible sections with their visible items; read once the rows are there."""
        return self._described() if self.document is not None else self._generated()

    @property
    def action(self) -> str:
        """The right that saving needs."""
        return "create" if self.id is None else "update"

    def _defaults(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        user = self.view.ctx.user
        for field in self.entity.fields.values():
            if field.is_written and field.spec.default is not None:
                found[field.name] = self._value(field, field.spec.default, found)
        return {**found, "owner": user.id if user else None, "unit": user.unit if user else None}

    def _value(self, field: Field, text: str, values: Mapping[str, Any]) -> Any:
        """Return the value of a default, as the field holds it."""
        uow = self.view.uow
        expression = compiled(uow, self.entity, text, "default")
        value = value_of(uow, expression, LiveFacts(uow, self.view.ctx.user, self.entity, values), self.view.ctx.user)
        return fit(value, field.type) if not isinstance(value, float) else to_canonical(self.view, field, str(value))

    def _take_defaults(self, document: Document) -> None:
        """Fill in what the form itself proposes."""
        for section in document.body.sections:
            for item in section.items:
                field = self.entity.find_field(item.field) if getattr(item, "default", None) is not None else None
                if field is not None and field.name not in self.typed:
                    self.defaults[field.name] = self.values[field.name] = self._value(field, item.default, self.values)
                    self.proposed.add(field.name)
        self._facts = None

    def take_rows(self, rows: Mapping[str, list[RowDraft]]) -> None:
        """Take the rows of the tables, before anything is asked of the sections."""
        self.rows = dict(rows)
        self._facts = None

    @property
    def facts(self) -> LiveFacts:
        """The record as it would be."""
        if self._facts is None:
            self._facts = self._make_facts()
        return self._facts

    def _make_facts(self) -> LiveFacts:
        typed = {}
        for item in self.table_items if self.rows else ():
            rows = self.rows.get(item.name, [])
            held = frozenset(row.id for row in rows if row.id is not None)
            typed[item.relation.id] = TypedRows([r.values for r in rows if not r.is_gone and not r.is_blank], held)
        uow = self.view.uow
        return LiveFacts(uow, self.view.ctx.user, self.entity, self.values, dict(self.stored) or None, rows=typed)

    def holds(self, condition: str | bool | None, *, absent: bool) -> bool:
        """Return whether a condition holds for the record as it would be; ``absent`` when there is none."""
        if condition is None or isinstance(condition, bool):
            return absent if condition is None else condition
        return bool(value_of(self.view.uow, compiled(self.view.uow, self.entity, condition, "value", "boolean"), self.facts, self.view.ctx.user))

    def _fitting(self) -> list[Document]:
        """Return the forms whose condition holds for who writes; those for outsiders are not for here."""
        forms = [d for d in self.view.model.all("form") if d.body.entity == self.entity.id and d.body.public is None]
        return [d for d in forms if self.holds(d.body.use_when, absent=True)]

    @cached_property
    def table_items(self) -> list[TableItem]:
        """The tables of the form that this person may see, visible or not."""
        sections = self.document.body.sections if self.document is not None else ()
        items = [item for section in sections for item in section.items if hasattr(item, "table")]
        return [found for item in items if (found := self._table(item)) is not None]

    def _table(self, item: Any) -> TableItem | None:
        """Return a table of rows that point here, with the columns this person may see."""
        view, relation = self.view, self.entity.find_relation(item.table)
        far = view.model.find_entity(relation.far_id) if relation is not None else None
        if relation is None or far is None or not relation.is_reverse or relation.is_links or far.is_system or not view.rights.may(far, "read"):
            return None
        link = far.fields_by_id[relation.field_id]
        shown = [path for path in item.columns if column_of(view, far, path_name(view, far, path)) is not None]
        columns = tuple(f for path in shown if (f := far.find_field(path)) is not None)
        told = tuple((at, path_name(view, far, path)) for at, path in enumerate(shown) if far.find_field(path) is None)
        is_whole = bool(columns) and view.rights.may_read(far, link)
        return TableItem(relation.name, relation, far, link, columns, told) if is_whole else None

    def _described(self) -> list[Laid]:
        """Return the visible sections of the form document with their visible items."""
        assert self.document is not None
        sections = []
        for index, section in enumerate(self.document.body.sections):
            if not self.holds(section.visible, absent=True):
                continue
            items = [made for item in section.items if self.holds(item.visible, absent=True) if (made := self._item(item)) is not None]
            if items:
                sections.append(Laid(section, items, index))
        return sections

    def _item(self, item: Any) -> Item | FormText | TableItem | None:
        language = self.view.language
        if hasattr(item, "text"):
            return FormText(item.text.show(language), item.width)
        if hasattr(item, "table"):
            relation = self.entity.find_relation(item.table)
            return next((t for t in self.table_items if relation is not None and t.relation is relation), None)
        field = self.entity.find_field(item.field)
        if field is None or not self.shows(field):
            return None
        label, help = (t.show(language) if t else None for t in (item.label, item.help))
        required, read_only = self.holds(item.required, absent=False), self.holds(item.read_only, absent=False)
        return Item(field, item.width, label, help, required, read_only, item.choices_where)

    def shows(self, field: Field) -> bool:
        """True for a field that this person sees, on this very record."""
        return self.view.rights.state(self.entity, field) != "hidden" and (self.readable is None or field.name in self.readable)

    def _generated(self) -> list[Laid]:
        """Return one section with every field that people write, and one with who looks after the record."""
        fields = [f for f in self.entity.fields.values() if self.shows(f)]
        own = [f for f in fields if f.is_written and not (self.id is None and f.spec.input in COMPUTED)]
        title = [f for f in own if f.name == self.entity.title]
        ordered = [*title, *[f for f in own if f not in title]]
        items: list[Item | FormText | TableItem] = [Item(f, FULL if f.spec.type in WIDE or f in title else HALF) for f in ordered]
        whose: list[Item | FormText | TableItem] = [Item(f) for f in fields if f.name in ("owner", "unit")]
        return [Laid(None, items), *([Laid("whose", whose)] if whose else [])]

    def items(self) -> list[Item]:
        """Return the visible fields in their order."""
        return [item for laid in self.sections for item in laid.items if isinstance(item, Item)]

    def tables(self) -> list[TableItem]:
        """Return the visible tables in their order."""
        return [item for laid in self.sections for item in laid.items if isinstance(item, TableItem)]

    def is_read_only(self, item: Item) -> bool:
        """True when this person does not write the field here."""
        field, rights = item.field, self.view.rights
        writable = field.is_written or field.name in ("owner", "unit")
        may = rights.may_write(self.entity, field, self.action) and rights.state(self.entity, field) != "masked"
        return item.read_only or field.spec.read_only or not writable or not may

    def is_required(self, item: Item) -> bool:
        """True when the record cannot be saved without the field: by the entity, the form, or the move of a stage."""
        return item.field.spec.required or item.required or item.field.name in self.moving

    @cached_property
    def moving(self) -> frozenset[str]:
        """The fields that the moves of stages chosen here ask for."""
        found: set[str] = set()
        for stage in self.entity.asking.with_moves if self.id is not None else ():
            old, new = self.stored.get(stage.name), self.values.get(stage.name)
            for move in stage.spec.moves if old != new else ():  # type: ignore[attr-defined]
                if move.to == new and ("*" in move.starts_from() or old in move.starts_from()):
                    found |= {f.name for key in move.requires if (f := self.entity.find_field(key)) is not None}
        return frozenset(found)

    def live(self, field: Field) -> Any:
        """Return the canonical value of a field as it would be; a formula follows what was typed."""
        is_known = self.id is not None and not self.typed
        return self.facts.computed(field) if field.is_formula and not is_known else self.values.get(field.name)

    def selected(self, field: Field) -> Selected:
        """Return a field as a column of an answer."""
        return Selected(field.name, (), field, self.entity, self.view.rights.state(self.entity, field))


class RowDraft(Draft):
    """A row of a table on a form. ``key`` names it in the names of inputs; ``is_gone`` when it is to be deleted.

    ``lost`` is the id of the stored row that it was, when somebody else deleted that since.
    """

    def __init__(
        self, parent: Draft, item: TableItem, key: str, id: str | None, stored: Mapping[str, Any], typed: Mapping[str, Any] | None,
        readable: frozenset[str] | None = None, *, version: int | None = None, is_gone: bool = False, lost: str | None = None,
    ) -> None:  # fmt: skip
        self.parent, self.item, self.key, self.is_gone, self.lost = parent, item, key, is_gone, lost
        self.prefix = f"{item.name}.{key}."
        super().__init__(parent.view, item.entity, id, stored, typed, readable)
        self.values[item.link.name] = parent.id
        self._facts = None
        self.version = version if version is not None else stored.get("version")

    def _make_facts(self) -> LiveFacts:
        view, link = self.view, self.item.link.id
        return LiveFacts(view.uow, view.ctx.user, self.entity, self.values, dict(self.stored) or None, parent=self.parent.facts, link=link)

    @property
    def is_blank(self) -> bool:
        """True for a new row in which nothing was filled in: it is not saved."""
        if self.id is not None:
            return False
        written = [f.name for f in self.item.columns if f.is_written]
        return all(self.values.get(n) == self.defaults.get(n) or self.typed.get(n) in NOTHING for n in written)

    @property
    def is_changed(self) -> bool:
        """True when something else was typed than what is stored."""
        return any(self.values.get(name) != self.stored.get(name) for name in self.typed)

    def _fitting(self) -> list[Document]:
        return []

    def _generated(self) -> list[Laid]:
        return [Laid(None, [Item(field) for field in self.item.columns])]

    def title(self) -> str:
        """Return what a row is called aloud."""
        return say("Row {n}", "第 {n} 行", n=self.parent.rows[self.item.name].index(self) + 1).show(self.view.language)

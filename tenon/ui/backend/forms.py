"""Forms: from the form document of an entity or made from its fields; conditions are evaluated here, on what was typed so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenon.engine.facts import RecordFacts, value_of
from tenon.engine.query.pages import get
from tenon.engine.query.paths import Selected
from tenon.engine.query.shaping import Titles
from tenon.engine.records.rules import compiled
from tenon.engine.records.save import allowed_ids
from tenon.engine.records.stored import load
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Forbidden, Problem
from tenon.metamodel.fields.base import Lookup
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.cells import make_column, options_of, title_of, title_path, to_shown
from tenon.ui.backend.typed import plain_number, to_canonical, to_input
from tenon.ui.work import Form, FormField, FormSection, FormText

WIDE = frozenset({"long_text", "rich_text", "address", "json", "choices"})
FULL, HALF = 2, 1
COMPUTED = ("computed", "autonumber")


def form(view: View, entity: str, id: str | None, values: Mapping[str, Any] | None) -> Form:
    """Return the form for a new record or a record; ``values`` (raw, by field) are what was typed so far."""
    return draft_of(view, entity, id, values).form()


def draft_of(view: View, entity: str, id: str | None, values: Mapping[str, Any] | None) -> Draft:
    """Return a record on its way through a form. Raises NotFound, Forbidden."""
    found = view.entity(entity, "create" if id is None else "update")
    stored: dict[str, Any] = {}
    readable = None
    if id is not None:
        id = id_of(id)
        readable = frozenset(get(view.uow, view.ctx, found, id))
        stored = load(view.uow, found, [id]).get(id, {})
        allowed = allowed_ids(view.uow, view.rights, found, [id], "update", [])
        if allowed is not None and id not in allowed:
            raise Forbidden(
                Problem(
                    "", "forbidden", say("You may not change this record.", "您无权修改该记录。"), say("Ask its owner.", "请联系负责人。")
                )
            )
    return Draft(view, found, id, stored, values, readable)


@dataclass(frozen=True)
class Item:
    """A field on a form, as its document or the entity has it."""

    field: Field
    width: int = HALF
    label: str | None = None
    help: str | None = None
    required: bool = False
    read_only: bool = False


class Draft:
    """A record on its way through a form: what is stored, what was typed, and what its conditions say of both."""

    def __init__(
        self, view: View, entity: Entity, id: str | None, stored: Mapping[str, Any], typed: Mapping[str, Any] | None,
        readable: frozenset[str] | None = None,
    ) -> None:  # fmt: skip
        self.view, self.entity, self.id, self.stored, self.readable = view, entity, id, stored, readable
        self.typed = dict(typed or {})
        self.values: dict[str, Any] = {**stored, "id": id}
        self.defaults = self._defaults() if id is None else {}
        self.values.update({n: v for n, v in self.defaults.items() if n not in self.typed})
        for name, raw in self.typed.items():
            field = entity.fields.get(name)
            if field is not None:
                value = to_canonical(view, field, raw)
                self.values[name] = None if isinstance(value, Lookup) else value
        self.document = self._document()
        self.sections = self._described() if self.document is not None else self._generated()

    def _defaults(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for field in self.entity.fields.values():
            if field.is_written and field.spec.default is not None:
                expression = compiled(self.view.uow, self.entity, field.spec.default, "default")
                found[field.name] = value_of(self.view.uow, expression, RecordFacts(self.view.uow, self.entity, found), self.view.ctx.user)
        user = self.view.ctx.user
        return {**found, "owner": user.id if user else None, "unit": user.unit if user else None}

    def holds(self, condition: str | bool | None, *, absent: bool) -> bool:
        """Return whether a condition holds for the record as it would be; ``absent`` when there is none."""
        if condition is None:
            return absent
        if isinstance(condition, bool):
            return condition
        uow = self.view.uow
        expression = compiled(uow, self.entity, condition, "value", "boolean")
        return bool(value_of(uow, expression, RecordFacts(uow, self.entity, self.values, self.stored or None), self.view.ctx.user))

    def _document(self) -> Document | None:
        """Return the first form whose condition holds for who writes."""
        for found in self.view.model.all("form"):
            if found.body.entity == self.entity.id and self.holds(found.body.use_when, absent=True):
                return found
        return None

    @property
    def is_live(self) -> bool:
        """True when a change of one field may show, hide or require another."""
        for section in self.document.body.sections if self.document is not None else ():
            if section.visible is not None or any(
                getattr(i, a, None) is not None for i in section.items for a in ("visible", "required", "read_only")
            ):
                return True
        return False

    def _described(self) -> list[tuple[Any, list[Item | FormText]]]:
        """Return the visible sections of the form document with their visible items."""
        assert self.document is not None
        sections = []
        for section in self.document.body.sections:
            if not self.holds(section.visible, absent=True):
                continue
            items = [made for item in section.items if self.holds(item.visible, absent=True) if (made := self._item(item)) is not None]
            if items:
                sections.append((section, items))
        return sections

    def _item(self, item: Any) -> Item | FormText | None:
        language = self.view.language
        if hasattr(item, "text"):
            return FormText(item.text.show(language), item.width)
        field = self.entity.find_field(item.field) if hasattr(item, "field") else None
        if field is None or not self._is_shown(field):
            return None
        label, help = (t.show(language) if t else None for t in (item.label, item.help))
        return Item(
            field, item.width, label, help, self.holds(item.required, absent=False), self.holds(item.read_only, absent=False),
        )  # fmt: skip

    def _is_shown(self, field: Field) -> bool:
        """True for a field that this person sees, on this very record."""
        return self.view.rights.state(self.entity, field) != "hidden" and (self.readable is None or field.name in self.readable)

    def _generated(self) -> list[tuple[Any, list[Item | FormText]]]:
        """Return one section with every field that people write, and one with who looks after the record."""
        fields = [f for f in self.entity.fields.values() if self._is_shown(f)]
        own = [f for f in fields if f.is_written and not (self.id is None and f.spec.input in COMPUTED)]
        title = [f for f in own if f.name == self.entity.title]
        ordered = [*title, *[f for f in own if f not in title]]
        items: list[Item | FormText] = [Item(f, FULL if f.spec.type in WIDE or f in title else HALF) for f in ordered]
        whose: list[Item | FormText] = [Item(f) for f in fields if f.name in ("owner", "unit")]
        return [(None, items), *([("whose", whose)] if whose else [])]

    def form(self) -> Form:
        """Return the form as its page shows it."""
        view, language = self.view, self.view.language
        titles = self._titles()
        sections = []
        for section, items in self.sections:
            made = tuple(item if isinstance(item, FormText) else self._input(item, titles) for item in items)
            label = say("Looked after by", "归属").show(language) if section == "whose" else None
            label = section.label.show(language) if getattr(section, "label", None) else label
            sections.append(FormSection(label, made, getattr(section, "columns", 2)))
        title = None
        if self.id is not None:
            names = title_path(view, self.entity)
            title = title_of(view, self.entity, {"id": self.id, **{n: self.stored.get(n) for n in names}})
        return Form(
            self.entity.name, self.entity.label.show(language), self.entity.plural.show(language), self.entity.icon or "table-2",
            tuple(sections), self.id, title, self.stored.get("version"), self.is_live,
        )  # fmt: skip

    def items(self) -> list[Item]:
        """Return the visible fields in their order."""
        return [item for _, items in self.sections for item in items if isinstance(item, Item)]

    def is_read_only(self, item: Item) -> bool:
        """True when this person does not write the field here."""
        field, rights = item.field, self.view.rights
        writable = field.is_written or field.name in ("owner", "unit")
        may = (
            rights.may_write(self.entity, field, "create" if self.id is None else "update") and rights.state(self.entity, field) != "masked"
        )
        return item.read_only or field.spec.read_only or not writable or not may

    def _titles(self) -> Titles:
        titles = Titles(self.view.uow, self.view.rights)
        for item in self.items():
            titles.want(self.selected(item.field), [self.values.get(item.field.name)])
        titles.fetch()
        return titles

    def selected(self, field: Field) -> Selected:
        """Return a field as a column of an answer."""
        return Selected(field.name, (), field, self.entity, self.view.rights.state(self.entity, field))

    def _input(self, item: Item, titles: Titles) -> FormField:
        field, spec, view = item.field, item.field.spec, self.view
        is_read_only = self.is_read_only(item)
        column = make_column(view, self.selected(field))
        value = None if column.is_masked else self._shown(field, titles)
        if not (is_read_only or spec.input in COMPUTED):
            typed = self.typed.get(field.name)
            keeps_text = isinstance(typed, str) and field.type.kind not in ("reference", "references", "file")
            value = typed if keeps_text else to_input(view, field, value)
        is_required = (spec.required or item.required) and not is_read_only
        options = tuple(o for o in options_of(view, field) if not self._is_retired(field, o.name))
        low, high = (getattr(spec, key, None) for key in ("min", "max"))
        return FormField(
            field.name, item.label or field.label.show(view.language), spec.input, value, is_required, is_read_only,
            item.help or (spec.help.show(view.language) if spec.help else None), item.width, options, field.type.currency, field.type.scale,
            _bound(low), _bound(high), getattr(spec, "max_length", None) or (200 if spec.type == "text" else None), _accept(spec), column.field,
        )  # fmt: skip

    def shown(self, field: Field) -> Any:
        """Return the value of one field as a page shows it."""
        titles = Titles(self.view.uow, self.view.rights)
        titles.want(self.selected(field), [self.values.get(field.name)])
        titles.fetch()
        return self._shown(field, titles)

    def _shown(self, field: Field, titles: Titles) -> Any:
        """Return the value as a page shows it, links with titles."""
        raw = titles.show(self.selected(field), self.values.get(field.name))
        if field.spec.type == "address" or field.spec.type == "json":
            return raw
        if field.spec.type == "region" and isinstance(raw, dict):
            return Region(raw["code"], str(to_shown(self.view, field, raw)))
        return to_shown(self.view, field, raw)

    def _is_retired(self, field: Field, name: str) -> bool:
        found = next((o for o in getattr(field.spec, "options", ()) if o.name == name), None)
        return found is not None and found.retired and self.values.get(field.name) != name


@dataclass(frozen=True)
class Region:
    """A region as a combobox holds it."""

    id: str
    title: str
    entity: None = None


def _bound(value: Any) -> str | None:
    """Return a smallest or largest number as text; bounds of days are expressions and left to the server."""
    if isinstance(value, str) or value is None or isinstance(value, bool):
        return None
    return str(value) if isinstance(value, int) else plain_number(value)


def _accept(spec: Any) -> str | None:
    """Return which files an input offers."""
    types = spec.taken_types() if hasattr(spec, "taken_types") else ()
    return ",".join(t if "/" in t or t.startswith(".") else f".{t}" for t in types) or None

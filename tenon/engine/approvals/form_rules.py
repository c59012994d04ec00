"""What the form of a step asks for and lets one change, held against what was answered: the conditions are those that its page shows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tenon.engine.approvals.journal import Task
from tenon.engine.context import Context
from tenon.engine.facts import value_of
from tenon.engine.live_facts import LiveFacts
from tenon.engine.records.rules import compiled
from tenon.engine.records.stored import load
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.fields.base import BadValue, Lookup
from tenon.metamodel.kinds.form import FormField
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field

NOTHING: tuple[Any, ...] = (None, "", [], ())


def form_of(uow: UnitOfWork, task: Task) -> Document | None:
    """Return the form of a task, None where it has none."""
    return uow.model.find("form", task.form) if task.form else None


def missing(field: Field, label: Text | str | None, value: Any, *, is_of_form: bool) -> Problem | None:
    """Return what is wrong with a field that has to be filled in; one to tick has to be ticked where the form itself asks for it."""
    if field.spec.type == "boolean" and is_of_form and value is not True:
        return Problem(f"/{field.name}", "required", say("{field}: please tick this.", "{field}：请勾选。", field=label or field.label))
    if value not in NOTHING:
        return None
    return Problem(f"/{field.name}", "required", say("{field} is missing.", "缺少{field}。", field=label or field.label), say("Fill it in.", "请填写。"))


def not_for_now(name: str, *, is_shown: bool) -> Problem:
    """Return what is wrong with a value for a field that the form does not show, or shows for reading only."""
    message = say("This step does not let you change it.", "此步骤不允许修改该字段。") if is_shown else say("The form does not show it now.", "表单当前不显示该字段。")
    return Problem(f"/{name}", "read_only", message, say("Leave it out.", "请去掉它。"))


def check_answers(uow: UnitOfWork, ctx: Context, task: Task, data: Mapping[str, Any], allowed: Collection[str], *, is_whole: bool) -> None:
    """Raise Invalid for values that the form of a task does not take as it stands now; ``is_whole``: what it requires has to be there too."""
    form = form_of(uow, task)
    entity = uow.model.find_entity(task.entity)
    if form is None or entity is None:
        return
    record = _Answered(uow, ctx, entity, task.record, data)
    problems = [p for item, is_shown in record.items(form) for p in record.wrong(item, allowed, is_shown=is_shown, is_whole=is_whole)]
    if problems:
        raise Invalid(problems).at("/data")


class _Answered:
    """A record as it would be with what was answered."""

    def __init__(self, uow: UnitOfWork, ctx: Context, entity: Entity, id: str, data: Mapping[str, Any]) -> None:
        self.uow, self.user, self.entity, self.data = uow, ctx.user, entity, data
        self.stored = load(uow, entity, [id]).get(id, {})
        self.bad: dict[str, BadValue] = {}
        self.values: dict[str, Any] = {**self.stored, "id": id}
        for name, raw in data.items():
            self.values[name] = self._clean(entity.fields[name], raw)
        self.facts = self._facts(self.values)

    def items(self, form: Document) -> Iterator[tuple[FormField, bool]]:
        """Yield the fields of a form with whether it shows them now."""
        for section in form.body.sections:
            is_shown = self._holds(section.visible, absent=True)
            for item in section.items:
                if isinstance(item, FormField):
                    yield item, is_shown and self._holds(item.visible, absent=True)

    def wrong(self, item: FormField, allowed: Collection[str], *, is_shown: bool, is_whole: bool) -> Iterator[Problem]:
        """Yield what is wrong with the answer for a field."""
        field = self.entity.find_field(item.field)
        if field is None or field.name not in allowed:
            return
        name, is_sent = field.name, field.name in self.data
        if not is_shown or self._holds(item.read_only, absent=False):
            yield from [not_for_now(name, is_shown=is_shown)] if is_sent else []
        elif name in self.bad:
            yield self.bad[name].problem(f"/{name}")
        else:
            lacks = missing(field, item.label, self.values.get(name), is_of_form=True) if is_whole and self._holds(item.required, absent=False) else None
            yield from [lacks] if lacks is not None else []
            if is_sent and item.choices_where is not None and not self._is_offered(field, item.choices_where):
                yield Problem(f"/{name}", "refused", say("{field}: this cannot be chosen here.", "{field}：此处不能选择该项。", field=field.label), say("Choose another one.", "请选择其他项。"))

    def _clean(self, field: Field, raw: Any) -> Any:
        if raw in NOTHING:
            return None
        try:
            value = field.spec.clean(raw, self.uow.place)
        except BadValue as bad:
            self.bad[field.name] = bad
            return None
        return None if isinstance(value, Lookup) else value

    def _holds(self, condition: str | bool | None, *, absent: bool) -> bool:
        if condition is None or isinstance(condition, bool):
            return absent if condition is None else condition
        return bool(value_of(self.uow, compiled(self.uow, self.entity, condition, "value", "boolean"), self.facts, self.user))

    def _is_offered(self, field: Field, condition: str) -> bool:
        value = self.values.get(field.name)
        if value in NOTHING or value == self.stored.get(field.name):
            return True
        expression = compiled(self.uow, self.entity, condition, "value")
        ones = [(each,) for each in value] if isinstance(value, tuple) and field.type.kind in ("choices", "list") else [value]
        return all(value_of(self.uow, expression, self._facts({**self.values, field.name: one}), self.user) is not False for one in ones)

    def _facts(self, values: Mapping[str, Any]) -> LiveFacts:
        return LiveFacts(self.uow, self.user, self.entity, values, dict(self.stored) or None)

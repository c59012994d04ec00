"""The one builder of conditions: an expression as groups of conditions and back, in a sentence, with how many records it matches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field as attribute, replace

from tenon.engine.query.pages import Ask, count, read_filter
from tenon.engine.releases.draft import require_builder
from tenon.metamodel.errors import Invalid, not_found
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.conditions.offers import Offer, find_offer, offers
from tenon.metamodel.expressions.conditions.reading import read
from tenon.metamodel.expressions.conditions.subjects import Subject, find_subject, frame_of, say_subject
from tenon.metamodel.expressions.conditions.tree import SUMMARIES, Condition, Group, Value
from tenon.metamodel.expressions.conditions.wording import say_asked, say_group
from tenon.metamodel.expressions.conditions.writing import write
from tenon.metamodel.expressions.paths import Frame
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field
from tenon.ui.backend.base import View
from tenon.ui.backend.condition_fields import comparable, icon_of, pick_groups
from tenon.ui.backend.condition_values import make_input, read_value, say_value, to_draft
from tenon.ui.backend.drafted import drafted
from tenon.ui.condition_form import ROOT, DraftCondition, DraftGroup, DraftValue
from tenon.ui.condition_shapes import Builder, ConditionShown, GroupShown, PickGroup, ValueInput
from tenon.ui.shapes import Choice

PLACEHOLDERS = ("True", "False")
"""What stands in a new document where a condition belongs."""
VALUES = {"nothing": 0, "one": 1, "two": 2, "many": 1}


def scope_of(view: View, entity: Entity) -> Scope:
    """Return the names that this person may use in a condition."""
    return Scope(view.model, entity, may_read=None if view.rights.is_unlimited else view.rights.may_read)


def builder_of(view: View, name: str, expression: str, within: Ask | None = None, *, of_draft: bool = False) -> Builder:
    """Return the builder of an expression; one that is wrong, or no tree of conditions, is shown as it is written.

    ``within`` is what else is asked of the records that it counts. Raises NotFound, Forbidden.
    """
    work = _begin(view, name, within, of_draft=of_draft)
    try:
        group = read("" if of_draft and expression in PLACEHOLDERS else expression, work.scope)
    except Invalid as error:
        problem = error.problems[0]
        texts = [t.show(view.language) for t in (problem.message, problem.hint) if t]
        return Builder(name, None, (), expression, "", None, None, fault=" ".join(texts))
    if group is None:
        return work.answer(None, expression, None)
    draft = work.drafted(group, frame_of(work.scope))
    return work.answer(draft, expression, group)


def builder_from(view: View, name: str, draft: DraftGroup, within: Ask | None = None, *, of_draft: bool = False) -> Builder:
    """Return the builder of what its form holds: what is not complete yet is shown, and left out of the expression. Raises NotFound, Forbidden."""
    work = _begin(view, name, within, of_draft=of_draft)
    group = work.built(draft, frame_of(work.scope))
    expression = write(group)
    if expression:
        try:
            check(expression, work.scope, "boolean") if of_draft else read_filter(view.uow, view.rights, work.entity, expression)
        except Invalid as error:
            work.fault = error.problems[0].message.show(view.language)
    return work.answer(draft, expression, group)


def _begin(view: View, name: str, within: Ask | None, *, of_draft: bool) -> _Work:
    """Return the work on the conditions of an entity; of the draft's for who designs it, whose names need no rights."""
    if not of_draft:
        entity = view.entity(name)
        return _Work(view, entity, scope_of(view, entity), within or Ask(), entity)
    require_builder(view.ctx, "entity")
    model = drafted(view)
    found = model.entities.get(name)
    if found is None or found.is_system:
        raise not_found()
    return _Work(view, found, Scope(model, found), within or Ask(), view.model.find_entity(found.id))


def sentence_of(view: View, entity: Entity, group: Group, scope: Scope | None = None) -> str:
    """Return what a group of conditions says, in the reader's language."""
    return say_group(group, scope or scope_of(view, entity), lambda subject, value: say_value(view, subject, value)).show(view.language)


def value_in_words(view: View, entity: Entity, expression: str, *, is_truth: bool) -> str:
    """Return what an expression gives, in the reader's language: a truth as a sentence, else what is summed or counted; one that fits neither as it is written."""
    try:
        group = read(expression if is_truth else f"is_empty({expression})", scope_of(view, entity))
    except Invalid:
        return expression
    if group is None:
        return expression
    asked = group.items[0]
    shown = _asked(view, entity, asked) if isinstance(asked, Condition) and not is_truth else sentence_of(view, entity, group)
    return shown[:1].upper() + shown[1:]


def _asked(view: View, entity: Entity, item: Condition) -> str:
    return say_asked(item, scope_of(view, entity), lambda subject, value: say_value(view, subject, value)).show(view.language)


def parts_of(view: View, name: str, expression: str) -> list[tuple[str, str]]:
    """Return what the conditions of a filter say one by one, each with the expression without it; one that fits nothing is named so."""
    entity = view.entity(name)
    try:
        group = read(expression, scope_of(view, entity))
    except Invalid:
        group = None
    if group is None:
        return [(say("Own expression", "自定义表达式").show(view.language), "")]
    if group.joins == "or":
        return [(sentence_of(view, entity, group), "")]
    items = list(enumerate(group.items))
    return [(sentence_of(view, entity, Group("and", (item,))), write(Group("and", tuple(i for n, i in items if n != at)))) for at, item in items]


@dataclass
class _Work:
    """One rendering of a builder."""

    view: View
    entity: Entity
    scope: Scope
    within: Ask
    counted: Entity | None
    """The entity in force, whose records can be counted."""
    fault: str | None = None
    is_complete: bool = True
    picks: dict[str, tuple[PickGroup, ...]] = attribute(default_factory=dict)

    def answer(self, draft: DraftGroup | None, expression: str, group: Group | None) -> Builder:
        """Return the builder with its sentence and its count."""
        view = self.view
        root = self.shown(draft, ROOT, frame_of(self.scope), 0) if draft is not None else None
        sentence = sentence_of(view, self.entity, group, self.scope) if group is not None and group.items else ""
        matches, total = self._counts(expression)
        return Builder(
            self.entity.name, root, tuple(self.picks.items()), expression, sentence, matches, total, group is not None, self.fault, self.is_complete,
        )  # fmt: skip

    def _counts(self, expression: str) -> tuple[int | None, int | None]:
        """Return how many records match and how many there are; nothing of what this person may not read, or what is not published yet."""
        view, entity = self.view, self.counted
        if self.fault is not None or entity is None or not view.rights.may(entity, "read"):
            return None, None
        total = count(view.uow, view.ctx, entity, self.within)
        if not expression:
            return total, total
        try:
            return count(view.uow, view.ctx, entity, replace(self.within, filters=[*self.within.filters, expression])), total
        except Invalid:
            if entity is self.entity:
                raise
            return None, total

    def drafted(self, group: Group, frame: Frame) -> DraftGroup:
        """Return a tree as the form holds it."""
        items: list[DraftGroup | DraftCondition] = []
        for item in group.items:
            items.append(self.drafted(item, frame) if isinstance(item, Group) else self._drafted(item, frame))
        return DraftGroup(group.joins, items)

    def _drafted(self, item: Condition, frame: Frame) -> DraftCondition:
        subject = find_subject(self.scope, item.path, item.through, frame)
        how = item.through if item.through in SUMMARIES else ""
        offer = find_offer(subject.type, item.through, item.operator) if subject is not None else None
        parts = [item.values[i : i + 1] for i in (0, 1)] if item.operator == "between" else [item.values, ()]
        values = [to_draft(subject, part) for part in parts]
        where = self.drafted(item.where, self.inside(subject)) if item.where is not None else None
        key = f"{item.through}:{item.operator}" if item.through and not how else offer.key if offer else item.operator
        return DraftCondition(item.path, how, key, values, where)

    def inside(self, subject: Subject | None) -> Frame:
        """Return the frame of the records behind a relation."""
        return Frame(subject.far if subject is not None else None, self.scope.row, in_aggregate=True)

    def built(self, draft: DraftGroup, frame: Frame) -> Group:
        """Return the tree of what is complete."""
        items = [self.built(i, frame) if isinstance(i, DraftGroup) else self._built(i, frame) for i in draft.items]
        return Group("or" if draft.joins == "or" else "and", tuple(i for i in items if i is not None and not (isinstance(i, Group) and not i.items)))

    def _built(self, draft: DraftCondition, frame: Frame) -> Condition | None:
        subject = find_subject(self.scope, draft.path, draft.how, frame)
        offer = self._offer(subject, draft) if subject is not None else None
        if subject is None or offer is None:
            self.is_complete = False
            return None
        values = self._values(subject, offer, draft)
        if values is None:
            self.is_complete = False
            return None
        through = draft.how or offer.through
        where = self.built(draft.where, self.inside(subject)) if draft.where is not None and draft.how else None
        return Condition(draft.path, offer.operator, values, through, where if where is not None and where.items else None)

    def _values(self, subject: Subject, offer: Offer, draft: DraftCondition) -> tuple[Value, ...] | None:
        if offer.takes == "many":
            texts = draft.values[0].texts
            return tuple(dict.fromkeys(texts)) or None
        found = [read_value(subject, v) for v in draft.values[: VALUES[offer.takes]]]
        return None if any(v is None for v in found) else tuple(v for v in found if v is not None)

    def _offer(self, subject: Subject, draft: DraftCondition) -> Offer | None:
        """Return the operator that was chosen, else the first there is; one of an expression may be none that is offered."""
        known = offers(subject.type, draft.how)
        through, _, operator = draft.offer.rpartition(":")
        chosen = next((o for o in known if o.key == draft.offer), None)
        if chosen is None and operator:
            special = find_offer(subject.type, through or draft.how, operator)
            chosen = Offer(operator, special.label, special.takes, through) if special is not None else None
        return chosen or next(iter(known), None)

    def shown(self, draft: DraftGroup, at: str, frame: Frame, depth: int) -> GroupShown:
        """Return a group as the builder shows it."""
        entity = frame.row or self.entity
        if entity.name not in self.picks:
            self.picks[entity.name] = pick_groups(self.view, self.scope, entity, with_relations=not frame.in_aggregate)
        items = tuple(
            self.shown(i, f"{at}.{n}", frame, depth + 1) if isinstance(i, DraftGroup) else self._shown(i, f"{at}.{n}", frame, depth)
            for n, i in enumerate(draft.items)
        )
        return GroupShown(at, draft.joins, items, depth, entity.name)

    def _shown(self, draft: DraftCondition, at: str, frame: Frame, depth: int) -> ConditionShown:
        subject = find_subject(self.scope, draft.path, draft.how, frame)
        if subject is None:
            return ConditionShown(at, draft.path, draft.how, draft.path, "circle-alert", (), "", is_known=False)
        language, offer = self.view.language, self._offer(subject, draft)
        through = draft.how or (draft.offer.rpartition(":")[0] if ":" in draft.offer and draft.offer.rpartition(":")[0] != "date" else "")
        label = say_subject(self.scope, frame, Condition(draft.path, "yes", through=through), None).show(language)
        known = list(offers(subject.type, draft.how))
        if offer is not None and all(o.key != offer.key for o in known):
            known.append(offer)
        where = None
        if draft.how and subject.far is not None:
            where = self.shown(draft.where or DraftGroup(), f"{at}.w", self.inside(subject), depth + 1)
        inputs = tuple(self._inputs(subject, offer, draft, frame)) if offer is not None else ()
        shown = tuple(Choice(o.key, o.label.show(language)) for o in known)
        return ConditionShown(at, draft.path, draft.how, label[:1].upper() + label[1:], icon_of(subject), shown, offer.key if offer else "", inputs, where)

    def _inputs(self, subject: Subject, offer: Offer, draft: DraftCondition, frame: Frame) -> Iterator[ValueInput]:
        fields = self._others(subject, draft, frame)
        for index in range(VALUES[offer.takes]):
            value = draft.values[index] if index < len(draft.values) else DraftValue()
            yield make_input(self.view, subject, value, "" if index == 0 else "2", is_list=offer.takes == "many", fields=fields)

    def _others(self, subject: Subject, draft: DraftCondition, frame: Frame) -> tuple[Choice, ...]:
        """Return the fields that a value may be compared with, of its own record."""
        if draft.how or frame.row is None or subject.type.kind not in ("number", "date", "datetime", "duration"):
            return ()
        found: list[Field] = [f for f in self.scope.fields(frame.row) if f.name != draft.path and comparable(subject.type, f.type)]
        return tuple(Choice(f.name, f.label.show(self.view.language)) for f in found)


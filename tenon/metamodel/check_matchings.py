"""What the schema cannot say of a matching: a comparison counts or decides, goes with the type of its field, and a field is compared once."""

from __future__ import annotations

from collections.abc import Iterator

from tenon.metamodel.document import Document
from tenon.metamodel.errors import Problem
from tenon.metamodel.kinds.matching import COMPARATOR_LABELS, MatchingKind
from tenon.metamodel.labels import say
from tenon.metamodel.model import Field, Model

_TAKES: dict[str, tuple[str, ...]] = {
    "company_name": ("text", "formula"), "text": ("text", "formula"), "phone": ("phone", "text", "formula"), "email": ("email", "text", "formula"),
    "domain": ("url", "email", "text", "formula"), "uscc": ("text", "formula"),
}  # fmt: skip


def fitting_comparators(field: Field) -> list[str]:
    """Return the comparators that go with a field, the ones made for its type first."""
    kind = field.spec.type
    made = {"phone": ["phone"], "email": ["email", "domain"], "url": ["domain"]}.get(kind, [])
    rest = [by for by, takes in _TAKES.items() if kind in takes and field.storage.kind == "text" and by not in made]
    return [*made, *rest, "exact"]


def check_matching(document: Document, model: Model) -> Iterator[Problem]:
    """Yield what is wrong with a matching as a whole."""
    if document.kind != "matching":
        return
    body: MatchingKind = document.body
    entity = model.find_entity(body.entity)
    seen: set[tuple[str, str]] = set()
    for index, each in enumerate(body.compare):
        path = f"/compare/{index}"
        if each.decides == (each.weight is not None):
            message = say("A comparison has a weight or decides.", "比较项要么有权重，要么直接判定。")
            yield Problem(f"{path}/weight", "conflict" if each.decides else "required", message, say("Give one of weight and decides.", "请在 weight 与 decides 中填写一个。"))
        field = entity.find_field(each.field) if entity is not None else None
        if field is None:
            continue  # named where paths are looked at
        if (fitting := fitting_comparators(field)) and each.by not in fitting:
            message = say("{field} is not compared as {by}.", "{field} 不能按“{by}”比较。", field=field.label, by=COMPARATOR_LABELS[each.by])
            yield Problem(f"{path}/by", "type_mismatch", message, say("There are: {some}.", "可用的有：{some}。", some=", ".join(fitting)))
        if (field.id, each.by) in seen:
            yield Problem(f"{path}/field", "not_unique", say("{field} is compared twice.", "{field} 重复比较。", field=field.label), say("Remove one of the two.", "请删除其中一个。"))
        seen.add((field.id, each.by))
    if body.merge_from is not None and body.merge_from < body.propose_from:
        message = say("What is merged by itself has to be at least as alike as what is proposed.", "自动合并的相似度不能低于提示的相似度。")
        yield Problem("/merge_from", "out_of_range", message, say("Raise it, or leave it out: then nothing is merged by itself.", "请调高，或留空：此时不会自动合并。"))

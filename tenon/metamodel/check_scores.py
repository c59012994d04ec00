"""What the schema cannot say of a score: one kind of weighing, one default variant, rising bands, measures with a source."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tenon.metamodel.document import Document
from tenon.metamodel.errors import Problem
from tenon.metamodel.kinds.score import Measure, ScoreKind, Variant
from tenon.metamodel.labels import say
from tenon.metamodel.model import Model


def check_score(document: Document, model: Model) -> Iterator[Problem]:
    """Yield what is wrong with a score."""
    body: ScoreKind = document.body
    yield from _check_variants(body)
    for index, variant in enumerate(body.variants):
        yield from _check_weighing(variant, f"/variants/{index}")
        yield from _check_size(body, variant, f"/variants/{index}")
        for position, measure in enumerate(variant.measures):
            yield from _check_measure(measure, f"/variants/{index}/measures/{position}")
    yield from _check_bands(body)
    yield from _check_purpose(document, model)


def _check_variants(body: ScoreKind) -> Iterator[Problem]:
    defaults = [i for i, v in enumerate(body.variants) if v.when is None]
    if defaults != [len(body.variants) - 1]:
        message = say("The last variant, and only that, has no condition: it is the default.", "只有最后一个版本不带条件，它是默认版本。")
        yield Problem("/variants", "refused", message, say("Move the default to the end.", "请把默认版本移到最后。"))
    if body.scale[0] >= body.scale[1]:
        yield Problem("/scale", "out_of_range", say("The scale has to rise.", "分值范围须由小到大。"), say("Such as [0, 100].", "例如 [0, 100]。"))


def _check_weighing(variant: Variant, path: str) -> Iterator[Problem]:
    weighed = [m.weight is not None for m in variant.measures]
    pointed = [m.points is not None for m in variant.measures]
    if any(weighed) and any(pointed):
        message = say("A variant has points or weights, never both.", "一个版本只能使用分值或权重，不能混用。")
        yield Problem(f"{path}/measures", "mixed_model", message, say("Give every measure points, or every measure a weight.", "请为所有指标统一设置分值，或统一设置权重。"))
        return
    for index, measure in enumerate(variant.measures):
        if measure.points is None and measure.weight is None:
            what = "weight" if any(weighed) else "points"
            message = say("{name} has neither points nor a weight.", "{name} 没有设置分值或权重。", name=measure.title())
            yield Problem(f"{path}/measures/{index}/{what}", "required", message, say("Give it one.", "请设置一个。"))
    if weighed and all(weighed) and sum(m.weight or 0 for m in variant.measures) == 0:
        yield Problem(f"{path}/measures", "out_of_range", say("At least one weight must be above 0.", "至少一个权重须大于 0。"))


def _check_size(body: ScoreKind, variant: Variant, path: str) -> Iterator[Problem]:
    """Refuse points and weights whose sums would not be exact: all decimals included they have to fit into whole numbers."""
    worths = [m.points if m.points is not None else m.weight or Decimal(0) for m in variant.measures]
    decimals = max((-int(w.normalize().as_tuple().exponent) for w in worths), default=0)
    units = sum(abs(w) for w in worths) * 10 ** max(decimals, 0)
    span = (body.scale[1] - body.scale[0]) * 10_000
    is_weighted = any(m.weight is not None for m in variant.measures)
    if units * (span if is_weighted else units) * 20_000 >= 2**62:
        message = say("Points and weights are too large, or have too many decimals.", "分值或权重过大，或小数位过多。")
        yield Problem(f"{path}/measures", "over_limit", message, say("Use fewer decimals or smaller numbers.", "请减少小数位或使用较小的数字。"))


def _check_measure(measure: Measure, path: str) -> Iterator[Problem]:
    sources = [name for name in ("when", "value", "bands") if getattr(measure, name) is not None] + (["manual"] if measure.manual else [])
    if len(sources) != 1:
        message = say("A measure has exactly one of when, value, bands or manual.", "一个指标只能有 when、value、bands、manual 中的一个。")
        yield Problem(path, "refused", message, say("It has: {has}.", "现有：{has}。", has=", ".join(sources) or "-"))
    if (measure.bands is None) != (measure.of is None):
        yield Problem(f"{path}/of", "required", say("bands and of belong together.", "bands 与 of 须同时设置。"))
    for index, band in enumerate(measure.bands or ()):
        above = (measure.bands or [])[index - 1].lower if index else None
        if index and (above is None or (band.lower is not None and band.lower >= above)):
            message = say("Edges fall from one band to the next; the one without an edge is last.", "各区间的下限须依次递减，无下限的放在最后。")
            yield Problem(f"{path}/bands/{index}/from", "out_of_range", message)


def _check_bands(body: ScoreKind) -> Iterator[Problem]:
    edges = [b.lower for b in body.bands]
    if edges != sorted(set(edges)):
        yield Problem("/bands", "out_of_range", say("The edges of the bands have to rise.", "等级的下限须依次递增。"), say("Such as 0, 50, 80.", "例如 0、50、80。"))
    names = {b.name for b in body.bands}
    for name in body.movement.keep:
        if name not in names:
            yield Problem(f"/movement/keep/{name}", "unknown_name", say("There is no band {name}.", "没有等级 {name}。", name=name))


def _check_purpose(document: Document, model: Model) -> Iterator[Problem]:
    if document.body.shadow:
        return
    for other in model.all("score"):
        body = other.body
        if other.id < document.id and not body.shadow and body.purpose == document.body.purpose and body.entity == document.body.entity:
            message = say("{other} already is the score for {purpose}.", "{other} 已是用于 {purpose} 的评分。", other=other.label, purpose=document.body.purpose)
            yield Problem("/purpose", "conflict", message, say("Give one of them \"shadow\": true.", "请为其中一个设置 \"shadow\": true。"))

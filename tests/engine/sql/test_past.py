"""What was at the end of a day: choices by the history of records, scores by their snapshots, and nothing that a reader may not see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tenon.metamodel.errors import Invalid
from tests.shop import Shop, person

SCORE: dict[str, Any] = {
    "kind": "score", "name": "health", "entity": "customer", "label": {"en": "Health", "zh": "健康度"},
    "variants": [{"name": "default", "measures": [{"name": "paying", "points": 100, "value": "scale(seats, 0, 100)", "missing": "zero"}]}],
    "bands": [{"name": "risk", "from": 0}, {"name": "fair", "from": 50}, {"name": "good", "from": 80}],
}  # fmt: skip
READER: dict[str, Any] = {"kind": "role", "name": "half", "label": {"en": "Half"}, "grants": [
    {"entity": "customer", "actions": ["read"], "read": ["name"]},
    {"entity": "customer", "actions": ["read"], "where": "name == 'A'"},
]}


def test_choices_and_scores_of_the_past(shop: Shop) -> None:
    shop.publish([SCORE, READER])
    clock: Any = shop.platform.outside.clock
    a = shop.create("customer", name="A", industry="saas", seats=90)
    b = shop.create("customer", name="B", industry="retail", seats=10)
    clock.moment += timedelta(days=10)  # 12 March
    shop.change("customer", a, industry="retail", seats=60)
    shop.create("customer", name="C", industry="saas", seats=90)
    clock.moment += timedelta(days=10)  # 22 March
    shop.change("customer", a, industry="factory", seats=20)
    shop.change("customer", b, industry=None, stage="trial")

    def names(condition: str, *roles: str) -> list[str]:
        return sorted(shop.listed("customer", "name", person("x", *roles) if roles else person("x", "admin"), filters=[condition]))

    assert names("was(industry, date('2026-03-02')) == 'saas'") == ["A"]
    assert names("was(industry, date('2026-03-11')) == 'retail'") == ["B"]
    assert names("was(industry, date('2026-03-12')) == 'retail'") == ["A", "B"]
    assert names("was(industry, date('2026-03-22')) == None") == ["B"]
    assert names("was(industry, date('2026-03-01')) == None") == ["A", "B", "C"]
    assert names("was(stage, days_ago(1)) == 'lead' and stage == 'trial'") == ["B"]
    assert names("was(health_band, date('2026-03-02')) == 'good'") == ["A"]
    assert names("was(health_band, date('2026-03-12')) in ['good', 'fair']") == ["A", "C"]
    assert names("was(health_score, date('2026-03-12')) > health_score") == ["A"]
    assert names("was(health_band, date('2026-03-01')) != None") == []
    assert shop.ask(entity="customer", group_by=["name"], measures=[{"name": "n", "expr": "count(where=was(industry, date('2026-03-12')) == 'retail')"}])[
        "rows"
    ] == [["A", 1], ["B", 1], ["C", 0]]
    # Somebody who may read these fields of A alone learns nothing of the past of B.
    for text in ("was(industry, date('2026-03-02')) != None", "was(health_band, date('2026-03-02')) != None"):
        assert names(text) == ["A", "B"]
        assert names(text, "half") == ["A"]
    with shop.platform.read() as uow:
        from_one = uow.model.entities["customer"]
        assert from_one.fields["industry"].type.kind == "choice"
    for wrong in ("was(name, today()) == 'A'", "was(industry, created_at) == 'saas'", "was(industry, since) == 'saas'", "was(industry) == 'saas'"):
        with pytest.raises(Invalid):
            names(wrong)

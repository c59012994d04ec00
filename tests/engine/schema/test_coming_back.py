"""What lies in the trash and belongs together comes back together, on both databases."""

from __future__ import annotations

from tenon.engine.schema.trash import trash
from tests.engine.schema.models import History, entity, field


def test_a_field_that_went_before_its_entity_comes_back_with_it(history: History) -> None:
    one, two = field("name", n=1), field("code", n=2)
    history.go(entity("customer", one, two))
    history.add("customer", {"name": "A", "code": "1"})
    history.go(entity("customer", one))
    history.go()
    history.go(entity("customer", one, two))
    assert (history.values("customer", "name"), history.values("customer", "code")) == (["A"], ["1"])
    assert {row["state"] for row in history.connection.execute(trash.select()).mappings()} == {"restored"}

"""Many records at once: entries put into lists and taken out, a search as part of what matches, and taking one's own batch back."""

from __future__ import annotations

import pytest

from tenon.engine.query.answers import answer
from tenon.engine.query.pages import Ask, count
from tenon.engine.query.question import Question
from tenon.engine.records import large
from tenon.engine.records.masses import change_where, delete_where
from tenon.metamodel.errors import Conflict, Invalid, NotFound
from tests.platform.people import add
from tests.shop import Shop, person


def fill(shop: Shop) -> None:
    rows = [("Ann", ["a"], ["mail"]), ("Bea", ["a", "b"], []), ("Anna", [], ["visit"])]
    for name, words, channels in rows:
        shop.create("customer", name=name, words=words, channels=channels, arr=100)


def words(shop: Shop) -> list[list[str] | None]:
    return shop.listed("customer", "words", sort=["name"])


def test_entries_are_put_into_lists_and_taken_out(shop: Shop) -> None:
    fill(shop)
    shop.change_where("customer", "True", 3, words={"add": ["b", "c"]}, channels={"remove": ["mail"]})
    assert words(shop) == [["a", "b", "c"], ["b", "c"], ["a", "b", "c"]]
    assert shop.listed("customer", "channels", sort=["name"]) == [None, ["visit"], None]
    shop.change_where("customer", "True", 3, words={"add": ["d"], "remove": ["a", "b"]})
    assert words(shop) == [["c", "d"], ["c", "d"], ["c", "d"]]
    with pytest.raises(Invalid):
        shop.change_where("customer", "True", 3, channels={"add": ["pigeon"]})
    with pytest.raises(Invalid):
        shop.change_where("customer", "True", 3, name={"add": ["x"]})


def test_a_search_is_part_of_what_matches(shop: Shop) -> None:
    fill(shop)
    entity = "customer"
    boss = person(add(shop.platform.database, "boss@x.cn", ["boss"]), "boss")
    with shop.write() as uow:
        found = uow.model.entities[entity]
        assert count(uow, boss, found, Ask(search="ann")) == 2
        with pytest.raises(Conflict):
            change_where(uow, boss, found, "", {"arr": 5}, 3, search="ann")
        assert change_where(uow, boss, found, "", {"arr": 5}, 2, search="ann")[0] == 2
        measures = [{"name": "total", "expr": "sum(arr)"}, {"name": "n", "expr": "count()"}]
        question = Question.model_validate({"entity": entity, "measures": measures, "totals": True})
        answered = answer(uow, boss, question, search="ann")
        assert [[float(v) for v in row] for row in answered["rows"]] == [[10, 2]]
        assert delete_where(uow, boss, found, "arr == 5", 1, search="anna")[0] == 1
        assert count(uow, boss, found, Ask()) == 2


def test_ones_own_batch_is_taken_back(shop: Shop) -> None:
    fill(shop)
    boss, other = (person(add(shop.platform.database, f"{n}@x.cn", ["boss"]), "boss") for n in ("boss", "other"))
    batch = shop.change_where("customer", "True", 3, boss, words={"add": ["z"]})[1]
    gone = shop.delete_where("customer", "name == 'Bea'", 1, boss)[1]
    doors = large.Doors(shop.platform.read, shop.platform.write)
    for who, key in ((other, batch), (boss, "01890000-0000-7000-8000-000000000000")):
        with pytest.raises(NotFound):
            large.undo_matching(doors, who, "customer", key)
    for key, n in ((gone, 1), (batch, 3), (batch, 0)):
        assert sum(large.undo_matching(doors, boss, "customer", key).counts.values()) == n
    assert words(shop) == [["a"], None, ["a", "b"]]

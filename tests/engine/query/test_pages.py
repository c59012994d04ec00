"""Lists: filter, order, empties last, search, counts, and cursors under which an unchanged record appears exactly once."""

from __future__ import annotations

import base64
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from tenon.engine.jobs import put
from tenon.engine.query.pages import Ask, count
from tenon.engine.recompute.refresh import REINDEX
from tenon.metamodel.errors import Invalid, Malformed, NotFound
from tenon.platform.database import Database
from tests.platform.people import add
from tests.shop import SHOP, SYSTEM, Shop, open_platform, person


def fill(shop: Shop) -> list[str]:
    """Make customers with and without values."""
    top = shop.create("customer", name="Zeta")
    rows: list[dict[str, Any]] = [
        {"name": "北京", "arr": 5, "industry": "factory", "since": "2020-01-01", "parent": top}, {"name": "alpha", "arr": 5, "industry": "saas", "vip": True},
        {"name": "Étoile", "industry": "retail", "vip": False, "since": "2021-05-05"}, {"name": "beta", "arr": 0, "opens": "09:00", "parent": top},
        {"name": "阿里", "arr": "0.01", "industry": "saas", "next_call": "2026-05-01T00:00:00Z"},
    ]
    return [top, *(str(r.id) for r in shop.many("customer", rows))]


def test_orders_put_empties_last_in_both_directions(shop: Shop) -> None:
    fill(shop)
    assert shop.listed("customer", "name", sort=["name"]) == ["阿里", "alpha", "北京", "beta", "Étoile", "Zeta"]
    assert shop.listed("customer", "arr", sort=["arr"]) == [0, Decimal("0.01"), 5, 5, None, None]
    assert shop.listed("customer", "arr", sort=["-arr"]) == [5, 5, Decimal("0.01"), 0, None, None]
    assert shop.listed("customer", "industry", sort=["industry"]) == ["saas", "saas", "retail", "factory", None, None]
    assert shop.listed("customer", "industry", sort=["-industry"]) == ["factory", "retail", "saas", "saas", None, None]
    assert shop.listed("customer", "name", sort=["-arr", "name"])[:2] == ["alpha", "北京"]
    assert shop.listed("customer", "name", sort=["-parent", "name"])[:2] == ["北京", "beta"]
    assert shop.listed("customer", "parent.name", sort=["parent.name"], fields=["parent.name"])[:3] == ["Zeta", "Zeta", None]
    assert shop.listed("customer", "name")[0] == "阿里"
    assert shop.listed("customer", "name")[-1] == "Zeta"
    for wrong in (["words"], ["favourites"], ["extra"], ["nam"], ["parent.nam"], ["name;drop"], ["arr"] * 7):
        with pytest.raises(Invalid):
            shop.page("customer", sort=wrong)


def test_filters_counts_and_fields_along_references(shop: Shop) -> None:
    fill(shop)
    page = shop.page("customer", filters=["arr >= 0.01", "industry == 'saas'"], fields=["name", "parent.name", "parent.parent.name"], count="exact")
    assert page.count == 2
    assert page.records[0]["parent.parent.name"] is None
    assert set(page.records[0]) == {"id", "version", "name", "parent.name", "parent.parent.name"}
    assert shop.page("customer", filters=["count(subsidiaries) == 2"], count="capped").count == 1
    with pytest.raises(Invalid):
        shop.page("customer", limit=501)
    with pytest.raises(Invalid):
        shop.page("customer", filters=["arr"])


def test_search_finds_chinese_latin_and_initials(shop: Shop) -> None:
    shop.create("customer", name="创科科技有限公司", note="Müller & Söhne")
    shop.create("customer", name="臺灣電腦", note="ＡＢＣ full width")
    clerk = person(add(shop.platform.database, "ann@shop.example"), "clerk")
    for ctx in (SYSTEM, clerk):
        def find(text: str, ctx: Any = ctx) -> list[str]:
            return shop.listed("customer", "name", ctx, search=text)

        for text in ("科技", "創科", "ckkj", "CKKJ", "chuangke", "ChuangKeKeJi", "chuangk", "youxian gongsi", "muller", "SÖHNE", "科技 söh", "00001"):
            assert find(text) == ["创科科技有限公司"], text
        for text in ("台湾电脑", "臺灣", "twdn", "taiwandiannao", "diannao", "abc", "full  WIDTH"):
            assert find(text) == ["臺灣電腦"], text
        for text in ("%", "_", "'", "\\", "\x1f", "ABCDEFGHIJKL", "huangke", "ianna", "chuangkeji", "科 q"):
            assert find(text) == [] or text == "\x1f", text
        assert len(find("  ")) == 2
    shop.change("customer", shop.page("customer", search="臺灣").records[0]["id"], note="nothing")
    assert shop.listed("customer", "name", search="abc") == []


def test_what_search_looks_into_is_written_anew_for_every_entity(shop: Shop) -> None:
    shop.create("customer", name="创科科技有限公司")
    with shop.write() as uow:
        table = uow.tables.of(uow.model.entities["customer"])
        uow.connection.execute(table.update().values(search=None))
        assert count(uow, SYSTEM, uow.model.entities["customer"], Ask(search="chuangke")) == 0
        put(uow.connection, REINDEX, {"entity": None})
    shop.work()
    assert shop.listed("customer", "name", search="chuangke") == ["创科科技有限公司"]


def test_cursors_that_do_not_belong_are_refused(shop: Shop) -> None:
    fill(shop)
    following = shop.page("customer", sort=["arr"], limit=2).next
    assert following is not None
    digest, values = orjson.loads(base64.urlsafe_b64decode(following + "=="))
    wrong = [[digest, [v, values[1]]] for v in (True, [], {}, "x", "1e999999", "-1e999999", "NaN", "1" * 5000, None)]
    wrong += [[digest, [values[0], v]] for v in (None, 3, "a\0", [])]
    wrong += [[digest], [digest, [1]], "x", ["0" * 16, values], 5]
    for each in wrong:
        cursor = base64.urlsafe_b64encode(orjson.dumps(each)).decode()
        with suppress(Malformed):  # a place that could be is a place
            shop.page("customer", sort=["arr"], limit=2, after=cursor)
    for text in ("", "%%%", "é", "\0", following + "x"):
        with pytest.raises(Malformed):
            shop.page("customer", sort=["arr"], limit=2, after=text)
    for other in ({"sort": ["-arr"]}, {"sort": ["arr"], "filters": ["True"]}, {"sort": ["arr"], "search": "a"}):
        with pytest.raises(Malformed):
            shop.page("customer", limit=2, after=following, **other)


def test_people_and_unknown_entities_are_no_records(shop: Shop) -> None:
    for name in ("user", "unit", "tenon_user", "nothing", "\0"):
        with pytest.raises(NotFound):
            shop.ask(entity=name, measures=[{"name": "n", "expr": "count()"}])


SORTABLE = ["name", "arr", "industry", "vip", "since", "next_call", "opens", "lasts", "parent", "parent.arr", "owner", "seats", "stars", "loud", "created_at", "share", "id", "orders_total"]


def test_an_unchanged_record_appears_exactly_once(database: Database, tmp_path: Path, moment: datetime, scale: float) -> None:
    shop = Shop(open_platform(database, tmp_path, moment), SHOP)
    known = fill(shop)
    values = {
        "name": st.sampled_from(["a", "A", "b", "啊", "é"]), "arr": st.sampled_from([None, 0, 1, "0.50"]), "industry": st.sampled_from([None, "saas", "factory"]),
        "vip": st.sampled_from([None, True, False]), "since": st.sampled_from([None, "2020-01-01", "2021-01-01"]), "opens": st.sampled_from([None, "09:00", "10:30"]),
        "lasts": st.sampled_from([None, 0, 5]), "next_call": st.sampled_from([None, "2027-01-01T00:00:00Z", "2027-01-01T00:00:00.000001Z"]),
    }
    record = st.fixed_dictionaries({"name": values["name"]}, optional={k: v for k, v in values.items() if k != "name"})
    write = st.one_of(st.tuples(st.just("create"), record), st.tuples(st.just("change"), st.integers(0, 40), record), st.tuples(st.just("delete"), st.integers(0, 40)))
    sort = st.lists(st.builds(lambda m, f: m + f, st.sampled_from(["", "-"]), st.sampled_from(SORTABLE)), max_size=3, unique_by=lambda s: s.removeprefix("-"))

    @settings(max_examples=int(200 * scale), deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(sort, st.integers(1, 4), st.lists(record, min_size=3, max_size=6), st.lists(st.lists(write, max_size=2), max_size=5))
    def holds(order: list[str], limit: int, more: list[dict[str, Any]], between: list[list[tuple[Any, ...]]]) -> None:
        known.extend(str(r.id) for r in shop.many("customer", more))
        there = {r["id"] for r in shop.page("customer", limit=500, fields=["id"]).records}
        touched: set[str] = set()
        seen: list[str] = []
        after, turns = None, iter(between)
        while True:
            page = shop.page("customer", sort=order, limit=limit, after=after, fields=["id"])
            seen += [r["id"] for r in page.records]
            if page.next is None:
                break
            after = page.next
            for kind, *how in next(turns, []):
                if kind == "create":
                    shop.create("customer", **how[0])
                    continue
                item = sorted(there)[how[0] % len(there)]
                if item in touched or item == known[0]:
                    continue
                touched.add(item)
                shop.change("customer", item, **how[1]) if kind == "change" else shop.delete("customer", item)
        unchanged = there - touched
        assert sorted(i for i in seen if i in unchanged) == sorted(unchanged)
        plain = [r["id"] for r in shop.page("customer", sort=order, limit=500, fields=["id"]).records]
        if not touched and not any(between):
            assert seen == plain
        gone = [i for i in there - touched if i != known[0]][12:]
        if gone:
            shop.delete("customer", *gone)

    holds()

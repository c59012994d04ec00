"""Conditions: a tree becomes an expression and the same tree again; expressions fit or do not; sentences say what is meant."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings, strategies as st

from tenon.metamodel.errors import Invalid
from tenon.metamodel.expressions.conditions.offers import find_offer, offers
from tenon.metamodel.expressions.conditions.reading import read
from tenon.metamodel.expressions.conditions.subjects import find_subject
from tenon.metamodel.expressions.conditions.tree import Condition, Day, Edge, Group, Mine, Moved, Other, tidy
from tenon.metamodel.expressions.conditions.wording import say_group
from tenon.metamodel.expressions.conditions.writing import write
from tests.metamodel.expressions.models import scope

ID = "01900000-0000-7000-8000-000000000001"
ORDERED = ("is", "is_not", "less", "at_most", "more", "at_least")
texts = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=12)
numbers = st.integers(-(10**9), 10**9) | st.decimals(-(10**6), 10**6, places=2, allow_nan=False)
moved = st.builds(Moved, st.integers(-400, 400)) | st.builds(
    Moved, st.integers(-30, 30).filter(bool), st.sampled_from(["week", "month", "quarter", "year"])
)
edges = st.builds(Edge, st.sampled_from(["start", "end"]), st.sampled_from(["week", "month", "quarter", "year"]), st.integers(-12, 12))
days = st.builds(Day, st.dates().map(str)) | moved | edges


def about(path: str, operators: tuple[str, ...], *values: st.SearchStrategy, through: str = "") -> st.SearchStrategy[Condition]:
    return st.builds(Condition, st.just(path), st.sampled_from(operators), st.tuples(*values), st.just(through))


def listed(path: str, *names: str) -> st.SearchStrategy[Condition]:
    values = st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True).map(tuple)
    return st.builds(Condition, st.just(path), st.sampled_from(["any_of", "none_of"]), values)


leaves = st.one_of(
    about("name", ("is", "is_not", "contains", "lacks", "starts_with", "ends_with"), texts),
    about("industry.title", ("empty", "filled")),
    about("arr", ORDERED, numbers), about("arr", ("between",), numbers, numbers), about("seats", ORDERED, st.just(Other("ratio"))),
    about("parent.industry.size", ("empty", "filled")), about("signed", (*ORDERED,), days), about("signed", ("between",), days, days),
    about("seen", ("less", "at_least"), days), about("seen", ("is", "more", "at_most"), days, through="date"),
    about("seen", ("more", "less"), st.builds(Moved, st.integers(-48, 48).filter(bool), st.sampled_from(["hour", "minute"]), st.just("now"))),
    about("seen", ("more",), st.integers(0, 99), through="days_since"), about("active", ("yes", "not_yes", "no", "empty")),
    listed("stage", "new", "won", "lost"), about("level", ("is", "is_not"), st.sampled_from(["gold", "silver"])),
    about("labels", ("contains", "lacks"), st.sampled_from(["vip", "late"])), about("owner", ("is", "is_not"), st.just(Mine()) | st.just(ID)),
    about("unit", ("within",)), about("user.roles", ("contains", "lacks"), st.sampled_from(["sales", "csm"])),
)  # fmt: skip


def grouped(items: st.SearchStrategy[Group | Condition]) -> st.SearchStrategy[Group]:
    return st.builds(Group, st.sampled_from(["and", "or"]), st.lists(items, min_size=1, max_size=3).map(tuple))


far = st.one_of(
    about("amount", ORDERED, numbers), about("status", ("is",), st.sampled_from(["open", "paid"])), about("ordered_at", ("at_least",), days),
    about("amount", ("more",), st.just(Other("this.arr"))),
)  # fmt: skip
inner = st.none() | grouped(far | grouped(far))
summaries = st.one_of(
    st.builds(Condition, st.just("orders"), st.sampled_from(["yes", "not_yes"]), st.just(()), st.just("exists"), inner),
    st.builds(Condition, st.just("orders"), st.sampled_from(ORDERED), st.tuples(st.integers(0, 99)), st.just("count"), inner),
    st.builds(Condition, st.just("orders.amount"), st.sampled_from(ORDERED), st.tuples(numbers), st.sampled_from(["sum", "max"]), inner),
    st.builds(Condition, st.just("parent.orders.ordered_at"), st.just("less"), st.tuples(days), st.just("last"), inner),
)
trees = st.recursive(grouped(leaves | summaries), lambda below: grouped(leaves | summaries | below), max_leaves=8)


@settings(max_examples=400, deadline=None)
@given(trees)
def test_tree_to_text_to_tree(tree: Group) -> None:
    text = write(tree)
    try:
        found = read(text, scope())
    except Invalid as error:
        assert error.problems[0].code == "over_limit", text  # noqa: PT017
        return
    assert found == tidy(tree), text
    assert write(found) == text
    sentence = say_group(found, scope())
    assert sentence.en
    assert sentence.zh


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("arr>1000 and stage=='won'", "arr > 1000 and stage == 'won'"),
        ("1000 < arr", "arr > 1000"),
        ("is_empty(owner) or not is_empty(name)", "owner == None or name != None"),
        ("20 >= seats >= 10", "10 <= seats <= 20"),
        ("10 < seats <= 20", "seats > 10 and seats <= 20"),
        ("'vip' in labels and 'x' not in name", "contains(labels, 'vip') and not contains(name, 'x')"),
        ("active == True", "active"),
        ("signed >= date_add(today(), -7)", "signed >= days_ago(7)"),
        ("signed >= start_of(today(), 'month')", "signed >= start_of(today(), 'month')"),
        ("存在(orders, where=status == 'paid')", "exists(orders, where=status == 'paid')"),
        ("((arr > 1))", "arr > 1"),
        ("(arr > 1 and seats > 2) and active", "(arr > 1 and seats > 2) and active"),
        ("record.owner == user.id", "owner == user.id"),
        ("has_role('csm') or in_unit(unit)", "has_role('csm') or in_unit(unit)"),
        ("", ""),
    ],
)
def test_what_fits_is_written_in_one_way(text: str, again: str) -> None:
    found = read(text, scope())
    assert found is not None
    assert write(found) == again


@pytest.mark.parametrize(
    "text",
    ["arr / seats > 3", "not (arr > 1 and seats > 2)", "not arr > 1", "True", "if_else(active, arr > 1, seats > 1)", "lower(name) == 'x'",
     "1 < 2", "stage in ['new', None]", "arr > seats * 2", "signed > end_of(date_add(today(), 1, 'year'), 'month')"],
)  # fmt: skip
def test_what_does_not_fit_says_so(text: str) -> None:
    assert read(text, scope()) is None


def test_what_is_wrong_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        read("arrr > 1", scope())
    assert caught.value.problems[0].code == "unknown_name"


def test_paths_follow_the_names_of_today() -> None:
    stored = Condition("customer.name", "is", ("x",))
    assert read(write(Group("and", (stored,))), scope(entity="order")) == Group("and", (stored,))


@pytest.mark.parametrize(
    ("text", "en", "zh"),
    [
        ("arr > 1000 and stage in ['won', 'new']", "arr is more than 1,000 and stage is one of won, new", "arr 大于 1,000 且 stage 属于 won、new"),
        ("signed >= days_ago(30)", "signed is on or after 30 days ago", "signed 不早于 30 天前"),
        ("signed < start_of(date_add(today(), -1, 'month'), 'month')", "signed is before the start of last month", "signed 早于 上月第一天"),
        ("owner == user.id or active", "Owner is me or active is yes", "负责人 等于 我 或 active 为是"),
        ("exists(orders, where=status == 'paid')", "has orders where (status is paid)", "有满足（status 等于 paid）的 orders"),
        ("count(orders) >= 3", "number of orders is at least 3", "orders 的数量 大于等于 3"),
        ("(arr > 1 or seats > 2) and parent.name == None",
         "(arr is more than 1 or seats is more than 2) and parent › name is empty", "（arr 大于 1 或 seats 大于 2） 且 parent的name 为空"),
        ("date(seen) == today()", "seen is on today", "seen 在 今天"),
        ("", "everything", "全部"),
    ],
)  # fmt: skip
def test_sentences(text: str, en: str, zh: str) -> None:
    found = read(text, scope())
    assert found is not None
    sentence = say_group(found, scope())
    assert (sentence.en, sentence.zh) == (en, zh)


def test_operators_by_type() -> None:
    def keys(path: str, through: str = "") -> list[str]:
        subject = find_subject(scope(), path, through)
        assert subject is not None
        return [o.key for o in offers(subject.type, through)]

    assert keys("name")[:3] == ["contains", "lacks", "is"]
    assert keys("arr") == ["more", "at_least", "less", "at_most", "between", "is", "is_not", "empty", "filled"]
    assert keys("seen")[0] == "date:is"
    assert "less" in keys("seen")
    assert keys("labels") == ["contains", "lacks", "empty", "filled"]
    assert keys("unit")[0] == "within"
    assert keys("orders", "exists") == ["yes", "not_yes"]
    assert keys("orders", "count")[0] == "more"
    moment = find_subject(scope(), "seen")
    assert moment is not None
    offer = find_offer(moment.type, "", "more")
    assert offer is not None
    assert offer.label.en == "is later than"


def test_decimals_stay_as_they_are_written() -> None:
    assert read("arr > 10.50", scope()) == Group("and", (Condition("arr", "more", (Decimal("10.50"),)),))

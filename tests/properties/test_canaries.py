"""Nothing that a reader may not see, and nothing that depends on it, comes out of any call, however it is asked."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st

from tenon.platform.database import Database
from tests.properties.twins import HIDDEN, MASKED, OPEN, PARTLY, WIDGETS, open_twin, what_goes_out

FIELDS = [*OPEN, *PARTLY, *MASKED, *HIDDEN, "loud"]
DEALS = ["title", "amount", "open", "memo", "person"]
CONSTANTS = ["0", "5", "55", "777", "100", "654321", "987653", "'Name 1'", "'CANARY-secret-1'", "'mid'", "'high'", "'x'", "'note'", "None", "True", "date('2024-02-03')", "'h'"]
WRITES = ("patch", "delete", "restore", "mass", "bulk")
LOOKUPS = [{"keyed": "CANARY-key-1"}, {"keyed": "k1"}, {"code": "P-4"}, {"code": "CANARY-7"}, {"name": "Name 1"}, [{"keyed": "CANARY-key-2"}], {"entity": "vault", "name": "CANARY-vault-1"}]
OPERATORS = ["==", "!=", "<", ">=", "in"]


def paths() -> st.SearchStrategy[str]:
    """Paths over one or two references, of any field at their end."""
    own = st.sampled_from(FIELDS)
    steps = st.sampled_from(["", "", "", "boss.", "boss.boss.", "vault.", "owner.", "linked."])
    return st.builds(lambda s, f: s + ("name" if s in ("vault.", "owner.") else f), steps, own)


def atoms() -> st.SearchStrategy[str]:
    """Conditions on one field, or on far records."""
    path, constant = paths(), st.sampled_from(CONSTANTS)
    relation = st.sampled_from(["deals", "staff", "liked_by", "keepers", "linkers", "friends"])
    far = st.sampled_from(FIELDS + DEALS)
    inner = st.builds(lambda f, o, c: f"{f} {o} {c}", far, st.sampled_from(["==", "!=", ">"]), constant)
    return st.one_of(
        st.builds(lambda p, o, c: f"{p} {o} ({c}, 'q')" if o == "in" else f"{p} {o} {c}", path, st.sampled_from(OPERATORS), constant),
        st.builds(lambda p: f"is_empty({p})", path),
        st.builds(lambda p, c: f"contains({p}, {c})", path, st.sampled_from(["'CANARY'", "'a'", "'m'", "'high'"])),
        st.builds(lambda r, n: f"count({r}) > {n}", relation, st.integers(0, 2)),
        st.builds(lambda r, i: f"exists({r}, where={i})", relation, inner),
        st.builds(lambda r, f, a, c: f"{a}({r}.{f}) > {c}", relation, far, st.sampled_from(["sum", "max", "min", "distinct"]), st.sampled_from(["0", "9", "60"])),
        st.builds(lambda p, d, c: f"was({p}, date('2026-03-{d:02}')) == {c}", path, st.sampled_from([1, 2, 5, 7]), st.sampled_from(["'mid'", "'low'", "'high'", "None", "10", "55"])),
        st.builds(lambda p: f"len({p}) > 9", path), st.builds(lambda a, b: f"{a} == {b}", path, path),
    )


def filters() -> st.SearchStrategy[str]:
    """Conditions joined."""
    return st.recursive(atoms(), lambda inner: st.one_of(
        st.builds(lambda a, b: f"({a}) and ({b})", inner, inner), st.builds(lambda a, b: f"({a}) or ({b})", inner, inner), st.builds(lambda a: f"not ({a})", inner),
    ), max_leaves=3)  # fmt: skip


def lists() -> st.SearchStrategy[dict[str, Any]]:
    """Parameters of a list."""
    sort = st.lists(st.builds(lambda m, p: m + p, st.sampled_from(["", "-"]), paths()), max_size=2).map(",".join)
    optional = {
        "filter": filters(), "sort": sort, "fields": st.lists(paths(), min_size=1, max_size=4).map(",".join), "limit": st.sampled_from(["3", "50"]),
        "search": st.sampled_from(["name", "canary", "CANARY-note", "hidden", "note 1", "hcan", "elsewhere", "name 1"]), "count": st.sampled_from(["exact", "capped"]),
        "deleted": st.sampled_from(["true", "false"]),
    }
    return st.fixed_dictionaries({}, optional=optional)


def questions() -> st.SearchStrategy[dict[str, Any]]:
    """Bodies of a question."""
    value = st.one_of(paths(), st.builds(lambda p: f"boss.{p}", st.sampled_from(FIELDS)))
    measure = st.one_of(
        st.just("count()"), st.builds(lambda a, p: f"{a}({p})", st.sampled_from(["sum", "avg", "min", "max", "distinct"]), value),
        st.builds(lambda f: f"count(where={f})", atoms()),
    )
    return st.fixed_dictionaries(
        {"entity": st.sampled_from(["person", "person", "deal", "vault"]), "measures": st.lists(measure, max_size=2).map(lambda m: [{"name": f"m{i}", "expr": e} for i, e in enumerate(m)])},
        optional={
            "filter": filters(), "group_by": st.lists(st.one_of(paths(), st.just({"field": "since", "by": "month"})), max_size=2), "having": st.sampled_from(["m0 > 5", "m0 == 0"]),
            "sort": st.sampled_from([["-m0"], ["m0"], ["-bonus"]]), "totals": st.booleans(), "explain": st.booleans(),
        },
    )  # fmt: skip


def reports() -> st.SearchStrategy[tuple[Any, ...]]:
    """Widgets with a filter and chosen values, and movements."""
    day = st.sampled_from(["2026-03-01", "2026-03-02", "2026-03-06", "2026-03-07"])
    chosen = st.dictionaries(paths().map(lambda p: f"where[{p}]"), st.sampled_from(["mid", "high", "", "55", "10..60", "this_year", "2025-01-01..2025-02-28", "x"]), max_size=2)
    params = st.builds(lambda c, f: {**c, **f}, chosen, st.fixed_dictionaries({}, optional={"filter": filters()}))
    moved = st.fixed_dictionaries({"entity": st.just("person"), "field": paths(), "from": day, "to": day}, optional={"filter": filters()})
    return st.one_of(
        st.tuples(st.just("widget"), st.sampled_from([w["name"] for w in WIDGETS]), params), st.tuples(st.just("moved"), moved),
        st.tuples(st.just("export"), st.sampled_from([w["name"] for w in WIDGETS])),
    )


def calls() -> st.SearchStrategy[tuple[Any, ...]]:
    """Calls of every kind; numbers stand for the record of that position."""
    number = st.integers(0, 11)
    value = st.sampled_from([None, 1, "MINE", "high", "P-1", [], True, *LOOKUPS])
    values = st.dictionaries(st.sampled_from(FIELDS), value, min_size=1, max_size=3)
    mass = st.one_of(values, st.builds(lambda f, p: {f: {"expr": p}}, st.sampled_from(["note", "bonus", "name", "hint"]), paths()))
    return st.one_of(
        st.tuples(st.just("GET"), st.sampled_from(["person", "deal", "vault"]), lists()),
        st.tuples(st.just("GET"), st.just("person"), lists()),
        st.tuples(st.just("get"), number, st.one_of(st.just({}), st.fixed_dictionaries({"fields": st.lists(paths(), min_size=1, max_size=5).map(",".join)}))),
        st.tuples(st.just("score"), st.sampled_from(["wealth", "luck"]), number, st.sampled_from([{}, {"since": "2026-03-01"}, {"on": "2026-03-02"}])),
        st.tuples(st.just("rights"), number, st.sampled_from(FIELDS)), st.tuples(st.just("restore"), number), st.tuples(st.just("timeline"), number),
        st.tuples(st.just("history"), number), st.tuples(st.just("query"), questions()), st.tuples(st.just("query"), questions()), reports(), reports(),
        st.tuples(st.just("patch"), number, values), st.tuples(st.just("delete"), number),
        st.tuples(st.just("mass"), filters(), mass, st.integers(0, 3)),
        st.tuples(st.just("bulk"), st.sampled_from([["code"], ["keyed"], ["name"], []]), st.sampled_from(["upsert", "update", "create"]), st.lists(values, max_size=2)),
        st.tuples(st.just("evaluate"), number, filters()),
    )


def ask(client: Any, ids: list[str], call: tuple[Any, ...]) -> Any:
    """Make a call."""
    kind = call[0]
    base = "/api/v1/records/person"
    if kind == "GET":
        return client.get(f"/api/v1/records/{call[1]}", params=call[2])
    if kind == "get":
        return client.get(f"{base}/{ids[call[1]]}", params=call[2])
    if kind in ("history", "timeline"):
        return client.get(f"{base}/{ids[call[1]]}/{kind}")
    if kind == "restore":
        return client.post(f"{base}/{ids[call[1]]}/restore")
    if kind == "score":
        return client.get(f"/api/v1/scores/{call[1]}/records/{ids[call[2]]}", params=call[3])
    if kind == "rights":
        return client.get("/api/v1/access/explain", params={"entity": "person", "id": ids[call[1]], "field": call[2]})
    if kind == "widget":
        return client.get(f"/api/v1/widgets/{call[1]}/data", params=call[2])
    if kind == "export":
        return client.get(f"/api/v1/widgets/{call[1]}/export")
    if kind == "moved":
        return client.post("/api/v1/transitions", json=call[1])
    if kind == "query":
        return client.post("/api/v1/query", json=call[1])
    if kind == "patch":
        return client.patch(f"{base}/{ids[call[1]]}", json=call[2])
    if kind == "delete":
        return client.delete(f"{base}/{ids[call[1]]}")
    if kind == "mass":
        return client.patch(base, params={"filter": call[1], "expect": str(call[3])}, json={"set": call[2]})
    if kind == "evaluate":
        return client.post("/api/v1/expressions/evaluate", json={"expression": call[2], "entity": "person", "record": ids[call[1]]})
    return client.post(base, json={"records": call[3], "match_on": call[1], "mode": call[2], "on_error": "skip"})


def test_two_workspaces_that_differ_out_of_sight_answer_alike(
    new_database: Callable[..., Database], tmp_path: Path, moment: datetime, scale: float
) -> None:
    twins = [open_twin(new_database(), tmp_path / f"home{side}", moment, side) for side in (0, 1)]
    assert twins[0].ids == twins[1].ids
    statuses: dict[int, int] = {}
    starts = itertools.count(1_000_000, 1_000)

    def compare(call: tuple[Any, ...]) -> None:
        start = next(starts)
        for twin in twins:
            twin.count_ids_from(start)
        answers = [ask(twin.client, twin.ids, call) for twin in twins]
        first, second = ((a.status_code, without_new_ids(a.text, twin.ids)) for a, twin in zip(answers, twins, strict=True))
        statuses[first[0]] = statuses.get(first[0], 0) + 1
        assert max(first[0], second[0]) < 500, (call, first, second)
        assert first == second, difference(first[1], second[1])
        if "canary" not in str(call).lower():
            assert "CANARY" not in first[1]

    @settings(max_examples=int(4000 * scale), deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(calls())
    def alike(call: tuple[Any, ...]) -> None:
        compare(call)
        if call[0] in WRITES:
            compare(("GET", "person", {}))

    alike()
    assert statuses.get(200, 0) > 10  # not everything was refused
    told = []
    start = next(starts)
    for side, twin in enumerate(twins):
        twin.count_ids_from(start)
        told.append([without_new_ids(text, twin.ids) for text in what_goes_out(twin, side)])
    assert told[0] == told[1]
    assert "CANARY" not in str(told)


def without_new_ids(text: str, known: list[str]) -> str:
    """Return an answer with ids that are no first record's as their order in it: how many ids were given out before is no secret."""
    order: dict[str, str] = {id: id for id in known}
    numbered = "01900000-0000-7000-8000-[0-9a-f]{12}|score(-[a-z]+)?:[0-9a-f-]{36}:[0-9]+"
    return re.sub(numbered, lambda found: order.setdefault(found[0], f"new {len(order)}"), text)


def difference(first: str, second: str) -> str:
    """Return where two answers part."""
    place = next((i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second)))
    return f"{first[max(0, place - 200) : place + 80]}\n=== but ===\n{second[max(0, place - 200) : place + 80]}"

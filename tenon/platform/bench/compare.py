"""The comparison: four calls on both sides by turns, then what only Tenon has, and the table of ratios."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from tenon.engine.outside import FixedClock
from tenon.engine.scores.events import ScoreCause
from tenon.engine.scores.run import run_now
from tenon.engine.scores.simulate import simulate
from tenon.metamodel.naming import to_shown
from tenon.platform.bench import baseline, ours
from tenon.platform.bench.load import Ask, Measured, measure, median_of, send
from tenon.platform.bench.rows import INDUSTRIES, new_customer, row_id
from tenon.platform.bench.rules import measure_rules
from tenon.platform.bench.scores import NOW, measure_scores
from tenon.platform.bench.server import Server, running
from tenon.platform.boot import make_worker, open_outside, open_platform, start
from tenon.platform.database import Database
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform

SCORE_ROUNDS = 5
CALLS = ("get one", "page of 50", "create", "update")
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """How much is measured: customers (and five times as many orders), seconds a cell, rounds, clients."""

    rows: int = 100_000
    seconds: float = 3.0
    rounds: int = 3
    clients: tuple[int, ...] = (1, 8)


@dataclass
class Report:
    """What was measured on one database; ``cells[call, clients]`` is Tenon's and the baseline's."""

    dialect: str
    cells: dict[tuple[str, int], tuple[Measured, Measured]] = field(default_factory=dict)
    more: list[tuple[str, str]] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return the report as Markdown: times of Tenon are so many times those of the baseline."""
        head = [
            f"### {self.dialect}", "", "| call | clients | Tenon calls/s | baseline calls/s | time ratio | CPU ratio | p95 ms | baseline p95 ms |",
            "| --- | --- | --- | --- | --- | --- | --- | --- |",
        ]  # fmt: skip
        cells = [
            f"| {call} | {clients} | {our.rate:.0f} | {base.rate:.0f} | {base.rate / our.rate:.2f} | {_ratio(our.cpu, base.cpu)} | {our.p95:.1f} | {base.p95:.1f} |"
            for (call, clients), (our, base) in self.cells.items()
        ]
        return [*head, *cells, "", "| beside | measured |", "| --- | --- |", *[f"| {what} | {value} |" for what, value in self.more], ""]


def _ratio(our: float, base: float) -> str:
    return f"{our / base:.2f}" if base else "-"


def compare(home: Path, database_url: str, baseline_url: str, plan: Plan, tell: Tell) -> Report:
    """Measure on one database; both addresses are of empty databases, ``home`` of an empty folder."""
    settings = Settings.load({"TENON_HOME": str(home), "TENON_DATABASE_URL": database_url}, env_file=None)
    platform = open_platform(settings)
    report = Report(platform.database.dialect)
    tell(f"{report.dialect}: storing {plan.rows} customers and {plan.rows * 5} orders on both sides")
    token = ours.fill(platform, plan.rows)
    baseline.fill(baseline_url, plan.rows)
    with ExitStack() as stack:
        our = stack.enter_context(_tenon(settings, database_url))
        base = stack.enter_context(running(["tenon.platform.bench.baseline", baseline_url], {}, "/customers?industry=none"))
        report.more += [
            ("cold start", f"{our.start_seconds:.2f} s (baseline {base.start_seconds:.2f} s)"),
            ("idle memory", f"{our.memory_mb():.0f} MB (baseline {base.memory_mb():.0f} MB)"),
        ]
        headers = {"Authorization": f"Bearer {token}"}
        _compare_calls(our, base, headers, plan, report, tell)
        tell(f"{report.dialect}: a page far behind")
        report.more.append(_deep_page(our, headers, plan))
        plain = measure(our, _update("/api/v1/records/customer", plan.rows), clients=1, seconds=plan.seconds, headers=headers)
    tell(f"{report.dialect}: rules that do not fire")
    report.more += measure_rules(platform, plan.rounds)
    tell(f"{report.dialect}: ten formulas and a score")
    report.more += _computed(platform, settings, database_url, headers, plan, plain)
    platform.close()
    report.more += _scored(settings, plan, tell)
    return report


def _tenon(settings: Settings, database_url: str) -> Any:
    environment = {"TENON_HOME": str(settings.home), "TENON_DATABASE_URL": database_url}
    return running(["tenon.platform.bench.ours"], environment, "/readyz")


def _compare_calls(our: Server, base: Server, headers: dict[str, str], plan: Plan, report: Report, tell: Tell) -> None:
    sides = ((our, "/api/v1/records/customer", headers, True), (base, "/customers", None, False))
    for clients in plan.clients:
        for call in CALLS:
            tell(f"{report.dialect}: {call}, {clients} client{'s' if clients > 1 else ''}")
            found: list[list[Measured]] = [[], []]
            for turn in range(plan.rounds):
                # Now one side first, now the other: what the machine does besides falls on both.
                for side in (0, 1) if turn % 2 == 0 else (1, 0):
                    server, path, sent, is_ours = sides[side]
                    ask, expect = _ask(call, path, plan.rows, is_ours=is_ours)
                    found[side].append(measure(server, ask, clients=clients, seconds=plan.seconds, headers=sent, expect=expect))
            report.cells[call, clients] = median_of(found[0]), median_of(found[1])


def _ask(call: str, path: str, rows: int, *, is_ours: bool) -> tuple[Ask, int]:
    if call == "get one":
        return lambda number: ("GET", f"{path}/{row_id(1, number * 7919 % rows)}", None), 200
    if call == "page of 50":
        return _page(path, is_ours=is_ours), 200
    if call == "create":
        return lambda number: ("POST", path, new_customer(number)), 201
    return _update(path, rows), 200


def _page(path: str, *, is_ours: bool) -> Ask:
    def ask(number: int) -> tuple[str, str, None]:
        industry, more_than = INDUSTRIES[number % len(INDUSTRIES)], number % 50 * 1_000
        if is_ours:
            filter = f"industry == '{industry}' and arr > {more_than}"
            return "GET", f"{path}?{httpx.QueryParams({'filter': filter, 'sort': '-arr', 'limit': 50})}", None
        return "GET", f"{path}?industry={industry}&more_than={more_than}", None

    return ask


def _update(path: str, rows: int) -> Ask:
    # A value that differs at every turn: an update that changes nothing would write nothing.
    return lambda number: ("PATCH", f"{path}/{row_id(1, number * 7919 % rows)}", {"health": (number * 31 + time.time_ns() // 1000) % 101})


def _deep_page(our: Server, headers: dict[str, str], plan: Plan) -> tuple[str, str]:
    """Compare the page at nine tenths of the list with the first one."""
    path = "/api/v1/records/customer"
    with httpx.Client(base_url=our.url, headers=headers, timeout=60) as http:
        after, position = "", 0
        while position < plan.rows * 9 // 10:
            found = send(http, ("GET", f"{path}?limit=500&fields=name{after}", None), 200)
            position += 500
            after = f"&after={found['next']}"
        first = measure(our, lambda _: ("GET", f"{path}?limit=50", None), clients=1, seconds=plan.seconds, headers=headers)
        # The cursor belongs to the same filter and order; how many a page has is free.
        deep = measure(our, lambda _: ("GET", f"{path}?limit=50{after}", None), clients=1, seconds=plan.seconds, headers=headers)
    return f"page at position {position} against the first", f"{first.rate / deep.rate:.2f} times the time"


def _computed(
    platform: Platform, settings: Settings, database_url: str, headers: dict[str, str], plan: Plan, plain: Measured
) -> list[tuple[str, str]]:
    started = time.perf_counter()
    ours.add_computed(platform)
    published = time.perf_counter() - started
    make_worker(platform).run_until_idle()
    filled = time.perf_counter() - started
    with _tenon(settings, database_url) as our:
        computed = measure(our, _update("/api/v1/records/customer", plan.rows), clients=1, seconds=plan.seconds, headers=headers)
    return [
        ("publish ten formulas and a score", f"{published:.2f} s; {filled:.1f} s until all are filled"),
        ("update with ten formulas and a score against a plain one", f"{plain.rate / computed.rate:.2f} times the time"),
        _tried(platform),
    ]


def _tried(platform: Platform) -> tuple[str, str]:
    """Compare trying another score with running the one there is."""
    times = []
    for _ in range(2):
        with platform.write() as uow:
            score = uow.model.get("score", "fitness").id
            started = time.perf_counter()
            run_now(uow, score, ScoreCause("schedule"))
            times.append(time.perf_counter() - started)
    with platform.database.trial() as connection:
        unit = platform.unit(connection)
        body = to_shown(unit.model.get("score", "fitness"), unit.model)
        started = time.perf_counter()
        simulate(unit, ours.SYSTEM, "fitness", {**body, "bands": [*body["bands"][:-1], {**body["bands"][-1], "from": 75}]})
        tried = time.perf_counter() - started
    return "simulate a score against a full run", f"{tried / times[1]:.1f} times a run that changes nothing, {tried / times[0]:.1f} times one that changes most"


def _scored(settings: Settings, plan: Plan, tell: Tell) -> list[tuple[str, str]]:
    """Compare a score of seven measures with the UPDATE that somebody would write by hand."""
    clock = FixedClock(NOW)
    platform = start(settings, Database(settings.database_url, synchronous=settings.sqlite_synchronous), replace(open_outside(settings), clock=clock))
    found = measure_scores(platform, clock, plan.rows, max(plan.rounds, SCORE_ROUNDS), tell)[1]
    platform.close()
    return [(f"score of {plan.rows} records x 7 measures: {what}", value) for what, value in found]

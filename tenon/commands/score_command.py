"""``tenon score``: runs, explains, simulates and back-tests scores."""

from __future__ import annotations

import json
import threading
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from tenon.commands.speech import spoken, tell
from tenon.commands.workspace import acting, opened
from tenon.engine.access.rights import rights_of
from tenon.engine.jobs import get as get_job, put
from tenon.engine.jobs.table import ENDED
from tenon.engine.outside import new_record_id
from tenon.engine.scores.backtest import backtest
from tenon.engine.scores.explain import explain
from tenon.engine.scores.jobs import RUN
from tenon.engine.scores.outcomes import LONGEST, Asked
from tenon.engine.scores.simulate import Moved, simulate
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import Text, say
from tenon.platform.api.answers import dump
from tenon.platform.worker import Worker
from tenon.platform.workspace import Platform


@click.group(name="score")
def command() -> None:
    """Run, explain, simulate and back-test scores.

    Example: tenon score run customer_health
    """


@command.command(name="run", epilog="Example: tenon score run customer_health")
@click.argument("name")
def run(name: str) -> None:
    """Compute a score for all records, in this process."""
    with opened() as platform:
        with platform.write() as uow:
            score = uow.model.get("score", name).id
            queue = f"command-{new_record_id()}"
            job_id = put(uow.connection, RUN, {"score": score, "cause": "manual"}, queue=queue)
        result = run_job(platform, job_id, queue)
    tell(say("{n} records changed.", "{n} 条记录发生变化。", n=(result or {}).get("changed", 0)))


def run_job(platform: Platform, job_id: str, queue: str) -> dict[str, Any] | None:
    """Run one job here and return its result; whoever else took it is waited for. Raises Invalid when it failed."""
    worker = Worker(platform.database, platform.kinds, platform.outside, queues=[queue])
    pause = threading.Event()
    while True:
        worker.run_until_idle()
        with platform.database.read() as connection:
            job = get_job(connection, job_id)
        if job["state"] in ENDED:
            break
        pause.wait(0.2)
    if job["state"] != "done":
        kept = [Problem("", str(p.get("code")), Text.of(p.get("message"))) for p in job["errors"] or []]
        raise Invalid(kept or Problem("", "refused", say("The job ended as {state}.", "任务以 {state} 结束。", state=job["state"])))
    found: dict[str, Any] | None = job["result"]
    return found


@command.command(name="explain", epilog="Example: tenon score explain customer_health 0198c0de-… --since 2026-01-01")
@click.argument("name")
@click.argument("record")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="As it was at the end of that day.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Say what changed from that day.")
@click.option("--json", "as_json", is_flag=True, help="Print the explanation as JSON.")
def explain_command(name: str, record: str, on: datetime | None, since: datetime | None, as_json: bool) -> None:
    """Say what the score of a record is made of."""
    with opened() as platform, platform.read() as uow:
        rights = rights_of(uow.model, acting(platform, "score explain"))
        found = explain(uow, rights, name, record, _day(on), _day(since), spoken())
    if as_json:
        click.echo(dump(found).decode())
        return
    tell(f"{found['score']}: {_shown(found['value'])} {found['band'] or ''}".rstrip())
    for measure in found["measures"]:
        tell(f"  {measure['label'] or measure['name']}: {_shown(measure['points'])} / {_shown(measure['max'])}")
    for adjustment in found["adjustments"]:
        tell(f"  {adjustment['label'] or adjustment['type']}: {_shown(adjustment['points'])}")
    for change in found["changes"]:
        tell(f"  {change['name']}: {_shown(change['from'])} → {_shown(change['to'])}")


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None


def _shown(value: Any) -> str:
    return "-" if value is None else str(value)


@command.command(name="simulate", epilog="Example: tenon score simulate customer_health --body new.json")
@click.argument("name")
@click.option("--body", type=click.Path(path_type=Path), help="The score as it would be, a file of JSON; without it the draft.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, help="How many of the records that move are listed.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole answer as JSON.")
def simulate_command(name: str, body: Path | None, limit: int, as_json: bool) -> None:
    """Say what another version of a score would change. Nothing is kept."""
    given = _read_body(body) if body is not None else None
    with opened() as platform, platform.database.trial() as connection:
        found = simulate(platform.unit(connection), acting(platform, "score simulate"), name, given, Moved(limit))
    is_more = len(found["moved"]) > limit
    found["moved"] = found["moved"][:limit]
    if as_json:
        click.echo(dump(found).decode())
        return
    tell(say("{n} records.", "{n} 条记录。", n=found["records"]))
    for band in dict.fromkeys([*found["before"], *found["after"]]):
        tell(f"  {band or '-'}: {found['before'].get(band, 0)} → {found['after'].get(band, 0)}")
    for move in found["moves"]:
        tell(f"  {move['from'] or '-'} → {move['to'] or '-'}: {move['count']}")
    for each in found["moved"]:
        tell(f"  {each['title'] or each['id']}: {_shown(each['before'])} {each['band_before'] or '-'} → {_shown(each['after'])} {each['band_after'] or '-'}")
    if is_more:
        tell(say("More with --limit.", "更多记录请使用 --limit。"))


def _read_body(path: Path) -> dict[str, Any]:
    """Return the document in a file. Raises Invalid."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        message = say("{path} cannot be read as JSON: {why}", "无法将 {path} 读取为 JSON：{why}", path=path, why=error)
        raise Invalid(Problem("", "bad_format", message)) from None
    if not isinstance(found, dict):
        raise Invalid(Problem("", "wrong_type", say("{path} holds no document.", "{path} 中没有文档。", path=path)))
    return found


@command.command(name="backtest", epilog="Example: tenon score backtest customer_health --outcome 'stage == \"lost\"' --as-of 2026-01-01")
@click.argument("name")
@click.option("--outcome", required=True, help="What should have been foreseen: a condition over the records some days later.")
@click.option("--as-of", "as_of", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day of the values.")
@click.option("--days", type=click.IntRange(0, LONGEST), default=90, help="How many days later the outcome is looked at.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole answer as JSON.")
def backtest_command(name: str, outcome: str, as_of: datetime, days: int, as_json: bool) -> None:
    """Say how well the values of a day foresaw an outcome."""
    with opened() as platform, platform.read() as uow:
        found = backtest(uow, acting(platform, "score backtest"), name, Asked(outcome, as_of.date(), days))
    if as_json:
        click.echo(dump(found).decode())
        return
    tell(say("{n} records, {rate} with the outcome.", "{n} 条记录，结果发生率 {rate}。", n=found["n"], rate=_shown(found["base_rate"])))
    tell(say("AUC {auc}, Brier {brier}.", "AUC {auc}，Brier {brier}。", auc=_shown(found["auc"]), brier=_shown(found["brier"])))
    for band in found["bands"]:
        tell(f"  {band['label']}: {band['n']} · {_shown(band['rate'])} · ×{_shown(band['lift'])} · {_shown(band['recall'])}")

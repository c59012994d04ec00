"""Building the one `Platform`: database, release in force, transactions, listeners, publishing, jobs and the world outside."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tenon.engine.alerts.escalating import SCHEDULE as ALERTS
from tenon.engine.approvals.locking import hear_locked
from tenon.engine.apps.install_job import install_jobs
from tenon.engine.apps.sample_job import sample_jobs
from tenon.engine.apps.sample_marks import forget_removed
from tenon.engine.automation import automation_jobs, automation_listeners
from tenon.engine.context import Context
from tenon.engine.duplicates.finding import hear_duplicates
from tenon.engine.duplicates.merging_alone import merging_jobs
from tenon.engine.duplicates.sweeping import SCHEDULE as DUPLICATES, duplicate_jobs, find_after_publish
from tenon.engine.events.again import try_events
from tenon.engine.events.features import feature_jobs
from tenon.engine.events.intake import EVENT
from tenon.engine.imports.unmatched import ROW, try_rows
from tenon.engine.imports.work import import_jobs
from tenon.engine.jobs import JobKind, Schedule, change, get, job_kinds, put, set_schedules
from tenon.engine.notices.mentions import hear_mentions
from tenon.engine.notices.watching import hear_watched
from tenon.engine.outbox import DELIVER, call_all
from tenon.engine.outbox.sending import delivery_jobs
from tenon.engine.outside import Outside
from tenon.engine.recompute.refresh import RECOMPUTE, REFRESH, Refresher, refresh_jobs
from tenon.engine.recompute.touch import Recompute, keep_fresh
from tenon.engine.records.emptying import emptying_jobs
from tenon.engine.records.large_jobs import large_jobs
from tenon.engine.releases import CURRENT, Publisher, Release
from tenon.engine.rules.before import hear_before
from tenon.engine.rules.looking import rule_schedules
from tenon.engine.rules.membership import watch, watch_all
from tenon.engine.rules.misses import Gathered
from tenon.engine.rules.silence import note_silent
from tenon.engine.rules.timing import PREFIX
from tenon.engine.scenarios.run import Scenarios
from tenon.engine.schema.emptying import EMPTY_SCHEMA_TRASH, schema_jobs
from tenon.engine.scores.wiring import run_score, score_after_publish, score_jobs, score_listener, score_schedules, tell_moves
from tenon.engine.segments import hear_removed, keep_members, segment_jobs
from tenon.engine.syncing.links import hear_gone
from tenon.engine.syncing.work import PREFIX as CONNECTORS, connector_jobs, connector_schedules
from tenon.engine.unit_of_work import Listeners, UnitOfWork
from tenon.engine.waiting.hearing import hear_waiting
from tenon.engine.waiting.matching import NIGHTLY as MATCHING, waiting_jobs
from tenon.engine.waiting.table import WAITING
from tenon.engine.webhooks.checking import check_addresses
from tenon.engine.webhooks.subscriptions import LISTENING
from tenon.engine.webhooks.telling import hear_webhooks
from tenon.engine.workflows.forgetting import FORGETTING, forget_jobs
from tenon.engine.workflows.listening import look_again
from tenon.engine.workflows.publishing import after_publish as flows_after_publish
from tenon.engine.workflows.sweeping import SWEEPING
from tenon.metamodel.model import Model
from tenon.platform import audit
from tenon.platform.backup import backup_jobs
from tenon.platform.cleaning import SCHEDULE as CLEANING, cleaning_jobs
from tenon.platform.clock import RealClock
from tenon.platform.copied import NoHttp, read_copy
from tenon.platform.database import Database
from tenon.platform.decision_links import task_mail_jobs
from tenon.platform.files import DiskFiles
from tenon.platform.invitations import account_jobs
from tenon.platform.mail import open_mail
from tenon.platform.migrate import migrate
from tenon.platform.principals import Principals
from tenon.platform.profile import HeldProfile
from tenon.platform.scheduler import Scheduler
from tenon.platform.scratch import scratch_jobs
from tenon.platform.secrets import KeptSecrets
from tenon.platform.settings import Settings
from tenon.platform.web_client import SafeWebClient
from tenon.platform.worker import Worker
from tenon.platform.workspace import Platform

NIGHTLY = (
    CLEANING,
    SWEEPING,
    FORGETTING,
    Schedule("tenon:formulas", "5 0 * * *", REFRESH),
    Schedule("tenon:trash", "41 3 * * *", "empty_trash"),
    MATCHING,
    ALERTS,
    DUPLICATES,
    Schedule("tenon:dropped", "51 3 * * *", EMPTY_SCHEMA_TRASH),
)


def open_platform(settings: Settings, *, outside: Outside | None = None) -> Platform:
    """Open the workspace of the settings, its tables brought up to date. Raises Unavailable."""
    database = Database(settings.database_url, synchronous=settings.sqlite_synchronous)
    migrate(database, backup_to=settings.home / "backups")
    return start(settings, database, outside or open_outside(settings))


def open_outside(settings: Settings) -> Outside:
    """Return the real world outside; a scratch copy has its clock and files only."""
    is_copy = read_copy(settings.home) is not None
    return Outside(
        RealClock(settings.now, settings.now_file), open_mail(None if is_copy else settings.smtp_url, settings.mail_from), DiskFiles(settings.files),
        NoHttp() if is_copy else SafeWebClient(allow_private=settings.allow_private_addresses), settings.base_url,
        KeptSecrets(settings.secret, settings.home / "secrets"),
    )


def start(settings: Settings, database: Database, outside: Outside) -> Platform:
    """Return the platform over a migrated database."""
    database.ask_first(f"SELECT {CURRENT}, {LISTENING}, {WAITING}")
    recompute, gathered = Recompute(run_score, recompute_later, tell_moves, watch, look_again), Gathered()
    heard = (
        keep_fresh(recompute), score_listener(recompute), *automation_listeners(gathered), hear_mentions, hear_watched, hear_removed, forget_removed, hear_webhooks, hear_duplicates,
        hear_waiting, hear_gone,
    )  # fmt: skip
    listeners = Listeners((hear_locked, hear_before), heard)
    platform = Platform(settings, database, outside, Principals(database), HeldProfile(database), listeners, copy=read_copy(settings.home))
    refresher = Refresher(recompute, score_after_publish, watch_all)
    platform.scenarios = Scenarios(database.trial, database.dialect, settings.timezone)
    platform.publisher = Publisher(
        database, outside, settings.timezone, listeners,
        (refresher.after_publish, keep_members, find_after_publish, flows_after_publish, note_silent, check_addresses, _note_release, _schedule(platform)), platform.scenarios,
        platform.latest,
    )
    platform.kinds = job_kinds(
        delivery_jobs(platform.write), account_jobs(settings.base_url), task_mail_jobs(platform.write, settings.base_url), cleaning_jobs(), refresh_jobs(platform.write, recompute),
        emptying_jobs(platform.write), large_jobs(platform.write), schema_jobs(database.retry_ddl),
        import_jobs(platform.write, _stored_file(outside)), score_jobs(platform.write, platform.read), sample_jobs(platform.write, lambda: platform.language),
        segment_jobs(platform.write), duplicate_jobs(platform.write), merging_jobs(platform.write), connector_jobs(platform.write), feature_jobs(platform.write),
        waiting_jobs(platform.write, {EVENT: try_events, ROW: try_rows}),
        backup_jobs(platform), scratch_jobs(platform), automation_jobs(platform.write, lambda: platform.language, gathered),
        forget_jobs(platform.write, settings.keep_workflows_days),
        install_jobs(lambda: platform.publisher, platform.write, lambda: _app_is_there(platform)),
    )
    with database.write() as connection:
        set_schedules(connection, NIGHTLY, prefix="tenon:")
        call_all(connection)
    return platform


def make_worker(platform: Platform, kinds: Mapping[str, JobKind] | None = None, **options: Any) -> Worker:
    """Return a worker for the jobs of a platform, or for some kinds of them."""
    scheduler = Scheduler(platform.database, platform.outside.clock, platform.settings.timezone)
    worker = Worker(platform.database, platform.kinds if kinds is None else kinds, platform.outside, scheduler=scheduler, **options)
    platform.wake = worker.wake
    return worker


def make_workers(platform: Platform, count: int = 1) -> list[Worker]:
    """Return so many workers for everything that is done here, and one for what goes out: a slow other side holds up nothing but that."""
    here = {kind: job for kind, job in platform.kinds.items() if kind != DELIVER}
    workers = [*(make_worker(platform, here) for _ in range(count)), make_worker(platform, {DELIVER: platform.kinds[DELIVER]})]

    def wake() -> None:
        for worker in workers:
            worker.wake()

    platform.wake = wake
    return workers


def recompute_later(uow: UnitOfWork, key: str, ids: Collection[str]) -> None:
    """Put off a formula or a score for many records; all of one transaction are one job, which the answer of the call names."""
    wanted = [key, sorted(ids)]
    job_id = uow.notes.get("pending")
    if job_id is None:
        uow.notes["pending"] = put(uow.connection, RECOMPUTE, {"targets": [wanted], "is_past": uow.is_past})
    else:
        change(uow.connection, job_id, payload={"is_past": uow.is_past, "targets": [*get(uow.connection, job_id)["payload"]["targets"], wanted]})


def _app_is_there(platform: Platform) -> None:
    """Let everybody's rights be read anew after an app came, and workers look for what it left to do."""
    platform.principals.forget()
    platform.wake()


def _note_release(uow: UnitOfWork, ctx: Context, _old: Model, release: Release) -> None:
    """Write a publish to the audit."""
    detail = {"number": release.number, "note": release.note, "app": release.app, "restored_from": release.restored_from}
    audit.write(uow.connection, ctx, "release.publish", "release", str(release.number), {k: v for k, v in detail.items() if v is not None})


def _schedule(platform: Platform) -> Callable[[UnitOfWork, Context, Model, Release], None]:
    """Return what keeps the schedules of scores those of the release."""

    def set_all(uow: UnitOfWork, _ctx: Context, _old: Model, _release: Release) -> None:
        set_schedules(uow.connection, score_schedules(uow.model), prefix="score:")
        set_schedules(uow.connection, rule_schedules(uow.model), prefix=PREFIX)
        set_schedules(uow.connection, connector_schedules(uow.model), prefix=CONNECTORS)
        uow.after_commit.append(lambda: platform.wake())

    return set_all


def _stored_file(outside: Outside) -> Callable[[str, str], Any]:
    """Return what gives a stored file as a path for as long as it is read."""

    @contextmanager
    def open_file(key: str, name: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="tenon-") as folder:
            path = Path(folder) / "file"
            with outside.files.open(key) as stored, path.open("wb") as copy:
                shutil.copyfileobj(stored, copy)
            yield path

    return open_file

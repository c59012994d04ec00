"""Jobs: rows with due time, lease and fenced attempts, put in the transaction of what caused them."""

from tenon.engine.jobs.cron import Cron
from tenon.engine.jobs.lease import Claim, Lost, Transactions, claim
from tenon.engine.jobs.queue import NewJob, cancel, cancel_waiting, change, find, forget_ended, get, list_page, put, put_all, replay
from tenon.engine.jobs.run import Cancelled, JobKind, JobRun, job_kinds
from tenon.engine.jobs.schedules import Schedule, set_schedules, tick
from tenon.engine.jobs.table import job_json, keep_problems

__all__ = [
    "Cancelled", "Claim", "Cron", "JobKind", "JobRun", "Lost", "NewJob", "Schedule", "Transactions", "cancel", "cancel_waiting", "change", "claim",
    "find", "forget_ended", "get", "job_json", "job_kinds", "keep_problems", "list_page", "put", "put_all", "replay",
    "set_schedules", "tick",
]

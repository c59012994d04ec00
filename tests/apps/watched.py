"""One customer whose health is watched, and short ways to use, to age and to ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenon.platform.boot import make_worker
from tests.apps.conftest import Apps
from tests.platform.people import add


@dataclass
class Watched:
    """Customer health with a manager, and one active customer of the mature model who has 25 points beside those of weekly use."""

    apps: Apps
    csm: str
    customer: str

    def work(self) -> None:
        """Do all jobs that are due."""
        make_worker(self.apps.platform).run_until_idle()

    def pass_days(self, days: int) -> None:
        """Let days go by, one after the other, with what the clock wakes."""
        for _ in range(days):
            self.apps.clock.advance(days=1)
            self.work()

    def use(self, weekly: int) -> None:
        """Let so many of 1,000 seats be active this week: 300 give 25 points."""
        self.apps.add("metric_daily", customer=self.customer, metric="weekly_active_users", day=self.apps.day(), value=weekly)
        self.work()

    def use_again(self, weekly: int) -> None:
        """Correct how many seats were active today."""
        (last,) = self.apps.records("metric_daily", "id")
        self.apps.change("metric_daily", last["id"], value=weekly)
        self.work()

    def feature(self, name: str) -> None:
        """Let a feature be used: team content gives 15 points for 30 days, the report 10."""
        self.apps.add("usage_event", customer=self.customer, event="use", feature=name, at=self.apps.at())
        self.work()

    def alerts(self, *fields: str) -> list[list[Any]]:
        """Return fields of the alerts, oldest first."""
        return [[r[f] for f in fields] for r in self.apps.records("alert", *fields)]

    def titles(self, entity: str) -> list[str]:
        """Return the titles of records, oldest first."""
        return [str(r["title"]) for r in self.apps.records(entity, "title")]

    def health(self) -> tuple[float, str]:
        """Return score and band."""
        (record,) = self.apps.records("customer", "health_score", "health_band")
        return float(record["health_score"]), record["health_band"]


def watch(chm: Apps) -> Watched:
    """Return an active customer with a contract of 24,000, a goal and a training."""
    csm = add(chm.platform.database, "csm@x.cn", ["csm"])
    since = {"status": "active", "customer_since": chm.day(-400), "chm_stage": "mature", "seats": 1000}
    customer = chm.add("customer", name="Birch", csm=csm, **since)
    chm.add("contract", customer=customer, start=chm.day(-100), end=chm.day(265), annual_value=24000, status="active")
    chm.add("customer_goal", customer=customer, metric="Hours", target=3, last_progress_at=chm.day())
    chm.add("activity", customer=customer, kind="training", summary="Training", at=chm.at())
    made = Watched(chm, csm, customer)
    made.work()
    return made

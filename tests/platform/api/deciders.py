"""A workspace in which quotes are approved: who asks, who decides, and short ways to do it over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from starlette.testclient import TestClient

from tenon.engine.outside import FixedClock, fake_outside
from tenon.engine.workflows.tables import instances
from tenon.platform.boot import make_worker, start
from tenon.platform.database import Database
from tenon.platform.workspace import Platform
from tests.filling import MOMENT, Filling
from tests.platform.api.conftest import english, publish_all, settings_of

QUOTE: dict[str, Any] = {
    "kind": "entity", "name": "quote", "label": english("Quote", "报价"), "title": "name",
    "fields": [
        {"name": "name", "type": "text", "required": True}, {"name": "discount", "type": "decimal"}, {"name": "notes", "type": "text"},
        {"name": "status", "type": "choice", "options": [{"name": s} for s in ("draft", "approved", "rejected")], "default": "'draft'"},
    ],
}
SELLS: dict[str, Any] = {
    "kind": "role", "name": "sells", "label": english("Sells", "销售"),
    "grants": [{"entity": "quote", "actions": ["read", "create", "update", "delete"], "where": "owner == user.id"}],
}
DECIDES: dict[str, Any] = {"kind": "role", "name": "decides", "label": english("Decides", "审批"), "grants": [{"entity": "quote", "actions": ["read"]}]}
DIRECTS: dict[str, Any] = {"kind": "role", "name": "directs", "label": english("Directs", "总监"), "grants": [{"entity": "quote", "actions": ["read"]}]}
BOB, CAT, DAN = ({"user": f"{name}@t.example"} for name in ("bob", "cat", "dan"))
THREE = [BOB, CAT, DAN]


def approval(mode: str, **more: Any) -> dict[str, Any]:
    """Return a step at which Bob, Cat and Dan decide."""
    return {"id": "boss", "type": "approval", "title": english("Discount", "折扣审批"), "approvers": THREE, "mode": mode, **more}


def flow(name: str, *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a workflow that marks what was approved."""
    done = {"id": "done", "type": "set_fields", "fields": {"status": "'approved'"}}
    return {"kind": "workflow", "name": name, "label": english(name, name), "entity": "quote", "type": "approval", "steps": [*steps, done], **more}


REJECTED = [{"type": "set_fields", "fields": {"status": "'rejected'"}}]
FIX = {"id": "fix", "type": "task", "title": english("Mend it", "修改"), "assign_to": "owner"}
MODES = ("any", "all", "vote", "sequence")
LATE: dict[str, Any] = {"due_hours": 24, "on_due": {"remind": True, "escalate_to": {"role": "directs"}, "decide": "reject"}, "rejected": REJECTED}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
OFFICE: dict[str, Any] = {
    "kind": "calendar", "name": "office", "label": english("Office", "办公时间"), "timezone": "Asia/Shanghai", "week": {day: [["09:00", "18:00"]] for day in WEEKDAYS},
    "holidays": ["2026-03-03"], "working_days": ["2026-03-07"],
}  # fmt: skip
IN_OFFICE_HOURS: dict[str, Any] = {"due_hours": 10, "business_hours": True}
REVIEW: dict[str, Any] = {
    "kind": "form", "name": "review", "label": english("Review", "复核"), "entity": "quote", "sections": [
        {"items": [{"field": "discount", "required": True}, {"field": "name", "read_only": "discount > 50"}, {"field": "status", "choices_where": "status != 'rejected'"}]},
        {"visible": "discount > 20", "items": [{"field": "notes", "required": "discount > 30"}]}],
}  # fmt: skip
FLOWS = [
    *(flow(f"by_{mode}", approval(mode, rejected=REJECTED, editable=["discount"], cc=[{"user": "eve@t.example"}])) for mode in MODES),
    *(flow(f"back_{mode}", FIX, approval(mode)) for mode in MODES), *(flow(f"late_{mode}", approval(mode, **LATE)) for mode in MODES),
    flow("reminded", approval("all", **IN_OFFICE_HOURS, on_due={"remind": True}), calendar="office"),
    flow("moved_up", approval("all", **IN_OFFICE_HOURS, on_due={"escalate_to": {"role": "directs"}}), calendar="office"),
    flow("again", FIX, approval("all", reject="back_to:fix")),
    flow("in_time", approval("any", **LATE)),
    flow("filled", {"id": "ask", "type": "form", "title": english("Review", "复核"), "form": "review", "assign_to": {"user": "bob@t.example"}}),
    flow("of_role", {"id": "check", "type": "task", "title": english("Check", "检查"), "assign_to": {"role": "decides"},
                     "outcomes": [{"name": "fine", "label": english("Fine", "没问题")}, {"name": "bad", "steps": [{"type": "end"}]}]}),
    flow("of_nobody", {"id": "check", "type": "task", "title": english("Check", "检查"), "assign_to": {"unit": "nowhere"}}),
]  # fmt: skip
DOCUMENTS = [QUOTE, SELLS, DECIDES, DIRECTS, OFFICE, REVIEW, *FLOWS]


def _publish(database: Database, home: Path) -> None:
    publish_all(start(settings_of(home, database), database, fake_outside(MOMENT)), *DOCUMENTS)


FILLED = Filling("deciders", _publish)
"""Quotes and the workflows that approve them."""


@dataclass
class Deciders:
    """The people, each a client; ``ann`` asks, ``eve`` gets copies, ``zoe`` has nothing to do with it."""

    platform: Platform
    people: dict[str, TestClient]

    def __getattr__(self, name: str) -> TestClient:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    def id_of(self, name: str) -> str:
        """Return the id of somebody."""
        return str(vars(self.people[name])["user_id"])

    def submit(self, workflow: str, **values: Any) -> tuple[str, str]:
        """Make a quote of Ann's and start its workflow; return the quote and the instance."""
        made = self.ann.post("/api/v1/records/quote", json={"name": "Q-1", "discount": 10, **values})
        quote = str(made.json()["id"])
        began = self.ann.post(f"/api/v1/workflows/{workflow}/start", json={"record": quote})
        assert began.status_code == 201, began.text
        self.work()
        return quote, str(began.json()["id"])

    def work(self) -> None:
        """Let the worker do what is due."""
        make_worker(self.platform).run_until_idle()

    def pass_time(self, **delta: float) -> None:
        """Move the clock and do what is due then."""
        assert isinstance(self.platform.outside.clock, FixedClock)
        self.platform.outside.clock.advance(**delta)
        self.work()

    def mine(self, name: str, query: str = "mine=true") -> list[dict[str, Any]]:
        """Return what somebody has to do."""
        found = self.people[name].get(f"/api/v1/tasks?{query}")
        assert found.status_code == 200, found.text
        return list(found.json()["tasks"])

    def asked(self) -> str:
        """Return whose turn it is, by first letters."""
        return "".join(name[0] for name in ("bob", "cat", "dan", "eve", "fay") if self.mine(name))

    def turns(self, task: str) -> str:
        """Return whose turn it is at one task, by first letters."""
        seats = self.ann.get(f"/api/v1/tasks/{task}").json()["seats"]
        return "".join(sorted(seat["person"]["title"][0].lower() for seat in seats if seat["state"] == "open"))

    def say(self, name: str, verb: str, task: str, expect: int = 200, **body: Any) -> Any:
        """Do something with a task and return the answer."""
        answer = self.people[name].post(f"/api/v1/tasks/{task}/{verb}", json=body)
        assert answer.status_code == expect, answer.text
        if expect < 400:
            self.work()
        return answer

    def decide(self, said: str, task: str) -> None:
        """Let people decide in turn: ``b+ c-`` is Bob for it and Cat against."""
        names = {name[0]: name for name in self.people}
        for each in said.split():
            self.say(names[each[0]], "complete", task, outcome="approve" if each[1] == "+" else "reject", comment=f"{each} said")

    def status(self, quote: str) -> str:
        """Return how a quote stands."""
        return str(self.ann.get(f"/api/v1/records/quote/{quote}").json()["status"])

    def deeds(self, quote: str) -> list[str]:
        """Return what the history of a quote tells of its approval, oldest first."""
        entries = self.ann.get(f"/api/v1/records/quote/{quote}/history").json()["history"]
        return [e["action"] for e in reversed(entries) if e["action"] not in ("create", "update")]

    def state_of(self, instance: str) -> str:
        """Return the state of an instance."""
        with self.platform.read() as uow:
            return str(uow.connection.execute(select(instances.c.state).where(instances.c.id == instance)).scalar_one())


def gather(platform: Platform, caller: Callable[..., TestClient]) -> Deciders:
    """Return the people, as clients."""
    roles = {"ann": "sells", "bob": "decides", "cat": "decides", "dan": "decides", "eve": "decides", "fay": "directs", "zoe": ""}
    return Deciders(platform, {name: caller(f"{name}@t.example", *filter(None, [role])) for name, role in roles.items()})

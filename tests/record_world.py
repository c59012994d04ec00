"""A workspace with the customer core and one customer whose health falls: 72, after 14 days 45, as the worked example says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tenon.engine.apps.install import find_app, install_all
from tenon.engine.context import Context, User, system_context
from tenon.engine.records import writing
from tenon.engine.releases import publish_documents
from tenon.platform.boot import open_platform
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform
from tests.homes import copy_home, migrated
from tests.world import add_person

START = datetime(2026, 2, 16, 1, 30, tzinfo=UTC)
FALL = START + timedelta(days=14)


def _text(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh": zh}


USAGE: dict[str, Any] = {"kind": "extension", "name": "customer_usage", "entity": "customer", "fields": [
    {"name": "weekly_active_ratio", "label": _text("Weekly active users", "周活跃用户比例"), "type": "percent"},
    {"name": "team_used_on", "label": _text("Team content last used", "团队内容最近使用"), "type": "date"},
    {"name": "report_used_on", "label": _text("Report last viewed", "报表最近查看"), "type": "date"},
    {"name": "goal_tracked", "label": _text("Goal set and tracked", "目标已设定并跟踪"), "type": "boolean"},
    {"name": "hours", "label": _text("Average hours a month", "月均使用时长"), "type": "decimal", "scale": 1},
    {"name": "admin_seen_on", "label": _text("Administrator last seen", "管理员最近登录"), "type": "date"},
    {"name": "trained_on", "label": _text("Last training", "最近培训"), "type": "date"},
    {"name": "logo", "label": _text("Logo", "标志"), "type": "image"},
]}  # fmt: skip


def _measure(name: str, group: str, points: int, en: str, zh: str, **how: Any) -> dict[str, Any]:
    return {"name": name, "group": group, "points": points, "label": _text(en, zh), "missing": "zero", **how}


HEALTH: dict[str, Any] = {
    "kind": "score", "name": "health", "entity": "customer", "purpose": "health", "label": _text("Health", "健康度"), "trend_days": 14, "where": "status != 'prospect'",
    "bands": [
        {"name": "risk", "label": _text("At risk", "有风险"), "from": 0, "colour": "red"},
        {"name": "fair", "label": _text("Fair", "一般"), "from": 50, "colour": "amber"},
        {"name": "healthy", "label": _text("Healthy", "健康"), "from": 80, "colour": "green"}],
    "variants": [{"name": "standard", "label": _text("Standard", "标准"), "measures": [
        _measure("weekly_active", "usage", 25, "Weekly active users", "周活跃用户", value="scale(weekly_active_ratio, 0, 0.3)"),
        _measure("team_content", "usage", 15, "Team content used in 30 days", "30天内使用团队内容", when="team_used_on >= days_ago(30)"),
        _measure("reports", "usage", 10, "Reports viewed in 30 days", "30天内查看报表", when="report_used_on >= days_ago(30)"),
        _measure("goal", "outcome", 15, "Goal set and tracked", "目标已设定并跟踪", when="goal_tracked"),
        _measure("hours", "outcome", 15, "More than 5 hours a month", "月均使用超过5小时", when="hours > 5"),
        _measure("admin_seen", "engagement", 10, "Administrator logged in last month", "管理员上月登录", when="admin_seen_on >= days_ago(30)"),
        _measure("trained", "engagement", 10, "Trained in 90 days", "90天内培训", when="trained_on >= days_ago(90)"),
        {"name": "urgent", "group": "support", "points": -5, "label": _text("Urgent tickets open", "未解决的紧急工单"),
         "when": "exists(tickets, where=priority == 'urgent' and opened_at >= days_ago(1000) and status == 'closed')"}]}],
}  # fmt: skip
ACTIONS: list[dict[str, Any]] = [
    {"label": _text("Overdue task", "逾期任务"), "relation": "tasks", "when": "state in ['open', 'in_progress'] and due < now()", "sort": ["due"],
     "facts": ["due", "assignee"], "colour": "red", "icon": "list-checks", "reason": _text("It was due and nobody has finished it.", "已到期但尚未完成。"),
     "button": {"label": _text("Mark as done", "标记完成"), "set": [{"field": "state", "value": "'done'"}, {"field": "done_at", "value": "now()"}]}},
    {"label": _text("Open red alert", "未处理的红色预警"), "relation": "alerts", "when": "state == 'open' and level == 'red'", "colour": "red",
     "reason": _text("Somebody has to look after it.", "需要有人跟进。"),
     "button": {"label": _text("Take it", "接手"), "set": [{"field": "state", "value": "'in_progress'"}, {"field": "assignee", "value": "user.id"}]}},
    {"label": _text("Renewal within 90 days", "90天内续约"), "relation": "contracts", "when": "status == 'active' and end >= today() and end <= date_add(today(), 90, 'day')",
     "sort": ["end"], "facts": ["end", "annual_value"], "colour": "amber", "reason": _text("The contract ends soon.", "合同即将到期。"),
     "button": {"label": _text("Plan the renewal", "安排续约"), "create": {"entity": "task", "values": [
         {"field": "title", "value": "concat('Renewal of ', name)"}, {"field": "customer", "value": "id"}]}}},
]  # fmt: skip
PAGE: dict[str, Any] = {
    "kind": "page", "name": "account_360", "entity": "customer", "label": _text("Customer 360", "客户全景"),
    "header": {"facts": ["status", "annual_value", "contract_end", "csm", "customer_since", "open_ticket_count"], "scores": ["health"]},
    "tabs": [
        {"label": _text("Overview", "总览"), "blocks": [
            {"type": "next_action", "actions": ACTIONS}, {"type": "tasks"}, {"type": "files"}, {"type": "score", "score": "health"}, {"type": "comments"}]},
        {"label": _text("Timeline", "时间线"), "blocks": [{"type": "timeline"}]},
        {"label": _text("Business", "商务"), "visible": "status != 'prospect'", "blocks": [
            {"type": "related", "relation": "contracts", "view": "all_contracts"}, {"type": "related", "relation": "tickets"},
            {"type": "related", "relation": "contacts", "view": "customer_contacts"}, {"type": "widget", "widget": "not_there"}]},
        {"label": _text("Details", "详细信息"), "blocks": [
            {"type": "text", "text": _text("Kept by the customer team.", "由客户团队维护。"), "visible": "status == 'active'"},
            {"type": "form", "form": "customer_form"}, {"type": "fields", "label": _text("Usage", "使用情况"), "fields": ["weekly_active_ratio", "hours", "trained_on"]},
            {"type": "history"}]},
    ],
}  # fmt: skip
CSM: dict[str, Any] = {"kind": "role", "name": "account_csm", "label": _text("Account CSM", "客户成功"), "grants": [
    {"entity": "customer", "actions": ["read", "update", "override"], "where": "owner == user.id", "hide": ["seats"]},
    {"entity": "task", "actions": ["read", "create", "update"]}, {"entity": "comment", "actions": ["read", "create"], "where": "is_internal"},
    {"entity": "ticket", "actions": ["read"], "where": "priority != 'urgent'"},
]}  # fmt: skip
DOCUMENTS = [USAGE, HEALTH, PAGE, CSM]


class RecordWorld:
    """A workspace at work: its clock is a file, its people and the customer Chuangke."""

    def __init__(self, home: Path, base_url: str) -> None:
        self.clock = home / "now.txt"
        home.mkdir(parents=True, exist_ok=True)
        self.at(START)
        settings = Settings.load({"TENON_HOME": str(home), "TENON_BASE_URL": base_url, "TENON_NOW": f"@{self.clock}"})
        copy_home(migrated, home)
        self.platform: Platform = open_platform(settings)
        install_all(self.platform.publisher, system_context(), find_app("core"), demo_data=False)
        publish_documents(self.platform.publisher, system_context(), DOCUMENTS, note="health")
        self.ann = add_person(self.platform, "ann@example.com", "Ann Lee", ["admin", "builder"])
        self.bo = add_person(self.platform, "bo@example.com", "Bo Chen", ["account_csm"])
        self.customer, self.others = self._customers()

    def at(self, moment: datetime) -> None:
        """Set the business clock."""
        self.clock.write_text(moment.isoformat())

    def create(self, entity: str, by: User | None = None, **values: Any) -> str:
        """Create a record."""
        with self.platform.write() as uow:
            return writing.create(uow, Context(by or self.ann), uow.model.get_entity(entity), values)

    def change(self, entity: str, id: str, **values: Any) -> None:
        """Change a record."""
        with self.platform.write() as uow:
            writing.change(uow, Context(self.ann), uow.model.get_entity(entity), id, values)

    def _customers(self) -> tuple[str, list[str]]:
        use = {"goal_tracked": True, "hours": "3.5", "admin_seen_on": "2026-02-10", "trained_on": "2026-01-17"}
        shared = {"status": "active", "customer_since": "2024-05-01", "seats": 250, "csm": self.ann.id}
        made = self.create(
            "customer", name="创科科技 Chuangke", industry="software", region="east", phone="13800138000", website="https://chuangke.example",
            weekly_active_ratio="0.264", team_used_on="2026-01-27", **use, **shared,
        )  # fmt: skip
        others = [
            self.create("customer", name=name, weekly_active_ratio=ratio, team_used_on="2026-02-14", report_used_on="2026-02-14", **use, **shared)
            for name, ratio in (("Birch Telecom", "0.9"), ("Cedar Software", "0.25"), ("Aurora Energy", "0.3"))
        ]
        self.create("contract", customer=made, start="2025-06-01", end="2026-05-20", annual_value="480000", status="active")
        self.create("contact", customer=made, name="Li Wei", email="li.wei@chuangke.example")
        return made, others

    def fall(self) -> None:
        """Let two weeks go by: the team stops, users leave, a ticket comes in, a task is missed."""
        about = {"entity": "customer", "id": self.customer}
        self.at(START + timedelta(days=3))
        self.create("task", title="Send the usage report", customer=self.customer, assignee=self.bo.id, due="2026-02-26T09:00:00Z", owner=self.bo.id)
        self.at(START + timedelta(days=6))
        self.create("ticket", subject="Team space cannot be opened", customer=self.customer, priority="urgent", opened_at="2026-02-22T02:00:00Z")
        self.create("ticket", subject="How to invite people", customer=self.customer, priority="low", opened_at="2026-02-22T03:00:00Z")
        self.at(START + timedelta(days=9))
        self.create("activity", customer=self.customer, kind="call", summary="Asked why the team stopped using it", at="2026-02-25T06:00:00Z")
        self.at(FALL)
        self.change("customer", self.customer, weekly_active_ratio="0.12")
        self.create("comment", record=about, text="They moved three people to another tool. @Bo Chen please call.", is_internal=True)
        self.create("task", title="Prepare the rescue plan", customer=self.customer, assignee=self.ann.id, due="2026-03-04T09:00:00Z")

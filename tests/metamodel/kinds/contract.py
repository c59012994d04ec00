"""What the tests of all kinds share: a world with one document of every kind as the documentation writes it, and short ways to read them."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any

import pytest

from tenon.metamodel.check_documents import check_model
from tenon.metamodel.document import Document
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.model import Model
from tenon.metamodel.naming import to_shown, to_stored
from tenon.metamodel.parse import identify, read_document
from tenon.metamodel.snapshot import build, outline


def both(en: str, zh: str) -> dict[str, str]:
    """Return a label."""
    return {"en": en, "zh": zh}


def options(*names: str) -> list[dict[str, Any]]:
    """Return options by name."""
    return [{"name": name} for name in names]


CUSTOMER: dict[str, Any] = {
    "kind": "entity", "name": "customer", "app": "core", "label": both("Customer", "客户"), "plural": both("Customers", "客户"),
    "icon": "building-2", "title": "name", "search": ["name", "code"], "time_field": "created_at", "keys": [["code"]],
    "features": ["timeline", "comments", "files", "import"],
    "fields": [
        {"name": "code", "type": "autonumber", "pattern": "C-{yyyy}-{00001}"},
        {"name": "name", "type": "text", "required": True, "max_length": 200},
        {"name": "industry", "type": "choice", "options": [{"name": "saas", "label": both("SaaS", "软件"), "colour": "blue"}]},
        {"name": "arr", "type": "money", "currency": "CNY", "min": "0"},
        {"name": "parent", "type": "reference", "entity": "customer", "on_delete": "restrict",
         "reverse": {"name": "subsidiaries", "label": both("Subsidiaries", "下属公司")}},
        {"name": "orders_90d", "type": "formula", "expr": "sum(orders.amount, where=ordered_at >= days_ago(90))"},
        {"name": "stage", "type": "stage", "options": options("onboarding", "trial", "active", "lost"),
         "moves": [{"from": "trial", "to": "active", "when": "arr > 0", "requires": ["arr"], "roles": ["csm"]}]},
        {"name": "end_date", "type": "date"}, {"name": "start_date", "type": "date"}, {"name": "due", "type": "date"},
        {"name": "email", "type": "email"}, {"name": "phone", "type": "phone", "personal": True}, {"name": "margin", "type": "percent"},
        {"name": "weekly_active_ratio", "type": "percent"}, {"name": "logo", "type": "image"},
    ],
    "checks": [{"when": "end_date < start_date", "message": both("Ends before it starts", "结束早于开始"), "fields": ["end_date"]}],
}  # fmt: skip
ORDER: dict[str, Any] = {
    "kind": "entity", "name": "sales_order", "label": both("Order", "订单"), "keys": [["number"]], "fields": [
        {"name": "number", "type": "text"}, {"name": "amount", "type": "money", "currency": "CNY"}, {"name": "ordered_at", "type": "date"},
        {"name": "customer", "type": "reference", "entity": "customer", "reverse": {"name": "orders"}},
    ],
}  # fmt: skip
TICKET: dict[str, Any] = {
    "kind": "entity", "name": "ticket", "fields": [
        {"name": "priority", "type": "choice", "options": options("low", "urgent")}, {"name": "opened_at", "type": "datetime"},
        {"name": "status", "type": "choice", "options": options("open", "closed")},
        {"name": "customer", "type": "reference", "entity": "customer", "reverse": {"name": "tickets"}},
    ],
}  # fmt: skip
GRADE: dict[str, Any] = {
    "kind": "score", "name": "grade", "entity": "customer", "purpose": "grade",
    "variants": [{"name": "default", "measures": [{"name": "arr", "weight": 1, "value": "scale(arr, 0, 1000000)"}]}],
    "bands": [{"name": "B", "from": 0}, {"name": "A", "from": "62.5"}, {"name": "S", "from": 80}],
}  # fmt: skip
HEALTH: dict[str, Any] = {
    "kind": "score", "name": "health", "entity": "customer", "purpose": "health", "label": both("Health", "健康度"),
    "scale": [0, 100], "trend_days": 14, "min_coverage": 0.6, "schedule": "0 2 * * *", "realtime": True,
    "variants": [
        {"name": "onboarding", "when": "stage == 'onboarding'", "measures": [{"name": "goal", "points": 15, "when": "arr > 0"}]},
        {"name": "default", "measures": [
            {"name": "weekly_active", "group": "usage", "label": both("Weekly active users above 30 %", "周活跃用户比例 > 30%"),
             "points": 25, "when": "weekly_active_ratio > 0.30", "missing": "zero"},
            {"name": "tickets", "group": "support", "points": 20, "missing": "exclude", "max_age_days": 7,
             "value": "1 - scale(count(tickets, where=priority == 'urgent' and opened_at >= days_ago(30)), 0, 5)"},
            {"name": "arr_band", "group": "value", "points": 20, "of": "arr",
             "bands": [{"from": 100000, "share": 1}, {"from": 20000, "share": 0.5}, {"share": 0}]},
            {"name": "pulse", "group": "relationship", "points": 10, "manual": True, "expires_days": 60},
        ]},
    ],
    "caps": [{"when": "exists(tickets, where=priority == 'urgent' and status != 'closed')", "at_most": 40,
              "label": both("Open outage", "存在未关闭的重大故障")}],
    "bands": [{"name": "risk", "from": 0, "colour": "red"}, {"name": "fair", "from": 50, "colour": "amber"},
              {"name": "healthy", "from": 80, "colour": "green"}],
    "movement": {"up": "immediate", "down": "immediate", "period": "month", "keep": {}, "grace_days": 0, "margin": 0,
                 "min_dwell_days": 0, "max_step": None, "on_stale": "hold"},
}  # fmt: skip
EXTENSION: dict[str, Any] = {
    "kind": "extension", "name": "customer_health", "app": "chm", "entity": "customer",
    "fields": [{"name": "chm_stage", "type": "choice", "options": options("new", "kept")}],
}  # fmt: skip
FORM: dict[str, Any] = {
    "kind": "form", "name": "customer_form", "entity": "customer", "use_when": "has_role('sales')",
    "sections": [{"label": both("Basics", "基本信息"), "columns": 2, "visible": "stage != 'lost'", "items": [
        {"field": "name", "width": 2},
        {"field": "industry", "visible": "arr > 0", "required": "arr > 0", "read_only": "arr > 9", "choices_where": "arr > 0"},
        {"text": both("Please read this.", "请阅读。")}, {"table": "orders", "columns": ["number", "amount"]},
    ]}],
    "steps": None, "public": {"slug": "contact-us", "match_on": ["email"], "thanks": both("Thank you", "谢谢")},
}  # fmt: skip
VIEW: dict[str, Any] = {
    "kind": "view", "name": "at_risk", "entity": "customer", "type": "board",
    "columns": ["name", "health_score", {"field": "owner.name", "width": 160}],
    "filter": "health_band == 'risk'", "sort": ["-arr"], "group_by": None, "board": {"by": "stage"}, "calendar": {"from": "due", "to": None},
    "colours": [{"when": "health_score < 50", "colour": "red"}], "shared_with": "everyone",
}  # fmt: skip
PAGE: dict[str, Any] = {
    "kind": "page", "name": "customer_360", "entity": "customer", "header": {"facts": ["arr", "owner"], "scores": ["health", "grade"]},
    "tabs": [{"label": both("Overview", "总览"), "blocks": [
        {"type": "score", "score": "health"}, {"type": "form", "form": "customer_form"}, {"type": "timeline"},
        {"type": "related", "relation": "orders", "view": "orders_list"}, {"type": "widget", "widget": "usage_trend"}, {"type": "tasks"},
    ]}],
}  # fmt: skip
RULE: dict[str, Any] = {
    "kind": "rule", "name": "red_alert", "entity": "customer", "trigger": {"type": "band_changed", "score": "health", "to": ["risk"]}, "timing": "after",
    "condition": "arr > 0",
    "actions": [
        {"type": "raise_alert", "level": "red", "reason": {"en": "Health at risk", "zh": "健康度告警"}},
        {"type": "create_task", "title": {"en": "Call within 24 hours", "zh": "24小时内电话诊断"}, "assign_to": {"field": "owner"}, "due": "date_add(now(), 24, 'hour')"},
    ],
    "limits": {"once_per": "entry", "cooldown_hours": 24}, "run_as": "system", "state": "active",
}
PLAYBOOK: dict[str, Any] = {
    "kind": "playbook", "name": "red_rescue", "entity": "customer", "for": {"alert": ["threshold", "drop"]},
    "steps": [{"title": both("Call", "电话诊断"), "assign_to": {"field": "owner"}, "due_hours": 24, "business_hours": False, "when": None, "required": True}],
}  # fmt: skip
CALENDAR: dict[str, Any] = {
    "kind": "calendar", "name": "office", "timezone": "Asia/Shanghai", "week": {"mon": [["09:00", "12:00"], ["13:00", "18:00"]]},
    "holidays": ["2026-10-01"], "working_days": ["2026-10-10"],
}  # fmt: skip
QUOTE: dict[str, Any] = {
    "kind": "entity", "name": "quote", "fields": [
        {"name": "discount", "type": "percent"}, {"name": "status", "type": "choice", "options": options("draft", "approved", "cancelled")},
        {"name": "customer", "type": "reference", "entity": "customer", "reverse": {"name": "quotes"}},
        {"name": "valid_until", "type": "date"}, {"name": "signed_at", "type": "datetime"},
    ],
}  # fmt: skip
WORKFLOW: dict[str, Any] = {
    "kind": "workflow", "name": "discount_approval", "entity": "quote", "type": "process",
    "start": {"type": "button", "label": both("Submit", "提交审批"), "when": "status == 'draft'"},
    "steps": [
        {"id": "check", "type": "branch", "paths": [
            {"label": both("Over 20 %", "折扣>20%"), "when": "discount > 0.2", "steps": [
                {"id": "boss", "type": "approval", "approvers": {"manager_of": "owner"}, "mode": "any", "share": 0.5, "due_hours": 24, "business_hours": True,
                 "on_due": {"escalate_to": {"role": "director"}}, "editable": ["discount"], "reject": "end"}]},
            {"label": both("Otherwise", "其他"), "steps": []}]},
        {"id": "done", "type": "set_fields", "fields": {"status": "'approved'"}},
        {"id": "pause", "type": "wait", "for": "3 days", "until": None, "event": None, "or_after": None},
    ],
    "exit_when": "status == 'cancelled'",
}  # fmt: skip
MESSAGE: dict[str, Any] = {
    "kind": "message", "name": "risk_notice", "channel": "email", "entity": "customer", "subject": both("{{ record.name }} is at risk", "{{ record.name }} 有风险"),
    "body": both("Hello {{ record.owner.name }} …", "{{ record.owner.name }} 您好…"),
}  # fmt: skip
MATCHING: dict[str, Any] = {
    "kind": "matching", "name": "same_company", "entity": "customer", "compare": [
        {"field": "name", "by": "company_name", "weight": 3}, {"field": "phone", "by": "phone", "weight": 2}, {"field": "code", "by": "exact", "decides": True},
    ],
    "propose_from": 0.75, "merge_from": None,
}  # fmt: skip
SEGMENT: dict[str, Any] = {
    "kind": "segment", "name": "vip_at_risk", "entity": "customer", "filter": "grade_band in ['S', 'A'] and health_band == 'risk'",
    "mode": "dynamic",
}  # fmt: skip
WIDGET: dict[str, Any] = {
    "kind": "widget", "name": "health_by_band", "type": "bar",
    "query": {"entity": "customer", "filter": "stage == 'active'", "group_by": ["health_band"],
              "measures": [{"name": "customers", "expr": "count()"}, {"name": "arr", "expr": "sum(arr)"}], "sort": ["-arr"], "limit": 20},
    "compare": {"to": "previous_period"}, "target": "0.9", "options": {},
}  # fmt: skip
DASHBOARD: dict[str, Any] = {
    "kind": "dashboard", "name": "health_overview", "layout": [{"widget": "health_by_band", "x": 0, "y": 0, "w": 6, "h": 4}],
    "filters": [{"field": "industry"}, {"field": "created_at", "period": "this_quarter"}], "roles": ["csm"],
}  # fmt: skip
ROLE: dict[str, Any] = {
    "kind": "role", "name": "csm", "grants": [{
        "entity": "customer", "actions": ["read", "create", "update", "export"], "where": "owner == user.id or in_unit(unit)",
        "read": "*", "write": ["stage", "owner"], "mask": ["phone"], "hide": ["margin"],
    }], "apps": ["chm"], "builds": False,
}  # fmt: skip
APP: dict[str, Any] = {
    "kind": "app", "name": "chm", "version": "1.0.0", "requires": [{"app": "core", "version": ">=1.0"}], "optional": ["grading"],
    "menu": [{"label": both("Customers", "客户"), "icon": "users", "items": [{"view": "all_customers"}, {"dashboard": "health_overview"}]}],
    "sample": [{"entity": "customer", "file": "sample/customer.csv"}],
}  # fmt: skip
SCENARIO: dict[str, Any] = {
    "kind": "scenario", "name": "chuangke", "given": {
        "clock": "2025-01-15", "people": {"ann": {"roles": ["csm"], "unit": "East"}},
        "records": {"customer": [{"name": "创科科技", "stage": "active", "arr": 50000, "owner": "ann"}], "ticket": [{"as": "t", "customer": "创科科技"}]},
    },
    "then": [
        {"advance_days": 14, "set": {"customer": {"创科科技": {"arr": 0}}}}, {"add": {"ticket": [{"as": "t2", "customer": "创科科技"}]}},
        {"expect": {"score": "health", "record": "创科科技", "value": 45, "band": "risk"}},
        {"expect": {"entity": "customer", "record": "创科科技", "field": "margin", "role": "csm", "may": "read", "allowed": False}},
    ],
}  # fmt: skip
CONNECTOR: dict[str, Any] = {
    "kind": "connector", "name": "erp_orders", "type": "rest", "connection": {"base_url": "https://erp.example.com/api", "auth": {"type": "bearer", "secret": "erp_token"}},
    "direction": "pull", "entity": "sales_order", "source": {
        "path": "/orders", "records": "data.items", "page": {"by": "cursor", "param": "next"}, "since": {"param": "updated_after", "field": "updated_at"},
    },
    "mapping": {"number": "order_no", "amount": "number(total)"}, "match_on": ["number"], "conflict": "source_wins", "schedule": "*/15 * * * *",
}  # fmt: skip
EXAMPLES: dict[str, dict[str, Any]] = {
    raw["kind"]: raw for raw in (CUSTOMER, EXTENSION, FORM, VIEW, PAGE, ROLE, HEALTH, SEGMENT, MATCHING, WIDGET, DASHBOARD, SCENARIO, RULE, CALENDAR, PLAYBOOK, WORKFLOW, MESSAGE, CONNECTOR, APP)
}
WORLD = (CUSTOMER, ORDER, TICKET, QUOTE, GRADE, HEALTH, EXTENSION, FORM, VIEW, PAGE, SEGMENT, MATCHING, WIDGET, DASHBOARD, ROLE, SCENARIO, RULE, CALENDAR, PLAYBOOK, WORKFLOW, MESSAGE, CONNECTOR, APP)


def read(raw: dict[str, Any], **changes: Any) -> Document:
    """Return a document of raw JSON with some keys changed."""
    return read_document({**copy.deepcopy(raw), **changes})


def publish(*raw: dict[str, Any], base: Model | None = None) -> Model:
    """Return the model of documents as a release stores them: with ids, references and expressions by id."""
    former = {(d.kind, d.name): d for d in base.documents.values()} if base else {}
    by_id = {d.id: d for d in base.documents.values()} if base else {}
    documents = []
    for each in raw:
        document = read_document(copy.deepcopy(each))
        before = by_id.get(each.get("id", "")) or former.get((document.kind, document.name))
        documents.append(identify(document, Document(to_shown(before, base), before.body) if before and base else None))
    shape = outline(documents, 1)
    return build([to_stored(document, shape, base) for document in documents], (base.release if base else 0) + 1)


@cache
def world() -> Model:
    """Return the model of the examples, the same for all tests that only look at it."""
    return publish(*WORLD)


def with_world(*changed: dict[str, Any], base: Model | None = None) -> Model:
    """Return the model of the world with some documents put in the place of those of the same kind and name."""
    merged = {(raw["kind"], raw["name"]): raw for raw in (*WORLD, *changed)}
    return publish(*merged.values(), base=base)


def found(model: Model, name: str | None = None) -> list[tuple[str, str]]:
    """Return path and code of everything wrong with a model, or with the document of a name; all of it in two languages."""
    listed = [(model.documents[i].name, p) for i, p in check_model(model)]
    return told([p for at, p in listed if name in (None, at)])


def told(problems: list[Problem]) -> list[tuple[str, str]]:
    """Return path and code of problems after looking at their texts."""
    for problem in problems:
        for text in filter(None, (problem.message, problem.hint)):
            assert text.en
            assert text.zh
            assert len(text.en.encode()) < 2000
            assert "Traceback" not in text.en
    return [(p.path, p.code) for p in problems]


def refused(raw: Any) -> list[tuple[str, str]]:
    """Return path and code of every problem that reading meets; each says in both languages what is wrong and what to do."""
    with pytest.raises(Invalid) as caught:
        read_document(raw)
    assert all(p.hint is not None for p in caught.value.problems), caught.value.problems
    json.dumps(caught.value.to_json("zh"), ensure_ascii=False).encode()
    return told(list(caught.value.problems))


def without_ids(value: Any) -> Any:
    """Return JSON without ids and formats."""
    if isinstance(value, dict):
        return {key: without_ids(inner) for key, inner in value.items() if key not in ("id", "format")}
    return [without_ids(inner) for inner in value] if isinstance(value, list) else value


def written_out(raw: Any) -> Any:
    """Return JSON as a document is shown: nulls left out, and a column written as a text as an object."""
    if isinstance(raw, dict):
        return {
            key: [{"field": each} if isinstance(each, str) else written_out(each) for each in value]
            if key == "group_by" or (key == "columns" and "table" not in raw and isinstance(value, list)) else written_out(value)
            for key, value in raw.items() if value is not None
        }  # fmt: skip
    return [written_out(each) for each in raw] if isinstance(raw, list) else raw

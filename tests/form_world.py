"""Documents for the tests of forms: quotes with lines, a form in steps, two forms of one entity, choices that hang on others, a public form."""

from __future__ import annotations

from typing import Any

from tenon.engine.context import Context, User
from tenon.engine.records import writing
from tenon.platform.workspace import Platform


def _text(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh": zh}


def _field(name: str, en: str, zh: str, type: str = "text", **more: Any) -> dict[str, Any]:
    return {"name": name, "label": _text(en, zh), "type": type, **more}


def _option(name: str, en: str, zh: str) -> dict[str, Any]:
    return {"name": name, "label": _text(en, zh)}


def _entity(name: str, en: str, zh: str, plural: str, fields: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"kind": "entity", "name": name, "label": _text(en, zh), "plural": _text(plural, zh), "fields": fields, **more}


PRODUCT = _entity("product", "Product", "产品", "Products", [
    _field("name", "Name", "名称", required=True), _field("family", "Family", "系列", "choice", options=[_option("soft", "Software", "软件"), _option("hard", "Hardware", "硬件")]),
], title="name", search=["name"])  # fmt: skip
QUOTE = _entity("quote", "Quote", "报价", "Quotes", [
    _field("name", "Name", "名称", required=True), _field("code", "Code", "编号"),
    _field("family", "Family", "系列", "choice", options=[_option("soft", "Software", "软件"), _option("hard", "Hardware", "硬件")]),
    _field("lead_product", "Main product", "主要产品", "reference", entity="product"),
    _field("discount", "Discount", "折扣", "percent", default="0"),
    _field("state", "State", "状态", "stage", default="'draft'", options=[
        _option("draft", "Draft", "草稿"), _option("sent", "Sent", "已发送"), _option("won", "Won", "赢单"), _option("lost", "Lost", "输单")],
        moves=[{"from": "draft", "to": "sent", "when": "not is_empty(code)"}, {"from": "sent", "to": "won", "requires": ["won_on"]}, {"from": ["draft", "sent"], "to": "lost"}]),
    _field("won_on", "Won on", "赢单日期", "date"),
    _field("terms", "Terms", "条款", "rich_text"), _field("score", "Rating", "评级", "rating"), _field("marks", "Marks", "标记", "tags"),
    _field("place", "Place", "地址", "address"), _field("picture", "Picture", "图片", "image"),
    _field("total", "Total", "合计", "formula", expr="sum(lines.amount) * (1 - coalesce(discount, 0))", scale=2),
], title="name", keys=[["code"]], search=["name", "code"])  # fmt: skip
LINE = _entity("quote_line", "Line", "明细行", "Lines", [
    _field("quote", "Quote", "报价", "reference", entity="quote", required=True, on_delete="cascade", reverse={"name": "lines", "label": _text("Lines", "明细")}),
    _field("product", "Product", "产品", "reference", entity="product"),
    _field("note", "Note", "说明"),
    _field("quantity", "Quantity", "数量", "decimal", scale=2, required=True, min="0", default="1"),
    _field("price", "Price", "单价", "money", currency="CNY", required=True),
    _field("amount", "Amount", "金额", "formula", expr="quantity * price", scale=2),
], title="note")  # fmt: skip
QUOTE_FORM = {
    "kind": "form", "name": "quote_form", "entity": "quote", "label": _text("Quote", "报价"), "sections": [
        {"label": _text("Basics", "基本信息"), "columns": 3, "items": [
            {"field": "name", "width": 2}, {"field": "code"}, {"field": "family"},
            {"field": "lead_product", "choices_where": "is_empty(family) or lead_product.family == family"},
            {"field": "discount"}, {"field": "state"}, {"field": "won_on", "visible": "state == 'won'"}, {"field": "marks"}, {"field": "score"},
            {"field": "place", "width": 3}, {"field": "terms", "width": 3}, {"field": "picture"}]},
        {"label": _text("Lines", "明细"), "columns": 1, "items": [
            {"table": "lines", "columns": ["product", "note", "quantity", "price", "amount"]}, {"field": "total"}]},
    ]}  # fmt: skip
VISIT = _entity("visit", "Visit", "拜访", "Visits", [
    _field("subject", "Subject", "主题", required=True), _field("kind", "Kind", "方式", "choice", options=[_option("call", "Call", "电话"), _option("site", "On site", "上门")]),
    _field("spot", "Where", "地点"), _field("day", "Day", "时间", "date"), _field("agreed", "Agreed", "已确认", "boolean"), _field("origin", "Origin", "来源"),
], title="subject")  # fmt: skip
VISIT_LONG = {
    "kind": "form", "name": "visit_long", "entity": "visit", "label": _text("Planned visit", "计划拜访"), "sections": [
        {"label": _text("What", "内容"), "items": [{"field": "subject", "width": 2}, {"field": "kind", "required": True, "default": "'site'"}]},
        {"label": _text("Where", "地点"), "visible": "kind == 'site'", "items": [{"field": "spot", "required": "kind == 'site'"}]},
        {"label": _text("Sure?", "确认"), "items": [{"field": "agreed", "required": True}, {"field": "origin", "default": "'plan'", "read_only": True}]}],
    "steps": [{"label": _text("What", "内容"), "sections": [0]}, {"label": _text("Where", "地点"), "sections": [1]}, {"label": _text("Confirm", "确认"), "sections": [2]}],
}  # fmt: skip
VISIT_SHORT = {
    "kind": "form", "name": "visit_short", "entity": "visit", "label": _text("Quick note", "快速记录"),
    "sections": [{"items": [{"field": "subject", "width": 2}, {"field": "day"}]}],
}  # fmt: skip
VISIT_ADMIN = {
    "kind": "form", "name": "visit_admin", "entity": "visit", "label": _text("For nobody", "无人可用"), "use_when": "has_role('nobody')",
    "sections": [{"items": [{"field": "subject"}]}],
}  # fmt: skip
LEAD = _entity("lead", "Lead", "线索", "Leads", [
    _field("name", "Name", "姓名", required=True), _field("email", "E-mail", "邮箱", "email"), _field("phone", "Phone", "电话", "phone"),
    _field("kind", "You are", "您是", "choice", options=[_option("person", "A person", "个人"), _option("company", "A company", "企业")]),
    _field("company", "Company", "公司"), _field("message", "Message", "留言", "long_text"), _field("consent", "I agree to be contacted", "同意联系", "boolean"),
    _field("inner", "Inner note", "内部备注"), _field("brief", "Brief", "附件", "file"), _field("channel", "Channel", "渠道"),
], title="name", keys=[["email"]])  # fmt: skip
LEAD_FORM = {
    "kind": "form", "name": "lead_form", "entity": "lead", "label": _text("Contact us", "联系我们"), "sections": [
        {"label": _text("About you", "关于您"), "items": [
            {"text": _text("We answer within one working day.", "我们将在一个工作日内回复。"), "width": 2},
            {"field": "name"}, {"field": "email", "required": True}, {"field": "phone"}, {"field": "kind"},
            {"field": "company", "visible": "kind == 'company'", "required": "kind == 'company'"}, {"field": "message", "width": 2}, {"field": "brief", "width": 2},
            {"field": "channel", "default": "'web'", "read_only": True}, {"field": "consent", "required": True, "width": 2}]}],
    "public": {"slug": "contact-us", "match_on": ["email"], "thanks": _text("Thank you. We will be in touch.", "谢谢，我们会尽快与您联系。")},
}  # fmt: skip
CLERK = {
    "kind": "role", "name": "clerk", "label": _text("Clerk", "文员"), "grants": [
        {"entity": "quote", "actions": ["read", "create", "update"]}, {"entity": "product", "actions": ["read"]},
        {"entity": "quote_line", "actions": ["read", "create", "update"], "hide": ["note"]}, {"entity": "visit", "actions": ["read", "create"]}],
}  # fmt: skip
DOCUMENTS = [PRODUCT, QUOTE, LINE, QUOTE_FORM, VISIT, VISIT_LONG, VISIT_SHORT, VISIT_ADMIN, LEAD, LEAD_FORM, CLERK]


def fill(platform: Platform, user: User) -> dict[str, str]:
    """Write two products and a quote with two lines, and return their ids by name."""
    ctx = Context(user)
    with platform.write() as uow:
        product, quote, line = (uow.model.get_entity(n) for n in ("product", "quote", "quote_line"))
        ids = {name: writing.create(uow, ctx, product, {"name": name, "family": family}) for name, family in (("Suite", "soft"), ("Router", "hard"))}
        ids["quote"] = writing.create(uow, ctx, quote, {"name": "First", "code": "Q-1"})
        for name, price in (("one", "100"), ("two", "250")):
            ids[name] = writing.create(uow, ctx, line, {"quote": ids["quote"], "note": name, "quantity": "2", "price": price})
    return ids

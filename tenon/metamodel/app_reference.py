"""The reference page of an app, made from its documents: entities with their fields, scores, screens, roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tenon.metamodel.document import Document
from tenon.metamodel.fields import FIELD_TYPES
from tenon.metamodel.labels import Text

MARK = "<!-- Made from the documents of the app by script/generate-docs; what stands above is written by hand. -->"
HEADS = {
    "entity": Text("Entities", "对象"), "extension": Text("Added to other entities", "对其他对象的扩展"), "score": Text("Scores", "评分"),
    "segment": Text("Segments", "分群"), "dashboard": Text("Dashboards", "仪表盘"), "widget": Text("Widgets", "组件"), "view": Text("Views", "视图"),
    "page": Text("Pages", "页面"), "form": Text("Forms", "表单"), "role": Text("Roles", "角色"),
    "rule": Text("Rules", "规则"), "message": Text("Messages", "消息"), "workflow": Text("Workflows", "流程"), "playbook": Text("Playbooks", "行动手册"), "calendar": Text("Calendars", "工作日历"),
    "scenario": Text("Scenarios", "场景"),
}  # fmt: skip
"""What the documents of each kind stand under."""

_FIELDS = Text("| field | name | type | meaning |\n|---|---|---|---|", "| 字段 | 名称 | 类型 | 说明 |\n|---|---|---|---|")
_MEASURES = Text("| measure | worth | counts |\n|---|---|---|", "| 指标 | 分值 | 计算方式 |\n|---|---|---|")
_LISTED = Text("| name | label | on | what |\n|---|---|---|---|", "| 名称 | 标签 | 对象 | 内容 |\n|---|---|---|---|")
_REQUIRED, _UNIQUE = Text("needed", "必填"), Text("Unique: {keys}.", "唯一键：{keys}。")
_ANY = Text("any record", "任意记录")
_BANDS = Text("Bands: {bands}.", "等级：{bands}。")
_OTHERWISE = Text("otherwise", "其余")
_BY_HAND = Text("rated by a person", "人工评价")


def app_page(documents: Sequence[Document], language: str) -> str:
    """Return the documents of an app as Markdown, kind by kind; every text in one language."""
    blocks: list[str] = []
    for kind, head in HEADS.items():
        found = sorted((d for d in documents if d.kind == kind), key=lambda d: d.name)
        if found:
            blocks += [f"## {head.show(language)}", *_kind(kind, found, language)]
    return "\n\n".join(blocks) + "\n"


def _kind(kind: str, found: Iterable[Document], language: str) -> Iterable[str]:
    if kind in ("entity", "extension"):
        for each in found:
            yield from _entity(each, language)
    elif kind == "score":
        for each in found:
            yield from _score(each, language)
    else:
        yield "\n".join([_LISTED.show(language), *(_line(each, language) for each in found)])


def _entity(document: Document, language: str) -> Iterable[str]:
    yield f"### `{document.json['entity'] if document.kind == 'extension' else document.name}` {document.label.show(language)}"
    keys = [", ".join(f"`{name}`" for name in key) for key in document.json.get("keys", [])]
    if keys:
        yield _UNIQUE.show(language).replace("{keys}", "; ".join(keys))
    yield "\n".join([_FIELDS.show(language), *(_field(raw, language) for raw in document.json["fields"])])


def _field(raw: dict[str, Any], language: str) -> str:
    type_ = FIELD_TYPES[raw["type"]].type_label.show(language)
    if raw.get("entity") or raw.get("entities"):
        type_ += " → " + ", ".join(f"`{name}`" for name in raw.get("entities") or [raw["entity"]])
    elif raw["type"] == "any_reference":
        type_ += f" → {_ANY.show(language)}"
    if raw.get("required"):
        type_ += f", {_REQUIRED.show(language)}"
    said = [_show(raw["help"], language)] if raw.get("help") else []
    if raw.get("options"):
        said.append(" · ".join(f"`{o['name']}` {_show(o.get('label'), language)}" for o in raw["options"]))
    if raw.get("expr"):
        said.append(_code(raw["expr"]))
    return f"| `{raw['name']}` | {_show(raw.get('label'), language)} | {type_} | {' '.join(said)} |"


def _score(document: Document, language: str) -> Iterable[str]:
    yield f"### `{document.name}` {document.label.show(language)}"
    body = document.json
    if body.get("description"):
        yield _show(body["description"], language)
    for variant in body["variants"]:
        condition = _code(variant["when"]) if variant.get("when") else _OTHERWISE.show(language)
        yield f"**{_show(variant.get('label'), language)}** ({condition})"
        yield "\n".join([_MEASURES.show(language), *(_measure(m, language) for m in variant["measures"])])
    edges = [f"{_show(band.get('label'), language)} ≥ {band['from']}" for band in body["bands"]]
    caps = [f"{_show(cap.get('label'), language)} ≤ {cap['at_most']}" for cap in body.get("caps", [])]
    yield _BANDS.show(language).replace("{bands}", ", ".join([*edges, *caps]))


def _measure(raw: dict[str, Any], language: str) -> str:
    how = raw.get("when") or raw.get("value") or raw.get("of") or ""
    return f"| {_show(raw.get('label'), language)} | {raw.get('points', raw.get('weight'))} | {_code(how) if how else _BY_HAND.show(language)} |"


def _line(document: Document, language: str) -> str:
    body = document.json
    entity = body.get("entity") or (body.get("query") or {}).get("entity")
    what = [_code(t) for t in (body.get("filter") or (body.get("query") or {}).get("filter"),) if t]
    if document.kind in ("view", "widget") and body.get("type"):
        what.insert(0, body["type"])
    return f"| `{document.name}` | {document.label.show(language)} | {f'`{entity}`' if entity else ''} | {' '.join(what)} |"


def _code(text: str) -> str:
    return "`" + text.replace("|", "\\|") + "`"


def _show(text: Any, language: str) -> str:
    return "" if text is None else Text.of(text).show(language)

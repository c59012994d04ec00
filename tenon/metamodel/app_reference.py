"""The reference of an app, made from its documents: entities with their fields, scores, screens, roles; as Markdown, or as parts that a page shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tenon.metamodel.document import Document
from tenon.metamodel.fields import FIELD_TYPES
from tenon.metamodel.labels import Text

MARK = "<!-- Made from the documents of the app by script/generate-docs; what stands above is written by hand. -->"
HEADS = {
    "entity": Text("Entities", "对象"), "extension": Text("Added to other entities", "对其他对象的扩展"), "score": Text("Scores", "评分"),
    "segment": Text("Segments", "分群"), "dashboard": Text("Dashboards", "仪表盘"), "widget": Text("Widgets", "组件"), "view": Text("Views", "视图"),
    "page": Text("Pages", "页面"), "form": Text("Forms", "表单"), "role": Text("Roles", "角色"),
    "rule": Text("Rules", "规则"), "message": Text("Messages", "消息"), "workflow": Text("Workflows", "流程"), "playbook": Text("Playbooks", "行动手册"), "calendar": Text("Calendars", "工作日历"),
    "matching": Text("Matchings", "匹配规则"), "connector": Text("Connectors", "连接器"), "scenario": Text("Scenarios", "场景"),
}  # fmt: skip
"""What the documents of each kind stand under."""

_FIELDS = Text("field | name | type | meaning", "字段 | 名称 | 类型 | 说明")
_MEASURES = Text("measure | worth | counts", "指标 | 分值 | 计算方式")
_LISTED = Text("name | label | on | what", "名称 | 标签 | 对象 | 内容")
_REQUIRED, _UNIQUE = Text("needed", "必填"), Text("Unique: {keys}.", "唯一键：{keys}。")
_ANY = Text("any record", "任意记录")
_BANDS = Text("Bands: {bands}.", "等级：{bands}。")
_OTHERWISE = Text("otherwise", "其余")
_BY_HAND = Text("rated by a person", "人工评价")
WITHHELD = "…"
"""What stands for an expression that the reader may not see."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text: plain, code, or strong."""

    text: str
    style: Literal["plain", "code", "strong"] = "plain"


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; with documents one a row, the first cell is the name."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A document with what is said about it; the documents of a kind that are only listed are one entry without a name.

    ``shown`` is the name it stands under: for an extension that of the entity.
    """

    name: str
    shown: str
    label: str
    blocks: tuple[Line | Grid, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The documents of one kind."""

    kind: str
    label: str
    entries: tuple[Entry, ...]


def app_sections(documents: Sequence[Document], language: str) -> tuple[Section, ...]:
    """Return what an app holds, kind by kind; every text in one language. References and expressions of ``documents`` are by name."""
    found = ((kind, head, sorted((d for d in documents if d.kind == kind), key=lambda d: d.name)) for kind, head in HEADS.items())
    return tuple(Section(kind, head.show(language), tuple(_entries(kind, listed, language))) for kind, head, listed in found if listed)


def app_page(documents: Sequence[Document], language: str) -> str:
    """Return what an app holds as Markdown."""
    blocks: list[str] = []
    for section in app_sections(documents, language):
        blocks.append(f"## {section.label}")
        for entry in section.entries:
            blocks += [f"### `{entry.shown}` {entry.label}"] if entry.name else []
            blocks += [_grid_text(block) if isinstance(block, Grid) else _line_text(block) for block in entry.blocks]
    return "\n\n".join(blocks) + "\n"


def _grid_text(grid: Grid) -> str:
    heads = [f"| {' | '.join(grid.heads)} |", "|---" * len(grid.heads) + "|"]
    return "\n".join([*heads, *(f"| {' | '.join(_line_text(cell) for cell in row)} |" for row in grid.rows)])


def _line_text(line: Line) -> str:
    around = {"plain": "", "code": "`", "strong": "**"}
    return "".join(around[s.style] + (s.text.replace("|", "\\|") if s.style == "code" else s.text) + around[s.style] for s in line)


def _entries(kind: str, found: Iterable[Document], language: str) -> Iterator[Entry]:
    if kind in ("entity", "extension"):
        for each in found:
            yield Entry(each.name, each.json["entity"] if kind == "extension" else each.name, each.label.show(language), tuple(_entity(each, language)))
    elif kind == "score":
        for each in found:
            yield Entry(each.name, each.name, each.label.show(language), tuple(_score(each, language)))
    else:
        yield Entry("", "", "", (_grid(_LISTED, language, (_row(each, language) for each in found)),))


def _entity(document: Document, language: str) -> Iterator[Line | Grid]:
    keys = [_joined(", ", ((_code(name),) for name in key)) for key in document.json.get("keys", [])]
    if keys:
        before, _, after = _UNIQUE.show(language).partition("{keys}")
        yield (Span(before), *_joined("; ", keys), Span(after))
    yield _grid(_FIELDS, language, (_field(raw, language) for raw in document.json.get("fields", ())))


def _field(raw: dict[str, Any], language: str) -> tuple[Line, ...]:
    type_: Line = (Span(FIELD_TYPES[raw["type"]].type_label.show(language)),)
    if raw.get("entity") or raw.get("entities"):
        type_ += (Span(" → "), *_joined(", ", ((_code(name),) for name in raw.get("entities") or [raw["entity"]])))
    elif raw["type"] == "any_reference":
        type_ += (Span(f" → {_ANY.show(language)}"),)
    if raw.get("required"):
        type_ += (Span(f", {_REQUIRED.show(language)}"),)
    said: list[Line] = [(Span(_show(raw["help"], language)),)] if raw.get("help") else []
    if raw.get("options"):
        said.append(_joined(" · ", ((_code(o["name"]), Span(f" {_name(o, language)}")) for o in raw["options"])))
    if raw.get("expr"):
        said.append((_code(raw["expr"]),))
    return (_code(raw["name"]),), (Span(_name(raw, language)),), type_, _joined(" ", said)


def _score(document: Document, language: str) -> Iterator[Line | Grid]:
    body = document.json
    if body.get("description"):
        yield (Span(_show(body["description"], language)),)
    for variant in body.get("variants", ()):
        condition = _code(variant["when"]) if variant.get("when") else Span(_OTHERWISE.show(language))
        yield Span(_name(variant, language), "strong"), Span(" ("), condition, Span(")")
        yield _grid(_MEASURES, language, (_measure(m, language) for m in variant.get("measures", ())))
    edges = [f"{_name(band, language)} ≥ {band['from']}" for band in body["bands"]]
    caps = [f"{_show(cap.get('label'), language)} {sign} {cap[key]}".strip() for cap in body.get("caps", ()) for key, sign in (("at_most", "≤"), ("at_least", "≥")) if cap.get(key) is not None]
    yield (Span(_BANDS.show(language).replace("{bands}", ", ".join([*edges, *caps]))),)


def _measure(raw: dict[str, Any], language: str) -> tuple[Line, ...]:
    how = raw.get("when") or raw.get("value") or raw.get("of") or ""
    worth = str(raw.get("points", raw.get("weight", "")))
    return (Span(_name(raw, language)),), (Span(worth),), (_code(how) if how else Span(_BY_HAND.show(language)),)


def _row(document: Document, language: str) -> tuple[Line, ...]:
    body = document.json
    entity = body.get("entity") or (body.get("query") or {}).get("entity")
    what: list[Line] = [(_code(t),) for t in (body.get("filter") or (body.get("query") or {}).get("filter"),) if t]
    if document.kind in ("view", "widget") and body.get("type"):
        what.insert(0, (Span(body["type"]),))
    return (_code(document.name),), (Span(document.label.show(language)),), (_code(entity),) if entity else (), _joined(" ", what)


def _grid(heads: Text, language: str, rows: Iterable[tuple[Line, ...]]) -> Grid:
    return Grid(tuple(heads.show(language).split(" | ")), tuple(rows))


def _joined(between: str, lines: Iterable[Line]) -> Line:
    return tuple(span for at, line in enumerate(lines) for span in ((Span(between), *line) if at else line))


def _code(text: str) -> Span:
    return Span(text, "code")


def _name(raw: dict[str, Any], language: str) -> str:
    return Text.of(raw.get("label") or raw.get("name")).show(language)


def _show(text: Any, language: str) -> str:
    return "" if text is None else Text.of(text).show(language)

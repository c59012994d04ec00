"""Differences of documents in words: "Field City: label (Chinese) changed from … to …" instead of pointers into JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tenon.metamodel.attribute_words import ITEMS, KEYS
from tenon.metamodel.labels import LANGUAGES, Text, say
from tenon.metamodel.telling import Known, told
from tenon.metamodel.value_words import TOLD, VALUES

Json = Mapping[str, Any]
TONGUES = {"en": say("English", "英文"), "zh": say("Chinese", "中文")}
KINDS_IN_WORDS = {
    "connector": Text("connector", "连接器"),
    "app": Text("app", "应用"), "calendar": Text("calendar", "工作日历"), "dashboard": Text("dashboard", "仪表盘"), "entity": Text("entity", "对象"), "extension": Text("extension", "扩展"),
    "form": Text("form", "表单"), "matching": Text("matching", "匹配规则"),
    "message": Text("message", "消息"), "page": Text("page", "页面"), "playbook": Text("playbook", "行动手册"), "role": Text("role", "角色"),
    "rule": Text("rule", "规则"), "scenario": Text("scenario", "场景"),
    "score": Text("score", "评分"), "segment": Text("segment", "分群"), "view": Text("view", "视图"), "widget": Text("widget", "组件"),
    "workflow": Text("workflow", "流程"),
}  # fmt: skip
YES, NO = say("yes", "是"), say("no", "否")
LONGEST = 160


def say_kind(kind: str) -> Text:
    """Return a kind of document in words."""
    return KINDS_IN_WORDS.get(kind) or _plain(kind)


def say_place(place: str, *documents: Json | None) -> Text:
    """Return where a place is, in words; it is looked for in the documents in their order: "Field City › label (Chinese)"."""
    parts: list[Text] = []
    values: list[Any] = [d for d in documents if d is not None]
    key = ""
    for step in _steps(place):
        inside = [found for found in (_step(value, step) for value in values) if found is not None]
        if any(isinstance(value, list) for value in values):
            parts[-1:] = [_item(key, step, inside)]
        elif step in TONGUES and parts:
            parts[-1] = say("{what} ({language})", "{what}（{language}）", what=parts[-1], language=TONGUES[step])
        else:
            parts.append(_attribute(values, step))
        values, key = inside, step
    return _join(parts)


@dataclass(frozen=True)
class Line:
    """One difference: where it is, what stands there before and after (None for nothing), and all of it as a sentence."""

    where: Text
    before: Text | None
    after: Text | None
    sentence: Text


def line_of(place: str, before: Any, after: Any, *documents: Json | None) -> Line:
    """Return one difference in words; the place is looked for in the documents in their order."""
    where, key = say_place(place, *documents), place.rpartition("/")[2]
    value = before if before is not None else after
    is_item = isinstance(value, dict) and not value.keys() <= set(LANGUAGES)
    if before is not None and after is not None:
        was, to = say_value(before, key), say_value(after, key)
        return Line(where, was, to, say("{where} changed from {was} to {to}", "{where}由{was}改为{to}", where=where, was=_quoted(was), to=_quoted(to)))
    if before is None:
        sentence = say("{where} added", "新增{where}", where=where) if is_item else say("{where} set to {to}", "{where}设为{to}", where=where, to=_quoted(say_value(after, key)))
        return Line(where, None, say("added", "新增") if is_item else say_value(after, key), sentence)
    sentence = say("{where} removed", "删除{where}", where=where) if is_item else say("{where} removed (was {was})", "清除{where}（原为{was}）", where=where, was=_quoted(say_value(before, key)))
    return Line(where, say("removed", "删除") if is_item else say_value(before, key), None, sentence)


def say_value(value: Any, key: str = "") -> Text:
    """Return a value of a document in a few words; ``key`` is the attribute it is the value of."""
    if value is None:
        return say("nothing", "空")
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, dict):
        if value and value.keys() <= set(LANGUAGES):
            return Text.of(value)
        return title_of(value) or _plural(len(value))
    if isinstance(value, list):
        if not value:
            return say("nothing", "空")
        texts = [say_value(each, key) for each in value]
        return Text(_short(", ".join(t.show("en") for t in texts)), _short("、".join(t.show("zh") for t in texts)))
    return _word(str(value), key) if not isinstance(value, Known) else value.label


def _word(text: str, key: str) -> Text:
    """Return a text of an attribute: one of the words that it may have as that word, else as it stands."""
    return VALUES[text] if key in TOLD and text in VALUES else Text(_short(text), _short(text))


def title_of(item: Json) -> Text | None:
    """Return what an item is called: its label, its name, or what it shows."""
    if isinstance(item.get("label"), dict):
        return Text.of(item["label"])
    for key in ("name", "field", "widget", "view", "dashboard", "table", "form", "relation", "score", "entity", "app", "file", "text", "message", "title", "type", "when"):
        value = item.get(key)
        if isinstance(value, str):
            return value.label if isinstance(value, Known) else _word(value, key)
        if isinstance(value, dict) and value.keys() <= set(LANGUAGES):
            return Text.of(value)
    return None


def say_difference(item: Mapping[str, Any], old: Json, new: Json) -> Line:
    """Return one entry of `document_difference` in words."""
    before, after = item["from"], item["to"]
    is_gone = after is None and isinstance(before, dict) and before.get("id") == item["id"]
    return line_of(item["pointer"], before, after, old if is_gone else new)


def _attribute(values: Iterable[Any], step: str) -> Text:
    """Return what an attribute is called; a key that is the name of something by its label."""
    known = next((key for value in values if isinstance(value, dict) for key in value if key == step and isinstance(key, Known)), None)
    return known.label if known is not None else KEYS.get(step, _plain(step))


def _item(key: str, step: str, found: Iterable[Any]) -> Text:
    noun = ITEMS.get(key, _plain(key))
    title = next((title for title in (title_of(each) for each in found if isinstance(each, dict)) if title is not None), None)
    if title is None:
        if len(step) == 36 or step.isdigit():
            return noun
        title = told(next((each for each in found if isinstance(each, str)), step))
    return say("{noun} {title}", "{noun}“{title}”", noun=noun, title=title)


def _step(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list):
        found = next((each for each in value if each == step or (isinstance(each, dict) and each.get("id") == step)), None)
        return found if found is not None or not step.isdigit() or int(step) >= len(value) else value[int(step)]
    return None


def _steps(place: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in place.split("/")[1:]]


def _join(parts: list[Text]) -> Text:
    """Return items and what is inside them: the last step after a colon when it is an attribute of an item."""
    en, zh = [p.show("en") for p in parts], [p.show("zh") for p in parts]
    if len(parts) > 1 and not en[-1][:1].isupper():
        return Text(f"{' › '.join(en[:-1])}: {en[-1]}", f"{' › '.join(zh[:-1])}：{zh[-1]}")
    return Text(" › ".join(en), " › ".join(zh))


def _plain(key: str) -> Text:
    words = key.replace("_", " ")
    return Text(words, words)


def _plural(count: int) -> Text:
    return say("{n} {n:setting|settings}", "{n} 项设置", n=count)


def _quoted(text: Text) -> Text:
    return Text(f"“{_short(text.show('en'))}”", f"“{_short(text.show('zh'))}”")


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"

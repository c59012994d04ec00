"""Differences of documents in words: "Field City: label (Chinese) changed from … to …" instead of pointers into JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tenon.metamodel.labels import LANGUAGES, Text, say

Json = Mapping[str, Any]
_ITEMS = """
fields|Field|字段
options|Option|选项
moves|Move|流转
checks|Check|校验
columns|Column|列
sections|Section|分区
items|Entry|条目
steps|Step|步骤
tabs|Tab|标签页
blocks|Block|区块
facts|Fact|页首字段
menu|Menu group|菜单分组
grants|Grant|授权
variants|Variant|版本
measures|Measure|指标
bands|Band|等级
caps|Cap|上下限
layout|Tile|布局格
filters|Filter|筛选
colours|Colour rule|着色规则
group_by|Group|分组
actions|Action|行动
values|Value|值
requires|Required app|依赖的应用
sample|Sample file|示例文件
then|Step|步骤
search|Searched field|搜索字段
sort|Order|排序
features|Feature|功能
keys|Key|唯一键
set|Value|赋值
lists|List|列表
outcomes|Outcome|结果
scores|Score|评分
roles|Role|角色
paths|Path|分支
"""
_KEYS = """
label|label|名称
plural|plural|复数名称
name|API name|API 名称
description|description|说明
help|help|帮助
type|type|类型
required|required|必填
read_only|read only|只读
unique|unique|唯一
default|default|默认值
min|smallest value|最小值
max|largest value|最大值
max_length|length|长度
scale|decimals|小数位
currency|currency|币种
pattern|pattern|格式
expr|expression|表达式
filter|filter|筛选
when|condition|条件
visible|shown when|显示条件
where|condition|条件
sort|order|排序
search|searched fields|搜索字段
title|title|标题字段
icon|icon|图标
colour|colour|颜色
columns|columns|列
width|width|宽度
view|view|视图
field|field|字段
entity|entity|对象
items|entries|条目
fields|fields|字段
options|options|选项
sections|sections|分区
tabs|tabs|标签页
blocks|blocks|区块
grants|grants|授权
menu|menu|菜单
layout|layout|布局
filters|filters|筛选
version|version|版本
retired|retired|停用
points|points|分值
weight|weight|权重
value|value|值
from|lower edge|下限
to|upper end|上限
missing|when data is missing|缺少数据时
bands|bands|等级
caps|caps|上下限
schedule|schedule|时间表
read|readable fields|可读字段
write|writable fields|可写字段
hide|hidden fields|隐藏字段
mask|masked fields|脱敏字段
actions|actions|操作
message|message|提示
group_by|groups|分组
shared_with|who sees it|共享范围
keys|unique together|联合唯一
personal|personal data|个人数据
on_delete|when the target is deleted|目标删除时
x|column|列位置
y|row|行位置
w|width|宽度
h|height|高度
app|app|应用
public|public form|公开表单
query|data|数据
board|board|看板
calendar|calendar|日历
gallery|gallery|画廊
tree|tree|树
timeline|timeline|时间线
gantt|Gantt chart|甘特图
cards|cards|卡片
condition|condition|条件
state|state|状态
trigger|trigger|触发
limits|limits|限制
timing|when it acts|执行时机
run_as|acts as|执行身份
role|role|角色
start|start|启动方式
exit_when|given up when|退出条件
segment|segment|分群
subject|subject|主题
body|text|正文
channel|channel|发送渠道
category|category|类别
style|format|正文格式
lists|lists|列表
steps|steps|步骤
count|number|数量
score|score|评分
band|band|等级
limit|at most|最多
compare|compared with|对比
period|period|时段
target|target|目标
headers|headers|请求头
"""
ITEMS = {key: Text(en, zh) for key, en, zh in (line.split("|") for line in _ITEMS.strip().splitlines())}
KEYS = {key: Text(en, zh) for key, en, zh in (line.split("|") for line in _KEYS.strip().splitlines())}
TONGUES = {"en": say("English", "英文"), "zh": say("Chinese", "中文")}
KINDS_IN_WORDS = {
    "app": Text("app", "应用"), "calendar": Text("calendar", "工作日历"), "dashboard": Text("dashboard", "仪表盘"), "entity": Text("entity", "对象"), "extension": Text("extension", "扩展"),
    "form": Text("form", "表单"), "message": Text("message", "消息"), "page": Text("page", "页面"), "playbook": Text("playbook", "行动手册"), "role": Text("role", "角色"),
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
            parts.append(KEYS.get(step, _plain(step)))
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
    where = say_place(place, *documents)
    value = before if before is not None else after
    is_item = isinstance(value, dict) and not value.keys() <= set(LANGUAGES)
    if before is not None and after is not None:
        was, to = say_value(before), say_value(after)
        return Line(where, was, to, say("{where} changed from {was} to {to}", "{where}由{was}改为{to}", where=where, was=_quoted(was), to=_quoted(to)))
    if before is None:
        sentence = say("{where} added", "新增{where}", where=where) if is_item else say("{where} set to {to}", "{where}设为{to}", where=where, to=_quoted(say_value(after)))
        return Line(where, None, say("added", "新增") if is_item else say_value(after), sentence)
    sentence = say("{where} removed", "删除{where}", where=where) if is_item else say("{where} removed (was {was})", "清除{where}（原为{was}）", where=where, was=_quoted(say_value(before)))
    return Line(where, say("removed", "删除") if is_item else say_value(before), None, sentence)


def say_value(value: Any) -> Text:
    """Return a value of a document in a few words."""
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
        texts = [say_value(each) for each in value]
        return Text(_short(", ".join(t.show("en") for t in texts)), _short("、".join(t.show("zh") for t in texts)))
    return Text(_short(str(value)), _short(str(value)))


def title_of(item: Json) -> Text | None:
    """Return what an item is called: its label, its name, or what it shows."""
    if isinstance(item.get("label"), dict):
        return Text.of(item["label"])
    for key in ("name", "field", "widget", "view", "dashboard", "table", "form", "relation", "score", "entity", "app", "file", "text", "message", "title", "type", "when"):
        value = item.get(key)
        if isinstance(value, str):
            return Text(_short(value), _short(value))
        if isinstance(value, dict) and value.keys() <= set(LANGUAGES):
            return Text.of(value)
    return None


def say_difference(item: Mapping[str, Any], old: Json, new: Json) -> Line:
    """Return one entry of `document_difference` in words."""
    before, after = item["from"], item["to"]
    is_gone = after is None and isinstance(before, dict) and before.get("id") == item["id"]
    return line_of(item["pointer"], before, after, old if is_gone else new)


def _item(key: str, step: str, found: Iterable[Any]) -> Text:
    noun = ITEMS.get(key, _plain(key))
    title = next((title for title in (title_of(each) for each in found if isinstance(each, dict)) if title is not None), None)
    if title is None:
        if len(step) == 36 or step.isdigit():
            return noun
        title = Text.of(next((each for each in found if isinstance(each, str)), step))
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

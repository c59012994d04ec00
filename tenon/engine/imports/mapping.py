"""Which column goes into which field: guessed and explained, or read from a person's mapping."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pypinyin import lazy_pinyin

from tenon.engine.imports.guess import Column
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.names import propose_name, suggest

ALSO_WRITTEN = ("id", "owner", "unit")
"""System fields that a mapping may name beside those people write."""
SYNONYMS: tuple[frozenset[str], ...] = tuple(
    frozenset(words.split())
    for words in (
        "name title 名称 姓名 名字 全称 fullname 客户名称 公司名称 公司名 公司全称 企业名称 单位名称 customername companyname accountname",
        "phone mobile tel telephone cell cellphone phonenumber mobilephone 电话 手机 手机号 手机号码 联系电话 电话号码 联系方式",
        "email mail emailaddress 邮箱 电子邮件 电子邮箱 邮件 邮箱地址",
        "code number no id 编号 编码 代码 客户编号 记录编号 customerid customerno customercode accountid",
        "industry sector 行业 所属行业 行业类型",
        "owner manager 负责人 客户经理 销售 销售员 业务员 salesagent accountmanager salesrep assignedto",
        "contact contactname 联系人 联系人姓名",
        "city 城市 所在城市",
        "region province state 地区 区域 省份 省 大区",
        "address street addr 地址 联系地址 详细地址",
        "website url homepage web site 网址 网站 官网 主页",
        "amount total value price sum 金额 总额 价格 总价 合同金额 订单金额 totalamount",
        "arr annualrevenue annualrecurringrevenue 年费 年度经常性收入",
        "mrr monthlyrecurringrevenue 月费",
        "revenue turnover 营收 收入 营业额 年收入",
        "employees headcount staff size 人数 员工数 规模 员工人数 seats",
        "source leadsource origin 来源 客户来源 线索来源 渠道",
        "status state 状态",
        "stage phase dealstage 阶段 商机阶段",
        "note notes remark remarks comment comments description memo 备注 说明 描述 附注 评论",
        "signedat signupdate signed startdate contractdate 签约日期 签约时间 注册日期 开始日期",
        "enddate renewaldate expirydate duedate 到期日 到期日期 截止日期 续约日期",
        "createdat createdon created createddate 创建时间 录入日期 创建日期",
        "gender sex 性别",
        "department dept unit 部门",
        "country 国家",
        "birthday birthdate dob 生日 出生日期",
    )
)
_FITS: dict[str, frozenset[str]] = {
    "text": frozenset(
        (
            "text",
            "long_text",
            "choice",
            "integer",
            "decimal",
            "money",
            "phone",
            "email",
            "url",
            "date",
            "datetime",
            "time",
            "boolean",
            "percent",
        )
    ),
    "email": frozenset(("email",)),
    "phone": frozenset(("phone", "integer", "text")),
    "url": frozenset(("url", "text")),
    "integer": frozenset(("integer", "boolean")),
    "rating": frozenset(("integer",)),
    "duration": frozenset(("integer", "time")),
    "decimal": frozenset(("integer", "decimal", "money", "percent", "boolean")),
    "money": frozenset(("integer", "decimal", "money", "boolean")),
    "percent": frozenset(("percent", "decimal", "integer", "boolean")),
    "boolean": frozenset(("boolean", "choice", "integer")),
    "date": frozenset(("date", "datetime")),
    "datetime": frozenset(("date", "datetime")),
    "time": frozenset(("time",)),
    "choice": frozenset(("choice", "text", "boolean", "integer")),
    "stage": frozenset(("choice", "text")),
}
_UNTYPED = frozenset(("text", "long_text", "choice"))
POINTING = frozenset(("reference", "references", "user", "unit"))
_NAMES_RECORD = re.compile(r"(?:name|code|id|no|名称|姓名|编号|编码|代码)\Z")
_NOISE = re.compile(r"[\W_]+")
_BRACKETS = re.compile(r"[（(\[【][^）)\]】]*[）)\]】]")
WHY: dict[str, Text] = {
    "name": say("same name", "名称相同"),
    "label": say("same as the label", "与标签相同"),
    "pinyin": say("same in pinyin", "拼音相同"),
    "synonym": say("means the same", "同义词"),
    "part": say("part of the name", "名称部分相同"),
    "content": say("by what the cells hold", "根据单元格内容"),
}


@dataclass(frozen=True)
class MappingGuess:
    """A guess: ``mapping`` field → column, ``why`` field → reason, ``unused`` columns that went nowhere."""

    mapping: dict[str, str] = field(default_factory=dict)
    why: dict[str, Text] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Mapped:
    """One field of a mapping: the index of its column, or an expression (as compiled by the hook, else its text)."""

    field: Field
    column: int | None = None
    expression: Any = None


def guess_mapping(columns: Sequence[Column], entity: Entity) -> MappingGuess:
    """Return which column fits which field best; every column and every field once, the same answer every time."""
    fields = [found for found in entity.fields.values() if found.is_written]
    scores = []
    for place, found in enumerate(fields):
        for column in columns:
            score, why = _score(column, found, entity)
            if score > 0:
                scores.append((-score, place, column.index, found.name, column.name, why))
    mapping: dict[str, str] = {}
    reasons: dict[str, Text] = {}
    taken: set[int] = set()
    for _, _, index, name, column_name, why in sorted(scores):
        if name not in mapping and index not in taken:
            mapping[name], reasons[name] = column_name, WHY[why]
            taken.add(index)
    ordered = {found.name: mapping[found.name] for found in fields if found.name in mapping}
    return MappingGuess(ordered, reasons, [column.name for column in columns if column.index not in taken])


def _score(column: Column, found: Field, entity: Entity) -> tuple[float, str]:
    """Return how well a column fits a field, 0 for not at all, and why."""
    score, why = _score_name(column, found, entity)
    if score < 0.9 and column.empty_share < 1 and not _is_fit(column, found):
        return 0, ""  # what is called the same is meant, whatever its cells look like
    return score, why


def _score_name(column: Column, found: Field, entity: Entity) -> tuple[float, str]:
    key = _key(column.name)
    short = _key(_BRACKETS.sub("", column.name)) or key
    names = {_key(found.name)}
    labels = {_key(text) for text in (found.label.en, found.label.zh) if text}
    if key in names or short in names:
        return (1.0 if key in names else 0.95), "name"
    if key in labels or short in labels:
        return (0.98 if key in labels else 0.94), "label"
    own = {_key(entity.name), *(_key(t) for t in (entity.label.en, entity.label.zh) if t)}
    without = next((key[len(word) :] for word in sorted(own) if word and key.startswith(word) and len(key) > len(word)), "")
    if without and without in names | labels:
        return 0.9, "name"
    if _pinyin(key) in {_pinyin(word) for word in names | labels}:
        return 0.85, "pinyin"
    if found.spec.type in POINTING and _NAMES_RECORD.sub("", key) in names | labels:
        return 0.88, "name"
    title = entity.find_field(entity.title) if entity.title else None
    if found is title and key in own:
        return 0.75, "synonym"
    words = {key, short, without} - {""}
    if any(group & words and group & (names | labels) for group in SYNONYMS):
        return 0.7, "synonym"
    if column.type in ("email", "phone", "url") and found.spec.type == column.type:
        return 0.3, "content"
    if any(len(word) >= 4 and (word in key or (key in word and len(key) >= 4)) for word in names | labels):
        return 0.4, "part"
    return 0, ""


def _is_fit(column: Column, found: Field) -> bool:
    fitting = _FITS.get(found.spec.type)
    if fitting is None or column.type in fitting:
        return True
    return column.type in _UNTYPED and found.spec.type != "boolean" and column.examples != () and _looks_mixed(column)


def _looks_mixed(column: Column) -> bool:
    """Say whether a column guessed as text may still be numbers or dates with many dirty cells."""
    digits = sum(1 for example in column.examples if any(c.isdigit() for c in example))
    return digits * 2 >= len(column.examples)


def _key(text: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())


def _pinyin(key: str) -> str:
    return key if key.isascii() else "".join(lazy_pinyin(key[:60])).lower()


def column_names(columns: Sequence[Column]) -> dict[str, int]:
    """Return the names under which expressions of a mapping see the columns: API names made from the headers."""
    names: dict[str, int] = {}
    for column in columns:
        names[propose_name(column.name, set(names))] = column.index
    return names


def parse_mapping(
    mapping: Mapping[str, str | None],
    columns: Sequence[Column],
    entity: Entity,
    compile_expression: Callable[[str, dict[str, int], Field], Any] | None = None,
) -> list[Mapped]:
    """Return where each field comes from; a value that equals a column is that column, None leaves the field out.

    ``compile_expression(text, names, field)`` turns any other value into something to evaluate, its Problems' paths
    relative to the value; without it the text is kept. Raises Invalid with every problem, at ``/mapping/<field>``.
    """
    by_name = {column.name: column.index for column in columns}
    folded = {_key(column.name): column.index for column in reversed(columns)}
    names = column_names(columns)
    result: list[Mapped] = []
    problems: list[Problem] = []
    for key, value in mapping.items():
        path = "/mapping/" + key.replace("~", "~0").replace("/", "~1")
        found = entity.find_field(key)
        if found is None or not (found.is_written or found.name in ALSO_WRITTEN):
            problems.append(bad_field(path, key, found, entity))
        elif value is None:
            continue
        elif not isinstance(value, str):
            message = say("A mapping names a column or holds an expression.", "映射的值应为列名或表达式。")
            problems.append(Problem(path, "wrong_type", message, say("Write the name of a column.", "请填写列名。")))
        elif value in by_name:
            result.append(Mapped(found, by_name[value]))
        elif _key(value) in folded and _key(value):
            result.append(Mapped(found, folded[_key(value)]))
        elif compile_expression is None:
            result.append(Mapped(found, expression=value))
        else:
            try:
                result.append(Mapped(found, expression=compile_expression(value, names, found)))
            except Invalid as error:
                problems += [problem.at(path) for problem in error.problems]
    if problems:
        raise Invalid(problems)
    return result


def bad_field(path: str, key: str, found: Field | None, entity: Entity) -> Problem:
    """Return what is wrong with a field of a mapping: ``found`` is computed, or, when None, not there."""
    if found is not None:
        message = say("{field} is computed and cannot be imported.", "{field} 是计算字段，不能导入。", field=found.label)
        return Problem(path, "read_only", message, say("Leave it out of the mapping.", "请从映射中去掉。"))
    close = suggest(key, [known.name for known in entity.fields.values() if known.is_written])
    hint = say("Did you mean {name}?", "是否想填 {name}？", name=close) if close else say("Use the name of a field.", "请使用字段名称。")
    return Problem(
        path, "unknown_field", say("{entity} has no field {field}.", "{entity} 没有字段 {field}。", entity=entity.label, field=key), hint
    )

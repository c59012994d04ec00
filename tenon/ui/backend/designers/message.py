"""The message designer: subject and text in both languages, fields put in by a menu, and beside them how it reads about a record."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tenon.metamodel.kinds.message import ROBOTS
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field, Model
from tenon.metamodel.templates.syntax import VALUES
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.backend.designers.listed import choices, fitting, ordered
from tenon.ui.backend.designers.page_blocks import far_of, relations
from tenon.ui.backend.designers.rule_words import said_condition
from tenon.ui.design_shapes import ControlGroup, PaletteGroup, Panel
from tenon.ui.shapes import Choice

LABEL = Text("Message", "消息")
ICON = "send"
TOLD = say("What is said by mail, in the product, by SMS or to a group, in both languages.", "以邮件、站内、短信或群消息发送的双语内容。")
SCRIPT = "design_message"
CHANNELS = (
    ("email", say("E-mail", "邮件")), ("in_app", say("In the product", "站内")), ("sms", say("SMS", "短信")), ("wecom", say("WeCom group", "企业微信群")),
    ("dingtalk", say("DingTalk group", "钉钉群")), ("feishu", say("Feishu group", "飞书群")),
)  # fmt: skip
CATEGORIES = (("transactional", say("Part of the business", "事务性")), ("marketing", say("Marketing", "营销")))
STYLES = (("text", say("Plain text", "纯文本")), ("html", say("HTML", "HTML")))
LANGUAGES = {"en": say("English", "英文"), "zh": say("Chinese", "中文")}
NOT_OFFERED = frozenset({"id", "version", "source", "deleted_at", "created_by", "updated_by"})
MOST_LISTS = 5
_OVER = re.compile(r"(\{%[-+]?\s*for\s+\w+\s+in\s+)(\w+)")
FOLLOWED = 6
"""So many references of a record have their fields offered, too."""


@dataclass(frozen=True, slots=True)
class Words:
    """The templates of one language, and whether it has a subject at all."""

    language: str
    label: str
    subject: str | None
    body: str


@dataclass(frozen=True, slots=True)
class OfferedGroup:
    """What can be put into a template under a heading: each choice is named by the text that is put in."""

    label: str
    fields: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class DrawnList:
    """A list the texts can go over: what it holds, and what of it can be put in."""

    id: str
    label: str
    told: str
    loop: str
    fields: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The texts of both languages, the reader's own first, what can be put in, the lists, those that can be added, and whether a test can be sent."""

    words: tuple[Words, ...]
    offers: tuple[OfferedGroup, ...]
    lists: tuple[DrawnList, ...]
    more: tuple[tuple[str, str], ...]
    may_test: bool


def canvas(design: Design) -> Drawn:
    """Return the templates and the fields that can be put into them."""
    document, language = design.json, design.language
    channel = str(document.get("channel"))
    order = ("zh", "en") if language == "zh" else ("en", "zh")
    subject: dict[str, Any] = document.get("subject") or {}
    body: dict[str, Any] = document.get("body") or {}
    has_subject = channel in ("email", "in_app")
    words = tuple(Words(each, LANGUAGES[each].show(language), str(subject.get(each) or "") if has_subject else None, str(body.get(each) or "")) for each in order)
    entity = design.entity
    offers = tuple(_offers(design, entity)) if entity is not None else ()
    return Drawn(words, offers, tuple(_lists(design)), tuple(_more(design)), channel in ("email", "in_app"))


def _lists(design: Design) -> Iterator[DrawnList]:
    language = design.language
    for each in design.json.get("lists") or ():
        far, name = far_of(design, each.get("relation")), str(each.get("name"))
        label = next((text for relation, text, _ in relations(design) if relation == each.get("relation")), name)
        told = [] if name == each.get("relation") else [name]
        told += [say("at most {n}", "最多 {n} 条", n=each.get("limit") or 20).show(language)]
        if each.get("where") and far is not None:
            told.insert(-1, said_condition(design, str(each["where"]), far))
        own = [f for f in far.fields.values() if _is_offered(f) and f.origin != "system"] if far is not None else []
        shown = far.title if far is not None and far.title else "id"
        loop = f"{{% for each in {name} %}}\n- {{{{ each.{shown} }}}}\n{{% endfor %}}"
        yield DrawnList(str(each["id"]), label, " · ".join(told), loop, tuple(Choice(f"{{{{ each.{f.name} }}}}", f.label.show(language)) for f in own[:30]))


def _more(design: Design) -> Iterator[tuple[str, str]]:
    """Yield the relations that can be gone over, each with the operations that add a list of it."""
    listed: list[Json] = list(design.json.get("lists") or ())
    taken = {str(each.get("name")) for each in listed} | set(VALUES)
    for relation, label, _ in relations(design) if len(listed) < MOST_LISTS else ():
        name = next(n for n in (relation, *(f"{relation}_{i}" for i in range(2, 20))) if n not in taken)
        value = {"name": name[:40], "relation": relation}
        made: Json = {"op": "insert", "at": f"/lists/{len(listed)}", "value": value} if listed else {"op": "set", "at": "/lists", "value": [value]}
        yield label, json.dumps([made])


def follow(before: Json, after: Json, published: Model) -> list[Json]:
    """Return what keeps the texts going over lists that got another name."""
    was = {each["id"]: str(each.get("name")) for each in before.get("lists") or ()}
    new = {was[each["id"]]: str(each.get("name")) for each in after.get("lists") or () if each.get("id") in was and was[each["id"]] != each.get("name")}
    if not new:
        return []
    texts = [(f"/{part}/{language}", str(text)) for part in ("subject", "body") for language, text in (after.get(part) or {}).items()]
    turned = [(at, text, _OVER.sub(lambda found: found[1] + new.get(found[2], found[2]), text)) for at, text in texts]
    return [{"op": "set", "at": at, "value": text} for at, old, text in turned if text != old]


def _of_list(design: Design, item: Json) -> Panel:
    """Return the properties of a list."""
    controls, far = Controls(design, item, design.place(item["id"])), far_of(design, item.get("relation"))
    about = far.name if far is not None else None
    made = (
        controls.make("name", "name", say("Name in the texts", "模板中的名称"), required=True, help=say("The texts follow when it changes.", "修改后，模板中的引用会同步更新。")),
        controls.make("relation", "choice", say("Records", "记录"), options=choices(relations(design))),
        controls.make("where", "condition", say("Only those with", "仅包含"), entity=about, expect="boolean"),
        ordered(controls, "sort", say("Which first", "优先顺序"), fitting(design, "sort", entity=far), turns=True),
        controls.make("limit", "number", say("At most", "最多条数"), numbers=(1, 50), help=say("Whoever gets it sees of it what they may see.", "接收人只能看到其有权查看的内容。")),
    )
    label = next((text for relation, text, _ in relations(design) if relation == item.get("relation")), str(item.get("name")))
    return Panel(item["id"], label, "rows-3", (ControlGroup(None, made),), may_remove=True)


def _offers(design: Design, entity: Entity) -> list[OfferedGroup]:
    language = design.language
    own = [f for f in entity.fields.values() if _is_offered(f)]
    groups = [OfferedGroup(entity.label.show(language), tuple(_choice(f, f.name, language) for f in own))]
    linked = sorted((f for f in own if f.type.kind == "reference" and f.type.entity), key=lambda f: f.type.entity != "user")
    for field in linked[:FOLLOWED]:
        far = design.model.find_entity(str(field.type.entity))
        if far is not None and far is not entity:
            fields = [f for f in far.fields.values() if _is_offered(f) and (f.origin != "system" or far.is_system)]
            groups.append(OfferedGroup(field.label.show(language), tuple(_choice(f, f"{field.name}.{f.name}", language) for f in fields[:30])))
    others = tuple(Choice(f"{{{{ {name} }}}}", label.show(language)) for name, label in VALUES.items() if name != "record")
    return [*groups, OfferedGroup(say("Besides", "其他").show(language), others)]


def _is_offered(field: Field) -> bool:
    return field.name not in NOT_OFFERED and not field.is_to_many


def _choice(field: Field, path: str, language: str) -> Choice:
    return Choice(f"{{{{ record.{path} }}}}", field.label.show(language))


def palette(_design: Design) -> tuple[PaletteGroup, ...]:
    """Return nothing: fields are put into the texts themselves."""
    return ()


def panel(design: Design, item_id: str) -> Panel | None:
    """Return the properties of the message."""
    item = design.item(item_id)
    if item is None:
        return None
    if item is not design.json:
        return _of_list(design, item)
    controls, language, channel = Controls(design, design.json, ""), design.language, str(design.json.get("channel"))
    first = [
        controls.make("label", "label", say("Name", "名称"), required=True),
        controls.make("channel", "choice", say("How it goes out", "发送渠道"), options=design.choices(CHANNELS)),
    ]
    if channel == "email":
        first.append(controls.make("style", "segments", say("Text", "正文格式"), options=design.choices(STYLES), empty="text"))
    if channel in ROBOTS:
        told = say(
            "A file of that name in the folder secrets of TENON_HOME: the address, and on a second line the key to sign with.",
            "TENON_HOME 的 secrets 目录中同名文件：首行为地址，次行为签名密钥。",
        )
        first.append(controls.make("robot", "text", say("Kept secret of the robot", "机器人密钥名称"), help=told))
    if channel == "sms":
        first.append(controls.make("connector", "text", say("Connector", "连接器")))
    about = say("Marketing goes only to contacts who agreed to the channel, and by mail ends with a link to unsubscribe.", "营销消息只发送给同意该渠道的联系人，邮件末尾带退订链接。")
    first.append(controls.make("category", "segments", say("What it is", "类别"), options=design.choices(CATEGORIES), empty="transactional", help=about))
    sender = (
        controls.make("sender/name", "text", say("Name of the sender", "发件人名称")), controls.make("sender/reply_to", "text", say("Answers go to", "回复地址")),
    )  # fmt: skip
    more = (controls.make("name", "name", say("API name", "API 名称")), controls.make("description", "long_label", say("Description", "说明")))
    groups = [ControlGroup(None, tuple(first))]
    if channel == "email":
        groups.append(ControlGroup(say("Sender", "发件人").show(language), sender, True))
    return Panel("", LABEL.show(language), ICON, (*groups, ControlGroup(say("More", "更多").show(language), more, True)))


def start(design_label: Json, name: str, entity: Entity | None, _language: str) -> Json:
    """Return a new message by mail that names the record."""
    assert entity is not None
    title = f"{{{{ record.{entity.title} }}}}" if entity.title else "{{ record }}"
    return {
        "kind": "message", "name": name, "label": design_label, "channel": "email", "entity": entity.name,
        "subject": {"en": f"About {title}", "zh": f"关于{title}"},
        "body": {"en": f"Hello {{{{ recipient }}}},\n\nthis is about {title}.\n{{{{ link }}}}", "zh": f"{{{{ recipient }}}}，您好：\n\n这是关于{title}的消息。\n{{{{ link }}}}"},
    }  # fmt: skip

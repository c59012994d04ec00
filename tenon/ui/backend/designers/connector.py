"""The connector designer: where the other system is, what is pulled and pushed, and which field is what there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity
from tenon.ui.backend.designers.base import Controls, Design, Json
from tenon.ui.design_shapes import Control, ControlGroup, PaletteGroup, Panel
from tenon.ui.shapes import Choice

LABEL = Text("Connector", "连接器")
ICON = "arrow-right-left"
TOLD = say("Keeps records the same here and in another system: pulled, pushed, or both ways.", "使本系统与其他系统的记录保持一致：拉取、推送或双向同步。")
DIRECTIONS = (("pull", say("Pull", "拉取")), ("push", say("Push", "推送")), ("both", say("Both ways", "双向")))
POLICIES = (("source_wins", say("The other system", "对方系统")), ("ours_wins", say("This one", "本系统")), ("newest", say("The newer change", "较新的修改")))
AUTHS = (
    ("none", say("Nothing", "无")), ("bearer", say("Token", "令牌")), ("basic", say("User and password", "用户名与密码")), ("api_key", say("Key in a header", "请求头密钥")),
    ("oauth2", say("OAuth 2, client credentials", "OAuth 2 客户端凭据")),
)  # fmt: skip
PAGES = (("cursor", say("Cursor", "游标")), ("offset", say("Position", "偏移")), ("page", say("Number of the page", "页码")), ("link", say("Link", "链接")))
METHODS = ("POST", "PUT", "PATCH")
NEW_AUTH: dict[str, Json] = {
    "none": {}, "bearer": {"secret": "token"}, "basic": {"user": "user", "secret": "password"}, "api_key": {"secret": "key"},
    "oauth2": {"token_url": "https://example.com/oauth/token", "client_id": "client", "secret": "client_secret"},
}
ADDRESS = say("What lies inside your network is refused unless its operator allows it.", "内网地址须由运维允许。")
SHARED = say("Connectors of the same system share what they know of its records.", "同一系统的连接器共享记录的对应关系。")
LISTED = say("Such as data.items; left empty, the answer is the list.", "例如 data.items；不填表示返回内容即为列表。")
COLUMNS = say(
    "The name of a field, and its column there: id, Account.Name; or an expression over columns: number(total).",
    "字段名称及其在对方的列：id、Account.Name；或由列组成的表达式：number(total)。",
)
SECRET = say("The name of a file in the folder secrets of TENON_HOME; what it holds is never shown.", "TENON_HOME 下 secrets 目录中的文件名；内容不会显示。")


@dataclass(frozen=True, slots=True)
class DrawnColumn:
    """One field and what it is there: a column, or an expression."""

    label: str
    source: str
    is_key: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """Both sides, which way records go, and what each field is there."""

    system: str
    address: str
    things: str
    direction: str
    said: str
    conflict: str
    columns: tuple[DrawnColumn, ...]
    name: str
    lacking: str | None


def canvas(design: Design) -> Drawn:
    """Return both sides and the columns between them."""
    json, entity = design.json, design.entity
    mapping: dict[str, str] = json.get("mapping") or {}
    fields = entity.fields if entity is not None else {}
    keys = set(json.get("match_on") or ())
    columns = tuple(DrawnColumn(fields[name].label.show(design.language) if name in fields else name, text, name in keys) for name, text in mapping.items())
    direction = str(json.get("direction") or "pull")
    said = dict(DIRECTIONS)[direction].show(design.language) if direction in dict(DIRECTIONS) else direction
    conflict = dict(POLICIES)[str(json.get("conflict") or "source_wins")].show(design.language)
    address = urlsplit(str((json.get("connection") or {}).get("base_url") or "")).netloc
    things = entity.plural.show(design.language) if entity is not None else ""
    return Drawn(str(json.get("system") or json.get("name")), address, things, direction, said, conflict, columns, str(json.get("name")), _lacking(design))


def _lacking(design: Design) -> str | None:
    """Return the name of the secret that is not there yet."""
    name = ((design.json.get("connection") or {}).get("auth") or {}).get("secret")
    return str(name) if name and design.view.uow.outside.secrets.read(str(name)) is None else None


def palette(_design: Design) -> tuple[PaletteGroup, ...]:
    """Return nothing: everything is a property."""
    return ()


def panel(design: Design, item_id: str) -> Panel | None:
    """Return the properties of the connector."""
    if item_id:
        return None
    controls, language = Controls(design, design.json, ""), design.language
    direction = design.json.get("direction") or "pull"
    groups = [ControlGroup(None, _first(design, controls)), ControlGroup(say("The other system", "对方系统").show(language), _connection(design, controls))]
    if direction != "push":
        groups.append(ControlGroup(say("What is pulled", "拉取").show(language), _source(design, controls)))
    if direction != "pull":
        groups.append(ControlGroup(say("What is pushed", "推送").show(language), _push(design, controls)))
    groups.append(ControlGroup(say("More", "更多").show(language), _more(design, controls), True))
    return Panel("", LABEL.show(language), ICON, tuple(groups))


def _first(design: Design, controls: Controls) -> tuple[Control, ...]:
    language = design.language
    keys = tuple(each for each in _fields(design) if _is_of_key(design.entity, each.name))
    return (
        controls.make("label", "label", say("Name", "名称"), required=True),
        controls.make("direction", "segments", say("Direction", "方向"), options=design.choices(DIRECTIONS), empty="pull"),
        controls.make("mapping", "pairs", say("Fields and columns", "字段与列"), options=_fields(design), help=COLUMNS, empty=say("Column or expression", "列或表达式").show(language)),
        controls.make("match_on", "many", say("Found by", "查找依据"), options=keys, help=say("A key by which records are found that are not linked yet.", "用于查找尚未关联记录的唯一键。")),
        controls.make("conflict", "choice", say("Who wins where both sides changed a field", "双方修改同一字段时以谁为准"), options=design.choices(POLICIES)),
        controls.make("schedule", "text", say("When, as cron", "运行时间（cron）"), empty="*/15 * * * *", help=say("Left empty: only when it is asked to.", "不填则仅手动运行。")),
    )


def _fields(design: Design) -> tuple[Choice, ...]:
    return tuple(Choice(f.name, f.label.show(design.language)) for f in design.entity.written_fields()) if design.entity is not None else ()


def _is_of_key(entity: Entity | None, name: str) -> bool:
    return entity is not None and any(name in key for key in entity.keys)


def _connection(design: Design, controls: Controls) -> tuple[Control, ...]:
    auth = ((design.json.get("connection") or {}).get("auth") or {}).get("type") or "none"
    parts: dict[str, tuple[Control, ...]] = {
        "basic": (controls.make("connection/auth/user", "text", say("User", "用户名"), required=True),),
        "api_key": (controls.make("connection/auth/header", "text", say("Header", "请求头"), empty="X-Api-Key"),),
        "oauth2": (
            controls.make("connection/auth/token_url", "text", say("Where tokens are fetched", "令牌地址"), required=True),
            controls.make("connection/auth/client_id", "text", say("Client", "客户端编号"), required=True), controls.make("connection/auth/scope", "text", say("Scope", "权限范围")),
        ),
    }  # fmt: skip
    secret = () if auth == "none" else (controls.make("connection/auth/secret", "text", say("Secret", "密钥"), required=True, help=SECRET),)
    made = (
        controls.make("connection/base_url", "text", say("Address", "地址"), required=True, help=ADDRESS),
        controls.make("connection/auth/type", "choice", say("Who calls is shown by", "身份验证"), options=design.choices(AUTHS)),
        *parts.get(auth, ()), *secret,
        controls.make("system", "text", say("What it is called", "系统名称"), empty=str(design.json.get("name") or ""), help=SHARED),
    )
    return tuple(_fixed(control) if "connection" in design.fixed and control.at.startswith("/connection") else control for control in made)


def _fixed(control: Control) -> Control:
    return Control(control.at, control.type, control.label, control.value, control.options, control.help, empty=control.empty, is_fixed=True)


def _source(design: Design, controls: Controls) -> tuple[Control, ...]:
    page = ((design.json.get("source") or {}).get("page") or {}).get("by")
    paged: tuple[Control, ...] = ()
    if page is not None:
        at = controls.make("source/page/at", "text", say("Where the answer says what comes next", "下一页信息所在位置"))
        size = controls.make("source/page/size", "number", say("Records a page", "每页记录数"))
        named = controls.make("source/page/param", "text", say("Parameter of the page", "翻页参数"))
        paged = (at,) if page == "link" else (named, at, size) if page == "cursor" else (named, size)
        paged += () if page == "link" else (controls.make("source/page/size_param", "text", say("Parameter of the size", "每页记录数的参数")),)
    return (
        controls.make("source/path", "text", say("Path", "路径"), required=True),
        controls.make("source/records", "text", say("Where the records stand", "记录列表所在位置"), help=LISTED),
        controls.make("source/id", "text", say("What a record is known by", "记录编号所在位置"), empty="id"),
        controls.make("source/params", "pairs", say("Parameters", "参数"), empty=say("Value", "值").show(design.language)),
        controls.make("source/page/by", "choice", say("Pages by", "翻页方式"), options=design.choices(PAGES), empty=say("One page", "仅一页").show(design.language)),
        *paged,
        controls.make("source/since/field", "text", say("When a record was changed there", "修改时间所在位置"), help=say("Then only what changed is asked for.", "填写后仅获取有变化的记录。")),
        controls.make("source/since/param", "text", say("Parameter of what changed since", "增量起始时间的参数")),
    )


def _push(design: Design, controls: Controls) -> tuple[Control, ...]:
    name, methods = design.entity.name if design.entity is not None else None, (*(Choice(each, each) for each in METHODS), Choice("none", say("Not at all", "不执行").show(design.language)))
    return (
        controls.make("push/path", "text", say("Path of new records", "新建路径"), required=True),
        controls.make("push/create", "choice", say("Created by", "新建方法"), options=methods, empty="POST"),
        controls.make("push/update", "choice", say("Changed by", "修改方法"), options=methods, empty="PATCH"),
        controls.make("push/record_path", "text", say("Path of a known record", "修改路径"), empty=f"{(design.json.get('push') or {}).get('path') or ''}/{{id}}"),
        controls.make("push/id", "text", say("Where the answer says what a new one is known by", "新记录编号所在位置"), empty="id"),
        controls.make("push/where", "condition", say("Only records for which", "仅推送满足条件的记录"), entity=name, expect="boolean", use="rule"),
        controls.make("push/body", "pairs", say("More values", "附加内容"), empty=say("Expression over the record", "记录的表达式").show(design.language)),
    )


def _more(design: Design, controls: Controls) -> tuple[Control, ...]:
    roles = tuple(Choice(d.name, d.label.show(design.language)) for d in design.model.all("role"))
    acts = (("system", say("The platform", "系统")), ("role", say("A role", "角色")))
    acting: tuple[Control, ...] = (controls.make("run_as", "segments", say("Acts as", "执行身份"), options=design.choices(acts), empty="system"),)
    if design.json.get("run_as") == "role":
        acting += (controls.make("role", "choice", say("Role", "角色"), options=roles, empty="–"),)
    return (*acting, controls.make("name", "name", say("API name", "API 名称")), controls.make("description", "long_label", say("Description", "说明")))


def follow(before: Json, after: Json, _model: Any) -> list[Json]:
    """Return what goes with a change: what a way of showing who calls, of paging, or a direction cannot be without."""
    operations: list[Json] = []
    auth, was = ((doc.get("connection") or {}).get("auth") or {} for doc in (after, before))
    kind = auth.get("type")
    if kind in NEW_AUTH and kind != was.get("type"):
        operations.append({"op": "set", "at": "/connection/auth", "value": {"type": kind, **NEW_AUTH[kind], **({"secret": auth["secret"]} if "secret" in auth and kind != "none" else {})}})
    direction = after.get("direction") or "pull"
    if direction != "pull" and not after.get("push"):
        operations.append({"op": "set", "at": "/push", "value": {"path": str((after.get("source") or {}).get("path") or "/").partition("?")[0]}})
    if direction != "push" and not after.get("source"):
        operations.append({"op": "set", "at": "/source", "value": {"path": str((after.get("push") or {}).get("path") or "/")}})
    source = after.get("source") or {}
    page, since = source.get("page") or {}, source.get("since")
    if page and not page.get("by"):
        operations.append({"op": "set", "at": "/source/page", "value": None})
    elif page.get("by") in ("offset", "page") and not (page.get("param") and page.get("size")):
        operations.append({"op": "set", "at": "/source/page", "value": {"by": page["by"], "param": page.get("param") or page["by"], "size": page.get("size") or 100}})
    elif page.get("by") == "cursor" and not page.get("param"):
        operations.append({"op": "set", "at": "/source/page/param", "value": "cursor"})
    if since and not since.get("field"):
        operations.append({"op": "set", "at": "/source/since", "value": None})
    if after.get("run_as") != "role" and after.get("role"):
        operations.append({"op": "set", "at": "/role", "value": None})
    return operations


def start(design_label: Json, name: str, entity: Entity, _language: str) -> Json:
    """Return a new connector that pulls the titles of records."""
    title = entity.title or next((f.name for f in entity.fields.values() if f.is_written), "id")
    return {
        "kind": "connector", "name": name, "label": design_label, "type": "rest", "connection": {"base_url": "https://example.com/api"}, "direction": "pull",
        "entity": entity.name, "source": {"path": "/records"}, "mapping": {title: "name"},
    }  # fmt: skip


def shown_at(design: Design) -> str | None:
    """Return the page of its runs, once it is published."""
    return f"/admin/connectors/{design.json['name']}" if design.view.model.find("connector", str(design.json["name"])) is not None else None

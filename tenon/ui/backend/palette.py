"""The palette: what was looked at, pages, things to do, and records found by a text; each as the reader may."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tenon.engine.query.pages import Ask, page
from tenon.engine.releases import draft
from tenon.metamodel.labels import Text, say
from tenon.ui.backend.base import View
from tenon.ui.backend.cells import title_of, title_path
from tenon.ui.backend.designing import designers
from tenon.ui.backend.menu import apps, first_entities
from tenon.ui.backend.visited import visited
from tenon.ui.shell_shapes import Hit, HitGroup

EACH = 6
RECORDS_EACH, MOST_SEARCHED, MOST_RECORDS = 3, 12, 10
VISITED, ACTIONS, PAGES, RECORDS = Text("Visited lately", "最近访问"), Text("Actions", "操作"), Text("Pages", "页面"), Text("Records", "记录")
DESIGNS = Text("Design", "设计")


def search(view: View, text: str, kept: str) -> list[HitGroup]:
    """Return hits in groups: without a text what was visited lately, pages and a few actions, else what has all of its words."""
    words = text.lower().split()
    pages, actions = [h for h in _pages(view) if _fits(h, words)], [h for h in _actions(view) if _fits(h, words)]
    listed: list[tuple[Text, list[Hit]]]
    if not words:
        seen = [Hit(f.label, f.icon, f.url, hint=f.hint or "") for f in visited(view, kept)]
        listed = [(VISITED, seen[:EACH]), (PAGES, pages[: EACH + 2]), (ACTIONS, actions[:EACH])]
    else:
        designs = [h for h in _designs(view) if _fits(h, words)]
        listed = [(RECORDS, _records(view, text)), (PAGES, pages[:EACH]), (ACTIONS, actions[:EACH]), (DESIGNS, designs[:EACH])]
    return [HitGroup(label.show(view.language), tuple(hits)) for label, hits in listed if hits]


def _fits(hit: Hit, words: Iterable[str]) -> bool:
    said = f"{hit.label} {hit.hint}".lower()
    return all(word in said for word in words)


def _pages(view: View) -> Iterator[Hit]:
    shown = apps(view)
    for group in (group for app in shown for group in app.groups):
        for item in group.items:
            yield Hit(item.label, item.icon, item.url, hint=group.label)
    listed = [
        (Text("Home", "首页"), "/", "house"), (Text("Inbox", "待办"), "/inbox", "inbox"), (Text("Apps", "应用"), "/apps", "blocks"),
        (Text("Jobs", "后台任务"), "/jobs", "activity"), (Text("Settings", "设置"), "/settings", "settings"),
    ]  # fmt: skip
    user = view.ctx.user
    if user is not None and user.may_build:
        listed += [(DESIGNS, "/design", "pencil"), (Text("Releases", "版本"), "/admin/releases", "git-branch")]
    if user is not None and user.is_admin:
        listed += [
            (Text("People", "人员"), "/admin/users", "users"), (Text("Units", "部门"), "/admin/units", "list-tree"), (Text("Roles", "角色"), "/admin/roles", "shield-check"),
            (Text("Tokens", "令牌"), "/admin/tokens", "key"), (Text("Audit", "审计"), "/admin/audit", "history"), (Text("Webhooks", "Webhook"), "/admin/webhooks", "link"),
            (Text("Connectors", "连接器"), "/admin/connectors", "arrow-right-left"),
            (Text("Outgoing", "向外投递"), "/admin/outgoing", "send"), (Text("Access", "权限说明"), "/admin/access", "scan-search"),
            (Text("Waiting data", "等待匹配的数据"), "/admin/waiting", "hourglass"),
            (Text("System", "系统"), "/admin/system", "heart-pulse"), (Text("Settings of the workspace", "工作区设置"), "/admin/settings", "settings"),
        ]  # fmt: skip
    for label, url, icon in listed:
        yield Hit(label.show(view.language), icon, url)
    for app in shown:
        if app.guide:
            yield Hit(say("Guide to {app}", "{app}指南", app=app.label).show(view.language), "file-text", app.guide, hint=app.name)


def _actions(view: View) -> Iterator[Hit]:
    language = view.language
    entities = first_entities(view)
    for entity in entities:
        if view.rights.may(entity, "create"):
            label = say("New {thing}", "新建{thing}", thing=entity.label.show(language).lower() if language == "en" else entity.label)
            yield Hit(label.show(language), "plus", f"/records/{entity.name}/new")
    user = view.ctx.user
    if user is not None and user.is_admin:
        yield Hit(Text("Invite a colleague", "邀请同事").show(language), "user-plus", "/admin/users?invite=1")
    yield Hit(Text("Switch to Chinese", "切换为英文").show(language), "languages", press="language", hint={"en": "中文", "zh": "English"}[language])
    for label, press, icon in (
        (Text("Light theme", "浅色主题"), "light", "sun"), (Text("Dark theme", "深色主题"), "dark", "moon"),
        (Text("Keyboard shortcuts", "键盘快捷键"), "shortcuts", "keyboard"), (Text("Fold the menu", "收起菜单"), "fold", "panel-left"),
    ):  # fmt: skip
        yield Hit(label.show(language), icon, press=press)
    for entity in entities:
        if view.rights.may(entity, "import") and view.rights.may(entity, "create"):
            label = say("Import {things}", "导入{things}", things=entity.plural.show(language).lower() if language == "en" else entity.plural)
            yield Hit(label.show(language), "upload", f"/records/{entity.name}/import")
    yield Hit(Text("Sign out", "退出登录").show(language), "log-out", press="leave")


def _designs(view: View) -> Iterator[Hit]:
    """Return the documents that the reader may design, entities first."""
    kinds = {kind: module for kind, module in designers().items() if draft.may_build(view.ctx, kind)}
    for kind, module in sorted(kinds.items(), key=lambda item: item[0] != "entity"):
        for document in view.model.all(kind):
            label = say("Design {thing}", "设计{thing}", thing=document.label)
            yield Hit(label.show(view.language), module.ICON, f"/design/{kind}/{document.name}", hint=module.LABEL.show(view.language))


def _records(view: View, text: str) -> list[Hit]:
    """Return records found by a text, a few of each entity."""
    found: list[Hit] = []
    for entity in [e for e in first_entities(view) if e.search][:MOST_SEARCHED]:
        ask = Ask(fields=["id", *title_path(view, entity)], limit=RECORDS_EACH, search=text)
        label = entity.label.show(view.language)
        for record in page(view.uow, view.ctx, entity, ask).records:
            found.append(Hit(title_of(view, entity, record), entity.icon or "table-2", f"/records/{entity.name}/{record['id']}", hint=label))
    return found[:MOST_RECORDS]

"""What the schema cannot say of screens: which attribute goes with which type, and positions that exist."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tenon.metamodel.document import Document
from tenon.metamodel.errors import Problem
from tenon.metamodel.kinds.app import AppKind
from tenon.metamodel.kinds.dashboard import DashboardKind
from tenon.metamodel.kinds.form import FormKind
from tenon.metamodel.kinds.page import PageKind
from tenon.metamodel.kinds.view import ViewKind
from tenon.metamodel.kinds.widget import WidgetKind
from tenon.metamodel.labels import say

GRID = 12
_OF_VIEW = {"board": "board", "calendar": "calendar", "timeline": "calendar", "gantt": "calendar", "tree": "tree"}
_OF_BLOCK = {"score": "score", "form": "form", "widget": "widget", "related": "relation", "text": "text", "next_action": "actions"}


def check_screen(document: Document) -> Iterator[Problem]:
    """Yield what is wrong with a form, view, page, widget, dashboard or menu as a whole."""
    check = _CHECKS.get(document.kind)
    if check is not None:
        yield from check(document.body)


def _needs(path: str, key: str, kind: str) -> Problem:
    message = say("The type {kind} needs {key}.", "类型 {kind} 需要 {key}。", kind=kind, key=key)
    return Problem(f"{path}/{key}", "required", message, say("Add it, or choose another type.", "请补上，或改选其他类型。"))


def _check_view(body: ViewKind) -> Iterator[Problem]:
    key = _OF_VIEW.get(body.type)
    if key is not None and getattr(body, key) is None:
        yield _needs("", key, body.type)


def _check_page(body: PageKind) -> Iterator[Problem]:
    for index, tab in enumerate(body.tabs):
        for position, block in enumerate(tab.blocks):
            key = _OF_BLOCK.get(block.type)
            if key is not None and not getattr(block, key):
                yield _needs(f"/tabs/{index}/blocks/{position}", key, block.type)


def _check_widget(body: WidgetKind) -> Iterator[Problem]:
    key = "text" if body.type == "text" else "query"
    if getattr(body, key) is None:
        yield _needs("", key, body.type)


def _check_form(body: FormKind) -> Iterator[Problem]:
    for index, step in enumerate(body.steps or ()):
        for position, section in enumerate(step.sections):
            if not 0 <= section < len(body.sections):
                message = say("There is no section {n}.", "没有第 {n} 个分区。", n=section)
                hint = say("Sections are counted from 0; there are {n}.", "分区从 0 开始计数，共 {n} 个。", n=len(body.sections))
                yield Problem(f"/steps/{index}/sections/{position}", "out_of_range", message, hint)


def _check_dashboard(body: DashboardKind) -> Iterator[Problem]:
    for index, tile in enumerate(body.layout):
        if tile.x + tile.w > GRID:
            message = say("This reaches over the right edge: the grid has {n} columns.", "超出右边界：网格共 {n} 列。", n=GRID)
            yield Problem(f"/layout/{index}/w", "out_of_range", message, say("Make it narrower.", "请调窄。"))


def _check_app(body: AppKind) -> Iterator[Problem]:
    for index, group in enumerate(body.menu):
        for position, item in enumerate(group.items):
            if sum(target is not None for target in (item.view, item.dashboard, item.entity)) != 1:
                message = say("A menu entry leads to one of view, dashboard or entity.", "菜单项应指向 view、dashboard、entity 之一。")
                yield Problem(f"/menu/{index}/items/{position}", "refused", message, say("Name exactly one.", "请只写一个。"))


_CHECKS: dict[str, Callable[[Any], Iterator[Problem]]] = {
    "view": _check_view, "page": _check_page, "widget": _check_widget, "form": _check_form, "dashboard": _check_dashboard, "app": _check_app,
}  # fmt: skip

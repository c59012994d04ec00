"""Scratch copies for administrators: which there are, making, entering and discarding one, and bringing its changes into the draft here."""

from __future__ import annotations

from collections.abc import Mapping

from tenon.engine.apps.upgrade_words import name_place, names_by_id, with_names
from tenon.engine.context import Context
from tenon.engine.jobs import list_page, put
from tenon.engine.releases.draft import draft_outline
from tenon.metamodel.errors import Conflict, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.merging import Side
from tenon.metamodel.wording import say_place, say_value
from tenon.platform import audit
from tenon.platform.bringing import Brought, bring, plan_bringing
from tenon.platform.copies import Copies
from tenon.platform.rights import require_admin
from tenon.platform.scratch import SCRATCH, check_name, find_copy, free_name, list_copies
from tenon.platform.sessions import SignedIn
from tenon.platform.workspace import Platform
from tenon.ui.app_shapes import ClashRow
from tenon.ui.backend.base import View
from tenon.ui.backend.jobs import shown
from tenon.ui.backend.releases import shown_document
from tenon.ui.copy_shapes import BringPage, CopiesPage, CopyRow

LATEST = 50
Decisions = Mapping[str, Side]


def copies_page(view: View, asked: str = "") -> CopiesPage:
    """Return the copies there are, and the job that makes one now or failed to. Raises Forbidden, NotFound for one that is asked about."""
    require_admin(view.ctx)
    settings = view.platform.settings
    if asked:
        find_copy(settings, asked)
    rows = tuple(CopyRow(c.name, c.release, c.at, c.size() if c.schema is None else None) for c in list_copies(settings))
    last = next((row for row in list_page(view.uow.connection, created_by=None, before=None, limit=LATEST) if row["kind"] == SCRATCH), None)
    job = shown(view, last) if last is not None and (last["state"] != "done") else None
    return CopiesPage(rows, free_name(settings), job, view.platform.copy is None)


def order_copy(view: View, name: str) -> str:
    """Put the job that makes a copy, one at a time, and return its id. Raises Forbidden, Invalid, Conflict."""
    require_admin(view.ctx)
    settings = view.platform.settings
    name = name or free_name(settings)
    check_name(settings, name)
    return put(view.uow.connection, SCRATCH, {"name": name}, unique_key=SCRATCH, key_until="ended", max_attempts=2, created_by=view.ctx.user_id)


def enter(copies: Copies, ctx: Context, name: str) -> tuple[Platform, SignedIn]:
    """Open a copy and begin a session of the same person in it. Raises Forbidden, NotFound."""
    require_admin(ctx)
    return copies.open(name), copies.enter(name, ctx)


def discard(copies: Copies, platform: Platform, ctx: Context, name: str) -> None:
    """Throw a copy away whole. Raises Forbidden, NotFound."""
    require_admin(ctx)
    copies.drop(name)
    with platform.write() as uow:
        audit.write(uow.connection, ctx, "workspace.discard_copy", "copy", name)


def bring_page(view: View, name: str, decisions: Decisions) -> BringPage:
    """Return what a copy would bring into the draft here under some decisions. Raises Forbidden, NotFound."""
    require_admin(view.ctx)
    copy = find_copy(view.platform.settings, name)
    plan, language = plan_bringing(view.uow, view.platform.settings, copy, decisions), view.language
    old, names = draft_outline(view.uow.connection, view.model), names_by_id(plan.shape)
    changes = tuple(shown_document(view, each.here, each.after, old, plan.shape) for each in plan.brought if each.is_news)
    clashes = tuple(row for each in plan.brought for row in _clashes(each, names, decisions, language))
    return BringPage(name, copy.release, copy.at, changes, clashes, plan.seen)


def bring_changes(view: View, name: str, decisions: Decisions, seen: str) -> int:
    """Put what a copy brings into the draft and return how many documents. Raises Forbidden, NotFound, Invalid, Conflict when a side changed since."""
    require_admin(view.ctx)
    plan = plan_bringing(view.uow, view.platform.settings, find_copy(view.platform.settings, name), decisions)
    if plan.seen != seen:
        message = say("Something was changed since this page was shown.", "此页面显示后内容已有更改。")
        raise Conflict(Problem("", "conflict", message, say("Look again, then bring it.", "请重新查看后再带回。")))
    taken = bring(view.uow, view.ctx, plan)
    audit.write(view.uow.connection, view.ctx, "workspace.bring", "copy", name, {"documents": len(taken)})
    return len(taken)


def _clashes(each: Brought, names: Mapping[str, str], decisions: Decisions, language: str) -> list[ClashRow]:
    document, rows = each.document, []
    sides = [with_names(d.json, names, keep_ids=True) if d is not None else None for d in (each.there, each.here, each.before)]
    for step in each.merged.conflicts:
        values = [with_names(value, names) for value in (step.base, step.yours, step.theirs)]
        base, yours, theirs = (None if value is None else say_value(value).show(language) for value in values)
        place = say_place(name_place(step.place, names), *sides).show(language) if step.place else ""
        id = document.id + step.place
        rows.append(ClashRow(id, document.kind, document.label.show(language), place, base, yours, theirs, decisions.get(id, "theirs")))
    return rows

"""What workflows ask of people, on the pages: in the inbox, on the record, by a link from a mail; and answering it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from starlette.datastructures import FormData

from tenon.engine.access.rights import rights_of
from tenon.engine.approvals import absence, acting, reseating
from tenon.engine.approvals.detail import detail_of
from tenon.engine.approvals.form_rules import form_of
from tenon.engine.approvals.holding import Held, look
from tenon.engine.approvals.journal import acting as acting_as
from tenon.engine.approvals.listing import Edge, Wanted, Which, Whose, count_steps, shapes, steps_by_due, steps_page
from tenon.engine.people import names_of
from tenon.engine.workflows.advancing import advance_now
from tenon.engine.workflows.tables import human_tasks
from tenon.metamodel.errors import Invalid, Problem, TenonError
from tenon.metamodel.labels import Text, say
from tenon.platform.workspace import Platform
from tenon.ui.backend import forms
from tenon.ui.backend.base import View, id_of
from tenon.ui.backend.form_checks import raw_of
from tenon.ui.backend.reading import read_all
from tenon.ui.backend.record import Record
from tenon.ui.decision_shapes import Asked, Away, Seat
from tenon.ui.work import FormField

MODES = {
    "any": Text("One decides for all", "或签：一人处理即可"), "all": Text("Everybody approves", "会签：须全部同意"),
    "vote": Text("A vote", "票签：按比例通过"), "sequence": Text("One after the other", "依次审批"),
}  # fmt: skip
TABS: dict[str, tuple[tuple[Whose, ...], Which, bool]] = {
    "mine": (("mine",), "open", False), "roles": (("role",), "open", False), "late": (("mine",), "open", True), "done": (("mine",), "done", False),
    "copied": (("mine",), "copied", False),
}  # fmt: skip
"""The tabs of the inbox that have steps of workflows: whose, in which state, only late ones."""


def of_tab(view: View, tab: str, most: int, after: Edge | None = None) -> tuple[Asked, ...]:
    """Return what a tab of the inbox has of workflows behind an edge: what is due first before the others, of what is over the newest."""
    wanted = _wanted(tab)
    if wanted is None:
        return ()
    if wanted.which == "open":
        found = steps_by_due(view.uow, view.ctx, wanted, after, most)
    else:
        found = steps_page(view.uow, view.ctx, wanted, after[1] if after is not None else None, most)
    return tuple(_short(view, each) for each in found)


def count_of_tab(view: View, tab: str) -> int:
    """Return how many steps of workflows a tab has, none for what is over."""
    wanted = _wanted(tab)
    return count_steps(view.uow, view.ctx, wanted) if wanted is not None and wanted.which == "open" else 0


def on_record(record: Record) -> tuple[Asked, ...]:
    """Return what workflows ask about a record, with who was asked and what this reader may do."""
    view = record.view
    open_ones = select(human_tasks.c.id).where(human_tasks.c.record == record.id, human_tasks.c.state == "open").order_by(human_tasks.c.id)
    return tuple(one(view, id) for id in view.uow.connection.execute(open_ones).scalars())


def one(view: View, id: str, typed: Mapping[str, Any] | None = None, errors: Mapping[str, tuple[str, ...]] | None = None) -> Asked:
    """Return one thing that is asked, with all that is known of it, and what was typed and is wrong with it. Raises NotFound."""
    held = look(view.uow, view.ctx, id_of(id))
    shape, detail = shapes(view.uow, view.ctx, [held.task])[0], detail_of(held)
    language, me = view.language, view.ctx.user_id
    starter = detail["started_by"]
    return replace(
        _short(view, shape), may_decide=bool(detail["may_decide"]), mode=MODES[held.task.mode].show(language) if held.task.type == "approval" else None,
        started_by=starter["title"] if starter else None, seats=tuple(_seat(s) for s in detail["seats"]),
        may_recall=held.task.type == "approval" and held.task.state == "open" and starter is not None and starter["id"] == me,
        ways_back=tuple((w["step"], w["label"]) for w in detail["return_to"]), fields=fields_of(view, held, detail["editable"], typed),
        errors=errors or {},
    )  # fmt: skip


def fields_of(view: View, held: Held, names: Sequence[str], typed: Mapping[str, Any] | None) -> tuple[FormField, ...]:
    """Return the inputs of the fields that a step lets one change, as far as its form shows them for what was typed."""
    if not names or view.model.find_entity(held.task.entity) is None:
        return ()
    return tuple(f for f in forms.shape_of(_draft(view, held, typed)).fields() if f.name in names)


def typed_of(view: View, id: str, sent: FormData) -> dict[str, Any]:
    """Return what was typed into the inputs of a task, by field."""
    held = look(view.uow, view.ctx, id_of(id))
    names = detail_of(held)["editable"]
    read = read_all(lambda values: _draft(view, held, values), sent) if names and "fields" in sent else {}
    return {name: value for name, value in read.items() if name in names}


def _draft(view: View, held: Held, typed: Mapping[str, Any] | None) -> forms.Draft:
    """Return the record on its way through the form of the step, without one through all its fields, as the workflow sees it."""
    ctx, entity = acting_as(view.uow, view.ctx, held.task), view.model.get_entity(held.task.entity)
    whole = View(view.platform, view.uow, ctx, rights_of(view.model, ctx))
    form = form_of(view.uow, held.task)
    draft = forms.draft_of(whole, entity.name, held.task.record, typed, document=form)
    draft.document = form
    return draft


def go_on(platform: Platform, id: str) -> None:
    """Let the workflow of a task go on at once, so that who answered sees what follows."""
    with platform.read() as uow:
        workflow = uow.connection.execute(select(human_tasks.c.workflow).where(human_tasks.c.id == id_of(id))).scalar()
    if workflow is not None:
        advance(platform, workflow)


def advance(platform: Platform, workflow: str) -> None:
    """Let what is ready of a workflow (a name or an id) go a few steps on."""
    with platform.read() as uow:
        document = uow.model.find("workflow", workflow)
    try:
        advance_now(document.id if document is not None else workflow, platform.write, platform.language)
    except TenonError:
        platform.wake()


def answer(view: View, id: str, what: str, sent: Mapping[str, Any]) -> None:
    """Do what somebody pressed: an outcome, or one of return, delegate, before, after, claim, recall; ``sent`` has what `typed_of` read, files stored.

    Raises NotFound, Forbidden, Conflict, Invalid.
    """
    task, comment, person = id_of(id), sent.get("comment") or None, str(sent.get("person") or "")
    if what == "return":
        acting.send_back(view.uow, view.ctx, task, sent.get("to") or None, comment)
    elif what == "delegate":
        acting.hand_over(view.uow, view.ctx, task, person, comment)
    elif what in ("before", "after"):
        acting.add_signer(view.uow, view.ctx, task, person, what, comment)  # type: ignore[arg-type]
    elif what == "claim":
        acting.claim(view.uow, view.ctx, task)
    elif what == "recall":
        acting.recall(view.uow, view.ctx, look(view.uow, view.ctx, task).task.instance, comment)
    else:
        acting.complete(view.uow, view.ctx, task, what, comment, _raw(view, task, sent.get("data") or {}))


def _raw(view: View, task: str, typed: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what was typed and is shown as the record takes it. Raises Invalid for a file that is not taken."""
    if not typed:
        return None
    draft = _draft(view, look(view.uow, view.ctx, task), typed)
    shown = [item for item in draft.items() if item.field.name in typed and not draft.is_read_only(item)]
    return {item.field.name: raw_of(draft, item.field, typed[item.field.name]) for item in shown}


def away(view: View) -> Away | None:
    """Return when who looks is away."""
    found = absence.find(view.uow, view.ctx.user_id or "")
    if found is None:
        return None
    name = names_of(view.uow.connection, [found.delegate]).get(found.delegate, "")
    return Away(found.since, found.until, name, found.covers(view.uow.now))


def go_away(view: View, delegate: str, since: datetime | None, until: datetime | None, *, move: bool) -> None:
    """Let somebody else act for who looks, and give them what waits already. Raises Invalid."""
    person = view.ctx.user_id or ""
    if until is None:
        raise Invalid(Problem("/until", "required", say("Say until when.", "请填写结束时间。"), say("Choose a day and a time.", "请选择日期和时间。")))
    found = absence.set_away(view.uow, person, delegate, since or view.uow.now, until)
    if found.covers(view.uow.now):
        reseating.go_away(view.uow, view.ctx, found, move=move)
    else:
        reseating.come_back(view.uow, view.ctx, person)


def come_back(view: View) -> None:
    """Let who looks be back, with what others were asked instead of them."""
    absence.clear(view.uow, view.ctx.user_id or "")
    reseating.come_back(view.uow, view.ctx, view.ctx.user_id or "")


def _wanted(tab: str) -> Wanted | None:
    known = TABS.get(tab)
    return Wanted(known[0], which=known[1], overdue=known[2]) if known is not None else None


def _short(view: View, shape: Mapping[str, Any]) -> Asked:
    entity = view.model.entities.get(shape["record"]["entity"] or "")
    workflow = view.model.find("workflow", shape["workflow"]) if shape["workflow"] else None
    role = view.model.find("role", shape["role"]) if shape["role"] else None
    is_seen = shape["record"]["title"] is not None and entity is not None
    return Asked(
        shape["id"], shape["type"], shape["title"], f"/records/{entity.name}/{shape['record']['id']}" if is_seen and entity else f"/tasks/{shape['id']}",
        shape["record"]["title"], entity.label.show(view.language) if entity else "", workflow.label.show(view.language) if workflow else "", shape["due"],
        bool(shape["overdue"]), shape["state"], tuple((o["name"], o["label"]) for o in shape["outcomes"]), shape["outcome"],
        shape["instead_of"]["title"] if shape["instead_of"] else None, role.label.show(view.language) if role else None, shape["for"] == "role",
        may_decide=shape["state"] == "open", instance=shape["instance"], has_form=shape["form"] is not None and shape["type"] != "approval",
    )  # fmt: skip


def _seat(seat: Mapping[str, Any]) -> Seat:
    def name(key: str) -> str | None:
        return seat[key]["title"] if seat[key] else None

    return Seat(name("person") or "", seat["state"], seat["decided_at"], seat["comment"], name("instead_of"), name("added_by"), seat["side"])

"""The blocks of a record's page over the customer core: what each shows, to whom, and what its forms write."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tenon.engine.apps.install import find_app, install_all
from tenon.engine.context import Context, system_context
from tenon.engine.outside import FixedClock, fake_outside
from tenon.engine.query.pages import Ask, page as page_of
from tenon.engine.records import writing
from tenon.engine.releases import publish_documents
from tenon.engine.scores.overrides import set_override
from tenon.metamodel.errors import Conflict, Invalid, NotFound
from tenon.platform.boot import start
from tenon.platform.database import Database
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform
from tenon.ui.backend import quick, record_page, talking
from tenon.ui.backend.score_history import score_history
from tenon.ui.backend.timelines import stream
from tenon.ui.record_shapes import BlockView, RecordPage
from tests import record_world
from tests.ui.backend.person import Person
from tests.world import add_person


@pytest.fixture
def platform(database: Database, tmp_path: Path) -> Iterator[Platform]:
    """The customer core with a score, a page and a role, on each dialect."""
    made = start(Settings.load({"TENON_HOME": str(tmp_path)}), database, fake_outside(record_world.START))
    install_all(made.publisher, system_context(), find_app("core"), demo_data=False)
    publish_documents(made.publisher, system_context(), record_world.DOCUMENTS)
    yield made
    made.close()


@pytest.fixture
def ann(platform: Platform) -> Person:
    """An administrator."""
    return Person(platform, Context(add_person(platform, "ann@example.com", "Ann Lee", ["admin"])))


@pytest.fixture
def bo(platform: Platform) -> Person:
    """Somebody who sees his own customers, tasks, and comments that are no secret."""
    return Person(platform, Context(add_person(platform, "bo@example.com", "Bo Chen", ["account_csm"])))


def made(ann: Person, **values: Any) -> str:
    """Make a customer."""
    start_values = {"name": "Chuangke", "status": "active", "customer_since": "2024-01-01", "weekly_active_ratio": "0.264", "team_used_on": "2026-01-27"}
    use = {"goal_tracked": True, "hours": "3.5", "admin_seen_on": "2026-02-10", "trained_on": "2026-01-17"}
    return ann.add("customer", [{**start_values, **use, **values}])[0]


def page(person: Person, id: str, tab: str = "") -> RecordPage:
    """The page of a customer."""
    return person.read(record_page.record_page, "customer", id, tab)


def blocks(found: RecordPage) -> dict[str, BlockView]:
    """The blocks of the open tab by type."""
    return {b.type: b for t in found.tabs for b in t.blocks}


def later(platform: Platform, **span: int) -> None:
    """Move the clock."""
    clock = platform.outside.clock
    assert isinstance(clock, FixedClock)
    clock.moment += timedelta(**span)


def test_blocks_of_absent_apps_and_hidden_tabs_are_left_out(ann: Person) -> None:
    prospect, active = made(ann, status="prospect"), made(ann)
    assert [t.label for t in page(ann, active).tabs] == ["Overview", "Timeline", "Business", "Details"]
    assert [t.label for t in page(ann, prospect).tabs] == ["Overview", "Timeline", "Details"]
    assert "widget" not in blocks(page(ann, active, "tab3"))
    assert {"text", "form", "fields"} <= set(blocks(page(ann, active, "tab4")))
    assert "text" not in blocks(page(ann, prospect, "tab4"))
    with pytest.raises(NotFound):
        page(ann, prospect, "tab3")
    inside, outside = page(ann, active).scores[0], page(ann, prospect)
    assert (inside.is_outside, inside.only_for, outside.is_computing) == (False, None, False)
    assert (outside.scores[0].is_outside, outside.scores[0].only_for) == (True, "Status is not Prospect")


def test_a_reader_gets_the_blocks_of_what_he_may_see(ann: Person, bo: Person) -> None:
    own = made(ann, owner=bo.ctx.user_id)
    found = blocks(page(bo, own))
    assert set(found) == {"tasks", "score", "comments"}  # neither attachments nor alerts are his to see
    assert [a.name for a in page(bo, own).actions] == ["comment", "task"]
    assert page(bo, own).score_tab == "tab1"
    with pytest.raises(NotFound):
        page(bo, made(ann))


def test_why_is_said_with_the_largest_first(ann: Person, platform: Platform) -> None:
    one = made(ann)
    later(platform, days=14)
    with platform.write() as uow:
        writing.change(uow, ann.ctx, uow.model.entities["customer"], one, {"weekly_active_ratio": "0.12"})
    view = blocks(page(ann, one))["score"].content
    assert (view.value, view.value_since) == (45, 72)
    assert [(r.name, r.points) for r in view.weak] == [("weekly_active", -15), ("team_content", -15), ("hours", -15)]
    assert [(r.name, r.points) for r in view.strong] == [("goal", 15), ("weekly_active", 10), ("admin_seen", 10)]
    assert [(c.label, c.before, c.after) for c in view.changes] == [("Team content used in 30 days", 15, 0), ("Weekly active users", 22, 10)]
    assert [n for n, _ in view.spans] == [7, 14, 30]


def test_tasks_are_listed_by_due_time_and_finished(ann: Person) -> None:
    one, other = made(ann), made(ann)
    late, soon = ann.add("task", [
        {"title": "Late", "customer": one, "due": "2026-02-10T00:00:00Z"}, {"title": "Soon", "customer": one, "due": "2026-02-20T00:00:00Z"},
    ])  # fmt: skip
    [elsewhere] = ann.add("task", [{"title": "Elsewhere", "customer": other}])
    ann.add("task", [{"title": "Over", "customer": one, "state": "open"}])
    listed = blocks(page(ann, one))["tasks"].content
    assert [(t.title, t.is_late, t.may_finish) for t in listed.todos] == [("Late", True, True), ("Soon", False, True), ("Over", False, True)]
    ann.write(talking.finish, "customer", one, late)
    listed = blocks(page(ann, one))["tasks"].content
    assert (listed.todos[0].id, listed.count, listed.done) == (soon, 2, 1)
    with pytest.raises(NotFound):
        ann.write(talking.finish, "customer", one, elsewhere)


def test_a_comment_makes_notices_for_those_who_may_see(ann: Person, bo: Person) -> None:
    secret, own = made(ann, name="Secret"), made(ann, owner=bo.ctx.user_id)
    for one in (secret, own):
        ann.write(talking.comment, "customer", one, "Look, @bo chen and @Nobody")
    with ann.platform.read() as uow:
        found = page_of(uow, ann.ctx, uow.model.entities["notice"], Ask()).records
    assert [(n["recipient"]["title"], n["title"], n["record"]["id"]) for n in found] == [("Bo Chen", "Ann Lee mentioned you: Chuangke", own)]
    with pytest.raises(Invalid):
        ann.write(talking.comment, "customer", own, "")
    ann.add("comment", [{"record": {"entity": "customer", "id": own}, "text": "canary", "is_internal": False}])
    assert [r.text for r in blocks(page(bo, own))["comments"].content.remarks] == ["Look, @bo chen and @Nobody"]
    assert "canary" not in str(bo.read(lambda view: stream(view, view.entity("customer"), own)))
    assert "canary" in str(ann.read(lambda view: stream(view, view.entity("customer"), own)))


def test_a_small_form_asks_the_few_things_and_points_here(ann: Person) -> None:
    one = made(ann)
    form = ann.read(quick.quick_form, "customer", one, "activities")
    assert form.fields[0].name == "summary"
    assert {"summary", "kind", "at"} <= {f.name for f in form.fields}
    assert "customer" not in {f.name for f in form.fields}
    saved = ann.write(quick.add, "customer", one, "activities", {"summary": "Called", "kind": "call"})
    assert saved.title == "Called"
    with pytest.raises(Invalid):
        ann.write(quick.add, "customer", one, "activities", {"kind": "call"})
    with pytest.raises(NotFound):
        ann.read(quick.quick_form, "customer", one, "nothing")


def test_advice_is_taken_once(ann: Person) -> None:
    one = made(ann)
    [late] = ann.add("task", [{"title": "Late", "customer": one, "due": "2026-02-10T00:00:00Z"}])
    advice = blocks(page(ann, one))["next_action"].content
    assert (advice.label, advice.title, advice.button, advice.record) == ("Overdue task", "Late", "Mark as done", late)
    ann.write(talking.do_next, "customer", one, advice.block, advice.index, advice.record)
    with pytest.raises(Conflict):
        ann.write(talking.do_next, "customer", one, advice.block, advice.index, advice.record)
    with pytest.raises(NotFound):
        ann.write(talking.do_next, "customer", one, "00000000-0000-0000-0000-000000000000", 0, late)
    assert "next_action" not in blocks(page(ann, one))


def test_what_stands_beside_a_list_is_short(ann: Person) -> None:
    one = made(ann)
    ann.add("task", [{"title": "Late", "customer": one, "due": "2026-02-10T00:00:00Z"}])
    found = ann.read(record_page.peek, "customer", one)
    assert [b.type for b in found.tabs[0].blocks] == ["next_action", "tasks", "fields"]
    assert found.scores[0].value == 72


def test_history_marks_overrides_and_new_models(ann: Person, platform: Platform) -> None:
    one = made(ann)
    later(platform, days=3)
    with platform.write() as uow:
        set_override(uow, ann.ctx, "health", one, band="healthy", reason="A good talk")
    later(platform, days=1)
    model = {**record_world.HEALTH, "variants": [{**record_world.HEALTH["variants"][0], "measures": record_world.HEALTH["variants"][0]["measures"][:3]}]}
    publish_documents(platform.publisher, system_context(), [model])
    found = ann.read(score_history, "customer", one, "health", 30)
    assert [(h.by, h.reason, h.band.name if h.band else None) for h in found.held] == [("Ann Lee", "A good talk", "healthy")]
    assert found.steps[0].value == 72
    assert [b.label for b in found.breaks] == ["Model of release 3"]
    with pytest.raises(NotFound):
        ann.read(score_history, "customer", one, "health", 31)

"""The page of a record of an entity that the app ``core`` never heard of: people talk there as anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tenon.engine.context import system_context
from tenon.engine.query.pages import Ask, page
from tenon.engine.records import writing
from tenon.engine.releases import publish_documents
from tests import desk
from tests.desk import Desk
from tests.ui.conftest import BASE
from tests.ui.test_frame import client_of

VAN = {
    "kind": "entity", "name": "van", "label": {"en": "Van", "zh": "货车"}, "title": "plate", "fields": [{"name": "plate", "type": "text"}],
}  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    """A workspace with ``core`` and vans."""
    made = desk.make(tmp_path, BASE)
    publish_documents(made.platform.publisher, system_context(), [VAN])
    yield made
    made.platform.close()


def test_a_comment_is_written_on_any_page_and_tells_whom_it_names(office: Desk) -> None:
    with office.platform.write() as uow:
        van = writing.create(uow, system_context(), uow.model.get_entity("van"), {"plate": "SH-1"})
    ann = client_of(office, office.ann)
    assert f'action="/records/van/{van}/comments"' in ann.get(f"/records/van/{van}").text
    answer = ann.post(f"/records/van/{van}/comments", data={"text": "@Ann Lee the brakes squeak", "tab": "tab1"}, headers={"HX-Request": "true"})
    assert (answer.status_code, "the brakes squeak" in answer.text) == (200, True)
    with office.platform.write() as uow:  # as somebody else, so that Ann hears of it
        about = {"record": {"entity": "van", "id": van}, "text": "@ann lee done"}
        writing.create(uow, system_context(), uow.model.get_entity("comment"), about)
    with office.platform.read() as uow:
        found = page(uow, system_context(), uow.model.get_entity("notice"), Ask(["contains(title, 'SH-1')"])).records
    assert [(n["title"], n["recipient"]["id"], n["record"]["id"]) for n in found] == [("You were mentioned: SH-1", office.ann.id, van)]


def test_a_completed_task_stands_on_the_timeline(office: Desk) -> None:
    ann = client_of(office, office.ann)
    call = office.tasks["Call about the renewal"]
    ann.post(f"/inbox/{call}", data={"what": "complete", "version": "1"})
    shown = ann.get(f"/records/customer/{office.customers[0]}/timeline?types=done", headers={"HX-Request": "true"}).text
    assert "of-done" in shown
    assert "Call about the renewal" in shown
    assert "Completed" in shown

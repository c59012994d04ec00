"""Alerts on the pages: who does not see them meets nothing, who only reads them changes nothing."""

from __future__ import annotations

from pathlib import Path

from tenon.engine.context import system_context
from tenon.engine.records import writing
from tests import desk, world
from tests.ui.conftest import BASE
from tests.ui.test_frame import client_of


def test_only_who_may_sees_alerts_and_acts_on_them(tmp_path: Path) -> None:
    office = desk.make(tmp_path, BASE)
    with office.platform.write() as uow:
        values = {"title": "Silent", "level": "red", "record": {"entity": "customer", "id": office.customers[0]}}
        alert = writing.create(uow, system_context(), uow.model.get_entity("alert"), values)
    readers = [world.add_person(office.platform, f"{name}@example.com", name, roles) for name, roles in (("ray", ["core_reader"]), ("zoe", []))]
    ray, zoe, sam = (client_of(office, user) for user in (*readers, office.sam))
    place = f"/records/alert/{alert}"
    assert [(c.get(place).status_code, 'id="alert-close"' in c.get(place).text, c.get("/records/alert").status_code) for c in (sam, ray, zoe)] == [
        (200, True, 200), (200, False, 200), (404, False, 404),
    ]  # fmt: skip
    shown = sam.get("/records/alert?view=all_alerts").text, sam.get("/records/alert/sums?view=all_alerts").text
    assert ['class="tick"' in text for text in shown] == [True, True], "totals stand below their columns"
    for verb, sent in (("acknowledge", {}), ("snooze", {"until": "2099-01-01", "reason": "Later"}), ("close", {"outcome": "recovered"})):
        assert "Silent" in ray.post(f"/alerts/{alert}/{verb}", data=sent, follow_redirects=True).text
        assert zoe.post(f"/alerts/{alert}/{verb}", data=sent, follow_redirects=True).status_code == 404
        assert (verb, office.stored("alert", alert)["state"]) == (verb, "open")
    sam.post(f"/alerts/{alert}/snooze", data={"until": "2099-01-01", "reason": "Later"})
    assert office.stored("alert", alert)["state"] == "snoozed"
    assert "Put off until 2099-01-01" in sam.get(place).text, "the day as it is where the office is"
    office.platform.close()

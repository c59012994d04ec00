"""Approvals and tasks over HTTP: every mode, every way to pass them on, who may act, and what is locked meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from tenon.platform.workspace import Platform
from tests.filling import MOMENT, Filling
from tests.platform.api.conftest import Caller, codes
from tests.platform.api.deciders import FILLED, Deciders, gather

ON_SQLITE = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@pytest.fixture
def filling() -> Filling:
    """Quotes and the workflows that approve them."""
    return FILLED


@pytest.fixture
def d(platform: Platform, caller: Caller) -> Deciders:
    """The people who ask and decide."""
    return gather(platform, caller)


@pytest.mark.parametrize(("mode", "asked", "said", "then", "status"), [
    ("any", "bcd", "c+", "", "approved"), ("any", "bcd", "c-", "", "rejected"),
    ("all", "bcd", "c+ b+", "d", "draft"), ("all", "bcd", "c+ b+ d+", "", "approved"), ("all", "bcd", "c+ b-", "", "rejected"),
    ("vote", "bcd", "c- b+", "d", "draft"), ("vote", "bcd", "c+ b+", "", "approved"), ("vote", "bcd", "c- b-", "", "rejected"),
    ("sequence", "b", "b+", "c", "draft"), ("sequence", "b", "b+ c+ d+", "", "approved"), ("sequence", "b", "b+ c-", "", "rejected"),
])  # fmt: skip
@ON_SQLITE
def test_modes(d: Deciders, mode: str, asked: str, said: str, then: str, status: str) -> None:
    quote, _ = d.submit(f"by_{mode}")
    assert d.asked() == asked
    (task,) = d.mine("bob")
    d.decide(said, task["id"])
    assert (d.asked(), d.status(quote)) == (then, status)
    assert d.deeds(quote) == ["approved" if each[1] == "+" else "rejected" for each in said.split()]


def test_an_approval_from_asking_to_the_end(d: Deciders) -> None:
    quote, instance = d.submit("by_all")
    (task,) = d.mine("bob")
    assert {key: task[key] for key in ("type", "title", "record", "app", "due", "overdue", "for", "outcomes", "priority", "instead_of")} == {
        "type": "approval", "title": "Discount", "record": {"entity": "quote", "id": quote, "title": "Q-1"}, "app": None, "due": None, "overdue": False, "for": "mine",
        "outcomes": [{"name": "approve", "label": "Approve"}, {"name": "reject", "label": "Reject"}], "priority": "normal", "instead_of": None,
    }  # fmt: skip
    locked = d.ann.patch(f"/api/v1/records/quote/{quote}", json={"notes": "x"})
    assert (locked.status_code, codes(locked)) == (409, [("", "blocked")])
    assert "Discount" in locked.json()["errors"][0]["message"]
    gone = d.ann.delete(f"/api/v1/records/quote/{quote}")
    assert (gone.status_code, codes(gone)) == (409, [("", "blocked")])
    assert d.ann.post("/api/v1/workflows/by_all/start", json={"record": quote}).status_code == 409
    refused = d.say("bob", "complete", task["id"], 422, outcome="approve", data={"notes": "mine"})
    assert codes(refused) == [("/data/notes", "read_only")]
    d.say("bob", "complete", task["id"], outcome="approve", comment="Fine with me", data={"discount": 5})
    assert codes(d.say("bob", "complete", task["id"], 409, outcome="approve")) == [("", "conflict")]
    for name, status in (("ann", 403), ("eve", 403), ("zoe", 404)):
        d.say(name, "complete", task["id"], status, outcome="approve")
    assert [each["id"] for each in d.mine("eve", "state=copied")] == [task["id"]]
    d.decide("c+ d+", task["id"])
    late = d.say("dan", "complete", task["id"], 409, outcome="reject")
    assert "Dan" in late.json()["errors"][0]["message"]
    assert (d.status(quote), d.state_of(instance), d.mine("bob")) == ("approved", "done", [])
    assert [each["outcome"] for each in d.mine("bob", "state=done")] == ["approve"]
    history = d.ann.get(f"/api/v1/records/quote/{quote}/history").json()["history"]
    (said,) = [e for e in history if e["action"] == "approved" and (e["by"] or {}).get("id") == d.id_of("bob")]
    assert (said["cause"]["kind"], said["cause"]["comment"], said["cause"]["step"]) == ("workflow", "Fine with me", "boss")
    changed = next(e for e in history if e["action"] == "update" and (e["by"] or {}).get("id") == d.id_of("bob"))
    assert [(c["field"], float(c["from"]), float(c["to"])) for c in changed["changes"]] == [("discount", 10.0, 5.0)]
    assert d.ann.patch(f"/api/v1/records/quote/{quote}", json={"notes": "free again"}).status_code == 200


@ON_SQLITE
def test_sent_back_a_new_round_begins_and_the_first_stays_in_the_history(d: Deciders) -> None:
    quote, _ = d.submit("again")
    (fix,) = d.mine("ann")
    assert (fix["type"], fix["outcomes"]) == ("task", [{"name": "done", "label": "Done"}])
    d.say("ann", "complete", fix["id"])
    (first,) = d.mine("bob")
    assert d.bob.get(f"/api/v1/tasks/{first['id']}").json()["return_to"] == [{"step": "fix", "label": "Mend it"}]
    assert codes(d.say("bob", "return", first["id"], 422, to="done")) == [("/to", "bad_choice")]
    d.decide("b+", first["id"])
    d.say("cat", "return", first["id"], comment="The sum is wrong")
    (again,) = d.mine("ann")
    assert again["step"] == "fix"
    assert d.asked() == ""
    assert d.ann.patch(f"/api/v1/records/quote/{quote}", json={"discount": 3}).status_code == 200
    d.say("ann", "complete", again["id"], outcome="done")
    (second,) = d.mine("bob")
    assert second["id"] != first["id"]
    assert d.asked() == "bcd"
    d.decide("b-", second["id"])
    (third,) = d.mine("ann")
    assert third["step"] == "fix"
    assert d.deeds(quote) == ["completed", "approved", "returned", "completed", "rejected"]


@ON_SQLITE
def test_handed_over_somebody_else_decides(d: Deciders) -> None:
    quote, _ = d.submit("by_sequence")
    (task,) = d.mine("bob")
    assert codes(d.say("bob", "delegate", task["id"], 422, to="nobody@t.example")) == [("/to", "no_such_record")]
    d.say("cat", "delegate", task["id"], 409, to="eve@t.example")
    d.say("bob", "delegate", task["id"], to=d.id_of("eve"), comment="Yours")
    assert d.asked() == "e"
    d.say("bob", "complete", task["id"], 409, outcome="approve")
    d.decide("e+ c+ d+", task["id"])
    assert (d.status(quote), d.deeds(quote)) == ("approved", ["handed_over", "approved", "approved", "approved"])


@ON_SQLITE
def test_the_conditions_of_a_form_hold_for_what_is_answered(d: Deciders) -> None:
    quote, _ = d.submit("filled", discount=None)
    (task,) = d.mine("bob")
    wrong: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
        ({}, [("/data/discount", "required")]), ({"discount": None, "name": "Q-2"}, [("/data/discount", "required")]),
        ({"discount": 31}, [("/data/notes", "required")]), ({"discount": 20, "notes": "Why"}, [("/data/notes", "read_only")]),
        ({"discount": 51, "notes": "Why", "name": "Q-2"}, [("/data/name", "read_only")]), ({"discount": "many"}, [("/data/discount", "bad_format")]),
        ({"discount": 5, "status": "rejected"}, [("/data/status", "refused")]), ({"discount": 5, "owner": d.id_of("bob")}, [("/data/owner", "read_only")]),
        ({"discount": 60, "notes": "", "status": "rejected"}, [("/data/status", "refused"), ("/data/notes", "required")]),
    ]  # fmt: skip
    for data, problems in wrong:
        answer = d.say("bob", "complete", task["id"], 422, data=data)
        assert (data, codes(answer)) == (data, problems)
    missing = d.bob.post(f"/api/v1/tasks/{task['id']}/complete", json={"data": {"discount": 31}}, headers={"Accept-Language": "zh-CN"})
    (said,) = missing.json()["errors"]
    assert (said["path"], said["code"], said["message"], said["hint"]) == ("/data/notes", "required", "缺少 notes。", "请填写。")
    d.say("bob", "complete", task["id"], data={"discount": 31, "notes": "Why", "name": "Q-2"})
    record = d.ann.get(f"/api/v1/records/quote/{quote}").json()
    assert (float(record["discount"]), record["notes"], record["name"], record["status"]) == (31.0, "Why", "Q-2", "approved")


@ON_SQLITE
def test_who_started_it_may_recall_it_while_it_is_not_decided(d: Deciders) -> None:
    quote, instance = d.submit("by_all")
    (task,) = d.mine("bob")
    assert d.bob.post(f"/api/v1/instances/{instance}/recall", json={}).status_code == 403
    assert d.zoe.post(f"/api/v1/instances/{instance}/recall", json={}).status_code == 404
    assert d.bob.post(f"/api/v1/instances/{instance}/cancel", json={}).status_code in (403, 404)
    d.decide("b+", task["id"])
    answer = d.ann.post(f"/api/v1/instances/{instance}/recall", json={"comment": "Too early"})
    assert (answer.status_code, answer.json()["state"], answer.json()["reason"]) == (200, "cancelled", "recalled")
    assert d.asked() == ""
    assert d.ann.patch(f"/api/v1/records/quote/{quote}", json={"notes": "free"}).status_code == 200
    assert d.say("cat", "complete", task["id"], 409, outcome="approve")
    assert d.ann.post(f"/api/v1/instances/{instance}/recall", json={}).status_code == 409
    assert d.deeds(quote) == ["approved", "recalled"]


@ON_SQLITE
def test_who_is_away_has_somebody_act_for_them(d: Deciders) -> None:
    _, _ = d.submit("by_any")
    until = (MOMENT + timedelta(days=3)).isoformat()
    path = f"/api/v1/users/{d.id_of('bob')}/absence"
    assert d.cat.put(path, json={"delegate": d.id_of("cat"), "until": until}).status_code == 403
    assert codes(d.bob.put("/api/v1/users/me/absence", json={"delegate": d.id_of("bob"), "until": until})) == [("/delegate", "no_such_record")]
    kept = d.bob.put("/api/v1/users/me/absence", json={"delegate": {"id": d.id_of("eve")}, "until": until, "move": True})
    assert (kept.status_code, kept.json()["moved"], kept.json()["delegate"]["title"]) == (200, 1, "Eve")
    d.submit("by_sequence")
    assert [each["instead_of"] for each in d.mine("eve")] == [{"id": d.id_of("bob"), "title": "Bob"}] * 2
    assert d.mine("bob") == []
    any_of = d.mine("cat")[0]["id"]
    d.say("cat", "delegate", any_of, to="bob@t.example")
    seats = d.ann.get(f"/api/v1/tasks/{any_of}").json()["seats"]
    assert [(s["person"]["title"], s["state"], (s["instead_of"] or {}).get("title")) for s in seats if s["added_by"]] == [("Eve", "open", "Bob")] * 2
    assert d.mine("bob") == []
    d.pass_time(days=4)
    d.submit("by_sequence")
    assert len(d.mine("bob")) == 1
    assert d.bob.get("/api/v1/users/me/absence").json()["delegate"] is None


def test_who_is_back_early_has_again_what_others_were_asked_instead(d: Deciders) -> None:
    quote, _ = d.submit("by_sequence")
    (task,) = d.mine("bob")
    until, path = (MOMENT + timedelta(days=9)).isoformat(), "/api/v1/users/me/absence"
    d.say("bob", "sign", task["id"], person="dan@t.example", when="before")
    assert d.bob.put(path, json={"delegate": d.id_of("eve"), "until": until, "move": True}).json()["moved"] == 1
    d.submit("by_any")
    assert (len(d.mine("eve")), d.turns(task["id"])) == (1, "d")
    assert d.bob.put(path, json={"delegate": d.id_of("fay"), "until": until}).json()["moved"] == 0
    assert (len(d.mine("eve")), len(d.mine("fay")), d.mine("bob")) == (0, 1, [])
    d.decide("d+", task["id"])
    assert (d.turns(task["id"]), [each["instead_of"]["title"] for each in d.mine("fay")]) == ("f", ["Bob", "Bob"])
    assert d.bob.delete(path).status_code == 204
    assert (d.mine("fay"), [each["instead_of"] for each in d.mine("bob")]) == ([], [None, None])
    d.say("fay", "complete", task["id"], 409, outcome="approve")
    d.decide("b+", task["id"])
    assert d.deeds(quote) == ["signer_added", "handed_over", "handed_over", "approved", "taken_back", "approved"]
    assert d.bob.put(path, json={"delegate": d.id_of("eve"), "until": until, "move": True}).json()["moved"] == 1
    later = {"delegate": d.id_of("eve"), "since": (MOMENT + timedelta(days=2)).isoformat(), "until": until}
    assert d.bob.put(path, json=later).json()["moved"] == 0
    assert (d.mine("eve"), len(d.mine("bob"))) == ([], 1)


@ON_SQLITE
def test_when_the_time_is_over_it_goes_up_and_then_is_decided(d: Deciders) -> None:
    quote, _ = d.submit("in_time")
    assert d.mine("bob")[0]["due"] is not None
    d.pass_time(hours=25)
    assert d.asked() == "f"
    assert d.mine("fay", "overdue=true&mine=true") != []
    d.pass_time(hours=25)
    assert (d.asked(), d.status(quote), d.deeds(quote)) == ("", "rejected", ["escalated", "rejected"])
    quote, _ = d.submit("in_time")
    mail: Any = d.platform.outside.mail
    told = []
    for hours in (11, 2, 12, 11, 2, 12):  # when half of their time is over whoever has it then is reminded
        mail.sent.clear()
        d.pass_time(hours=hours)
        told.append("".join(sorted(each.to[0] for each in mail.sent)))
    assert (told, d.status(quote)) == (["", "bcd", "f", "", "f", ""], "rejected")


@ON_SQLITE
def test_a_task_of_a_role_is_taken_by_one(d: Deciders) -> None:
    quote, _ = d.submit("of_role")
    assert d.mine("bob") == []
    (task,) = d.mine("bob", "role=true")
    assert (task["for"], [o["label"] for o in task["outcomes"]]) == ("role", ["Fine", "bad"])
    assert d.mine("bob", "role=directs") == []
    assert d.mine("fay", "role=true") == []
    d.say("fay", "claim", task["id"], 403)
    d.say("bob", "claim", task["id"])
    d.say("cat", "claim", task["id"], 409)
    assert d.mine("cat", "") == []
    assert d.mine("bob")[0]["for"] == "mine"
    assert codes(d.say("bob", "complete", task["id"], 422, outcome="perhaps")) == [("/outcome", "bad_choice")]
    d.say("bob", "complete", task["id"], outcome="fine")
    assert d.status(quote) == "approved"


@ON_SQLITE
def test_what_nobody_has_or_nobody_could_have_is_given_out_by_an_administrator(d: Deciders, caller: Caller) -> None:
    d.people["sue"] = caller("sue@t.example", "admin")
    d.submit("of_role")
    (task,) = d.mine("bob", "role=true")
    d.say("sue", "delegate", task["id"], to="eve@t.example")
    assert (d.mine("bob", "role=true"), [each["id"] for each in d.mine("eve")]) == ([], [task["id"]])
    d.submit("of_nobody")
    (lost,) = d.mine("sue")
    assert (lost["step"], lost["for"]) == ("check", "mine")
    d.say("sue", "delegate", lost["id"], to="bob@t.example")
    assert [each["id"] for each in d.mine("bob")] == [lost["id"]]


@ON_SQLITE
def test_the_list_is_paged_and_its_parameters_are_checked(d: Deciders) -> None:
    for _ in range(3):
        d.submit("by_any")
    first = d.bob.get("/api/v1/tasks?mine=true&limit=2").json()
    second = d.bob.get(f"/api/v1/tasks?mine=true&limit=2&after={first['next']}").json()
    ids = [each["id"] for each in first["tasks"] + second["tasks"]]
    assert (len(set(ids)), second["next"], ids) == (3, None, sorted(ids, reverse=True))
    assert d.bob.get("/api/v1/tasks?whose=me").status_code == 400
    assert d.bob.get("/api/v1/tasks?state=lost").status_code == 422
    assert d.bob.get("/api/v1/tasks?app=core").json()["tasks"] == []
    other: Any = d.bob.get(f"/api/v1/tasks?limit=2&after={first['next']}")
    assert codes(other) == [("/after", "bad_cursor")]


def test_of_two_who_decide_at_once_one_is_told_who_was_faster(d: Deciders) -> None:
    quote, _ = d.submit("by_any")
    (task,) = d.mine("bob")
    together = Barrier(2)

    def decide(name: str) -> int:
        together.wait()
        return d.people[name].post(f"/api/v1/tasks/{task['id']}/complete", json={"outcome": "approve"}).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, ("bob", "cat"))) == [200, 409]
    d.work()
    assert (d.status(quote), d.deeds(quote)) == ("approved", ["approved"])

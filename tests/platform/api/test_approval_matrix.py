"""Every way of deciding with every way out of it, over HTTP and by links from mails: who has the turn, what comes of it, and that nobody else acts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from tenon.engine.outside import KeptMail
from tenon.engine.workflows.tables import human_tasks
from tenon.platform.clock import real_now
from tenon.platform.decision_links import make
from tenon.platform.workspace import Platform
from tenon.server import build
from tests.filling import MOMENT, Filling
from tests.platform.api.conftest import Caller
from tests.platform.api.deciders import FILLED, Deciders, gather

STATES = ("waiting", "open", "approved", "rejected", "handed_over")
NAMES = {name[0]: name for name in ("ann", "bob", "cat", "dan", "eve", "fay", "zoe")}


@pytest.fixture
def filling() -> Filling:
    """Quotes and the workflows that approve them."""
    return FILLED


@pytest.fixture
def api(platform: Platform) -> FastAPI:
    """The API with the pages behind it, where the links lead."""
    return build(platform)


@pytest.fixture
def d(platform: Platform, caller: Caller) -> Deciders:
    """The people who ask and decide."""
    return gather(platform, caller)


def open_task(d: Deciders, quote: str) -> str:
    """Return the only thing that is asked about a quote."""
    with d.platform.read() as uow:
        found = select(human_tasks.c.id).where(human_tasks.c.record == quote, human_tasks.c.state == "open")
        return str(uow.connection.execute(found).scalar_one())


def link(d: Deciders, name: str, task: str, what: str = "approve", *, days_ago: int = 0, times: int = 1) -> list[int]:
    """Press a button behind a link from a mail as somebody who has not signed in, and return what is answered each time."""
    with d.platform.write() as uow:
        token = make(uow.connection, task, d.id_of(name), now=real_now() - timedelta(days=days_ago))
    nobody = TestClient(d.ann.app, base_url=str(d.ann.base_url), follow_redirects=False)
    return [nobody.post("/decide", data={"token": token, "what": what, "comment": "By the link"}).status_code for _ in range(times)]


def nobody_else(d: Deciders, task: str, *, verbs: bool) -> None:
    """Who does not have the turn does not act: 404 without sight of the record, 409 for who was asked before or comes later, else 403."""
    seats = d.ann.get(f"/api/v1/tasks/{task}").json()["seats"]
    turns, asked = ({seat["person"]["title"][0].lower() for seat in seats if seat["state"] in states} for states in (("open",), STATES))
    for letter in sorted(set(NAMES) - turns):
        d.say(NAMES[letter], "complete", task, 404 if letter == "z" else 409 if letter in asked else 403, outcome="approve")
    for letter, expected, taken in (("z", 404, 404), ("f", 403, 409)) if verbs else ():
        for verb, body, status in (("delegate", {"to": "fay@t.example"}, expected), ("sign", {"person": "fay@t.example"}, expected), ("return", {}, expected), ("claim", {}, taken)):
            d.say(NAMES[letter], verb, task, status, **body)
        assert link(d, NAMES[letter], task) == [expected]


def play(d: Deciders, mode: str, quote: str, task: str, said: str) -> None:
    """Let people decide in turn, the last of them by a link, which is dead when old and works once."""
    nobody_else(d, task, verbs=mode == "all")
    *before, last = said.split()
    d.decide(" ".join(before), task)
    name, what = NAMES[last[0]], "approve" if last[1] == "+" else "reject"
    assert (mode, d.turns(task) != "") == (mode, True)
    assert link(d, name, task, what, days_ago=8) == [404]
    assert link(d, name, task, what, times=2) == [200, 404]
    d.work()
    assert (mode, d.turns(task), d.status(quote)) == (mode, "", "approved" if last[1] == "+" else "rejected")


def test_handed_over(d: Deciders) -> None:
    cells = (("any", "bcd", "cde", "e+"), ("all", "bcd", "cde", "e+ c+ d+"), ("vote", "bcd", "cde", "e+ c- d+"), ("sequence", "b", "e", "e+ c+ d+"))
    for mode, turns, then, said in cells:
        quote, _ = d.submit(f"by_{mode}")
        task = open_task(d, quote)
        assert (mode, d.turns(task)) == (mode, turns)
        d.say("bob", "delegate", task, to=d.id_of("eve"), comment="Yours")
        assert (mode, d.turns(task)) == (mode, then)
        play(d, mode, quote, task, said)
        assert d.deeds(quote)[0] == "handed_over"


@pytest.mark.parametrize(("when", "then", "first", "said"), [
    ("before", "e", "signer_added", {"any": "e+ b+", "all": "e+ b+ c+ d+", "vote": "e+ b+ d+", "sequence": "e+ b+ c+ d+"}),
    ("after", "e", "signer_added", {"any": "e+", "all": "e+ c+ d+", "vote": "e+ d+", "sequence": "e+ c+ d+"}),
])  # fmt: skip
def test_a_signer_is_added(d: Deciders, when: str, then: str, first: str, said: dict[str, str]) -> None:
    for mode in said:
        quote, _ = d.submit(f"by_{mode}")
        task = open_task(d, quote)
        d.say("bob", "sign", task, person={"id": d.id_of("eve")}, when=when)
        assert (mode, d.turns(task)) == (mode, then if mode == "sequence" else f"cd{then}")
        play(d, mode, quote, task, said[mode])
        assert d.deeds(quote)[0] == first


def test_recalled(d: Deciders) -> None:
    for mode, before, then in (("any", "", "bcd"), ("all", "b+", "cd"), ("vote", "b-", "cd"), ("sequence", "b+", "c")):
        quote, instance = d.submit(f"by_{mode}")
        task = open_task(d, quote)
        d.decide(before, task)
        assert (mode, d.turns(task)) == (mode, then)
        for name, status in (("bob", 403), ("cat", 403), ("fay", 403), ("zoe", 404), ("ann", 200), ("ann", 409)):
            assert (name, d.people[name].post(f"/api/v1/instances/{instance}/recall", json={}).status_code) == (name, status)
        assert (d.turns(task), d.asked(), d.state_of(instance), d.status(quote)) == ("", "", "cancelled", "draft")
        d.say("cat", "complete", task, 409, outcome="approve")
        assert link(d, "cat", task) == [409]
        assert d.deeds(quote)[-1] == "recalled"
        assert d.ann.patch(f"/api/v1/records/quote/{quote}", json={"notes": "free"}).status_code == 200


def test_sent_back(d: Deciders) -> None:
    cells = (
        ("any", "", "bob", "bcd", "c+"), ("all", "b+", "cat", "bcd", "b+ c+ d+"), ("vote", "b+", "cat", "bcd", "c+ d+"), ("sequence", "b+", "cat", "b", "b+ c+ d+"),
    )  # fmt: skip
    for mode, before, by, turns, said in cells:
        quote, _ = d.submit(f"back_{mode}")
        d.say("ann", "complete", open_task(d, quote))
        first = open_task(d, quote)
        d.decide(before, first)
        d.say(by, "return", first, to="fix", comment="The sum is wrong")
        fix = open_task(d, quote)
        assert (mode, d.turns(first), d.asked(), [each["id"] for each in d.mine("ann")]) == (mode, "", "", [fix])
        d.say("dan", "complete", first, 409, outcome="approve")
        assert link(d, "dan", first) == [409]
        assert d.ann.patch(f"/api/v1/records/quote/{quote}", json={"discount": 3}).status_code == 200
        d.say("ann", "complete", fix)
        second = open_task(d, quote)
        assert (mode, d.turns(second), d.asked()) == (mode, turns, turns)
        play(d, mode, quote, second, said)
        assert d.deeds(quote).count("returned") == 1


def test_who_acts_for_somebody_who_is_away(d: Deciders) -> None:
    until = (MOMENT + timedelta(days=3)).isoformat()
    assert d.bob.put("/api/v1/users/me/absence", json={"delegate": {"id": d.id_of("eve")}, "until": until}).status_code == 200
    for mode, turns, said in (("any", "cde", "e+"), ("all", "cde", "c+ e+ d+"), ("vote", "cde", "c+ e+"), ("sequence", "e", "e+ c+ d+")):
        quote, _ = d.submit(f"by_{mode}")
        task = open_task(d, quote)
        assert (mode, d.turns(task), d.asked()) == (mode, turns, turns)
        assert [each["instead_of"]["title"] for each in d.mine("eve")] == ["Bob"]
        play(d, mode, quote, task, said)
        history = d.ann.get(f"/api/v1/records/quote/{quote}/history").json()["history"]
        instead = [(entry["by"]["title"], entry["cause"]["instead_of"]) for entry in history if entry["cause"].get("instead_of")]
        assert (mode, instead) == (mode, [("Eve", d.id_of("bob"))])
    assert d.bob.delete("/api/v1/users/me/absence").status_code == 204
    assert d.turns(open_task(d, d.submit("by_all")[0])) == "bcd"


def test_the_time_is_over(d: Deciders) -> None:
    begun = {}
    for mode, before, turns in (("any", "", "bcd"), ("all", "b+", "cd"), ("vote", "b+", "cd"), ("sequence", "b+", "c")):
        for end in ("said", "left"):
            quote, _ = d.submit(f"late_{mode}")
            task = open_task(d, quote)
            d.decide(before, task)
            assert (mode, d.turns(task)) == (mode, turns)
            begun[mode, end] = quote, task
    d.pass_time(hours=23)
    assert "f" not in d.asked()
    d.pass_time(hours=2)
    assert {d.turns(task) for _, task in begun.values()} == {"f"}
    assert d.asked() == "f"
    for mode in ("any", "all", "vote", "sequence"):
        quote, task = begun[mode, "said"]
        for name in ("cat", "dan"):  # who had the time and did not use it no longer acts, by a link neither
            d.say(name, "complete", task, 409, outcome="approve")
        assert link(d, "cat", task) == [409]
        d.say("eve", "complete", task, 403, outcome="approve")
        d.say("zoe", "complete", task, 404, outcome="approve")
        assert link(d, "fay", task, days_ago=8) == [404]
        assert link(d, "fay", task, times=2) == [200, 404]
    d.work()
    assert {mode: d.status(begun[mode, "said"][0]) for mode in ("any", "all", "vote", "sequence")} == dict.fromkeys(("any", "all", "vote", "sequence"), "approved")
    d.pass_time(hours=25)
    for mode in ("any", "all", "vote", "sequence"):
        quote, task = begun[mode, "left"]
        assert (mode, d.turns(task), d.status(quote), d.deeds(quote)[-2:]) == (mode, "", "rejected", ["escalated", "rejected"])
        d.say("fay", "complete", task, 409, outcome="approve")
        assert link(d, "fay", task) == [409]


def test_reminders_and_going_up_in_working_hours(d: Deciders) -> None:
    """It is Monday, 9:30; Tuesday is a holiday: ten hours of work are over on Wednesday at 10:30."""
    reminded, moved = (open_task(d, d.submit(name)[0]) for name in ("reminded", "moved_up"))
    assert {task["due"] for task in d.mine("bob")} == {"2026-03-04T02:30:00Z"}
    d.decide("b+", reminded)
    mail: Any = d.platform.outside.mail
    assert isinstance(mail, KeptMail)
    mail.sent.clear()
    d.pass_time(days=2, minutes=59)
    assert (d.turns(reminded), d.turns(moved), mail.sent) == ("cd", "bcd", [])
    d.pass_time(minutes=2)
    assert (d.turns(reminded), d.turns(moved)) == ("cd", "f")
    assert sorted(each.to for each in mail.sent) == ["cat@t.example", "dan@t.example", "fay@t.example"]
    assert len(d.mine("cat", "overdue=true&mine=true")) == 1
    assert d.deeds(d.mine("fay")[0]["record"]["id"]) == ["escalated"]
    d.pass_time(days=1)
    assert len(mail.sent) == 3  # once

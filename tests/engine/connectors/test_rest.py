"""The type rest: what a call says, how pages follow, what an answer means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from tenon.engine.connectors.base import Sending
from tenon.engine.connectors.rest import RestLine, open
from tenon.engine.outside import HttpAnswer, KeptCalls, KnownSecrets, fake_outside
from tenon.metamodel.errors import Invalid, NotFound, Unavailable
from tenon.metamodel.parse import read_document

NEW = Sending("r1", None, {"name": "Ours"}, "r1:1")
KNOWN = Sending("r1", "a/7", {"name": "Ours"}, "r1:2")


class Answers(KeptCalls):
    """Calls that are answered one after the other, the last answer again and again."""

    def __init__(self, *answers: HttpAnswer) -> None:
        super().__init__()
        self.answers = list(answers)

    def fetch(self, method: str, url: str, *, headers: dict[str, str], body: bytes, timeout: float, most_bytes: int) -> HttpAnswer:
        self.request(method, url, headers=headers, body=body, timeout=timeout)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def said(content: Any, status: int = 200, **headers: str) -> HttpAnswer:
    return HttpAnswer(status, headers, orjson.dumps(content))


def line(*answers: HttpAnswer, **more: Any) -> tuple[RestLine, Answers]:
    raw = {
        "kind": "connector", "name": "erp", "type": "rest", "connection": {"base_url": "https://erp.example/api"}, "direction": "both", "entity": "order",
        "source": {"path": "/orders"}, "push": {"path": "/orders"}, "mapping": {"name": "name"}, **more,
    }  # fmt: skip
    http = Answers(*answers)
    outside = replace(fake_outside(datetime(2026, 1, 1, tzinfo=UTC)), http=http, secrets=KnownSecrets({"key": "k3y", "long": "k3y123"}))
    return open(outside, read_document(raw).body), http


def pages(source: dict[str, Any], *answers: HttpAnswer, since: str | None = None) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the addresses that were asked, without what all begin with, and all records."""
    opened, http = line(*answers, source={"path": "/orders", **source})
    rows, place = [], None
    while True:
        batch = opened.read(since, place)
        rows += batch.rows
        place = batch.following
        if place is None:
            return [call["url"].removeprefix("https://erp.example/api/orders") for call in http.calls], rows


def test_a_list_without_pages_is_read_once() -> None:
    assert pages({}, said([{"id": 1}, "no record", {"id": 2}])) == ([""], [{"id": 1}, {"id": 2}])


def test_pages_follow_the_cursor_the_position_the_number_or_the_link() -> None:
    one, last = [{"id": 1}, {"id": 2}], [{"id": 3}]
    wrapped = {"records": "items"}
    assert pages({**wrapped, "page": {"by": "cursor", "param": "next"}}, said({"items": one, "next": "a b"}), said({"items": last, "next": ""}))[0] == ["", "?next=a+b"]
    offset = {"by": "offset", "param": "skip", "size": 2, "size_param": "top"}
    assert pages({"page": offset}, said(one), said(last))[0] == ["?top=2", "?top=2&skip=2"]
    assert pages({"page": {"by": "page", "param": "p", "size": 2}}, said(one), said(one), said([]))[0] == ["?p=1", "?p=2", "?p=3"]
    link = '<https://erp.example/api/orders?after=2>; rel="next", <https://erp.example/api/orders>; rel="first"'
    assert pages({"page": {"by": "link"}}, said(one, link=link), said(last))[0] == ["", "?after=2"]
    assert pages({**wrapped, "page": {"by": "link", "at": "more"}}, said({"items": one, "more": "/api/orders/x"}), said({"items": last}))[0] == ["", "/x"]


def test_a_link_to_another_host_is_not_followed() -> None:
    for link in ("https://evil.example/api/orders", "http://erp.example/api/orders", "//evil.example/x"):
        with pytest.raises(Invalid):
            pages({"records": "items", "page": {"by": "link", "at": "more"}}, said({"items": [{"id": 1}], "more": link}))


def test_what_changed_since_is_asked_for_by_a_parameter_or_inside_another_one() -> None:
    since = {"field": "at", "param": "after", "first": "2020-01-01"}
    assert pages({"since": since}, said([]))[0] == ["?after=2020-01-01"]
    assert pages({"since": since}, said([]), since="2026-01-01T00:00:00Z")[0] == ["?after=2026-01-01T00%3A00%3A00Z"]
    params = {"q": "SELECT Id FROM Account WHERE At >= {since}"}
    assert pages({"since": {"field": "at"}, "params": params}, said([]), since="2026-01-01")[0] == ["?q=SELECT+Id+FROM+Account+WHERE+At+%3E%3D+2026-01-01"]


def test_secrets_are_sent_as_the_other_side_wants_them() -> None:
    for auth, name, value in (
        ({"type": "bearer", "secret": "key"}, "Authorization", "Bearer k3y"), ({"type": "api_key", "header": "X-Key", "secret": "key"}, "X-Key", "k3y"),
        ({"type": "basic", "user": "ann", "secret": "key"}, "Authorization", "Basic YW5uOmszeQ=="),
    ):  # fmt: skip
        opened, http = line(said([]), connection={"base_url": "https://erp.example/api", "auth": auth, "headers": {"X-Tenant": "7"}})
        opened.read(None, None)
        assert (http.calls[0]["headers"][name], http.calls[0]["headers"]["X-Tenant"]) == (value, "7")
    opened, http = line(said([]), connection={"base_url": "https://erp.example/api", "auth": {"type": "bearer", "secret": "gone"}})
    with pytest.raises(Invalid, match="no secret gone"):
        opened.read(None, None)
    assert http.calls == []


def test_records_are_created_and_changed_where_the_document_says() -> None:
    opened, http = line(said({"id": 7}, 201))
    assert (opened.send(NEW), opened.send(KNOWN)) == ("7", "a/7")
    assert [(c["method"], c["url"], c["body"], c["headers"]["Idempotency-Key"]) for c in http.calls] == [
        ("POST", "https://erp.example/api/orders", b'{"name":"Ours"}', "r1:1"), ("PATCH", "https://erp.example/api/orders/a%2F7", b'{"name":"Ours"}', "r1:2"),
    ]  # fmt: skip
    push = {"path": "/by-key/{record}", "create": "PUT", "update": "PUT", "record_path": "/orders/{id}/edit", "id": "result.no"}
    opened, http = line(said({"result": {"no": "x1"}}), push=push)
    assert (opened.send(NEW), opened.send(KNOWN)) == ("x1", "a/7")
    assert [(c["method"], c["url"].removeprefix("https://erp.example/api")) for c in http.calls] == [("PUT", "/by-key/r1"), ("PUT", "/orders/a%2F7/edit")]
    opened, _ = line(HttpAnswer(201, {"location": "https://erp.example/api/orders/9"}, b""))
    assert opened.send(NEW) == "9"
    with pytest.raises(Invalid, match="known by"):
        line(said({}, 201))[0].send(NEW)


def test_no_secret_comes_back_in_what_is_told() -> None:
    basic = "Basic YW5uOmszeTEyMw=="
    for auth, told in (
        ({"type": "bearer", "secret": "long"}, "Bearer k3y123"), ({"type": "basic", "user": "ann", "secret": "long"}, basic), ({"type": "api_key", "secret": "long"}, "k3y123"),
    ):  # fmt: skip
        opened, _ = line(said({"you sent": told}, 422), connection={"base_url": "https://erp.example/api", "auth": auth})
        with pytest.raises(Invalid) as caught:
            opened.send(NEW)
        shown = str([problem.to_json("en") for problem in caught.value.problems])
        assert ("you sent" in shown, "***" in shown, "k3y123" in shown, basic[6:] in shown) == (True, True, False, False), shown
    auth = {"type": "oauth2", "token_url": "https://erp.example/token", "client_id": "c", "secret": "long"}
    opened, _ = line(said({"access_token": "t0ken456"}), said({"you sent": "t0ken456"}, 422), connection={"base_url": "https://erp.example/api", "auth": auth})
    with pytest.raises(Invalid) as caught:
        opened.send(NEW)
    assert "t0ken456" not in str([problem.to_json("en") for problem in caught.value.problems])


@pytest.mark.parametrize("id", ["a\x00b", "x" * 5_000, True, "", None, {"a": 1}, 1.5])
def test_an_answer_that_names_no_id_is_refused(id: Any) -> None:
    with pytest.raises(Invalid, match="known by"):
        line(said({"id": id}, 201))[0].send(NEW)


@pytest.mark.parametrize(
    ("answer", "error", "path"),
    [
        (said({}, 503), Unavailable, ""), (said({}, 429), Unavailable, ""), (said({}, 401), Invalid, "/connection/auth"), (said({}, 403), Invalid, "/connection/auth"),
        (said({}, 302), Invalid, "/connection/base_url"), (said({"why": "so"}, 422), Invalid, ""), (said({}, 404), NotFound, ""),
        (HttpAnswer(200, {}, b"<html>"), Invalid, "/source/path"), (HttpAnswer(200, {}, b"[]", is_cut=True), Invalid, "/source/page"), (said(5), Invalid, "/source/records"),
    ],
)  # fmt: skip
def test_what_an_answer_means(answer: HttpAnswer, error: type[Exception], path: str) -> None:
    with pytest.raises(error) as caught:
        line(answer)[0].read(None, None)
    assert [problem.path for problem in caught.value.problems] == [path]  # type: ignore[attr-defined]

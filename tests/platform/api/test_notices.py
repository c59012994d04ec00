"""Notices over the API: a page of one's own, and a stream that ends with one's rights."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx

from tenon.engine.context import Context
from tenon.engine.records import writing
from tenon.platform import tokens
from tenon.platform.api.app import create_api
from tests import desk
from tests.browser.serving import Served
from tests.platform.people import SYSTEM


def counts(lines: Iterator[str]) -> Iterator[int]:
    """Yield the numbers of a stream."""
    for line in lines:
        if line.startswith("data:"):
            yield json.loads(line[5:])["unread"]


def test_a_stream_tells_what_is_new_and_ends_with_the_token(tmp_path: Path) -> None:
    office = desk.make(tmp_path, "http://tenon.test")
    platform = office.platform
    with platform.write() as uow:
        id, token = tokens.create(uow.connection, SYSTEM, office.sam.id, "t")
    served = Served(create_api(platform))
    served.start()
    try:
        head = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=f"{served.url}/api/v1", headers=head, timeout=20) as client, client.stream("GET", "/notices/stream") as stream:
            heard = counts(stream.iter_lines())
            assert next(heard) == 0
            with platform.write() as uow:
                values = {"recipient": office.sam.id, "title": "Look", "record": {"entity": "customer", "id": office.customers[0]}}
                writing.create(uow, Context(office.ann), uow.model.get_entity("notice"), values)
            assert next(heard) == 1
            found = client.get("/notices").json()
            assert ([each["title"] for each in found["notices"]], found["unread"]) == (["Look"], 1)
            with platform.write() as uow:
                tokens.revoke(uow.connection, SYSTEM, id)
                uow.after_commit.append(platform.principals.forget)
                values = {"recipient": office.sam.id, "title": "Secret"}
                writing.create(uow, Context(office.ann), uow.model.get_entity("notice"), values)
            assert next(heard, None) is None
            assert client.get("/notices").status_code == 401
    finally:
        served.stop()
        platform.close()

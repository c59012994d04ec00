"""What pages send to somebody who was never here, over a workspace with every ready app: packed, with styles, scripts, icons and fonts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import groupby, islice

import pytest
from starlette.testclient import TestClient

from tenon.engine.apps import find_app
from tenon.engine.apps.samples import write_rows
from tenon.platform import sessions
from tenon.server import build
from tests.apps.conftest import SYSTEM, Apps
from tests.apps.test_chm_story import own_rows
from tests.apps.weighing import MOST, Scales
from tests.platform.people import add

FIRST = {"C-0001", "C-0008"}
"""Companies of the samples: 创科科技 and Café Lumière."""
LARGEST = 4
"""How many documents of a kind are opened in their designer: those that say most."""
PLACES = (
    "/", "/inbox", "/design", "/design/map", "/apps", "/apps/chm/guide", "/admin/users", "/admin/roles/csm", "/admin/releases/1", "/dashboards/health_overview", "/dashboards/roi",
    "/records/customer?view=all_customers", "/records/customer?as=board:industry", "/records/customer?as=gallery:", "/records/contract?as=timeline:start",
    "/records/contract?as=calendar:start", "/records/ticket?as=board:customer", "/records/payment", "/records/company", "/records/customer/new", "/records/customer/import",
)  # fmt: skip


@pytest.fixture
def dialect() -> str:
    """The pages are the same over both databases."""
    return "sqlite"


def fill(apps: Apps) -> None:
    """Add the tutorial, two companies of the samples, and 120 customers with a contract each and a ticket."""
    apps.install("tutorial")
    with apps.platform.write() as uow:
        for name in ("core", "chm", "tutorial"):
            for entity, match_on, rows in own_rows(find_app(name), FIRST):
                write_rows(uow, SYSTEM, entity, rows, app=name, today=uow.today, match_on=match_on)
    industries = ("software", "retail", "finance", "education", "manufacturing", "healthcare")
    apps.add_all("customer", [{"name": f"Société {n:03}", "industry": industries[n % 6], "status": "prospect"} for n in range(120)])
    ids = [row["id"] for row in apps.records("customer", "id")]
    apps.add_all("contract", [{"customer": id, "start": apps.day(-9), "end": apps.day(300), "annual_value": 24000, "status": "draft"} for id in ids])
    apps.add_all("ticket", [{"customer": id, "subject": "Export", "type": "question", "opened_at": apps.at(-3)} for id in ids])
    apps.run_scores()


@pytest.fixture
def client(chm: Apps) -> Iterator[TestClient]:
    """An administrator's client of the full workspace."""
    fill(chm)
    root = add(chm.platform.database, "root@x.cn", ["admin", "builder", "cs_lead", "core_manager"])
    with TestClient(build(chm.platform), base_url=chm.platform.settings.base_url, follow_redirects=False) as client:
        with chm.platform.database.write() as connection:
            client.cookies.set("tenon_session", sessions.begin(connection, SYSTEM, root).token)
        yield client


def designers(apps: Apps) -> list[str]:
    """Return the designers of the documents that say most."""
    with apps.platform.read() as uow:
        documents = sorted((d.kind, -len(d.body.model_dump_json()), d.name) for d in uow.model.documents.values())
    return [f"/design/{kind}/{name}" for _, of_kind in groupby(documents, key=lambda d: d[0]) for kind, _, name in islice(of_kind, LARGEST)]


def test_the_first_load_is_small(chm: Apps, client: TestClient) -> None:
    one, contract = (f"/records/{entity}/{chm.records(entity, 'id')[0]['id']}" for entity in ("customer", "contract"))
    places = [*PLACES, one, f"{one}/edit", contract, *designers(chm)]
    assert len(places) > 80
    for language in ("zh", "en"):
        client.cookies.set("tenon_language", language)
        scales = Scales(client)
        sent = {place: scales.weigh(place) for place in places}
        heavy = {place: sorted(parts.items(), key=lambda each: -each[1])[:8] for place, parts in sent.items() if sum(parts.values()) > MOST}
        assert {place: sum(sent[place].values()) for place in heavy} == {}, language
        assert any(address.endswith("inter-west.woff2") for address in sent["/records/customer?view=all_customers"])
    month = client.get("/records/contract?as=calendar:start").text
    found = re.search(r'href="([^"]+)" aria-label="All on [^"]+">\+(\d+) more', month)
    assert found is not None
    listed = client.get(unescape(found[1])).text
    assert f"/ {int(found[2]) + 3} records" in " ".join(re.sub(r"<[^>]+>", "", listed).split()), "what a day does not name is listed, beside its three bars"

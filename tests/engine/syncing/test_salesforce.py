"""The document for Salesforce in docs/connectors, against a stand-in of its interface: tokens, SOQL that pages by a link, sobjects."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.syncing.far_side import FarSide, serving
from tests.engine.syncing.world import World

PRESET: dict[str, Any] = json.loads((Path(__file__).resolve().parents[3] / "docs/connectors/salesforce_accounts.json").read_text("utf-8"))
DATA = "/services/data/v61.0"
FIELDS = ("Id", "Name", "AccountNumber", "AnnualRevenue", "Website", "ParentId", "SystemModstamp")


class Salesforce(FarSide):
    """Accounts as that system speaks of them."""

    def put(self, id: str, **values: Any) -> None:
        """Write an account; its moment is written without a colon in the offset."""
        super().put(id, **values)
        self.records[id]["SystemModstamp"] = self.clock.strftime("%Y-%m-%dT%H:%M:%S.000+0000")

    def answer(self, method: str, target: str, body: Any, key: str | None) -> tuple[int, Any]:
        """Answer a query, the rest of one, or a write."""
        path, query = self.split(target)
        if method == "GET":
            return self._queried(path, query)
        if method == "POST" and path == f"{DATA}/sobjects/Account":
            id = f"001new{len(self.records)}"
            self.put(id, **body)
            return 201, {"id": id, "success": True, "errors": []}
        id = path.removeprefix(f"{DATA}/sobjects/Account/")
        if id not in self.records or not set(body) <= set(FIELDS):
            return 400, [{"errorCode": "INVALID_FIELD", "message": "No such column"}]
        self.put(id, **body)
        return 204, None

    def _queried(self, path: str, query: dict[str, str]) -> tuple[int, Any]:
        if "q" in query:
            asked = re.fullmatch(rf"SELECT ({', '.join(FIELDS)}) FROM Account WHERE SystemModstamp >= (\S+) ORDER BY SystemModstamp", query["q"])
            if asked is None:
                return 400, [{"errorCode": "MALFORMED_QUERY"}]
            since, start = asked[2].removesuffix("Z"), 0
        else:
            since, start = path.removeprefix(f"{DATA}/query/").split("-from-", 1)[0].replace("_", ":"), int(path.rpartition("-from-")[2])
        found = sorted((r for r in self.records.values() if r["SystemModstamp"][:19] >= since[:19]), key=lambda r: str(r["SystemModstamp"]))
        rows = [{"attributes": {"type": "Account"}, **{f: r.get(f) for f in FIELDS}} for r in found[start : start + self.page]]
        done = start + self.page >= len(found)
        more = {} if done else {"nextRecordsUrl": f"{DATA}/query/{since.replace(':', '_')}-from-{start + self.page}"}
        return 200, {"totalSize": len(found), "done": done, "records": rows, **more}


@pytest.fixture
def far() -> Iterator[FarSide]:
    """A stand-in of Salesforce."""
    with serving(Salesforce()) as found:
        yield found


def test_accounts_are_kept_the_same_both_ways(world: World) -> None:
    far = world.far
    far.page = 3
    for number in range(7):
        far.put(f"001x{number}", Name=f"Account {number}", AccountNumber=f"K{number}", AnnualRevenue=number * 10.5, Website="HTTPS://X.EXAMPLE", ParentId="001x0" if number else None)
    world.add(name="Ours", code="O1", revenue=5)
    connection = json.loads(json.dumps(PRESET["connection"]).replace("https://example.my.salesforce.com/services/oauth2", far.url).replace("https://example.my.salesforce.com", far.url))
    connection["auth"]["secret"] = "far_secret"
    world.publish({**PRESET, "name": "crm", "connection": connection})
    assert world.counts() == {"pulled": 7, "created": 7, "sent_created": 1}
    found = world.customers()
    assert (found["K2"]["revenue"], found["K2"]["parent"]["title"], found["K2"]["note"]) == (21, "Account 0", "https://x.example")
    assert far.writes() == [("POST", f"{DATA}/sobjects/Account", {"Name": "Ours", "AccountNumber": "O1", "AnnualRevenue": 5})]
    world.change("K3", name="Renamed here", revenue=1)
    far.put("001x4", Name="Renamed there")
    counts = world.counts()
    assert (counts["updated"], counts["sent_updated"]) == (1, 1)
    assert far.writes()[1:] == [("PATCH", f"{DATA}/sobjects/Account/001x3", {"Name": "Renamed here", "AnnualRevenue": 1})]
    versions = {code: record["version"] for code, record in world.customers().items()}
    counts = world.counts()
    assert counts == {"pulled": counts["pulled"], "unchanged": counts["pulled"]}
    assert (len(far.writes()), {code: record["version"] for code, record in world.customers().items()}) == (2, versions)

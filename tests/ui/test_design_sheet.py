"""Starting from a spreadsheet: a file becomes an entity that can be changed before, and its rows become records once it is published."""

from __future__ import annotations

import re
from typing import Any

from starlette.testclient import TestClient

from tenon.platform.boot import make_worker
from tests.ui.conftest import Site
from tests.ui.test_design import csrf

ROWS = [("Aurora Energy", "gold", "¥1,200.50", "2025-03-01", "ann@aurora.example"), ("Birch Telecom", "silver", "¥800.00", "2025-04-11", "bo@birch.example"),
        ("Cedar Software", "gold", "¥99.90", "2025-05-21", "cy@cedar.example")]  # fmt: skip
CSV = "合作伙伴,级别,合同金额,签约日期,E-mail\n" + "".join(f'{n} {i},{level},"{value}",{day},{i}{mail}\n' for i in range(4) for n, level, value, day, mail in ROWS)


def send(client: TestClient, content: str = CSV, name: str = "partners.csv") -> Any:
    return client.post("/design/spreadsheet", data={"csrf": csrf(client)}, files={"file": (name, content.encode("utf-8"), "text/csv")}, follow_redirects=False)


def typed(page: str) -> dict[str, str]:
    """What the form of the guess would send as it is."""
    form = page.partition("sheet-guess")[2]
    values = dict(re.findall(r'<input class="input[^>]*? name="([^"]+)" value="([^"]*)"', form))
    values |= dict.fromkeys(re.findall(r'<input type="checkbox" name="([^"]+)"[^>]* checked', form), "on")
    values |= dict(re.findall(r'<input type="radio" name="([^"]+)" value="([^"]+)"[^>]* checked', form))
    for name, options in re.findall(r'<select class="input" name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        values[name] = re.findall(r'value="([^"]+)" selected', options)[0]
    return values


def test_a_file_becomes_an_entity_and_its_rows_records(member: TestClient, site: Site) -> None:
    sent = send(member)
    assert sent.status_code == 303
    url = sent.headers["location"]
    guess = typed(member.get(url).text)
    assert [guess[f"type.{at}"] for at in range(5)] == ["text", "choice", "money", "date", "email"]
    assert (guess["label"], guess["name"], guess["name.2"], guess["title"]) == ("Partners", "partners", "he_tong_jin_e", "0")
    changed = {**guess, "label": "Partner", "name": "", "label.0": "Company", "csrf": csrf(member)}
    changed.pop("keep.4")
    made = member.post(url, data=changed, follow_redirects=False)
    assert (made.status_code, made.headers["location"]) == (303, "/design/entity/partner")
    document = member.get("/api/v1/metadata/entity/partner").json()
    assert [(f["name"], f["type"]) for f in document["fields"]] == [("company", "text"), ("ji_bie", "choice"), ("he_tong_jin_e", "money"), ("qian_yue_ri_qi", "date")]
    assert (document["title"], document["search"], document["fields"][2]["currency"]) == ("company", ["company"], "CNY")
    assert document["fields"][1]["label"] == {"zh": "级别"}
    assert [o["label"]["en"] for o in document["fields"][1]["options"]] == ["gold", "silver"]
    page = member.get("/design/entity/partner").text
    assert "The rows of partners.csv wait to be imported" in page
    assert "Import them" not in page
    assert member.post("/api/v1/metadata/publish", json={"note": "partners"}).status_code in (200, 201)
    offered = re.search(r'href="(/imports/[^"]+)"', member.get("/design/entity/partner").text)
    assert offered
    chosen = re.findall(r'name="map\.([^"]+)"[^>]*>(.*?)</select>', member.get(offered[1]).text, re.DOTALL)
    mapping = {f"map.{column}": found[0] for column, options in chosen if (found := re.findall(r'value="([^"]+)" selected', options))}
    assert list(mapping.values()) == ["company", "ji_bie", "he_tong_jin_e", "qian_yue_ri_qi"]
    for run in ("no", "yes"):
        assert member.post(offered[1], data={"csrf": csrf(member), "mode": "create", "run": run, **mapping}, follow_redirects=False).status_code == 303
        make_worker(site.platform).run_until_idle()
    records = member.get("/api/v1/records/partner", params={"fields": "company,ji_bie,he_tong_jin_e,qian_yue_ri_qi", "limit": 50}).json()
    rows = sorted((r["company"], r["ji_bie"], float(r["he_tong_jin_e"]), r["qian_yue_ri_qi"]) for r in records["records"])
    assert len(rows) == 12
    assert rows[0] == ("Aurora Energy 0", "gold", 1200.5, "2025-03-01")
    assert "wait to be imported" not in member.get("/design/entity/partner").text


def test_what_is_wrong_is_said_and_what_was_typed_stays(member: TestClient) -> None:
    url = send(member).headers["location"]
    guess = typed(member.get(url).text)
    wrong = [
        ({"label": " "}, "Give it a name."), ({"name": "customer"}, "There is an entity customer already."),
        ({"name.1": "he_tong_jin_e"}, "Two fields are called"), ({"name.0": "1 2"}, "starts with a letter"),
    ]  # fmt: skip
    for change, told in wrong:
        answer = member.post(url, data={**guess, **change, "label.3": "Since <b>", "csrf": csrf(member)})
        assert answer.status_code == 422
        assert told in answer.text
        assert "Since &lt;b&gt;" in answer.text
    assert member.get("/api/v1/metadata/entity/partners").status_code == 404


def test_only_builders_start_from_their_own_files(member: TestClient, seller: TestClient, site: Site) -> None:
    assert seller.get("/design/spreadsheet").status_code == 403
    url = send(member).headers["location"]
    assert seller.get(url).status_code == 403
    assert member.get("/design/spreadsheet/none").status_code == 404
    empty = send(member, "", "empty.csv")
    assert empty.status_code == 422

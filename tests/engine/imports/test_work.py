"""Carrying out imports: rows as they come, modes, dry runs, stopping, mending, ties between rows."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter

from tenon.engine.imports import work
from tenon.platform.workspace import Platform
from tests.engine.imports.importing import csv_of, errors_csv, job_of, order_import, refusals, run_import
from tests.platform.people import add
from tests.shop import Shop


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of three rows, so that short files have several."""
    monkeypatch.setattr(work, "PART", 3)


def names(shop: Shop) -> list[Any]:
    return shop.listed("customer", "name", sort=["name"])


def workbook(rows: list[list[Any]]) -> bytes:
    to = io.BytesIO()
    book = xlsxwriter.Workbook(to)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return to.getvalue()


ROWS = [["Name", "ARR", "Industry"], ["Ada", 1200.5, "saas"], ["云帆", 0, "零售"], ["Bo", "", ""]]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "Name,ARR,Industry\nAda,1200.5,saas\n云帆,0,retail\nBo,,\n".encode("gb18030")),
        ("a.tsv", "Name\tARR\tIndustry\nAda\t1200.5\tsaas\n云帆\t0\tretail\nBo\t\t\n".encode()),
        ("a.xlsx", workbook([[c if c != "零售" else "retail" for c in row] for row in ROWS])),
        ("a.jsonl", b"".join(json.dumps(dict(zip(ROWS[0], [c if c != "零售" else "retail" for c in r], strict=True))).encode() + b"\n" for r in ROWS[1:])),
    ],
)
def test_every_format_gives_the_same_records_by_a_guessed_mapping(shop: Shop, name: str, content: bytes) -> None:
    job = run_import(shop, content, "customer", name)
    assert (job["state"], job["counts"]) == ("done", (3, 0, 0, 0, 0))
    found = {r["name"]: (r["arr"], r["industry"], r["source"]) for r in shop.page("customer", fields=["name", "arr", "industry", "source"]).records}
    assert found == {"Ada": (Decimal("1200.50"), "saas", name), "云帆": (Decimal("0.00"), "retail", name), "Bo": (None, None, name)}
    assert [(c["name"], c["field"]) for c in job["result"]["columns"]] == [("Name", "name"), ("ARR", "arr"), ("Industry", "industry")]


def test_a_mapping_takes_columns_expressions_and_nothing(shop: Shop) -> None:
    content = csv_of("who,total,when,Name", "Ada,12.5,2026-01-31,x", "Bo,,,y")
    mapping = {"name": "upper(who)", "arr": "number(total) * 2", "note": None, "since": "when"}
    job = run_import(shop, content, "customer", mapping=mapping)
    assert job["counts"] == (2, 0, 0, 0, 0)
    found = [(r["name"], r["arr"], r["note"], str(r["since"])) for r in shop.page("customer", fields=["name", "arr", "note", "since"], sort=["name"]).records]
    assert found == [("ADA", Decimal("25.00"), None, "2026-01-31"), ("BO", None, None, "None")]


def test_modes_create_change_and_do_both(shop: Shop) -> None:
    shop.create("customer", name="Ada", email="a@x.cn", arr=1)
    both = csv_of("name,email,arr", "Ada,a@x.cn,1", "Bo,b@x.cn,2", "Cy,c@x.cn,3")
    assert run_import(shop, both, "customer", mode="update", match_on=["email"])["counts"] == (0, 0, 1, 0, 2)
    assert run_import(shop, both, "customer", mode="create")["counts"] == (2, 0, 0, 0, 1)
    changed = csv_of("name,email,arr", "Ada,a@x.cn,9", "Bo,b@x.cn,2", "Di,d@x.cn,4")
    assert run_import(shop, changed, "customer", mode="create", match_on=["email"])["counts"] == (1, 0, 0, 2, 0)
    assert run_import(shop, changed, "customer", mode="upsert", match_on=["email"])["counts"] == (0, 1, 2, 0, 0)
    assert shop.listed("customer", "arr", sort=["name"]) == [Decimal(9), Decimal(2), Decimal(3), Decimal(4)]
    ids = csv_of("id,name", f"{shop.listed('customer', 'id', sort=['name'])[0]},Ann", f"{'0' * 36},Nobody")
    mapping = {"id": "id", "name": "name"}
    job = run_import(shop, ids, "customer", mode="update", match_on=["id"], mapping=mapping)
    assert refusals(shop.platform, job["id"]) == [(3, "", "no_such_record")]
    assert job["counts"] == (0, 1, 0, 0, 1)
    assert names(shop) == ["Ann", "Bo", "Cy", "Di"]


REPEATED = csv_of(
    "name,email,parent,arr", "Ada,a@x.cn,,1", "Bo,b@x.cn,Ada,2", "Cy,a@x.cn,,3", "Di,d@x.cn,Bo,4", "Ed,d@x.cn,,5", "Fy,f@x.cn,Nobody,6",
    "Gi,g@x.cn,Di,7", "Ada,a@x.cn,,8", "Hu,,Gi,9", "Bad,,,-1",
)  # fmt: skip


@pytest.mark.parametrize("how", [{"mode": "create"}, {"mode": "upsert", "match_on": ["email"]}])
@pytest.mark.parametrize("part", [1, 3, 100])
def test_a_dry_run_counts_what_the_run_counts(shop: Shop, monkeypatch: pytest.MonkeyPatch, how: dict[str, Any], part: int) -> None:
    monkeypatch.setattr(work, "PART", part)
    tried = run_import(shop, REPEATED, "customer", dry_run=True, **how)
    assert not tried["errors"]
    assert names(shop) == []
    with shop.platform.read() as uow:
        assert uow.connection.exec_driver_sql("SELECT count(*) FROM tenon_history").scalar() == 0
    done = run_import(shop, REPEATED, "customer", **how)
    assert tried["counts"] == done["counts"]
    assert refusals(shop.platform, tried["id"]) == refusals(shop.platform, done["id"])
    assert tried["result"]["dry_run"]
    if how["mode"] == "create":
        assert done["counts"] == (5, 0, 0, 0, 5)
        assert refusals(shop.platform, done["id"]) == [
            (4, "/email", "not_unique"), (6, "/email", "not_unique"), (7, "/parent", "no_such_record"), (9, "/email", "not_unique"),
            (11, "/arr", "out_of_range"),
        ]  # fmt: skip
        assert {r["name"]: (r["parent"] or {}).get("title") for r in shop.page("customer", fields=["name", "parent"]).records} == {
            "Ada": None, "Bo": "Ada", "Di": "Bo", "Gi": "Di", "Hu": "Gi",
        }  # fmt: skip
    else:
        assert refusals(shop.platform, done["id"]) == [(7, "/parent", "no_such_record"), (8, "/parent", "no_such_record"), (10, "/parent", "no_such_record"), (11, "/arr", "out_of_range")]


@pytest.mark.usefixtures("small_parts")
def test_stopping_writes_all_or_nothing(shop: Shop) -> None:
    job = run_import(shop, REPEATED, "customer", on_error="stop")
    assert job["state"] == "failed"
    assert "nothing was written" in job["errors"][0]["message"]["en"]
    assert "未写入" in job["errors"][0]["message"]["zh"]
    assert names(shop) == []
    assert refusals(shop.platform, job["id"]) == [(4, "/email", "not_unique")]
    good = csv_of("name,parent", "a,", "b,a", "c,b", "d,c", "e,d")
    job = run_import(shop, good, "customer", on_error="stop")
    assert refusals(shop.platform, job["id"]) == []
    assert job["counts"] == (5, 0, 0, 0, 0)
    assert names(shop) == ["a", "b", "c", "d", "e"]


@pytest.mark.usefixtures("small_parts")
def test_what_became_impossible_while_stopping_takes_all_back(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    order_import(shop.platform, csv_of("name,email", *[f"n{i},{i}@x.cn" for i in range(9)]), "customer", on_error="stop")
    true_run = work._Work.write_all

    def later(self: Any) -> Any:
        shop.create("customer", name="quicker", email="7@x.cn")
        return true_run(self)

    monkeypatch.setattr(work._Work, "write_all", later)
    shop.work()
    assert names(shop) == ["quicker"]


@pytest.mark.usefixtures("small_parts")
def test_refused_rows_are_mended_and_imported_again(shop: Shop) -> None:
    content = csv_of('name,note,arr', '"=A1,b",one,1', '-Bo,=2+2,many', ',three,3', 'Cy,"four\nlines",x')
    job = run_import(shop, content, "customer")
    assert job["counts"] == (1, 0, 0, 0, 3)
    header = ["name", "note", "arr"]
    text = errors_csv(shop.platform, job["id"], header)
    assert text.splitlines()[0] == "name,note,arr,row,errors"
    assert "'-Bo,'=2+2,many,3,arr: many is not a number." in text
    assert "行号,错误" in errors_csv(shop.platform, job["id"], header, "zh")
    mended = text.replace("many,3", "2,3").replace(",three,3,4", "Three,three,3,4").replace(",x,5", ",4,5")
    again = run_import(shop, mended.encode("utf-8-sig"), "customer", "errors.csv")
    assert again["counts"] == (3, 0, 0, 0, 0)
    found = {r["name"]: r["note"] for r in shop.page("customer", fields=["name", "note"]).records}
    assert found == {"=A1,b": "one", "-Bo": "=2+2", "Three": "three", "Cy": "four\nlines"}


def test_records_and_people_are_named_by_any_key_or_title(shop: Shop) -> None:
    ada = shop.create("customer", name="Ada", email="a@x.cn")
    add(shop.platform.database, "lee@x.cn", [])
    shop.create("product", name="Tea", price=1)
    code = shop.get("customer", ada, "code")["code"]
    for cell in ("Ada", "a@x.cn", code, ada):
        job = run_import(shop, csv_of("name,parent,lead,favourites", f"Bo,{cell},Lee@X.cn,Tea"), "customer")
        assert job["counts"] == (1, 0, 0, 0, 0), (cell, refusals(shop.platform, job["id"]))
        shop.create("customer", name="other")
    found = shop.page("customer", fields=["parent", "lead", "favourites"], filters=["name == 'Bo'"]).records
    assert [(r["parent"]["title"], r["lead"]["title"], [f["title"] for f in r["favourites"]]) for r in found] == [("Ada", "Lee", ["Tea"])] * 4
    job = run_import(shop, csv_of("name,lead,parent", "X,nobody@x.cn,", "Y,,other"), "customer")
    assert refusals(shop.platform, job["id"]) == [(2, "/lead", "no_such_record"), (3, "/parent", "no_such_record")]


def test_history_and_formulas_know_of_an_import(shop: Shop) -> None:
    shop.create("customer", name="Ada")
    job = run_import(shop, csv_of("number,customer,amount", "1,Ada,10", "2,Ada,5.5"), "order", "orders.csv")
    assert shop.listed("customer", "orders_total") == [Decimal("15.50")]
    with shop.platform.read() as uow:
        entries = uow.connection.exec_driver_sql("SELECT batch, cause FROM tenon_history").all()
    of_import = [e for e in entries if e[0] == job["id"]]
    assert len(of_import) == 2
    assert all("orders.csv" in str(e[1]) for e in of_import)


@pytest.mark.usefixtures("small_parts")
def test_a_cancelled_import_keeps_the_parts_before(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    order_import(shop.platform, csv_of("name", *[f"n{i}" for i in range(9)]), "customer")
    true_read, seen = work._Work._read, []

    def read(self: Any, uow: Any, rows: Any, tally: Any) -> Any:
        seen.append(len(rows))
        if len(seen) == 2:
            self.run.was_stopped = True
        return true_read(self, uow, rows, tally)

    monkeypatch.setattr(work._Work, "_read", read)
    shop.work()
    assert len(names(shop)) == 6


def test_damage_is_told_row_by_row(shop: Shop) -> None:
    wide, nul, big = "a,b,c,d", "nu\0l,n", f"big,{'x' * 1_000_000}"
    job = run_import(shop, csv_of("name,note", "good,1", wide, "short", nul, big, "last,2"), "customer")
    assert job["state"] == "done"
    assert names(shop) == ["good", "last", "short"]
    assert [row for row, _, _ in refusals(shop.platform, job["id"])] == [3, 5, 6]


def test_rights_hold_in_the_job(shop: Shop, platform: Platform) -> None:
    boss, clerk = add(platform.database, "boss@x.cn", ["boss"]), add(platform.database, "clerk@x.cn", ["clerk"])
    content = csv_of("name,arr", "Ada,1")
    assert run_import(shop, content, "customer", user=boss)["counts"] == (1, 0, 0, 0, 0)
    refused = run_import(shop, content, "customer", user=clerk)
    assert (refused["state"], refused["errors"][0]["code"]) == ("failed", "forbidden")
    assert shop.listed("customer", "created_by")[0]["id"] == boss
    gone = order_import(platform, content, "customer", user="nobody")
    shop.work()
    assert job_of(platform, gone)["errors"][0]["code"] == "forbidden"

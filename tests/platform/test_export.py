from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pytest

from tenon.engine.imports.spreadsheet import guard, unguard
from tenon.engine.records.writing import create, write_many
from tenon.engine.releases import publish_documents
from tenon.metamodel.errors import Invalid, NotFound
from tenon.platform.database import Database
from tenon.platform.export import Format, export_records
from tenon.platform.file_import import run_import
from tenon.platform.workspace import Platform
from tests.platform.backup_workspace import CUSTOMER, SYSTEM, everything, fill, open_workspace

VIEW = {
    "kind": "view", "name": "saas", "entity": "customer", "columns": ["name", "arr", "partner", "partner.code"], "filter": "industry == 'saas'",
    "sort": ["-code"],
}  # fmt: skip
PLAIN = ("code", "name", "note", "arr", "seats", "active", "signed_on", "last_login", "opens", "tags", "industry")
NewDatabase = Callable[..., Database]


@pytest.fixture
def platform(new_database: NewDatabase, tmp_path: Path) -> Platform:
    platform = open_workspace(tmp_path / "one", new_database())
    fill(platform, 8)
    return platform


def exported(platform: Platform, **more: Any) -> bytes:
    to = io.BytesIO()
    with platform.read() as uow:
        export_records(uow, SYSTEM, uow.model.get_entity("customer"), to, **more)
    return to.getvalue()


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def imported_back(platform: Platform, content: bytes, name: str, tmp_path: Path, new_database: NewDatabase) -> list[dict[str, Any]]:
    """Import an exported file into a fresh workspace and return the records there."""
    other = open_workspace(tmp_path / "other", new_database())
    publish_documents(other.publisher, SYSTEM, [CUSTOMER])
    path = tmp_path / name
    path.write_bytes(content)
    result = run_import(other, path, "customer", {"mapping": {f: f for f in PLAIN}})
    assert (result["refused"], result["created"]) == (0, 8)
    return everything(other)


@pytest.mark.parametrize("format", ["csv", "xlsx", "jsonl"])
def test_an_exported_file_imports_as_the_same_values(platform: Platform, new_database: NewDatabase, tmp_path: Path, format: Format) -> None:
    content = exported(platform, format=format)
    back = imported_back(platform, content, f"customers.{format}", tmp_path, new_database)
    assert [{f: r[f] for f in PLAIN} for r in back] == [{f: r[f] for f in PLAIN} for r in everything(platform)]


def test_no_cell_of_a_csv_is_a_formula(platform: Platform) -> None:
    rows = rows_of(exported(platform))
    assert len(rows) == 8
    risky = [cell for row in rows for cell in row.values() if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    assert not risky
    assert rows[2]["name"] == "'=1+1 2"
    assert {row["note"][:2] for row in rows if row["note"]} == {"'="}


def test_negative_numbers_stay_numbers(platform: Platform) -> None:
    with platform.write() as uow:
        create(uow, SYSTEM, uow.model.get_entity("customer"), {"code": "N", "arr": "-5.50", "seats": -3})
    row = next(r for r in rows_of(exported(platform)) if r["code"] == "N")
    assert (row["arr"], row["seats"]) == ("-5.50", "-3")


def test_a_sheet_holds_texts_as_texts(platform: Platform) -> None:
    book = openpyxl.load_workbook(io.BytesIO(exported(platform, format="xlsx")))
    header, *rows = list(book.active.iter_rows())  # type: ignore[union-attr]
    names = [cell.value for cell in header]
    assert "name" in names
    assert not [c for row in rows for c in row if c.data_type == "f"]
    assert any(str(row[names.index("name")].value).startswith("=1+1") for row in rows)


def test_a_view_gives_columns_filter_order_and_titles(platform: Platform) -> None:
    publish_documents(platform.publisher, SYSTEM, [VIEW])
    with platform.write() as uow:
        entity = uow.model.get_entity("customer")
        create(uow, SYSTEM, entity, {"code": "Z", "name": "Zed", "industry": "saas", "partner": {"code": "C00001"}})
    lines = [orjson.loads(line) for line in exported(platform, format="jsonl", view="saas").splitlines()]
    assert [line["name"] for line in lines][:2] == ["Zed", "'=x 7"]
    assert lines[0]["partner"]["title"] == "北京海底捞 1"
    assert lines[0]["partner.code"] == "C00001"
    first = rows_of(exported(platform, view="saas"))[0]
    assert list(first) == ["name", "arr", "partner", "partner.code"]
    assert first["partner"] == "北京海底捞 1"


def test_an_unknown_view_is_refused(platform: Platform) -> None:
    with pytest.raises(NotFound):
        exported(platform, view="nothing")
    other = {"kind": "entity", "name": "other", "fields": [{"name": "name", "type": "text"}]}
    publish_documents(platform.publisher, SYSTEM, [other, {"kind": "view", "name": "others", "entity": "other", "columns": ["name"]}])
    with pytest.raises(Invalid):
        exported(platform, view="others")


def test_pages_come_one_after_the_other(platform: Platform) -> None:
    with platform.write() as uow:
        write_many(uow, SYSTEM, uow.model.get_entity("customer"), [{"code": f"P{n}"} for n in range(600)])
    rows = rows_of(exported(platform))
    assert len(rows) == 608
    assert len({row["id"] for row in rows}) == 608


@pytest.mark.parametrize("text", ["=1", "'=1", "''=1", "'", "''", "a", "-5", "'-5", "--5", "@x", "+86 10", "'a", "-", "\t=x"])
def test_every_guarded_text_comes_back(text: str) -> None:
    assert unguard(guard(text)) == text
    assert guard(text)[:1] not in ("=", "@", "\t")

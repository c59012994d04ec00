"""Reading the collection of odd files: encoding, delimiter, rows and columns are those of its manifest."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tenon.engine.imports.guess import guess_columns
from tenon.engine.imports.readers import open_rows
from tenon.engine.imports.row_file import Choices, RowFile
from tenon.metamodel.errors import Invalid

ENCODINGS = {"ascii": "utf-8", "utf-8-sig+bom": "utf-8-sig"}
OTHER_DELIMITERS = {"csvkit/dummy.tsv": "\t", "csvkit/sniff_limit.csv": ";", "csvkit/realdata__event-notification-rpt-lastmonth.txt": "|"}
WITHOUT_HEADER = {"csvkit/no_header_row.csv", "csvkit/no_header_row2.csv", "csvkit/no_header_row3.csv"}
TITLES = {"csvkit/bad_skip_lines.csv": 4, "csvkit/test_skip_lines.csv": 4, "csvkit/realdata__Datagov_FY10_EDU_recp_by_State.csv": 3}
WIDTH_OF_HEADER = {"csvkit/bad.csv": 3, "csvkit/bad_skip_lines.csv": 3, "csvkit/test_empty_columns_long_row.csv": 3}
BLANK_LAST_ROW = {"empty_shared_string.xlsx", "encoded_entities.xlsx"}
LEFT_BLANK = {
    "hyperlinks.xlsx": 1,
    "issue446.xlsx": 4,
    "issue_271.xls": 1,
    "issue_553.xlsx": 1,
    "optional_records.xls": 1,
    "table_with_insertrow_attribute.xlsx": 3,
    "temperature-in-middle.xlsx": 1,
}
"""Blank columns at the left, which the manifest counts and an import leaves out, where a sheet has any."""
REFUSED = {
    "OOM_alloc3.xls": "damaged",
    "issue252.xlsx": "damaged",
    "issue_385.xls": "password",
    "pass_protected.ods": "password",
    "pass_protected.xlsb": "password",
    "pass_protected.xlsx": "password",
    "issue_594_dos.ods": "memory",
    "too_small.xls": "plain text",
}


def manifest(shared: Path) -> list[dict[str, str]]:
    with (shared / "data/importer_files/MANIFEST.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_text_files_have_the_encoding_delimiter_rows_and_columns_of_the_manifest(shared: Path) -> None:
    folder, wrong, seen = shared / "data/importer_files", [], 0
    for entry in manifest(shared):
        name = entry["file"]
        if not entry["csv_records"] or name == "csvkit/empty.csv":
            continue
        seen += 1
        opened = open_rows(folder / name)
        encoding = ENCODINGS.get(entry["encoding"], entry["encoding"])
        delimiter = OTHER_DELIMITERS.get(name, ",")
        header_row = 0 if name in WITHOUT_HEADER else TITLES.get(name, 1)
        with (folder / name).open(encoding=encoding, newline="") as file:
            records = list(csv.reader(file, delimiter=delimiter))
        if delimiter == ",":
            assert entry["csv_records"].startswith(f"{len(records)} rec"), name
        rows = sum(1 for number, record in enumerate(records, 1) if any(record) and number > header_row)
        width = WIDTH_OF_HEADER.get(name, max(map(len, records)))
        expected = (encoding, delimiter, header_row, width, rows)
        read = [*opened.rows()]
        found = (str(opened.encoding), opened.delimiter, opened.header_row, len(opened.header), len(read))
        if encoding == "utf-16":
            assert found[0] in ("utf-16-le", "utf-16-be")
            expected = (found[0], *expected[1:])
        if found != expected or any(len(row.cells) != width for row in read):
            wrong.append((name, found, expected))
    assert not wrong
    assert seen >= 82


def test_the_cells_of_the_spectrum_are_those_of_its_json(shared: Path) -> None:
    folder = shared / "data/importer_files/csv_spectrum"
    for path in sorted((folder / "csvs").glob("*.csv")):
        if path.stem == "location_coordinates":  # its JSON has another telephone number
            continue
        expected = json.loads((folder / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
        expected = expected if isinstance(expected, list) else [expected]
        opened = open_rows(path)
        found = [{name: "" if cell is None else cell for name, cell in zip(opened.header, row.cells, strict=True)} for row in opened.rows()]
        assert found == expected, path.name


def find_sheet(path: Path, sheet: str) -> RowFile | None:
    """Return a sheet with every row as data, or None when it holds no values."""
    try:
        return open_rows(path, sheet=sheet, choices=Choices(header_row=0))
    except Invalid as error:
        if "no rows" not in str(error):
            raise
    return None


def test_workbooks_have_the_sheets_and_sizes_of_the_manifest(shared: Path) -> None:
    seen, wrong = 0, []
    for entry in manifest(shared):
        path = shared / "data/importer_files" / entry["file"]
        sizes = re.findall(r"(?:^|; )([^;]+)=(\d+)x(\d+)(?=;|$)", entry["calamine"])
        for name, height, width in sizes:
            opened = find_sheet(path, name) if height != "0" and (path.name, name) != ("any_sheets.xls", "Chart") else None
            if opened is None:
                continue
            seen += 1
            numbers = [row.number for row in opened.rows()]
            found = (numbers[-1] + (path.name in BLANK_LAST_ROW), len(opened.header))
            if found not in ((int(height), int(width)), (int(height), int(width) - LEFT_BLANK.get(path.name, 0))):
                wrong.append((path.name, name, found, (height, width)))
    assert not wrong
    assert seen >= 120


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_opened_is_refused_with_a_plain_sentence(shared: Path, name: str) -> None:
    with pytest.raises(Invalid, match=REFUSED[name]) as caught:
        open_rows(shared / "data/importer_files/workbooks" / name)
    assert caught.value.problems[0].hint


def test_damaged_rows_of_small_files_are_told(shared: Path) -> None:
    folder = shared / "data/importer_files/csvkit"
    bad = [*open_rows(folder / "bad.csv").rows()]
    assert [(bool(row.problems), bool(row.notes)) for row in bad] == [(True, False), (False, True), (False, False)]
    nul = [*open_rows(folder / "null_byte.csv").rows()]
    assert [len(row.problems) for row in nul] == [1]
    with pytest.raises(Invalid, match="no rows"):
        open_rows(folder / "empty.csv")
    with pytest.raises(Invalid, match="packed"):
        open_rows(folder / "dummy.csv.gz")


@pytest.mark.parametrize(
    ("name", "encoding", "columns", "rows"),
    [
        ("catering_cn/info_new_gb18030.csv", "gb18030", 21, 5306),
        ("catering_cn/user_loss_gb18030.csv", "gb18030", 38, 1949),
        ("catering_cn/字段说明.xlsx", None, 4, 101),
        ("cn_listed_companies/cn_companies_gb18030.csv", "gb18030", 7, 2009),
        ("cn_listed_companies/cn_companies_utf8_bom.csv", "utf-8-sig", 7, 2009),
        ("cn_company_dupes/customers_gb18030.csv", "gb18030", 7, 940),
        ("cn_company_dupes/customers_utf8_bom.csv", "utf-8-sig", 7, 940),
        ("cn_company_dupes/客户清单.xlsx", None, 7, 940),
        ("telco_churn/Telco-Customer-Churn.csv", "utf-8", 21, 7043),
        ("maven_crm/sales_pipeline.csv", "utf-8", 8, 8800),
        ("ravenstack/ravenstack_feature_usage.csv", "utf-8", 8, 19893),
        ("nps_multilingual/nps_responses.csv", "utf-8", 3, 98),
    ],
)
def test_real_files_are_read_whole(shared: Path, name: str, encoding: str | None, columns: int, rows: int) -> None:
    opened = open_rows(shared / "data" / name)
    read = [*opened.rows()]
    assert (opened.encoding, len(opened.header), len(read), opened.header_row) == (encoding, columns, rows, 1)
    assert not [row for row in read if row.problems]


def test_the_same_rows_come_from_every_format(shared: Path) -> None:
    folder = shared / "data/cn_company_dupes"
    first, second, third = (
        [[_plain(cell) for cell in row.cells] for row in open_rows(folder / name).rows()]
        for name in ("customers_utf8_bom.csv", "customers_gb18030.csv", "客户清单.xlsx")
    )
    assert first == second == third


def _plain(cell: Any) -> str | None:
    return None if cell is None else str(cell)


@pytest.mark.parametrize(
    ("name", "types"),
    [
        (
            "telco_churn/Telco-Customer-Churn.csv",
            {
                "customerID": "text",
                "gender": "choice",
                "SeniorCitizen": "boolean",
                "Partner": "boolean",
                "tenure": "integer",
                "MonthlyCharges": "money",
                "TotalCharges": "money",
                "Contract": "choice",
                "Churn": "boolean",
            },
        ),
        ("catering_cn/info_new_gb18030.csv", {"info_id": "integer", "use_start_time": "datetime", "phone": "phone", "name": "text"}),
        (
            "cn_company_dupes/customers_gb18030.csv",
            {"记录编号": "text", "公司名称": "text", "手机": "phone", "城市": "choice", "录入日期": "date"},
        ),
        ("cn_listed_companies/cn_companies_gb18030.csv", {"股票代码": "text", "市场": "choice", "公司全称": "text", "股本": "integer"}),
        (
            "maven_crm/sales_pipeline.csv",
            {"opportunity_id": "text", "deal_stage": "choice", "engage_date": "date", "close_value": "integer"},
        ),
        (
            "ravenstack/ravenstack_support_tickets.csv",
            {"submitted_at": "date", "closed_at": "datetime", "priority": "choice", "escalation_flag": "boolean"},
        ),
        (
            "importer_files/csvkit/realdata__ks_1033_data.csv",
            {"quantity": "integer", "total_cost": "money", "ship_date": "date", "state": "choice"},
        ),
    ],
)
def test_types_of_real_columns(shared: Path, name: str, types: dict[str, str]) -> None:
    opened = open_rows(shared / "data" / name)
    found = {column.name: column.type for column in guess_columns(opened.header, opened.sample())}
    assert {key: found[key] for key in types} == types

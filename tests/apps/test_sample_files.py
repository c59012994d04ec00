"""The sample files of ready apps are what their script writes, small, and about made-up companies."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tenon.engine.apps.package import TEMPLATES
from tenon.engine.apps.samples import read_rows

SCRIPT = Path(__file__).resolve().parents[2] / "script" / "sample-data"


def test_files_are_those_the_script_writes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(SCRIPT), str(tmp_path)], check=True)
    written = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.csv")}
    for app in ("core", "chm"):
        kept = {path.relative_to(TEMPLATES): path.read_bytes() for path in (TEMPLATES / app / "sample").glob("*.csv")}
        assert kept == {name: content for name, content in written.items() if name.parts[0] == app}
    assert sum(map(len, written.values())) < 3_000_000
    assert len(read_rows(written[Path("core/sample/customer.csv")])) == 300


def test_every_list_of_the_menus_has_something_to_show() -> None:
    sampled, listed = set(), {}
    for app in ("core", "chm"):
        body = json.loads((TEMPLATES / app / "app.json").read_text("utf-8"))
        scores = [json.loads(path.read_text("utf-8")) for path in (TEMPLATES / app / "score").glob("*.json")]
        sampled |= {sample["entity"] for sample in body["sample"]} | {each["forecasts"]["keep_in"] for each in scores if "forecasts" in each}  # made with the sample
        for item in (item for group in body["menu"] for item in group["items"] if "dashboard" not in item):
            path = TEMPLATES / app / "view" / f"{item.get('view')}.json"
            listed[str(item)] = json.loads(path.read_text("utf-8"))["entity"] if "view" in item else item["entity"]
    assert {item: entity for item, entity in listed.items() if entity not in sampled} == {}

"""Scratch copies: made, changed by themselves, taken into the draft, dropped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call


def customer(label: str, *fields: str) -> str:
    listed = [{"name": name, "type": "integer" if name == "seats" else "text"} for name in ("code", "name", "seats", *fields)]
    return json.dumps({"kind": "entity", "name": "customer", "title": "name", "keys": [["code"]], "label": {"en": label}, "fields": listed})


def publish_in(call: Call, monkeypatch: pytest.MonkeyPatch, home: Path, *documents: str) -> None:
    """Publish documents in the copy, as its own workspace."""
    with monkeypatch.context() as patch:
        patch.setenv("TENON_HOME", str(home / "scratch" / "try_out"))
        Path("there.json").write_text(f"[{','.join(documents)}]")
        call("publish", "there.json")


def test_a_copy_is_tried_and_taken(made: Call, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("rows.csv").write_text("code,name\nA,Acme\n")
    made("import", "rows.csv", "--entity", "customer")
    assert "scratch serve try_out" in made("scratch", "make", "try_out").output
    assert "release 1" in made("scratch", "list").output
    assert "already" in made("scratch", "make", "try_out", exit=1).output
    made("scratch", "make", "../out", exit=1)
    view = json.dumps({"kind": "view", "name": "large", "entity": "customer", "columns": ["name", "city"], "filter": "city != ''"})
    publish_in(made, monkeypatch, home, customer("Client", "city"), view)
    assert "city" not in made("export", "customer").output
    Path("here.json").write_text(customer("Account", "region"))
    made("publish", "here.json")
    taken = made("scratch", "take", "try_out").output
    assert "changed  entity/customer" in taken
    assert "added    view/large" in taken
    assert "label (English) was changed here too" in taken
    assert "2 documents are in the draft" in taken
    made("publish")
    header = made("export", "customer").output.splitlines()
    assert {"city", "region"} <= set(header[0].split(","))
    assert "Acme" in header[1]
    assert "0 documents" in made("scratch", "take", "try_out").output
    made("scratch", "drop", "try_out")
    assert not (home / "scratch" / "try_out").exists()
    made("scratch", "drop", "try_out", exit=1)

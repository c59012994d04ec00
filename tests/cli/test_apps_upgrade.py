"""Upgrading an app from the command line."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Call


def test_an_app_is_upgraded(made: Call) -> None:
    made("apps", "new", "zoo")
    made("apps", "import", "zoo")
    Path("mine.json").write_text('{"kind": "entity", "name": "item", "app": "zoo", "title": "name", "label": {"en": "Beast", "zh": "兽"},'
                                 ' "fields": [{"name": "name", "type": "text", "required": true}, {"name": "keeper", "type": "text"}]}')  # fmt: skip
    made("publish", "mine.json")
    app, item = Path("zoo/app.json"), Path("zoo/entity/item.json")
    app.write_text(app.read_text().replace("0.1.0", "0.2.0"))
    document = json.loads(item.read_text())
    document["label"]["en"] = "Creature"
    document["fields"].append({"name": "born", "type": "date"})
    item.write_text(json.dumps(document))
    said = made("apps", "upgrade", "zoo", "--from", "zoo", "--dry-run").output
    assert "Field born added" in said
    assert "Field keeper added" in said
    assert "yours “Beast”, theirs “Creature”" in said
    made("apps", "upgrade", "zoo", "--from", "zoo", "--theirs", "nothing", exit=1)
    done = made("apps", "upgrade", "zoo", "--from", "zoo", "--theirs", "*").output
    assert "changed  entity/item" in done
    assert "installed 0.2.0" in made("apps", "list").output
    assert "0.2.0" in made("apps", "upgrade", "zoo", "--from", "zoo", exit=1).output
    made("apps", "upgrade", "core", "--from", "zoo", exit=1)

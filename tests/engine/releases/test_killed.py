from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, inspect, select

from tenon.engine.context import system_context
from tenon.engine.releases import load, publish_documents
from tenon.engine.tables import Tables
from tests.engine.releases.publish_loop import content
from tests.engine.releases.workspace import Workspace

ROWS = 300
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def workspace(database: Any, moment: datetime) -> Workspace:
    return Workspace(database, moment)


def test_a_killed_publish_leaves_a_whole_release(workspace: Workspace, scale: float) -> None:
    publish_documents(workspace.publisher, system_context(), content(0))
    workspace.add("customer", *[{"name": f"n{i}", "size": str(i) if i % 7 else "many"} for i in range(ROWS)])
    entity = workspace.model().entities["customer"]
    accept = [f"retype_field:{entity.fields['size'].id}"]
    extra = publish_documents(workspace.publisher, system_context(), content(1), accept=accept).model.entities["customer"].fields["extra"]
    publish_documents(workspace.publisher, system_context(), content(0), accept=[*accept, f"drop_field:{extra.id}"])
    url = workspace.database.url.render_as_string(hide_password=False)
    chance = random.Random(7)
    for _ in range(max(4, int(20 * scale))):
        command = [sys.executable, "-m", "tests.engine.releases.publish_loop", url, *accept, f"drop_field:{extra.id}"]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)
        assert child.stdout is not None
        assert child.stdout.readline() == b"published\n"
        time.sleep(chance.uniform(0, 0.4))
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        _check_whole(workspace)
    number = workspace.model().release
    turn = 0 if "extra" in workspace.model().entities["customer"].fields else 1
    found = {f"drop_field:{f.id}" for f in workspace.model().entities["customer"].fields.values() if f.name == "extra"}
    assert publish_documents(workspace.publisher, system_context(), content(turn), accept={*accept, *found}).number == number + 1
    _check_whole(workspace)


def _check_whole(workspace: Workspace) -> None:
    """Documents, columns, indexes and rows belong to one release."""
    with workspace.database.read() as connection:
        model = load(connection)
        assert not model.problems
        tables, inspector = Tables(model, workspace.database.dialect), inspect(connection)
        for table in tables.all():
            names = {c["name"] for c in inspector.get_columns(table.name)}
            assert {n for n in names if not n.startswith("x")} == {c.name for c in table.columns}
        found = {i["name"] for t in tables.all() for i in inspector.get_indexes(t.name)}
        assert found == {s.name for s in tables.indexes()}
        entity = model.entities["customer"]
        table = tables.of(entity)
        size = table.c[entity.fields["size"].column]
        assert connection.execute(select(func.count()).select_from(table)).scalar_one() == ROWS
        values = list(connection.execute(select(size).order_by(table.c.id)).scalars())
        is_number = entity.fields["size"].storage.kind == "integer"
        lost = None if is_number else "many"
        assert values == [(i if is_number else str(i)) if i % 7 else lost for i in range(ROWS)]

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tenon.engine.jobs import job_kinds, put
from tenon.engine.outside import FixedClock
from tenon.engine.recompute.refresh import Refresher
from tenon.engine.recompute.touch import Recompute
from tenon.engine.schema.emptying import EMPTY_SCHEMA_TRASH, schema_jobs
from tenon.platform.worker import Worker
from tests.engine.releases.workspace import Workspace, customer


@pytest.fixture
def workspace(database: Any, moment: datetime) -> Workspace:
    made = Workspace(database, moment)
    refresher = Refresher(Recompute(lambda *_: None, lambda *_: None), lambda *_: None, lambda *_: None)
    made.publisher = replace(made.publisher, after_publish=(refresher.after_publish,))
    return made


def size(**options: Any) -> list[dict[str, Any]]:
    return [{"name": "size", "type": "decimal", **options}, {"name": "twice", "type": "formula", "expr": "size * 2"}]


def test_formulas_are_filled_and_follow_converted_values(workspace: Workspace) -> None:
    workspace.publish(customer({"name": "size", "type": "decimal"}))
    workspace.add("customer", {"name": "A", "size": Decimal("1.25")}, {"name": "B"})
    workspace.publish(customer(*size()))
    assert workspace.values("customer", "twice") == [Decimal("2.50"), None]
    document = customer(*size(scale=1))
    workspace.put(document)
    step = next(s for s in workspace.check().plan.steps if s.kind == "retype_field" and s.safety == "lossy")
    workspace.publish(accept=[step.id])
    assert workspace.values("customer", "size") == [Decimal("1.3"), None]
    assert workspace.values("customer", "twice") == [Decimal("2.6"), None]
    workspace.restore(2)
    assert workspace.values("customer", "twice") == [Decimal("2.50"), None]


def test_texts_get_their_sort_keys(workspace: Workspace) -> None:
    workspace.publish(customer({"name": "note", "type": "long_text"}))
    workspace.add("customer", {"name": "A", "note": "深圳"})
    workspace.publish(customer({"name": "note", "type": "text"}))
    model = workspace.model()
    field = model.entities["customer"].fields["note"]
    with workspace.database.read() as connection:
        table = model.entities["customer"].table
        key = connection.exec_driver_sql(f'SELECT "k_{field.column[2:]}" FROM "{table}"').scalar_one()
    assert key.startswith("shen")


def test_the_trash_is_emptied_by_a_job(workspace: Workspace) -> None:
    workspace.publish(customer({"name": "size", "type": "decimal"}))
    workspace.publish(customer())
    clock = workspace.publisher.outside.clock
    assert isinstance(clock, FixedClock)
    worker = Worker(workspace.database, job_kinds(schema_jobs(workspace.database.retry_ddl)), workspace.publisher.outside)
    for days, left in ((29, 1), (2, 0)):
        clock.moment += timedelta(days=days)
        with workspace.database.write() as connection:
            put(connection, EMPTY_SCHEMA_TRASH, {})
        worker.run_until_idle()
        model = workspace.model()
        with workspace.database.read() as connection:
            table = model.entities["customer"].table
            row = connection.exec_driver_sql(f'SELECT * FROM "{table}"').keys()
        assert len([name for name in row if name.startswith("x")]) == left

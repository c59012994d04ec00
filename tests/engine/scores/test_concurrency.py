"""Writers at the same time: two children of one record do not leave a score that saw only one of them."""

from __future__ import annotations

import threading
from datetime import datetime
from decimal import Decimal

from tenon.engine.context import system_context
from tenon.engine.records.writing import create
from tenon.platform.database import Database
from tests.engine.scores.world import CUSTOMER, TICKET, World, model_of, points, score

ROUNDS = 10


def test_two_writers_of_children_leave_the_right_score(database: Database, moment: datetime) -> None:
    w = World(database, model_of(CUSTOMER, TICKET, score(points("a", 100, value="count(tickets) / 100"))), moment)
    record = w.put("customer")
    w.touch(record)
    start = threading.Barrier(2)
    failed: list[BaseException] = []

    def write() -> None:
        try:
            for _ in range(ROUNDS):
                start.wait(30)
                with w.work() as uow:
                    create(uow, system_context(), w.model.get_entity("ticket"), {"title": "x", "customer": record})
        except BaseException as error:
            failed.append(error)
            raise

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not failed
    assert w.value(record) == Decimal(2 * ROUNDS)
    assert w.run().changed == 0

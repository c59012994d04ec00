"""Carrying out a plan inside one schema transaction."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from tenon.engine.schema.sqlite_functions import add_functions
from tenon.engine.schema.step import Plan
from tenon.metamodel.errors import Conflict, Problem
from tenon.metamodel.labels import say


def apply(connection: Connection, plan: Plan) -> None:
    """Run every statement of a plan; all of them or, when the transaction is rolled back, none.

    Raises Conflict when records that were written meanwhile clash with a new key.
    """
    add_functions(connection)
    for step in plan.steps:
        for statement in step.statements:
            try:
                connection.execute(statement)
            except IntegrityError as error:
                message = say("Records clash with a new unique key.", "有记录与新的唯一键冲突。")
                raise Conflict(
                    Problem("", "blocked", message, say("Check again and see which ones.", "请重新检查以查看冲突的记录。"))
                ) from error

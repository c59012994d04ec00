"""Who acts for which records: the platform, the person who caused it, or the owner of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tenon.engine.context import Cause, Context, system_context
from tenon.engine.people import load_user
from tenon.engine.rules.whom import people_of
from tenon.engine.rules.work import Doer, Work
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.whom import Whom

RunAs = Literal["system", "person", "owner"]


@dataclass(frozen=True)
class Acting:
    """As whom something is done, who caused it (an id), and why."""

    run_as: RunAs
    by: str | None
    cause: Cause
    language: str

    def split(self, uow: UnitOfWork, doer: Doer, ids: list[str]) -> Iterator[tuple[Context, list[str]]]:
        """Yield who acts for which of the records."""
        system = system_context(doer.kind, language=self.language).with_cause(self.cause)
        if self.run_as == "person" and self.by:
            user = load_user(uow.connection, self.by)
            yield (Context(user, self.language, self.cause) if user is not None else system), ids
            return
        if self.run_as != "owner":
            yield system, ids
            return
        whose = people_of(Work(uow, system, doer, ids, {}, "", self.language), Whom(field="owner"))
        for owner in sorted({people[0] for people in whose.values()}):
            yield Context(load_user(uow.connection, owner), self.language, self.cause), [each for each in ids if whose.get(each) == [owner]]
        ownerless = [each for each in ids if each not in whose]
        if ownerless:
            yield system, ownerless

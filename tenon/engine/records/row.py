"""One record on its way through a write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from tenon.metamodel.errors import Problem

Action = Literal["create", "update", "skip"]


@dataclass
class Row:
    """What was sent for one record, and what becomes of it.

    ``values`` are canonical, by field name: what was sent, then defaults and computed ones; of an update only those that
    differ remain. ``before`` are all canonical values of the stored record, None for a new one. ``path`` is put before problems.
    """

    index: int
    sent: Mapping[str, Any]
    path: str = ""
    id: str | None = None
    action: Action = "create"
    version: int | None = None
    expected_version: int | None = None
    before: dict[str, Any] | None = None
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    was_allowed: bool = False
    """True when the writer's rights were held against the record as it was, with the fields that were sent."""

    is_taken_back: bool = False
    """True for values that the record held before: no stage is moved to, no bound of today is asked for, what was empty may be."""

    is_absorbing: bool = False
    """True for values that another record held, which becomes part of this one: no bound of today is asked for."""

    @property
    def is_good(self) -> bool:
        """True while nothing is wrong with it."""
        return not self.problems

    @property
    def own_problems(self) -> list[Problem]:
        """What is wrong with it, at paths inside it: ``/name`` for ``/12/name``."""
        return [replace(problem, path=problem.path.removeprefix(self.path)) for problem in self.problems]

    def after(self) -> dict[str, Any]:
        """Return all values as they will be."""
        return {**(self.before or {}), **self.values}

    def refuse(self, problem: Problem) -> None:
        """Note what is wrong."""
        self.problems.append(problem.at(self.path))

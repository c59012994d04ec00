"""What every type of widget can do: answer for a reader."""

from __future__ import annotations

from typing import Any, ClassVar

from tenon.engine.reports.asked import Asked


class Answers:
    """How widgets of some types answer."""

    types: ClassVar[tuple[str, ...]] = ()

    def answer(self, asked: Asked) -> dict[str, Any]:
        """Return what is shown beside the head of the answer. Raises Invalid, NotFound."""
        raise NotImplementedError

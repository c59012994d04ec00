"""A text: headings, paragraphs and notes between the widgets."""

from __future__ import annotations

from typing import Any, ClassVar

from tenon.engine.reports.asked import Asked
from tenon.engine.reports.types.base import Answers


class Written(Answers):
    """The text in the reader's language."""

    types: ClassVar[tuple[str, ...]] = ("text",)

    def answer(self, asked: Asked) -> dict[str, Any]:
        """Return the text; it has no rows."""
        text = asked.body.text
        return {"text": text.show(asked.ctx.language) if text else "", "columns": [], "rows": []}

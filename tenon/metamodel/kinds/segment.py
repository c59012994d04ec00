"""The kind segment: a named set of records."""

from __future__ import annotations

from typing import Annotated, Literal

from tenon.metamodel.document import Kind
from tenon.metamodel.marks import Condition, Ref


class SegmentKind(Kind):
    """Records for which a filter holds; a fixed one keeps the members it had when made."""

    kind: Literal["segment"] = "segment"
    entity: Annotated[str, Ref("entity")]
    filter: Condition
    mode: Literal["dynamic", "fixed"] = "dynamic"

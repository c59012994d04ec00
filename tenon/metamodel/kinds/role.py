"""The kind role: what people who have it may do, grant by grant."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tenon.metamodel.document import Kind
from tenon.metamodel.item import Item, Name
from tenon.metamodel.marks import Expr, Path, Ref

Action = Literal["read", "create", "update", "delete", "restore", "merge", "import", "export", "bulk", "override"]
ACTIONS: tuple[str, ...] = ("read", "create", "update", "delete", "restore", "merge", "import", "export", "bulk", "override")
GrantPath = Annotated[str, Path(of="field")]


class Grant(Item):
    """Rights on the records of one entity for which ``where`` holds."""

    entity: Annotated[str, Ref("entity", soft=True)]
    actions: list[Action] = Field(min_length=1)
    where: Annotated[str, Expr("boolean", of="field", use="access")] | None = None
    read: Literal["*"] | list[GrantPath] = "*"
    write: Literal["*"] | list[GrantPath] = "*"
    mask: list[GrantPath] = []
    hide: list[GrantPath] = []


class RoleKind(Kind):
    """A role: grants, apps it opens, and whether its people build."""

    kind: Literal["role"] = "role"
    grants: list[Grant] = Field(default=[], max_length=500)
    apps: list[Name] = []
    builds: bool = False

    ADMIN_ONLY: ClassVar[tuple[str, ...] | None] = None

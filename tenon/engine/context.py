"""Who acts, in which language, and why."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

CauseKind = Literal["person", "rule", "workflow", "import", "api", "connector", "system", "command", "form"]
ADMIN, BUILDER = "admin", "builder"


@dataclass(frozen=True, slots=True)
class User:
    """The person who acts: id, e-mail, names of roles, unit, and the ids of the units at and below it."""

    id: str
    email: str
    name: str
    roles: tuple[str, ...] = ()
    unit: str | None = None
    units: tuple[str, ...] = ()

    @property
    def is_admin(self) -> bool:
        """True for administrators."""
        return ADMIN in self.roles

    @property
    def may_build(self) -> bool:
        """True for builders and administrators."""
        return self.is_admin or BUILDER in self.roles


@dataclass(frozen=True, slots=True)
class Cause:
    """What brought a change about; ``root`` is the id of the outside change that began the chain, ``role`` the role it was done as."""

    kind: CauseKind
    id: str | None = None
    label: str | None = None
    root: str | None = None
    depth: int = 0
    role: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the cause as the history holds it."""
        return {k: getattr(self, k) for k in ("kind", "id", "label", "root", "depth", "role") if getattr(self, k) is not None}


@dataclass(frozen=True, slots=True)
class Context:
    """Who acts and how to speak to them. ``is_system`` has every right: runs, publishes and installs act as it.

    ``form`` is the id of the public form that a visitor fills in: their only rights are those it needs. ``role`` is the name of
    a role that a rule or workflow acts as: its grants are all the rights there are.
    """

    user: User | None
    language: str = "en"
    cause: Cause = field(default_factory=lambda: Cause("person"))
    is_system: bool = False
    address: str | None = None
    form: str | None = None
    role: str | None = None

    def with_cause(self, cause: Cause) -> Context:
        """Return the same context acting for another reason."""
        return replace(self, cause=cause)

    @property
    def is_admin(self) -> bool:
        """True for administrators, and the platform itself."""
        return self.is_system or (self.user is not None and self.user.is_admin)

    @property
    def user_id(self) -> str | None:
        """The id of who acts, or None for the system."""
        return self.user.id if self.user else None


def system_context(kind: CauseKind = "system", label: str | None = None, language: str = "en") -> Context:
    """Return the context of the platform itself."""
    return Context(None, language, Cause(kind, label=label), is_system=True)

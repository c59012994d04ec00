"""What the administration shows: units, roles, tokens, the audit, releases, how the system is; plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenon.ui.shapes import Choice


@dataclass(frozen=True, slots=True)
class UnitNode:
    """A unit with those below it and how many people belong to it itself."""

    id: str
    name: str
    people: int
    below: tuple[UnitNode, ...] = ()


@dataclass(frozen=True, slots=True)
class RoleCard:
    """A role in the list: built in or of a release, and how many active people have it."""

    name: str
    label: str
    people: int
    is_built_in: bool
    builds: bool
    app: str | None = None


@dataclass(frozen=True, slots=True)
class RoleRule:
    """One grant in words: the actions, on which records, and the fields it leaves out."""

    actions: tuple[str, ...]
    where: str | None
    writes: tuple[str, ...] | None
    masked: tuple[str, ...]
    hidden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoleRow:
    """What a role may do with one entity: for each action "all", "some" or "none"; its grants, and how it sees each field."""

    name: str
    label: str
    icon: str
    cells: tuple[str, ...]
    rules: tuple[RoleRule, ...]
    fields: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class RolePage:
    """A role as a matrix of entities and actions."""

    role: RoleCard
    actions: tuple[Choice, ...]
    rows: tuple[RoleRow, ...]
    none: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RolesMatrix:
    """One action over all roles: for each kind of records (name, label, icon) a cell a role, "all", "some" or "none"."""

    action: str
    actions: tuple[Choice, ...]
    roles: tuple[Choice, ...]
    rows: tuple[tuple[str, str, str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token without the token."""

    id: str
    name: str
    prefix: str
    owner: str
    roles: tuple[str, ...] | None
    addresses: tuple[str, ...]
    created_at: datetime | None
    expires_at: datetime | None
    last_used_at: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One entry of the audit in words."""

    seq: int
    at: datetime
    who: str
    address: str | None
    action: str
    label: str
    target: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Entries newest first, what can be filtered by, and the number to go on from."""

    rows: tuple[AuditRow, ...]
    actions: tuple[str, ...]
    people: tuple[Choice, ...]
    next: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """An item of a document that differs: where, from and to as short texts."""

    place: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """A document that was added, changed or removed."""

    kind: str
    name: str
    label: str
    change: str
    items: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A step of a plan: safe, lossy or blocked; ``ways`` are ids and titles of what may be accepted instead, ``sort`` a "scenario" that fails, a "right" that comes back, or "data" that is lost."""

    id: str
    title: str
    safety: str
    rows: int
    lost: int
    ways: tuple[tuple[str, str], ...] = ()
    sort: str = "data"


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A release of the history."""

    number: int
    at: datetime
    who: str
    note: str | None
    restored_from: int | None
    changes: tuple[DocumentChange, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody said about a document of the draft; ``is_own`` when whoever reads said it."""

    id: str
    author: str
    at: datetime
    text: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class DraftChange:
    """A document of the draft: what changes, who changed it last and when, and what was said about it."""

    id: str
    change: DocumentChange
    who: str
    at: datetime | None
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class ReleasesPage:
    """The draft in words and the history; ``problems`` stand in the way of publishing."""

    current: int
    draft: tuple[DraftChange, ...]
    problems: tuple[str, ...]
    plan: tuple[PlanStep, ...]
    releases: tuple[ReleaseRow, ...]
    next: int | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two releases, and what going back to the older one would do."""

    number: int
    other: int
    numbers: tuple[int, ...]
    changes: tuple[DocumentChange, ...]
    plan: tuple[PlanStep, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that was looked at: level "ok", "warning" or "error", and what to do."""

    level: str
    label: str
    value: str
    to_do: str | None = None


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A backup in the folder of the workspace."""

    name: str
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class SystemPage:
    """How the system is."""

    signs: tuple[Sign, ...]
    backups: tuple[BackupFile, ...]
    folder: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Whether an action is allowed and why; ``grants`` are (role, condition or None, whether it holds for the record)."""

    action: str
    is_allowed: bool
    why: str
    grants: tuple[tuple[str, str | None, bool | None], ...]


@dataclass(frozen=True, slots=True)
class ReasonsPage:
    """Who and what can be asked about, and the answer once both are named."""

    people: tuple[Choice, ...]
    entities: tuple[Choice, ...]
    person: str = ""
    record: str | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkspaceSettings:
    """What an administrator sets for everybody; ``language`` is '' when none was chosen, ``logo`` the address of the workspace's own picture."""

    name: str
    language: str
    timezone: str
    logo: str | None

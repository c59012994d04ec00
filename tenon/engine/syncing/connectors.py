"""The connectors of a release as a run needs them: entity, mapping, who acts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Cause, Context
from tenon.engine.rules.acting import role_context, role_named
from tenon.engine.syncing.reading import Mapped, read_mapping
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.webhooks.payloads import to_text
from tenon.metamodel.document import Document
from tenon.metamodel.kinds.connector import ConnectorKind
from tenon.metamodel.model import Entity, Model

CONNECTOR = "connector"


@dataclass(frozen=True)
class Connector:
    """A connector of a release in one transaction."""

    document: Document
    entity: Entity
    mapped: tuple[Mapped, ...]
    ctx: Context
    rights: Rights

    @property
    def id(self) -> str:
        """The id of its document."""
        return self.document.id

    @property
    def body(self) -> ConnectorKind:
        """What the document says."""
        body: ConnectorKind = self.document.body
        return body

    @property
    def system(self) -> str:
        """What the other system is called; connectors of the same one share what they know of its records."""
        return system_of(self.document)

    @property
    def match_on(self) -> list[str]:
        """The names of the fields by which records that are not linked yet are found."""
        return [field.name for key in self.body.match_on if (field := self.entity.find_field(key)) is not None]


def system_of(document: Document) -> str:
    """Return what the other system of a connector is called: as it says, or its own name."""
    return str(document.body.system or document.name)


def open_connector(uow: UnitOfWork, id: str, run: str) -> Connector:
    """Return a connector by name or id. Raises NotFound, Invalid."""
    document = uow.model.get(CONNECTOR, id)
    body: ConnectorKind = document.body
    entity = uow.model.get_entity(body.entity)
    ctx = context_of(uow.model, document, run)
    return Connector(document, entity, tuple(read_mapping(uow.model, entity, body)), ctx, rights_of(uow.model, ctx))


def context_of(model: Model, document: Document, run: str) -> Context:
    """Return as whom a connector writes: the platform, or a role with its rights alone."""
    body: ConnectorKind = document.body
    cause, role = Cause("connector", document.id, system_of(document), root=run), role_named(model, body)
    return Context(None, "en", cause, is_system=True) if role is None else role_context(role, "en", cause)


def shape_of(document: Document) -> str:
    """Return what tells apart what a connector asks for: where it is other than before, everything is asked for anew."""
    json: dict[str, Any] = document.json
    asked = [json.get("connection", {}).get("base_url"), json.get("entity"), json.get("source"), sorted((json.get("mapping") or {}).items()), json.get("match_on"), json.get("system")]
    return hashlib.sha256(to_text(asked).encode()).hexdigest()

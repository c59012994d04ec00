"""The documents of installed apps as their packages brought them: what an upgrade measures both sides against."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Column, Connection, Table, delete as delete_rows, insert, select

from tenon.engine.columns import CodeText, Json, Moment
from tenon.engine.releases.store import load_documents
from tenon.engine.releases.tables import documents
from tenon.engine.store import metadata
from tenon.metamodel.document import Document
from tenon.metamodel.model import Model
from tenon.metamodel.parse import reread

bases = Table(
    "tenon_app_base",
    metadata,
    Column("app", CodeText, primary_key=True),
    Column("version", CodeText, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("documents", Json, nullable=False),
)


def keep_base(connection: Connection, app: Document, brought: Iterable[Document], at: datetime) -> None:
    """Keep the documents of a package, as they are stored, as the base of its app in this version: going back to an earlier release goes back to its base."""
    connection.execute(delete_rows(bases).where(bases.c.app == app.name, bases.c.version == app.body.version))
    rows = [d.json for d in sorted(brought, key=lambda d: (d.kind, d.name))]
    connection.execute(insert(bases).values(app=app.name, version=app.body.version, at=at, documents=rows))


def base_of(connection: Connection, model: Model, app: Document) -> dict[str, Document]:
    """Return the base of an installed app by document id.

    An app that was installed before bases were kept has its documents of the release that brought it.
    """
    kept = connection.execute(select(bases.c.documents).where(bases.c.app == app.name, bases.c.version == app.body.version)).scalar()
    if kept is not None:
        return {json["id"]: reread(json) for json in kept}
    began = _installed_in(connection, app.id)
    return {d.id: d for d in load_documents(connection, began) if d.app == app.name or d.id == app.id}


def _installed_in(connection: Connection, app_id: str) -> int:
    """Return the release since which the document of an app has been there without a gap."""
    spans = select(documents.c.from_release, documents.c.to_release).where(documents.c.document_id == app_id)
    began = 0
    for row in connection.execute(spans.order_by(documents.c.from_release.desc())):
        if began and row.to_release != began:
            break
        began = row.from_release
    return began

"""A workspace of tests: a database with a publisher, people, and short ways to save and publish."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from tenon.engine.context import Context, User
from tenon.engine.outside import fake_outside
from tenon.engine.people import users
from tenon.engine.releases import Checked, Publisher, Release, check_draft, draft, load, publish, restore
from tenon.engine.tables import Tables
from tenon.metamodel.model import Model

ADMIN = Context(User("u1", "admin@example.com", "Ada", ("admin",)))
BUILDER = Context(User("u2", "bob@example.com", "Bob", ("builder",)))


class Workspace:
    """Saves drafts, publishes, and looks at records."""

    def __init__(self, database: Any, moment: datetime) -> None:
        self.database, self.moment = database, moment
        self.publisher = Publisher(database, fake_outside(moment), ZoneInfo("Asia/Shanghai"))
        with database.write() as connection:
            for who in (ADMIN, BUILDER):
                assert who.user is not None
                connection.execute(users.insert().values(
                    id=who.user.id, email=who.user.email, name=who.user.name, roles=list(who.user.roles), language="en", state="active",
                    created_at=moment,
                ))  # fmt: skip

    def model(self, number: int | None = None) -> Model:
        """The model of a release."""
        with self.database.read() as connection:
            return load(connection, number)

    def put(
        self, raw: dict[str, Any], *, ctx: Context = ADMIN, name: str | None = None, if_match: str | None = None
    ) -> tuple[dict[str, Any], str]:
        """Save a document in the draft."""
        model = self.model()
        with self.database.write() as connection:
            return draft.put(connection, ctx, model, raw["kind"], name or raw["name"], raw, now=self.moment, if_match=if_match)

    def get(self, kind: str, name: str) -> dict[str, Any]:
        """A document of the draft."""
        model = self.model()
        with self.database.read() as connection:
            return draft.get(connection, model, kind, name)[0]

    def delete(self, kind: str, name: str) -> None:
        """Remove a document in the draft."""
        model = self.model()
        with self.database.write() as connection:
            draft.delete(connection, ADMIN, model, kind, name, now=self.moment)

    def check(self) -> Checked:
        """Check the draft."""
        model = self.model()
        with self.database.read() as connection:
            return check_draft(connection, model, now=self.moment, zone=self.publisher.timezone)

    def publish(self, *raw: dict[str, Any], accept: Iterable[str] = ()) -> Release:
        """Save documents and publish the draft."""
        for each in raw:
            self.put(each)
        return publish(self.publisher, ADMIN, accept=accept)

    def restore(self, number: int, accept: Iterable[str] = ()) -> Release:
        """Restore a release."""
        return restore(self.publisher, ADMIN, number, accept=accept)

    def add(self, name: str, *rows: dict[str, Any]) -> None:
        """Insert records, their values by the names of fields."""
        model = self.model()
        entity = model.entities[name]
        table = Tables(model, self.database.dialect).of(entity)
        with self.database.write() as connection:
            found = connection.execute(select(func.count()).select_from(table)).scalar_one()
            for number, row in enumerate(rows):
                values = {entity.fields[key].column: value for key, value in row.items()}
                connection.execute(table.insert().values(id=f"{found + number:036d}", **values))

    def values(self, name: str, field: str) -> list[Any]:
        """The values of a field in the order the records were made."""
        model = self.model()
        entity = model.entities[name]
        table = Tables(model, self.database.dialect).of(entity)
        with self.database.read() as connection:
            return list(connection.execute(select(table.c[entity.fields[field].column]).order_by(table.c.id)).scalars())


def customer(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The entity of most tests."""
    return {"kind": "entity", "name": "customer", "fields": [{"name": "name", "type": "text"}, *fields], **more}


def view(**more: Any) -> dict[str, Any]:
    """A view of customers."""
    return {"kind": "view", "name": "all_customers", "entity": "customer", "columns": ["name"], **more}

"""The other side: the same calls written by hand with FastAPI and SQLAlchemy Core, without sign-in, rights, checks or history.

    python -m tenon.platform.bench.baseline DATABASE_URL PORT
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

import orjson
import uvicorn
from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
    create_engine,
    event,
    insert,
    select,
    update,
)  # fmt: skip

from tenon.platform.bench.rows import customers as customer_rows, orders as order_rows

metadata = MetaData()
customers = Table(
    "customers", metadata, Column("id", Text, primary_key=True), Column("name", Text, nullable=False), Column("email", Text), Column("phone", Text),
    Column("industry", Text, index=True), Column("region", Text), Column("stage", Text), Column("arr", Numeric(14, 2)), Column("seats", Integer),
    Column("health", Integer), Column("signed_on", Date), Column("last_login", DateTime(timezone=True)), Column("active", Boolean),
    Column("notes", Text), Column("created_at", DateTime(timezone=True), index=True),
)  # fmt: skip
orders = Table(
    "orders", metadata, Column("id", Text, primary_key=True), Column("customer", Text, ForeignKey("customers.id"), index=True),
    Column("amount", Numeric(14, 2)), Column("ordered_at", DateTime(timezone=True)), Column("created_at", DateTime(timezone=True)),
)  # fmt: skip


class CustomerIn(BaseModel):
    """What a create takes."""

    name: str
    email: str | None = None
    phone: str | None = None
    industry: str | None = None
    region: str | None = None
    stage: str | None = None
    arr: Decimal | None = None
    seats: int | None = None
    health: int | None = None
    signed_on: date | None = None
    last_login: datetime | None = None
    active: bool | None = None
    notes: str | None = None


class CustomerPatch(CustomerIn):
    """What an update takes."""

    name: str | None = None  # type: ignore[assignment]


def open_engine(url: str) -> Engine:
    """Return an engine set up as people do who know their database."""
    engine = create_engine(url, pool_size=8, max_overflow=8)
    if engine.dialect.name == "sqlite":

        def prepare(raw: Any, _record: Any) -> None:
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000", "cache_size=-32000"):
                raw.execute(f"PRAGMA {pragma}")

        event.listen(engine, "connect", prepare)
    return engine


def fill(url: str, count: int) -> None:
    """Make the tables and store the rows."""
    engine = open_engine(url)
    metadata.create_all(engine)
    sources: tuple[tuple[Table, Iterator[dict[str, Any]]], ...] = ((customers, customer_rows(count)), (orders, order_rows(count)))
    with engine.begin() as connection:
        for table, rows in sources:
            while part := list(islice(rows, 5_000)):
                connection.execute(insert(table), part)
    engine.dispose()


def answer(value: Any, status: int = 200) -> Response:
    """Return JSON."""
    return Response(orjson.dumps(value, default=float), status, media_type="application/json")


def create_app(url: str) -> FastAPI:
    """Return the application."""
    app, engine = FastAPI(), open_engine(url)
    names = [str(column.name) for column in customers.c]

    @app.get("/customers/{id}")
    def get_one(id: str) -> Response:
        with engine.connect() as connection:
            row = connection.execute(select(customers).where(customers.c.id == id)).first()
        if row is None:
            raise HTTPException(404)
        return answer(dict(zip(names, row, strict=True)))

    @app.get("/customers")
    def list_some(industry: str, more_than: float = 0, limit: int = 50) -> Response:
        found = select(customers).where(customers.c.industry == industry, customers.c.arr > more_than).order_by(customers.c.arr.desc(), customers.c.id)
        with engine.connect() as connection:
            rows = [dict(zip(names, row, strict=True)) for row in connection.execute(found.limit(limit))]
        return answer({"records": rows})

    @app.post("/customers")
    def create(body: CustomerIn) -> Response:
        new_id = str(uuid.uuid4())
        with engine.begin() as connection:
            connection.execute(insert(customers).values(id=new_id, **body.model_dump()))
        return answer({"id": new_id}, 201)

    @app.patch("/customers/{id}")
    def change(id: str, body: CustomerPatch) -> Response:
        with engine.begin() as connection:
            done = connection.execute(update(customers).where(customers.c.id == id).values(**body.model_dump(exclude_unset=True)))
        if not done.rowcount:
            raise HTTPException(404)
        return answer({"id": id})

    return app


if __name__ == "__main__":
    uvicorn.run(create_app(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), log_level="error", access_log=False)

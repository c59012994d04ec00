"""Statements over tables that are known by name only: renames, columns, cells; every name is made of our own ids."""

from __future__ import annotations

from typing import Any

from alembic.ddl.base import AddColumn, ColumnName, DropColumn, RenameTable
from sqlalchemy import Column, ColumnElement, Executable, Index, MetaData, Table, column, literal_column, table, update
from sqlalchemy.schema import CreateIndex, CreateTable, DropIndex, DropTable

from tenon.engine.tables import IndexShape

Value = ColumnElement[Any]


def cell(table_name: str, column_name: str) -> Value:
    """Return a cell without a type, so that it is read and written as the database holds it."""
    return literal_column(f'"{table_name}"."{column_name}"')


def create_table(built: Table) -> Executable:
    """Return the statement that makes a table."""
    return CreateTable(built)


def drop_table(name: str) -> Executable:
    """Return the statement that drops a table."""
    return DropTable(Table(name, MetaData()))


def rename_table(name: str, new_name: str) -> Executable:
    """Return the statement that renames a table."""
    return RenameTable(name, new_name)


def add_column(table_name: str, added: Column[Any]) -> Executable:
    """Return the statement that adds a column at the end."""
    return AddColumn(table_name, added)


def rename_column(table_name: str, name: str, new_name: str) -> Executable:
    """Return the statement that renames a column."""
    return ColumnName(table_name, name, new_name)


def drop_column(table_name: str, name: str) -> Executable:
    """Return the statement that drops a column."""
    return DropColumn(table_name, Column(name))


def create_index(shape: IndexShape, built: Table) -> Executable:
    """Return the statement that makes an index."""
    return CreateIndex(shape.build(built))


def drop_index(name: str) -> Executable:
    """Return the statement that drops an index of ours, when it is there."""
    return DropIndex(Index(name), if_exists=True)


def fill(table_name: str, values: dict[str, Value], where: Value | None = None) -> Executable:
    """Return the statement that fills columns of every record, or of those for which ``where`` holds."""
    target = table(table_name, *[column(name) for name in values])
    statement = update(target).values({target.c[name]: value for name, value in values.items()})
    return statement if where is None else statement.where(where)

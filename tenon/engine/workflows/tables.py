"""The tables of workflows: documents as instances began with them, instances, where they stand, where they passed, and what people have to do."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ColumnElement, Index, Integer, Table, and_, or_

from tenon.engine.columns import CodeText, Json, Moment
from tenon.engine.store import metadata

versions = Table(
    "tenon_flow_version", metadata, Column("id", CodeText(), primary_key=True), Column("workflow", CodeText(), nullable=False),
    Column("release", Integer(), nullable=False), Column("at", Moment(), nullable=False), Column("json", Json(), nullable=False),
)
"""A workflow as it was when an instance began: what runs goes on with it, whatever is published meanwhile. ``id`` is made from what it says."""

instances = Table(
    "tenon_flow_instance", metadata, Column("id", CodeText(), primary_key=True), Column("workflow", CodeText(), nullable=False),
    Column("version", CodeText(), nullable=False), Column("release", Integer(), nullable=False), Column("entity", CodeText(), nullable=False),
    Column("record", CodeText(), nullable=False), Column("state", CodeText(), nullable=False), Column("reason", CodeText()),
    Column("once", CodeText(), unique=True), Column("parent", CodeText()), Column("by", CodeText()), Column("root", CodeText(), nullable=False),
    Column("depth", Integer(), nullable=False), Column("cause", Json(), nullable=False), Column("started_at", Moment(), nullable=False),
    Column("ended_at", Moment()), Column("problem", Json()),
    Index("ix_tenon_flow_instance_workflow", "workflow", "state", "id"), Index("ix_tenon_flow_instance_record", "record", "id"),
    Index("ix_tenon_flow_instance_parent", "parent"), Index("ix_tenon_flow_instance_ended", "ended_at"), Index("ix_tenon_flow_instance_version", "version", "state"),
)
"""``state``: running, done, exited (``reason``: condition, rule, rejected), cancelled, failed. ``once`` is what may be running only once; ``parent`` the token that waits for its end."""

tokens = Table(
    "tenon_flow_token", metadata, Column("id", CodeText(), primary_key=True), Column("instance", CodeText(), nullable=False),
    Column("workflow", CodeText(), nullable=False), Column("version", CodeText(), nullable=False), Column("entity", CodeText(), nullable=False),
    Column("record", CodeText(), nullable=False), Column("step", CodeText(), nullable=False), Column("state", CodeText(), nullable=False),
    Column("woken", CodeText()), Column("answer", CodeText()), Column("waits_for", CodeText()), Column("event", CodeText()), Column("due_at", Moment()),
    Column("listens", Boolean(), nullable=False), Column("news_at", Moment()), Column("parent", CodeText()),
    Column("root", CodeText(), nullable=False), Column("depth", Integer(), nullable=False), Column("at", Moment(), nullable=False),
    Index("ix_tenon_flow_token_instance", "instance"), Index("ix_tenon_flow_token_parent", "parent"), Index("ix_tenon_flow_token_workflow", "workflow", "step"),
)
"""Where an instance stands. ``state``: ready (to be advanced), waiting (``waits_for``: time, condition, event, person, paths, flow), failed.

``woken`` says who woke it, ``answer`` what a person said; ``listens``: changes of the record may wake it, ``news_at``: one did.
"""


def _partial(name: str, where: ColumnElement[bool], *columns: Column[object]) -> None:
    Index(name, *columns, sqlite_where=where, postgresql_where=where)


_partial("ix_tenon_flow_token_ready", or_(tokens.c.state == "ready", tokens.c.news_at.is_not(None)), tokens.c.workflow, tokens.c.id)
_partial("ix_tenon_flow_token_due", and_(tokens.c.state == "waiting", tokens.c.due_at.is_not(None)), tokens.c.workflow, tokens.c.due_at)
Index("ix_tenon_flow_token_record", tokens.c.record, tokens.c.listens)

passages = Table(
    "tenon_flow_passage", metadata, Column("id", CodeText(), primary_key=True), Column("instance", CodeText(), nullable=False),
    Column("workflow", CodeText(), nullable=False), Column("token", CodeText(), nullable=False), Column("step", CodeText(), nullable=False),
    Column("type", CodeText(), nullable=False), Column("record", CodeText(), nullable=False), Column("at", Moment(), nullable=False),
    Column("left_at", Moment()), Column("outcome", CodeText()), Column("effects", Json()),
    Index("ix_tenon_flow_passage_instance", "instance", "id"), Index("ix_tenon_flow_passage_record", "record", "type", "at"),
)
"""A step that an instance came to, when, when it left it and how: ``outcome`` is the path, the answer or "over" (the time was)."""

human_tasks = Table(
    "tenon_flow_task", metadata, Column("id", CodeText(), primary_key=True), Column("instance", CodeText(), nullable=False),
    Column("token", CodeText(), nullable=False), Column("workflow", CodeText(), nullable=False), Column("version", CodeText(), nullable=False),
    Column("step", CodeText(), nullable=False), Column("type", CodeText(), nullable=False), Column("entity", CodeText(), nullable=False),
    Column("record", CodeText(), nullable=False), Column("title", Json(), nullable=False), Column("description", Json()), Column("form", CodeText()),
    Column("role", CodeText()), Column("unit", CodeText()), Column("mode", CodeText(), nullable=False), Column("share", CodeText()),
    Column("state", CodeText(), nullable=False), Column("outcome", CodeText()), Column("comment", CodeText()), Column("due_at", Moment()),
    Column("reminded_at", Moment()), Column("escalated_at", Moment()), Column("created_at", Moment(), nullable=False), Column("done_at", Moment()),
    Column("done_by", CodeText()),
    Index("ix_tenon_flow_task_instance", "instance"), Index("ix_tenon_flow_task_token", "token"), Index("ix_tenon_flow_task_record", "record", "state"),
    Index("ix_tenon_flow_task_role", "role", "state"), Index("ix_tenon_flow_task_unit", "unit", "state"),
)
"""What people have to do at a step. ``type``: task, form, approval; ``state``: open, done, cancelled; ``mode`` any, all, vote, sequence."""

task_people = Table(
    "tenon_flow_task_person", metadata, Column("id", CodeText(), primary_key=True), Column("task", CodeText(), nullable=False),
    Column("person", CodeText(), nullable=False), Column("order", Integer(), nullable=False), Column("state", CodeText(), nullable=False),
    Column("decided_by", CodeText()), Column("decided_at", Moment()), Column("comment", CodeText()), Column("added_by", CodeText()),
    Column("instead_of", CodeText()), Column("beside", CodeText()), Column("side", CodeText()),
    Index("ix_tenon_flow_task_person_task", "task", "order"), Index("ix_tenon_flow_task_person_person", "person", "state", "task"),
)
"""Who may act, in their ``order``. ``state``: waiting (not their turn yet), open, approved, rejected, done, skipped, handed_over.

``instead_of`` is who is away and was asked; ``beside`` the row of who wanted this signature too, before or after (``side``) their own.
"""

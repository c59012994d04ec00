"""Starting from a spreadsheet: a file becomes an entity of the draft, and its rows wait until that is published."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from sqlalchemy import insert, select

from tenon.engine.context import Context
from tenon.engine.imports import orders
from tenon.engine.imports.entity_guess import TYPES, FieldGuess, guess_fields, guess_title, make_entity
from tenon.engine.imports.guess import Column, guess_columns
from tenon.engine.releases import draft
from tenon.engine.releases.draft import require_builder
from tenon.metamodel.document import new_item_id
from tenon.metamodel.errors import Conflict, Invalid, Problem
from tenon.metamodel.fields import FIELD_TYPES
from tenon.metamodel.labels import say
from tenon.metamodel.names import check_name, propose_name
from tenon.platform import files
from tenon.platform.workspace import Platform
from tenon.ui.backend.base import View, id_of, open_read, open_write
from tenon.ui.backend.imports import MB, SAMPLES, open_stored
from tenon.ui.design_shapes import SheetColumn, SheetGuess
from tenon.ui.shapes import Choice


def upload(platform: Platform, ctx: Context, file_name: str, content: bytes) -> str:
    """Keep a file whose rows wait for an entity that is not there yet, and return the id of its import. Raises Invalid, TooLarge, Forbidden."""
    name = files.clean_name(file_name)
    with open_read(platform, ctx) as view:
        require_builder(view.ctx, "entity")
    stored = files.store(platform.outside.files, io.BytesIO(content), name, most_bytes=platform.settings.max_file_mb * MB)
    try:
        with open_stored(platform, stored.key, name) as file:
            file.sample(1)
    except Invalid:
        platform.outside.files.delete(stored.key)
        raise
    with open_write(platform, ctx) as view:
        id = view.uow.new_id()
        view.uow.connection.execute(insert(orders.imports).values(
            id=id, entity=new_item_id(), file_name=name[:300], file_key=stored.key, mode="create", match_on=[], mapping=None, on_error="skip",
            dry_run=True, created_by=ctx.user_id, created_at=view.uow.now, job=None,
        ))  # fmt: skip
        return id


def guess(view: View, id: str, typed: Mapping[str, str] | None = None) -> SheetGuess:
    """Return the entity that a file would become, as it was guessed or as somebody changed it. Raises NotFound, Forbidden, Conflict."""
    row, columns = _look(view, id)
    fields = guess_fields(columns)
    title = guess_title(fields, columns)
    chosen, kept = _chosen(fields, typed), _kept(fields, typed)
    label = (typed or {}).get("label") or _called(row["file_name"])
    shown = tuple(
        SheetColumn(at, c.name, f.label, f.name, f.type, at in kept, f.name == ((typed or {}).get("title") or title) or (typed or {}).get("title") == str(at),
            tuple(c.examples[:SAMPLES]), len(c.options), c.misfits)
        for at, (c, f) in enumerate(zip(columns, chosen, strict=True))
    )  # fmt: skip
    types = tuple(Choice(t, FIELD_TYPES[t].type_label.show(view.language)) for t in TYPES)
    name = (typed or {}).get("name") or propose_name(label, _taken(view))
    return SheetGuess(id, row["file_name"], label, name, shown, types)


def make(view: View, id: str, typed: Mapping[str, str]) -> str:
    """Make the entity in the draft, keep the mapping of the rows, and return the address of its designer. Raises Invalid, Conflict."""
    row, columns = _look(view, id)
    fields = guess_fields(columns)
    kept = _kept(fields, typed)
    chosen = _chosen(fields, typed)
    taken = [f for at, f in enumerate(chosen) if at in kept]
    label = typed.get("label", "").strip()
    name = typed.get("name", "").strip() or propose_name(label, _taken(view))
    problems = _problems(view, label, name, taken)
    if problems:
        raise Invalid(problems)
    title = next((f.name for at, f in enumerate(chosen) if str(at) == typed.get("title") and at in kept), None)
    document = {**make_entity(label, name, taken, title), "id": row["entity"]}
    draft.put(view.uow.connection, view.ctx, view.model, "entity", name, document, now=view.uow.now)
    orders.change(view.uow.connection, id, mapping={f.name: f.column for f in taken})
    return f"/design/entity/{name}"


def waiting(view: View, entity_id: str) -> tuple[Choice, ...]:
    """Return the files of this person whose rows wait for an entity: the address of each, and its name."""
    table = orders.imports
    statement = select(table.c.id, table.c.file_name).where(
        table.c.entity == entity_id, table.c.created_by == view.ctx.user_id, table.c.job.is_(None), table.c.mapping.is_not(None), table.c.dry_run.is_(True),
    ).order_by(table.c.created_at.desc()).limit(5)  # fmt: skip
    return tuple(Choice(f"/imports/{row.id}", row.file_name) for row in view.uow.connection.execute(statement))


def _look(view: View, id: str) -> tuple[dict[str, Any], list[Column]]:
    """Return what is known of a file that has no entity yet, and its columns."""
    require_builder(view.ctx, "entity")
    row = orders.get(view.uow.connection, id_of(id), view.ctx.user_id or "-")
    if row["entity"] in view.model.documents or row["entity"] in draft.load_edits(view.uow.connection):
        message = say("This file became an entity already.", "该文件已生成对象。")
        raise Conflict(Problem("", "conflict", message, say("Upload it again to make another one.", "如需再次生成，请重新上传。")))
    with open_stored(view.platform, row["file_key"], row["file_name"]) as file:
        return row, guess_columns(file.header, file.sample(orders.SAMPLE))


def _chosen(fields: Sequence[FieldGuess], typed: Mapping[str, str] | None) -> list[FieldGuess]:
    """Return the fields as somebody changed them; a name follows its label unless it was changed too."""
    if typed is None:
        return list(fields)
    found: list[FieldGuess] = []
    names = {typed.get(f"name.{at}", "") for at in range(len(fields))}
    for at, field in enumerate(fields):
        label = typed.get(f"label.{at}", "").strip() or field.label
        name = typed.get(f"name.{at}", "").strip() or field.name
        if name == field.name and label != field.label:
            name = propose_name(label, names - {name} | {f.name for f in found})
        kind = typed.get(f"type.{at}", field.type)
        found.append(replace(field, label=label, name=name, type=kind if kind in TYPES else field.type))
    return found


def _kept(fields: Sequence[FieldGuess], typed: Mapping[str, str] | None) -> frozenset[int]:
    return frozenset(at for at in range(len(fields)) if typed is None or f"keep.{at}" in typed)


def _problems(view: View, label: str, name: str, fields: Sequence[FieldGuess]) -> list[Problem]:
    problems: list[Problem] = []
    if not label:
        problems.append(Problem("/label", "required", say("Give it a name.", "请填写名称。"), say("Such as Partners.", "例如“合作伙伴”。")))
    if not fields:
        problems.append(Problem("/fields", "required", say("Keep at least one column.", "请至少保留一列。"), None))
    problems += check_name(name, "/name")
    if name in _taken(view):
        problems.append(Problem("/name", "not_unique", say("There is an entity {name} already.", "已有名为 {name} 的对象。", name=name), say("Choose another API name.", "请换一个 API 名称。")))
    seen: set[str] = set()
    for field in fields:
        problems += check_name(field.name, f"/fields/{field.name}", is_field=True)
        if field.name in seen:
            message = say("Two fields are called {name}.", "有两个字段名为 {name}。", name=field.name)
            problems.append(Problem(f"/fields/{field.name}", "not_unique", message, say("Rename one of them.", "请修改其中一个。")))
        seen.add(field.name)
    return problems


def _called(file_name: str) -> str:
    """Return what the rows of a file are called, out of its name."""
    words = PurePath(file_name).stem.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:120]


def _taken(view: View) -> set[str]:
    shape = draft.draft_outline(view.uow.connection, view.model)
    return {e.name for e in shape.entities.values()}

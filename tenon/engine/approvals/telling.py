"""Telling people that something waits for them: in the product, and by mail where mail is set up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tenon.engine.jobs.queue import NewJob, put_all
from tenon.engine.notices.telling import contexts_of, notice, tell, titles
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.labels import Text, say

MAIL = "task_mail"
"""The kind of job that mails somebody what waits for them."""
ASKED = say("Waiting for you", "待您处理")
COPIED = say("For your information", "抄送给您")
REMINDED = say("Still waiting for you", "催办：仍待您处理")


def tell_asked(uow: UnitOfWork, tasks: Mapping[str, Any], seats: Sequence[Any], words: Text = ASKED) -> None:
    """Tell those whose turn it is."""
    tell_people(uow, tasks, [(seat.task, seat.person) for seat in seats], words)
    if uow.outside.mail.is_set_up and seats:
        day = uow.now.isoformat() if words is REMINDED else ""
        put_all(uow.connection, [NewJob(MAIL, {"task": s.task, "person": s.person}, unique_key=f"{MAIL}:{s.task}:{s.person}:{day}") for s in seats])


def tell_people(uow: UnitOfWork, tasks: Mapping[str, Any], told: Sequence[tuple[str, str]], words: Text) -> None:
    """Write a notice to people about tasks (rows by id; ``told``: task and person), each in their language, about records that they may read."""
    by_person: dict[str, list[Any]] = {}
    for task_id, person in told:
        by_person.setdefault(person, []).append(tasks[task_id])
    rows = []
    for person, ctx in contexts_of(uow, list(by_person)).items():
        for entity_key in {t.entity for t in by_person[person]}:
            entity = uow.model.find_entity(entity_key)
            if entity is None:
                continue
            theirs = [t for t in by_person[person] if t.entity == entity_key]
            known = titles(uow, ctx, entity, {t.record for t in theirs})
            for task in (t for t in theirs if t.record in known):
                title = Text.of(task.title).show(ctx.language)
                rows.append(notice(person, f"{title} · {known[task.record]}", (entity, task.record), words.show(ctx.language)))
    tell(uow, rows, "workflow")

"""Telling those who listen that there is something new for them: one look a second for all of a process, none while nobody listens."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from tenon.engine.notices.unread import Mark, marks
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Problem, TenonError, TooMany
from tenon.metamodel.labels import say

log = logging.getLogger("tenon.bell")
LOOK_SECONDS = 1.0
MOST_EACH = 30
OpenRead = Callable[[], AbstractContextManager[UnitOfWork]]


@dataclass(eq=False)
class Listener:
    """One open stream of somebody."""

    person: str
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    is_new: bool = True
    """What came between the first count and the first look would be missed: once they count again whatever it says."""

    async def wait(self, seconds: float) -> bool:
        """Wait until something is new, at most so long; return whether it is."""
        try:
            await asyncio.wait_for(self.heard.wait(), seconds)
        except TimeoutError:
            return False
        self.heard.clear()
        return True


class Bell:
    """Who listens in a process; they take no thread while nothing happens."""

    def __init__(self, open_read: OpenRead) -> None:
        self._open_read = open_read
        self._rooms: dict[asyncio.AbstractEventLoop, set[Listener]] = {}
        self.is_closed = False

    @asynccontextmanager
    async def listen(self, person: str) -> AsyncIterator[Listener]:
        """Hear of what is new for somebody. Raises TooMany when they have too many streams open."""
        loop = asyncio.get_running_loop()
        room = self._rooms.setdefault(loop, set())
        if Counter(each.person for each in room)[person] >= MOST_EACH:
            message = say("You have too many pages open that listen.", "您打开的实时页面过多。")
            raise TooMany(Problem("", "over_limit", message, say("Close some of them.", "请关闭部分页面。")))
        listener = Listener(person)
        room.add(listener)
        if len(room) == 1:
            watching = loop.create_task(self._watch(room))
            watching.add_done_callback(lambda _: None)
        try:
            yield listener
        finally:
            room.discard(listener)
            if not room:
                self._rooms.pop(loop, None)

    def close(self) -> None:
        """Let every stream end, from whatever thread: the server goes down."""
        self.is_closed = True
        for loop, room in list(self._rooms.items()):
            for listener in list(room):
                loop.call_soon_threadsafe(listener.heard.set)

    async def _watch(self, room: set[Listener]) -> None:
        """Look for all who listen on a loop, until nobody does."""
        known: dict[str, Mark] = {}
        while room and not self.is_closed:
            people = {each.person for each in room}
            try:
                now = await run_in_threadpool(self._look, people)
            except TenonError as error:
                log.warning("notices could not be looked for: %s", error)
                now = known
            for listener in list(room):
                if listener.is_new or now.get(listener.person, (0, None)) != known.get(listener.person):
                    listener.is_new = False
                    listener.heard.set()
            known = {person: now.get(person, (0, None)) for person in people}
            await asyncio.sleep(LOOK_SECONDS)

    def _look(self, people: Collection[str]) -> dict[str, Mark]:
        with self._open_read() as uow:
            return marks(uow, people)

"""The outbox: at least once under one id, in order, patient, and by hand when patience ended."""

from __future__ import annotations

import email
import email.policy
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tenon.engine import outbox
from tenon.engine.outbox import NewDelivery
from tenon.engine.outside import FixedClock, fake_outside
from tenon.metamodel.errors import Conflict
from tenon.platform.boot import make_worker, start
from tenon.platform.database import Database
from tenon.platform.mail import open_mail
from tenon.platform.settings import Settings
from tenon.platform.workspace import Platform
from tests.filling import MOMENT

ON_SQLITE = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


class Post:
    """A mail server's ear: keeps what comes, refuses some, and fails as often as it is told."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.busy = 0

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address.startswith("gone"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.busy:
            self.busy -= 1
            return "451 try again"
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    @property
    def heard(self) -> list[str]:
        """Subjects in the order they came."""
        return [message["Subject"] for message in self.messages]


@contextmanager
def serving(post: Post, port: int) -> Iterator[None]:
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def platform(database: Database, tmp_path: Path, port: int) -> Platform:
    outside = replace(fake_outside(MOMENT), mail=open_mail(f"smtp://127.0.0.1:{port}", "crm@x.test"))
    return start(Settings.load({"TENON_HOME": str(tmp_path)}), database, outside)


def put(platform: Platform, *subjects: str, to: str = "li@x.test", order_key: str | None = None) -> list[str]:
    new = [
        NewDelivery("message", "email", f"{to}: {s}", {"to": to, "subject": s, "text": "secret text"}, order_key=order_key, cause={"kind": "rule"}) for s in subjects
    ]  # fmt: skip
    with platform.write() as uow:
        return outbox.put_all(uow.connection, new)


def work(platform: Platform) -> None:
    make_worker(platform).run_until_idle()


def rows(platform: Platform) -> list[dict[str, Any]]:
    """Every delivery, oldest first."""
    with platform.read() as uow:
        return outbox.list_page(uow.connection)[::-1]


def states(platform: Platform) -> list[tuple[str, int]]:
    return [(row["state"], row["attempts"]) for row in rows(platform)]


def pass_real(platform: Platform, **by: float) -> None:
    clock = platform.outside.clock
    assert isinstance(clock, FixedClock)
    clock.ahead += timedelta(**by)


def test_a_server_that_is_down_and_comes_back_gets_everything_once(platform: Platform, port: int) -> None:
    ids = put(platform, "1", "2", "3", "4", "5")
    work(platform)
    # Three tries are enough to know that it is away; the others rest with their attempts whole.
    assert states(platform) == [("failed", 1)] * 3 + [("waiting", 0)] * 2
    shown = outbox.delivery_json(rows(platform)[0], "zh")
    assert shown["problem"]["message"].startswith("邮件服务器暂时无法使用")
    assert shown["next_attempt"]
    post = Post()
    with serving(post, port):
        pass_real(platform, minutes=1)
        work(platform)
    assert sorted(post.heard) == ["1", "2", "3", "4", "5"]
    assert {message["Message-ID"] for message in post.messages} == {f"<{id}@x.test>" for id in ids}
    assert {row["state"] for row in rows(platform)} == {"sent"}
    assert "secret text" not in str(rows(platform))
    work(platform)
    assert len(post.heard) == 5


def test_those_of_one_order_wait_for_each_other_and_others_do_not(platform: Platform, port: int) -> None:
    post = Post()
    post.busy = 1
    with serving(post, port):
        put(platform, "a1", "a2", "a3", order_key="a")
        put(platform, "b1", order_key="b")
        work(platform)
        assert post.heard == ["b1"]
        pass_real(platform, minutes=1)
        work(platform)
    assert post.heard == ["b1", "a1", "a2", "a3"]


def test_what_is_refused_for_good_is_a_dead_letter_and_holds_up_nothing(platform: Platform, port: int) -> None:
    post = Post()
    with serving(post, port):
        dead = put(platform, "lost", to="gone@x.test", order_key="a")[0]
        put(platform, "next", order_key="a")
        work(platform)
        assert post.heard == ["next"]
        assert [row["state"] for row in rows(platform)] == ["dead", "sent"]
        with platform.write() as uow:
            assert outbox.replay(uow.connection, dead)["state"] == "waiting"
            with pytest.raises(Conflict):
                outbox.replay(uow.connection, rows(platform)[1]["id"])
        work(platform)
        assert states(platform)[0] == ("dead", 1)
        with platform.write() as uow:
            assert (outbox.replay_all(uow.connection, channel="wecom"), outbox.replay_all(uow.connection)) == (0, 1)


@ON_SQLITE
def test_patience_lasts_for_days_and_then_ends(platform: Platform, port: int) -> None:
    put(platform, "1")
    waited = timedelta()
    for _ in range(10):
        work(platform)
        row = rows(platform)[0]
        assert row["state"] == "failed"
        pause = row["next_at"] - platform.outside.clock.real_now() + timedelta(seconds=1)
        waited += pause
        pass_real(platform, seconds=pause.total_seconds())
    work(platform)
    assert states(platform) == [("dead", 11)]
    assert timedelta(days=3) < waited < timedelta(days=6)


def test_a_worker_killed_between_sending_and_noting_sends_the_same_id_again(platform: Platform, port: int) -> None:
    post = Post()
    [id] = put(platform, "1")

    class Killed(BaseException):
        """What ends the thread at once."""

    class DyingMail:
        is_set_up = True

        def send(self, mail: Any) -> None:
            platform.outside.mail.send(mail)
            raise Killed

    with serving(post, port):
        worker = make_worker(replace_outside(platform, DyingMail()))
        with pytest.raises(Killed):
            worker.run_until_idle()
        assert states(platform) == [("waiting", 1)]
        work(platform)
        assert post.heard == ["1"]
        pass_real(platform, minutes=4)
        work(platform)
    assert [message["Message-ID"] for message in post.messages] == [f"<{id}@x.test>"] * 2
    assert states(platform) == [("sent", 2)]


@ON_SQLITE
def test_a_process_killed_while_the_server_answers_sends_under_the_same_id(platform: Platform, database: Database, tmp_path: Path, port: int) -> None:
    """The server has taken the message, and whoever sent it is gone before the answer comes."""
    [id] = put(platform, "1")

    class Deadly(Post):
        child: subprocess.Popen[bytes] | None = None

        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            answer = await super().handle_DATA(server, session, envelope)
            if self.child is not None:
                self.child.send_signal(signal.SIGKILL)
            return answer

    post = Deadly()
    command = [sys.executable, "-m", "tests.engine.outbox.worker_process", database.url.render_as_string(hide_password=False), str(tmp_path), str(port)]
    with serving(post, port):
        post.child = subprocess.Popen(command, cwd=Path(__file__).resolve().parents[3])
        assert post.child.wait(60) == -signal.SIGKILL
        post.child = None
        assert (post.heard, states(platform)) == (["1"], [("waiting", 1)])
        pass_real(platform, minutes=4)
        work(platform)
    assert [message["Message-ID"] for message in post.messages] == [f"<{id}@x.test>"] * 2
    assert states(platform) == [("sent", 2)]


def replace_outside(platform: Platform, mail: Any) -> Platform:
    """Return the same workspace as a process of its own would see it, with another way to send mail."""
    other = replace(platform, outside=replace(platform.outside, mail=mail))
    other.kinds = platform.kinds
    return other


@ON_SQLITE
def test_what_is_taken_back_is_never_sent(platform: Platform, port: int) -> None:
    with pytest.raises(RuntimeError), platform.write() as uow:
        outbox.put(uow.connection, NewDelivery("message", "email", "t", {"to": "li@x.test", "subject": "s", "text": "t"}))
        raise RuntimeError
    work(platform)
    assert rows(platform) == []

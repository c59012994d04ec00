from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tenon.engine.outside import Mail
from tenon.metamodel.errors import Invalid, Unavailable
from tenon.platform.mail import NoMail, SmtpMail, compose, open_mail


class Inbox:
    """A mail server's ear: keeps what comes, refuses some recipients."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address.startswith("gone"):
            return "550 no such user"
        if address.startswith("busy"):
            return "451 try again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, Controller]]:
    ear = Inbox()

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=isinstance(data, LoginPassword) and data.password == b"p/w")

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(ear, hostname="127.0.0.1", port=port, authenticator=check, auth_require_tls=False)
    controller.start()
    yield ear, controller
    controller.stop()


def port_of(controller: Controller) -> int:
    assert controller.server is not None
    return int(controller.server.sockets[0].getsockname()[1])


def test_a_message_arrives_as_it_was_written(inbox: tuple[Inbox, Controller]) -> None:
    ear, controller = inbox
    sender = open_mail(f"smtp://127.0.0.1:{port_of(controller)}", "Tenon 平台 <crm@x.test>")
    assert sender.is_set_up
    sender.send(Mail("id-1", "li@x.test", "您好 🎉", "第一行\n.\nlast", html="<p>您好</p>"))
    message = ear.messages[0]
    assert (message["To"], message["Subject"], message["From"]) == ("li@x.test", "您好 🎉", "Tenon 平台 <crm@x.test>")
    assert message["Message-ID"] == "<id-1@x.test>"
    assert message.get_body(("plain",)).get_content().splitlines() == ["第一行", ".", "last"]
    assert "<p>您好</p>" in message.get_body(("html",)).get_content()


def test_lasting_refusals_end_and_passing_ones_are_tried_again(inbox: tuple[Inbox, Controller]) -> None:
    _, controller = inbox
    sender = open_mail(f"smtp://127.0.0.1:{port_of(controller)}", "crm@x.test")
    with pytest.raises(Invalid):
        sender.send(Mail("1", "gone@x.test", "s", "t"))
    with pytest.raises(Unavailable):
        sender.send(Mail("1", "busy@x.test", "s", "t"))
    with pytest.raises(Unavailable):
        open_mail("smtp://127.0.0.1:9", "crm@x.test").send(Mail("1", "li@x.test", "s", "t"))


def test_no_password_goes_over_an_open_line(inbox: tuple[Inbox, Controller]) -> None:
    ear, controller = inbox
    for scheme in ("smtp", "smtp+starttls"):
        with pytest.raises(Unavailable):
            open_mail(f"{scheme}://crm:p%2Fw@127.0.0.1:{port_of(controller)}", None).send(Mail("1", "li@x.test", "s", "t"))
    assert ear.messages == []


@pytest.mark.parametrize(
    ("to", "subject"),
    [("a@x.test\r\nBcc: b@x.test", "s"), ("a@x.test\x00", "s"), ("<a@x.test>\nX: y", "s"), ("a@x.test", "s\rX: y"),
     ("a@x.test\nBcc: b@x.test", "s"), ("a@x.test, b@x.test", "s"), ("", "s"), ("nobody", "s"), ("a@x.test", "s\r\nBcc: b@x.test")],
)
def test_headers_cannot_be_added(to: str, subject: str) -> None:
    with pytest.raises(Invalid):
        compose(Mail("1", to, subject, "t"), "crm@x.test")


@pytest.mark.parametrize("more", [{"sender_name": "A\r\nBcc: b@x.test"}, {"reply_to": "a@x.test\nBcc: b@x.test"}, {"unsubscribe": "https://x.test/\r\nBcc: b@x.test"}])
def test_nor_by_what_else_stands_in_a_header(more: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        compose(Mail("1", "a@x.test", "s", "t", **more), "crm@x.test")


def test_without_a_server_mail_says_what_to_set() -> None:
    sender = open_mail(None, None)
    assert isinstance(sender, NoMail)
    assert not sender.is_set_up
    with pytest.raises(Invalid) as caught:
        sender.send(Mail("1", "a@x.test", "s", "t"))
    assert "TENON_SMTP_URL" in caught.value.problems[0].hint.show("en")  # type: ignore[union-attr]


def test_the_sender_is_taken_from_the_address_and_secrets_are_not_shown() -> None:
    sender = open_mail("smtps://crm%40x.test:secret@mail.x.test", None)
    assert isinstance(sender, SmtpMail)
    assert sender.sender == "crm@x.test"
    assert "secret" not in repr(sender)

"""Mail: sends through SMTP, or says that it is not set up."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parseaddr
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from tenon.engine.outside import Mail, MailSender
from tenon.metamodel.errors import Invalid, Problem, TenonError, Unavailable
from tenon.metamodel.labels import say

SECONDS = 20.0
PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


class _OneLine(UnstructuredHeader, BaseHeader):
    """A header that stays on one line: an address in it would be encoded where it is broken, and nobody could call it."""

    def fold(self, *, policy: Any) -> str:
        """Return the header as it is."""
        return f"{self.name}: {self}{policy.linesep}"


def _policy() -> EmailPolicy[EmailMessage]:
    headers = HeaderRegistry()
    headers.map_to_type("list-unsubscribe", _OneLine)
    return EmailPolicy(header_factory=headers)


POLICY = _policy()


@dataclass(frozen=True)
class NoMail:
    """Mail that is not set up."""

    @property
    def is_set_up(self) -> bool:
        """Always False."""
        return False

    def send(self, mail: Mail) -> None:
        """Raise Invalid with what to set."""
        message = say("Mail is not set up.", "尚未设置邮件发送。")
        raise Invalid(Problem("", "refused", message, say("Set TENON_SMTP_URL and start again.", "请设置 TENON_SMTP_URL 后重新启动。")))


@dataclass(frozen=True)
class SmtpMail:
    """Sends through the server of an address such as ``smtp+starttls://user:password@host:587``.

    ``smtps`` speaks TLS from the start, ``smtp+starttls`` insists on it, ``smtp`` uses it when the server offers it and
    never sends a password without it.
    """

    url: str = field(repr=False)
    sender: str

    @property
    def is_set_up(self) -> bool:
        """Always True."""
        return True

    def send(self, mail: Mail) -> None:
        """Send one message; Invalid when it can never be sent, Unavailable when another attempt may help."""
        message = compose(mail, self.sender)
        parts = urlsplit(self.url)
        try:
            with _connect(parts) as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            if all(code >= 500 for code, _ in error.recipients.values()):
                raise _never(say("The mail server refuses this address.", "邮件服务器拒绝该收件地址。")) from error
            raise _later(error) from error
        except smtplib.SMTPResponseException as error:
            if error.smtp_code >= 500 and not isinstance(error, smtplib.SMTPAuthenticationError):
                raise _never(say("The mail server refuses this message.", "邮件服务器拒绝该邮件。")) from error
            raise _later(error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise _later(error) from error


def open_mail(url: str | None, sender: str | None) -> MailSender:
    """Return the sender of the settings: SMTP when an address is set, else one that says it is not set up."""
    if not url:
        return NoMail()
    parts = urlsplit(url)
    user = unquote(parts.username or "")
    return SmtpMail(url, sender or (user if "@" in user else f"tenon@{parts.hostname}"))


def compose(mail: Mail, sender: str) -> EmailMessage:
    """Return the message as it is sent; Invalid when an address or the subject cannot stand in a header."""
    message = EmailMessage(POLICY)
    try:
        name, address = parseaddr(sender)
        name = mail.sender_name or name
        message["From"] = Address(name, addr_spec=address) if name else address
        message["To"] = Address(addr_spec=mail.to)
        if mail.reply_to:
            message["Reply-To"] = Address(addr_spec=mail.reply_to)
        message["Subject"] = mail.subject
        message["Message-ID"] = f"<{mail.id}@{address.rpartition('@')[2] or 'tenon'}>"
        message["Auto-Submitted"] = "auto-generated"
        if mail.unsubscribe:  # RFC 8058: programs of mail show a button that posts there
            message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    except (ValueError, IndexError, MessageError) as error:
        raise _never(say("The address or the subject cannot be used.", "收件地址或主题无法使用。")) from error
    message.set_content(mail.text)
    if mail.html is not None:
        message.add_alternative(mail.html, subtype="html")
    return message


def _connect(parts: SplitResult) -> smtplib.SMTP:
    host, port = parts.hostname or "localhost", parts.port or PORTS[parts.scheme]
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=SECONDS)
    try:
        is_safe = parts.scheme == "smtps"
        server.ehlo()
        if parts.scheme == "smtp+starttls" or (parts.scheme == "smtp" and server.has_extn("starttls")):
            server.starttls(context=context)
            server.ehlo()
            is_safe = True
        if parts.username:
            if not is_safe:
                raise smtplib.SMTPNotSupportedError("a password is only sent over TLS")
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except (OSError, smtplib.SMTPException):
        server.close()
        raise
    return server


def _never(message: Any) -> TenonError:
    return Invalid(Problem("/to", "refused", message, say("Check the address and the subject.", "请检查地址和主题。")))


def _later(error: Exception) -> TenonError:
    message = say("The mail server could not be used ({error}).", "邮件服务器暂时无法使用（{error}）。", error=type(error).__name__)
    hint = say("It is tried again; check TENON_SMTP_URL.", "将自动重试；请检查 TENON_SMTP_URL。")
    return Unavailable(Problem("", "blocked", message, hint))

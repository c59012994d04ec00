"""What an operator sets: ``TENON_*`` in the environment or in a ``.env`` file, read once into one frozen value."""

from __future__ import annotations

import ipaddress
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values

from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import LANGUAGES, Text, say

HOST, PORT = "127.0.0.1", 8000
PREFIX = "TENON_"
KEPT = "tenon.env"
SYNCHRONOUS = ("NORMAL", "FULL", "EXTRA")
# Read by the tests only.
FOREIGN = frozenset({"TENON_TEST_DATABASE_URL", "TENON_TEST_DEMAND"})


def default_home(environ: Mapping[str, str]) -> Path:
    """Return the user's folder for data of programs, with ``tenon`` in it."""
    if sys.platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "tenon"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "tenon"
    return Path(environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "tenon"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator may set, read and checked. ``TENON_<NAME IN CAPITALS>`` sets each.

    ``home`` holds the database, the secret and files. ``base_url`` is where the server listens unless it is set. ``now`` fixes the
    business clock (``now_file`` is read anew each time). ``trusted_proxies`` are the networks whose X-Forwarded-* headers are believed.
    """

    home: Path
    database_url: str = field(repr=False)
    secret: str = field(repr=False)
    base_url: str = f"http://{HOST}:{PORT}"
    host: str = HOST
    port: int = PORT
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str | None = None
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    language: str = "en"
    now: datetime | None = None
    now_file: Path | None = None
    trusted_proxies: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    max_body_mb: int = 50
    max_file_mb: int = 100
    workers: int = 1
    sqlite_synchronous: str = "NORMAL"
    keep_workflows_days: int = 400
    allow_private_addresses: bool = False
    debug: bool = False

    @classmethod
    def load(
        cls, environ: Mapping[str, str] | None = None, *, env_file: Path | None = Path(".env"), over: Mapping[str, str] | None = None
    ) -> Settings:
        """Read the settings; the environment wins over the file, ``over`` (options of a command) over both.

        Invalid names every value that is wrong and what to write.
        """
        given: dict[str, str] = {}
        if environ is None:
            environ = os.environ
            if env_file is not None and env_file.is_file():
                given.update({key: value for key, value in dotenv_values(env_file, interpolate=False).items() if value is not None})
        given.update({**environ, **(over or {})})
        # Kubernetes puts TENON_PORT=tcp://… into the environment beside a service named tenon: that is none of ours.
        values, problems = _read({key: value.strip() for key, value in given.items() if value.strip() and not value.startswith("tcp://")})
        if problems:
            raise Invalid(problems)
        home = values.setdefault("home", default_home(environ))
        for name, value in _kept(home).items():
            values.setdefault(name, value)
        values.setdefault("base_url", address(values.get("host", HOST), values.get("port", PORT)))
        values.setdefault("database_url", f"sqlite:///{home / 'tenon.db'}")
        values["secret"] = values.get("secret") or _keep_secret(home)
        return cls(**values)

    @property
    def files(self) -> Path:
        """The folder of uploaded files."""
        return self.home / "files"


def address(host: str, port: int) -> str:
    """Return the address at which a server on a host and port is reached from this machine."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"


def keep_setting(home: Path, name: str, value: str) -> None:
    """Keep a setting in the workspace's home; the environment and a .env file win over it."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = {key: text for key, text in _kept_texts(home).items() if key != name}
    (home / KEPT).write_text("".join(f"{key}={text}\n" for key, text in {**kept, name: value}.items()), "utf-8")


def _kept_texts(home: Path) -> dict[str, str]:
    path = home / KEPT
    return {key: value for key, value in dotenv_values(path, interpolate=False).items() if value} if path.is_file() else {}


def _kept(home: Path) -> dict[str, Any]:
    values, problems = _read({key: text for key, text in _kept_texts(home).items() if key not in ("TENON_HOME", "TENON_SECRET")})
    if problems:
        raise Invalid(problems)
    return values


def _read(given: dict[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for key in sorted(NAMES & given.keys()):
        text = given[key]
        read, hint = READERS.get(key, (str, say("Write a text.", "请填写文本。")))
        try:
            value = read(text)
        except (ValueError, OSError, OverflowError):
            # The value is not repeated: it may be a secret.
            message = say("The setting {key} cannot be read.", "无法识别设置 {key}。", key=key)
            problems.append(Problem("/" + key, "bad_format", message, hint))
            continue
        name = key.removeprefix(PREFIX).lower()
        values["now_file" if isinstance(value, Path) and name == "now" else name] = value
    return values, problems


def unknown_names(environ: Mapping[str, str]) -> list[str]:
    """Return the ``TENON_*`` names that set nothing, most likely misspelt; a start does not fail on them."""
    return sorted(key for key in environ if key.startswith(PREFIX) and key not in NAMES | FOREIGN)


def _keep_secret(home: Path) -> str:
    """Return the secret kept in the home, made on the first start; only its owner can read the file."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = home / "secret"
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        kept = path.read_text("utf-8").strip()
        if len(kept) >= 32:
            return kept
        message = say("The secret file {path} is damaged.", "密钥文件 {path} 已损坏。", path=path)
        hint = say(
            "Restore it from a backup, or delete it: everybody must then sign in again.", "请从备份恢复；或删除它，所有人需重新登录。",
        )
        raise Invalid(Problem("/TENON_SECRET", "bad_format", message, hint)) from None
    made = secrets.token_urlsafe(48)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(made + "\n")
        file.flush()
        os.fsync(file.fileno())
    return made


def _url(*schemes: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in schemes or (not parts.hostname and parts.scheme != "sqlite"):
            raise ValueError
        return text.rstrip("/") if "http" in schemes else text

    return read


def _database_url(text: str) -> str:
    # A PostgreSQL address may leave the host out: the local socket.
    if text.split(":", 1)[0] not in ("sqlite", "postgresql", "postgres", "postgresql+psycopg") or "//" not in text:
        raise ValueError
    return text


def _number(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError
        return value

    return read


def _choice(*names: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        found = next((name for name in names if name.lower() == text.lower()), None)
        if found is None:
            raise ValueError
        return found

    return read


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except KeyError as error:  # ZoneInfoNotFoundError
        raise ValueError from error


def read_moment(text: str) -> datetime:
    """Read an ISO moment; one without a zone is UTC. ValueError when it is none."""
    value = datetime.fromisoformat(text)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _now(text: str) -> datetime | Path:
    if not text.startswith("@"):
        return read_moment(text)
    path = Path(text[1:]).expanduser()
    read_moment(path.read_text("utf-8").strip())
    return path


def _networks(text: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def _truth(text: str) -> bool:
    if text.lower() in ("1", "true", "yes", "on"):
        return True
    if text.lower() in ("0", "false", "no", "off"):
        return False
    raise ValueError


def _secret(text: str) -> str:
    if len(text) < 32:
        raise ValueError
    return text


NAMES = frozenset(PREFIX + item.name.upper() for item in fields(Settings)) - {"TENON_NOW_FILE"}
_SIZE = say("Write a number of megabytes from 1 to 10000.", "请填写 1 到 10000 之间的兆字节数。")
_TRUTH = say("Write true or false.", "请填写 true 或 false。")

READERS: dict[str, tuple[Callable[[str], Any], Text]] = {
    "TENON_HOME": (lambda text: Path(text).expanduser().absolute(), say("Write the path of a folder.", "请填写文件夹路径。")),
    "TENON_DATABASE_URL": (
        _database_url,
        say(
            "Write sqlite:////full/path/tenon.db or postgresql://user:password@host/name.",
            "请填写 sqlite:////完整路径/tenon.db 或 postgresql://用户:密码@主机/库名。",
        ),
    ),
    "TENON_SECRET": (_secret, say("Write at least 32 random characters, or leave it out.", "请填写至少 32 个随机字符，或不设置。")),
    "TENON_BASE_URL": (_url("http", "https"), say("Write https://tenon.example.com.", "请填写如 https://tenon.example.com 的地址。")),
    "TENON_PORT": (_number(1, 65535), say("Write a number from 1 to 65535.", "请填写 1 到 65535 之间的数字。")),
    "TENON_SMTP_URL": (
        _url("smtp", "smtps", "smtp+starttls"),
        say("Write smtp+starttls://user:password@host:587 or smtps://….", "请填写如 smtp+starttls://用户:密码@主机:587 的地址。"),
    ),
    "TENON_TIMEZONE": (_zone, say("Write a zone such as Asia/Shanghai or Europe/Berlin.", "请填写时区，如 Asia/Shanghai。")),
    "TENON_LANGUAGE": (_choice(*LANGUAGES), say("Write en or zh.", "请填写 en 或 zh。")),
    "TENON_NOW": (
        _now,
        say("Write a moment such as 2026-03-02T09:30:00+08:00, or @ and the path of a file that holds one.",
            "请填写如 2026-03-02T09:30:00+08:00 的时刻，或 @ 加上含有时刻的文件路径。"),
    ),
    "TENON_TRUSTED_PROXIES": (_networks, say("Write addresses or networks with commas between.", "请填写以逗号分隔的地址或网段。")),
    "TENON_MAX_BODY_MB": (_number(1, 10_000), _SIZE),
    "TENON_MAX_FILE_MB": (_number(1, 10_000), _SIZE),
    "TENON_WORKERS": (_number(0, 64), say("Write a number from 0 to 64.", "请填写 0 到 64 之间的数字。")),
    "TENON_KEEP_WORKFLOWS_DAYS": (_number(30, 36_500), say("Write a number of days from 30 to 36500.", "请填写 30 到 36500 之间的天数。")),
    "TENON_SQLITE_SYNCHRONOUS": (_choice(*SYNCHRONOUS), say("Write NORMAL, FULL or EXTRA.", "请填写 NORMAL、FULL 或 EXTRA。")),
    "TENON_ALLOW_PRIVATE_ADDRESSES": (_truth, _TRUTH),
    "TENON_DEBUG": (_truth, _TRUTH),
}

"""What a workspace calls itself: its name, the language of new people, its logo; remembered for at most a second."""

from __future__ import annotations

import threading
import time
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, ForeignKey, Integer, Table, select

from tenon.engine import files as stored_files
from tenon.engine.columns import CodeText, Moment
from tenon.engine.context import Context
from tenon.engine.sql.inserting import insert_into
from tenon.engine.store import metadata
from tenon.metamodel.errors import Invalid, Problem, Unavailable
from tenon.metamodel.labels import LANGUAGES, say
from tenon.platform import audit
from tenon.platform.clock import real_now
from tenon.platform.database import Database
from tenon.platform.rights import check_names, require_admin

workspace = Table(
    "tenon_workspace",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1: there is one row, or none as long as nothing was chosen
    Column("name", CodeText),
    Column("language", CodeText),
    Column("logo", CodeText, ForeignKey("tenon_file.id")),
    Column("updated_at", Moment, nullable=False),
)
THE_ONE = 1
FIELDS = ("name", "language", "logo")
NAME = "Tenon"
LONGEST_NAME = 60
ID_LENGTH = 36
LOGO_TYPES = ("image/png", "image/jpeg", "image/webp")
LOGO_BYTES = 512 * 1024
SECONDS = 1.0


@dataclass(frozen=True)
class Profile:
    """What was chosen; ``language`` and ``logo`` (the id of a file) are None when nothing was."""

    name: str = NAME
    language: str | None = None
    logo: str | None = None


class HeldProfile:
    """The profile as pages need it on every request: read at most once a second, or at once in this process after `forget`."""

    def __init__(self, database: Database, seconds: float = SECONDS) -> None:
        self._database = database
        self._seconds = seconds
        self._at = 0.0
        self._profile: Profile | None = None
        self._guard = threading.Lock()

    def read(self) -> Profile:
        """Return the profile; while the database does not answer, the one known last."""
        with self._guard:
            known, at = self._profile, self._at
        if known is not None and time.monotonic() - at < self._seconds:
            return known
        began = time.monotonic()
        try:
            with self._database.read() as connection:
                found = find(connection)
        except Unavailable:
            return known or Profile()
        with self._guard:
            self._profile, self._at = found, began
        return found

    def forget(self) -> None:
        """Read anew the next time; called after the profile changed in this process."""
        with self._guard:
            self._at = 0.0


def find(connection: Connection) -> Profile:
    """Return the profile as it is stored."""
    row = connection.execute(select(workspace).where(workspace.c.id == THE_ONE)).mappings().first()
    return Profile() if row is None else Profile(row["name"] or NAME, row["language"], row["logo"])


def logo_url(file_id: str) -> str:
    """Return the address at which anybody reads the logo."""
    return f"/logo/{file_id}"


def change(connection: Connection, ctx: Context, values: Mapping[str, Any]) -> Profile:
    """Change ``name``, ``language`` or ``logo`` (the id of an uploaded picture) and return the profile; None takes the choice back.

    Forbidden unless by an administrator, Invalid with every wrong value.
    """
    require_admin(ctx)
    if "timezone" in values:
        message = say("The time zone cannot be changed while Tenon runs.", "运行期间不能修改时区。")
        raise Invalid(Problem("/timezone", "read_only", message, say("Set TENON_TIMEZONE and start again.", "请设置 TENON_TIMEZONE 后重新启动。")))
    check_names(values, FIELDS)
    problems = [problem for key, value in values.items() if value is not None for problem in _CHECKS[key](connection, ctx, value)]
    if problems:
        raise Invalid(problems)
    before = find(connection)
    chosen = {"name": None if before.name == NAME else before.name, "language": before.language, "logo": before.logo}
    given = {key: _kept(key, value) for key, value in values.items()}
    changed = {key: [chosen[key], value] for key, value in given.items() if chosen[key] != value}
    if not changed:
        return before
    row = {**chosen, **given, "updated_at": real_now()}
    insert = insert_into(workspace, connection.dialect.name)
    connection.execute(insert.values(id=THE_ONE, **row).on_conflict_do_update(index_elements=["id"], set_=row))
    stored_files.keep(connection, [given["logo"]] if given.get("logo") else [])
    audit.write(connection, ctx, "workspace.change", "workspace", None, changed)
    return find(connection)


def _clean(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip()


def _kept(key: str, value: Any) -> Any:
    """Return a checked value as it is stored: the name there is without any choice is none."""
    name = _clean(value) if key == "name" and value is not None else value
    return None if (key, name) == ("name", NAME) else name


def _check_name(_connection: Connection, _ctx: Context, value: Any) -> list[Problem]:
    hint = say("Write the name people know, such as the company's.", "请填写大家熟悉的名称，例如公司名。")
    if not isinstance(value, str):
        return [Problem("/name", "wrong_type", say("The name is a text.", "名称应为文本。"), hint)]
    name = _clean(value)
    if not name:
        return [Problem("/name", "required", say("A workspace needs a name.", "工作区需要名称。"), hint)]
    if len(name) > LONGEST_NAME:
        message = say("The name has at most {n} characters.", "名称最多 {n} 个字符。", n=LONGEST_NAME)
        return [Problem("/name", "too_long", message, say("Shorten it.", "请缩短名称。"))]
    if not name.isprintable():
        message = say("The name has characters that cannot be shown.", "名称包含无法显示的字符。")
        return [Problem("/name", "bad_format", message, say("Write letters, digits and signs only.", "请仅使用文字、数字和符号。"))]
    return []


def _check_language(_connection: Connection, _ctx: Context, value: Any) -> list[Problem]:
    if value in LANGUAGES:
        return []
    message = say("There is no such language.", "没有该语言。")
    hint = say("Choose from: {names}.", "可选：{names}。", names=", ".join(LANGUAGES))
    return [Problem("/language", "bad_choice" if isinstance(value, str) else "wrong_type", message, hint)]


def _check_logo(connection: Connection, ctx: Context, value: Any) -> list[Problem]:
    """A picture that this person uploaded, or the one that is the logo already."""
    if not isinstance(value, str):
        message = say("The logo is the id of a file.", "标志应为文件的标识。")
        return [Problem("/logo", "wrong_type", message, say("Upload it first.", "请先上传文件。"))]
    row = stored_files.find_all(connection, [value]).get(value) if len(value) == ID_LENGTH and value.isprintable() else None
    if row is None or (row["uploaded_by"] != ctx.user_id and find(connection).logo != value):
        return [Problem("/logo", "no_such_record", say("There is no such file.", "没有该文件。"), say("Upload it first.", "请先上传文件。"))]
    if row["type"] not in LOGO_TYPES:
        message = say("The logo is a PNG, JPEG or WebP picture.", "标志应为 PNG、JPEG 或 WebP 图片。")
        return [Problem("/logo", "bad_format", message, say("Choose another file.", "请选择其他文件。"))]
    if row["size"] > LOGO_BYTES:
        message = say("The logo has at most {n} KB.", "标志最大 {n} KB。", n=LOGO_BYTES // 1024)
        return [Problem("/logo", "over_limit", message, say("Choose a smaller picture.", "请选择较小的图片。"))]
    return []


_CHECKS = {"name": _check_name, "language": _check_language, "logo": _check_logo}

"""Uploaded files: bytes on disk under generated names, a row for each, and how they may be shown."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from sqlalchemy import Connection, delete, insert, select

from tenon.engine.context import Context
from tenon.engine.files import files, find_all, keep as keep
from tenon.engine.jobs import Transactions
from tenon.engine.outside import FileStore, new_record_id
from tenon.metamodel.errors import Invalid, Problem, TooLarge, not_found
from tenon.metamodel.labels import say
from tenon.platform.clock import real_now

KEY = re.compile(r"[0-9a-f]{32}")
CHUNK = 1 << 18
LONGEST_NAME = 200
UNUSED_FOR = timedelta(days=1)
# What may open inside the browser: pictures of pixels, which run nothing. Everything else is downloaded.
SHOWN_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF87a", "image/gif"), (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"), (b"PK\x03\x04", "application/zip"), (b"\x1f\x8b", "application/gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"), (b"II*\x00", "image/tiff"), (b"MM\x00*", "image/tiff"),
    (b"OggS", "audio/ogg"), (b"ID3", "audio/mpeg"), (b"BM", "image/bmp"),
)
OFFICE = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


class DiskFiles:
    """Files in a folder, spread over 256 folders below it; a file is there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, key: str, content: BinaryIO) -> int:
        """Store the bytes durably and return how many."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        size = 0
        try:
            with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                while chunk := content.read(CHUNK):
                    size += file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _keep_folder(path.parent)
        return size

    def open(self, key: str) -> BinaryIO:
        """Open the bytes for reading; NotFound when they are not there."""
        try:
            return self._path(key).open("rb")
        except FileNotFoundError as error:
            raise not_found() from error

    def delete(self, key: str) -> None:
        """Forget the bytes; absent ones are fine."""
        self._path(key).unlink(missing_ok=True)

    def keys(self) -> Iterator[str]:
        """Yield every stored key."""
        for path in self._folder.glob("??/*"):
            if KEY.fullmatch(path.name):
                yield path.name

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise not_found()
        return self._folder / key[:2] / key


@dataclass
class _Measured:
    """A stream that is measured, hashed and looked at while it is stored."""

    source: BinaryIO
    most_bytes: int
    size: int = 0
    head: bytes = b""

    def __post_init__(self) -> None:
        self.hash = hashlib.sha256()

    def read(self, count: int = CHUNK) -> bytes:
        """Return the next bytes; TooLarge beyond the limit."""
        chunk = self.source.read(count if count > 0 else CHUNK)
        self.size += len(chunk)
        if self.size > self.most_bytes:
            message = say("The file is larger than {most}.", "文件超过 {most}。", most=_size(self.most_bytes))
            raise TooLarge(Problem("/file", "over_limit", message, say("Send a smaller one.", "请上传较小的文件。")))
        self.hash.update(chunk)
        if len(self.head) < 512:
            self.head += chunk[:512]
        return chunk


@dataclass(frozen=True)
class Stored:
    """Bytes that are on disk and not yet known to the database."""

    key: str
    size: int
    sha256: str
    type: str


def store(store_in: FileStore, content: BinaryIO, name: str, *, most_bytes: int) -> Stored:
    """Write the bytes to disk, outside of any transaction; TooLarge beyond the limit, and then nothing stays."""
    measured, key = _Measured(content, most_bytes), secrets.token_hex(16)
    try:
        store_in.write(key, measured)  # type: ignore[arg-type]
    except TooLarge:
        store_in.delete(key)
        raise
    return Stored(key, measured.size, measured.hash.hexdigest(), sniff_type(measured.head, name))


def add(connection: Connection, ctx: Context, stored: Stored, name: str) -> dict[str, Any]:
    """Make the row of stored bytes and return it; until a record has the file it is ``new`` and only its uploader's."""
    row = {
        "id": new_record_id(), "key": stored.key, "name": clean_name(name), "size": stored.size, "type": stored.type,
        "sha256": stored.sha256, "uploaded_by": ctx.user_id, "at": real_now(), "state": "new",
    }
    connection.execute(insert(files).values(row))
    return row


def get(connection: Connection, file_id: str) -> dict[str, Any]:
    """Return the row of a file; raises NotFound. Whether somebody may see it, the record that has it decides."""
    row = connection.execute(select(files).where(files.c.id == file_id)).mappings().first()
    if row is None:
        raise not_found()
    return dict(row)


def file_json(row: dict[str, Any], url: str) -> dict[str, Any]:
    """Return a file as the API shows it."""
    return {"id": row["id"], "name": row["name"], "size": row["size"], "type": row["type"], "url": url}


def sweep(database: Transactions, store_in: FileStore, *, now: datetime | None = None) -> int:
    """Forget files that were uploaded a day ago and that no record took; return how many."""
    old = delete(files).where(files.c.state == "new", files.c.at < (now or real_now()) - UNUSED_FOR)
    with database.write() as connection:
        gone = list(connection.execute(old.returning(files.c.key)).scalars())
    for key in gone:  # only now: rows that came back with a rollback would have no bytes
        store_in.delete(key)
    return len(gone)


def headers_of(row: dict[str, Any]) -> dict[str, str]:
    """Return the headers a file is sent with: only pictures open in the browser, and nothing in a file can run."""
    how = "inline" if row["type"] in SHOWN_TYPES else "attachment"
    name = clean_name(row["name"])
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    return {
        "Content-Type": row["type"] if row["type"] in SHOWN_TYPES or row["type"] == "application/pdf" else "application/octet-stream",
        "Content-Disposition": f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }


def clean_name(name: str) -> str:
    """Return the last part of a file name without what could mislead: controls, direction marks, separators."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(each for each in unicodedata.normalize("NFC", last) if unicodedata.category(each)[0] != "C").strip(" .")
    if len(kept) > LONGEST_NAME:
        stem, dot, ending = kept.rpartition(".")
        kept = f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}" if dot and len(ending) <= 10 else kept[:LONGEST_NAME]
    return kept or "file"


def sniff_type(head: bytes, name: str) -> str:
    """Return the media type that the first bytes show; what they do not show is plain text or plain bytes, never a page."""
    for signature, media_type in SIGNATURES:
        if head.startswith(signature):
            return OFFICE.get(Path(name.lower()).suffix, media_type) if media_type == "application/zip" else media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return "video/mp4"
    if b"\0" in head:
        return "application/octet-stream"
    return "text/csv" if Path(name.lower()).suffix == ".csv" else "text/plain"


def require_ids(connection: Connection, ids: Sequence[str], path: str) -> None:
    """Raise Invalid when one of the ids is no file."""
    found = find_all(connection, ids)
    for file_id in ids:
        if file_id not in found:
            message = say("There is no such file.", "没有该文件。")
            raise Invalid(Problem(path, "no_such_record", message, say("Upload it first.", "请先上传文件。")))


def _size(most_bytes: int) -> str:
    return f"{most_bytes // 1_000_000} MB" if most_bytes >= 1_000_000 else f"{max(1, most_bytes // 1024)} KB"


def _keep_folder(folder: Path) -> None:
    """Make the new name durable too; Windows cannot and needs not."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

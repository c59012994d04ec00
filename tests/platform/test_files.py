from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest

from tenon.engine.context import Context
from tenon.metamodel.errors import Invalid, NotFound, TooLarge
from tenon.platform import files
from tenon.platform.clock import real_now
from tenon.platform.database import Database
from tenon.platform.files import DiskFiles
from tests.platform.people import OUTSIDE

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 700_000


@pytest.fixture
def disk(tmp_path: Path) -> DiskFiles:
    return DiskFiles(tmp_path / "files")


def everything_under(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_kept_whole_with_its_row(database: Database, disk: DiskFiles, tmp_path: Path) -> None:
    stored = files.store(disk, io.BytesIO(PNG), "图 1.png", most_bytes=1_000_000)
    with database.write() as connection:
        row = files.add(connection, OUTSIDE, stored, "图 1.png")
        assert files.get(connection, row["id"])["sha256"] == stored.sha256
        with pytest.raises(NotFound):
            files.get(connection, "none")
    assert (row["name"], row["size"], row["type"], row["state"]) == ("图 1.png", len(PNG), "image/png", "new")
    with disk.open(stored.key) as kept:
        assert kept.read() == PNG
    assert list(disk.keys()) == [stored.key]
    path = everything_under(tmp_path / "files")[0]
    assert path.name == stored.key
    assert path.stat().st_mode & 0o077 == 0
    assert files.file_json(row, "/f") == {"id": row["id"], "name": "图 1.png", "size": len(PNG), "type": "image/png", "url": "/f"}
    disk.delete(stored.key)
    disk.delete(stored.key)
    with pytest.raises(NotFound):
        disk.open(stored.key)


def test_what_is_too_large_leaves_nothing(disk: DiskFiles, tmp_path: Path) -> None:
    with pytest.raises(TooLarge):
        files.store(disk, io.BytesIO(PNG), "a.png", most_bytes=600_000)
    assert everything_under(tmp_path / "files") == []


@pytest.mark.parametrize("key", ["../../etc/passwd", "a" * 31, "A" * 32, "", "/etc/hostname", "a" * 32 + "\n"])
def test_only_generated_keys_reach_the_disk(disk: DiskFiles, key: str) -> None:
    with pytest.raises(NotFound):
        disk.open(key)


def test_files_no_record_took_are_swept(database: Database, disk: DiskFiles) -> None:
    kept, unused = (files.store(disk, io.BytesIO(b"text"), "a.txt", most_bytes=100) for _ in range(2))
    with database.write() as connection:
        kept_row = files.add(connection, Context(None), kept, "a.txt")
        files.add(connection, Context(None), unused, "b.txt")
        files.keep(connection, [kept_row["id"]])
        files.require_ids(connection, [kept_row["id"]], "/logo")
        with pytest.raises(Invalid):
            files.require_ids(connection, [kept_row["id"], "none"], "/logo")
    assert files.sweep(database, disk) == 0
    assert files.sweep(database, disk, now=real_now() + timedelta(days=2)) == 1
    assert list(disk.keys()) == [kept.key]
    with database.read() as connection:
        assert list(files.find_all(connection, [kept_row["id"], "none"])) == [kept_row["id"]]


@pytest.mark.parametrize(
    ("head", "name", "media_type"),
    [
        (b"<svg onload=alert(1)>", "a.png", "text/plain"), (b"<html><script>", "a.html", "text/plain"),
        (b"GIF89a/*<script>", "a.gif", "image/gif"),
        (b"a;b\n1;2", "a.csv", "text/csv"), (b"PK\x03\x04rest", "a.xlsx", files.OFFICE[".xlsx"]),
        (b"PK\x03\x04rest", "a.zip", "application/zip"),
        (b"MZ\x00\x01", "a.png", "application/octet-stream"), (b"%PDF-1.7", "a.pdf", "application/pdf"), (b"", "empty", "text/plain"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "a", "image/webp"), (b"\xff\xd8\xff\xe0", "a.exe", "image/jpeg"),
    ],
)
def test_the_bytes_tell_the_type(head: bytes, name: str, media_type: str) -> None:
    assert files.sniff_type(head, name) == media_type


def test_only_pictures_open_in_the_browser_and_nothing_runs() -> None:
    shown = files.headers_of({"type": "image/png", "name": "a.png"})
    assert shown["Content-Disposition"].startswith("inline")
    for media_type in ("text/plain", "text/html", "image/svg+xml", "application/zip"):
        headers = files.headers_of({"type": media_type, "name": "a"})
        assert headers["Content-Disposition"].startswith("attachment")
        assert headers["Content-Type"] == "application/octet-stream"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\dir\\x.txt", "x.txt"), ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"), ("", "file"),
        ("报告\u202etxt.exe", "报告txt.exe"), (" .. ", "file"), ("x" * 5000 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_names_cannot_mislead(name: str, kept: str) -> None:
    assert files.clean_name(name) == kept
    header = files.headers_of({"type": "image/png", "name": name})["Content-Disposition"]
    assert header.isascii()
    assert not any(each in header for each in "\r\n")
    assert header.count('"') == 2

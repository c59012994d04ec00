"""Reading the files of a package, from a folder or from the bytes of a zip: bounded, never written to disk, no links."""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from pathlib import Path

from tenon.metamodel.errors import Invalid, Problem, TooLarge
from tenon.metamodel.labels import Text, say

MAX_ENTRIES = 2_000
MAX_ZIP = 20_000_000
MAX_FILE = 20_000_000
MAX_TOTAL = 60_000_000
MAX_RATIO = 200
_ALLOWED = re.compile(
    r"(?:app\.json|README(?:\.[A-Za-z-]{2,10})?\.md|LICENSE|[a-z]+/[a-z][a-z0-9_]{0,39}\.json|sample/(?:[a-z0-9_]+/)*[a-z0-9_]+\.(?:csv|jsonl))\Z"
)


def read_files(source: Path | bytes) -> dict[str, bytes]:
    """Return the files of a package by their path in it; raises Invalid or TooLarge and names the file that is refused."""
    files = _read_zip(source) if isinstance(source, bytes) else _read_folder(source)
    for name in files:
        if not _ALLOWED.match(name):
            hint = say(
                "Allowed are app.json, <kind>/<name>.json, sample/*.csv and README.md.",
                "只允许 app.json、<kind>/<name>.json、sample/*.csv 与 README.md。",
            )
            raise _refused(name, say("{file} does not belong into a package.", "{file} 不属于应用包。", file=name[:200]), hint)
    if "app.json" not in files:
        raise Invalid(
            Problem(
                "/app.json",
                "required",
                say("app.json is missing.", "缺少 app.json。"),
                say("Every package has one.", "每个应用包都须有它。"),
            )
        )
    return files


def _read_folder(folder: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    total = 0
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise _refused(
                name, say("{file} is a link.", "{file} 是链接。", file=name[:200]), say("Put the file itself there.", "请放入文件本身。")
            )
        if path.is_file() and not path.name.startswith("."):
            total += path.stat().st_size
            _check_size(name, path.stat().st_size, total, len(files) + 1)
            files[name] = path.read_bytes()
    return files


def _read_zip(content: bytes) -> dict[str, bytes]:
    if len(content) > MAX_ZIP:
        raise _too_large("", say("The package is too large.", "应用包过大。"))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _unzip(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, UnicodeDecodeError) as error:
        message = say("This is not a zip file that can be read.", "无法读取该 zip 文件。")
        raise Invalid(Problem("", "bad_format", message, say("Export the package again.", "请重新导出应用包。"))) from error


def _unzip(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    _check_size("", 0, 0, len(archive.infolist()))
    root = _common_root([entry.filename for entry in entries])
    files: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        name = entry.filename.removeprefix(root)
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise _refused(
                name, say("{file} is a link.", "{file} 是链接。", file=name[:200]), say("Put the file itself there.", "请放入文件本身。")
            )
        if name in files:
            raise _refused(
                name, say("{file} is there twice.", "{file} 出现了两次。", file=name[:200]), say("Remove one.", "请删除其中一个。")
            )
        if not _ALLOWED.match(name):
            files[name] = b""  # refused by its name afterwards, without reading it
            continue
        _check_size(name, entry.file_size, total + entry.file_size, len(files))
        if entry.file_size > 1_000_000 and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise _too_large(name, say("{file} unpacks to far more than it is.", "{file} 解压后过大。", file=name[:200]))
        with archive.open(entry) as file:
            data = file.read(MAX_FILE + 1)  # what the entry says of its size may be a lie
        total += len(data)
        _check_size(name, len(data), total, len(files))
        files[name] = data
    return files


def _common_root(names: list[str]) -> str:
    """Return the one folder that holds everything, or ''."""
    if not names or "app.json" in names:
        return ""
    root = names[0].split("/", 1)[0] + "/"
    return root if re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*/\Z", root) and all(n.startswith(root) for n in names) else ""


def _check_size(name: str, size: int, total: int, count: int) -> None:
    if count > MAX_ENTRIES:
        raise _too_large("", say("A package has at most {n} files.", "应用包最多包含 {n} 个文件。", n=MAX_ENTRIES))
    if size > MAX_FILE or total > MAX_TOTAL:
        raise _too_large(name, say("{file} is too large.", "{file} 过大。", file=name[:200]))


def _too_large(name: str, message: Text) -> TooLarge:
    return TooLarge(Problem(f"/{name}" if name else "", "over_limit", message, say("Make it smaller.", "请缩小后重试。")))


def _refused(name: str, message: Text, hint: Text) -> Invalid:
    return Invalid(Problem(f"/{name[:200]}", "refused", message, hint))

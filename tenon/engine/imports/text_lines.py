"""Lines of a text file in flat memory: decoded once, bytes that do not fit marked, endless lines refused."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from pathlib import Path

from tenon.engine.imports.row_file import refuse
from tenon.engine.imports.text_encoding import BAD
from tenon.metamodel.labels import say

CHUNK = 1_048_576


class Lines:
    """The lines of one reading, with their ends (LF, CRLF or CR) as they are.

    ``is_suspect`` turns True for good once a chunk holds a NUL or a byte outside the encoding: from then on readers
    look at every row.
    """

    def __init__(self, path: Path, encoding: str, longest: int) -> None:
        self.path, self.encoding, self.longest = path, encoding, longest
        self.is_suspect = False

    def __iter__(self) -> Iterator[str]:
        """Yield every line; raises Invalid for one that is longer than allowed."""
        decoder = codecs.getincrementaldecoder(self.encoding)(errors="tenon_mark")
        rest = ""
        with self.path.open("rb") as file:
            at_start = True
            while block := file.read(CHUNK):
                text = decoder.decode(block)
                if at_start:
                    text, at_start = text.removeprefix("\ufeff"), False
                if "\0" in text or BAD in text:
                    self.is_suspect = True
                *whole, rest = io.StringIO(rest + text, newline="") if rest or text else [""]
                yield from whole
                if rest.endswith("\n"):
                    yield rest
                    rest = ""
                if len(rest) > self.longest:
                    raise _too_long()
        tail = decoder.decode(b"", final=True)
        self.is_suspect = self.is_suspect or BAD in tail
        if rest + tail:
            yield rest + tail


def _too_long() -> Exception:
    message = say("A line of this file has no end.", "文件中有一行过长，没有结尾。")
    return refuse("too_long", message, say("Check that this is a text file with one row a line.", "请确认这是每行一条记录的文本文件。"))


def sample_lines(path: Path, encoding: str, longest: int, characters: int = 262_144) -> list[str]:
    """Return the first lines, as many as fit into so many characters but at least one."""
    found: list[str] = []
    total = 0
    for line in Lines(path, encoding, longest):
        total += len(line)
        if found and total > characters:
            break
        found.append(line)
    return found

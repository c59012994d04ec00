"""The encoding of a text file, decided on its first megabyte of evidence."""

from __future__ import annotations

import codecs
from pathlib import Path

WINDOW = 1_048_576
BAD = "\udcff"
"""What a byte that does not belong to the encoding becomes; readers report it with its row."""
_COMMON_LEADS = frozenset(range(0xB0, 0xD8)) | frozenset(range(0xA1, 0xA4))


def _mark(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError):
        return BAD, max(error.end, error.start + 1)
    raise error


codecs.register_error("tenon_mark", _mark)


def guess_encoding(path: Path) -> str:
    """Return the encoding: utf-8, utf-8-sig, utf-16-le, utf-16-be, gb18030, cp1252 or latin-1."""
    return guess_of(read_evidence(path))


def read_evidence(path: Path) -> bytes:
    """Return the first megabyte, or when that is plain ASCII the first one that is not."""
    with path.open("rb") as file:
        first = block = file.read(WINDOW)
        while block and block.isascii() and b"\0" not in first:
            block = file.read(WINDOW)
        if not block or block is first:
            return first
        start = next(index for index, byte in enumerate(block) if byte > 127)
        return block[start:] + file.read(start)


def guess_of(sample: bytes) -> str:
    """Return the encoding of a sample, which may end in the middle of a character."""
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if sample.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if sample.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    if b"\0" in sample and (utf16 := _utf16_without_bom(sample)):
        return utf16
    if _count_bad(sample, "utf-8") == 0:
        return "utf-8"
    chinese = _is_plausible_chinese(sample)
    if chinese and _count_bad(sample, "gb18030") == 0:
        return "gb18030"
    high = sum(1 for byte in sample if byte > 127)
    if _count_bad(sample, "utf-8") * 50 < high:
        return "utf-8"
    if chinese and _count_bad(sample, "gb18030") * 50 < high:
        return "gb18030"
    return "latin-1" if not any(0x80 <= byte < 0xA0 for byte in sample) or _count_bad(sample, "cp1252") else "cp1252"


def _utf16_without_bom(sample: bytes) -> str | None:
    half = max(len(sample) // 2, 1)
    even, odd = sample[0::2].count(0) / half, sample[1::2].count(0) / half
    for name, share, other in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if share > 0.05 and other * 10 < share:
            text = sample[: len(sample) // 2 * 2].decode(name, "replace")
            if text.count("\n") * 2 >= sample.count(b"\n"):  # its line ends really are two bytes wide
                return name
    return None


def _count_bad(sample: bytes, encoding: str) -> int:
    decoder = codecs.getincrementaldecoder(encoding)(errors="tenon_mark")
    return decoder.decode(sample, final=False).count(BAD)


def _is_plausible_chinese(sample: bytes) -> bool:
    """Say whether the high bytes come in pairs that are mostly frequent characters, as Latin letters with accents do not."""
    common = rare = 0
    index, end = 0, len(sample) - 1
    while index < end and common + rare < 20_000:
        lead = sample[index]
        if lead < 0x80:
            index += 1
            continue
        if lead in _COMMON_LEADS and sample[index + 1] >= 0xA1:
            common += 1
        else:
            rare += 1
        index += 2
    return common > 0 and common >= 1.5 * rare

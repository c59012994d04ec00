"""What a browser puts on paper, read from the PDF that it writes."""

from __future__ import annotations

import re
import zlib

STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
FILL = re.compile(rb"([\d.]+) ([\d.]+) ([\d.]+) rg\b")


class Paper:
    """A PDF: how many pages it has, whether its text is text, and the colours that its areas and letters are filled with."""

    def __init__(self, content: bytes) -> None:
        drawn = b"".join(_unpacked(each) for each in STREAM.findall(content))
        self.pages = len(re.findall(rb"/Type /Page\b", content))
        self.is_text = b"/ToUnicode" in content and b" Tf" in drawn
        self.fills = {tuple(round(float(part) * 255) for part in fill) for fill in FILL.findall(drawn)}


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def rgb(colour: str) -> tuple[int, ...]:
    """Return a colour as a browser computes it in numbers."""
    return tuple(int(part) for part in re.findall(r"\d+", colour)[:3])

"""What templates compile to, kept for the process: every language and every application over another workspace finds it made."""

from __future__ import annotations

from types import CodeType

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

_MADE: dict[str, tuple[str, CodeType]] = {}
"""By the key of a template: the checksum of its source, and its code."""


class Compiled(BytecodeCache):
    """A cache in memory; a template whose source changed is compiled anew."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a bucket the code of its template where it is known."""
        checksum, code = _MADE.get(bucket.key, (None, None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        if bucket.code is not None:
            _MADE[bucket.key] = bucket.checksum, bucket.code

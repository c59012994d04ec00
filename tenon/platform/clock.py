"""The real clock, and the business clock that TENON_NOW fixes or reads from a file at each use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tenon.metamodel.errors import Problem, Unavailable
from tenon.metamodel.labels import say
from tenon.platform.settings import read_moment


def real_now() -> datetime:
    """Return the real moment, in UTC: for sessions, tokens, leases, limits and the audit."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class RealClock:
    """Real time; business time may be ``fixed``, or stand in a ``file`` that is read at each use."""

    fixed: datetime | None = None
    file: Path | None = None

    def now(self) -> datetime:
        """Return the business moment, in UTC; Unavailable when the file cannot be read."""
        if self.file is None:
            return self.fixed or real_now()
        try:
            return read_moment(self.file.read_text("utf-8").strip())
        except (OSError, ValueError) as error:
            message = say("The file that TENON_NOW names holds no moment.", "TENON_NOW 指向的文件中没有可识别的时刻。")
            hint = say("Write 2026-03-02T09:30:00+08:00 into it.", "请在其中写入如 2026-03-02T09:30:00+08:00 的时刻。")
            raise Unavailable(Problem("/TENON_NOW", "bad_format", message, hint)) from error

    def real_now(self) -> datetime:
        """Return the real moment, in UTC."""
        return real_now()

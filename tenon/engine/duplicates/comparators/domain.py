"""The domain of a web site or of an e-mail address; those where anybody has one tell nothing."""

from __future__ import annotations

import re
from typing import Any

from tenon.engine.duplicates.comparators.base import Likeness, same
from tenon.engine.folding import fold

_ANYBODY = """
qq.com 163.com 126.com yeah.net sina.com sina.cn sohu.com foxmail.com aliyun.com 139.com 189.cn gmail.com googlemail.com outlook.com hotmail.com live.com
msn.com yahoo.com icloud.com me.com gmx.de gmx.net web.de proton.me protonmail.com taobao.com tmall.com jd.com 1688.com alibaba.com facebook.com
linkedin.com weibo.com github.io
"""
ANYBODY = frozenset(_ANYBODY.split())
_SECOND = frozenset(("com", "net", "org", "gov", "edu", "co", "ac", "or", "ne", "go"))
_HOST = re.compile(r"\A(?:[a-z][a-z0-9+.-]*://)?(?:[^/?#@\s]*@)?([^/?#:\s]+)")


def read(value: Any) -> str | None:
    """Return the part of a host name that its owner registered."""
    found = _HOST.match(fold(str(value)))
    labels = found.group(1).strip(".").split(".") if found else []
    if len(labels) < 2 or labels[-1].isdigit():
        return None
    most = 3 if len(labels[-1]) == 2 and labels[-2] in _SECOND else 2
    domain = ".".join(labels[-most:])
    return None if domain in ANYBODY or len(labels) < most else domain


def keys(read: str) -> list[str]:
    """Return the domain."""
    return [read]


def liken(one: str, other: str) -> Likeness:
    """Return whether the two are the same domain."""
    return same(one, other)

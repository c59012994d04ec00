"""Robots of groups in WeCom, DingTalk and Feishu: an address that is a secret, a JSON for each, and what their answers mean.

The secret is named in the message and kept by the operator: its first line is the address, a second one the key to sign with.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import orjson

from tenon.engine.outbox.table import Delivery
from tenon.engine.outside import Outside
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem, TenonError, Unavailable
from tenon.metamodel.labels import say

SECONDS = 15.0


@dataclass(frozen=True)
class Robot:
    """Where a group is written to, and what is signed with; neither is shown to anybody."""

    url: str = field(repr=False)
    key: str | None = field(default=None, repr=False)


def ready(uow: UnitOfWork, row: Delivery) -> Robot:
    """Return the robot that a message names. Raises Invalid when there is none, or one that may not be called."""
    name = str(row.payload.get("robot") or "")
    found = uow.outside.secrets.read(name) if name else None
    lines = found.split() if found else []
    if not lines:
        message = say("There is no secret {name}.", "没有密钥 {name}。", name=name or "–")
        hint = say("Put a file of that name with the address into the folder secrets of TENON_HOME.", "请在 TENON_HOME 的 secrets 目录放入同名文件，内容为机器人地址。")
        raise Invalid(Problem("/robot", "refused", message, hint))
    uow.outside.http.check(lines[0])
    return Robot(lines[0], lines[1] if len(lines) > 1 else None)


def text_of(row: Delivery, longest: int) -> str:
    """Return what a group reads: the subject if there is one, then the text, so many bytes at most."""
    text = "\n".join(part for part in (row.payload.get("subject"), row.payload.get("text")) if part)
    return text.encode()[:longest].decode("utf-8", "ignore")


def sign_dingtalk(url: str, key: str, milliseconds: int) -> str:
    """Return an address signed as DingTalk asks: the moment and the key under HMAC-SHA256, in the query."""
    mac = hmac.digest(key.encode(), f"{milliseconds}\n{key}".encode(), "sha256")
    return f"{url}{'&' if '?' in url else '?'}timestamp={milliseconds}&sign={quote(base64.b64encode(mac), safe='')}"


def sign_feishu(key: str, seconds: int) -> str:
    """Return the signature that Feishu asks for: nothing, under a key made of the moment and the secret."""
    return base64.b64encode(hmac.new(f"{seconds}\n{key}".encode(), b"", hashlib.sha256).digest()).decode()


def call(outside: Outside, url: str, body: dict[str, Any], *, code: tuple[str, ...], too_fast: Collection[int]) -> dict[str, Any]:
    """Write to a group; ``code`` are the names an answer's code may have, 0 is good. Raises Unavailable, Invalid."""
    head = {"Content-Type": "application/json; charset=utf-8"}
    status, content = outside.http.request("POST", url, headers=head, body=orjson.dumps(body), timeout=SECONDS)
    try:
        answer = orjson.loads(content)
    except orjson.JSONDecodeError:
        answer = {}
    answer = answer if isinstance(answer, dict) else {}
    found = next((answer[name] for name in code if name in answer), None)
    told = str(answer.get("errmsg") or answer.get("msg") or answer.get("StatusMessage") or "")[:200]
    kept = {"status": status, "code": found, "message": told}
    if status == 200 and found == 0:
        return kept
    raise _refused(status, found, told, may_help=status >= 500 or status == 429 or found in too_fast or found is None)


def _refused(status: int, code: object, told: str, *, may_help: bool) -> TenonError:
    message = say("The group's robot answered {code}: {told}", "群机器人返回 {code}：{told}", code=str(status if code is None else code), told=told or "–")
    if may_help:
        return Unavailable(Problem("", "failed", message, say("It is tried again.", "将自动重试。")))
    return Invalid(Problem("", "refused", message, say("Check the address, the key and the words the robot asks for.", "请检查机器人地址、密钥及关键词设置。")))

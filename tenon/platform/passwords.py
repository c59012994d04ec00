"""Passwords: what one must be like, how it is kept, and a check that takes as long for nobody as for somebody."""

from __future__ import annotations

import unicodedata

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say

SHORTEST, LONGEST = 8, 256
# 19 MiB and two passes: enough against guessing, and ten people who sign in at once do not fill a small machine.
COST, MEMORY = 2, 19_456
HASHES = PasswordHash((Argon2Hasher(time_cost=COST, memory_cost=MEMORY, parallelism=1),))
# What no password leads to: checking one against it costs as much as against a kept one, and making it costs nothing.
NOBODY = f"$argon2id$v=19$m={MEMORY},t={COST},p=1${'nobody':A<22}${'nobody':A<43}"
COMMONEST = frozenset((
    "password", "password1", "passw0rd", "12345678", "123456789", "1234567890", "87654321", "11111111", "00000000", "88888888", "66666666",
    "11223344", "12341234", "qwertyui", "qwertyuiop", "1qaz2wsx", "asdfghjk", "iloveyou", "abcd1234", "a1234567", "a12345678", "letmein1",
    "sunshine", "princess", "football", "baseball", "woaini1314", "5201314520", "adminadmin", "admin123456",
))


def check(password: str, *, email: str = "", path: str = "/password") -> None:
    """Raise Invalid with what to write when a password is too short, too long, or what everybody would guess."""
    text = _fold(password)
    if len(text) < SHORTEST:
        message = say("A password has at least {n} characters.", "密码至少需要 {n} 个字符。", n=SHORTEST)
        raise Invalid(Problem(path, "out_of_range", message, say("A few words in a row are easy to remember.", "几个词连在一起便于记忆。")))
    if len(text) > LONGEST:
        message = say("A password has at most {n} characters.", "密码最多 {n} 个字符。", n=LONGEST)
        raise Invalid(Problem(path, "too_long", message, say("Write a shorter one.", "请缩短密码。")))
    if text.lower() in COMMONEST or (email and text.lower() in (email.lower(), email.split("@")[0].lower())):
        message = say("This password would be guessed at once.", "该密码极易被猜到。")
        raise Invalid(Problem(path, "refused", message, say("Write a few words in a row.", "请改用几个词连在一起。")))


def hash_password(password: str) -> str:
    """Return what is kept of a password (argon2id)."""
    return HASHES.hash(_fold(password))


def is_right(password: str, kept: str | None) -> bool:
    """True when the password is the kept one; without a kept one False, after the same time."""
    text = _fold(password)[: LONGEST + 1]
    try:
        matches = HASHES.verify(text, kept or NOBODY)
    except UnknownHashError:
        return False
    return matches and kept is not None


def _fold(password: str) -> str:
    """Make the same password of different keyboards equal."""
    return unicodedata.normalize("NFKC", password.encode("utf-8", "replace").decode())

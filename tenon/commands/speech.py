"""The language in which commands speak, and saying things in it."""

from __future__ import annotations

import os
from contextvars import ContextVar

import click

from tenon.metamodel.labels import Text, pick_language

_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


def speak(language: str | None) -> None:
    """Speak a language from now on; None goes back to that of the terminal."""
    _spoken.set(language)


def spoken() -> str:
    """Return the language to speak: of the workspace once it is known, else of the terminal."""
    found = _spoken.get() or os.environ.get("TENON_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG")
    return pick_language(found)


def tell(text: Text | str, *, err: bool = False) -> None:
    """Print a line."""
    click.echo(text.show(spoken()) if isinstance(text, Text) else text, err=err)

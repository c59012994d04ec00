"""What the documents say is there: links lead to files, commands are known with their options, both languages have the same commands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from tenon.cli import COMMANDS, cli

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")})
_LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")
_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def commands_of(path: Path) -> list[list[str]]:
    """Return the command lines of Tenon in the shell blocks of a document."""
    lines = (line for block in _BLOCK.findall(path.read_text("utf-8")) for line in block.splitlines())
    words = [shlex.split(line.split("&&")[-1], comments=True) for line in lines]
    return [each[1:] for each in words if each[:1] == ["tenon"]]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere_and_commands_are_known(path: Path) -> None:
    missing = [link for link in _LINK.findall(path.read_text("utf-8")) if not (path.parent / link).exists()]
    assert not missing
    for words in commands_of(path):
        parse(words)


def parse(words: list[str]) -> None:
    """Let the command line read a command without running it; raises click.UsageError."""
    assert words[0] in COMMANDS, words
    context = click.Context(cli)
    command = cli.get_command(context, words[0])
    rest = words[1:]
    while isinstance(command, click.Group):
        command, rest = command.get_command(context, rest[0]), rest[1:]
    assert command is not None, words
    command.make_context(words[0], rest)


@pytest.mark.parametrize("name", ["guide", "tutorial"])
def test_both_languages_show_the_same_commands(name: str) -> None:
    english, chinese = ([[w for w in c if w not in ("--language", "zh")] for c in commands_of(ROOT / "docs" / f"{name}{end}.md")] for end in ("", ".zh"))
    assert english
    assert english == chinese

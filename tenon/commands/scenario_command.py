"""``tenon scenario``: lives through scenarios."""

from __future__ import annotations

from typing import Any

import click

from tenon.commands.speech import spoken, tell
from tenon.commands.workspace import opened
from tenon.engine.releases.check import settle
from tenon.engine.releases.draft import load_edits, overlay
from tenon.engine.scenarios.run import Outcome
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.platform.api.answers import dump
from tenon.platform.workspace import Platform


@click.group(name="scenario")
def command() -> None:
    """Live through scenarios.

    Example: tenon scenario run
    """


@command.command(name="run", epilog="Example: tenon scenario run chuangke")
@click.argument("name", required=False)
@click.option("--draft", is_flag=True, help="Those of the draft, over what is published.")
@click.option("--json", "as_json", is_flag=True, help="Print every step as JSON.")
def run(name: str | None, draft: bool, as_json: bool) -> None:
    """Live through one scenario, or all of them. Nothing is kept; it ends with 1 when one fails."""
    with opened() as platform:
        outcomes = _outcomes(platform, name, draft=draft)
    if as_json:
        click.echo(dump([each.to_json(spoken()) for each in outcomes]).decode())
    else:
        for each in outcomes:
            _show(each)
    failed = [each for each in outcomes if not each.passed]
    if failed:
        raise Invalid([Problem("", "refused", each.title) for each in failed])


def _outcomes(platform: Platform, name: str | None, *, draft: bool) -> tuple[Outcome, ...]:
    with platform.read() as uow:
        model = settle(uow.model, overlay(uow.model, load_edits(uow.connection).values()))[1] if draft else uow.model
    documents = [model.get("scenario", name)] if name is not None else model.all("scenario")
    return platform.scenarios.run(model, documents)


def _show(outcome: Outcome) -> None:
    tell(f"{'✓' if outcome.passed else '✗'} {outcome.document.name}: {outcome.document.label.show(spoken())}")
    for step in outcome.steps:
        shown: dict[str, Any] = step.to_json(spoken())
        tell(f"  {'✓' if step.passed else '✗'} {shown['path']}: {shown['explanation']}")
        if not step.passed and shown["expected"] is not None:
            tell(say("    expected {expected}; found {found}", "    期望 {expected}；实际 {found}", expected=shown["expected"], found=shown["found"]))

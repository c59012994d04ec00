"""``tenon doctor``: checks the workspace and says what to do."""

from __future__ import annotations

import click

from tenon.commands.speech import spoken, tell
from tenon.commands.workspace import load_settings
from tenon.metamodel.labels import say
from tenon.platform.doctor import examine, is_well

MARKS = {"ok": "✓", "warning": "!", "error": "✗"}


@click.command(name="doctor", epilog="Example: tenon doctor")
def command() -> int:
    """Check settings, database, release, tables, audit, files, jobs and disk; change nothing. Ends with 1 when something is wrong."""
    findings = examine(load_settings())
    for finding in findings:
        to_do = f" {finding.to_do.show(spoken())}" if finding.to_do is not None else ""
        tell(f"{MARKS[finding.level]} {finding.what.show(spoken())}{to_do}")
    if is_well(findings):
        tell(say("All is well.", "一切正常。"))
        return 0
    tell(say("Something is wrong.", "存在问题。"))
    return 1

"""The command line: every command in a file of its own, loaded when it is asked for, behind one door."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from tenon import __version__
from tenon.commands.speech import speak, spoken
from tenon.metamodel.errors import Problem, TenonError
from tenon.metamodel.labels import say

# Said here too, so that `tenon --help` need not load what the commands stand on.
COMMANDS = {
    "demo": "Start a workspace with sample apps and data, and sign in.",
    "init": "Make the workspace and print the link that sets it up.",
    "serve": "Run the server with its worker.",
    "worker": "Run a worker alone.",
    "user": "Add people.",
    "token": "Add API tokens.",
    "apps": "List, install, remove, export, import and make apps.",
    "publish": "Check and publish the draft, or the documents of a folder.",
    "import": "Import a CSV, XLSX or JSON lines file.",
    "export": "Export records to standard output.",
    "score": "Run, explain and simulate scores.",
    "scenario": "Live through scenarios and say whether they pass.",
    "migrate": "Bring the database up to this version.",
    "backup": "Write everything into one file.",
    "restore": "Restore a backup into an empty workspace.",
    "scratch": "Make, serve, take from and drop copies to try things in.",
    "doctor": "Check the workspace and say what to do.",
    "bench": "Measure this machine against hand-written code.",
}
log = logging.getLogger("tenon.cli")
logging.getLogger("tenon").addHandler(logging.NullHandler())  # without --verbose nobody sees a traceback


class Commands(click.Group):
    """The group of all commands, and the door that turns what goes wrong into one sentence and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the module of a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"tenon.commands.{cmd_name}_command").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any) -> Any:  # type: ignore[override]
        """Run a command and end the process: 0 when all is well, 1 with the reason, 2 for wrong usage."""
        extra["standalone_mode"] = False
        sys.exit(self._run(args, prog_name or "tenon", extra))

    def _run(self, args: Sequence[str] | None, prog_name: str, extra: dict[str, Any]) -> int:
        speak(None)
        try:
            result = super().main(args, prog_name, **extra)
            return result if isinstance(result, int) else 0
        except click.ClickException as error:
            error.show()
            return error.exit_code
        except (click.Abort, KeyboardInterrupt):
            return 130
        except BrokenPipeError:
            # Whoever read our output went away: `tenon export customer | head`.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        except TenonError as error:
            for line in explain(error, spoken()):
                click.echo(line, err=True)
            return 1
        except Exception as error:
            log.exception("unexpected")
            message = say(
                "This failed unexpectedly ({what}); run `tenon doctor`, and look at the log.", "意外失败（{what}）；请运行 `tenon doctor` 并查看日志。",
                what=f"{type(error).__name__}: {str(error)[:200]}",
            )  # fmt: skip
            click.echo(message.show(spoken()), err=True)
            return 1


def explain(error: TenonError, language: str) -> list[str]:
    """Return what a refusal says, a line a problem, each with what to do."""
    return [_line(problem, language) for problem in error.problems[:20]] or [error.title.show(language)]


def _line(problem: Problem, language: str) -> str:
    where = f"{problem.path}: " if problem.path.count("/") > 1 else ""
    hint = f" {problem.hint.show(language)}" if problem.hint else ""
    return where + problem.message.show(language) + hint


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, message="tenon %(version)s")
@click.option("-v", "--verbose", is_flag=True, help="Write the log, with the details of what fails unexpectedly.")
def cli(verbose: bool) -> None:
    """Tenon: describe entities, forms, rules, workflows and scores, publish them, and work with them at once.

    Settings come from TENON_* in the environment or a .env file; TENON_HOME is where the workspace lies.

    Example: tenon demo
    """
    level = logging.INFO if verbose else logging.CRITICAL + 1
    logging.basicConfig(level=level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("tenon").setLevel(level)


def main() -> None:
    """Run the command line."""
    cli.main()


if __name__ == "__main__":
    main()

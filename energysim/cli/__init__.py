"""The command line: click verbs; errors become exit codes.

Exit codes: 0 done; 1 the programme failed (solver, disk, a case of a study); 2 the input is wrong (one line per
problem); 130 stopped by Ctrl-C; 143 a study stopped by SIGTERM. A verb's module is imported when the verb is
called, and its heavy imports stand inside the command, so that `--help` is instant.
"""

from __future__ import annotations

import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Any

import click

from energysim import __version__

VERBS: dict[str, tuple[str, str]] = {
    "atlas": ("atlas", "Take away every asset at every date; chart the unserved gas."),
    "chart": ("chart", "Draw a chart of runs by its name."),
    "check": ("inputs", "Check the data and scenarios and report every problem at once."),
    "compare": ("compare", "Compare scenarios with a first one: inputs, results, and why."),
    "completion": ("installation", "Print the line that switches on completion in SHELL."),
    "doctor": ("installation", "Check this installation: versions, data, solver."),
    "endurance": ("standards", "Say how long the system endures each outage."),
    "explain": ("inputs", "Say where a number comes from and who uses it."),
    "montecarlo": ("montecarlo", "Sample winters and outages: how likely is unserved gas?"),
    "n1": ("standards", "Compute the N−1 standard, term by term."),
    "query": ("query", "Ask a study's rows a question in SQL."),
    "report": ("report", "Write a report of runs to read, explore and print."),
    "run": ("runs", "Run scenarios: who is cut, when, why and at what cost."),
    "scenarios": ("runs", "List the shipped scenarios and their variants."),
    "schema": ("inputs", "Print the JSON Schema of scenario files."),
    "show": ("runs", "Show the resolved inputs of SCENARIO."),
    "standards": ("standards", "Give all standards and indicators of a gas year."),
    "sweep": ("sweep", "Run a STUDY file: many values of any inputs of a scenario."),
    "value": ("standards", "Say what more capacity, stock and projects are worth."),
}
"""Verb -> the module that holds it under its own name, and the first sentence of its help: whole at 80 columns."""
STOPPED = 130
"""The exit code of a programme that Ctrl-C stopped."""


class LazyGroup(click.Group):
    """A group that imports a verb's module only when the verb is called; its help comes from the table above."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order of the table."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb from its module, imported now; None for an unknown one."""
        if cmd_name not in VERBS:
            return None
        found = getattr(import_module(f"{__name__}.{VERBS[cmd_name][0]}"), cmd_name)
        assert isinstance(found, click.Command)
        return found

    def invoke(self, ctx: click.Context) -> Any:
        """Call a verb; Ctrl-C while its module is loaded ends the programme as it does later."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
            sys.exit(STOPPED)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs with their first sentences, from the table alone."""
        limit = formatter.width - 6 - max(len(verb) for verb in VERBS)
        with formatter.section("Commands"):
            formatter.write_dl(
                [(v, click.Command(v, help=text).get_short_help_str(limit)) for v, (_, text) in VERBS.items()]
            )


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="energysim")
def main() -> None:
    """What happens to Serbia's gas supply when something goes wrong, and what would help?

    Start with `energysim scenarios`, then `energysim run SCENARIO`.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")  # a letter that the terminal cannot show is no reason to fail

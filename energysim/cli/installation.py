"""Verbs about the programme itself: `doctor`, `completion`."""

from __future__ import annotations

import sys

import click

from energysim.cli.common import one_funnel
from energysim.errors import EnergysimError


@click.command()
@one_funnel
def doctor() -> None:
    """Check this installation: versions, data, solver."""
    from importlib.metadata import version

    from energysim.inputs.assets import Contract, GasSystem, Node, Offtake, Route
    from energysim.inputs.read import data_root, read_dataset, scenario_files
    from energysim.studies.foresight import PACKAGES, solve

    click.echo(f"python {sys.version.split()[0]}")
    for package in PACKAGES:
        click.echo(f"{package} {version(package)}")
    dataset = read_dataset()
    click.echo(
        f"data {data_root() / 'data'} ({len(dataset.tables)} tables, {len(dataset.sources)} sources, {dataset.digest[:10]})"
    )
    click.echo(f"scenarios {len(scenario_files())}")
    toy = GasSystem.build(
        "2026-01-01", 2, nodes=[Node("A")], contracts=[Contract("c", [Route("r", "A")], 2.0, 20.0)],
        offtakes=[Offtake("city", "A", 1.0)],
    )  # fmt: skip
    objective = solve(toy).manifest["outcomes"]["surprise"]["objective"]
    if abs(objective - 40.0) > 1e-9:
        raise EnergysimError(f"the solver gives {objective} for a problem whose answer is 40; reinstall highspy")
    click.echo("solver: answers a two-day test problem exactly\nall is well")


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the line that switches on completion in SHELL.

    Add it to the shell's start-up file.
    """
    lines = {
        "bash": 'eval "$(_ENERGYSIM_COMPLETE=bash_source energysim)"',
        "zsh": 'eval "$(_ENERGYSIM_COMPLETE=zsh_source energysim)"',
        "fish": "_ENERGYSIM_COMPLETE=fish_source energysim | source",
    }
    click.echo(lines[shell])

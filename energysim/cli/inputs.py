"""Verbs about what goes in: `check`, `explain`, `schema`."""

from __future__ import annotations

from pathlib import Path

import click

from energysim.cli.common import checked, one_funnel


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="Data folder to check instead of the shipped one."
)
@one_funnel
def check(files: tuple[Path, ...], data: Path | None) -> None:
    """Check the data and scenarios and report every problem at once.

    All shipped scenarios with their variants, or only the YAML FILES given.
    """
    from energysim.inputs.read import scenario_files

    names = [str(f) for f in files] or list(scenario_files())
    dataset, found = checked(names, variants=True, data=data)
    rows = sum(len(t.rows) for t in dataset.tables.values())
    count = f"{len(dataset.tables)} tables with {rows:,} rows and {len(found)} scenarios"
    click.echo(f"{count} (variants included) are sound")


@click.command()
@click.argument("asset", metavar="ASSET[.FIELD]")
@one_funnel
def explain(asset: str) -> None:
    """Say where a number comes from and who uses it.

    Printed are value, unit, source, rivals and confidence. ASSET is an id such as gazprom, ibs or banatski_dvor_serbian, or `table.id`, with an optional field:
    `explain contracts.gazprom_2026_10.dcq`.
    """
    from energysim.inputs.evidence import explain as look_up
    from energysim.inputs.read import read_dataset
    from energysim.outputs.explained import explained
    from energysim.outputs.page import page_console

    page_console().print(explained(look_up(read_dataset(), asset)), highlight=False)


@click.command()
@click.option("--study", is_flag=True, help="The schema of study files (`energysim sweep`) instead.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file instead of the terminal.")
@one_funnel
def schema(study: bool, out: Path | None) -> None:
    """Print the JSON Schema of scenario files.

    With it an editor completes and checks what is written.
    """
    from energysim.inputs.read import scenario_schema
    from energysim.inputs.sweep_file import sweep_schema

    text = sweep_schema() if study else scenario_schema()
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        click.echo(f"written: {out}")

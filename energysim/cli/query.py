"""`energysim query`: the rows of a study, asked in SQL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from energysim.cli.common import one_funnel

if TYPE_CHECKING:
    import pandas as pd

ROWS_SHOWN = 40


@click.command()
@click.argument("study", type=click.Path(path_type=Path))
@click.argument("sql")
@click.option("--csv", "as_csv", is_flag=True, help="Print all rows as CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print all rows as JSON, one object a row.")
@one_funnel
def query(study: Path, sql: str, as_csv: bool, as_json: bool) -> None:
    """Ask a study's rows a question in SQL.

    STUDY is the folder of a study; SQL one SELECT over the tables `cases` (key, labels, findings) and `failures`
    (key, labels, error), in DuckDB's dialect. Gas is in GWh, money in kEUR, as the tables hold them.

    \b
    energysim query studies/atlas "select asset, max(unserved_gas) from cases group by asset"
    """
    from energysim.casebook import Casebook
    from energysim.errors import InputError
    from energysim.outputs.page import page_console
    from energysim.query import query as ask

    if as_csv and as_json:
        raise InputError("--csv and --json: choose one")
    book = Casebook.open(study)
    answer = ask(book, sql)
    if as_csv:
        click.echo(answer.to_csv(index=False, lineterminator="\n"), nl=False)
    elif as_json:
        click.echo(
            answer.to_json(orient="records", date_format="iso", force_ascii=False, indent=2, double_precision=15)
        )
    else:
        page_console().print(_as_table(answer, book.units), highlight=False)


def _as_table(answer: pd.DataFrame, units: dict[str, str]) -> Any:
    """The first rows, with units under the names they are known for."""
    from pandas.api.types import is_numeric_dtype
    from rich import box
    from rich.table import Table
    from rich.text import Text

    more = len(answer) - ROWS_SHOWN
    rows = "1 row" if len(answer) == 1 else f"{len(answer):,} rows"
    caption = f"{rows}; the first {ROWS_SHOWN} are shown, --csv prints all" if more > 0 else rows
    table = Table(box=box.SIMPLE_HEAD, caption=caption, caption_justify="left")
    for name in map(str, answer.columns):
        unit = f"\n{units[name]}" if name in units and units[name] != "1" else ""
        number = is_numeric_dtype(answer[name]) if list(answer.columns).count(name) == 1 else False
        table.add_column(Text(name + unit), justify="right" if number else "left", overflow="fold")
    for row in answer.head(ROWS_SHOWN).itertuples(index=False):
        table.add_row(*(Text(_cell(v)) for v in row))
    return table


def _cell(value: Any) -> str:
    """A value as a person reads it: six digits of a number, a dash where nothing is known."""
    import pandas as pd

    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return "–"
    if isinstance(value, float):
        return f"{value:,.0f}" if 1e5 <= abs(value) < 1e15 else f"{value:,.6g}"
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in str(value))

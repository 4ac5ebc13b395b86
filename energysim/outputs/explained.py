"""The terminal page of `explain`: one row of evidence per figure, rivals beneath what is used."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from energysim.inputs.evidence import Explanation


def explained(found: list[Explanation]) -> Group:
    """All explanations of an asset, grouped by table."""
    parts: list[RenderableType] = []
    for table in dict.fromkeys(e.table for e in found):
        parts += _of_table(table, [e for e in found if e.table == table])
    return Group(*parts)


def _of_table(name: str, found: list[Explanation]) -> list[RenderableType]:
    table = Table(box=box.SIMPLE_HEAD, title=f"data/{name}.csv", title_justify="left", title_style="bold", expand=False)
    for column in ("row", "holds", "figures", "range", "confidence", "source"):
        table.add_column(column, overflow="fold", no_wrap=column == "confidence")
    for e in found:
        r = e.row
        label = Text(
            "/".join(i for i in r.identity if i) + (f"\nrival: {r.rival}" if r.rival else ""),
            style="dim" if r.rival else "bold",
        )
        holds = f"{r.valid_from or 'always'}\nto {r.valid_to or 'further notice'}"
        figures = "\n".join(f"{k} = {_number(v)}" for k, v in e.figures.items())
        headline = f"{_number(r.low)} … {_number(r.high)}" if r.low is not None and r.high is not None else ""
        sure = f"{r.confidence}{', estimate' if r.estimate else ''}\nas of {r.as_of}"
        sources = "\n".join(e.sources) + (f"\n{r.note}" if r.note else "") + f"\nline {e.line}"
        table.add_row(label, holds, figures, headline, sure, sources)
    return [table, Text(f"used by {found[0].used_by}\n", style="dim")]


def _number(value: object) -> str:
    return (
        f"{value:g}" if isinstance(value, float) else "yes" if value is True else "no" if value is False else str(value)
    )

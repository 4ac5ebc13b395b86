"""Tables of a run's terminal page, all of one look."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text


def new_table(title: str, *columns: str, left: int = 1) -> Table:
    """A table of the page; titles and captions are plain text, so that `[mcm]` is not read as markup."""
    style: dict[str, Any] = {"title_justify": "left", "caption_justify": "left"}
    table = Table(title=Text(title, style="bold"), box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), **style)
    for k, column in enumerate(columns):
        table.add_column(Text(column), justify="left" if k < left else "right", no_wrap=k > 0)
    return table


def caption(*lines: str) -> Text:
    """Lines under a table."""
    return Text("\n".join(lines), style="dim italic")

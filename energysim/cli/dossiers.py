"""How every verb that makes a dossier ends: saved whole with its page and charts, then told on screen or as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from energysim.dossier import Dossier


def tell(
    dossier: Dossier,
    folder: Path,
    page: str,
    unit: str,
    charts: bool = True,
    as_json: bool = False,
    brief: bool = False,
) -> None:
    """Save a dossier with its page as Markdown (`page`.md) and its charts, then print the page, or its figures as JSON."""
    from energysim.outputs.canvas import rendered
    from energysim.outputs.dossier.charts import charts as draw
    from energysim.outputs.dossier.page import dossier_markdown, dossier_page
    from energysim.outputs.page import page_console
    from energysim.outputs.wording import unit_named

    as_printed = unit_named(unit)
    beside: dict[str, str | bytes] = {f"{page}.md": dossier_markdown(dossier, as_printed)}
    if charts:
        beside |= {f"{name}.png": rendered(figure) for name, figure in draw(dossier, as_printed).items()}
    dossier.save(folder, beside)
    if as_json:
        click.echo(json.dumps(json.loads(dossier.figures.to_json(orient="records")), indent=2, ensure_ascii=False))
        return
    console = page_console()
    console.print(dossier_page(dossier, as_printed, brief=brief), highlight=False)
    said = f"tables and charts: {folder}\nrun again: {dossier.manifest['command']}\n"
    console.print(said, style="dim", highlight=False, soft_wrap=True)

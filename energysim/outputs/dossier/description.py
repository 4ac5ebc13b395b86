"""What the description of the system has to say in a sentence."""

from __future__ import annotations

from energysim.dossier import Chapter
from energysim.outputs.dossier.digits import digits
from energysim.outputs.wording import Unit


def findings(chapter: Chapter, unit: Unit) -> list[str]:
    """Consumption, peak and where the gas comes from."""
    sources = chapter.tables["import_sources"].frame.sort_values("share", ascending=False)
    annual, peak = chapter.value("annual_consumption"), chapter.value("design_demand_1")
    said = (
        f"Demand is {unit.text(annual)} a year and {digits(peak * unit.factor)} {unit.rate} on a day met once in twenty "
        f"winters; callable storage holds {digits(chapter.value('storage_to_winter'))} % of winter demand at most."
    )
    if sources.empty:
        return [said]
    largest = sources.iloc[0]
    return [
        said,
        f"The largest source is {largest['source']} with {digits(float(largest['share']))} % of the gas taken for the country.",
    ]

"""What the description of the system has to say in a sentence."""

from __future__ import annotations

from energysim.dossier import Chapter
from energysim.outputs.dossier.digits import digits
from energysim.outputs.wording import Unit
from energysim.words import say
from energysim.words.lists import within


def findings(chapter: Chapter, unit: Unit) -> list[str]:
    """Consumption, peak and where the gas comes from."""
    sources = chapter.tables["import_sources"].frame.sort_values("share", ascending=False)
    annual, peak = chapter.value("annual_consumption"), chapter.value("design_demand_1")
    said = say(
        "Demand is {annual} a year and {peak} {rate} on a day met once in twenty winters; callable storage holds {share} % "
        "of winter demand at most.",
        annual=unit.text(annual),
        peak=digits(peak * unit.factor),
        rate=unit.rate,
        share=digits(chapter.value("storage_to_winter")),
    )
    if sources.empty:
        return [said]
    largest = sources.iloc[0]
    return [
        said,
        say(
            "The largest source is {source} with {share} % of the gas taken for the country.",
            source=within(largest["source"]),
            share=digits(float(largest["share"])),
        ),
    ]

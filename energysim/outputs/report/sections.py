"""The report's sections, from the answer to the command that makes it again: material in, blocks out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from matplotlib.figure import Figure

from energysim.dossier import Dossier
from energysim.errors import InputError
from energysim.indicators import basic as indicators
from energysim.outputs import plot
from energysim.outputs.dossier.charts import charts as dossier_charts
from energysim.outputs.report import live
from energysim.outputs.report.blocks import Block, Chart, Command, Prose, Section
from energysim.outputs.report.evidence import evidence
from energysim.outputs.report.guard import stated
from energysim.outputs.report.material import Material
from energysim.outputs.report.scenario import scenario
from energysim.outputs.report.standards import chapter_blocks, chapter_section
from energysim.outputs.report.summary import executive, names_in, run_sentences
from energysim.outputs.report.svg import inline
from energysim.outputs.scenario_words import said_title
from energysim.units import REPORTING_GCV
from energysim.words import decimals, say

MAIN = ("map", "supply", "storage", "curtailment", "replacements")
"""Charts of each run in a report of several; a report of one run has them all."""
MEASURES = ("unserved_gas", "costs")
"""Measures whose tables of attribution are printed."""
SYSTEM_CHARTS: Mapping[str, tuple[str, ...]] = {"n_minus_1": ("ladder", "stock")}
"""Chapter of the standards -> its charts."""


def sections(material: Material) -> list[Section]:
    """Everything in order: answer, comparison, scenarios with their charts, standards, evidence, limits, how to repeat it."""
    several = len(material.runs) > 1
    found = [Section("summary", say("Summary"), tuple(executive(material)))]
    found += [_comparison(material)] if several else []
    found += [_run(material, k) for k in range(len(material.runs))]
    found += [*_standards(material), _evidence(material), _limits(material), _again(material)]
    return [s for s in found if s.blocks or s.sections]


def _comparison(material: Material) -> Section:
    """Charts of all runs together, then for each pair what differs and what each difference brings."""
    twins = {"stocks": live.stocks_side_by_side, "multiples_cuts": live.cuts_side_by_side}
    spared = not any(indicators.cut_days(r) for r in material.runs)
    blocks: list[Block] = []
    for name, draw in plot.several().items():
        if spared and name == "multiples_cuts":
            continue
        try:
            figure = draw(material.runs, unit=material.unit.key.lower())
        except InputError:  # more runs than a sheet has room for
            continue
        twin = twins[name](material.runs, material.unit) if name in twins else None
        blocks.append(_chart(f"all-{name}", figure, twin))
    parts = _pairs(material, material.comparison) if material.comparison else ()
    return Section("comparison", say("Comparison with the first scenario"), tuple(blocks), tuple(parts))


def _pairs(material: Material, comparison: Dossier) -> Iterator[Section]:
    """For each scenario after the first: inputs that differ, what that changes, which difference brings how much."""
    drawn, quoted = dossier_charts(comparison, material.unit), names_in(material)
    others = (material.runs[k] for k in material.compared)
    pairs = zip(others, comparison.chapters[::2], comparison.chapters[1::2], strict=True)
    for number, (result, inputs, changes) in enumerate(pairs, start=1):
        waterfall = drawn.get(f"waterfall_{number}")
        shown = [_chart(f"waterfall-{number}", waterfall)] if waterfall else []
        blocks = chapter_blocks(inputs, material.unit, quoted)
        blocks += chapter_blocks(
            changes, material.unit, quoted, shown, lambda name: name.rpartition("_")[0] in MEASURES
        )
        heading = say("{second}, against the first scenario", second=said_title(result.title))
        yield Section(f"pair-{number}", heading, blocks)


def _run(material: Material, number: int) -> Section:
    """One scenario: what is assumed and what happens in it, what was known when, its charts."""
    result = material.runs[number]
    several = len(material.runs) > 1
    blocks: list[Block] = list(scenario(result))
    if several:
        quoted = names_in(material)
        points = tuple(stated(s, quoted) for s in run_sentences(result, material.unit))
        blocks.append(Prose(points, points=True))
    catalogue = plot.catalogue()
    names = [n for n in (*MAIN, *catalogue) if n in catalogue and (n in MAIN or not several)]
    for name in dict.fromkeys(names):
        try:
            figure = catalogue[name](result, unit=material.unit.key.lower())
        except InputError:  # a chart refuses a run that has nothing to show in it
            continue
        twin = live.TWINS[name](result, material.unit) if name in live.TWINS else None
        blocks.append(_chart(f"run-{number + 1}-{name}", figure, twin))
    title = said_title(result.title)
    return Section(f"run-{number + 1}", title if several else say("The scenario: {title}", title=title), tuple(blocks))


def _standards(material: Material) -> Iterator[Section]:
    """The chapters of each system's standards, in the order of the Regulation's template."""
    for number, dossier in enumerate(material.standards, start=1):
        of = material.of_system(number - 1)
        heading = say("Standards and indicators")
        if len(material.standards) > 1:
            heading = say("Standards and indicators: {titles}", titles="; ".join(said_title(r.title) for r in of))
        quoted = [*names_in(material), *(str(n) for t in dossier.tables.values() for n in t.names.values())]
        drawn = dossier_charts(dossier, material.unit)
        parts, places = [], set[str]()
        for chapter in dossier.chapters:
            wanted = [n for n in SYSTEM_CHARTS.get(chapter.id, ()) if n in drawn]
            shown = [_chart(f"system-{number}-{n}", drawn[n]) for n in wanted]
            numbered = chapter.place not in places  # two chapters may fill one place of the template
            parts.append(chapter_section(chapter, material.unit, quoted, shown, f"system-{number}-", numbered))
            places.add(chapter.place)
        intro = say("Chapters follow the template of a preventive action plan, Regulation (EU) 2017/1938, Annex VI. They examine the system of gas year {year} with the scenario's settings; where they are about its events, they say so.",
                    year=dossier.manifest["gas_year"])  # fmt: skip
        yield Section(f"standards-{number}", heading, (Prose((intro,), quiet=True),), tuple(parts))


def _evidence(material: Material) -> Section:
    """Every decisive figure with its source, confidence and what other sources say, for each system."""
    blocks: list[Block] = []
    for number, rows in enumerate(material.evidence):
        titles = [said_title(r.title) for r in material.of_system(number)] if len(material.evidence) > 1 else []
        blocks += evidence(rows, material.sources, "; ".join(titles), last=number + 1 == len(material.evidence))
    return Section("evidence", say("Evidence: where the figures come from and how sure they are"), tuple(blocks))


def _limits(material: Material) -> Section:
    """What the method cannot see."""
    worst = max(c["relative_gap"] for r in material.runs for c in r.manifest["certificates"])
    said = [
        say("Daily steps: hours within a day, and the gas that pipelines hold, are not seen; a day that is served may still be short in an hour."),
        say("Transport model: pipelines have capacities, not pressures; zones are connected by few pipelines, and nothing is said of distribution."),
        say("One planner for the whole system: contracts, stores and cuts are decided together at least cost and harm; companies with interests of their own may do worse."),
        say("Behind the borders stand assumed quantities and prices, not the neighbours' own shortages."),
        say("Weather is known for the whole horizon in every course shown; only events come as news where foresight is surprise."),
        say("Estimates are marked; the table of evidence gives their range. The result is as good as they are."),
        say("Gas is counted in energy; 1 mcm = {gcv} GWh (gross).", gcv=decimals(REPORTING_GCV, 2)),
        say("Every plan shown is proved optimal within the model: the largest relative gap between its cost and the proven bound is {gap}.",
            gap=f"{worst:.0e}"),
    ]  # fmt: skip
    return Section("limits", say("Limits of the method"), (Prose(tuple(said), points=True),))


def _again(material: Material) -> Section:
    """The commands that make runs and report again, and what they were made with."""
    runs = [str(r.manifest.get("command") or "") for r in material.runs]
    lines = tuple(dict.fromkeys([c for c in runs if c] + [material.command]))
    versions = material.runs[0].manifest["versions"]
    made = say("Made with {versions}; data {digest}. The same inputs and versions give the same numbers.",
               versions=", ".join(f"{name} {v}" for name, v in versions.items()),
               digest=str(material.runs[0].manifest.get("data_digest", ""))[:10])  # fmt: skip
    blocks: list[Block] = [Command(lines), Prose((made,), quiet=True)]
    if material.stale:
        stale = say(
            "Made with other data than the standards and the evidence of this report: {runs}.",
            runs=", ".join(material.stale),
        )
        blocks.insert(0, Prose((stale,)))
    return Section("again", say("How to make this again"), tuple(blocks))


def _chart(id: str, figure: Figure, twin: live.Twin | None = None) -> Chart:
    says = figure.get_suptitle().replace("\n", " ")
    return Chart(id, inline(figure, id, says), says, twin)

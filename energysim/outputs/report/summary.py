"""What comes first: the answer in sentences, and for several scenarios how they compare. Each sentence is guarded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from energysim.indicators import basic as indicators
from energysim.outputs import findings
from energysim.outputs.dossier.text import sentences
from energysim.outputs.report.blocks import Block, Grid, Prose, grid
from energysim.outputs.report.guard import stated
from energysim.outputs.report.material import Material
from energysim.outputs.scenario_words import said_title
from energysim.outputs.wording import LEAST_CHANGE, TRACE, Unit, foresight_line, headline, number
from energysim.results import Results
from energysim.words import day_month, decimals, say, term

FIRST_SAID = ("n_minus_1", "supply_standard")
"""Chapters of the standards of which the summary repeats what they say first with a number."""
NAMED = 3
"""Binding limits that are named."""
SAME = 0.05
"""Shown units of unserved gas up to which two scenarios count as equal."""


def names_in(material: Material) -> list[str]:
    """Titles and names that sentences quote from the inputs, numbers of their own and all."""
    found = {str(term(str(n))) for r in material.runs for n in r.assets["name"].dropna()}
    found |= {str(n) for r in material.runs for n in r.assets["name"].dropna()}
    found |= {said_title(r.title) for r in material.runs} | {r.title for r in material.runs}
    found |= {str(term(str(e["name"]))) for r in material.runs for e in r.manifest["scenario"]["events"]}
    return sorted(found)


def executive(material: Material) -> list[Block]:
    """The summary of one run, or of several with what differs first."""
    quoted = names_in(material)
    if len(material.runs) > 1:
        answer, more = (
            Prose(tuple(stated(s, quoted) for s in said), points=True)
            for said in (_answer(material), [*_each(material), *_standards(material)])
        )
        return [answer, side_by_side(material), more]
    (result,) = material.runs
    said = [*run_sentences(result, material.unit), *_standards(material), *_doubt(material)]
    return [Prose(tuple(stated(s, quoted) for s in said), points=True)]


def run_sentences(result: Results, unit: Unit) -> list[str]:
    """Who is cut, foresight, what replaced lost gas, stocks, what binds, what it costs."""
    said = [headline(result, unit)]
    if result.manifest["scenario"]["events"]:
        said.append(foresight_line(result, unit))
    found = result.manifest["replacements"]
    if found and any(abs(v) > LEAST_CHANGE for v in found["during"].values()):
        said.append(f"{findings.replacements_finding(result, unit)}.")
    if not result.quantity("inventory").empty:
        said.append(f"{findings.storage_finding(result, unit)}.")
    return [*said, *_binding(result), *_costs(result)]


def _binding(result: Results) -> Iterator[str]:
    """The limit that is worth most on the days with cuts, or over the horizon."""
    daily = indicators.unserved_by_day(result)
    cut = pd.DatetimeIndex(daily.index[daily > TRACE])
    limits = indicators.binding_limits(result, cut if len(cut) else None)
    if limits.empty:
        return
    dearest = limits.drop_duplicates("name").head(NAMED)
    fields = {
        "limits": "; ".join(f"{term(str(r['name']))} ({term(str(r['limit']))})" for r in dearest.to_dict("records")),
        "value": number(float(dearest["mean"].iloc[0])),
        "days": int(dearest["days"].iloc[0]),
    }
    if len(cut):
        yield say("What binds on the days with cuts, dearest first: {limits}. One more MWh a day of the first would save {value} EUR each, on {days} {days|day|days}.",
                  **fields)  # fmt: skip
    else:
        yield say("What binds, dearest first: {limits}. One more MWh a day of the first would save {value} EUR each, on {days} {days|day|days}.",
                  **fields)  # fmt: skip


def _costs(result: Results) -> Iterator[str]:
    """Money, harm, and what the news cost against the plan without it."""
    now = result.manifest["outcomes"][result.manifest["foresight"]]
    money, harm = now["costs"] / 1000, (now["objective"] - now["costs"]) / 1000
    said = {"costs": decimals(money, 0), "harm": decimals(harm, 0)}
    undisturbed = result.manifest["undisturbed"]
    if harm > 0.5:
        yield say("Supply costs {costs} MEUR net of the gas left in store; the harm of cuts and missed targets is valued at {harm} MEUR beside it.",
                  **said)  # fmt: skip
    else:
        yield say("Supply costs {costs} MEUR net of the gas left in store.", **said)
    if undisturbed:
        more = (now["objective"] - undisturbed["objective"]) / 1000
        change = decimals(abs(more), 1)
        if more >= 0:
            yield say("Against the plan without the news, costs and harm rise by {change} MEUR.", change=change)
        else:
            yield say("Against the plan without the news, costs and harm fall by {change} MEUR.", change=change)


def _standards(material: Material) -> Iterator[str]:
    """What each chapter of the standards says first, of the first system."""
    if not material.standards:
        return
    dossier = material.standards[0]
    for chapter in dossier.chapters:
        if chapter.id in FIRST_SAID:
            said = [s for s in sentences(chapter, material.unit) if any(letter.isdigit() for letter in s)]
            for finding in said[:1]:
                yield say("Standard, apart from the scenario's events: {finding}", finding=finding)


def _doubt(material: Material) -> Iterator[str]:
    """How many of the figures are estimates, and on how many sources disagree."""
    rows = material.evidence[0] if material.evidence else ()
    if rows:
        yield doubt_sentence(rows)


def doubt_sentence(rows: Sequence[object]) -> str:
    """Of the figures that a system rests on: how many are estimates, on how many other sources say something else."""
    found = pd.DataFrame(rows)
    estimates = int(found["estimate"].sum())
    disputed = sum(
        any(number(v) != number(value) for _, v, _ in r)
        for r, value in zip(found["rivals"], found["value"], strict=True)
    )
    return say("Of {count} decisive figures {estimates} {estimates|is an estimate|are estimates}; on {disputed} {disputed|figure|figures} other sources say something else.",
               count=len(found), estimates=estimates, disputed=disputed)  # fmt: skip


def _answer(material: Material) -> Iterator[str]:
    """Which scenario is hardest, which spares everybody."""
    unit = material.unit
    totals = [indicators.unserved_gas(r) for r in material.runs]
    spared = [said_title(r.title) for r, t in zip(material.runs, totals, strict=True) if t <= TRACE]
    worst = max(range(len(totals)), key=lambda k: totals[k])
    if len(spared) == len(totals):
        yield say(
            "In none of the {count} scenarios is anybody cut: {unserved} go unserved.",
            count=len(totals),
            unserved=unit.text(0.0),
        )
    else:
        result = material.runs[worst]
        yield say("Hardest of {count} scenarios: {title}; {unserved} go unserved, {protected} of it at protected customers.",
                  count=len(totals), title=said_title(result.title), unserved=unit.text(totals[worst]),
                  protected=unit.text(indicators.unserved_protected(result)))  # fmt: skip
        if spared:
            yield say("Nobody is cut in {spared} of {count} scenarios: {titles}.", spared=len(spared), count=len(totals),
                      titles="; ".join(spared))  # fmt: skip


def _each(material: Material) -> Iterator[str]:
    """How each scenario differs from the first, what happens in each."""
    unit = material.unit
    totals = [indicators.unserved_gas(r) for r in material.runs]
    for result, total in list(zip(material.runs, totals, strict=True))[1:]:
        change = (total - totals[0]) * unit.factor
        if abs(change) <= SAME:
            continue
        fields = {
            "title": said_title(result.title),
            "change": f"{number(abs(change))} {unit.name}",
        }
        if change > 0:
            yield say("{title}: {change} more unserved than in the first scenario.", **fields)
        else:
            yield say("{title}: {change} less unserved than in the first scenario.", **fields)
    for result in material.runs:
        yield f"{said_title(result.title)}: {headline(result, unit)}"


def side_by_side(material: Material) -> Grid:
    """Scenarios down, the numbers that are compared across."""
    unit = material.unit
    headings = (
        say("Scenario"),
        say("unserved, {unit}", unit=unit.name),
        say("if all is foreseen, {unit}", unit=unit.name),
        say("of which protected customers, {unit}", unit=unit.name),
        say("worst day, {unit}", unit=unit.rate),
        say("days with cuts"),
        say("lowest callable stock, {unit}", unit=unit.name),
        say("costs, MEUR"),
    )
    rows = []
    for result in material.runs:
        outcomes = result.manifest["outcomes"]
        now, foreseen = outcomes[result.manifest["foresight"]], outcomes["foreseen"]
        daily, stock = indicators.unserved_by_day(result), indicators.callable_stock(result)
        lowest = f"{unit(float(stock.min()), 0)} ({day_month(stock.idxmin())})" if len(stock) else "–"
        rows.append(
            (
                said_title(result.title),
                unit(now["unserved_gas"]),
                unit(foreseen["unserved_gas"]),
                unit(now["unserved_protected"]),
                unit(float(daily.max())),
                str(indicators.cut_days(result)),
                lowest,
                decimals(now["costs"] / 1000, 0),
            )
        )
    foot = say(
        "Unserved: in the course shown, under the foresight of each scenario. Costs are net of the gas left in store; harm is not in them, and gas that does not come is not paid for: lower costs are no saving where customers are cut."
    )
    return grid(say("Scenarios side by side"), headings, rows, foot=foot)

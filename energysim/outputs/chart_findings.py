"""Findings of the charts that read more than one frame: cuts by class and node, contracts over their periods and years."""

from __future__ import annotations

from collections.abc import Hashable

import pandas as pd

from energysim.indicators import basic as indicators
from energysim.outputs.findings import name_of, percent
from energysim.outputs.wording import Unit
from energysim.results import Results
from energysim.words import day_month, full_date, say


def cuts_finding(result: Results, unit: Unit) -> str:
    """The class and the node that lose the largest share of their demand between the first and the last cut."""
    first, last = indicators.first_cut(result), indicators.last_cut(result)
    group, of_group = _hardest(indicators.curtailment_by_class(result), indicators.demand_by_class(result), first, last)
    node, of_node = _hardest(indicators.curtailment_by_node(result), indicators.demand_by_node(result), first, last)
    said = {
        "group": name_of(result, "demand_classes", str(group)),
        "of_group": percent(of_group),
        "node": name_of(result, "nodes", str(node)),
        "of_node": percent(of_node),
    }
    if first == last:
        return say(
            "Hardest hit on {day}: {group}, {of_group} of its demand cut; and {node}, {of_node}",
            day=day_month(first),
            **said,
        )
    return say(
        "Hardest hit from {first} to {last}: {group}, {of_group} of its demand cut; and {node}, {of_node}",
        first=day_month(first),
        last=day_month(last),
        **said,
    )


def _hardest(
    cut: pd.DataFrame, demand: pd.DataFrame, first: pd.Timestamp | None, last: pd.Timestamp | None
) -> tuple[Hashable, float]:
    """The column with the largest share of its demand cut over the days, and that share [1]."""
    wanted = demand.loc[first:last].sum()
    shares = (cut.loc[first:last].sum() / wanted.where(wanted > 0)).dropna()
    return shares.idxmax(), float(shares.max())


def takes_finding(result: Results, use: pd.DataFrame, unit: Unit) -> str:
    """Whether every take-or-pay minimum is met, and by how much the worst is missed; use: from `period_use`."""
    pledged = use[use["pledge"] > 0]
    missed = pledged[pledged["shortfall"] > indicators.TRACE]
    if pledged.empty:
        top = use.iloc[int(use["taken"].argmax())]
        return say(
            "No take-or-pay minimum is known in this run; most is taken of: {contract}, {amount}",
            contract=name_of(result, "contracts", str(top["contract"])),
            amount=unit.text(float(top["taken"])),
        )
    if missed.empty:
        return say(
            "{count} {count|take-or-pay minimum|take-or-pay minimums}, {count|kept|all kept}: "
            "{taken} taken of {pledge} to be paid for in any case",
            count=len(pledged),
            taken=unit.text(float(pledged["taken"].sum())),
            pledge=unit.text(float(pledged["pledge"].sum())),
        )
    worst = missed.iloc[int(missed["shortfall"].argmax())]
    return say(
        "{missed} of {count} take-or-pay minimums missed; most: {contract}, {amount} paid for and not taken",
        missed=len(missed),
        count=len(pledged),
        contract=name_of(result, "contracts", str(worst["contract"])),
        amount=unit.text(float(worst["shortfall"])),
    )


def timeline_finding(signed: float, unsigned: float, until: pd.Timestamp | None, largest: str) -> str:
    """How much of the contract quantities of the run's days is signed, and how long the largest contract is.

    signed, unsigned [GWh]: daily contract quantities over the run's days; until: last day on which `largest` is signed.
    """
    total = signed + unsigned
    if not total:
        return say("No contract is known for the days of this run")
    share = say("{share} of the daily quantities on the days of this run are signed", share=percent(signed / total))
    if until is None:
        return say("{share}; {contract} is not", share=share, contract=largest)
    return say("{share}; {contract}: signed until {day}", share=share, contract=largest, day=full_date(until))

"""What the chapter on value has to say, in sentences made from its figures and tables."""

from __future__ import annotations

import pandas as pd

from energysim.dossier import Chapter, Figure
from energysim.outputs.wording import Unit, number
from energysim.words import say, term

NOTHING = 1.0
"""kEUR per GWh/d over the horizon below which a capacity is worth nothing."""
LAST = ("the last mcm in store on the first morning", "the last mcm in store on the eve")
"""Measures of a store that is full, so that there can be no more."""
SMALL = 0.05
"""MEUR below which a unit more is not worth a sentence."""


def findings(chapter: Chapter, unit: Unit) -> list[str]:
    """What is short, gas or room for it; what a unit more saves; what stock and repair are worth; whether duals hold."""
    said = [
        _what_is_short(chapter),
        *_pairs(chapter),
        *_units(chapter),
        *_stock(chapter),
        *_repairs(chapter),
        _prices(chapter),
    ]
    return [s for s in (*said, _proof(chapter)) if s]


def _what_is_short(chapter: Chapter) -> str:
    """Gas or capacity: which of them would help if there were more."""
    gas, pipes = chapter["dearest_contract"], chapter["dearest_infrastructure"]
    gas_top, pipes_top = _top(gas), _top(pipes)
    if gas_top <= 0 and pipes_top <= 0:
        return say("Nothing binds: more gas or more capacity would save nothing.")
    values = chapter.tables["capacity_values"].frame
    borders = values[values["asset"].str.startswith(("upstream.", "pipelines."))]
    idle = len(borders) - int((borders["high"] > 0).sum())
    if len(borders) and idle == len(borders):
        return say(
            "What limits is gas, or the rate of a store, not pipes: no border point or pipeline binds on any day, so more "
            "of their capacity is worth nothing without more gas behind it."
        )
    return say(
        "{idle} of {all} border points and pipelines never bind: more of their capacity is worth nothing.",
        idle=idle,
        all=len(borders),
    )


def _pairs(chapter: Chapter) -> list[str]:
    """Infrastructure of which more saves nothing while less costs: another limit of the same size stands beside it."""
    values = chapter.tables["capacity_values"].frame
    rows = values[(values["degenerate"] == "yes") & (values["low"].abs() < NOTHING) & (values["unit"] == "GWh/d")]
    rows = rows[~rows["asset"].str.startswith("contracts.") & (rows["high"] >= NOTHING)]
    if rows.empty:
        return []
    named = ", ".join(f"{r['name']} ({r['limit']})" for r in rows.to_dict("records"))
    return [
        say(
            "More of one alone saves nothing, since another limit of the same size stands beside it: {limits}.",
            limits=named,
        )
    ]


def _top(figure: Figure) -> float:
    values = [figure.value if isinstance(figure.value, float) else 0.0, figure.high or 0.0]
    return max(values)


def _units(chapter: Chapter) -> list[str]:
    """What one mcm/d more would save, of gas and of capacity."""
    said = []
    for id in ("best_gas", "best_capacity"):
        figure = _figure(chapter, id)
        if figure is not None and isinstance(figure.value, float) and figure.value >= SMALL:
            said.append(
                say(
                    "{what} saves {money}{range} over the horizon.",
                    what=figure.name,
                    money=_meur(figure),
                    range=_range(figure),
                )
            )
    table = chapter.tables["marginal_values"].frame
    costs = table[(table["kind"] == "capacity") & (table["mid"] < -SMALL) & table["item"].str.startswith("contracts.")]
    for row in costs.to_dict("records"):
        said.append(
            say(
                "1 mcm/d more of {contract} costs {money} more than it saves, its take-or-pay included.",
                contract=row["name"],
                money=_money(-row["mid"]),
            )
        )
    return said


def _stock(chapter: Chapter) -> list[str]:
    """Stock on the first morning and on the eve, dearest store first."""
    table = chapter.tables["marginal_values"].frame
    said = []
    for kind in ("stock", "eve"):
        rows = table[(table["kind"] == kind) & table["item"].str.startswith("accounts.") & (table["mid"] > 0)]
        if rows.empty:
            continue
        best = rows.sort_values("mid", ascending=False, kind="stable").iloc[0]
        morning = str(best["note"]).partition(";")[0]
        when = say("on the {morning}", morning=morning) if kind == "eve" else say("on the first morning")
        told = {
            "store": best["name"],
            "when": when,
            "money": _money(best["mid"]),
            "price": _per_mwh(best),
            "targets": _targets(best),
        }
        said.append(
            say("The last mcm in {store}, which is full, {when} is worth {money}, {price}{targets}.", **told)
            if best["measure"] in {said for last in LAST for said in (last, term(last))}
            else say("1 mcm more in {store} {when} is worth {money}, {price}{targets}.", **told)
        )
    return said


def _targets(row: pd.Series) -> str:
    """The part of a value that is nobody's money."""
    part = float(row["targets"])
    if abs(part) < SMALL:
        return ""
    money = _money(abs(part))
    if part > 0:
        return say("; {money} of it are missed filling targets avoided", money=money)
    return say("; {money} of missed filling targets taken off", money=money)


def _per_mwh(row: pd.Series) -> str:
    return f"{number(float(row['per_unit']))} EUR/MWh"


def _repairs(chapter: Chapter) -> list[str]:
    """The event whose earlier end would save most, and what cannot be had one by one."""
    repairs = [f for f in chapter.figures if f.id.startswith("repair_") and isinstance(f.value, float)]
    if not repairs:
        return []
    best = max(repairs, key=lambda f: float(f.value or 0.0))
    if float(best.value or 0.0) < SMALL:
        return [say("No event that ended a day earlier would save anything worth naming.")]
    event = best.name.rpartition(":")[0]
    return [say("A day less of “{event}” saves {money}{range}.", event=event, money=_meur(best), range=_range(best))]


def _prices(chapter: Chapter) -> str:
    mean, top, days = (chapter.value(f"price_{n}") for n in ("mean", "max", "days"))
    cut = (
        say("; on {days} {days|day|days} gas is worth as much as the first cut or more", days=int(days)) if days else ""
    )
    return say(
        "Gas in the zones is worth {mean} EUR/MWh on average and {top} at most{cut}.",
        mean=number(mean),
        top=number(top),
        cut=cut,
    )


def _proof(chapter: Chapter) -> str:
    held = all(chapter[f].verdict == "pass" for f in ("strong_duality", "dual_agreement"))
    kinks = int(chapter.value("kinks"))
    ranges = say("; {kinks} stand at kinks and are given as ranges", kinks=kinks) if kinks else ""
    if kinks == 1:
        ranges = say("; one stands at a kink and is given as a range")
    if held:
        return say("Duals agree with solving again for a little more and a little less{ranges}.", ranges=ranges)
    return say("Duals do not agree with solving again for a little more and a little less{ranges}.", ranges=ranges)


def _figure(chapter: Chapter, id: str) -> Figure | None:
    return next((f for f in chapter.figures if f.id == id), None)


def _meur(figure: Figure) -> str:
    return _money(float(figure.value or 0.0))


def _money(meur: float) -> str:
    return f"{number(meur)} {say('MEUR')}"


def _range(figure: Figure) -> str:
    if figure.low is None or figure.high is None or abs(figure.high - figure.low) < SMALL:
        return ""
    return say(" ({low} to {high} by value of lost load)", low=number(figure.low), high=number(figure.high))

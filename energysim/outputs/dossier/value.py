"""What the chapter on value has to say, in sentences made from its figures and tables."""

from __future__ import annotations

import pandas as pd

from energysim.dossier import Chapter, Figure
from energysim.outputs.wording import Unit, number

NOTHING = 1.0
"""kEUR per GWh/d over the horizon below which a capacity is worth nothing."""
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
        return "Nothing binds: more gas or more capacity would save nothing."
    values = chapter.tables["capacity_values"].frame
    borders = values[values["asset"].str.startswith(("upstream.", "pipelines."))]
    idle = len(borders) - int((borders["high"] > 0).sum())
    if len(borders) and idle == len(borders):
        return (
            "What limits is gas, or the rate of a store, not pipes: no border point or pipeline binds on any day, so more "
            "of their capacity is worth nothing without more gas behind it."
        )
    return f"{idle} of {len(borders)} border points and pipelines never bind: more of their capacity is worth nothing."


def _pairs(chapter: Chapter) -> list[str]:
    """Infrastructure of which more saves nothing while less costs: another limit of the same size stands beside it."""
    values = chapter.tables["capacity_values"].frame
    rows = values[(values["degenerate"] == "yes") & (values["low"].abs() < NOTHING) & (values["unit"] == "GWh/d")]
    rows = rows[~rows["asset"].str.startswith("contracts.") & (rows["high"] >= NOTHING)]
    if rows.empty:
        return []
    named = ", ".join(f"{r['name']} ({r['limit']})" for r in rows.to_dict("records"))
    return [f"More of one alone saves nothing, since another limit of the same size stands beside it: {named}."]


def _top(figure: Figure) -> float:
    values = [figure.value if isinstance(figure.value, float) else 0.0, figure.high or 0.0]
    return max(values)


def _units(chapter: Chapter) -> list[str]:
    """What one mcm/d more would save, of gas and of capacity."""
    said = []
    for id in ("best_gas", "best_capacity"):
        figure = _figure(chapter, id)
        if figure is not None and isinstance(figure.value, float) and figure.value >= SMALL:
            said.append(f"{figure.name} saves {_meur(figure)}{_range(figure)} over the horizon.")
    table = chapter.tables["marginal_values"].frame
    costs = table[(table["kind"] == "capacity") & (table["mid"] < -SMALL) & table["item"].str.startswith("contracts.")]
    for row in costs.to_dict("records"):
        said.append(
            f"1 mcm/d more of {row['name']} costs {number(-row['mid'])} MEUR more than it saves, its take-or-pay included."
        )
    return said


def _stock(chapter: Chapter) -> list[str]:
    """Stock on the first morning and on the eve, dearest store first."""
    table = chapter.tables["marginal_values"].frame
    said = []
    for kind, when in (("stock", "on the first morning"), ("eve", "on the eve")):
        rows = table[(table["kind"] == kind) & table["item"].str.startswith("accounts.") & (table["mid"] > 0)]
        if rows.empty:
            continue
        best = rows.sort_values("mid", ascending=False, kind="stable").iloc[0]
        when = f"on the {best['note'].partition(';')[0]}" if kind == "eve" else when
        full = str(best["measure"]).startswith("the last")
        what = f"The last mcm in {best['name']}, which is full" if full else f"1 mcm more in {best['name']}"
        said.append(
            f"{what}{',' if full else ''} {when} is worth {number(best['mid'])} MEUR, {_per_mwh(best)}{_targets(best)}."
        )
    return said


def _targets(row: pd.Series) -> str:
    """The part of a value that is nobody's money."""
    part = float(row["targets"])
    if abs(part) < SMALL:
        return ""
    how = "of it are missed filling targets avoided" if part > 0 else "of missed filling targets taken off"
    return f"; {number(abs(part))} MEUR {how}"


def _per_mwh(row: pd.Series) -> str:
    return f"{number(float(row['per_unit']))} EUR/MWh"


def _repairs(chapter: Chapter) -> list[str]:
    """The event whose earlier end would save most, and what cannot be had one by one."""
    repairs = [f for f in chapter.figures if f.id.startswith("repair_") and isinstance(f.value, float)]
    if not repairs:
        return []
    best = max(repairs, key=lambda f: float(f.value or 0.0))
    if float(best.value or 0.0) < SMALL:
        return ["No event that ended a day earlier would save anything worth naming."]
    return [f"A day less of “{best.name.rpartition(':')[0]}” saves {_meur(best)}{_range(best)}."]


def _prices(chapter: Chapter) -> str:
    mean, top, days = (chapter.value(f"price_{n}") for n in ("mean", "max", "days"))
    cut = f"; on {number(days)} days gas is worth as much as the first cut or more" if days else ""
    return f"Gas in the zones is worth {number(mean)} EUR/MWh on average and {number(top)} at most{cut}."


def _proof(chapter: Chapter) -> str:
    held = all(chapter[f].verdict == "pass" for f in ("strong_duality", "dual_agreement"))
    kinks = chapter.value("kinks")
    which = (
        "one stands at a kink and is given as a range"
        if kinks == 1
        else f"{number(kinks)} stand at kinks and are given as ranges"
    )
    ranges = f"; {which}" if kinks else ""
    return (
        f"Duals {'agree' if held else 'do not agree'} with solving again for a little more and a little less{ranges}."
    )


def _figure(chapter: Chapter, id: str) -> Figure | None:
    return next((f for f in chapter.figures if f.id == id), None)


def _meur(figure: Figure) -> str:
    return f"{number(float(figure.value or 0.0))} MEUR"


def _range(figure: Figure) -> str:
    if figure.low is None or figure.high is None or abs(figure.high - figure.low) < SMALL:
        return ""
    return f" ({number(figure.low)} to {number(figure.high)} by value of lost load)"

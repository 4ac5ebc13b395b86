"""Value: what one unit more of each capacity, contract, stock and repair would save.

One sign everywhere: **positive where more of it helps**. Values from duals belong to the plan in which everything is known
on day one, which is one linear programme; duals do not chain through a surprise, so what happens as news arrives is
valued by playing it again with a whole unit more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from energysim.dossier import Chapter, Figure, Table
from energysim.inputs.assets import GasSystem
from energysim.inputs.events import apply_events
from energysim.model.compile import Vector
from energysim.standards.subject import Subject
from energysim.standards.value.marginal import AGREEMENT, NOTHING, STEP, Base, Marginal
from energysim.standards.value.played import marginal_table
from energysim.standards.value.points import Point, enlarged, points, room
from energysim.standards.value.worth import CASES, LostLoad, lost_load
from energysim.units import REPORTING_GCV

PLACE = "5"
DUALITY = 1e-6
"""Largest relative gap between the objective and the sum of duals times right-hand sides."""
METHOD = "linear programming duality"
PLAYED = "the scenario played again"
WORTH_SAYING = 0.005
"""MEUR of missed targets, which are a rule of prudence and nobody's money, above which a figure says so."""
WINTER_MONTHS = ("11", "12", "01", "02", "03")
SPREAD = 1.0
"""EUR/MWh between the dearest and the cheapest node from which a day counts as one with a price spread."""

Values = Sequence[tuple[Point, Marginal]]


def chapter(subject: Subject, prices: LostLoad | None = None, step: float = STEP) -> Chapter:
    """The value of more, for a scenario.

    prices: demand classes at low, mid and high value of lost load; default: from the subject's data. step: of the finite
    differences [GWh/d or GWh]. Raises EnergysimError.
    """
    _ = subject.plan  # first, so that every solve starts from its basis
    events = subject.scenario.occurrences()
    base = Base(subject.system, subject.engine, lambda s: apply_events(s, events))
    values = capacity_values(base, step)
    nodes = node_prices(base)
    played = marginal_table(subject, prices or lost_load(subject))
    months = by_month(base.system, values)
    horizon = f"{subject.system.first_day} to {subject.system.last_day}"
    return Chapter(
        "value",
        "Preventive measures: value of capacity, contracts, stock and repair",
        PLACE,
        (*_proofs(base, values), *_dearest(values), *_price_figures(base, nodes), *_played_figures(played)),
        {
            "capacity_values": Table(
                "What one unit more saves, everything known on day one",
                value_table(values),
                _VALUE_UNITS,
                source="duals of one linear programme, each checked by solving again with more and with less",
                note=f"{horizon}; of a stock per unit in store, of a rate per unit a day over all days; from at least to at most where "
                "more and less are worth different amounts",
                shown=("name", "limit", "days", "low", "high", "mean"),
            ),
            "marginal_values": Table(
                "What a whole unit more saves, as the scenario plays and with everything known",
                played,
                _PLAYED_UNITS,
                source="the scenario played again with the unit",
                note="planned at the scenario's value of lost load, avoided cuts priced at low, mid and high",
                shown=("name", "measure", "mid", "low", "high", "foreseen"),
            ),
            "node_prices": Table(
                "Node prices, everything known on day one",
                nodes,
                _PRICE_UNITS,
                source="duals of the node balance",
                note="days at first cut: days on which gas is worth as much as the first cut, or more",
                shown=("name", "mean", "min", "max", "days_above"),
            ),
            "dual_months": Table(
                "Mean value of capacity by month, for a heat map of asset by month",
                months,
                source="duals by day",
                note="EUR/MWh, mean over all days of the month; only what binds at all",
                shown=("name", "limit", *(str(m) for m in months if str(m)[5:] in WINTER_MONTHS)),
            ),
        },
        notes=_NOTES,
    )


def capacity_values(base: Base, step: float = STEP) -> list[tuple[Point, Marginal]]:
    """Every point with what one more unit saves [kEUR per GWh/d or GWh], dearest first, then those worth nothing."""
    found = []
    for point in points(base.system):
        more, less = room(base.system, point, step)
        found.append((point, base.marginal(lambda by, p=point: enlarged(base.system, p, by), step, more, less)))  # type: ignore[misc]
    return sorted(found, key=lambda f: -max(abs(f[1].low), abs(f[1].high)))


_VALUE_UNITS = {
    "days": "d", "dual": "kEUR per GWh", "more": "kEUR per GWh", "less": "kEUR per GWh", "value": "kEUR per GWh",
    "low": "kEUR per GWh", "high": "kEUR per GWh", "mean": "EUR/MWh", "per_mcm": "kEUR per mcm",
}  # fmt: skip
_PRICE_UNITS = {"mean": "EUR/MWh", "max": "EUR/MWh", "min": "EUR/MWh", "threshold": "EUR/MWh", "days_above": "d"}
_PLAYED_UNITS = {
    "low": "MEUR", "mid": "MEUR", "high": "MEUR", "costs": "MEUR", "targets": "MEUR", "unserved": "MEUR",
    "gas": "GWh", "foreseen": "MEUR", "per_unit": "EUR per unit",
}  # fmt: skip


def value_table(values: Values) -> pd.DataFrame:
    """One row a point: the dual, more, less, the value or its range, over the horizon.

    unit: GWh/d or GWh; mean: EUR/MWh over the days on which it binds; per_mcm: kEUR for one mcm/d on such a day, or for
    one mcm in store; degenerate: yes where more and less are worth different amounts.
    """
    rows = []
    for point, m in values:
        stock = point.dimension == "stock"
        mean = (m.low if m.value is None else m.value) if stock else _mean(m)
        rows.append(
            {
                "asset": f"{point.table}.{point.asset}",
                "name": point.name,
                "limit": point.limit,
                "unit": "GWh" if stock else "GWh/d",
                "days": None if stock else m.days,
                "dual": m.dual,
                "more": m.up,
                "less": m.down,
                "value": m.value,
                "low": m.low,
                "high": m.high,
                "mean": mean,
                "per_mcm": None if mean is None else mean * REPORTING_GCV,
                "degenerate": "yes" if m.degenerate else "no",
            }
        )
    floats = ["dual", "more", "less", "value", "low", "high", "mean", "per_mcm", "days"]
    return pd.DataFrame(rows).astype(dict.fromkeys(floats, float)).round(dict.fromkeys(floats, 9))


def _mean(m: Marginal) -> float | None:
    """EUR/MWh over the binding days (kEUR per GWh/d is EUR/MWh and day); None where it never binds."""
    return float(m.daily[np.abs(m.daily) > NOTHING].mean()) if m.days else None


def by_month(system: GasSystem, values: Values) -> pd.DataFrame:
    """Mean value by calendar month [EUR/MWh], months across; only rates that bind on some day."""
    months = pd.date_range(system.first_day, periods=system.days, freq="D").strftime("%Y-%m")
    rows: list[dict[str, Any]] = []
    for point, m in values:
        if point.dimension == "rate" and m.days:
            means = pd.Series(m.daily).groupby(np.asarray(months), sort=True).mean()
            rows.append({"asset": f"{point.table}.{point.asset}", "name": point.name, "limit": point.limit, **means})
    return pd.DataFrame(rows, columns=["asset", "name", "limit", *dict.fromkeys(months)])


def node_prices(base: Base, threshold: float | None = None) -> pd.DataFrame:
    """Mean, lowest and highest price of each node [EUR/MWh], and the days at or above a threshold.

    threshold: default the lowest value of lost load in the plan, from which it pays to cut somebody.
    """
    threshold = first_cut(base.system) if threshold is None else threshold
    rows = [
        {"node": n, "name": base.system.nodes[n].name or n, "mean": float(p.mean()), "min": float(p.min()),
         "max": float(p.max()), "threshold": threshold, "days_above": int((p >= threshold - 1e-6).sum())}
        for n, p in _prices(base).items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def first_cut(system: GasSystem) -> float:
    """The lowest value of lost load [EUR/MWh]."""
    used = {o.demand_class for o in system.offtakes.values()}
    return min((v for k in used for _, v in system.demand_classes[k].steps), default=float("nan"))


def _prices(base: Base) -> dict[str, Vector]:
    rows = base.form.rows["node_balance"]
    duals = base.solution.duals[rows.slice].reshape(rows.shape)
    return {str(n): duals[k] for k, n in enumerate(rows.axes[0])}


def _proofs(base: Base, values: Values) -> list[Figure]:
    """Strong duality, and the agreement of duals with finite differences."""
    certificate = base.solution.certificate
    plain = [m for _, m in values if not m.degenerate and not m.one_sided]
    worst = max((m.error for m in plain), default=0.0)
    kinks = [m for _, m in values if m.degenerate]
    return [
        Figure(
            "strong_duality", "Costs and penalties against the sum of duals", certificate.relative_gap, "1",
            "|Σ dual · right-hand side − objective| ÷ (1 + |objective|)", "strong duality of linear programming",
            "pass" if certificate.relative_gap <= DUALITY else "fail", note=f"at most {DUALITY:g}",
        ),
        Figure(
            "dual_agreement", "Duals against finite differences", worst, "1",
            "max |dual − (more + less) ÷ 2| ÷ |dual| where more and less agree", METHOD,
            "pass" if worst <= AGREEMENT else "fail", note=f"{len(plain)} points without a kink; at most {AGREEMENT:g}",
        ),
        Figure(
            "kinks", "Points where more and less are worth different amounts", float(len(kinks)), "points",
            "count of |more − less| > 1e-4 relative", METHOD, note=f"of {len(values)}; reported as ranges",
        ),
    ]  # fmt: skip


def _dearest(values: Values) -> list[Figure]:
    """The infrastructure, the contract and the stock that are worth most."""
    kinds = {
        "infrastructure": (
            "Dearest infrastructure",
            [v for v in values if v[0].dimension == "rate" and not _is_gas(v[0])],
        ),
        "contract": ("Dearest contract", [v for v in values if _is_gas(v[0])]),
        "stock": ("Dearest opening stock", [v for v in values if v[0].dimension == "stock"]),
    }
    return [_dearest_of(kind, name, held) for kind, (name, held) in kinds.items()]


def _is_gas(point: Point) -> bool:
    """Whether more of it is more gas, not more room for gas."""
    return point.table == "contracts"


def _dearest_of(kind: str, name: str, held: Values) -> Figure:
    if not held or max(m.high for _, m in held) <= NOTHING:
        note = "nothing of the kind binds: more of it would save nothing"
        return Figure(f"dearest_{kind}", name, 0.0 if held else None, _UNIT[kind], _SLOPE, METHOD, note=note)
    point, m = max(held, key=lambda h: h[1].high)
    value = m.value if m.value is not None else m.low
    low, high = (m.low, m.high) if m.degenerate else (None, None)
    note = f"{point.name}: {point.limit}" + ("" if kind == "stock" else f", binding on {m.days} days")
    return Figure(f"dearest_{kind}", name, value, _UNIT[kind], _SLOPE, METHOD, "", low, high, note)


_UNIT = {"infrastructure": "kEUR per GWh/d", "contract": "kEUR per GWh/d", "stock": "EUR/MWh"}
_SLOPE = "−∂(costs + penalties) ÷ ∂capacity, summed over the days"


def _price_figures(base: Base, nodes: pd.DataFrame) -> list[Figure]:
    """Prices at home: mean, highest, days above the first cut, and the spread between nodes."""
    home = {n.id for n in base.system.nodes.values() if n.kind == "zone"} or set(base.system.nodes)
    prices = np.array([p for n, p in _prices(base).items() if n in home])
    spread = prices.max(axis=0) - prices.min(axis=0)
    means = prices.mean(axis=1)
    apart = bool(means.max() - means.min() > 1e-6)
    formula, threshold = "dual of the node balance", float(nodes["threshold"].iloc[0])
    top = nodes[nodes["node"].isin(home)].sort_values("max", ascending=False, kind="stable").iloc[0]
    return [
        Figure("price_mean", "Node price, mean over zones and days", float(prices.mean()), "EUR/MWh", formula, METHOD,
               low=float(means.min()) if apart else None, high=float(means.max()) if apart else None,
               note="range: cheapest and dearest zone" if apart else "the same in every zone"),
        Figure("price_max", "Node price, highest", float(prices.max()), "EUR/MWh", formula, METHOD, note=f"at {top['name']}"),
        Figure("price_days", "Days on which gas is worth as much as the first cut", float((prices.max(axis=0) >= threshold - 1e-6).sum()),
               "d", f"days with a zone at {threshold:g} EUR/MWh or above", METHOD),
        Figure("price_spread", "Spread between zones, highest", round(float(spread.max()), 9), "EUR/MWh", "dearest − cheapest zone of a day",
               METHOD, note=f"above {SPREAD:g} EUR/MWh on {int((spread > SPREAD).sum())} days"),
    ]  # fmt: skip


def _played_figures(table: pd.DataFrame) -> list[Figure]:
    """The marginal values that a reader asks for first: stock, each repair, the best unit of capacity and of gas."""
    figures = []
    for kind in ("stock", "eve", "repair"):
        for k, row in enumerate(table[table["kind"] == kind].to_dict("records"), start=1):
            figures.append(_played_figure(f"{kind}_{k}", f"{row['name']}: {row['measure']}", row))
    capacity = table[(table["kind"] == "capacity") & (table["mid"] > 0)].sort_values(
        "mid", ascending=False, kind="stable"
    )
    gas = capacity["item"].str.startswith("contracts.")
    for id, name, rows in (("best_gas", "from", capacity[gas]), ("best_capacity", "capacity of", capacity[~gas])):
        if not rows.empty:
            best = rows.iloc[0].to_dict()
            figures.append(_played_figure(id, f"1 mcm/d more {name} {best['name']}", best))
    return figures


def _played_figure(id: str, name: str, row: Mapping[Any, Any]) -> Figure:
    low, high = sorted((float(row["low"]), float(row["high"])))
    alike = high - low <= 1e-9 * max(1.0, abs(high))  # nobody is cut, so the value of lost load does not matter
    targets = float(row["targets"])
    part = f"of it missed filling targets avoided: {targets:.2g} MEUR" if abs(targets) >= WORTH_SAYING else ""
    range_ = "" if alike else "range: value of lost load low to high"
    note = "; ".join(filter(None, [str(row["note"]), part, range_]))
    formula = "(costs + harm) without − with the unit"
    ends: tuple[float | None, float | None] = (None, None) if alike else (low, high)
    return Figure(id, name, float(row["mid"]), "MEUR", formula, PLAYED, low=ends[0], high=ends[1], note=note)


_NOTES = (
    "A value is what one unit more saves: positive where more of it helps.",
    "Values from duals hold for the plan in which everything is known on day one; duals do not chain through a surprise, so "
    "whole units are valued by playing the scenario again.",
    "At a kink more is worth less than less is: the range is given, since any figure in it is a valid dual.",
    "More of a contract brings its take-or-pay with it where that follows from the daily quantity; its value can be below zero.",
    "What a whole unit saves holds missed filling targets avoided, at their price: a rule of prudence and nobody's money, so "
    "the table keeps them in a column of their own.",
    f"Priced harm is an assumption: each value is given at the {', '.join(CASES[:2])} and {CASES[2]} value of lost load.",
)

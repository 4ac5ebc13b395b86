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
from energysim.standards.value.worth import LostLoad, lost_load
from energysim.units import REPORTING_GCV
from energysim.words import iso_or_local, localised, say, term

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
    return Chapter(
        "value",
        say("Preventive measures: value of capacity, contracts, stock and repair"),
        PLACE,
        (*_proofs(base, values), *_dearest(values), *_price_figures(base, nodes), *_played_figures(played)),
        {
            "capacity_values": _values_table(subject.system, values),
            "marginal_values": Table(
                say("What a whole unit more saves, as the scenario plays and with everything known"),
                played,
                _PLAYED_UNITS,
                source=say("the scenario played again with the unit"),
                note=say("planned at the scenario's value of lost load, avoided cuts priced at low, mid and high"),
                shown=("name", "measure", "mid", "low", "high", "foreseen"),
            ),
            "node_prices": Table(
                say("Node prices, everything known on day one"),
                nodes,
                _PRICE_UNITS,
                source=say("duals of the node balance"),
                note=say("days at first cut: days on which gas is worth as much as the first cut, or more"),
                shown=("name", "mean", "min", "max", "days_above"),
            ),
            "dual_months": Table(
                say("Mean value of capacity by month, for a heat map of asset by month"),
                months,
                source=say("duals by day"),
                note=say("EUR/MWh, mean over all days of the month; only what binds at all"),
                shown=("name", "limit", *(str(m) for m in months if str(m)[5:] in WINTER_MONTHS)),
            ),
        },
        notes=_notes(),
    )


def _values_table(system: GasSystem, values: Values) -> Table:
    """The multipliers as a table of a dossier."""
    return Table(
        say("What one unit more saves, everything known on day one"),
        value_table(values),
        _VALUE_UNITS,
        source=say("duals of one linear programme, each checked by solving again with more and with less"),
        note=say(
            "{first} to {last}; of a stock per unit in store, of a rate per unit a day over all days; from at least to at most "
            "where more and less are worth different amounts",
            first=iso_or_local(system.first_day),
            last=iso_or_local(system.last_day),
        ),
        shown=("name", "limit", "days", "low", "high", "mean"),
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
                "limit": str(term(point.limit)),
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
            rows.append(
                {"asset": f"{point.table}.{point.asset}", "name": point.name, "limit": str(term(point.limit)), **means}
            )
    return pd.DataFrame(rows, columns=["asset", "name", "limit", *dict.fromkeys(months)])


def node_prices(base: Base, threshold: float | None = None) -> pd.DataFrame:
    """Mean, lowest and highest price of each node [EUR/MWh], and the days at or above a threshold.

    threshold: default the lowest value of lost load in the plan, from which it pays to cut somebody.
    """
    threshold = first_cut(base.system) if threshold is None else threshold
    rows = [
        {"node": n, "name": str(term(base.system.nodes[n].name or n)), "mean": float(p.mean()), "min": float(p.min()),
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
            "strong_duality", say("Costs and penalties against the sum of duals"), certificate.relative_gap, "1",
            say("|Σ dual · right-hand side − objective| ÷ (1 + |objective|)"), say("strong duality of linear programming"),
            "pass" if certificate.relative_gap <= DUALITY else "fail", note=say("at most {most}", most=f"{DUALITY:g}"),
        ),
        Figure(
            "dual_agreement", say("Duals against finite differences"), worst, "1",
            say("max |dual − (more + less) ÷ 2| ÷ |dual| where more and less agree"), term(METHOD),
            "pass" if worst <= AGREEMENT else "fail",
            note=say("{points} points without a kink; at most {most}", points=len(plain), most=localised(f"{AGREEMENT:g}")),
        ),
        Figure(
            "kinks", say("Points where more and less are worth different amounts"), float(len(kinks)), "points",
            say("count of |more − less| > 1e-4 relative"), term(METHOD),
            note=say("of {points}; reported as ranges", points=len(values)),
        ),
    ]  # fmt: skip


def _dearest(values: Values) -> list[Figure]:
    """The infrastructure, the contract and the stock that are worth most."""
    kinds = {
        "infrastructure": (
            say("Dearest infrastructure"),
            [v for v in values if v[0].dimension == "rate" and not _is_gas(v[0])],
        ),
        "contract": (say("Dearest contract"), [v for v in values if _is_gas(v[0])]),
        "stock": (say("Dearest opening stock"), [v for v in values if v[0].dimension == "stock"]),
    }
    return [_dearest_of(kind, name, held) for kind, (name, held) in kinds.items()]


def _is_gas(point: Point) -> bool:
    """Whether more of it is more gas, not more room for gas."""
    return point.table == "contracts"


def _dearest_of(kind: str, name: str, held: Values) -> Figure:
    if not held or max(m.high for _, m in held) <= NOTHING:
        note = say("nothing of the kind binds: more of it would save nothing")
        return Figure(
            f"dearest_{kind}", name, 0.0 if held else None, _UNIT[kind], term(_SLOPE), term(METHOD), note=note
        )
    point, m = max(held, key=lambda h: h[1].high)
    value = m.value if m.value is not None else m.low
    low, high = (m.low, m.high) if m.degenerate else (None, None)
    note = f"{point.name}: {term(point.limit)}"
    if kind != "stock":
        note = say("{limit}, binding on {days} {days|day|days}", limit=note, days=m.days)
    return Figure(f"dearest_{kind}", name, value, _UNIT[kind], term(_SLOPE), term(METHOD), "", low, high, note)


_UNIT = {"infrastructure": "kEUR per GWh/d", "contract": "kEUR per GWh/d", "stock": "EUR/MWh"}
_SLOPE = "−∂(costs + penalties) ÷ ∂capacity, summed over the days"


def _price_figures(base: Base, nodes: pd.DataFrame) -> list[Figure]:
    """Prices at home: mean, highest, days above the first cut, and the spread between nodes."""
    home = {n.id for n in base.system.nodes.values() if n.kind == "zone"} or set(base.system.nodes)
    prices = np.array([p for n, p in _prices(base).items() if n in home])
    spread = prices.max(axis=0) - prices.min(axis=0)
    means = prices.mean(axis=1)
    apart = bool(means.max() - means.min() > 1e-6)
    formula, method, threshold = say("dual of the node balance"), term(METHOD), float(nodes["threshold"].iloc[0])
    top = nodes[nodes["node"].isin(home)].sort_values("max", ascending=False, kind="stable").iloc[0]
    return [
        Figure("price_mean", say("Node price, mean over zones and days"), float(prices.mean()), "EUR/MWh", formula, method,
               low=float(means.min()) if apart else None, high=float(means.max()) if apart else None,
               note=say("range: cheapest and dearest zone") if apart else say("the same in every zone")),
        Figure("price_max", say("Node price, highest"), float(prices.max()), "EUR/MWh", formula, method,
               note=say("at {node}", node=top["name"])),
        Figure("price_days", say("Days on which gas is worth as much as the first cut"),
               float((prices.max(axis=0) >= threshold - 1e-6).sum()), "d",
               say("days with a zone at {price} EUR/MWh or above", price=localised(f"{threshold:g}")), method),
        Figure("price_spread", say("Spread between zones, highest"), round(float(spread.max()), 9), "EUR/MWh",
               say("dearest − cheapest zone of a day"), method,
               note=say("above {price} EUR/MWh on {days} {days|day|days}", price=f"{SPREAD:g}",
                        days=int((spread > SPREAD).sum()))),
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
    for id, rows in (("best_gas", capacity[gas]), ("best_capacity", capacity[~gas])):
        if not rows.empty:
            best = rows.iloc[0].to_dict()
            name = (
                say("1 mcm/d more from {asset}", asset=best["name"])
                if id == "best_gas"
                else say("1 mcm/d more capacity of {asset}", asset=best["name"])
            )
            figures.append(_played_figure(id, name, best))
    return figures


def _played_figure(id: str, name: str, row: Mapping[Any, Any]) -> Figure:
    low, high = sorted((float(row["low"]), float(row["high"])))
    alike = high - low <= 1e-9 * max(1.0, abs(high))  # nobody is cut, so the value of lost load does not matter
    targets = float(row["targets"])
    avoided = say("of it missed filling targets avoided: {money} MEUR", money=localised(f"{targets:.2g}"))
    part = avoided if abs(targets) >= WORTH_SAYING else ""
    range_ = "" if alike else say("range: value of lost load low to high")
    note = "; ".join(filter(None, [str(row["note"]), part, range_]))
    formula = say("(costs + harm) without − with the unit")
    ends: tuple[float | None, float | None] = (None, None) if alike else (low, high)
    return Figure(id, name, float(row["mid"]), "MEUR", formula, term(PLAYED), low=ends[0], high=ends[1], note=note)


def _notes() -> tuple[str, ...]:
    return (
        say("A value is what one unit more saves: positive where more of it helps."),
        say(
            "Values from duals hold for the plan in which everything is known on day one; duals do not chain through a surprise, "
            "so whole units are valued by playing the scenario again."
        ),
        say("At a kink more is worth less than less is: the range is given, since any figure in it is a valid dual."),
        say(
            "More of a contract brings its take-or-pay with it where that follows from the daily quantity; its value can be "
            "below zero."
        ),
        say(
            "What a whole unit saves holds missed filling targets avoided, at their price: a rule of prudence and nobody's "
            "money, so the table keeps them in a column of their own."
        ),
        say("Priced harm is an assumption: each value is given at the low, mid and high value of lost load."),
    )

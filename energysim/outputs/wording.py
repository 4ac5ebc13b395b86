"""How numbers are written for people: units, digits, dates, and the sentences at the head of a page.

Every sentence is made from numbers of the run; none is typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from energysim.errors import InputError
from energysim.indicators import basic as indicators
from energysim.results import Results
from energysim.units import to_mcm
from energysim.words import day_month, decimals, localised, say

TRACE = 1e-3
"""GWh below which a cut is not worth a word."""
LEAST_CHANGE = 1.5
"""GWh below which a change of source is not worth a word."""
ABROAD = "bosnia"
"""The demand class supplied through Serbia that is not Serbia: always named apart."""


@dataclass(frozen=True)
class Unit:
    """How energies are printed: mcm at the reporting calorific value, or GWh."""

    key: str
    """`mcm` or `GWh`."""

    def __call__(self, gwh: float, digits: int | None = None) -> str:
        """A number without its unit, with sensible digits."""
        value = gwh * self.factor
        if digits is None:
            digits = 0 if abs(value) >= 99.95 else 1 if abs(value) >= 9.995 else 2
        text = decimals(value, digits)
        return text if text.strip("-0.,") else decimals(0.0, digits)

    @property
    def name(self) -> str:
        """The unit as it is printed."""
        return say(self.key)

    @property
    def factor(self) -> float:
        """Shown units in one GWh."""
        return to_mcm(1.0) if self.key == "mcm" else 1.0

    def text(self, gwh: float) -> str:
        """`383 mcm` for an energy in GWh."""
        return f"{number(gwh * self.factor)} {self.name}"

    @property
    def rate(self) -> str:
        """The unit of a daily rate."""
        return say(f"{self.key}/d")


MCM, GWH = Unit("mcm"), Unit("GWh")


def unit_named(name: str) -> Unit:
    """The unit of an option `mcm` or `gwh`. Raises InputError for anything else."""
    if name.lower() not in ("mcm", "gwh"):
        raise InputError(f"unknown unit {name!r}; expected `mcm` or `gwh`")
    return GWH if name.lower() == "gwh" else MCM


def number(value: float) -> str:
    """A number with three to four telling digits, for sentences: 1,734 · 38.3 · 0.42 · 0."""
    size = abs(value)
    text = f"{value:,.{0 if size >= 100 else 1 if size >= 1 else 2}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else localised(text)


def gap_text(gap: float) -> str:
    """The largest relative gap of a certificate: `below 1e-9` where the rows show none."""
    return "below 1e-9" if gap < 1e-9 else f"at most {gap:.0e}"


def cuts_by_class(results: Results) -> pd.DataFrame:
    """Classes that are cut, in the order of cuts: name, protected, total and worst day [GWh], share, first, last, days.

    share [1] = unserved ÷ demand of the class from its first to its last cut.
    """
    offtakes = results.assets[results.assets["table"] == "offtakes"]
    demand = results.quantity("demand")
    rows: list[dict[str, Any]] = []
    for group, series in indicators.curtailment_by_class(results).items():
        days = series[series > TRACE]
        if days.empty:
            continue
        members = offtakes[offtakes["group"] == group]
        needed = demand[list(members["asset"])].loc[days.index[0] : days.index[-1]].to_numpy().sum()
        rows.append(
            {
                "group": str(group),
                "name": str(members["name"].iloc[0]),
                "protected": bool(members["protected"].iloc[0]),
                "total": float(series.sum()),
                "share": float(series.sum() / needed),
                "worst": float(days.max()),
                "first": days.index[0],
                "last": days.index[-1],
                "days": len(days),
            }
        )
    return pd.DataFrame(
        rows, columns=["group", "name", "protected", "total", "share", "worst", "first", "last", "days"]
    )


def headline(results: Results, unit: Unit = MCM) -> str:
    """One sentence: who is cut, how much, when; or how close it came."""
    daily = indicators.unserved_by_day(results)
    days = daily[daily > TRACE]
    if days.empty:
        stock = indicators.callable_stock(results)
        if stock.empty:
            return "Nobody is cut."
        low = f"{unit(float(stock.min()), 0)} {unit.name} ({day_month(stock.idxmin())})"
        return f"Nobody is cut. {_instead(results, unit)}The callable stock never falls below {low}."
    total, protected = float(daily.sum()), indicators.unserved_protected(results)
    demand = float(indicators.system_demand(results).loc[days.index[0] : days.index[-1]].sum())
    cut = cuts_by_class(results)
    abroad = float(cut.loc[cut["group"] == ABROAD, "total"].sum())
    apart = f" ({unit(abroad)} of them in Bosnia and Herzegovina)" if abroad > TRACE else ""
    whom = (
        f"protected customers lose {unit(protected)} {unit.name}"
        if protected > TRACE
        else "no protected customer is cut"
    )
    when = (
        f"on {day_month(days.index[0])}"
        if len(days) == 1
        else f"on {len(days)} days between {day_month(days.index[0])} and {day_month(days.index[-1])}"
    )
    return (
        f"{unit(total)} {unit.name}{apart} go unserved {when}: {100 * total / demand:.1f} % of demand in that time. "
        f"The worst day is {day_month(days.idxmax())} with {unit(float(days.max()), 1)} {unit.rate}; {whom}."
    )


def _instead(results: Results, unit: Unit) -> str:
    """`11.9 mcm of Azerbaijani gas do not come from 11 to 17 Jan; instead: …`, or nothing where nothing changed."""
    found = results.manifest["replacements"]
    if not found:
        return ""
    accounts = set(results.assets.loc[results.assets["table"] == "accounts", "asset"])
    changed: dict[str, float] = {}
    for source, amount in found["during"].items():
        name = "gas from stores" if source in accounts else source_name(results, source)
        changed[name] = changed.get(name, 0.0) + amount
    lost = {name: -v for name, v in changed.items() if v < -LEAST_CHANGE}
    gained = {name: v for name, v in changed.items() if v > LEAST_CHANGE}
    if not lost or not gained:
        return ""
    missing = ", ".join(f"{unit(v)} {unit.name} of {name}" for name, v in _largest(lost))
    instead = ", ".join(f"{unit(v)} of {name}" for name, v in _largest(gained))
    return f"{day_month(found['first'])} to {day_month(found['last'])}: {missing} less; instead {instead}. "


def _largest(amounts: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(amounts.items(), key=lambda item: -item[1])


def source_name(results: Results, source: str) -> str:
    """What a reader calls a gas source, a store or what stands in for gas."""
    names = results.assets.drop_duplicates(["asset", "table"]).set_index(["table", "asset"])["name"].to_dict()
    stored = names.get(("accounts", source))
    plain = {"fuel_switch": "replaced by fuel oil", "curtailment": "cut", "demand": "demand (higher is −)"}.get(
        source, source.replace("_", " ")
    )
    return f"from store: {stored}" if stored else str(names.get(("gas_sources", source), plain))


def foresight_line(results: Results, unit: Unit = MCM) -> str:
    """What was known when, and both numbers."""
    m = results.manifest
    outcomes = m["outcomes"]
    if len(outcomes) < 2 or not m["scenario"]["events"]:
        return "Foresight: prices, contracts and weather known for the whole horizon; no event."
    surprise, foreseen = outcomes["surprise"], outcomes["foreseen"]
    shown = (
        "as news arrived (surprise)" if m["foresight"] == "surprise" else "with everything known on day one (foreseen)"
    )
    return (
        f"Foresight: shown is the course {shown}. Unserved under surprise {unit(surprise['unserved_gas'])} {unit.name}, "
        f"with everything known on day one {unit(foreseen['unserved_gas'])} {unit.name}; costs and penalties "
        f"{surprise['objective'] / 1000:,.1f} against {foreseen['objective'] / 1000:,.1f} MEUR. Weather: known."
    )

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
from energysim.words import Term, day_month, decimals, localised, say, term

TRACE = 1e-3
"""GWh below which a cut is not worth a word."""
LEAST_CHANGE = 1.5
"""GWh below which a change of source is not worth a word."""
ABROAD = "bosnia"
"""The demand class supplied through Serbia that is not Serbia: always named apart."""
STORES = "stores"
"""All storage accounts together, where their parts do not matter."""
STAND_INS = {"fuel_switch": "replaced by fuel oil", "curtailment": "cut", "demand": "demand (higher is −)"}
"""What stands beside the sources in a list of replacements -> its words."""


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
    return say("below {gap}", gap="1e-9") if gap < 1e-9 else say("at most {gap}", gap=f"{gap:.0e}")


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
                "name": term(str(members["name"].iloc[0])),
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
    """A few words at the head of a page: who is cut, how much, when; or how close it came."""
    daily = indicators.unserved_by_day(results)
    days = daily[daily > TRACE]
    if days.empty:
        return _nobody(results, unit)
    total, protected = float(daily.sum()), indicators.unserved_protected(results)
    demand = float(indicators.system_demand(results).loc[days.index[0] : days.index[-1]].sum())
    amount = f"{unit(total)} {unit.name}"
    cut = cuts_by_class(results)
    abroad = float(cut.loc[cut["group"] == ABROAD, "total"].sum())
    if abroad > TRACE:
        amount = say("{amount} ({there} of them in Bosnia and Herzegovina)", amount=amount, there=unit(abroad))
    said = {"amount": amount, "share": decimals(100 * total / demand, 1)}
    if len(days) == 1:
        first = say("{amount} go unserved on {day}: {share} % of demand in that time.", day=_ends(days)[0], **said)
    else:
        first = say(
            "{amount} go unserved on {days} days between {first} and {last}: {share} % of demand in that time.",
            days=len(days), first=_ends(days)[0], last=_ends(days)[1], **said,
        )  # fmt: skip
    whom = say("no protected customer is cut")
    if protected > TRACE:
        whom = say("protected customers lose {amount}", amount=f"{unit(protected)} {unit.name}")
    most = f"{unit(float(days.max()), 1)} {unit.rate}"
    worst = say("The worst day is {day} with {amount}; {whom}.", day=day_month(days.idxmax()), amount=most, whom=whom)
    return f"{first} {worst}"


def _ends(days: pd.Series[float]) -> tuple[str, str]:
    return day_month(days.index[0]), day_month(days.index[-1])


def _nobody(results: Results, unit: Unit) -> str:
    """That nobody is cut, what stood in for gas that did not come, and the lowest stock."""
    stock = indicators.callable_stock(results)
    if stock.empty:
        return say("Nobody is cut.")
    low = f"{unit(float(stock.min()), 0)} {unit.name}"
    lowest = say("The callable stock never falls below {low} ({day}).", low=low, day=day_month(stock.idxmin()))
    return " ".join(part for part in (say("Nobody is cut."), _instead(results, unit), lowest) if part)


def _instead(results: Results, unit: Unit) -> str:
    """`11 to 17 Jan: 11.9 mcm of Azerbaijani gas less; instead …`, or nothing where nothing changed."""
    found = results.manifest["replacements"]
    if not found:
        return ""
    accounts = set(results.assets.loc[results.assets["table"] == "accounts", "asset"])
    changed: dict[str, float] = {}
    for source, amount in found["during"].items():
        key = STORES if source in accounts else source
        changed[key] = changed.get(key, 0.0) + amount
    demand = changed.pop("demand", 0.0)
    lost = {key: -v for key, v in changed.items() if v < -LEAST_CHANGE}
    gained = {key: v for key, v in changed.items() if v > LEAST_CHANGE}
    more = f"{unit(-demand)} {unit.name}"
    if not gained or not (lost or -demand > LEAST_CHANGE):
        return ""
    said = {
        "first": day_month(found["first"]),
        "last": day_month(found["last"]),
        "instead": ", ".join(_of(results, key, f"{unit(v)} {unit.name}") for key, v in _largest(gained)),
    }
    if not lost:
        return say("{first} to {last}: {more} more demand; met by {instead}.", more=more, **said)
    said["missing"] = ", ".join(_of(results, key, f"{unit(v)} {unit.name}") for key, v in _largest(lost))
    if -demand > LEAST_CHANGE:
        return say("{first} to {last}: {missing} less and {more} more demand; instead {instead}.", more=more, **said)
    return say("{first} to {last}: {missing} less; instead {instead}.", **said)


def _of(results: Results, source: str, amount: str) -> str:
    """`11.9 mcm of Azerbaijani gas`."""
    plain = {STORES: "gas from stores", "fuel_switch": "fuel oil"}
    name = term(plain[source]) if source in plain else source_name(results, source)
    return say("{amount} of {source:genitive}", amount=amount, source=name)


def _largest(amounts: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(amounts.items(), key=lambda item: -item[1])


def source_name(results: Results, source: str) -> Term:
    """What a reader calls a gas source, a store or what stands in for gas, in the language spoken."""
    names = results.assets.drop_duplicates(["asset", "table"]).set_index(["table", "asset"])["name"].to_dict()
    stored = names.get(("accounts", source))
    if stored:
        return Term(say("from store: {account}", account=term(stored)))
    return term(str(names.get(("gas_sources", source), STAND_INS.get(source, source.replace("_", " ")))))


def foresight_line(results: Results, unit: Unit = MCM) -> str:
    """What was known when, and both numbers."""
    m = results.manifest
    outcomes = m["outcomes"]
    if len(outcomes) < 2 or not m["scenario"]["events"]:
        return say("Foresight: prices, contracts and weather known for the whole horizon; no event.")
    surprise, foreseen = outcomes["surprise"], outcomes["foreseen"]
    shown = say("Foresight: shown is the course with everything known on day one (foreseen).")
    if m["foresight"] == "surprise":
        shown = say("Foresight: shown is the course as news arrived (surprise).")
    both = say(
        "Unserved under surprise {surprise}, with everything known on day one {foreseen}; "
        "costs and penalties {dear} against {cheap} MEUR. Weather: known.",
        surprise=f"{unit(surprise['unserved_gas'])} {unit.name}",
        foreseen=f"{unit(foreseen['unserved_gas'])} {unit.name}",
        dear=decimals(surprise["objective"] / 1000, 1),
        cheap=decimals(foreseen["objective"] / 1000, 1),
    )
    return f"{shown} {both}"

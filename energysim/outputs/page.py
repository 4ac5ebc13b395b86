"""The terminal page of a run: what happened, to whom, why, at what cost, and how sure we are."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from energysim.indicators import basic as indicators
from energysim.outputs.page_estimates import estimates_table
from energysim.outputs.page_table import caption, new_table
from energysim.outputs.scenario_words import said_remark, said_title, said_weather
from energysim.outputs.wording import (
    LEAST_CHANGE,
    MCM,
    TRACE,
    Unit,
    cuts_by_class,
    foresight_line,
    headline,
    source_name,
)
from energysim.results import Results
from energysim.units import REPORTING_GCV
from energysim.words import day_month, decimals, iso_or_local, say, table_day, term

WIDTH = 100
SEPARATOR = "  ·  "
SHOWN_LIMITS = 8
ITEMS = {
    "gas": "gas bought",
    "transport": "transport",
    "entry": "entry tariffs",
    "storage": "storage",
    "fuel_oil": "fuel oil",
    "take_or_pay": "take or pay",
    "sales": "sales",
    "closing_stock": "value of gas left in store",
    "curtailment": "curtailment",
    "filling_shortfall": "filling shortfall",
}
"""Item of the costs -> its words."""
POLICIES = {"hold_high": "hold high", "hold_low": "hold low"}
"""Stock policy -> its words."""


def page_console(stderr: bool = False) -> Console:
    """A console of the page's width: the terminal's, but at most 100 columns, and 100 into a file."""
    console = Console(stderr=stderr)
    return Console(stderr=stderr, width=min(WIDTH, console.width) if console.is_terminal else WIDTH)


def print_page(results: Results, console: Console, unit: Unit = MCM) -> None:
    """Print the page of a run on a console."""
    console.print(page(results, unit), highlight=False)


def page(results: Results, unit: Unit = MCM) -> Group:
    """Everything an analyst reads first, from the frames and the manifest alone."""
    cut = cuts_by_class(results)
    parts: list[RenderableType | None] = [
        *_head(results),
        Text("\n" + headline(results, unit), style="bold green" if cut.empty else "bold red"),
        Text(foresight_line(results, unit) + "\n", style="dim"),
        None if cut.empty else _cuts(cut, unit),
        None if cut.empty else _zones(results, unit),
        _replacements(results, unit),
        _supply(results, unit),
        _stocks(results, unit),
        _costs(results),
        _limits(results),
        _news(results, unit),
        estimates_table(results),
        _foot(results, unit),
    ]
    return Group(*[p for p in parts if p is not None])


def _head(results: Results) -> list[RenderableType]:
    m = results.manifest
    year = say("gas year {year}", year=m["gas_year"] or say("as built"))
    weather = say("weather {weather}", weather=said_weather(m["remarks"]))
    line = SEPARATOR.join([m["scenario"]["id"], year, weather])
    others = [Text(said_remark(r), style="dim") for r in m["remarks"] if not r.startswith("weather")]
    return [Text(said_title(results.title), style="bold"), Text(line, style="dim"), *others]


def _cuts(cut: pd.DataFrame, unit: Unit) -> Table:
    worst = say("worst day {rate}", rate=unit.rate)
    heads = (say("class"), unit.name, say("of its demand"), worst, say("first"), say("last"), say("days"))
    table = new_table(say("Who is cut"), *heads)
    for row in cut.to_dict("records"):
        table.add_row(
            Text(row["name"], style="bold" if row["protected"] else ""),
            unit(row["total"]),
            f"{100 * row['share']:.0f} %",
            unit(row["worst"]),
            day_month(row["first"]),
            day_month(row["last"]),
            str(row["days"]),
        )
    table.caption = caption(say("classes are cut from the top of this table downwards; protected customers in bold"))
    return table


def _zones(results: Results, unit: Unit) -> Text:
    by_node = indicators.curtailment_by_node(results).sum()
    parts = [f"{node} {unit(float(value))}" for node, value in by_node.items() if float(value) > TRACE]
    return Text(say("By zone [{unit}]: {zones}", unit=unit.name, zones=", ".join(parts)) + "\n")


def _replacements(results: Results, unit: Unit) -> Table | None:
    """What stood in for the gas that did not come, against the plan without the surprise."""
    found = results.manifest["replacements"]
    if not found or not any(abs(v) > LEAST_CHANGE for v in (*found["during"].values(), *found["year"].values())):
        return None
    when = say("{first} to {last}", first=day_month(found["first"]), last=day_month(found["last"]))
    title = say("What changed against the plan without the surprise [{unit}]", unit=unit.name)
    table = new_table(title, say("source"), when, say("whole year"))
    for name, during in found["during"].items():
        if max(abs(during), abs(found["year"][name])) > LEAST_CHANGE:
            table.add_row(source_name(results, name), _signed(during, unit), _signed(found["year"][name], unit))
    table.caption = caption(say("stores are net of injection; a small rest is lost on the way"))
    return table


def _signed(gwh: float, unit: Unit) -> str:
    return f"+{unit(gwh)}" if gwh > TRACE else unit(gwh)


def _supply(results: Results, unit: Unit) -> Table:
    supply = indicators.supply_by_source(results)
    total = float(supply.to_numpy().sum())
    january = results.dates.month == 1
    days = (say("January mean {rate}", rate=unit.rate), say("largest day {rate}", rate=unit.rate))
    table = new_table(say("Supply"), say("source"), unit.name, say("share"), *days)
    for source, series in supply.items():
        if float(series.sum()) <= TRACE:
            continue
        table.add_row(
            source_name(results, str(source)),
            unit(float(series.sum())),
            f"{decimals(100 * float(series.sum()) / total, 1)} %",
            unit(float(series[january].mean())) if january.any() else "",
            unit(float(series.max())),
        )
    demand = indicators.system_demand(results)
    table.add_section()
    mean = unit(float(demand[january].mean())) if january.any() else ""
    table.add_row(say("demand"), unit(float(demand.sum())), "", mean, unit(float(demand.max())))
    return table


def _stocks(results: Results, unit: Unit) -> Table | None:
    accounts = results.assets[results.assets["table"] == "accounts"].to_dict("records")
    if not accounts:
        return None
    inventory, days = results.quantity("inventory"), _key_days(results)
    title = say("Stock on the morning [{unit}]", unit=unit.name)
    table = new_table(title, say("account"), *[table_day(d) for d in days], say("volume"))
    table.columns[0].min_width = 26
    for account in accounts:
        levels = [unit(float(inventory[account["asset"]].loc[d]), 0) for d in days]
        star = "" if account["group"] == "callable" else " *"
        table.add_row(term(account["name"]) + star, *levels, unit(float(account["volume"]), 0))
    apart = any(a["group"] != "callable" for a in accounts)
    notes = [say("* stands there, but is not Serbia's to call")] if apart else []
    table.caption = caption(*notes, *_eve(results, unit), *_reserve_rule(results, unit))
    return table


def _eve(results: Results, unit: Unit) -> list[str]:
    """The stock on the eve of the first surprise, and how far it could lie elsewhere at equal cost."""
    eve, policy = results.manifest["eve_of_surprise"], results.manifest["policy"]["stock"]
    if not eve:
        return []
    return [
        say(
            "eve of the first surprise, {day}: callable {stock}; "
            "plans of equal cost have {lowest} to {highest} (stock policy: {policy})",
            day=day_month(eve["date"]),
            stock=f"{unit(eve['stock'], 0)} {unit.name}",
            lowest=unit(eve["lowest"], 0),
            highest=unit(eve["highest"], 0),
            policy=term(POLICIES.get(policy, policy.replace("_", " "))),
        )
    ]


def _reserve_rule(results: Results, unit: Unit) -> list[str]:
    """The planner's prudence, always printed: it sets the stock on the eve of a surprise."""
    levels = [f"{day_month(t['date'])} {unit(t['level'], 0)}" for t in results.manifest["targets"]]
    return [say("reserve rule (soft) [{unit}]: {levels}", unit=unit.name, levels=", ".join(levels))] if levels else []


def _key_days(results: Results) -> list[pd.Timestamp]:
    dates = results.dates
    firsts = [d for d in dates if (d.month, d.day) in ((11, 1), (1, 1), (2, 1), (3, 1), (4, 1))]
    return list(dict.fromkeys([dates[0], *firsts, dates[-1]]))


def _costs(results: Results) -> Table:
    breakdown = indicators.cost_breakdown(results) / 1000.0
    table = new_table(say("Costs [MEUR]"), say("item"), say("MEUR"))
    for column, title in (("cost", say("costs, net")), ("penalty", say("penalties (harm, not money)"))):
        amounts = breakdown[column].dropna()
        amounts = amounts[amounts.abs() > TRACE]
        if amounts.empty:
            continue
        for item, value in amounts.items():
            table.add_row(term(ITEMS.get(str(item), str(item).replace("_", " "))), decimals(value, 1))
        table.add_row(Text(title, style="bold"), Text(decimals(amounts.sum(), 1), style="bold"))
        table.add_section()
    return table


def _limits(results: Results) -> Table | None:
    daily = indicators.unserved_by_day(results)
    days = daily.index[daily > TRACE]
    limits = indicators.binding_limits(results, pd.DatetimeIndex(days) if len(days) else None)
    if limits.empty:
        return None
    title = say("Why: what binds on the days with cuts") if len(days) else say("Why: what binds over the year")
    table = new_table(title, say("limit"), say("asset"), say("days"), say("EUR/MWh"), left=2)
    for row in limits.head(SHOWN_LIMITS).to_dict("records"):
        table.add_row(term(row["limit"]), _named(results, row), str(int(row["days"])), decimals(row["mean"], 1))
    table.caption = caption(say("EUR/MWh: what one more unit of the limit would save, mean of those days"))
    return table


def _named(results: Results, row: Mapping[Hashable, Any]) -> str:
    """What a limit belongs to; demand in one zone by its class and the zone's id."""
    zone = results.assets[(results.assets["table"] == "offtakes") & (results.assets["asset"] == row["asset"])]
    if len(zone) and row["name"] == f"{zone['name'].iloc[0]}, {zone['parent'].iloc[0]}":
        return f"{term(zone['name'].iloc[0])}, {zone['parent'].iloc[0]}"
    return term(str(row["name"]))


def _news(results: Results, unit: Unit) -> Text | None:
    news = results.manifest["news"]
    if len(news) < 2:
        return None
    lines = [
        say(
            "{day} the plan expects {amount} unserved",
            day=day_month(n["date"]),
            amount=f"{unit(n['expected_unserved'])} {unit.name}",
        )
        for n in news
    ]
    return Text(say("News: {lines}", lines="; ".join(lines)) + "\n")


def _foot(results: Results, unit: Unit) -> Text:
    m = results.manifest
    worst = max(c["relative_gap"] for c in m["certificates"])
    facts = [
        say("run {run}", run=m["run_id"]),
        say("{first} to {last}", first=iso_or_local(m["first_day"]), last=iso_or_local(m["last_day"])),
        say("optimum certified (relative gap {gap})", gap=f"{worst:.0e}"),
        f"{decimals(m['seconds'], 1)} s",
    ]
    kind = say("Transport model with daily steps: pressures and hours are not seen.")
    volume = say("mcm at {gcv} kWh/m3.", gcv=decimals(REPORTING_GCV, 2)) if unit == MCM else ""
    return Text(f"{' · '.join(facts)}\n{kind} {volume}".rstrip(), style="dim")

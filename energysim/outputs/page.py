"""The terminal page of a run: what happened, to whom, why, at what cost, and how sure we are."""

from __future__ import annotations

from typing import Any

import pandas as pd
from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from energysim.indicators import basic as indicators
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
from energysim.units import REPORTING_GCV, to_gwh
from energysim.words import day_month

WIDTH = 100
SHOWN_ESTIMATES = 9
SHOWN_LIMITS = 8
SEASON_DAYS = 150
"""Days over which a stock counts, when stocks and daily rates are ranked together."""
ITEMS = {"gas": "gas bought", "entry": "entry tariffs", "closing_stock": "value of gas left in store"}


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
        _estimates(results),
        _foot(results, unit),
    ]
    return Group(*[p for p in parts if p is not None])


def _table(title: str, *columns: str, left: int = 1) -> Table:
    """A table of the page; titles and captions are plain text, so that `[mcm]` is not read as markup."""
    style: dict[str, Any] = {"title_justify": "left", "caption_justify": "left"}
    table = Table(title=Text(title, style="bold"), box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), **style)
    for k, column in enumerate(columns):
        table.add_column(Text(column), justify="left" if k < left else "right", no_wrap=k > 0)
    return table


def _caption(*lines: str) -> Text:
    return Text("\n".join(lines), style="dim italic")


def _head(results: Results) -> list[RenderableType]:
    m = results.manifest
    weather = "; ".join(r.removeprefix("weather: ") for r in m["remarks"] if r.startswith("weather")) or "as given"
    line = f"{m['scenario']['id']}  ·  gas year {m['gas_year'] or 'as built'}  ·  weather {weather}"
    others = [Text(r, style="dim") for r in m["remarks"] if not r.startswith("weather")]
    return [Text(results.title, style="bold"), Text(line, style="dim"), *others]


def _cuts(cut: pd.DataFrame, unit: Unit) -> Table:
    table = _table("Who is cut", "class", unit.name, "of its demand", f"worst day {unit.rate}", "first", "last", "days")
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
    table.caption = _caption("classes are cut from the top of this table downwards; protected customers in bold")
    return table


def _zones(results: Results, unit: Unit) -> Text:
    by_node = indicators.curtailment_by_node(results).sum()
    parts = [f"{node} {unit(float(value))}" for node, value in by_node.items() if float(value) > TRACE]
    return Text(f"By zone [{unit.name}]: {', '.join(parts)}\n")


def _replacements(results: Results, unit: Unit) -> Table | None:
    """What stood in for the gas that did not come, against the plan without the surprise."""
    found = results.manifest["replacements"]
    if not found or not any(abs(v) > LEAST_CHANGE for v in (*found["during"].values(), *found["year"].values())):
        return None
    when = f"{day_month(found['first'])} to {day_month(found['last'])}"
    table = _table(f"What changed against the plan without the surprise [{unit.name}]", "source", when, "whole year")
    for name, during in found["during"].items():
        if max(abs(during), abs(found["year"][name])) > LEAST_CHANGE:
            table.add_row(source_name(results, name), _signed(during, unit), _signed(found["year"][name], unit))
    table.caption = _caption("stores are net of injection; a small rest is lost on the way")
    return table


def _signed(gwh: float, unit: Unit) -> str:
    return f"+{unit(gwh)}" if gwh > TRACE else unit(gwh)


def _supply(results: Results, unit: Unit) -> Table:
    supply = indicators.supply_by_source(results)
    total = float(supply.to_numpy().sum())
    january = results.dates.month == 1
    table = _table("Supply", "source", unit.name, "share", f"January mean {unit.rate}", f"largest day {unit.rate}")
    for source, series in supply.items():
        if float(series.sum()) <= TRACE:
            continue
        table.add_row(
            source_name(results, str(source)),
            unit(float(series.sum())),
            f"{100 * float(series.sum()) / total:.1f} %",
            unit(float(series[january].mean())) if january.any() else "",
            unit(float(series.max())),
        )
    demand = indicators.system_demand(results)
    table.add_section()
    mean = unit(float(demand[january].mean())) if january.any() else ""
    table.add_row("demand", unit(float(demand.sum())), "", mean, unit(float(demand.max())))
    return table


def _stocks(results: Results, unit: Unit) -> Table | None:
    accounts = results.assets[results.assets["table"] == "accounts"].to_dict("records")
    if not accounts:
        return None
    inventory, days = results.quantity("inventory"), _key_days(results)
    table = _table(f"Stock on the morning [{unit.name}]", "account", *[day_month(d) for d in days], "volume")
    table.columns[0].min_width = 26
    for account in accounts:
        levels = [unit(float(inventory[account["asset"]].loc[d]), 0) for d in days]
        star = "" if account["group"] == "callable" else " *"
        table.add_row(account["name"] + star, *levels, unit(float(account["volume"]), 0))
    notes = ["* stands there, but is not Serbia's to call"] if any(a["group"] != "callable" for a in accounts) else []
    eve = results.manifest["eve_of_surprise"]
    if eve:
        policy = results.manifest["policy"]["stock"].replace("_", " ")
        notes.append(
            f"eve of the first surprise, {day_month(eve['date'])}: callable {unit(eve['stock'], 0)} {unit.name}; "
            f"plans of equal cost have {unit(eve['lowest'], 0)} to {unit(eve['highest'], 0)} (stock policy: {policy})"
        )
    notes += _reserve_rule(results, unit)
    table.caption = _caption(*notes)
    return table


def _reserve_rule(results: Results, unit: Unit) -> list[str]:
    """The planner's prudence, always printed: it sets the stock on the eve of a surprise."""
    levels = [f"{day_month(t['date'])} {unit(t['level'], 0)}" for t in results.manifest["targets"]]
    return [f"reserve rule (soft) [{unit.name}]: " + ", ".join(levels)] if levels else []


def _key_days(results: Results) -> list[pd.Timestamp]:
    dates = results.dates
    firsts = [d for d in dates if (d.month, d.day) in ((11, 1), (1, 1), (2, 1), (3, 1), (4, 1))]
    return list(dict.fromkeys([dates[0], *firsts, dates[-1]]))


def _costs(results: Results) -> Table:
    breakdown = indicators.cost_breakdown(results) / 1000.0
    table = _table("Costs [MEUR]", "item", "MEUR")
    for column, title in (("cost", "costs, net"), ("penalty", "penalties (harm, not money)")):
        amounts = breakdown[column].dropna()
        amounts = amounts[amounts.abs() > TRACE]
        if amounts.empty:
            continue
        for item, value in amounts.items():
            table.add_row(ITEMS.get(str(item), str(item).replace("_", " ")), f"{value:,.1f}")
        table.add_row(Text(title, style="bold"), Text(f"{amounts.sum():,.1f}", style="bold"))
        table.add_section()
    return table


def _limits(results: Results) -> Table | None:
    daily = indicators.unserved_by_day(results)
    days = daily.index[daily > TRACE]
    limits = indicators.binding_limits(results, pd.DatetimeIndex(days) if len(days) else None)
    if limits.empty:
        return None
    where = "on the days with cuts" if len(days) else "over the year"
    table = _table(f"Why: what binds {where}", "limit", "asset", "days", "EUR/MWh", left=2)
    for row in limits.head(SHOWN_LIMITS).to_dict("records"):
        table.add_row(str(row["limit"]), str(row["name"]), str(int(row["days"])), f"{row['mean']:,.1f}")
    table.caption = _caption("EUR/MWh: what one more unit of the limit would save, mean of those days")
    return table


def _news(results: Results, unit: Unit) -> Text | None:
    news = results.manifest["news"]
    if len(news) < 2:
        return None
    lines = [
        f"{day_month(n['date'])} the plan expects {unit(n['expected_unserved'])} {unit.name} unserved" for n in news
    ]
    return Text(f"News: {'; '.join(lines)}\n")


def _estimates(results: Results) -> Table | None:
    estimates = sorted(results.manifest["estimates"], key=_weight)
    if not estimates:
        return None
    table = _table("Uncertain inputs", "figure", "used", "range", "why")
    table.columns[3].justify, table.columns[3].no_wrap = "left", False
    for e in estimates[:SHOWN_ESTIMATES]:
        used, span = f"{e['value']:g} {_unit_of(e['figure'])}", f"{e['low']:g} … {e['high']:g}"
        table.add_row(str(e["asset"]), used, span, Text(e["note"] or ""))
    if len(estimates) > SHOWN_ESTIMATES:
        hidden = len(estimates) - SHOWN_ESTIMATES
        table.caption = _caption(f"and {hidden} more estimates: `energysim explain ASSET`, manifest.json")
    return table


def _weight(estimate: dict[str, Any]) -> tuple[int, float]:
    """Contracts with an unknown status first, then the widest range in energy terms."""
    width = float(estimate["high"]) - float(estimate["low"])
    width *= 1.0 if "gwh" in estimate["figure"] else to_gwh(1.0, REPORTING_GCV)
    if estimate["figure"].endswith("_mcm"):  # a stock lasts a season, a rate recurs every day
        width /= SEASON_DAYS
    idle = estimate["value"] == 0 and estimate.get("status") != "unknown"
    return (0 if estimate.get("status") == "unknown" else 2 if idle else 1, -width)


def _unit_of(figure: str) -> str:
    endings = {"_mcm_per_day": "mcm/d", "_gwh_per_day": "GWh/d", "_mcm": "mcm", "_factor": "×"}
    return next((unit for ending, unit in endings.items() if figure.endswith(ending)), "")


def _foot(results: Results, unit: Unit) -> Text:
    m = results.manifest
    volume = f" mcm at {REPORTING_GCV:g} kWh/m3." if unit == MCM else ""
    worst = max(c["relative_gap"] for c in m["certificates"])
    return Text(
        f"run {m['run_id']} · {m['first_day']} to {m['last_day']} · optimum certified (relative gap {worst:.0e}) · "
        f"{m['seconds']:.1f} s\n"
        f"Transport model with daily steps: pressures and hours are not seen.{volume}",
        style="dim",
    )

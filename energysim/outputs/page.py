"""The terminal page of a run: what happened, to whom, why, at what cost, and how sure we are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from energysim.results import Results
from energysim.units import to_mcm

WIDTH = 100
SHOWN_ESTIMATES = 9
SHOWN_LIMITS = 8
TRACE = 1e-3
"""GWh below which a cut is not worth a word."""
CLASS_NOTES = "classes are cut from the top of this table downwards; protected customers in bold"


@dataclass(frozen=True)
class Unit:
    """How energies are printed: mcm at the reporting calorific value, or GWh."""

    name: str

    def __call__(self, gwh: float, digits: int | None = None) -> str:
        """A number without unit, with sensible digits."""
        value = to_mcm(gwh) if self.name == "mcm" else gwh
        if digits is None:
            digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
        text = f"{value:,.{digits}f}"
        return text if text.strip("-0.,") else f"{0:.{digits}f}"

    @property
    def rate(self) -> str:
        """The unit of a daily rate."""
        return f"{self.name}/d"


MCM, GWH = Unit("mcm"), Unit("GWh")


def short(day: Any) -> str:
    """`1 Jan` of a date."""
    stamp = pd.Timestamp(day)
    return f"{stamp.day} {stamp:%b}"


def print_page(results: Results, console: Console, unit: Unit = MCM) -> None:
    """Print the page of a run on a console."""
    console.print(page(results, unit), width=min(WIDTH, console.width), highlight=False)


def page(results: Results, unit: Unit = MCM) -> Group:
    """Everything an analyst reads first, from the frames and the manifest alone."""
    parts: list[RenderableType] = [_head(results), Text(), headline(results, unit), *_foresight(results, unit), Text()]
    cut = cuts_by_class(results)
    if len(cut):
        parts += [_cuts(cut, unit), _zones(results, unit)]
    parts += [_supply(results, unit), _stocks(results, unit), _costs(results), _limits(results), _news(results, unit)]
    parts += [_estimates(results), _foot(results)]
    return Group(*[p for p in parts if p is not None])


def headline(results: Results, unit: Unit = MCM) -> Text:
    """One sentence: who is cut, how much, when."""
    cut = cuts_by_class(results)
    if not len(cut):
        lowest = _callable(results).sum(axis=1)
        when = lowest.idxmin()
        return Text(
            f"Nobody is cut. The callable stock never falls below {unit(float(lowest.min()), 0)} {unit.name} ({short(when)}).",
            style="bold green",
        )
    daily = results.quantity("curtailment").sum(axis=1)
    days = daily[daily > TRACE]
    total = float(daily.sum())
    demand = float(results.quantity("demand").sum(axis=1).loc[days.index[0] : days.index[-1]].sum())
    protected = float(cut.loc[cut["protected"], "total"].sum())
    whom = (
        f"protected customers lose {unit(protected)} {unit.name}"
        if protected > TRACE
        else "no protected customer is cut"
    )
    return Text(
        f"{unit(total)} {unit.name} go unserved on {len(days)} day{'s' if len(days) > 1 else ''} between "
        f"{short(days.index[0])} and {short(days.index[-1])}, {100 * total / demand:.1f} % of demand in that time; "
        f"the worst day is {short(days.idxmax())} with {unit(float(days.max()), 1)} {unit.rate}; {whom}.",
        style="bold red",
    )


def cuts_by_class(results: Results) -> pd.DataFrame:
    """Curtailment by class: total and worst day [GWh], share of the class's demand, first and last day, days."""
    assets = results.assets[results.assets["table"] == "offtakes"].set_index("asset")
    cut, demand = results.quantity("curtailment"), results.quantity("demand")
    rows = []
    for group, members in assets.groupby("group", sort=False):
        series = cut[members.index].sum(axis=1)
        days = series[series > TRACE]
        if not len(days):
            continue
        needed = float(demand[members.index].sum(axis=1).loc[days.index[0] : days.index[-1]].sum())
        first = members.iloc[0]
        rows.append(
            {
                "class": first["name"],
                "group": group,
                "order": first["order"],
                "protected": bool(first["protected"]),
                "total": float(series.sum()),
                "share": float(series.sum()) / needed,
                "worst": float(days.max()),
                "first": days.index[0],
                "last": days.index[-1],
                "days": len(days),
            }
        )
    columns = ["class", "group", "order", "protected", "total", "share", "worst", "first", "last", "days"]
    return pd.DataFrame(rows, columns=columns).sort_values("order")


def _table(title: str, *columns: str, left: int = 1) -> Table:
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False, padding=(0, 1))
    for k, column in enumerate(columns):
        table.add_column(column, justify="left" if k < left else "right", no_wrap=k > 0)
    return table


def _head(results: Results) -> Group:
    m = results.manifest
    scenario = m["scenario"]
    weather = next((r.removeprefix("weather: ") for r in m["remarks"] if r.startswith("weather")), "as given")
    line = f"{scenario['id']}  ·  gas year {m['gas_year'] or 'as built'}  ·  weather {weather}"
    return Group(Text(scenario["title"], style="bold"), Text(line, style="dim"))


def _foresight(results: Results, unit: Unit) -> list[RenderableType]:
    outcomes = results.manifest["outcomes"]
    if len(outcomes) < 2 or not results.manifest["scenario"]["events"]:
        return [Text("Foresight: prices, contracts and weather known for the whole year; no event.", style="dim")]
    surprise, foreseen = outcomes["surprise"], outcomes["foreseen"]
    return [
        Text(
            f"Foresight: this page is {'as news arrived (surprise)' if results.manifest['foresight'] == 'surprise' else 'with everything known on day one'}. "
            f"Unserved under surprise {unit(surprise['unserved_gas'])} {unit.name}, "
            f"had all been known on day one {unit(foreseen['unserved_gas'])} {unit.name}; "
            f"costs and penalties {surprise['objective'] / 1000:,.1f} against {foreseen['objective'] / 1000:,.1f} MEUR. "
            "Weather: known.",
            style="dim",
        )
    ]


def _cuts(cut: pd.DataFrame, unit: Unit) -> Table:
    table = _table("Who is cut", "class", unit.name, "of its demand", f"worst day {unit.rate}", "first", "last", "days")
    for row in cut.itertuples():
        name = Text(str(row[1]), style="bold" if row.protected else "")
        table.add_row(
            name, unit(row.total), f"{100 * row.share:.0f} %", unit(row.worst), short(row.first), short(row.last), str(row.days)
        )
    table.caption = CLASS_NOTES
    table.caption_justify = "left"
    return table


def _zones(results: Results, unit: Unit) -> Text:
    cut = results.quantity("curtailment").sum()
    demand = results.quantity("demand").sum()
    by_zone = pd.DataFrame({"cut": cut, "demand": demand}).groupby(lambda o: o.partition("@")[2], sort=False).sum()
    parts = [f"{zone} {unit(z.cut)}" for zone, z in by_zone.iterrows() if z["cut"] > TRACE]
    return Text(f"By zone [{unit.name}]: " + ", ".join(parts) + "\n")


def _supply(results: Results, unit: Unit) -> Table:
    names = _source_names(results)
    routes = results.assets[results.assets["table"] == "routes"].set_index("asset")["group"]
    nominated = results.quantity("nomination").T.groupby(routes).sum().T
    supply = {names.get(k, k): nominated[k] for k in dict.fromkeys(routes) if k in nominated}
    accounts = results.assets[results.assets["table"] == "accounts"].set_index("asset")["name"]
    withdrawn = results.quantity("withdrawal")
    for account in withdrawn:
        supply[f"from store: {accounts[account]}"] = withdrawn[account]
    switched = results.quantity("fuel_switch").sum(axis=1)
    if float(switched.sum()) > TRACE:
        supply["replaced by fuel oil"] = switched
    total = sum(float(s.sum()) for s in supply.values())
    january = next((d for d in results.dates if d.month == 1), None)
    table = _table("Supply", "source", unit.name, "share", f"January mean {unit.rate}", f"largest day {unit.rate}")
    for name, series in supply.items():
        if float(series.sum()) <= TRACE:
            continue
        mean = float(series[series.index.month == 1].mean()) if january is not None else float("nan")
        table.add_row(name, unit(float(series.sum())), f"{100 * float(series.sum()) / total:.1f} %", unit(mean), unit(float(series.max())))
    demand = results.quantity("demand").sum(axis=1)
    january_mean = float(demand[demand.index.month == 1].mean()) if january is not None else float("nan")
    table.add_section()
    table.add_row("demand", unit(float(demand.sum())), "", unit(january_mean), unit(float(demand.max())))
    return table


def _source_names(results: Results) -> dict[str, str]:
    contracts = results.assets[results.assets["table"] == "contracts"]
    named = contracts.groupby("group", sort=False)["name"].agg(lambda n: ", ".join(dict.fromkeys(n)))
    return {g: (f"{g.replace('_', ' ')} ({n})" if len(n) < 40 else g.replace("_", " ")) for g, n in named.items()}


def _callable(results: Results) -> pd.DataFrame:
    accounts = results.assets[(results.assets["table"] == "accounts") & (results.assets["group"] == "callable")]
    inventory = results.quantity("inventory")
    return inventory[[a for a in accounts["asset"] if a in inventory]]


def _stocks(results: Results, unit: Unit) -> RenderableType | None:
    accounts = results.assets[results.assets["table"] == "accounts"].set_index("asset")
    if accounts.empty:
        return None
    inventory = results.quantity("inventory")
    days = _key_days(results)
    table = _table(f"Stock on the morning [{unit.name}]", "account", *[short(d) for d in days], "volume")
    for account in inventory:
        row = accounts.loc[account]
        name = row["name"] + ("" if row["group"] == "callable" else " (not callable)")
        table.add_row(name, *[unit(float(inventory[account].loc[d]), 0) for d in days], unit(float(row["volume"]), 0))
    eve = results.manifest["eve_of_surprise"]
    if eve:
        table.caption = (
            f"eve of the first surprise, {short(eve['date'])}: callable {unit(eve['stock'], 0)} {unit.name}; plans of equal cost "
            f"have {unit(eve['lowest'], 0)} to {unit(eve['highest'], 0)} (stock policy: {results.manifest['policy']['stock'].replace('_', ' ')})"
        )
        table.caption_justify = "left"
    return table


def _key_days(results: Results) -> list[pd.Timestamp]:
    dates = results.dates
    wanted = [dates[0], *[d for d in dates if (d.month, d.day) in ((11, 1), (1, 1), (2, 1), (3, 1), (4, 1), (7, 1))]]
    wanted += [dates[-1]]
    return list(dict.fromkeys(wanted))


def _costs(results: Results) -> Table:
    by_item = results.costs.groupby(["kind", "item"], sort=False)["value"].sum() / 1000.0
    table = _table("Costs [MEUR]", "item", "MEUR")
    labels = {"gas": "gas bought", "entry": "entry tariffs", "closing_stock": "value of gas left in store"}
    for kind, title in (("cost", "costs, net"), ("penalty", "penalties (harm, not money)")):
        if kind not in by_item.index.get_level_values(0):
            continue
        for item, value in by_item[kind].items():
            table.add_row(labels.get(str(item), str(item).replace("_", " ")), f"{value:,.1f}")
        table.add_row(Text(title, style="bold"), Text(f"{by_item[kind].sum():,.1f}", style="bold"))
        table.add_section()
    return table


def _limits(results: Results) -> RenderableType | None:
    frame = results.bindings
    cut = results.quantity("curtailment").sum(axis=1)
    days = cut.index[cut > TRACE]
    where = "on the days with cuts" if len(days) else "over the year"
    if len(days):
        frame = frame[frame["date"].isin(days)]
    if frame.empty:
        return None
    names = results.assets.drop_duplicates("asset").set_index("asset")["name"].to_dict()
    ranked = frame.groupby(["limit", "asset"], sort=False)["value"].agg(["size", "mean", "sum"])
    ranked = ranked.sort_values("sum", ascending=False).head(SHOWN_LIMITS)
    table = _table(f"Why: what binds {where}", "limit", "asset", "days", "EUR/MWh saved by one more unit", left=2)
    for (limit, asset), row in ranked.iterrows():
        table.add_row(str(limit), str(names.get(asset, str(asset).replace("@", " in "))), str(int(row["size"])), f"{row['mean']:,.1f}")
    return table


def _news(results: Results, unit: Unit) -> RenderableType | None:
    news = results.manifest["news"]
    if len(news) < 2:
        return None
    lines = [f"{short(n['date'])}: plan expects {unit(n['expected_unserved'])} {unit.name} unserved" for n in news]
    return Text("News: " + "; ".join(lines) + "\n")


def _estimates(results: Results) -> RenderableType | None:
    estimates = results.manifest["estimates"]
    if not estimates:
        return None
    order = {"contracts": 0, "upstream": 1, "storage_levels": 2, "demand_levels": 3}
    ranked = sorted(estimates, key=lambda e: (order.get(e["table"], 9), -abs(e["high"] - e["low"])))
    table = _table("Uncertain inputs", "figure", "used", "range", "why", left=1)
    table.columns[3].justify = "left"
    table.columns[3].no_wrap = False
    for e in ranked[:SHOWN_ESTIMATES]:
        unit = _unit_of(e["figure"])
        table.add_row(e["asset"], f"{e['value']:g} {unit}", f"{e['low']:g} … {e['high']:g}", e["note"] or "")
    if len(ranked) > SHOWN_ESTIMATES:
        table.caption = f"and {len(ranked) - SHOWN_ESTIMATES} more estimates: `energysim explain ASSET`, manifest.json"
        table.caption_justify = "left"
    return table


def _unit_of(figure: str) -> str:
    for ending, unit in (("_mcm_per_day", "mcm/d"), ("_gwh_per_day", "GWh/d"), ("_mcm", "mcm"), ("_factor", "×"), ("_fraction", "")):
        if figure.endswith(ending):
            return unit
    return ""


def _foot(results: Results) -> Padding:
    m = results.manifest
    worst = max(c["relative_gap"] for c in m["certificates"])
    first, last = (date.fromisoformat(m[k]) for k in ("first_day", "last_day"))
    text = Text(
        f"run {m['run_id']} · {first} to {last} · optimum certified (relative gap {worst:.0e}) · {m['seconds']:.1f} s\n"
        "Transport model with daily steps: pressures and hours are not seen. mcm at 10.55 kWh/m3.",
        style="dim",
    )
    return Padding(text, (0, 0, 0, 0))

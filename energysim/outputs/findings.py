"""Findings: the one sentence a chart has to say, written from the numbers. No drawing, no model."""

from __future__ import annotations

import pandas as pd

from energysim.indicators import basic as indicators
from energysim.indicators.resilience import recovery_time, resilience_loss, served_share
from energysim.outputs.wording import ABROAD, LEAST_CHANGE, Unit, number, source_name
from energysim.results import Results
from energysim.units import REPORTING_GCV
from energysim.words import day_month

SEPARATOR = "  ·  "
FORESIGHT = {
    "surprise": "surprise (news as it comes)",
    "foreseen": "foreseen (all known on day one)",
}


def percent(share: float) -> str:
    """`60 %` of a share, on one line; a trace is `<1 %`, and 100 % is said of all only."""
    number_only = "<1" if 0 < share < 0.005 else ">99" if 0.995 <= share < 1 - 1e-9 else f"{100 * share:.0f}"
    return f"{number_only}\N{NO-BREAK SPACE}%"


def supply_finding(result: Results, unit: Unit) -> str:
    """Worst day of unserved gas, or none, and the share of the largest gas source."""
    shares = indicators.source_shares(result)
    largest = (
        f"{label(result, str(shares.idxmax()))}: {percent(float(shares.max()))} of all gas taken" if len(shares) else ""
    )
    cut = indicators.unserved_by_day(result)
    if not indicators.cut_days(result):
        return f"Demand is met on every day. {largest}".strip()
    worst = cut.index[int(cut.argmax())]
    demand = unit.text(float(indicators.system_demand(result).loc[worst]))
    missing = number(float(cut.max()) * unit.factor)
    return f"On the worst day, {day_month(worst)}, {missing} of {demand} demanded go unserved. {largest}".strip()


def storage_finding(result: Results, unit: Unit) -> str:
    """Lowest callable stock against the opening, and how many target levels are kept."""
    stock = indicators.callable_stock(result)
    if result.quantity("inventory").empty:
        return "No gas in store in this run"
    opening, lowest = unit.text(float(stock.iloc[0])), unit.text(float(stock.min()))
    fall = f"Callable stock falls from {opening} to {lowest} by {day_month(stock.idxmin())}"
    if opening == lowest:
        fall = f"Callable stock never falls below its opening {opening}"
    targets = indicators.target_shortfalls(result)
    missed = targets[targets["shortfall"] > indicators.TRACE]
    if missed.empty:
        return f"{fall}; all {len(targets)} target levels are kept" if len(targets) else fall
    return f"{fall}; {len(missed)} of {len(targets)} target levels missed, first on {day_month(missed['date'].iloc[0])}"


def curtailment_finding(result: Results, unit: Unit) -> str:
    """Unserved gas, when, and who is cut first or, where several are, most; what protected customers lose."""
    first, last = indicators.first_cut(result), indicators.last_cut(result)
    if first is None or last is None:
        return f"No demand is cut: 0 {unit.name} go unserved"
    when = f"on {day_month(first)}" if first == last else f"between {day_month(first)} and {day_month(last)}"
    firsts = indicators.first_cut_by_class(result)
    at_once = [str(c) for c in firsts.index[firsts == first]]
    most = str(indicators.unserved_by_class(result).idxmax())
    whom = (
        f"first: {name_of(result, 'demand_classes', at_once[0])}"
        if len(at_once) == 1
        else f"most of it: {name_of(result, 'demand_classes', most)}"
    )
    protected = indicators.unserved_protected(result)
    spared = f"protected customers lose {unit.text(protected)}"
    if protected <= indicators.TRACE:
        spared = "protected customers lose nothing"
    there = float(indicators.unserved_by_class(result).get(ABROAD, 0.0))
    apart = f" ({number(there * unit.factor)} of them in Bosnia)" if there > indicators.TRACE else ""
    return f"{unit.text(indicators.unserved_gas(result))}{apart} go unserved {when}; {whom}; {spared}"


def contracts_finding(result: Results, unit: Unit) -> str:
    """What the most used contract gives, how much of its daily quantities that is, and on how many days all."""
    use = indicators.contract_use(result)
    if use.empty or not use["nominated"].max() > 0:
        return "No contract is used"
    top = use.iloc[int(use["nominated"].argmax())]
    full = f"all of it on {top['full_days']} of {len(result.dates)} days"
    return f"{top['name']}: {unit.text(top['nominated'])} taken, {percent(top['use'])} of its daily quantities, {full}"


def prices_finding(result: Results) -> str:
    """Highest node price where there is demand, and the demand-weighted average [EUR/MWh]."""
    prices = indicators.node_prices(result)[indicators.demand_by_node(result).columns]
    if prices.empty:
        return "No node has demand"
    day, average = prices.index[int(prices.max(axis=1).argmax())], indicators.average_price(result)
    on_day = prices.loc[[day]].iloc[0]
    top, node = float(on_day.max()), name_of(result, "nodes", str(on_day.idxmax()))
    where = "" if on_day.min() > top - 1 else f" in {node}"
    return f"One more MWh costs up to {number(top)} EUR ({day_month(day)}{where}); on average {number(average)} EUR"


def replacements_finding(result: Results, unit: Unit) -> str:
    """What was lost during the first surprise, what replaced most of it, and what was cut."""
    during = {k: float(v) for k, v in result.manifest["replacements"]["during"].items()}
    lost = -sum(v for v in during.values() if v < -LEAST_CHANGE)
    gained = {k: v for k, v in during.items() if v > LEAST_CHANGE and k != "curtailment"}
    if not gained and not during.get("curtailment", 0.0) > LEAST_CHANGE:
        return f"{unit.text(lost)} less gas than planned" if lost else "The first news changes no source"
    said = f"{unit.text(lost)} do not come"
    if gained:
        most = max(gained, key=lambda k: gained[k])
        name = source_name(result, most)
        stands_in = name if name.startswith(("from store", "replaced")) else f"of {name}"
        said += f"; the largest replacement is {unit.text(gained[most])} {stands_in}"
    cut = during.get("curtailment", 0.0)
    return f"{said}; {unit.text(cut)} are cut" if cut > LEAST_CHANGE else f"{said}; nobody is cut"


def resilience_finding(result: Results) -> str:
    """The deepest cut, the area of lost service, and how long it takes to recover."""
    loss = resilience_loss(result)
    if not indicators.cut_days(result):
        return "All demand is served on every day"
    share = served_share(result)
    said = f"Service falls to {percent(float(share.min()))} on {day_month(share.idxmin())}"
    said += f"; in all {number(loss)} days' worth of gas is missing"
    recovered = recovery_time(result)
    if recovered is None:
        return f"{said}; it has not recovered by the last day"
    return f"{said}; {recovered} days from the first cut until 95 % are served for good" if recovered else said


def duration_finding(result: Results, unit: Unit) -> str:
    """Highest and median demand, and how many days lie within a tenth of the highest."""
    demand = indicators.system_demand(result)
    top, middle = float(demand.max()), float(demand.median())
    near = int((demand >= 0.9 * top).sum())
    highest = f"Demand is {number(top * unit.factor)} {unit.rate} on the highest day, {number(middle * unit.factor)} on the middle one"
    return f"{highest}; {near} days lie within a tenth of the highest"


def entries_finding(result: Results, unit: Unit) -> str:
    """The entry point that brings most, its share and its largest day."""
    flows = indicators.entry_flows(result)
    total = float(flows.to_numpy().sum())
    if not total:
        return "No gas enters from abroad"
    most = str(flows.sum().idxmax())
    top = flows[most]
    share = percent(float(top.sum()) / total)
    largest = f"at most {number(float(top.max()) * unit.factor)} {unit.rate} on {day_month(top.idxmax())}"
    return f"{name_of(result, 'upstream', most)} brings {share} of {unit.text(total)}, {largest}"


def origins_finding(result: Results, table: pd.DataFrame, unit: Unit) -> str:
    """The largest origin of what was served and the class that takes most of it; table: origins down, classes across [GWh]."""
    by_origin, total = table.sum(axis=1), float(table.to_numpy().sum())
    largest = str(by_origin.idxmax())
    most = str(table.loc[largest].idxmax())
    name = "gas that lay in store" if largest == "in_store" else name_of(result, "gas_sources", largest)
    share = percent(float(by_origin.max()) / total)
    return (
        f"{share} of {unit.text(total)} served is {name}; most of it goes to: {name_of(result, 'demand_classes', most)}"
    )


def subtitle(result: Results, what: str) -> str:
    """What is shown with its unit, the scenario's title, the foresight."""
    foresight = str(result.manifest["foresight"])
    return SEPARATOR.join([what, result.title, f"foresight: {FORESIGHT.get(foresight, foresight)}"])


def foot(result: Results) -> str:
    """Source, vintage of the data, what kind of model it is."""
    digest = str(result.manifest.get("data_digest", ""))[:10]
    source = f"Source: energysim {result.manifest['versions']['energysim']}, run {result.run_id}"
    kind = "transport model, daily step: pressures and hours are not seen"
    parts = [source, f"data {digest}" if digest else "", kind, f"1 mcm = {REPORTING_GCV} GWh"]
    return SEPARATOR.join(p for p in parts if p)


def label(result: Results, source: str) -> str:
    """What a gas source, a storage account or the fuel switch is called in a legend."""
    if source == "fuel_switch":
        return "Fuel oil instead of gas"
    if source in result.quantity("withdrawal"):
        return f"From store: {name_of(result, 'accounts', source)}"
    return name_of(result, "gas_sources", source)


def name_of(result: Results, table: str, asset: str) -> str:
    """Name of an asset of a table; its id where it has none."""
    rows = result.assets[(result.assets["table"] == table) & (result.assets["asset"] == asset)]
    return str(rows["name"].iloc[0]) if len(rows) else asset

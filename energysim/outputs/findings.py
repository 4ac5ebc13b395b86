"""Findings: the one sentence a chart has to say, written from the numbers. No drawing, no model."""

from __future__ import annotations

import pandas as pd

from energysim.indicators import basic as indicators
from energysim.indicators.resilience import RECOVERED, recovery_time, resilience_loss, served_share
from energysim.outputs.scenario_words import said_title
from energysim.outputs.wording import ABROAD, LEAST_CHANGE, Unit, number, source_name
from energysim.results import Results
from energysim.units import REPORTING_GCV
from energysim.words import Term, day_month, decimals, say, term

SEPARATOR = "  ·  "
FORESIGHT = {
    "surprise": "surprise (news as it comes)",
    "foreseen": "foreseen (all known on day one)",
}
"""Foresight -> its words, to be said by `term`."""


def percent(share: float) -> str:
    """`60 %` of a share, on one line; a trace is `<1 %`, and 100 % is said of all only."""
    number_only = "<1" if 0 < share < 0.005 else ">99" if 0.995 <= share < 1 - 1e-9 else f"{100 * share:.0f}"
    return f"{number_only}\N{NO-BREAK SPACE}%"


def supply_finding(result: Results, unit: Unit) -> str:
    """Worst day of unserved gas, or none, and the share of the largest gas source."""
    shares = indicators.source_shares(result)
    largest = ""
    if len(shares):
        source = label(result, str(shares.idxmax()))
        largest = say(
            "{source}: {share} of all gas taken in the whole period", source=source, share=percent(float(shares.max()))
        )
    cut = indicators.unserved_by_day(result)
    if not indicators.cut_days(result):
        return f"{say('Demand is met on every day.')} {largest}".strip()
    worst = cut.index[int(cut.argmax())]
    said = say(
        "On the worst day, {day}, {missing} of {demand} demanded go unserved.",
        day=day_month(worst),
        missing=number(float(cut.max()) * unit.factor),
        demand=unit.text(float(indicators.system_demand(result).loc[worst])),
    )
    return f"{said} {largest}".strip()


def storage_finding(result: Results, unit: Unit) -> str:
    """Lowest callable stock against the opening, and how many target levels are kept."""
    stock = indicators.callable_stock(result)
    if result.quantity("inventory").empty:
        return say("No gas in store in this run")
    opening, lowest = unit.text(float(stock.iloc[0])), unit.text(float(stock.min()))
    day = day_month(stock.idxmin())
    fall = say("Callable stock falls from {opening} to {lowest} by {day}", opening=opening, lowest=lowest, day=day)
    if opening == lowest:
        fall = say("Callable stock never falls below its opening {opening}", opening=opening)
    targets = indicators.target_shortfalls(result)
    missed = targets[targets["shortfall"] > indicators.TRACE]
    if targets.empty:
        return fall
    if missed.empty:
        return f"{fall}; {say('all {count} target levels are kept', count=len(targets))}"
    first = day_month(missed["date"].iloc[0])
    kept = say(
        "{missed} of {count} target levels missed, first on {day}", missed=len(missed), count=len(targets), day=first
    )
    return f"{fall}; {kept}"


def curtailment_finding(result: Results, unit: Unit) -> str:
    """Unserved gas, when, and who is cut first or, where several are, most; what protected customers lose."""
    first, last = indicators.first_cut(result), indicators.last_cut(result)
    if first is None or last is None:
        return say("No demand is cut: 0 {unit} go unserved", unit=unit.name)
    amount = unit.text(indicators.unserved_gas(result))
    there = float(indicators.unserved_by_class(result).get(ABROAD, 0.0))
    if there > indicators.TRACE:
        amount = say("{amount} ({there} of them in Bosnia)", amount=amount, there=number(there * unit.factor))
    total = say("{amount} go unserved on {day}", amount=amount, day=day_month(first))
    if first != last:
        days = {"first": day_month(first), "last": day_month(last)}
        total = say("{amount} go unserved between {first} and {last}", amount=amount, **days)
    protected = indicators.unserved_protected(result)
    spared = say("protected customers lose nothing")
    if protected > indicators.TRACE:
        spared = say("protected customers lose {amount}", amount=unit.text(protected))
    return f"{total}; {_whom(result, first)}; {spared}"


def _whom(result: Results, first: pd.Timestamp) -> str:
    """The class that is cut alone on the first day or, where several are, the one that is cut most."""
    firsts = indicators.first_cut_by_class(result)
    at_once = [str(c) for c in firsts.index[firsts == first]]
    if len(at_once) == 1:
        return say("first: {group}", group=name_of(result, "demand_classes", at_once[0]))
    most = str(indicators.unserved_by_class(result).idxmax())
    return say("most of it: {group}", group=name_of(result, "demand_classes", most))


def contracts_finding(result: Results, unit: Unit) -> str:
    """What the most used contract gives, how much of its daily quantities that is, and on how many days all."""
    use = indicators.contract_use(result)
    if use.empty or not use["nominated"].max() > 0:
        return say("No contract is used")
    top = use.iloc[int(use["nominated"].argmax())]
    return say(
        "{contract}: {amount} taken, {share} of its daily quantities, all of it on {days} of {all} days",
        contract=term(top["name"]),
        amount=unit.text(top["nominated"]),
        share=percent(top["use"]),
        days=int(top["full_days"]),
        all=len(result.dates),
    )


def prices_finding(result: Results) -> str:
    """Highest node price where there is demand, and the demand-weighted average [EUR/MWh]."""
    prices = indicators.node_prices(result)[indicators.demand_by_node(result).columns]
    if prices.empty:
        return say("No node has demand")
    highest = prices.index[int(prices.max(axis=1).argmax())]
    on_day = prices.loc[[highest]].iloc[0]
    top, node = float(on_day.max()), name_of(result, "nodes", str(on_day.idxmax()))
    said = {"top": number(top), "day": day_month(highest), "average": number(indicators.average_price(result))}
    if on_day.min() > top - 1:
        return say("One more MWh costs up to {top} EUR ({day}); on average {average} EUR", **said)
    return say("One more MWh costs up to {top} EUR ({day} in {node}); on average {average} EUR", node=node, **said)


def replacements_finding(result: Results, unit: Unit) -> str:
    """What was lost during the first surprise, what replaced most of it, and what was cut."""
    during = {k: float(v) for k, v in result.manifest["replacements"]["during"].items()}
    lost = -sum(v for k, v in during.items() if v < -LEAST_CHANGE and k != "demand")
    more = -during.get("demand", 0.0)
    cut = during.get("curtailment", 0.0)
    gained = {k: v for k, v in during.items() if v > LEAST_CHANGE and k not in ("curtailment", "demand")}
    if not gained and not cut > LEAST_CHANGE:
        if not lost:
            return say("The first news changes no source")
        return say("{amount} less gas than planned", amount=unit.text(lost))
    said = [say("{amount} do not come", amount=unit.text(lost))] if lost else []
    said += [say("{amount} more are demanded", amount=unit.text(more))] if more > LEAST_CHANGE else []
    if gained:
        most = max(gained, key=lambda k: gained[k])
        said.append(_largest_replacement(result, most, unit.text(gained[most])))
    said.append(say("{amount} are cut", amount=unit.text(cut)) if cut > LEAST_CHANGE else say("nobody is cut"))
    return "; ".join(said)


def _largest_replacement(result: Results, source: str, amount: str) -> str:
    """`the largest replacement is 10 mcm of Azerbaijani gas`, or from a store, or fuel oil."""
    if source == "fuel_switch":
        return say("the largest replacement is {amount} replaced by fuel oil", amount=amount)
    if source in result.quantity("withdrawal"):
        account = name_of(result, "accounts", source)
        return say("the largest replacement is {amount} from store: {account}", amount=amount, account=account)
    name = source_name(result, source)
    return say("the largest replacement is {amount} of {source:genitive}", amount=amount, source=name)


def resilience_finding(result: Results) -> str:
    """The deepest cut, the area of lost service, and how long it takes to recover."""
    loss = resilience_loss(result)
    if not indicators.cut_days(result):
        return say("All demand is served on every day")
    share = served_share(result)
    worst = {"share": percent(float(share.min())), "day": day_month(share.idxmin())}
    said = say("Service falls to {share} on {day}", **worst)
    shown = round(loss, 1 if loss >= 1 else 2)
    missing = say("in all {amount} {days|day's|days'} worth of gas is missing", amount=number(loss), days=shown)
    recovered = recovery_time(result)
    if recovered is None:
        return f"{said}; {missing}; {say('it has not recovered by the last day')}"
    if not recovered:
        return f"{said}; {missing}"
    until = say(
        "{days} {days|day|days} from the first cut until {share} are served for good",
        days=recovered,
        share=percent(RECOVERED),
    )
    return f"{said}; {missing}; {until}"


def duration_finding(result: Results, unit: Unit) -> str:
    """Highest and median demand, and how many days lie within a tenth of the highest."""
    demand = indicators.system_demand(result)
    top, middle = float(demand.max()), float(demand.median())
    return say(
        "Demand is {top} {rate} on the highest day, {middle} on the middle one; "
        "{near} {near|day lies|days lie} within a tenth of the highest",
        top=number(top * unit.factor),
        rate=unit.rate,
        middle=number(middle * unit.factor),
        near=int((demand >= 0.9 * top).sum()),
    )


def entries_finding(result: Results, unit: Unit) -> str:
    """The entry point that brings most, its share and its largest day."""
    flows = indicators.entry_flows(result)
    total = float(flows.to_numpy().sum())
    if not total:
        return say("No gas enters from abroad")
    most = str(flows.sum().idxmax())
    top = flows[most]
    return say(
        "{entry} brings {share} of {total}, at most {top} {rate} on {day}",
        entry=name_of(result, "upstream", most),
        share=percent(float(top.sum()) / total),
        total=unit.text(total),
        top=number(float(top.max()) * unit.factor),
        rate=unit.rate,
        day=day_month(top.idxmax()),
    )


def origins_finding(result: Results, table: pd.DataFrame, unit: Unit) -> str:
    """The largest origin of what was served and the class that takes most of it; table: origins down, classes across [GWh]."""
    by_origin, total = table.sum(axis=1), float(table.to_numpy().sum())
    largest = str(by_origin.idxmax())
    most = str(table.loc[largest].idxmax())
    in_store = largest == "in_store"
    return say(
        "{share} of {total} served is {origin}; most of it goes to: {group}",
        share=percent(float(by_origin.max()) / total),
        total=unit.text(total),
        origin=term("gas that lay in store") if in_store else name_of(result, "gas_sources", largest),
        group=name_of(result, "demand_classes", most),
    )


def subtitle(result: Results, what: str) -> str:
    """What is shown with its unit, the scenario's title, the foresight."""
    return SEPARATOR.join([what, said_title(result.title), foresight_words(str(result.manifest["foresight"]))])


def foresight_words(foresight: str) -> str:
    """`foresight: surprise (news as it comes)` of `surprise`."""
    return say("foresight: {foresight}", foresight=term(FORESIGHT.get(foresight, foresight)))


def foot(result: Results) -> str:
    """Source, vintage of the data, what kind of model it is."""
    digest = str(result.manifest.get("data_digest", ""))[:10]
    version = result.manifest["versions"]["energysim"]
    parts = [
        say("Source: energysim {version}, run {run}", version=version, run=result.run_id),
        say("data {digest}", digest=digest) if digest else "",
        say("transport model, daily step: pressures and hours are not seen"),
        say("1 mcm = {gcv} GWh", gcv=decimals(REPORTING_GCV, 2)),
    ]
    return SEPARATOR.join(p for p in parts if p)


def label(result: Results, source: str) -> str:
    """What a gas source, a storage account or the fuel switch is called in a legend."""
    if source == "fuel_switch":
        return say("Fuel oil instead of gas")
    if source in result.quantity("withdrawal"):
        return say("From store: {account}", account=name_of(result, "accounts", source))
    return name_of(result, "gas_sources", source)


def name_of(result: Results, table: str, asset: str) -> Term:
    """Name of an asset of a table in the language spoken; its id where it has none."""
    rows = result.assets[(result.assets["table"] == table) & (result.assets["asset"] == asset)]
    return term(str(rows["name"].iloc[0])) if len(rows) else Term(asset)

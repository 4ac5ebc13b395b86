"""Indicators: what is measured on a run. Pure functions from frames to a number, a Series or a DataFrame.

Every docstring gives formula, unit and, where the formula is not a plain sum of a published variable,
its source. Energies in GWh (gross), rates in GWh/d, prices in EUR/MWh, money in kEUR; d is a gas day.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from energysim.errors import InputError
from energysim.results import Results

TRACE = 1e-3
"""GWh/d below which gas does not count as cut, nor a daily quantity as left over."""
RECENT = 30
"""Days over which demand counts as recent."""


def curtailment_by_class(result: Results) -> pd.DataFrame:
    """Curtailment [GWh/d], dates down, demand classes across in the order in which they are cut."""
    classes = result.assets[result.assets["table"] == "demand_classes"].sort_values("order", kind="stable")
    cut = _sum_by(result.quantity("curtailment"), _groups(result, "offtakes"))
    return cut.reindex(columns=[c for c in classes["asset"] if c in cut])


def curtailment_by_node(result: Results) -> pd.DataFrame:
    """Curtailment [GWh/d], dates down, nodes with demand across: the block `curtailment` of the balance."""
    nodes = demand_by_node(result).columns
    return _block(result, "curtailment").reindex(columns=nodes, fill_value=0.0)


def demand_by_node(result: Results) -> pd.DataFrame:
    """Firm demand [GWh/d] before any cut, dates down, nodes across: minus the block `demand` of the balance."""
    demand = -_block(result, "demand")
    nodes = result.assets.loc[result.assets["table"] == "nodes", "asset"]
    return demand[[n for n in nodes if n in demand]]


def demand_by_class(result: Results) -> pd.DataFrame:
    """Firm demand [GWh/d] before any cut, dates down, demand classes across in the order in which they are cut."""
    classes = result.assets[result.assets["table"] == "demand_classes"].sort_values("order", kind="stable")
    demand = _sum_by(result.quantity("demand"), _groups(result, "offtakes"))
    return demand.reindex(columns=[c for c in classes["asset"] if c in demand])


def system_demand(result: Results) -> pd.Series[float]:
    """Firm demand of all offtakes [GWh/d] before any cut; exits to neighbours and losses are offtakes too."""
    return result.quantity("demand").sum(axis=1).rename("demand")


def unserved_gas(result: Results) -> float:
    """Unserved gas [GWh] = Σ over offtakes and d of curtailment."""
    return float(result.quantity("curtailment").to_numpy().sum())


def unserved_by_class(result: Results) -> pd.Series[float]:
    """Unserved gas [GWh] of each demand class = Σ over d of its curtailment, in the order of cuts."""
    return curtailment_by_class(result).sum().rename("unserved_gas")


def unserved_by_day(result: Results) -> pd.Series[float]:
    """Unserved gas [GWh] of each gas day = Σ over offtakes of curtailment."""
    return result.quantity("curtailment").sum(axis=1).rename("unserved_gas")


def unserved_protected(result: Results) -> float:
    """Unserved gas [GWh] of protected customers. Source of the term: Regulation (EU) 2017/1938, Article 2."""
    classes = result.assets[result.assets["table"] == "demand_classes"]
    protected = classes.loc[classes["protected"].astype(bool), "asset"]
    return float(unserved_by_class(result).reindex(protected).sum())


def cut_days(result: Results) -> int:
    """Number of gas days [d] on which more than a trace is cut."""
    return int((unserved_by_day(result) > TRACE).sum())


def first_cut(result: Results) -> pd.Timestamp | None:
    """First gas day on which more than a trace is cut; None without cuts."""
    cut = unserved_by_day(result) > TRACE
    return cut.index[cut][0] if cut.any() else None


def last_cut(result: Results) -> pd.Timestamp | None:
    """Last gas day on which more than a trace is cut; None without cuts."""
    cut = unserved_by_day(result) > TRACE
    return cut.index[cut][-1] if cut.any() else None


def first_cut_by_class(result: Results) -> pd.Series[pd.Timestamp]:
    """First gas day on which each class is cut, earliest first, then in the order of cuts; uncut classes left out."""
    cut = curtailment_by_class(result) > TRACE
    first = {c: cut.index[cut[c]][0] for c in cut if cut[c].any()}
    return pd.Series(first, dtype="datetime64[ns]").sort_values(kind="stable").rename("first_cut")


def supply_by_source(result: Results) -> pd.DataFrame:
    """Gas and what stands in for it [GWh/d]: nominations by gas source, withdrawal by account, `fuel_switch`.

    Row sum = demand − curtailment + injection + sales + shrinkage.
    """
    nominated = _sum_by(result.quantity("nomination"), _groups(result, "routes"))
    switched = result.quantity("fuel_switch").sum(axis=1).rename("fuel_switch")
    return pd.concat([nominated, result.quantity("withdrawal"), switched], axis=1)


def entry_flows(result: Results) -> pd.DataFrame:
    """Gas by entry point [GWh/d], dates down: nominations and withdrawals of stores abroad whose route ends there.

    Raises InputError for a run saved by a version that kept no entry points.
    """
    if "entry" not in result.assets:
        raise InputError("this run was saved by an older version, which kept no entry points; run it again")
    routes, accounts = (_groups(result, table, "entry") for table in ("routes", "accounts"))
    parts = [_sum_by(result.quantity("nomination"), routes[routes != ""])]
    parts.append(_sum_by(result.quantity("withdrawal"), accounts[accounts != ""]))
    together = pd.concat(parts, axis=1)
    return together.T.groupby(level=0, sort=False).sum().T


def source_shares(result: Results) -> pd.Series[float]:
    """Share [1] of each gas source = its nominations ÷ all nominations; storage only moves gas in time."""
    taken = _sum_by(result.quantity("nomination"), _groups(result, "routes")).sum()
    total = float(taken.sum())
    return (taken / total if total else taken).rename("share")


def import_dependence(result: Results, domestic: str = "domestic") -> float:
    """Import dependence [1] = 1 − share of the domestic gas source in all nominations.

    Source: Eurostat, energy import dependency (net imports ÷ gross available energy), without stock change.
    """
    shares = source_shares(result)
    return 1.0 - float(shares.get(domestic, 0.0)) if shares.sum() else 0.0


def callable_stock(result: Results) -> pd.Series[float]:
    """Stock that Serbia may withdraw [GWh], on the morning of each gas day: Σ inventory of callable accounts."""
    groups = _groups(result, "accounts")
    inventory = result.quantity("inventory")
    return inventory[[a for a in inventory if groups.get(a) == "callable"]].sum(axis=1).rename("callable_stock")


def stock_on(result: Results, day: date | str) -> pd.Series[float]:
    """Inventory [GWh] of each account on the morning of a gas day. Raises InputError outside the horizon."""
    return result.quantity("inventory").loc[[_within(result, day)]].iloc[0].rename("inventory")


def days_of_cover(result: Results, day: date | str) -> float:
    """Days of cover [d] = callable stock on the morning ÷ mean demand of the 30 days before; NaN on the first day.

    A rule of thumb that knows no deliverability; source: the project's vocabulary.
    """
    morning = _within(result, day)
    recent = system_demand(result).loc[: morning - pd.Timedelta(days=1)].tail(RECENT)
    mean = float(recent.mean()) if len(recent) else np.nan
    return float(callable_stock(result).loc[morning]) / mean if mean else np.nan


def target_shortfalls(result: Results) -> pd.DataFrame:
    """Account, date, level, inventory and shortfall = max(0, level − inventory) [GWh] of every target level."""
    wanted = result.quantities.loc[result.quantities["variable"] == "target_level", ["asset", "date", "value"]]
    held = result.quantities.loc[result.quantities["variable"] == "inventory", ["asset", "date", "value"]]
    frame = wanted.rename(columns={"value": "level"}).merge(held.rename(columns={"value": "inventory"}), how="left")
    frame["shortfall"] = (frame["level"] - frame["inventory"]).clip(lower=0.0)
    return frame.rename(columns={"asset": "account"}).sort_values("date", kind="stable", ignore_index=True)


def contract_nominations(result: Results) -> pd.DataFrame:
    """Nominations [GWh/d], dates down, contracts across: Σ over the routes of a contract."""
    return _sum_by(result.quantity("nomination"), _groups(result, "routes", "parent"))


def contract_use(result: Results) -> pd.DataFrame:
    """One row per contract: name, gas_source, nominated and dcq [GWh over the horizon], use [1], full_days [d].

    use = nominated ÷ Σ over d of the daily contract quantity that was available (NaN where that is zero);
    full_days counts the days on which all of it was taken.
    """
    contracts = result.assets[result.assets["table"] == "contracts"].set_index("asset")
    dcq = result.quantity("dcq").reindex(columns=contracts.index, fill_value=0.0)
    taken = contract_nominations(result).reindex(columns=contracts.index, fill_value=0.0)
    frame = contracts[["name", "group"]].rename(columns={"group": "gas_source"}).rename_axis("contract")
    frame["nominated"], frame["dcq"] = taken.sum(), dcq.sum()
    frame["use"] = frame["nominated"] / frame["dcq"].where(frame["dcq"] > 0)
    frame["full_days"] = ((dcq > TRACE) & (taken >= dcq - TRACE)).sum().astype(int)
    return frame


def node_prices(result: Results) -> pd.DataFrame:
    """Node prices [EUR/MWh], dates down, nodes across: duals of the node balance, harm of a cut included."""
    order = result.prices["node"].drop_duplicates()
    return result.prices.pivot(index="date", columns="node", values="value")[list(order)]


def average_price(result: Results) -> float:
    """Demand-weighted price [EUR/MWh] = Σ price · demand ÷ Σ demand over nodes and d; NaN without demand."""
    demand = demand_by_node(result)
    total = float(demand.to_numpy().sum())
    spent = (node_prices(result)[demand.columns] * demand).to_numpy().sum()
    return float(spent) / total if total else np.nan


def cost_breakdown(result: Results) -> pd.DataFrame:
    """kEUR over the horizon, items down; column `cost` is money, column `penalty` is weighted harm: never add them.

    A negative `closing_stock` is the value of gas left in store.
    """
    table = result.costs.pivot_table(index="item", columns="kind", values="value", aggfunc="sum", sort=False)
    return table.reindex(columns=["cost", "penalty"]).fillna(0.0).rename_axis(columns=None)


def binding_limits(result: Results, days: pd.DatetimeIndex | None = None) -> pd.DataFrame:
    """Limits that bind, dearest first: limit, asset, name, days [d], first, last, mean and value.

    value = Σ over d of the multiplier [EUR/MWh], which is the kEUR that one GWh/d more would save over those
    days, as long as no other limit takes over; mean = value ÷ days. `days` restricts to some gas days.
    Source: sensitivity of a linear programme's optimum to a right-hand side.
    """
    rows = result.bindings if days is None else result.bindings[result.bindings["date"].isin(days)]
    labels = result.assets.drop_duplicates("asset").set_index("asset")
    of_zone = labels["table"] == "offtakes"
    names = labels["name"].where(~of_zone, labels["name"] + ", " + labels["parent"])
    ranked = (
        rows.groupby(["limit", "asset"], sort=False)
        .agg(days=("date", "nunique"), first=("date", "min"), last=("date", "max"), value=("value", "sum"))
        .reset_index()
    )
    ranked.insert(2, "name", ranked["asset"].map(names).fillna(ranked["asset"]))
    ranked["mean"] = ranked["value"] / ranked["days"]
    return ranked.sort_values("value", ascending=False, kind="stable", ignore_index=True)


def _groups(result: Results, table: str, column: str = "group") -> pd.Series[str]:
    """Group (or parent) of each asset of a table."""
    return result.assets[result.assets["table"] == table].set_index("asset")[column]


def _sum_by(frame: pd.DataFrame, groups: pd.Series[str]) -> pd.DataFrame:
    """Columns added up by group, groups in their order."""
    members = {g: [a for a in groups.index[groups == g] if a in frame] for g in groups.drop_duplicates()}
    return pd.DataFrame({g: frame[m].sum(axis=1) for g, m in members.items()}, index=frame.index)


def _block(result: Results, block: str) -> pd.DataFrame:
    """A block of the balance, dates down, nodes across."""
    rows = result.balance[result.balance["block"] == block]
    return rows.pivot(index="date", columns="node", values="value").reindex(result.dates).fillna(0.0)


def _within(result: Results, day: date | str) -> pd.Timestamp:
    stamp, dates = pd.Timestamp(day), result.dates
    if stamp not in dates:
        raise InputError(f"{stamp.date()} is not a gas day of this run; it has {dates[0].date()} to {dates[-1].date()}")
    return stamp

"""From solved arrays to tidy frames. What is published here is what was solved, nothing is recomputed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from energysim.inputs.assets import GasSystem
from energysim.model.compile import Span, StandardForm, Vector
from energysim.model.solve import Solution
from energysim.model.storage import PIECE

UNITS = {
    "flow": "GWh/d",
    "nomination": "GWh/d",
    "sales": "GWh/d",
    "injection": "GWh/d",
    "withdrawal": "GWh/d",
    "inventory": "GWh",
    "curtailment": "GWh/d",
    "fuel_switch": "GWh/d",
    "oil_stock": "GWh",
    "demand": "GWh/d",
    "dcq": "GWh/d",
    "flow_capacity": "GWh/d",
    "entry_capacity": "GWh/d",
    "target_level": "GWh",
    "temperature": "degC",
}
"""Published variables of `quantities` and their units."""

DAILY_VARIABLES = ("flow", "nomination", "sales", "injection", "withdrawal", "inventory", "fuel_switch", "oil_stock")
LIMITS = {
    "nomination": "daily contract quantity",
    "daily_contract_quantity": "daily contract quantity",
    "destination_clause": "destination clause",
    "upstream_limit": "upstream capacity",
    "flow": "pipeline capacity",
    "withdrawal": "withdrawal capacity",
    "deliverability": "deliverability at this stock",
    "site_withdrawal": "withdrawal capacity of the site",
    "injection": "injection capacity",
    "injectability": "injectability at this stock",
    "site_injection": "injection capacity of the site",
    "fuel_switch": "switchable demand",
    "oil_balance": "oil stock",
}
"""Column or row component -> what a reader calls the limit."""
NOTICEABLE = 1e-3
"""EUR/MWh below which a limit does not bind."""


def quantities(system: GasSystem, solution: Solution) -> pd.DataFrame:
    """Every published variable, long form. `inventory` and `oil_stock` are on the morning of the date."""
    dates = _dates(system)
    parts = [_daily(name, solution, system.days, dates) for name in DAILY_VARIABLES]
    span = solution.form.columns["curtailment"]
    cut = _grid(span, solution.values, (len(system.offtakes), -1, system.days)).sum(axis=1)
    parts.append(_long("curtailment", list(system.offtakes), cut, dates))
    parts.append(_given("demand", {o.id: o.demand for o in system.offtakes.values()}, dates))
    parts.append(_given("dcq", {c.id: c.dcq * c.available for c in system.contracts.values()}, dates))
    parts.append(_given("flow_capacity", {p.id: p.capacity * p.available for p in system.pipelines.values()}, dates))
    parts.append(_given("entry_capacity", _entry_capacities(system), dates))
    for account in system.accounts.values():
        for target in account.targets:
            if target.day < system.days:
                parts.append(_long("target_level", [account.id], np.array([[target.level]]), dates[[target.day]]))
    if system.temperature is not None:
        measured = np.asarray(system.temperature)[-system.days :]
        parts.append(_given("temperature", {"belgrade": measured}, dates))
    frame = pd.concat([p for p in parts if len(p)], ignore_index=True)
    frame["value"] = frame["value"].round(9) + 0.0  # no negative zeros
    return frame


def balance(system: GasSystem, solution: Solution) -> pd.DataFrame:
    """What each block delivers to each node [GWh/d], as products of the balance rows with the solution."""
    form, dates = solution.form, _dates(system)
    rows = form.rows["node_balance"]
    shape = (len(system.nodes), system.days)
    parts = []
    for name, span in form.columns.items():
        part = form.matrix[rows.slice, span.slice]
        if part.nnz:
            values = (part @ solution.values[span.slice]).reshape(shape)
            parts.append(_block(name, system, values, dates))
    demand = np.zeros(shape)
    for offtake in system.offtakes.values():
        demand[list(system.nodes).index(offtake.node)] -= offtake.demand
    parts.append(_block("demand", system, demand, dates))
    return pd.concat(parts, ignore_index=True)


def costs(solution: Solution) -> pd.DataFrame:
    """kEUR by kind, item and asset over the horizon."""
    rows = []
    for name, vector in solution.form.costs.items():
        kind, _, item = name.partition("_")
        for span in solution.form.columns.values():
            amount = vector[span.slice] * solution.values[span.slice]
            if not amount.any():
                continue
            assets = pd.Series(amount).groupby([str(i[0]) for i in span.indices], sort=False).sum()
            rows += [(kind, item, asset, value) for asset, value in assets.items() if abs(value) > 5e-7]
    return pd.DataFrame(rows, columns=["kind", "item", "asset", "value"]).astype({"value": float})


def prices(system: GasSystem, segments: Sequence[tuple[int, Solution]]) -> pd.DataFrame:
    """Node prices [EUR/MWh]; each day from the plan that was in force on it (first day, plan)."""
    stitched = np.zeros((len(system.nodes), system.days))
    for start, solution in segments:
        rows = solution.form.rows["node_balance"]
        stitched[:, start:] = solution.duals[rows.slice].reshape(stitched.shape)[:, start:]
    frame = _long("price", list(system.nodes), stitched, _dates(system))
    return frame.rename(columns={"asset": "node"})[["node", "date", "value"]].round({"value": 6})


def bindings(system: GasSystem, segments: Sequence[tuple[int, Solution]]) -> pd.DataFrame:
    """Limits that bind and what one more unit would save, each day from the plan in force on it."""
    dates = _dates(system)
    parts = []
    stops = [start for start, _ in segments[1:]] + [system.days]
    for (start, solution), stop in zip(segments, stops, strict=True):
        form = solution.form
        for name, label in LIMITS.items():
            for spans, multiplier in ((form.columns, solution.reduced_costs), (form.rows, solution.duals)):
                if name in spans:
                    found = _binding(label, spans[name], multiplier, form, name in form.columns, start, stop)
                    parts.append(found)
        parts.append(_binding_periods(system, solution, start, stop))
    contract_of = {r: c.id for r, (c, _) in system.routes.items()}
    frame = pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True).replace({"asset": contract_of})
    # a contract's quantity is the bound of its routes and of their sum: together they price one more unit
    frame = frame.groupby(["limit", "asset", "day"], sort=False)["value"].sum().reset_index()
    frame["date"] = dates[frame["day"].to_numpy(dtype=int)]
    return frame[["limit", "asset", "date", "value"]].round({"value": 6})


def _binding(
    label: str, span: Span, multiplier: Vector, form: StandardForm, is_column: bool, start: int, stop: int
) -> pd.DataFrame:
    """Upper limits only: a negative multiplier is what one more unit saves."""
    value = -multiplier[span.slice]
    days = np.fromiter((i[-1] for i in span.indices), dtype=int)
    worth = (value > NOTICEABLE) & (days >= start) & (days < stop)
    if is_column:  # a column that is closed altogether is not a limit anyone could raise by a little
        worth &= form.column_upper[span.slice] > form.column_lower[span.slice]
    keep = np.flatnonzero(worth)
    return pd.DataFrame(
        {
            "limit": label,
            "asset": [str(span.indices[k][0]).partition(PIECE)[0] for k in keep],
            "day": days[keep],
            "value": value[keep],
        }
    )


def _binding_periods(system: GasSystem, solution: Solution, start: int, stop: int) -> pd.DataFrame:
    """A quantity over a period binds on each of its days: one more unit could be taken on any of them."""
    rows: list[dict[str, Any]] = []
    span = solution.form.rows.get("period_quantity")
    worth = dict(zip(span.indices, -solution.duals[span.slice], strict=True)) if span else {}
    for contract in system.contracts.values():
        for period in contract.periods:
            value = worth.get((period.id,), 0.0)
            days = range(max(start, period.first), min(stop, period.last + 1)) if value > NOTICEABLE else range(0)
            label = "contract quantity over its period"
            rows += [{"limit": label, "asset": contract.id, "day": d, "value": value} for d in days]
    return pd.DataFrame(rows, columns=["limit", "asset", "day", "value"])


def assets(system: GasSystem) -> pd.DataFrame:
    """What is needed to label and order the assets of a run."""
    rows: list[dict[str, Any]] = []

    def add(table: str, assets: Iterable[Any], **about: Callable[[Any], Any]) -> None:
        for order, asset in enumerate(assets):
            row = {"asset": asset.id, "table": table, "name": getattr(asset, "name", "") or asset.id, "order": order}
            rows.append(row | {key: say(asset) for key, say in about.items()})

    classes, contracts = system.demand_classes, system.contracts.values()
    contract_of = {r: c for r, (c, _) in system.routes.items()}
    add("routes", [r for _, r in system.routes.values()], name=lambda r: contract_of[r.id].name or contract_of[r.id].id,
        group=lambda r: contract_of[r.id].gas_source or contract_of[r.id].id, parent=lambda r: contract_of[r.id].id,
        node=lambda r: r.entry_node, entry=lambda r: r.path[-1] if r.path else "")  # fmt: skip
    add("contracts", contracts, group=lambda c: c.gas_source or c.id)
    add("accounts", system.accounts.values(), group=lambda a: "callable" if a.callable else "not callable",
        parent=lambda a: a.site, volume=lambda a: a.volume,
        node=lambda a: a.entry_node, entry=lambda a: a.route.path[-1] if a.route and a.route.path else "")  # fmt: skip
    add("pipelines", system.pipelines.values(), group=lambda p: f"{p.from_node}>{p.to_node}",
        shrinkage=lambda p: p.shrinkage)  # fmt: skip
    add("offtakes", system.offtakes.values(), name=lambda o: classes[o.demand_class].name or o.demand_class,
        group=lambda o: o.demand_class, parent=lambda o: o.node, node=lambda o: o.node, order=lambda o: classes[o.demand_class].cut_order,
        protected=lambda o: classes[o.demand_class].protected)  # fmt: skip
    add("demand_classes", classes.values(), group=lambda k: k.id, order=lambda k: k.cut_order,
        protected=lambda k: k.protected)  # fmt: skip
    add("nodes", system.nodes.values(), group=lambda n: n.kind)
    add("upstream", system.upstream.values(), group=lambda u: u.kind)
    used = dict.fromkeys([*system.gas_sources, *(c.gas_source or c.id for c in contracts)])
    for order, source in enumerate(used):
        name = system.gas_sources.get(source, source)
        rows.append({"asset": source, "table": "gas_sources", "name": name, "order": order, "group": source})
    columns = [
        "asset",
        "table",
        "name",
        "group",
        "parent",
        "order",
        "protected",
        "volume",
        "node",
        "entry",
        "shrinkage",
    ]
    words = dict.fromkeys(("group", "parent", "node", "entry"), "")
    frame = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(words, object))
    blank = {**words, "protected": False, "shrinkage": 0.0}
    return frame.fillna(blank).astype({"protected": bool, "volume": float, "shrinkage": float})


def _entry_capacities(system: GasSystem) -> dict[str, Vector]:
    """What entry points can bring, net of what is reserved for others [GWh/d]; those without a limit are left out."""
    ways = [r for _, r in system.routes.values()] + [a.route for a in system.accounts.values() if a.route]
    last = {way.path[-1] for way in ways if way.path}
    free = {u.id: np.broadcast_to(u.free, system.days) for u in system.upstream.values() if u.id in last}
    return {entry: rate for entry, rate in free.items() if np.isfinite(rate).all()}


def _dates(system: GasSystem) -> pd.DatetimeIndex:
    return pd.date_range(system.first_day, periods=system.days, freq="D")


def _daily(name: str, solution: Solution, days: int, dates: pd.DatetimeIndex) -> pd.DataFrame:
    span = solution.form.columns[name]
    assets = list(dict.fromkeys(str(i[0]) for i in span.indices))
    if not assets:
        return pd.DataFrame()
    return _long(name, assets, _grid(span, solution.values, (len(assets), -1))[:, :days], dates)


def _grid(span: Span, values: Vector, shape: tuple[int, ...]) -> Vector:
    return values[span.slice].reshape(shape)


def _given(name: str, series: dict[str, Any], dates: pd.DatetimeIndex) -> pd.DataFrame:
    if not series:
        return pd.DataFrame()
    return _long(name, list(series), np.vstack([np.asarray(v) for v in series.values()]), dates)


def _long(name: str, assets: list[str], values: Vector, dates: pd.DatetimeIndex) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "variable": name,
            "asset": np.repeat(np.array(assets, dtype=object), len(dates)),
            "date": np.tile(dates.to_numpy(), len(assets)),
            "value": values.ravel(),
            "unit": UNITS.get(name, "EUR/MWh"),
        }
    )


def _block(name: str, system: GasSystem, values: Vector, dates: pd.DatetimeIndex) -> pd.DataFrame:
    frame = _long(name, list(system.nodes), values, dates).rename(columns={"asset": "node", "variable": "block"})
    busy = np.repeat(np.abs(values).max(axis=1) > 0, len(dates))
    return frame.loc[busy, ["node", "date", "block", "value"]]

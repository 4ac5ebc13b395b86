r"""Where the gas comes from: origins followed from the point of entry to the burner, as a post-process of a run.

Gas has no label, so a rule has to give it one: *proportional sharing* (perfect mixing). On each gas day whatever meets at a
node mixes, and everything that leaves it (to customers, into pipelines, into store, sold) carries the node's mix. With
$F_n$ the gas that reaches node $n$ and $x_{n,o}$ the share of origin $o$ in it,

$$F_n\,x_{n,o} = \sum_{r \to n} \mathit{nomination}_r\,[o(r)=o] + \sum_{a \to n} \mathit{withdrawal}_a\,y_{a,o}
  + \sum_{p:\,m \to n} (1-\mathit{shrinkage}_p)\,\mathit{flow}_p\,x_{m,o}$$

a small linear system a day, which flows in both directions do not disturb. A store is a mixture too: withdrawal
carries the mix $y$ of that morning, and the injection of the day mixes in after it. Losses in pipes and stores are
shared pro rata. Oil that replaces gas, and gas that is cut, have no origin. The origin is the *contract's*: who
sold the gas, not which field the molecules left.
Source: J. Bialek, Tracing the flow of electricity, IEE Proc. Gener. Transm. Distrib. 143(4), 1996, carried over to gas.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energysim.errors import InputError, suggest
from energysim.results import Results

IN_STORE = "in_store"
"""Origin of the gas that lay in store on the first morning."""
TRACE = 1e-6
"""GWh below which nothing is there to be mixed."""
LOOP = 1e-12
"""Share of a node's gas by which its own row is made heavier, so that gas running in a circle has no origin."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Trace:
    """Origins over a horizon: share in the gas of each node, day by day, and the contents of the stores."""

    dates: pd.DatetimeIndex
    origins: tuple[str, ...]
    nodes: tuple[str, ...]
    accounts: tuple[str, ...]
    mix: Array
    """Shape (days, nodes, origins): shares [1]; a row of zeros where no gas reached the node."""
    content: Array
    """Shape (days, accounts, origins): gas in store on the morning [GWh]."""


@dataclass(frozen=True)
class _Network:
    """The frames of a run as arrays, days down."""

    entered: Array
    """(days, nodes, origins) nominations."""
    moved: Array
    """(days, nodes, nodes): gas arriving at the first node from the second."""
    withdrawal: Array
    injection: Array
    inventory: Array
    """(days, accounts)."""
    at: NDArray[np.int64]
    """Node of each account."""


def trace(result: Results, opening: str | Mapping[str, str] = IN_STORE) -> Trace:
    """Follow every origin through nodes and stores [share of 1; GWh].

    opening: the origin of what lies in store on the first morning, one for all accounts or one each (accounts not
    named: `in_store`). Raises InputError for an unknown account or a run without the columns this needs.
    """
    accounts = tuple(_of(result, "accounts")["asset"])
    begun = _opening(opening, accounts)
    sources = [*_of(result, "gas_sources")["asset"], *_of(result, "routes")["group"], *begun]
    origins = tuple(dict.fromkeys(sources))
    nodes = tuple(_of(result, "nodes")["asset"])
    network = _network(result, nodes, accounts, origins)
    days = len(result.dates)
    mix, content = np.zeros((days, len(nodes), len(origins))), np.zeros((days, len(accounts), len(origins)))
    if accounts and days:
        content[0, np.arange(len(accounts)), [origins.index(o) for o in begun]] = network.inventory[0]
    for day in range(days):
        taken, own = _taken(network, content[day], day)
        mix[day] = _mixed(network, taken, own, day)
        if day + 1 < days and accounts:
            content[day + 1] = _kept(network, content[day], taken, mix[day], day)
    return Trace(result.dates, origins, nodes, accounts, mix, content)


def served_by_origin(result: Results, traced: Trace | None = None) -> pd.DataFrame:
    """Gas served [GWh/d] = demand − curtailment − fuel switch of each offtake, split by the mix of its node.

    Columns: date, demand_class, node, origin, value. What no traced gas reaches has the origin `unknown`.
    """
    traced = traced or trace(result)
    about = _of(result, "offtakes").set_index("asset")
    gas = _daily(result, "demand", tuple(about.index))
    for less in ("curtailment", "fuel_switch"):
        gas = gas - _daily(result, less, tuple(about.index))
    gas = np.clip(gas, 0.0, None)
    place = [traced.nodes.index(n) for n in about["node"]]
    share = traced.mix[:, place, :]
    known = share.sum(axis=2, keepdims=True)
    share = np.concatenate([share, np.clip(1.0 - known, 0.0, None) * (known < 0.5)], axis=2)
    value = gas[:, :, None] * share
    labels: list[Any] = [traced.dates, about.index, [*traced.origins, "unknown"]]
    index = pd.MultiIndex.from_product(labels, names=["date", "asset", "origin"])
    frame = pd.Series(value.ravel(), index=index, name="value").reset_index()
    frame = frame[frame["value"] > TRACE]
    frame["demand_class"], frame["node"] = frame["asset"].map(about["group"]), frame["asset"].map(about["node"])
    return frame[["date", "demand_class", "node", "origin", "value"]].reset_index(drop=True)


def origin_shares(served: pd.DataFrame, by: tuple[str, ...] = ("month",)) -> pd.DataFrame:
    """Share [1] of each origin in the gas served = its gas ÷ all gas served, months (and other labels) down.

    served: from `served_by_origin`; by: any of month, demand_class, node. Rows add to 1; without gas there is no row.
    """
    labels = served.assign(month=served["date"].dt.strftime("%Y-%m"))
    order = labels["origin"].drop_duplicates()
    total = labels.pivot_table(index=list(by), columns="origin", values="value", aggfunc="sum", sort=False)
    total = total.reindex(columns=order).fillna(0.0).sort_index()
    return total.div(total.sum(axis=1), axis=0).rename_axis(columns=None)


def _taken(network: _Network, content: Array, day: int) -> tuple[Array, Array]:
    """Withdrawal by account and origin, and what exceeds the morning's stock: gas put in on the very day."""
    stock = content.sum(axis=1)
    out = network.withdrawal[day]
    share = np.divide(np.minimum(out, stock), stock, out=np.zeros_like(stock), where=stock > TRACE)
    taken = content * share[:, None]
    return taken, np.clip(out - taken.sum(axis=1), 0.0, None)


def _mixed(network: _Network, taken: Array, own: Array, day: int) -> Array:
    """The mix of every node: the day's linear system."""
    entering = network.entered[day].copy()
    np.add.at(entering, network.at, taken)
    moved = network.moved[day].copy()
    np.add.at(moved, (network.at, network.at), own)
    reached = entering.sum(axis=1) + moved.sum(axis=1)
    dry = reached <= TRACE
    system = np.diag(np.where(dry, 1.0, reached * (1.0 + LOOP))) - np.where(dry[:, None], 0.0, moved)
    share = np.clip(np.linalg.solve(system, np.where(dry[:, None], 0.0, entering)), 0.0, None)
    total = share.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(share, total, out=np.zeros_like(share), where=total > 0.5))


def _kept(network: _Network, content: Array, taken: Array, mix: Array, day: int) -> Array:
    """What lies in store on the next morning: the rest of this one's, then the day's injection; losses pro rata."""
    rest, following = content - taken, network.inventory[day + 1]
    left = rest.sum(axis=1)
    put = np.clip(np.minimum(following - left, network.injection[day]), 0.0, None)
    old = np.divide(following - put, left, out=np.zeros_like(left), where=left > TRACE)
    kept = rest * np.clip(old, 0.0, None)[:, None]
    new = np.clip(following - kept.sum(axis=1), 0.0, None)
    return np.asarray(kept + new[:, None] * _known(mix[network.at], content))


def _known(mix: Array, content: Array) -> Array:
    """The mix that is put in store; where no gas has reached the node (a stray trace of it), the store's own."""
    total = content.sum(axis=1, keepdims=True)
    own = np.divide(content, total, out=np.zeros_like(content), where=total > TRACE)
    return np.where(mix.sum(axis=1, keepdims=True) > 0, mix, own)


def _network(result: Results, nodes: tuple[str, ...], accounts: tuple[str, ...], origins: tuple[str, ...]) -> _Network:
    number = {n: k for k, n in enumerate(nodes)}
    routes, pipes, stores = _of(result, "routes"), _of(result, "pipelines"), _of(result, "accounts")
    if "shrinkage" not in pipes or "node" not in routes:
        raise InputError("this run was saved by an older version, which kept no shrinkage of pipelines; run it again")
    days, size = len(result.dates), len(nodes)
    entered, moved = np.zeros((days, size, len(origins))), np.zeros((days, size, size))
    nominated = _daily(result, "nomination", tuple(routes["asset"]))
    for k, (node, source) in enumerate(zip(routes["node"], routes["group"], strict=True)):
        entered[:, number[node], origins.index(source)] += nominated[:, k]
    flow = _daily(result, "flow", tuple(pipes["asset"])) * (1.0 - pipes["shrinkage"].to_numpy(dtype=float))
    for k, (start, _, end) in enumerate(g.partition(">") for g in pipes["group"]):
        moved[:, number[end], number[start]] += flow[:, k]
    at = np.array([number[n] for n in stores["node"]], dtype=np.int64)
    withdrawal, injection, inventory = (_daily(result, v, accounts) for v in ("withdrawal", "injection", "inventory"))
    return _Network(entered, moved, withdrawal, injection, inventory, at)


def _opening(opening: str | Mapping[str, str], accounts: tuple[str, ...]) -> list[str]:
    if isinstance(opening, str):
        return [opening] * len(accounts)
    wrong = [f"no account {a!r} to give an origin to{suggest(a, set(accounts))}" for a in opening if a not in accounts]
    if wrong:
        raise InputError(*wrong)
    return [opening.get(a, IN_STORE) for a in accounts]


def _daily(result: Results, variable: str, assets: tuple[str, ...]) -> Array:
    """A variable as an array (days, assets); zero where it was not published; solver noise below zero is zero."""
    frame: Any = result.quantity(variable).reindex(index=result.dates, columns=list(assets)).fillna(0.0)
    return np.asarray(np.clip(frame.to_numpy(dtype=float), 0.0, None))


def _of(result: Results, table: str) -> pd.DataFrame:
    return result.assets[result.assets["table"] == table]

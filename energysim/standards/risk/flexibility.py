r"""Remaining flexibility: how much more an area could take before anybody is cut who was not cut before.

The base is the cooperative split of `cooperation`; every area's curtailment is held at it. Then one area asks for more:

* **remaining flexibility**, ENTSOG's: its demand is doubled and the additional cut $\mathit{DD}^{add}_z$ made least,
  $\mathit{RF}_z = 100\,\% - \mathit{DD}^{add}_z / D_z$; what is served of the second helping may differ from day to day;
* **multiple**: the largest $\varphi$ with which its demand is served on every day alike, $\varphi \cdot \mathit{demand}_d$.

So RF is never below φ − 1, and both are bounds: other areas' stores and contracts help in full, and the window is known
in advance. Source: ENTSOG, TYNDP 2017, Annex F, p. 15 to 20.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from energysim.indicators.curtailment import remaining_flexibility
from energysim.model.augmented import Positions
from energysim.model.compile import Vector
from energysim.standards.risk.cooperation import Key, Sharing

ROUNDING = 1e-7
"""Share of demand below which there is no room."""
MOST = 100.0
"""Multiple of demand beyond which nobody asks."""


class Flexibility(Sharing):
    """A window in which one area at a time asks for more than its demand."""

    def _widen(self) -> None:
        """Columns of demand beyond demand, before the programme is loaded."""
        rows, sign = self.form.rows["node_balance"], self._sign()
        self._by_node = self._node_demand()
        self._balance: Positions = np.arange(rows.start, rows.stop).reshape(-1, self.days)
        self._second = np.zeros(self._balance.shape, dtype=np.int64)
        for n, d in np.argwhere(self._by_node > 0):
            self._second[n, d] = self.programme.add_column(0.0, 0.0, [self._balance[n, d]], [-sign])
        self._multiple = {
            a: self.programme.add_column(0.0, 0.0, self._rows_of(a), -sign * self._demand_of(a)) for a in self.areas
        }

    def table(self, among: Sequence[str]) -> pd.DataFrame:
        """One row an area: base_rate [1], flexibility [1] (RF), multiple [1] (φ); NaN for an area without demand.

        Raises InfeasibleError or SolverError.
        """
        base = self.cooperative()
        held: dict[Key, float] = {(str(a), 0): float(c) for a, c in zip(base["area"], base["curtailment"], strict=True)}
        rows = [(a, self._rate(a, base), *self._room(a, held)) for a in among]
        return pd.DataFrame(rows, columns=["area", "base_rate", "flexibility", "multiple"])

    def _rate(self, area: str, base: pd.DataFrame) -> float:
        """Base curtailment rate of the sovereign areas that an area is, holds or lies in."""
        inside = [s in (area,) or set(self.areas[s]) <= set(self.areas[area]) for s in base["area"]]
        held = base[inside]
        demand = float(held["demand"].sum())
        return float(held["curtailment"].sum()) / demand if demand > 0 else np.nan

    def _room(self, area: str, held: dict[Key, float]) -> tuple[float, float]:
        """What is served of a second helping, as a share of demand, and the largest multiple of demand."""
        demand, p = float(self._demand_of(area).sum()), self.programme
        if demand <= 0:
            return np.nan, np.nan
        nodes = [n for n, name in enumerate(self.system.nodes) if name in self.areas[area]]
        second = self._second[nodes][self._by_node[nodes] > 0]
        self._start(alone=False)
        self._limit(held)
        p.column_upper[second] = self._by_node[nodes][self._by_node[nodes] > 0]
        cost = np.zeros(max(self._multiple.values()) + 1)
        cost[second] = -1.0
        served = -p.minimise(cost).objective
        p.column_upper[second] = 0.0
        p.column_upper[self._multiple[area]] = MOST - 1.0
        cost[second], cost[self._multiple[area]] = 0.0, -1.0
        most = -p.minimise(cost).objective
        return _above(remaining_flexibility(demand - served, demand)), 1.0 + _above(most)

    def _rows_of(self, area: str) -> Positions:
        nodes = [n for n, name in enumerate(self.system.nodes) if name in self.areas[area]]
        return np.asarray(self._balance[nodes].ravel())

    def _demand_of(self, area: str) -> Vector:
        nodes = [n for n, name in enumerate(self.system.nodes) if name in self.areas[area]]
        return np.asarray(self._by_node[nodes].ravel())

    def _node_demand(self) -> Vector:
        """Firm demand [GWh/d], nodes down, days across."""
        found = np.zeros((len(self.system.nodes), self.days))
        for o in self.system.offtakes.values():
            found[list(self.system.nodes).index(o.node)] += o.demand
        return found

    def _sign(self) -> float:
        """The sign with which gas delivered to a node stands in its balance: that of a cut, which delivers."""
        span, matrix, rows = self.form.columns["curtailment"], self.form.matrix, self.form.rows["node_balance"]
        entries = slice(*matrix.indptr[span.start : span.start + 2])
        inside = (matrix.indices[entries] >= rows.start) & (matrix.indices[entries] < rows.stop)
        return float(np.sign(matrix.data[entries][inside][0]))


def _above(share: float) -> float:
    """The share, or nothing where there is only rounding."""
    return share if share > ROUNDING else 0.0

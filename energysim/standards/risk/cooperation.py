r"""Who goes short: curtailment of areas when they share a shortage, and when each looks after itself.

The priced plan says which customers are cut; between areas of equal value its split is a choice of the depth steps.
Here the split between areas $z$ is an aim of its own, on the same programme, whatever its prices say.

**Cooperative**: lexicographic min-max of curtailment rates. With $D_z$ the demand of an area over the window,

$$\min \theta \quad \text{s.t.} \quad \sum_{o \in z,\, m,\, d} \mathit{curtailment}_{o,m,d} \le \theta \, D_z$$

areas whose row has a positive dual cannot do better and are fixed at $\theta^*$; the others go on until all are fixed. Exact
(Nace and Orlin, Operations Research 55(1), 2007), without penalties by segments. A rate is that of the **whole window**,
curtailment summed over its days; with `daily` every area and day is a bound of its own.

**Selfish**: an area's curtailment is the least that leaves every *other* area at least what it has *alone*, so that
nobody exports gas that he needs. Alone means: no gas flows from one area to another but what a third one, or the
receiver, owns (contracts with a destination clause are the destination's, and may be carried through others). Gas
that enters where no area lies belongs to the only area it can reach without crossing another; where it can reach
several it is nobody's own, and the first in the queue may take it. What areas have alone is shared cooperatively where they
draw on one asset. This is a stand-in for "exports only when its own demand is met", a condition that is no linear
programme. It is **not** one joint plan: every area is shown its best case, first in the queue for what others can
spare, so that the numbers of two areas need not be had at once; and needs are those of the window, not of each day.

All plans here know the window in advance and take no account of prices, so they are the least shortage that could be
had. What cannot be cut (losses) is served first and falls short only where no gas can reach it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from energysim.inputs.assets import GasSystem
from energysim.model.augmented import Augmented, Positions
from energysim.model.compile import Vector, compile_system
from energysim.standards.risk.own_gas import Areas, check_areas, ownership

Key = tuple[str, int]
"""An area and the first day of a stretch of days over which its rate is formed (0: the window)."""
SLACK = 1e-8
"""GWh by which what has been settled may be missed, so that rounding closes no door."""
SETTLED = 1e-6
"""Share of the dual weight above which an area cannot do better."""
NOTHING = 1e-10
"""Rate below which nothing is curtailed."""


@dataclass(frozen=True)
class Tally:
    """Demand and curtailment of an area over some days, in the augmented programme."""

    demand: float
    column: int
    """Column of its curtailment [GWh]."""
    bound: int
    """Row that holds it below θ."""


class Sharing:
    """A window of a gas system whose areas share what there is; the solver stays loaded from one question to the next."""

    def __init__(
        self, system: GasSystem, areas: Areas, sovereign: Iterable[str] | None = None, daily: bool = False
    ) -> None:
        """areas: may overlap. sovereign: those that act for themselves in `selfish`, apart and together all nodes with demand.

        Raises InputError.
        """
        self.sovereign = tuple(areas if sovereign is None else sovereign)
        check_areas(system, areas, self.sovereign)
        self.system, self.areas = system, {a: tuple(nodes) for a, nodes in areas.items()}
        self.form = compile_system(system)
        self.programme = Augmented(self.form, presolve=False)
        self.days = system.days
        span = self.form.columns["curtailment"]
        self._cut: Positions = np.arange(span.start, span.stop).reshape(-1, span.shape[1], self.days)
        self._demand = _demand(system)
        self._per_theta = 1.0 / max(float(self._demand.sum()), 1.0)
        """θ is carried in GWh of all demand, so that its coefficients and duals are of the size of one."""
        self._theta = self.programme.add_column(0.0, np.inf)
        stretches = [slice(d, d + 1) for d in range(self.days)] if daily else [slice(0, self.days)]
        self.tallies = {(a, s.start): self._tally(a, s) for a in self.areas for s in stretches}
        self._uncut = self._uncuttable()
        self._served_first = self.programme.add_row(-np.inf, np.inf, self._uncut, np.ones(len(self._uncut)))
        self._owned = ownership(system, {a: self.areas[a] for a in self.sovereign})
        self._carriage = [self._add_carriage(p, routes) for p, routes in self._owned.carrying.items()]
        self._widen()
        p = self.programme
        self._clean = tuple(v.copy() for v in (p.column_lower, p.column_upper, p.row_lower, p.row_upper))
        self.look_at(system)

    def _widen(self) -> None:
        """Columns that a question of its own needs, before the programme is loaded; see `flexibility`."""

    def look_at(self, system: GasSystem, closing: Mapping[str, float] | None = None) -> None:
        """Another system of the same assets, days and demand, with other capacities, quantities or opening stocks.

        closing: account -> stock that must be left on the last evening [GWh]. Raises ValueError for another structure.
        """
        form, p = compile_system(system), self.programme
        same = form.matrix.shape == self.form.matrix.shape and np.array_equal(form.matrix.data, self.form.matrix.data)
        if not same or not np.array_equal(_demand(system), self._demand):
            raise ValueError("another structure or demand needs another `Sharing`")
        p.column_lower, p.column_upper, p.row_lower, p.row_upper = (v.copy() for v in self._clean)
        rows, columns = form.matrix.shape
        p.column_lower[:columns], p.column_upper[:columns] = form.column_lower, form.column_upper
        p.row_lower[:rows], p.row_upper[:rows] = form.row_lower, form.row_upper
        p.column_upper[self._cut[:, 0]] = p.column_upper[self._cut].sum(axis=1)  # how deep a cut is costs nothing here
        p.column_upper[self._cut[:, 1:]] = 0.0
        stock = form.columns["inventory"]
        for account, level in (closing or {}).items():
            k = list(system.accounts).index(account)
            p.column_lower[stock.start + (k + 1) * (self.days + 1) - 1] = level
        self._base = tuple(v.copy() for v in (p.column_lower, p.column_upper, p.row_lower, p.row_upper))
        self._least: dict[bool, float] = {}

    def cooperative(
        self, among: Sequence[str] | None = None, limits: Mapping[Key, float] | None = None
    ) -> pd.DataFrame:
        """The fairest split among areas (default: the sovereign ones), one row an area: see `frame`.

        limits: tally -> most that is curtailed there [GWh]. Raises InfeasibleError or SolverError.
        """
        self._start(alone=False)
        return self.frame(self._fairest(among or self.sovereign, limits or {}))

    def alone(self) -> pd.DataFrame:
        """The same when no area gives another anything: what a sovereign area has by itself."""
        self._start(alone=True)
        return self.frame(self._fairest(self.sovereign, {}))

    def selfish(self, within: Mapping[str, Sequence[str]] | None = None) -> pd.DataFrame:
        """Each sovereign area's best case while the others keep at least what they have alone; see the module.

        within: sovereign area -> areas inside it, among which its curtailment is then split cooperatively.
        """
        self._start(alone=True)
        kept = self._fairest(self.sovereign, {})
        self._start(alone=False)
        found: dict[Key, float] = {}
        for area in self.sovereign:
            others = {k: v for k, v in kept.items() if k[0] != area}
            own = [k for k in self.tallies if k[0] == area]
            best = self._minimise(own, others)
            found |= {k: best[k] for k in own}
            inside = (within or {}).get(area, ())
            if inside:
                total = float(sum(best[k] for k in own))
                if total <= SLACK:
                    found |= {k: 0.0 for k in self.tallies if k[0] in inside}
                else:
                    found |= self._fairest(inside, others | {k: best[k] for k in own})
        return self.frame(found)

    def least(self, limits: Mapping[Key, float] | None = None) -> float:
        """Least curtailment of all sovereign areas together [GWh], however it falls."""
        self._start(alone=False)
        keys = [k for k in self.tallies if k[0] in self.sovereign]
        return sum(self._minimise(keys, limits or {})[k] for k in keys)

    def least_taken(self, routes: Sequence[str], limits: Mapping[Key, float]) -> float:
        """Least gas by some routes [GWh] with which no tally is cut more than its limit."""
        self._start(alone=False)
        self._limit(limits)
        cost = np.zeros(self._theta + 1)
        for r in routes:
            cost[self._columns("nomination", r)] = 1.0
        return max(0.0, self.programme.minimise(cost).objective)

    def frame(self, curtailed: Mapping[Key, float]) -> pd.DataFrame:
        """One row a tally: area, day (0: window), demand and curtailment [GWh], rate [1] (0 where nothing is demanded)."""
        rows = []
        for key, amount in curtailed.items():
            demand = self.tallies[key].demand
            amount = amount if amount > 2 * SLACK else 0.0
            rows.append((*key, demand, amount, min(1.0, amount / demand) if demand > 0 else 0.0))
        frame = pd.DataFrame(rows, columns=["area", "day", "demand", "curtailment", "rate"])
        return frame.astype({"demand": float, "curtailment": float, "rate": float})

    def _fairest(self, among: Sequence[str], limits: Mapping[Key, float]) -> dict[Key, float]:
        """Lexicographic min-max among areas under the present bounds: tally -> curtailment [GWh]."""
        p = self.programme
        p.forget()
        self._limit(limits)
        free = {k: t for k, t in self.tallies.items() if k[0] in among and t.demand > 0}
        settled: dict[Key, float] = {k: 0.0 for k in self.tallies if k[0] in among}
        for t in free.values():
            p.row_upper[t.bound] = 0.0
        cost = np.zeros(self._theta + 1)
        cost[self._theta] = 1.0
        while free:
            best = p.minimise(cost)
            theta = float(best.values[self._theta])
            if theta * self._per_theta <= NOTHING:
                theta = 0.0
            weight = {k: -best.duals[t.bound] * self._weight(t) for k, t in free.items()}
            fixed = [k for k in free if theta == 0.0 or weight[k] > SETTLED]
            for k in fixed or list(
                free
            ):  # a dual weight of one is spread over the free rows, so one is fixed each time
                t = free.pop(k)
                settled[k] = theta * self._weight(t)
                p.column_upper[t.column], p.row_upper[t.bound] = settled[k] + SLACK, np.inf
        for k in settled:
            p.column_upper[self.tallies[k].column], p.row_upper[self.tallies[k].bound] = np.inf, np.inf
        return settled

    def _minimise(self, keys: Sequence[Key], limits: Mapping[Key, float]) -> dict[Key, float]:
        """Curtailment by tally of a plan in which some tallies together are least."""
        self.programme.forget()
        self._limit(limits)
        cost = np.zeros(1 + max((self.tallies[k].column for k in keys), default=0))
        cost[[self.tallies[k].column for k in keys]] = 1.0
        values = self.programme.minimise(cost).values
        return {k: max(0.0, float(values[t.column])) for k, t in self.tallies.items()}

    def _limit(self, limits: Mapping[Key, float]) -> None:
        for k, t in self.tallies.items():
            self.programme.column_upper[t.column] = limits[k] + SLACK if k in limits else np.inf

    def _start(self, alone: bool) -> None:
        """Bounds as they are, or with areas cut off from one another; what cannot be cut is served as far as it can be."""
        p = self.programme
        p.column_lower, p.column_upper, p.row_lower, p.row_upper = (v.copy() for v in self._base)
        if alone:
            self._close()
        if not len(self._uncut):
            return
        if alone not in self._least:
            p.forget()
            cost = np.zeros(int(self._uncut.max()) + 1)
            cost[self._uncut] = 1.0
            self._least[alone] = max(0.0, p.minimise(cost).objective)
        p.row_upper[self._served_first] = self._least[alone] + SLACK

    def _tally(self, area: str, stretch: slice) -> Tally:
        inside = [k for k, o in enumerate(self.system.offtakes.values()) if o.node in self.areas[area]]
        cuts = self._cut[inside, 0, stretch].ravel()
        demand = float(self._demand[inside, stretch].sum())
        column = self.programme.add_column(0.0, np.inf)
        self.programme.add_row(0.0, 0.0, [*cuts, column], [*np.ones(len(cuts)), -1.0])
        weight = [1.0, -demand * self._per_theta]
        return Tally(demand, column, self.programme.add_row(-np.inf, np.inf, [column, self._theta], weight))

    def _weight(self, tally: Tally) -> float:
        return tally.demand * self._per_theta

    def _uncuttable(self) -> Positions:
        """Curtailment columns of classes that cannot be cut."""
        classes = self.system.demand_classes
        fixed = [k for k, o in enumerate(self.system.offtakes.values()) if not classes[o.demand_class].cuttable]
        return np.asarray(self._cut[fixed, 0].ravel())

    def _add_carriage(self, pipeline: str, routes: Sequence[str]) -> slice:
        """Rows, one a day, that let a pipeline carry no more than others nominate; open until areas stand alone."""
        flow = self._columns("flow", pipeline)
        nominations = [self._columns("nomination", r) for r in routes]
        rows = [
            self.programme.add_row(
                -np.inf, np.inf, [flow[d], *(n[d] for n in nominations)], [1.0, *[-1.0] * len(routes)]
            )
            for d in range(self.days)
        ]
        return slice(rows[0], rows[-1] + 1)

    def _close(self) -> None:
        """Close what leads from area to area but for what is carried for others, and gas that is nobody's own."""
        p = self.programme
        for rows in self._carriage:
            p.row_upper[rows] = 0.0
        for name in ("nomination", "withdrawal"):
            known = self.form.columns[name].axes[0]
            for asset in sorted(self._owned.common & {str(k) for k in known}):
                p.column_upper[self._columns(name, asset)] = 0.0

    def _columns(self, name: str, asset: str) -> Positions:
        """Columns of a daily quantity of an asset, by day."""
        span = self.form.columns[name]
        k = [str(a) for a in span.axes[0]].index(asset)
        return np.arange(span.start + k * self.days, span.start + (k + 1) * self.days)


def cooperative(system: GasSystem, areas: Areas, daily: bool = False) -> pd.DataFrame:
    """Curtailment of areas when the shortage is spread as evenly as can be: area, day, demand, curtailment [GWh], rate [1].

    daily: a row an area and day; else one an area, day 0. Raises InputError, InfeasibleError, SolverError.
    Source: ENTSOG, TYNDP ("if possible all zones share the same disrupted rate"); module docstring.
    """
    return Sharing(system, areas, daily=daily).cooperative()


def selfish(system: GasSystem, areas: Areas, daily: bool = False) -> pd.DataFrame:
    """Curtailment of each area when nobody exports gas that he needs, each at its best: columns as in `cooperative`.

    Source: ENTSOG, Annual Report 2014, p. 31 (stress test, non-cooperative case); what the stand-in is not: see the module.
    """
    return Sharing(system, areas, daily=daily).selfish()


def _demand(system: GasSystem) -> Vector:
    """Firm demand [GWh/d], offtakes down, days across."""
    return np.array([o.demand for o in system.offtakes.values()], dtype=float).reshape(-1, system.days)

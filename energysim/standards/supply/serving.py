"""What can be served at all: the least cut of chosen customers, the smallest stock, the largest multiple of demand.

The least-cost plan trades a GWh of protected demand against many of industry where that keeps a store's pressure
up. Whether somebody *can* be served is therefore another aim on the same laws: cost 1 on the curtailment of the
chosen offtakes and nothing else. Demand that cannot be cut (losses) always counts among the chosen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from energysim.errors import InfeasibleError
from energysim.inputs.assets import Contract, FuelSwitch, GasSystem
from energysim.inputs.soundness import DAILY_TYPE
from energysim.model.augmented import Augmented
from energysim.model.compile import StandardForm, compile_system
from energysim.model.lazy import same_matrix

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

A = TypeVar("A", bound="DataclassInstance")
Vector = NDArray[np.float64]
Positions = NDArray[np.int64]

SERVED = 1e-6
"""GWh of curtailment up to which customers count as served in full."""


def uncuttable(system: GasSystem) -> set[str]:
    """Offtakes whose class cannot be cut, such as losses: they come before everybody."""
    return {o.id for o in system.offtakes.values() if not system.demand_classes[o.demand_class].cuttable}


def cut_columns(form: StandardForm, offtakes: Collection[str], days: int | None = None) -> Positions:
    """Positions of the curtailment of some offtakes on the first so many days (default: all)."""
    span = form.columns["curtailment"]
    wanted = np.zeros(span.shape, dtype=bool)
    wanted[[k for k, o in enumerate(span.axes[0]) if o in offtakes], :, :days] = True
    return span.start + np.flatnonzero(wanted)


class Recourse:
    """The best that can be done for chosen customers in systems of one structure; the solver stays loaded."""

    def __init__(self) -> None:
        self._held: Augmented | None = None
        self._system: GasSystem | None = None

    def load(self, system: GasSystem, form: StandardForm | None = None) -> Recourse:
        """Put a system's figures into the programme; one of another structure makes a new programme.

        form: the compiled system, where it has been compiled already.
        """
        form = form or compile_system(system)
        if self._held is None or not same_matrix(self._held.form, form):
            self._held = Augmented(form)
        self._system = system
        self._rebind(self._held, form)
        return self

    @staticmethod
    def _rebind(held: Augmented, form: StandardForm) -> None:
        held.column_lower, held.column_upper = form.column_lower.copy(), form.column_upper.copy()
        held.row_lower, held.row_upper = form.row_lower.copy(), form.row_upper.copy()

    @property
    def _loaded(self) -> tuple[Augmented, GasSystem]:
        if self._held is None or self._system is None:
            raise ValueError("load a system first")
        return self._held, self._system

    def least_cut(self, offtakes: Collection[str], days: int | None = None) -> float:
        """Least curtailment of some offtakes, and of what cannot be cut, on the first so many days [GWh]."""
        held, system = self._loaded
        cost = np.zeros(held.form.matrix.shape[1])
        cost[cut_columns(held.form, {*offtakes, *uncuttable(system)}, days)] = 1.0
        return max(0.0, held.minimise(cost).objective)

    def least_stock(self, offtakes: Collection[str]) -> float | None:
        """Smallest sum of callable opening stocks that serves the offtakes in full [GWh].

        The gas may stand in whichever callable account serves best, each up to its volume. None where even full
        stores do not suffice; `least_cut` then says what is missing.
        """
        held, system = self._loaded
        self._free_openings(held, system)
        cuts = cut_columns(held.form, {*offtakes, *uncuttable(system)})
        before = held.column_upper[cuts].copy()
        held.column_upper[cuts] = 0.0
        cost = np.zeros(held.form.matrix.shape[1])
        cost[_first_mornings(held.form, system)] = 1.0
        try:
            return max(0.0, held.minimise(cost).objective)
        except InfeasibleError:
            return None
        finally:
            held.column_upper[cuts] = before

    @staticmethod
    def _free_openings(held: Augmented, system: GasSystem) -> None:
        rows = held.form.rows["opening_stock"].start
        for k, account in enumerate(system.accounts.values()):
            if account.callable:
                held.row_lower[rows + k], held.row_upper[rows + k] = 0.0, account.volume


def _first_mornings(form: StandardForm, system: GasSystem) -> list[int]:
    span = form.columns["inventory"]
    return [span.start + k * span.shape[-1] for k, a in enumerate(system.accounts.values()) if a.callable]


class Multiple:
    r"""The largest multiple $\varphi$ of some offtakes' demand that can be served: one linear programme.

    Every node balance gives up the offtakes' demand on its right-hand side and takes it back as a column:
    $\sum \mathit{delivers}_{n,d} - \varphi\, D_{n,d} = \text{demand of the others}$, with no curtailment of the offtakes
    (nor of what cannot be cut). Oil keeps its share: it stands in for at most the same share of $\varphi$ times the
    demand, out of the same tanks. Systems loaded later differ from the first in supply only, not in demand.
    """

    def __init__(self, system: GasSystem, offtakes: Collection[str]) -> None:
        self._form = form = compile_system(system)
        self._chosen, self._kept = set(offtakes), {*offtakes, *uncuttable(system)}
        self._demand = self._node_demand(system)
        self.any_demand = bool((self._demand > 0).any())
        balance, self._switching = form.rows["node_balance"], self._switching_rows(form)
        rows = balance.start + np.flatnonzero(self._demand)
        served = form.rows["served_once"].start + self._switching if len(self._switching) else self._switching
        self._programme = Augmented(form)
        self._column = self._programme.add_column(
            0.0, np.inf, np.concatenate([rows, served]),
            np.concatenate([-self._demand.ravel()[self._demand.ravel() != 0], -form.row_upper[served]]),
        )  # fmt: skip
        self._added: list[int] = []
        if len(self._switching):
            oil = form.columns["fuel_switch"].start + self._switching
            for column, limit in zip(oil.tolist(), form.column_upper[oil].tolist(), strict=True):
                self._added.append(self._programme.add_row(-np.inf, 0.0, [column, self._column], [1.0, -limit]))

    def largest(self, system: GasSystem) -> float | None:
        r"""$\varphi$ under a system's supply [1]; infinite where nothing limits it, None where not even 0 can be had."""
        if not self.any_demand:
            return float("inf")
        form, programme = compile_system(system), self._programme
        width, height = form.matrix.shape[1], form.matrix.shape[0]
        programme.column_lower[:width], programme.column_upper[:width] = form.column_lower, form.column_upper
        programme.row_lower[:height], programme.row_upper[:height] = form.row_lower, form.row_upper
        programme.column_upper[cut_columns(form, self._kept)] = 0.0
        balance = form.rows["node_balance"]
        programme.row_lower[balance.slice] -= self._demand.ravel()
        programme.row_upper[balance.slice] -= self._demand.ravel()
        if len(self._switching):
            programme.row_upper[form.rows["served_once"].start + self._switching] = 0.0
            oil = form.columns["fuel_switch"].start + self._switching
            programme.column_upper[oil] = np.where(form.column_upper[oil] > 0, np.inf, 0.0)
        cost = np.zeros(width + 1)
        cost[self._column] = -1.0
        try:
            return float(programme.minimise(cost).values[self._column])
        except InfeasibleError:
            return None

    def _node_demand(self, system: GasSystem) -> Vector:
        at = [
            sum(
                (o.demand for o in system.offtakes.values() if o.node == n and o.id in self._chosen),
                np.zeros(system.days),
            )
            for n in system.nodes
        ]
        return np.array(at).reshape(len(system.nodes), system.days)

    def _switching_rows(self, form: StandardForm) -> Positions:
        """Places, within offtakes that can burn oil by day, of those whose demand is multiplied."""
        span = form.rows.get("served_once")
        if span is None or not span.shape[0]:
            return np.zeros(0, dtype=np.int64)
        chosen = np.array([o in self._chosen for o in span.axes[0]])
        return np.flatnonzero(np.repeat(chosen, span.shape[-1]))


def repeated(system: GasSystem, times: int) -> GasSystem:
    """The same days over and over, opening stocks once: what each contract period leaves comes again with its days."""
    changed: dict[str, Any] = {
        table: _keyed(_tiled(a, times) for a in getattr(system, table).values())
        for table in ("pipelines", "upstream", "sites", "offtakes", "sales")
    }
    changed["contracts"] = _keyed(_contract(c, system.days, times) for c in system.contracts.values())
    changed["fuel_switches"] = _keyed(_fuel(f, times) for f in system.fuel_switches.values())
    changed["accounts"] = _keyed(
        replace(_tiled(a, times), route=a.route and _tiled(a.route, times), targets=())
        for a in system.accounts.values()
    )
    return replace(system, days=system.days * times, climate=None, temperature=None, **changed)


def _contract(contract: Contract, days: int, times: int) -> Contract:
    periods = tuple(
        replace(p, id=f"{p.id}+{k}" if k else p.id, first=p.first + k * days, last=p.last + k * days)
        for k in range(times)
        for p in contract.periods
    )
    return replace(_tiled(contract, times), routes=tuple(_tiled(r, times) for r in contract.routes), periods=periods)


def _fuel(fuel: FuelSwitch, times: int) -> FuelSwitch:
    return replace(_tiled(fuel, times), notified={o: np.tile(limit, times) for o, limit in fuel.notified.items()})


def _tiled(asset: A, times: int) -> A:
    changes: dict[str, Any] = {
        f.name: np.tile(getattr(asset, f.name), times) for f in fields(asset) if f.type == DAILY_TYPE
    }
    return replace(asset, **changes)


def _keyed(assets: Iterable[Any]) -> MappingProxyType[str, Any]:
    return MappingProxyType({a.id: a for a in assets})

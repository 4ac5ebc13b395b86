r"""Demand: firm offtake of classes at nodes, its curtailment in steps of rising harm, and fuel switch.

An offtake $o$ is one class at one node. Curtailment comes in depth steps $m$, each a share of demand
and dearer than the one before (a convex value of lost load), so that a shortage spreads over zones and
days instead of emptying one town; the price ranges of classes do not overlap, so the order of cuts holds
per node and day:

$$0 \le \mathit{curtailment}_{o,m,d} \le \mathit{width}_{k(o),m} \cdot \mathit{demand}_{o,d}$$

Oil can stand in for gas within the switchable share and the stock $f$ of the class:

$$\mathit{oil\_stock}_{f,d+1} = \mathit{oil\_stock}_{f,d} + \mathit{oil\_delivery}_{f,d} - \sum_o \mathit{fuel\_switch}_{o,d}
\qquad \sum_m \mathit{curtailment}_{o,m,d} + \mathit{fuel\_switch}_{o,d} \le \mathit{demand}_{o,d}$$
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from energysim.inputs.assets import GasSystem
from energysim.model.block import Block, data, indexed_set, law, stack


def add_demand(m: Any, system: GasSystem) -> Block:
    """Add offtakes with their curtailment steps and fuel switch."""
    _declare_sets(m, system)
    _declare_data(m, system)

    m.curtailment = pyo.Var(
        m.offtake,
        m.step,
        m.day,
        bounds=lambda m, o, s, d: (0, m.curtailment_width[o, s] * m.demand[o, d]),
        doc="firm demand cut, by depth step [GWh/d]",
    )
    m.fuel_switch = pyo.Var(
        m.switching_offtake,
        m.day,
        bounds=lambda m, o, d: (0, m.switchable[o, d]),
        doc="demand served by oil instead of gas [GWh/d]",
    )
    m.oil_stock = pyo.Var(m.fuel, m.day_end, domain=pyo.NonNegativeReals, doc="oil in gas terms [GWh]")
    m.oil_delivery = pyo.Var(
        m.fuel, m.day, bounds=lambda m, f, d: (0, m.oil_refill[f, d]), doc="oil brought to the stock [GWh/d]"
    )

    @law(m, m.switching_offtake, m.day)
    def served_once(m: Any, o: Any, d: Any) -> Any:
        r"""\sum_m curtailment_{o,m,d} + fuel\_switch_{o,d} \le demand_{o,d}: no demand is relieved twice."""
        return sum(m.curtailment[o, s, d] for s in m.step) + m.fuel_switch[o, d] <= m.demand[o, d]

    @law(m, m.fuel)
    def oil_opening(m: Any, f: Any) -> Any:
        r"""oil\_stock_{f,0} = opening_f: oil in the tanks on the first morning."""
        return m.oil_stock[f, 0] == m.oil_opening_stock[f]

    @law(m, m.fuel, m.day)
    def oil_balance(m: Any, f: Any, d: Any) -> Any:
        r"""oil\_stock_{f,d+1} = oil\_stock_{f,d} + oil\_delivery - \sum_o fuel\_switch: tanks empty once."""
        burnt = sum(m.fuel_switch[o, d] for o in m.offtakes_of_fuel[f])
        return m.oil_stock[f, d + 1] - m.oil_stock[f, d] - m.oil_delivery[f, d] + burnt == 0

    return Block(
        name="demand",
        delivers={
            "demand": lambda n, d: -m.node_demand[n, d],
            "curtailment": lambda n, d: sum(m.curtailment[o, s, d] for o in m.offtakes_at[n] for s in m.step),
            "fuel_switch": lambda n, d: sum(m.fuel_switch[o, d] for o in m.switching_at[n]),
        },
        costs={
            "fuel_oil": lambda m: sum(m.oil_price[o] * m.fuel_switch[o, d] for o in m.switching_offtake for d in m.day),
        },
        penalties={
            "curtailment": lambda m: sum(
                m.lost_load_value[o, s] * m.curtailment[o, s, d] for o in m.offtake for s in m.step for d in m.day
            ),
        },
    )


def _declare_sets(m: Any, system: GasSystem) -> None:
    offtakes, fuels = system.offtakes, system.fuel_switches
    switching = [o.id for o in offtakes.values() if o.demand_class in fuels]
    m.offtake = pyo.Set(dimen=1, initialize=list(offtakes), doc="demand of one class at one node")
    m.switching_offtake = pyo.Set(dimen=1, initialize=switching, doc="offtakes that can burn oil")
    m.fuel = pyo.Set(dimen=1, initialize=list(fuels), doc="oil stocks, one per class that can switch")
    depth = max((len(c.steps) for c in system.demand_classes.values()), default=1)
    m.step = pyo.RangeSet(0, depth - 1, doc="depth steps of curtailment")
    at = {n: [o.id for o in offtakes.values() if o.node == n] for n in system.nodes}
    indexed_set(m, "offtakes_at", m.node, at, m.offtake, "offtakes at a node")
    oil_at = {n: [o for o in at[n] if o in set(switching)] for n in system.nodes}
    indexed_set(m, "switching_at", m.node, oil_at, m.switching_offtake, "offtakes at a node that can burn oil")
    of_fuel = {f: [o for o in switching if offtakes[o].demand_class == f] for f in fuels}
    indexed_set(m, "offtakes_of_fuel", m.fuel, of_fuel, m.switching_offtake, "offtakes that share an oil stock")


def _declare_data(m: Any, system: GasSystem) -> None:
    days, offtakes, fuels = system.days, list(system.offtakes.values()), system.fuel_switches
    data(m, "demand", m.offtake, m.day, values=stack((o.demand for o in offtakes), days), doc="firm demand [GWh/d]")
    total = [sum((o.demand for o in offtakes if o.node == n), np.zeros(days)) for n in system.nodes]
    data(m, "node_demand", m.node, m.day, values=stack(total, days), doc="firm demand of all classes [GWh/d]")
    classes = [system.demand_classes[o.demand_class] for o in offtakes]
    padded = [list(c.steps) + [(0.0, 0.0)] * (len(m.step) - len(c.steps)) for c in classes]
    data(m, "curtailment_width", m.offtake, m.step, values=[[w for w, _ in c] for c in padded], doc="[1]")
    data(m, "lost_load_value", m.offtake, m.step, values=[[v for _, v in c] for c in padded], doc="[EUR/MWh]")
    switching = [system.offtakes[o] for o in m.switching_offtake]
    limits = [(o, fuels[o.demand_class]) for o in switching]
    share = stack((np.minimum(f.switchable * o.demand, f.notified.get(o.id, np.inf)) for o, f in limits), days)
    data(m, "switchable", m.switching_offtake, m.day, values=share, doc="demand oil can serve [GWh/d]")
    price = [fuels[o.demand_class].oil_price for o in switching]
    data(m, "oil_price", m.switching_offtake, values=price, doc="oil in gas terms [EUR/MWh]")
    data(m, "oil_opening_stock", m.fuel, values=[f.oil_stock for f in fuels.values()], doc="[GWh]")
    refill = stack((np.asarray(f.refill) for f in fuels.values()), days)
    data(m, "oil_refill", m.fuel, m.day, values=refill, doc="oil that can be brought [GWh/d]")

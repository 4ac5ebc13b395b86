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

from energysim.inputs.assets import GasSystem
from energysim.model.block import Block, law, stack, variable
from energysim.model.sheet import Sheet


def describe_demand(sheet: Sheet, system: GasSystem) -> None:
    """Write down offtakes, their curtailment steps, and oil that stands in for gas."""
    _describe_sets(sheet, system)
    _describe_figures(sheet, system)


def add_demand(m: Any) -> Block:
    """Add curtailment in steps, and fuel switch with its oil."""
    variable(m, "curtailment", m.offtake, m.step, m.day, doc="firm demand cut, by depth step [GWh/d]",
             bounds=lambda m, o, s, d: (0, m.curtailment_width[o, s] * m.demand[o, d]))  # fmt: skip
    variable(m, "fuel_switch", m.switching_offtake, m.day, bounds=lambda m, o, d: (0, m.switchable[o, d]),
             doc="demand served by oil instead of gas [GWh/d]")  # fmt: skip
    variable(m, "oil_stock", m.fuel, m.day_end, doc="oil in gas terms [GWh]")
    variable(m, "oil_delivery", m.fuel, m.day, bounds=lambda m, f, d: (0, m.oil_refill[f, d]),
             doc="oil brought to the stock [GWh/d]")  # fmt: skip

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


def _describe_sets(sheet: Sheet, system: GasSystem) -> None:
    offtakes, fuels = system.offtakes, system.fuel_switches
    switching = [o.id for o in offtakes.values() if o.demand_class in fuels]
    sheet.set("offtake", offtakes, doc="demand of one class at one node")
    sheet.set("switching_offtake", switching, doc="offtakes that can burn oil")
    sheet.set("fuel", fuels, doc="oil stocks, one per class that can switch")
    depth = max((len(c.steps) for c in system.demand_classes.values()), default=1)
    sheet.set("step", range(depth), doc="depth steps of curtailment")
    at: dict[str, list[str]] = {n: [] for n in system.nodes}
    for o in offtakes.values():
        at[o.node].append(o.id)
    sheet.family("offtakes_at", "node", at, "offtake", "offtakes at a node")
    oil_at = {n: [o for o in at[n] if o in set(switching)] for n in system.nodes}
    sheet.family("switching_at", "node", oil_at, "switching_offtake", "offtakes at a node that can burn oil")
    of_fuel = {f: [o for o in switching if offtakes[o].demand_class == f] for f in fuels}
    sheet.family("offtakes_of_fuel", "fuel", of_fuel, "switching_offtake", "offtakes that share an oil stock")


def _describe_figures(sheet: Sheet, system: GasSystem) -> None:
    days, offtakes, fuels = system.days, list(system.offtakes.values()), system.fuel_switches
    demand = stack((o.demand for o in offtakes), days)
    sheet.figure("demand", "offtake", "day", values=demand, doc="firm demand [GWh/d]")
    total = [sum((o.demand for o in offtakes if o.node == n), np.zeros(days)) for n in system.nodes]
    doc = "firm demand of all classes [GWh/d]"
    sheet.figure("node_demand", "node", "day", values=stack(total, days), doc=doc)
    classes, steps = [system.demand_classes[o.demand_class] for o in offtakes], len(sheet.sets["step"][0])
    padded = [(list(c.steps) + [(0.0, 0.0)] * steps)[:steps] for c in classes]
    width, value = ([[step[k] for step in c] for c in padded] for k in (0, 1))
    doc = "depth of a step as a share of demand [1]"
    sheet.figure("curtailment_width", "offtake", "step", values=width, doc=doc, structural=True)
    sheet.figure("lost_load_value", "offtake", "step", values=value, doc="value of lost load [EUR/MWh]")
    limits = [(o, fuels[o.demand_class]) for o in offtakes if o.demand_class in fuels]
    share = stack((np.minimum(f.switchable * o.demand, f.notified.get(o.id, np.inf)) for o, f in limits), days)
    sheet.figure("switchable", "switching_offtake", "day", values=share, doc="demand oil can serve [GWh/d]")
    price = [f.oil_price for _, f in limits]
    sheet.figure("oil_price", "switching_offtake", values=price, doc="oil in gas terms [EUR/MWh]")
    opening = [f.oil_stock for f in fuels.values()]
    sheet.figure("oil_opening_stock", "fuel", values=opening, doc="oil on the first morning [GWh]")
    refill = stack((np.asarray(f.refill) for f in fuels.values()), days)
    sheet.figure("oil_refill", "fuel", "day", values=refill, doc="oil that can be brought [GWh/d]")

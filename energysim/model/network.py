r"""Network: pipelines inside the system and the upstream assets that routes pass.

Flow exists only between the nodes $n$ of the system, on directed arcs $p$:

$$0 \le \mathit{flow}_{p,d} \le \mathit{capacity}_p \cdot \mathit{available}_{p,d}$$

Outside it gas is a *route through capacities* $u$ (see the contracts and storage blocks), so that no
gas can loop around abroad. Arrivals are net of shrinkage. This is a transport model, a relaxation of
hydraulics: it never reports less than pressures would allow; capacities are the operators' firm values,
the lesser of the two sides of a border, never derived from diameters.
"""

from __future__ import annotations

from typing import Any

from energysim.inputs.assets import GasSystem
from energysim.model.block import Block, stack, variable, working
from energysim.model.sheet import Sheet


def describe_network(sheet: Sheet, system: GasSystem) -> None:
    """Write down pipelines, their capacity, shrinkage and tariff."""
    pipes, days = system.pipelines.values(), system.days
    sheet.set("pipeline", system.pipelines, doc="directed arcs between nodes")
    into = {n: [p.id for p in pipes if p.to_node == n] for n in system.nodes}
    sheet.family("pipelines_into", "node", into, "pipeline", "arcs that end at a node")
    out_of = {n: [p.id for p in pipes if p.from_node == n] for n in system.nodes}
    sheet.family("pipelines_from", "node", out_of, "pipeline", "arcs that start at a node")
    capacity = stack((working(p.capacity, p.available) for p in pipes), days)
    sheet.figure("flow_capacity", "pipeline", "day", values=capacity, doc="capacity that works [GWh/d]")
    arriving = [1 - p.shrinkage for p in pipes]
    sheet.figure("arriving", "pipeline", values=arriving, doc="1 - shrinkage [1]", structural=True)
    tariff = stack((p.tariff for p in pipes), days)
    sheet.figure("flow_tariff", "pipeline", "day", values=tariff, doc="tariff [EUR/MWh]")


def add_network(m: Any) -> Block:
    """Add the flow of gas through pipelines."""
    variable(m, "flow", m.pipeline, m.day, bounds=lambda m, p, d: (0, m.flow_capacity[p, d]),
             doc="gas sent through an arc [GWh/d]")  # fmt: skip

    return Block(
        name="network",
        delivers={
            "flow_in": lambda n, d: sum(m.arriving[p] * m.flow[p, d] for p in m.pipelines_into[n]),
            "flow_out": lambda n, d: -sum(m.flow[p, d] for p in m.pipelines_from[n]),
        },
        costs={
            "transport": lambda m: sum(m.flow_tariff[p, d] * m.flow[p, d] for p in m.pipeline for d in m.day),
        },
    )

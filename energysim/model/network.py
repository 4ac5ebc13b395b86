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

import pyomo.environ as pyo

from energysim.inputs.assets import GasSystem
from energysim.model.block import Block, data, indexed_set, stack, working


def add_network(m: Any, system: GasSystem) -> Block:
    """Add pipelines to the model."""
    pipes = system.pipelines
    m.pipeline = pyo.Set(dimen=1, initialize=list(pipes), doc="directed arcs between nodes")
    indexed_set(
        m,
        "pipelines_into",
        m.node,
        {n: [p.id for p in pipes.values() if p.to_node == n] for n in system.nodes},
        m.pipeline,
        "arcs that end at a node",
    )
    indexed_set(
        m,
        "pipelines_from",
        m.node,
        {n: [p.id for p in pipes.values() if p.from_node == n] for n in system.nodes},
        m.pipeline,
        "arcs that start at a node",
    )
    days = system.days
    capacity = stack((working(p.capacity, p.available) for p in pipes.values()), days)
    data(m, "flow_capacity", m.pipeline, m.day, values=capacity, doc="capacity that works [GWh/d]")
    data(m, "arriving", m.pipeline, values=[1 - p.shrinkage for p in pipes.values()], doc="1 - shrinkage [1]")
    tariff = stack((p.tariff for p in pipes.values()), days)
    data(m, "flow_tariff", m.pipeline, m.day, values=tariff, doc="tariff [EUR/MWh]")

    m.flow = pyo.Var(
        m.pipeline, m.day, bounds=lambda m, p, d: (0, m.flow_capacity[p, d]), doc="gas sent through an arc [GWh/d]"
    )

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

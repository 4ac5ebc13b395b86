"""Sharing, selfish sharing and remaining flexibility against the same aims written again with another solver."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from energysim import Contract, GasSystem, Node, Offtake, Pipeline, Route
from energysim.standards.risk.cooperation import cooperative, selfish
from energysim.standards.risk.flexibility import Flexibility

ZONES = ("A", "B", "C")
EACH = {z: (z,) for z in ZONES}
Numbers = dict[str, float]
Links = Mapping[tuple[str, str], float]


def least(imports: Numbers, demand: Numbers, links: Links, cost: str, limits: Numbers, shared: Any = ()) -> float:
    """Least cut of a zone, or the least θ that bounds the rates of `shared`; limits: most that a zone may be cut."""
    ways = list(links)
    size = len(ZONES)
    flows, cuts, theta = size, size + len(ways), 2 * size + len(ways)
    balance = np.zeros((size, theta + 1))
    balance[:, :size] = balance[:, cuts:theta] = np.eye(size)
    for k, (a, b) in enumerate(ways):
        balance[ZONES.index(a), flows + k], balance[ZONES.index(b), flows + k] = -1, 1
    rates = np.zeros((len(shared), theta + 1))
    for k, z in enumerate(shared):
        rates[k, cuts + ZONES.index(z)], rates[k, theta] = 1, -demand[z]
    bounds = [(0, imports[z]) for z in ZONES] + [(0, links[w]) for w in ways]
    bounds += [(0, min(demand[z], limits.get(z, np.inf) + 1e-9)) for z in ZONES] + [(0, None)]
    aim = np.zeros(theta + 1)
    aim[theta if cost == "theta" else cuts + ZONES.index(cost)] = 1
    rows = {"A_ub": rates, "b_ub": np.zeros(len(shared))} if shared else {}
    found = linprog(aim, A_eq=balance, b_eq=[demand[z] for z in ZONES], bounds=bounds, method="highs", **rows)
    return float(found.fun)


def fairest(imports: Numbers, demand: Numbers, links: Links) -> Numbers:
    """Lexicographic min-max: a zone is settled when it cannot be cut less without another's rate rising above θ."""
    settled: Numbers = {}
    while open_zones := [z for z in ZONES if z not in settled]:
        theta = least(imports, demand, links, "theta", settled, open_zones)
        held = settled | {z: theta * demand[z] + 1e-9 for z in open_zones}
        stuck = [z for z in open_zones if least(imports, demand, links, z, held) > theta * demand[z] - 1e-5]
        settled |= {z: theta * demand[z] for z in stuck}
    return settled


@pytest.mark.parametrize("seed", range(8))
def test_another_solver_finds_the_same(seed: int) -> None:
    random = np.random.default_rng(seed)
    imports = {z: float(random.integers(0, 13)) for z in ZONES}
    demand = {z: float(random.integers(1, 13)) for z in ZONES}
    links = {(a, b): float(random.choice([0, 1, 4, 20])) for a in ZONES for b in ZONES if a != b}
    system = GasSystem.build(
        "2026-01-01", 1,
        nodes=[Node(z) for z in ZONES],
        pipelines=[Pipeline(f"{a}_{b}", a, b, capacity=c) for (a, b), c in links.items()],
        contracts=[Contract(f"gas_{z}", [Route(f"way_{z}", z)], dcq=q, price=20.0) for z, q in imports.items()],
        offtakes=[Offtake("town", z, demand=d) for z, d in demand.items()],
    )  # fmt: skip
    shared, alone = fairest(imports, demand, links), {z: max(0.0, demand[z] - imports[z]) for z in ZONES}
    found = cooperative(system, EACH).set_index("area")["curtailment"]
    assert found.to_dict() == pytest.approx(shared, abs=1e-5)
    first = {z: least(imports, demand, links, z, {k: v for k, v in alone.items() if k != z}) for z in ZONES}
    assert selfish(system, EACH).set_index("area")["curtailment"].to_dict() == pytest.approx(first, abs=1e-5)
    room = Flexibility(system, EACH).table(list(ZONES)).set_index("area")["flexibility"]
    for z in ZONES:  # demand doubled, the others as they were: RF = 1 − DD_add ÷ D
        others = {k: v for k, v in shared.items() if k != z}
        more = least(imports, demand | {z: 2 * demand[z]}, links, z, others) - shared[z]
        assert room[z] == pytest.approx(min(1.0, max(0.0, 1 - more / demand[z])), abs=1e-5)

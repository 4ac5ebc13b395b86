r"""The tie-breaking cost: optima of such models are degenerate, and one documented cost makes the plan unique.

In EUR/MWh, with $\varepsilon$ = `policy.tie_breaking_cost`:

* stock policy: $\mp 0.1\,\varepsilon$ per GWh in store and day (*hold high* keeps gas, *hold low* sells it first);
* path length: $\varepsilon$ per 1000 km of pipeline or route;
* a fixed hash of component, index and absolute day: up to $0.1\,\varepsilon$.

Costs are reported without it.
"""

from __future__ import annotations

import zlib
from itertools import product

import numpy as np

from energysim.inputs.assets import GasSystem
from energysim.model.compile import Span, StandardForm, Vector

STOCK = "inventory"
"""The quantity that the stock policy holds high or low."""


def tie_breaking(form: StandardForm, system: GasSystem) -> Vector:
    """The tie-breaking cost of every column [EUR/MWh], see the module's docstring."""
    epsilon = system.policy.tie_breaking_cost
    tie = np.zeros(form.matrix.shape[1])
    lengths = {p.id: p.length_km for p in system.pipelines.values()}
    lengths |= {r.id: r.length_km for _, r in system.routes.values()}
    for name, span in form.columns.items():
        tie[span.slice] = 0.1 * epsilon * _hash(name, span, system.first_day.toordinal())
        if name in ("flow", "nomination"):
            kilometres = np.array([lengths[str(i)] for i in span.axes[0]])
            tie[span.slice] += epsilon * np.repeat(kilometres, span.shape[-1]) / 1000.0
        if name == STOCK:
            tie[span.slice] += (-0.1 if system.policy.stock == "hold_high" else 0.1) * epsilon
    return tie


def _hash(name: str, span: Span, epoch: int) -> Vector:
    """Fixed numbers in 0…1 from component, index and absolute day (the last index, where it is an integer)."""
    *heads, last = span.axes or ((0,),)
    dated = all(isinstance(label, int) for label in last)
    endings = [""] if dated else [str(label) for label in last]
    texts = ["|".join([name, *map(str, head), end]) for head in product(*heads) for end in endings]
    keys = np.array([zlib.crc32(text.encode()) for text in texts], dtype=np.uint64) << np.uint64(20)
    if dated:
        keys = (keys[:, None] ^ (np.asarray(last, dtype=np.int64) + epoch).astype(np.uint64)).ravel()
    with np.errstate(over="ignore"):  # splitmix64: arithmetic modulo 2**64 is the point
        z = keys + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return z.astype(float) / 2.0**64

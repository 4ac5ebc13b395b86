"""Designs of experiments: which combinations of values a sweep solves. The same seed gives the same cases.

* `grid`: every value with every other, the last path fastest.
* `latin_hypercube`: each range cut into as many strips as there are samples, one sample in each strip
  (McKay, Beckman and Conover, Technometrics 21, 1979).
* `sobol`: Sobol's sequence, scrambled (Owen 1998): fills the space more evenly; samples are a power of two.

A sampled design is an array of shares in 0…1, shape (samples, axes); `Axis.at` turns a share into a value.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from energysim.errors import InputError
from energysim.inputs.axis import Axis, Value
from energysim.inputs.sweep_file import MOST_CASES

Shares = NDArray[np.float64]
"""Shares in 0…1, shape (samples, axes)."""


def grid(axes: Sequence[Axis]) -> list[tuple[Value, ...]]:
    """Every value of every axis with every other. Raises InputError when they are too many."""
    count = prod(len(a.values) for a in axes)
    if count > MOST_CASES:
        sizes = " × ".join(str(len(a.values)) for a in axes)
        raise InputError(
            f"the grid has {sizes} = {count:,} cases, more than {MOST_CASES:,}; take fewer values, or draw them: "
            "`design: latin_hypercube` with `samples`"
        )
    return list(product(*(a.values for a in axes)))


def shares(design: str, axes: int, samples: int, seed: int) -> Shares:
    """A sampled design, `latin_hypercube` or `sobol`; shape (samples, axes)."""
    draw = np.random.default_rng(seed)
    sampler = qmc.Sobol(axes, seed=draw) if design == "sobol" else qmc.LatinHypercube(axes, seed=draw)
    return np.asarray(sampler.random(samples))


def values_at(axes: Sequence[Axis], where: Shares) -> list[tuple[Value, ...]]:
    """The values of every sample, one tuple a row."""
    return [tuple(axis.at(float(share)) for axis, share in zip(axes, row, strict=True)) for row in where]

r"""What is exceeded once in so many winters: quantiles of the winters' maxima, and how sure they are.

One maximum $x$ a winter, $n$ winters, return period $R$, $y = -\ln(-\ln(1 - 1/R))$ (2.97 for 20 years):

* `gumbel`: $\mu + \beta y$ with $\beta = \lambda_2 / \ln 2$ and $\mu = \lambda_1 - 0.5772\,\beta$ from L-moments (Hosking 1990);
* `gumbel_ml`: the same by maximum likelihood, $\beta = \bar x - \sum x e^{-x/\beta} / \sum e^{-x/\beta}$;
* `gev`: generalised extreme value by L-moments (Hosking, Wallis and Wood 1985), whose tail may be lighter or heavier.
  Maximum likelihood is not used: with some tens of winters it often finds no optimum in resamples;
* `empirical`: the value of rank $(1 - 1/R)(n + 1)$ (Weibull), none where the record is shorter than that.

Intervals hold 90 %: the quantile is computed anew for records made of $n$ winters drawn with replacement.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from energysim.errors import InputError, suggest
from energysim.inputs.ensembles import stream
from energysim.inputs.weather import EULER

Samples = NDArray[np.float64]
"""One maximum a winter, winters along the last axis."""
FEWEST = 3
"""Winters below which nothing is estimated: the third L-moment needs so many."""
RESAMPLES = 400
INTERVAL = (5.0, 95.0)
"""Percentiles that bound the interval."""
STEPS = 60
"""Most Newton steps of the likelihood equation; some ten suffice."""


def l_moments(samples: Samples) -> tuple[Samples, Samples, Samples]:
    """The first three L-moments along the last axis, unbiased (Hosking 1990)."""
    x = np.sort(samples, axis=-1)
    n = x.shape[-1]
    i = np.arange(n)
    b0 = x.mean(axis=-1)
    b1 = (x * (i / (n - 1))).mean(axis=-1)
    b2 = (x * (i * (i - 1) / ((n - 1) * (n - 2)))).mean(axis=-1)
    return b0, 2 * b1 - b0, 6 * b2 - 6 * b1 + b0


def gumbel(samples: Samples, return_period: float) -> Samples:
    """Gumbel by L-moments, along the last axis."""
    first, second, _ = l_moments(samples)
    scale = second / math.log(2.0)
    return np.asarray(first + scale * (_reduced(return_period) - EULER))


def gumbel_ml(samples: Samples, return_period: float) -> Samples:
    """Gumbel by maximum likelihood, along the last axis: Newton's method on the scale, from the L-moments'."""
    x = np.asarray(samples, dtype=float)
    lowest = x.min(axis=-1, keepdims=True)
    x, mean = x - lowest, (x - lowest).mean(axis=-1)
    still = x.max(axis=-1) <= 0
    scale = np.where(still, 1.0, l_moments(x)[1] / math.log(2.0))
    for _ in range(STEPS):
        weight = np.exp(-x / scale[..., None])
        total = weight.sum(axis=-1)
        tilted = (x * weight).sum(axis=-1) / total
        spread = (x**2 * weight).sum(axis=-1) / total - tilted**2
        step = (scale - mean + tilted) / (1 + spread / scale**2)
        scale = np.where(still, 1.0, np.maximum(scale - step, scale / 4))  # never through zero
        if np.abs(step[~still]).max(initial=0.0) <= 1e-10 * scale.max(initial=1.0):
            break
    location = -scale * np.log(np.exp(-x / scale[..., None]).mean(axis=-1))
    found = lowest[..., 0] + np.where(still, 0.0, location + scale * _reduced(return_period))
    return np.asarray(found)


def gev(samples: Samples, return_period: float) -> Samples:
    """Generalised extreme value by L-moments, along the last axis.

    Shape k (minus the xi of others) by Hosking's approximation, right to 0.0009; at k = 0 it is Gumbel.
    """
    first, second, third = l_moments(samples)
    still = second <= 0
    skew = np.divide(third, second, out=np.zeros_like(second), where=~still)
    c = 2 / (3 + skew) - math.log(2) / math.log(3)
    k = 7.8590 * c + 2.9554 * c**2
    flat = np.abs(k) < 1e-6
    k = np.where(flat, 1.0, k)
    gamma = np.vectorize(math.gamma, otypes=[float])(1 + k)
    scale = second * k / ((1 - 2.0**-k) * gamma)
    location = first - scale * (1 - gamma) / k
    curved = location + scale / k * (1 - np.exp(-k * _reduced(return_period)))
    return np.asarray(np.where(still, first, np.where(flat, gumbel(samples, return_period), curved)))


def empirical(samples: Samples, return_period: float) -> Samples:
    """The value of rank (1 - 1/R)(n + 1), between two ranks in proportion; NaN where the record does not reach it."""
    x = np.sort(samples, axis=-1)
    n = x.shape[-1]
    rank = (1 - 1 / return_period) * (n + 1)
    if not 1 <= rank <= n:
        return np.full(x.shape[:-1], np.nan)
    below = min(math.floor(rank), n - 1) - 1
    return np.asarray(x[..., below] + (rank - 1 - below) * (x[..., below + 1] - x[..., below]))


METHODS: Mapping[str, Callable[[Samples, float], Samples]] = {
    "gumbel": gumbel,
    "gumbel_ml": gumbel_ml,
    "gev": gev,
    "empirical": empirical,
}
"""Name -> the quantile that is exceeded once in a return period [years] of samples along the last axis."""


def check_question(method: str, winters: int, return_period: float) -> None:
    """Raise InputError, with every problem, where a quantile cannot be asked for."""
    problems = []
    if method not in METHODS:
        problems.append(f"method: unknown {method!r}{suggest(method, METHODS)}; expected {', '.join(METHODS)}")
    if not 1 < return_period < math.inf:
        problems.append(f"return_period: found {return_period:g} years; expected more than 1")
    if winters < FEWEST:
        problems.append(f"the weather record holds {winters} whole winters; an estimate needs {FEWEST} or more")
    if problems:
        raise InputError(*problems)


def too_short(winters: int, return_period: float) -> str:
    """Why the empirical rank has no answer; empty where it has one."""
    if (1 - 1 / return_period) * (winters + 1) <= winters:
        return ""
    return f"{winters} winters are too few for the rank of once in {return_period:g}; {return_period - 1:g} or more are"


def interval(method: str, samples: Samples, return_period: float, seed: int) -> tuple[float, float]:
    """Bounds of the 90 % interval, by drawing winters with replacement.

    samples: shape (draws, winters); what is drawn is whole winters, and the quantile is the mean over draws.
    """
    winters = samples.shape[-1]
    drawn = stream(seed, 0, "bootstrap of winters").integers(winters, size=(RESAMPLES, winters))
    found = METHODS[method](samples[:, drawn], return_period).mean(axis=0)
    low, high = np.percentile(found, INTERVAL)
    return float(low), float(high)


def _reduced(return_period: float) -> float:
    """Gumbel's reduced variate of a return period [1]."""
    return -math.log(-math.log1p(-1 / return_period))

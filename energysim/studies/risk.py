r"""Risk from sampled (or enumerated) runs: pure functions from a column of findings to estimates with their errors.

With $U_n$ the unserved gas of sample $n$ [GWh], $L_n$ its days with a cut:

* expected unserved gas $E[U]$; loss-of-load days $E[L]$; loss-of-load probability $P(U > \epsilon)$;
* conditional severity $E[U \mid U > \epsilon]$, and by day $E[U]/E[L]$;
* exceedance $P(U > x)$;
* conditional value at risk at level $\alpha$ (R. T. Rockafellar, S. Uryasev, Journal of Risk 2(3), 2000):
  $\mathrm{CVaR}_\alpha = \min_\zeta \zeta + E[(U-\zeta)^+]/(1-\alpha)$, the mean of the worst share $1-\alpha$.

Standard errors of means: with strata $h$ of equal probability $1/S$ (W. G. Cochran, *Sampling Techniques*, 1977, chapter 5)

$$\mathrm{s.e.}^2 = \sum_h \frac{1}{S^2}\,\frac{s_h^2}{n_h}$$

and $s^2/n$ without strata. Intervals hold with 95 %: normal for means, Wilson (1927) for probabilities, also where nothing
was seen; percentiles of a bootstrap within strata, with a fixed seed, for ratios, quantiles and CVaR. Where all samples
are alike they say nothing of what is rarer than themselves, so there is no interval: only the probability has one. Weights,
where given, are the probabilities of an enumeration: then the figure is exact and its error 0. What is not in any
interval: the figures that were assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import inf, nan, sqrt

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Strata = NDArray[np.int_]

NORMAL = 1.959963984540054
"""Half-width of a 95 % interval in standard errors."""
RESAMPLES, BLOCK = 1000, 100
FEW = 5
"""Samples with a failure and a cut from which on an element's importance has an interval."""
SEED = 20260101
"""Of the bootstrap, so that the same rows give the same interval."""


@dataclass(frozen=True)
class Estimate:
    """A figure with its standard error and 95 % interval, in the figure's unit; NaN where there is none."""

    value: float
    error: float
    low: float
    high: float

    @property
    def relative_error(self) -> float:
        """Standard error over value; infinite at 0."""
        return self.error / abs(self.value) if self.value else inf


def mean(values: Values, strata: Strata | None = None, weights: Values | None = None) -> Estimate:
    """The mean of a quantity, and its error; no interval where all values are the same."""
    if not len(values):
        return Estimate(nan, nan, nan, nan)
    if weights is not None:
        return _exact(float(values @ weights / weights.sum()))
    value, error = _mean(values, strata), _error(values, strata)
    if values.min() == values.max():
        return Estimate(value, error, nan, nan)
    floor = 0.0 if values.min() >= 0 else -inf
    return Estimate(value, error, max(floor, value - NORMAL * error), value + NORMAL * error)


def probability(happened: NDArray[np.bool_], strata: Strata | None = None, weights: Values | None = None) -> Estimate:
    """How likely it is [1], with Wilson's interval; strata make it narrower by what they save in variance."""
    values = happened.astype(float)
    if weights is not None or not len(values):
        return mean(values, None, weights)
    p, error, n = _mean(values, strata), _error(values, strata), float(len(values))
    if strata is not None and error > 0:
        n = max(n, p * (1 - p) / error**2)  # so many independent samples would say as much
    low, high = _wilson(p, n)
    return Estimate(p, error, low, high)


def conditional_severity(unserved: Values, trace: float, strata: Strata | None = None) -> Estimate:
    """Mean unserved gas of the samples in which more than a trace is cut [GWh]; NaN where none is."""
    return _ratio(unserved * (unserved > trace), (unserved > trace).astype(float), strata)


def severity_by_day(unserved: Values, cut_days: Values, strata: Strata | None = None) -> Estimate:
    """Unserved gas per day with a cut, E[U]/E[L] [GWh/d]; NaN where none is."""
    return _ratio(unserved, cut_days, strata)


def cvar(values: Values, alpha: float, strata: Strata | None = None, weights: Values | None = None) -> Estimate:
    """Mean of the worst share 1 − alpha of cases, 0 <= alpha < 1."""
    if not len(values):
        return Estimate(nan, nan, nan, nan)
    if weights is not None:
        return _exact(float(_tail_means(values, alpha, weights[None, :])[0]))
    return _bootstrapped(lambda counts: _tail_means(values, alpha, counts), len(values), strata)


def quantile(values: Values, alpha: float, strata: Strata | None = None) -> Estimate:
    """The value not exceeded in a share alpha of cases (value at risk)."""
    if not len(values):
        return Estimate(nan, nan, nan, nan)
    order = np.argsort(values, kind="stable")

    def inverted(counts: Values) -> Values:
        reached = np.cumsum(counts[:, order], axis=1) >= alpha * counts.sum(axis=1, keepdims=True) - 1e-9
        return np.asarray(values[order][reached.argmax(axis=1)])

    found = _bootstrapped(inverted, len(values), strata)
    if np.isnan(found.low) and alpha ** len(values) <= 0.025:  # so many that one above the quantile would be among them
        return _exact(found.value)
    return found


@dataclass(frozen=True)
class Exceedance:
    """P(U > level), with its 95 % band, at rising levels; shape (levels,) each."""

    level: Values
    probability: Values
    low: Values
    high: Values


def exceedance_curve(values: Values, levels: Values | None = None) -> Exceedance:
    """How likely it is that a level is exceeded, at every value that occurs and at 0 unless levels are given."""
    levels = np.unique(np.r_[0.0, values]) if levels is None else np.asarray(levels, dtype=float)
    ordered, n = np.sort(values), len(values)
    p = (n - np.searchsorted(ordered, levels, side="right")) / max(n, 1)
    band = np.array([_wilson(float(x), float(n)) for x in p]).reshape(-1, 2)
    return Exceedance(levels, p, band[:, 0], band[:, 1])


@dataclass(frozen=True)
class Importance:
    """What an element does to the risk. Achievement: expected unserved gas in samples in which it fails, over that
    of all; reduction: that of all over that of samples in which it never fails. 1 where it makes no difference."""

    element: str
    samples_out: int
    mean_days_out: float
    achievement: Estimate
    reduction: Estimate
    saved: Estimate
    """Expected unserved gas less that without the element's failures [GWh]."""


def importance(element: str, unserved: Values, days_out: Values) -> Importance:
    """Risk achievement and reduction worth from the samples at hand.

    Outages are drawn independently of everything else, so samples without a failure of the element are a sample
    of the same world with the element perfect: the means are unbiased, if noisy where failures are rare. No interval
    where fewer than FEW samples have both a failure and a cut: a bootstrap of so few is far too narrow.
    """
    out = (days_out > 0).astype(float)
    works = 1 - out
    columns = np.column_stack([unserved, unserved * out, out, unserved * works, works, np.ones(len(out))])

    def risks(sums: Values) -> tuple[Values, Values, Values]:
        """Expected unserved gas of all samples, of those with and of those without a failure."""
        everywhere, failed, with_failure, sound, without, n = sums.T
        return everywhere / n, _divided(failed, with_failure), _divided(sound, without)

    def achieved(sums: Values) -> Values:
        base, failed, _ = risks(sums)
        return _compared(failed, base)

    def reduced(sums: Values) -> Values:
        base, _, sound = risks(sums)
        return _compared(base, sound)

    def saved(sums: Values) -> Values:
        base, _, sound = risks(sums)
        return base - sound

    enough = int(((unserved > 0) & (days_out > 0)).sum()) >= FEW
    found = [_told(_of_sums(f, columns, None), enough) for f in (achieved, reduced, saved)]
    return Importance(element, int(out.sum()), float(days_out.mean()), *found)


def importance_solved(
    element: str, unserved: Values, days_out: Values, perfect: Values, failed: Values, strata: Strata | None = None
) -> Importance:
    """The same from samples solved again, draw for draw (common random numbers).

    perfect: unserved gas of every sample with the element never failing; failed: of the first samples, with
    it out throughout, against the same samples as drawn. The difference of pairs is far less noisy than that of means.
    No interval of what is saved where fewer than FEW pairs differ.
    """
    few, enough = len(failed), int((unserved != perfect).sum()) >= FEW
    saved = _told(mean(unserved - perfect, strata), enough)
    achieved = _of_sums(lambda s: _compared(s[:, 0], s[:, 1]), np.column_stack([failed, unserved[:few]]), None)
    reduced = _told(
        _of_sums(lambda s: _compared(s[:, 0], s[:, 1]), np.column_stack([unserved, perfect]), strata), enough
    )
    return Importance(element, int((days_out > 0).sum()), float(days_out.mean()), achieved, reduced, saved)


def ranking(unserved: Values, days_out: Mapping[str, Values]) -> list[Importance]:
    """Elements by the unserved gas that their failures cause, most first; ties by name."""
    return in_order([importance(element, unserved, days) for element, days in days_out.items()])


def in_order(found: Iterable[Importance]) -> list[Importance]:
    """Elements by the unserved gas that their failures cause, most first; ties by name."""
    return sorted(found, key=lambda i: (-(i.saved.value if np.isfinite(i.saved.value) else 0.0), i.element))


@dataclass(frozen=True)
class Stop:
    """When enough has been sampled: relative or absolute [GWh] standard error of expected unserved gas."""

    relative: float | None = None
    absolute: float | None = None
    minimum: int = 200
    maximum: int = 1000

    def reached(self, unserved: Values, strata: Strata | None = None) -> bool:
        """Whether the samples at hand are enough; with neither error asked for, only the maximum is."""
        n = len(unserved)
        if n >= self.maximum:
            return True
        if n < self.minimum or (self.relative is None and self.absolute is None):
            return False
        found = mean(unserved, strata)
        if found.value <= 0:  # nothing seen yet says little about what is rare
            return False
        close = self.relative is not None and found.error <= self.relative * found.value
        return close or (self.absolute is not None and found.error <= self.absolute)


def _told(found: Estimate, enough: bool) -> Estimate:
    """An estimate, without its interval where too little was seen to have one."""
    return found if enough else Estimate(found.value, nan, nan, nan)


def _exact(value: float) -> Estimate:
    return Estimate(value, 0.0, value, value)


def _groups(strata: Strata | None, n: int) -> list[NDArray[np.int_]]:
    """Rows by stratum; all in one where a stratum has fewer than two, whose spread nobody knows."""
    if strata is None:
        return [np.arange(n)]
    groups = [np.flatnonzero(strata == h) for h in np.unique(strata)]
    return groups if all(len(g) > 1 for g in groups) else [np.arange(n)]


def _mean(values: Values, strata: Strata | None) -> float:
    """Strata count alike, however many of their samples are there (a sample may have failed)."""
    return float(np.mean([values[g].mean() for g in _groups(strata, len(values))]))


def _error(values: Values, strata: Strata | None) -> float:
    groups = _groups(strata, len(values))
    if len(values) < 2:
        return nan
    return sqrt(sum(float(values[g].var(ddof=1)) / len(g) for g in groups)) / len(groups)


def _wilson(p: float, n: float) -> tuple[float, float]:
    """E. B. Wilson, Journal of the American Statistical Association 22, 1927, 209-212."""
    if not n:
        return 0.0, 1.0
    z2 = NORMAL**2 / n
    middle, half = (p + z2 / 2) / (1 + z2), NORMAL / (1 + z2) * sqrt(p * (1 - p) / n + z2 / (4 * n))
    return max(0.0, middle - half) if p > 0 else 0.0, min(1.0, middle + half) if p < 1 else 1.0


def _ratio(top: Values, bottom: Values, strata: Strata | None) -> Estimate:
    if not bottom.any():
        return Estimate(nan, nan, nan, nan)
    return _of_sums(lambda sums: _divided(sums[:, 0], sums[:, 1]), np.column_stack([top, bottom]), strata)


def _divided(top: Values, bottom: Values) -> Values:
    return np.asarray(np.divide(top, bottom, out=np.full(len(top), nan), where=bottom > 0))


def _compared(risk: Values, reference: Values) -> Values:
    """One risk over another: 1 where both are nothing, infinite where only the reference is."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Values = np.where((risk == 0) & (reference == 0), 1.0, risk / reference)
    return found


def _tail_means(values: Values, alpha: float, weights: Values) -> Values:
    """Mean of the worst share 1 − alpha under each row of weights (rows, values), the last value taken in part."""
    order = np.argsort(-values, kind="stable")
    ordered = weights[:, order] / weights.sum(axis=1, keepdims=True)
    taken = np.clip(1 - alpha - (np.cumsum(ordered, axis=1) - ordered), 0.0, ordered)
    return np.asarray(taken @ values[order] / (1 - alpha))


def _of_sums(figure: Callable[[Values], Values], columns: Values, strata: Strata | None) -> Estimate:
    """A figure of column sums (rows, columns) -> (rows,), bootstrapped."""
    return _bootstrapped(lambda counts: figure(counts @ columns), len(columns), strata)


def _bootstrapped(figure: Callable[[Values], Values], n: int, strata: Strata | None) -> Estimate:
    """A figure of how often each sample counts (rows, samples) -> (rows,), with what a bootstrap within strata gives:
    no interval where it never moves."""
    value = float(figure(np.ones((1, n)))[0])
    groups = _groups(strata, n)
    rng = np.random.Generator(np.random.Philox(SEED))
    drawn = np.zeros(0)
    for _ in range(RESAMPLES // BLOCK if n > 1 else 0):
        counts = np.zeros((BLOCK, n))
        for g in groups:
            counts[:, g] = rng.multinomial(len(g), np.full(len(g), 1 / len(g)), size=BLOCK)
        drawn = np.r_[drawn, figure(counts)]
    drawn = drawn[np.isfinite(drawn)]
    if len(drawn) < 2:
        return Estimate(value, nan, nan, nan)
    if drawn.min() == drawn.max():
        return Estimate(value, 0.0, nan, nan)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Estimate(value, float(drawn.std(ddof=1)), float(low), float(high))

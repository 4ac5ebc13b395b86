r"""Demand once in twenty years: the highest means over 1, 7, 14 and 30 days of every winter on record.

Every winter on record is laid on the horizon's days (`inputs.weather`), so that it is *today's* demand model,
calendar and plants that meet its cold. Of each winter counts the highest mean over so many consecutive days from October
to April; what is exceeded once in twenty winters is read off these maxima (`return_levels`).

What the model leaves unexplained from day to day (`docs/demand_fit.md`) is laid on every winter as a first-order
autoregressive noise on the demand at home that answers to weather, $x_d = \rho\,x_{d-1} + \sqrt{1-\rho^2}\,\sigma\,\varepsilon_d$,
in some hundred draws; the estimate is the mean of the draws' quantiles. Storage and line pack are in that residual, so
with it the estimate is an upper bound and without it a lower one; the switch is `Fit.residuals`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energysim.dossier import Table
from energysim.errors import InputError
from energysim.inputs.ensembles import DemandResidual, stream
from energysim.inputs.horizon import Horizon
from energysim.standards.return_levels import METHODS, check_question, interval, too_short
from energysim.standards.subject import Fit, Subject
from energysim.words import say, term

LENGTHS = (1, 7, 14, 30)
"""Days over which demand is averaged."""
DRAWS = 200
"""Draws of the residual a winter."""
RESAMPLED_DRAWS = 20
"""Draws that the interval is computed with: resampling is over winters, and what differs between draws averages out."""
SEED = 20
"""Seed of the residual's draws and of the resampled winters."""
ENDS = ((10, 1), (4, 30))
"""First and last month and day that a winter's maximum is looked for in."""
CORE = ((11, 1), (3, 31))
"""Days that the horizon must hold: without them it has no whole winter."""
UPPER_BOUND = "storage and line pack are in the residual, so demand with it is an upper bound"

Demand = NDArray[np.float64]
T = TypeVar("T")


@dataclass(frozen=True)
class Estimate:
    """A quantile with its 90 % interval [GWh/d]."""

    value: float
    low: float
    high: float
    note: str = ""


@dataclass(frozen=True)
class Winters:
    """Demand of every winter on record by node, October to April [GWh/d], shape (winters, nodes, days).

    `steady` is of classes that do not answer to weather, `answering` of the others.
    """

    names: tuple[str, ...]
    nodes: tuple[str, ...]
    steady: Demand
    answering: Demand


def winters(subject: Subject) -> Winters:
    """Demand under every winter on record; kept with the subject. Raises InputError without a whole winter or climate."""
    return _kept(subject, ("winters",), lambda: _winters(subject))


def winter_demand(subject: Subject, nodes: Sequence[str] | None = None) -> Demand:
    """Demand at some nodes (default: at home) under every winter on record [GWh/d], shape (winters, days)."""
    found, where = winters(subject), _positions(subject, nodes)
    return np.asarray((found.steady + found.answering)[:, where].sum(axis=1))


def highest_means(demand: Demand, length: int) -> Demand:
    """Highest mean over so many consecutive days, along the last axis."""
    if not 1 <= length <= demand.shape[-1]:
        raise InputError(f"a mean over {length} days; the winter has {demand.shape[-1]}, so expected 1 to that")
    total = np.cumsum(np.concatenate([np.zeros((*demand.shape[:-1], 1)), demand], axis=-1), axis=-1)
    return np.asarray((total[..., length:] - total[..., :-length]).max(axis=-1) / length)


def design_demand(
    subject: Subject, days: int, *, nodes: Sequence[str] | None = None, fit: Fit | None = None
) -> Estimate:
    """Mean demand over the worst so many days that is exceeded once in twenty winters, with its interval [GWh/d].

    nodes: default at home. fit: method, residuals and return period, default the subject's. Raises InputError,
    also where the record is too short for the empirical rank.
    """
    found = _estimate(subject, days, nodes, fit or subject.fit)
    if np.isnan(found.value):
        raise InputError(f"empirical: {found.note}; choose gumbel or gev")
    return found


def average_demand(subject: Subject, days: int) -> float:
    """Mean over the winters on record of the highest mean demand at home over so many days [GWh/d].

    Without residual, whose mean is nothing: an average winter has none.
    """
    return float(highest_means(winter_demand(subject), days).mean())


def comparison(subject: Subject, lengths: Sequence[int] = LENGTHS, return_period: float | None = None) -> pd.DataFrame:
    """Every method and length side by side, without and with residual: one row each.

    Columns: days [d], method, without, without_low, without_high, with_residual, with_low, with_high [GWh/d], note.
    """
    period, rows = return_period or subject.fit.return_period, []
    for days in lengths:
        for method in METHODS:
            plain, noisy = (
                _estimate(subject, days, None, Fit(method, residuals, period))  # type: ignore[arg-type]
                for residuals in (False, True)
            )
            rows.append((days, method, plain.value, plain.low, plain.high, noisy.value, noisy.low, noisy.high,
                         plain.note))  # fmt: skip
    columns = ["days", "method", "without", "without_low", "without_high", "with_residual", "with_low", "with_high"]
    return pd.DataFrame(rows, columns=[*columns, "note"])


def comparison_table(subject: Subject) -> Table:
    """`comparison` as a table of a dossier."""
    frame, period = comparison(subject), subject.fit.return_period
    rates = [c for c in frame.columns if c not in ("days", "method", "note")]
    return Table(
        say(
            "Demand at home once in {winters} winters, by method and length, without and with residual",
            winters=f"{period:g}",
        ),
        frame if frame["note"].any() else frame.drop(columns="note"),
        {"days": "d", **dict.fromkeys(rates, "GWh/d")},
        source="weather_belgrade.csv; docs/demand_fit.md",
        note=say(
            "{winters} winters through the demand model of {year}; low, high: 90 %, by resampled winters; {bound}",
            winters=len(winters(subject).names),
            year=subject.system.label,
            bound=term(UPPER_BOUND),
        ),
        names={
            "gumbel": say("Gumbel, L-moments"),
            "gumbel_ml": say("Gumbel, likelihood"),
            "gev": say("GEV, L-moments"),
            "empirical": say("plain ranks"),
        },
    )


def residual(subject: Subject) -> DemandResidual:
    """What the demand model leaves unexplained, from the parameters."""
    p = Horizon(subject.dataset, subject.system.first_day, subject.system.days, subject.scenario.rivals).parameter
    return DemandResidual(*(p(f"demand_residual_{name}") for name in ("annual_sd", "daily_sd", "daily_lag1")))


def _estimate(subject: Subject, days: int, nodes: Sequence[str] | None, fit: Fit) -> Estimate:
    check_question(fit.method, len(subject.dataset.weather.winters), fit.return_period)
    key = (None if nodes is None else tuple(nodes), days, fit)
    return _kept(subject, key, lambda: _estimated(_samples(subject, days, nodes, fit.residuals), fit))


def _estimated(samples: Demand, fit: Fit) -> Estimate:
    """The estimate of maxima of shape (draws, winters)."""
    value = float(METHODS[fit.method](samples, fit.return_period).mean())
    low, high = interval(fit.method, samples[:RESAMPLED_DRAWS], fit.return_period, SEED)
    short = too_short(samples.shape[-1], fit.return_period) if fit.method == "empirical" else ""
    return Estimate(value, low, high, short)


def _samples(subject: Subject, days: int, nodes: Sequence[str] | None, residuals: bool) -> Demand:
    """The winters' highest means [GWh/d], shape (draws, winters); one draw without residuals."""
    if not residuals:
        return highest_means(winter_demand(subject, nodes), days)[None]
    key = (None if nodes is None else tuple(nodes), "noisy")
    return highest_means(_kept(subject, key, lambda: _noisy(subject, nodes)), days)


def _noisy(subject: Subject, nodes: Sequence[str] | None) -> Demand:
    """Demand with the residual laid on what answers to weather at home [GWh/d], shape (draws, winters, days)."""
    found, where = winters(subject), _positions(subject, nodes)
    at_home = set(subject.at_home)
    inside = [k for k in where if found.nodes[k] in at_home]
    answering = found.answering[:, inside].sum(axis=1)
    rest = (found.steady + found.answering)[:, where].sum(axis=1) - answering
    noise = _kept(subject, ("noise",), lambda: _noise(residual(subject), answering.shape))
    return np.asarray(rest + np.clip(answering + noise, 0.0, None))


def _noise(unexplained: DemandResidual, shape: tuple[int, ...]) -> Demand:
    """Stationary first-order autoregressive paths of every winter [GWh/d], shape (draws, winters, days)."""
    noise = stream(SEED, 0, "demand residual of winters").standard_normal((DRAWS, *shape)) * unexplained.daily_sd
    fresh = float(np.sqrt(1 - unexplained.daily_lag1**2))
    for d in range(1, shape[-1]):
        noise[..., d] = unexplained.daily_lag1 * noise[..., d - 1] + fresh * noise[..., d]
    return np.asarray(noise)


def _winters(subject: Subject) -> Winters:
    span, names, nodes = _winter_days(subject), subject.dataset.weather.winters, list(subject.system.nodes)
    steady = np.zeros((len(names), len(nodes), span.stop - span.start))
    answering = np.zeros_like(steady)
    for k, name in enumerate(names):
        for offtake in subject.in_weather(name).offtakes.values():
            part = answering if offtake.demand_class in subject.answering else steady
            part[k, nodes.index(offtake.node)] += offtake.demand[span]
    return Winters(tuple(names), tuple(nodes), steady, answering)


def _winter_days(subject: Subject) -> slice:
    """The days of the first whole winter of the horizon. Raises InputError."""
    system = subject.system
    for year in (system.first_day.year, system.first_day.year + 1):
        first, last = (date(year, *CORE[0]), date(year + 1, *CORE[1]))
        if system.first_day <= first and last <= system.last_day:
            start, end = (system.day_of(d) for d in (date(year, *ENDS[0]), date(year + 1, *ENDS[1])))
            return slice(max(0, start), min(system.days, end + 1))
    raise InputError(
        f"the horizon {system.first_day} to {system.last_day} holds no whole winter (1 November to 31 March), so "
        "demand once in twenty years cannot be computed"
    )


def _positions(subject: Subject, nodes: Sequence[str] | None) -> list[int]:
    wanted = set(subject.at_home if nodes is None else nodes)
    return [k for k, node in enumerate(subject.system.nodes) if node in wanted]


def _kept(subject: Subject, key: tuple[Any, ...], make: Callable[[], T]) -> T:
    """What was made for this subject before, or now; several chapters ask for the same."""
    kept: dict[tuple[Any, ...], Any] = vars(subject).setdefault("_extremes", {})
    if key not in kept:
        kept[key] = make()
    return kept[key]  # type: ignore[no-any-return]

"""From the rows of a Monte Carlo study to what is told of it: estimates, the exceedance curve, the ranking, when to stop.

Everything is read from the casebook's rows, so that a study can be told again without solving anything. Frames
hold gas in GWh, money in kEUR, times in d, probabilities in 1; `low` and `high` bound 95 %.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict

import numpy as np
import pandas as pd

from energysim.studies.montecarlo import AS_DRAWN, FAILED, OUT, PERFECT
from energysim.studies.risk import (
    Estimate,
    Importance,
    Stop,
    Strata,
    Values,
    conditional_severity,
    cvar,
    exceedance_curve,
    importance_solved,
    in_order,
    mean,
    probability,
    quantile,
    ranking,
    severity_by_day,
)
from energysim.studies.study import TRACE

TAIL = 0.95
"""Level of the quantile and of CVaR."""
BATCH = 200
"""Samples between two looks at the error; the same for any number of workers."""


def drawn(cases: pd.DataFrame) -> pd.DataFrame:
    """The samples as drawn, in order; variants solved for the ranking left out."""
    return cases[cases["variant"] == AS_DRAWN].sort_values("sample").reset_index(drop=True)


def strata_of(samples: pd.DataFrame) -> Strata | None:
    """The stratum of every sample; None where there is only one."""
    strata = samples["stratum"].to_numpy(dtype=int)
    return strata if len(np.unique(strata)) > 1 else None


def estimates(cases: pd.DataFrame) -> pd.DataFrame:
    """Every figure with its standard error and 95 % interval: figure, meaning, unit, value, error, low, high."""
    samples = drawn(cases)
    strata = strata_of(samples)

    def column(name: str) -> Values:
        return samples[name].to_numpy(dtype=float)

    unserved, protected, days = column("unserved_gas"), column("unserved_protected"), column("cut_days")
    expected = mean(unserved, strata)
    ppm = 1e6 / column("demand").mean()
    rows: list[tuple[str, str, str, Estimate]] = [
        ("expected_unserved", "expected unserved gas", "GWh", expected),
        ("expected_unserved_protected", "of it protected customers", "GWh", mean(protected, strata)),
        ("normalised_unserved", "expected unserved gas per demand", "ppm",
         Estimate(*(ppm * v for v in asdict(expected).values()))),
        ("loss_of_load_days", "days with a cut", "d", mean(days, strata)),
        ("loss_of_load_probability", "probability of any cut", "1", probability(unserved > TRACE, strata)),
        ("loss_of_load_probability_protected", "probability that protected customers are cut", "1",
         probability(protected > TRACE, strata)),
        ("conditional_severity", "unserved gas where there is a cut", "GWh", conditional_severity(unserved, TRACE, strata)),
        ("severity_by_day", "unserved gas per day with a cut", "GWh/d", severity_by_day(unserved, days, strata)),
        ("quantile_95", "unserved gas exceeded with 5 % probability", "GWh", quantile(unserved, TAIL, strata)),
        ("cvar_95", "mean unserved gas of the worst 5 % (CVaR)", "GWh", cvar(unserved, TAIL, strata)),
        ("expected_costs", "expected costs, less gas left in store", "kEUR", mean(column("costs"), strata)),
    ]  # fmt: skip
    return pd.DataFrame([{"figure": f, "meaning": m, "unit": u, **asdict(e)} for f, m, u, e in rows])


def exceedance(cases: pd.DataFrame) -> pd.DataFrame:
    """P(unserved > level) of all and of protected customers, with its band: whom, level [GWh], probability, low, high."""
    samples, parts = drawn(cases), []
    for whom, column in (("all", "unserved_gas"), ("protected", "unserved_protected")):
        curve = exceedance_curve(samples[column].to_numpy(dtype=float))
        parts.append(pd.DataFrame({"whom": whom, **asdict(curve)}))
    return pd.concat(parts, ignore_index=True)


def element_ranking(cases: pd.DataFrame, names: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Elements by what their failures cause, one row each: element, name, samples_out, mean_days_out, solved, and value,
    low and high of achievement [1], reduction [1] and saved [GWh]. solved: from samples solved again."""
    samples = drawn(cases)
    unserved = samples["unserved_gas"].to_numpy(dtype=float)
    names_out = [str(c) for c in samples.columns if str(c).startswith(OUT)]
    out = {c.removeprefix(OUT): _numbers(samples[c].fillna(0)) for c in names_out}
    again = {v for v in cases["variant"].unique() if v != AS_DRAWN}
    solved = {e for e in out if FAILED + e in again}
    found = ranking(unserved, {e: days for e, days in out.items() if e not in solved})
    found += [_solved(cases, samples, element, out[element]) for element in solved]
    rows = [_row(i, i.element in solved) for i in in_order(found)]
    frame = pd.DataFrame(rows, columns=None if rows else ["element", "samples_out", "mean_days_out", "solved", "saved"])
    frame.insert(1, "name", [(names or {}).get(e, e) for e in frame["element"]])
    return frame


def _solved(cases: pd.DataFrame, samples: pd.DataFrame, element: str, days_out: Values) -> Importance:
    """One element from the samples solved again; where it never failed, nothing had to be."""
    base = samples.set_index("sample")["unserved_gas"].astype(float)
    perfect, failed = (
        cases[cases["variant"] == kind + element].set_index("sample")["unserved_gas"].astype(float)
        for kind in (PERFECT, FAILED)
    )
    order = [*sorted(failed.index), *sorted(base.index.difference(failed.index))]
    place = samples.reset_index().set_index("sample")["index"].loc[order].to_numpy()
    strata = strata_of(samples)
    return importance_solved(
        element,
        _numbers(base.loc[order]),
        days_out[place],
        _numbers(perfect.reindex(order).fillna(base.loc[order])),
        _numbers(failed.sort_index()),
        None if strata is None else strata[place],
    )


def _numbers(column: pd.Series) -> Values:
    return np.asarray(column.to_numpy(dtype=float))


def _row(found: Importance, solved: bool) -> dict[str, object]:
    row: dict[str, object] = {
        "element": found.element,
        "samples_out": found.samples_out,
        "mean_days_out": found.mean_days_out,
        "solved": solved,
    }
    for name in ("achievement", "reduction", "saved"):
        figure: Estimate = getattr(found, name)
        row |= {name: figure.value, f"{name}_low": figure.low, f"{name}_high": figure.high}
    return row


def batches(stop: Stop, strata: int) -> Iterator[int]:
    """How many samples to have at each look at the error: whole rounds of strata, up to the maximum."""

    def rounds(n: int) -> int:
        return -(-n // strata) * strata

    n = min(rounds(stop.minimum), stop.maximum)
    while n < stop.maximum:
        yield n
        n = min(n + rounds(BATCH), stop.maximum)
    yield stop.maximum


def sampled_until(stop: Stop, strata: int, solve: Callable[[int], pd.DataFrame]) -> tuple[int, pd.DataFrame]:
    """Sample batch by batch until the error asked for is reached: samples asked for, and the rows.

    solve: number of samples -> rows of all of them; what is there already costs nothing.
    """
    n, cases = 0, pd.DataFrame()
    for n in batches(stop, strata):
        cases = solve(n)
        samples = drawn(cases) if len(cases) else cases
        if len(samples) and stop.reached(samples["unserved_gas"].to_numpy(dtype=float), strata_of(samples)):
            break
    return n, cases

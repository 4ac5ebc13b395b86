r"""Which inputs matter: Sobol's indices and Morris's screening, by SALib (the extra `sensitivity`).

For a measure $Y$ of independent inputs $X_i$, each drawn from its range:

* first-order index $S_i = \mathrm{Var}(E[Y|X_i])/\mathrm{Var}(Y)$: the share of the variance that knowing $X_i$
  alone would remove;
* total-order index $T_i = E[\mathrm{Var}(Y|X_{\sim i})]/\mathrm{Var}(Y)$: the share that stays when all but $X_i$
  are known, interactions included (Saltelli et al., Computer Physics Communications 181, 2010; n (k + 2) cases);
* Morris's $\mu^*_i$: mean absolute change of $Y$ when $X_i$ moves over its whole range, and the spread $\sigma_i$
  of that change (Campolongo et al. 2007; n (k + 1) cases): cheap, for a first look.

Intervals are 95 % bootstrap intervals with a fixed seed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from energysim.errors import InputError, not_installed
from energysim.inputs.sweep_file import Method
from energysim.studies.designs import Shares

try:
    from SALib.analyze import morris as morris_analysis
    from SALib.analyze import sobol as sobol_analysis
    from SALib.sample import morris as morris_sample
    from SALib.sample import sobol as sobol_sample
except ImportError:  # told when it is asked for
    INSTALLED = False
else:
    INSTALLED = True

LEVELS = 4
"""Levels of Morris's grid in each input."""
RESAMPLES = 1000
"""Bootstrap samples behind an interval."""
CONFIDENCE = 0.95
FLAT = 1e-9
"""Relative spread of a measure below which nothing moves it."""


def require() -> None:
    """Raise InputError, with what to do, where the library is not installed."""
    if not INSTALLED:
        raise not_installed("SALib, which sensitivity needs,", "sensitivity")


def shares(method: Method, inputs: int, samples: int, seed: int) -> Shares:
    """The design that a method needs: shares in 0…1, shape (cases, inputs)."""
    require()
    if method == "sobol":
        return np.asarray(sobol_sample.sample(_problem(inputs), samples, calc_second_order=False, seed=seed))
    return np.asarray(morris_sample.sample(_problem(inputs), samples, num_levels=LEVELS, seed=seed))


def indices(method: Method, names: list[str], where: Shares, measured: NDArray[np.float64], seed: int) -> pd.DataFrame:
    """What each input does to a measure, the largest first, with half-widths of 95 % intervals (`…_interval`).

    sobol: columns input, first_order, first_order_interval, total_order, total_order_interval [1].
    morris: columns input, effect, effect_interval, spread [unit of the measure].
    measured: in the order of the design. Raises InputError where it is incomplete or nothing moves it.
    """
    require()
    missing = int(np.isnan(measured).sum())
    if missing:
        raise InputError(f"{missing:,} of {len(measured):,} cases have no result; sensitivity needs all, so run again")
    if np.ptp(measured) <= FLAT * max(1.0, float(np.abs(measured).max())):
        raise InputError(
            f"the measure is {measured[0]:g} in every case: no input moves it, so there is nothing to share"
        )
    options: dict[str, Any] = {"num_resamples": RESAMPLES, "conf_level": CONFIDENCE, "seed": seed}
    if method == "sobol":
        found = sobol_analysis.analyze(_problem(len(names)), measured, calc_second_order=False, **options)
        columns = {
            "first_order": found["S1"],
            "first_order_interval": found["S1_conf"],
            "total_order": found["ST"],
            "total_order_interval": found["ST_conf"],
        }
        rank = "total_order"
    else:
        found = morris_analysis.analyze(_problem(len(names)), where, measured, num_levels=LEVELS, **options)
        columns = {"effect": found["mu_star"], "effect_interval": found["mu_star_conf"], "spread": found["sigma"]}
        rank = "effect"
    frame = pd.DataFrame({"input": names, **{k: np.asarray(v, dtype=float) for k, v in columns.items()}})
    return frame.sort_values(rank, ascending=False, kind="stable").reset_index(drop=True)


def _problem(inputs: int) -> dict[str, Any]:
    """SALib's description of shares; `Axis.at` gives them their distributions."""
    return {"num_vars": inputs, "names": [f"x{k}" for k in range(inputs)], "bounds": [[0.0, 1.0]] * inputs}

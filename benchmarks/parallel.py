"""Two processes beside one: the same cases, the same results to the last bit."""

from __future__ import annotations

import hashlib
from statistics import median
from time import perf_counter

import numpy as np
from joblib import Parallel, delayed

from benchmarks.harness import Found
from benchmarks.reference_year import redrawn, reference_year
from energysim.inputs.assets import GasSystem
from energysim.model.compile import compile_system
from energysim.model.solve import Engine
from energysim.model.tie import tie_breaking

_kept: dict[int, tuple[GasSystem, Engine]] = {}
"""What a worker process keeps: the base system and an engine that has solved it."""


def measure(cases: int = 48, repeats: int = 3, days: int = 365) -> Found:
    """Seconds for all cases with one worker and with two, set-up apart; and whether their checksums agree."""
    seconds: dict[int, list[float]] = {1: [], 2: []}
    sums = set()
    for _ in range(repeats):
        for workers in seconds:
            with Parallel(n_jobs=workers, batch_size=1) as pool:
                for _ in range(2):  # every worker is likely to have been called once
                    pool(delayed(solve_case)(days, None) for _ in range(4 * workers))
                start = perf_counter()
                found = pool(delayed(solve_case)(days, k) for k in range(cases))
                seconds[workers].append(perf_counter() - start)
            sums.add(hashlib.sha256("".join(found).encode()).hexdigest()[:16])
    gain = median(one / two for one, two in zip(seconds[1], seconds[2], strict=True))
    return {"cases": cases, "seconds": {str(n): median(s) for n, s in seconds.items()}, "gain": gain,
            "same_results": len(sums) == 1}  # fmt: skip


def solve_case(days: int, case: int | None) -> str:
    """Hash of the objective and of every value of a case; None only prepares the process."""
    if days not in _kept:
        system, engine = reference_year(days), Engine()
        form = compile_system(system)
        engine.solve(form, tie_breaking(form, system))
        _kept[days] = system, engine
    if case is None:
        return ""
    system, engine = _kept[days]
    changed = redrawn(system, case)
    form = compile_system(changed)
    solution = engine.solve(form, tie_breaking(form, changed))
    return hashlib.sha256(np.append(solution.values, solution.objective).tobytes()).hexdigest()

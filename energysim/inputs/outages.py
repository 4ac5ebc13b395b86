r"""Sampled outages: every asset works until it fails and is out until it is repaired, day by day.

A two-state Markov chain per row of `data/outage_rates.csv`, with failures per year $\lambda$ and mean repair time $\tau$ in
days:

$$p_\mathrm{fail} = 1 - e^{-\lambda/365.25} \qquad p_\mathrm{repair} = 1/\tau \qquad
\mathit{availability} = \frac{p_\mathrm{repair}}{p_\mathrm{fail} + p_\mathrm{repair}}$$

so that times up and down are geometric. On the first morning the chain is in its steady state (R. Billinton and
R. N. Allan, *Reliability Evaluation of Power Systems*, 1996, chapter 9; the units of PRAS are such chains too). Chains are
independent of each other and of the weather: real ones are not, see `docs/montecarlo.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise, product
from math import exp, prod
from typing import cast

from energysim.errors import InputError
from energysim.inputs import tables as t
from energysim.inputs.assets import GasSystem
from energysim.inputs.ensembles import stream
from energysim.inputs.events import check_events
from energysim.inputs.horizon import Horizon
from energysim.inputs.paths import find_assets
from energysim.inputs.scenario import Event

DAYS_A_YEAR = 365.25

Runs = tuple[tuple[int, int], ...]
"""Outages of one process: first and last day of each, in order."""


@dataclass(frozen=True)
class OutageProcess:
    """Assets that fail together: daily probabilities of failure and repair, and the share lost while out."""

    id: str
    assets: tuple[str, ...]
    p_fail: float
    p_repair: float
    share_lost: float = 1.0
    name: str = ""

    def __post_init__(self) -> None:
        if not (0 <= self.p_fail <= 1 and 0 < self.p_repair <= 1 and 0 <= self.share_lost <= 1):
            raise InputError(
                f"outage {self.id}: p_fail {self.p_fail:g}, p_repair {self.p_repair:g}, share lost {self.share_lost:g}; "
                "each lies in 0…1, and p_repair above 0"
            )

    @property
    def availability(self) -> float:
        """Share of days on which it works, in the long run [1]."""
        return self.p_repair / (self.p_fail + self.p_repair)

    def sample(self, seed: int, sample: int, days: int) -> Runs:
        """The outages of a sample, on a random stream of its own."""
        rng = stream(seed, sample, f"outage {self.id}")
        works, day, runs = rng.random() < self.availability, 0, []
        while day < days and (not works or self.p_fail > 0):
            length = int(rng.geometric(self.p_fail if works else self.p_repair))
            if not works:
                runs.append((day, min(day + length, days) - 1))
            day, works = day + length, not works
        return tuple(runs)

    def paths(self, days: int) -> Iterator[tuple[float, Runs]]:
        """Every path of the chain over so many days that can occur, with its probability."""
        for states in product((True, False), repeat=days):
            odds = [self.availability if states[0] else 1 - self.availability]
            for before, after in pairwise(states):
                leave = self.p_fail if before else self.p_repair
                odds.append(leave if after != before else 1 - leave)
            if prod(odds) > 0:
                yield prod(odds), _runs(states)

    def events(self, system: GasSystem, runs: Runs, length_known: bool = True) -> list[Event]:
        """The outages as events, known from their own first day.

        length_known: False lets planners believe in the mean repair time, until it has passed.
        """
        usual = max(1, round(1 / self.p_repair))
        return [
            Event(
                name=self.name or self.id,
                asset=asset,
                start=system.date_of(first),
                until=system.date_of(last),
                available=1 - self.share_lost,
                announced_until=None if length_known else system.date_of(first) + timedelta(days=usual - 1),
            )
            for first, last in runs
            for asset in self.assets
        ]


def joint_paths(processes: Sequence[OutageProcess], days: int) -> Iterator[tuple[float, dict[str, Runs]]]:
    """Every way in which independent processes can go over so many days, with its probability: 2**(days x processes)."""
    for combination in product(*(list(p.paths(days)) for p in processes)):
        yield (
            prod(odds for odds, _ in combination),
            {p.id: runs for p, (_, runs) in zip(processes, combination, strict=True)},
        )


def joint_states(processes: Sequence[OutageProcess], days: int) -> Iterator[tuple[float, dict[str, Runs]]]:
    """Every joint state of independent processes, held over all days, with its probability on any one day.

    Exact for means of daily figures where nothing links the days (no storage, no contract period), since then a
    day only knows its own state, and every day has the steady state's probabilities.
    """
    always = ((0, days - 1),)
    ways = [[(p.availability, ()), (1 - p.availability, always)] for p in processes]
    for combination in product(*ways):
        odds = prod(share for share, _ in combination)
        if odds > 0:
            yield odds, {p.id: runs for p, (_, runs) in zip(processes, combination, strict=True)}


def outage_processes(horizon: Horizon, system: GasSystem) -> tuple[OutageProcess, ...]:
    """The rows of `outage_rates` whose assets are in the system. Raises InputError with every problem."""
    found = {}
    for row in horizon.rows(t.OutageRateRow):  # a chosen rival comes after the row it overrules
        assets = tuple(a for a in (row.asset, row.also) if a is not None and _stands(system, a))
        if assets:
            fails, days = cast(float, row.failures_per_year), cast(float, row.mean_repair_days)
            found[row.outage] = OutageProcess(
                row.outage,
                assets,
                1 - exp(-fails / DAYS_A_YEAR),
                1 / days,
                cast(float, row.share_lost_fraction),
                row.name,
            )
    check_processes(system, tuple(found.values()))
    return tuple(found.values())


def check_processes(system: GasSystem, processes: Sequence[OutageProcess]) -> None:
    """Raise InputError, with every problem, if the outages cannot be laid on the system's assets."""
    problems = [p for process in processes for p in check_events(system, process.events(system, ((0, 0),)))]
    if problems:
        raise InputError(*problems)


def _stands(system: GasSystem, path: str) -> bool:
    try:
        find_assets(system, path)
    except InputError:
        return False
    return True


def _runs(states: Sequence[bool]) -> Runs:
    """First and last day of each stretch of days out."""
    out = [d for d, works in enumerate(states) if not works]
    starts = [d for d in out if d == 0 or states[d - 1]]
    ends = [d for d in out if d == len(states) - 1 or states[d + 1]]
    return tuple(zip(starts, ends, strict=True))

"""The atlas of outages: asset x start date x duration x depth, one gas year solved for each.

Every case is the base scenario with one more event: a share of the asset (`depth`) is lost from `start` for
`duration` gas days. Under `foreseen` that is known on day one. Under `surprise` it is known on its first day, and
with it its end: until then the plan is that of the undisturbed year, from then on one plan for the rest of the year
(an outage whose end is announced too early is a scenario of its own). The loss is force majeure: what the contracts
behind it promise is pro-rated by the days lost. Nothing is approximated and no case is left out because it looks
harmless.

The *undisturbed year* is the base scenario with its own events, under the same foresight, without the outage.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.metadata import version
from itertools import product
from typing import Any

import numpy as np

from energysim.errors import InputError
from energysim.inputs.assets import Daily, GasSystem
from energysim.inputs.read import read_dataset
from energysim.inputs.scenario import Event, Foresight, Scenario
from energysim.model.resident import OPTIONS
from energysim.studies.atlas_assets import JOINT, asset_names
from energysim.studies.atlas_inputs import DEPTHS, DURATIONS, check_atlas
from energysim.studies.foresight import resolve
from energysim.studies.study import TRACE, Case, Row, Workbench, numbers, unserved_by_day

FORESIGHTS: tuple[Foresight, ...] = ("foreseen",)
"""What is known when, unless said."""

UNITS = {
    "asset_name": "", "extra_unserved": "GWh", "extra_protected": "GWh", "extra_cut_days": "d", "extra_cost": "kEUR",
    "survival_time": "d", "survival_time_protected": "d", "outage_days": "d", "truncated": "",
}  # fmt: skip
"""Finding of an atlas -> its unit."""

Builder = Callable[[Scenario], GasSystem]
"""Makes the base system of a scenario; a function of a module, so that other processes find it by name."""


@dataclass(frozen=True)
class Quiet:
    """What the undisturbed year gives: cuts by gas day [GWh/d] and costs [kEUR]."""

    unserved: Daily
    protected: Daily
    costs: float


@dataclass
class AtlasBench(Workbench):
    """A workbench that remembers the undisturbed year of the scenario, under each foresight."""

    background: tuple[Event, ...] = ()
    quiet: dict[Foresight, Quiet] = field(default_factory=dict)

    def undisturbed_year(self, foresight: Foresight) -> Quiet:
        """The base scenario with its own events and no outage."""
        if foresight not in self.quiet:
            course = self.course(self.background, foresight) if self.background else self.undisturbed
            costs = numbers(self.system, course)["costs"]
            self.quiet[foresight] = Quiet(
                unserved_by_day(self.system, course),
                unserved_by_day(self.system, course, protected_only=True),
                float(costs or 0.0),
            )
        return self.quiet[foresight]


@dataclass(frozen=True)
class Atlas:
    """Outages of some assets on some dates, for some lengths and depths, on one base scenario.

    assets: paths, joined by `+` where they fail together; durations in gas days; depths as shares lost, 0…1.
    inputs: the digest of the data (for a system built in code: any name that changes with it).
    build: makes the base system; None: from the shipped data, which must then be those of `inputs`.
    same_as: asset -> others whose complete loss is the same and which it stands for; told, not solved.
    """

    scenario: Scenario
    assets: tuple[str, ...]
    starts: tuple[date, ...]
    durations: tuple[int, ...] = DURATIONS
    depths: tuple[float, ...] = DEPTHS
    foresights: tuple[Foresight, ...] = FORESIGHTS
    inputs: str = ""
    build: Builder | None = None
    same_as: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def name(self) -> str:
        """`atlas`."""
        return "atlas"

    @property
    def digest(self) -> str:
        """Hash of data, scenario, package version and solver options."""
        said = self.scenario.model_dump_json(exclude={"title", "context", "sources", "variants", "foresight"})
        built = f"{self.build.__module__}.{self.build.__qualname__}" if self.build else ""
        identity = json.dumps([self.name, self.inputs, built, json.loads(said), version("energysim"), OPTIONS])
        return hashlib.sha256(identity.encode()).hexdigest()[:20]

    @property
    def options(self) -> dict[str, Any]:
        """What was asked, for the casebook."""
        return {
            "scenario": self.scenario.id,
            "title": self.scenario.title,
            "gas_year": self.scenario.gas_year,
            "weather": self.scenario.weather,
            "assets": list(self.assets),
            "starts": [s.isoformat() for s in self.starts],
            "durations": list(self.durations),
            "depths": list(self.depths),
            "foresights": list(self.foresights),
            "same_as": {asset: list(others) for asset, others in self.same_as if others},
        }

    @property
    def units(self) -> Mapping[str, str]:
        """Column -> unit, of what only an atlas finds."""
        return UNITS

    def cases(self) -> Sequence[Case]:
        """Asset by asset, each with its dates, lengths and depths in order."""
        return [
            Case({"asset": asset, "start": start.isoformat(), "duration": n, "depth": depth, "foresight": foresight})
            for foresight, asset, depth, start, n in product(
                self.foresights, self.assets, self.depths, self.starts, self.durations
            )
        ]

    def prepare(self) -> AtlasBench:
        """The base system, checked against what the atlas asks of it. Raises InputError."""
        system = self.build(self.scenario) if self.build else self._shipped()
        problems = check_atlas(system, self.assets, self.starts, self.durations, self.depths)
        if problems:
            raise InputError(*problems)
        return AtlasBench(system, background=tuple(self.scenario.events))

    def _shipped(self) -> GasSystem:
        dataset = read_dataset()
        if dataset.digest != self.inputs:
            raise InputError(
                f"the data here ({dataset.digest[:10]}) are not those of the atlas ({self.inputs[:10]}); "
                "install the same version of energysim everywhere"
            )
        return resolve(self.scenario, dataset)

    def solve(self, bench: Workbench, case: Case) -> Row:
        """What one outage does, against the undisturbed year; gas in GWh, money in kEUR, times in d.

        extra_…: more than in the undisturbed year. survival_time: see `survival_time`; None: nobody is cut
        because of it. outage_days: gas days of the outage within the horizon; truncated: it outlasts the horizon.
        """
        if not isinstance(bench, AtlasBench):
            bench = AtlasBench(bench.system, bench.engine, background=self.scenario.events)
        events, system = outage(case, bench.system), bench.system
        foresight: Foresight = "surprise" if case.labels["foresight"] == "surprise" else "foreseen"
        course = bench.course((*bench.background, *events), foresight)
        quiet, found = bench.undisturbed_year(foresight), numbers(system, course)
        all_cuts = unserved_by_day(system, course) - quiet.unserved
        protected = unserved_by_day(system, course, protected_only=True) - quiet.protected
        start = system.day_of(events[0].start)
        return {
            "asset_name": asset_names(system, str(case.labels["asset"])),
            **found,
            "extra_unserved": _rounded(all_cuts.sum()),
            "extra_protected": _rounded(protected.sum()),
            "extra_cut_days": int((all_cuts > TRACE).sum()),
            "extra_cost": _rounded(float(found["costs"] or 0.0) - quiet.costs),
            "survival_time": survival_time(all_cuts, start),
            "survival_time_protected": survival_time(protected, start),
            "outage_days": (events[0].until - events[0].start).days + 1,
            "truncated": events[0].start + timedelta(days=int(case.labels["duration"] or 0) - 1) > system.last_day,
        }  # fmt: skip

    def solve_cold(self, bench: Workbench, case: Case) -> Row:
        """The same from a fresh solver; only the undisturbed year is not solved again."""
        quiet = bench.quiet if isinstance(bench, AtlasBench) else {}
        return self.solve(AtlasBench(bench.system, background=self.scenario.events, quiet=dict(quiet)), case)


def outage(case: Case, system: GasSystem) -> tuple[Event, ...]:
    """The events of a case, one for each asset that fails; an outage ends with the horizon at the latest."""
    start = date.fromisoformat(str(case.labels["start"]))
    until = min(start + timedelta(days=int(case.labels["duration"] or 0) - 1), system.last_day)
    left = round(1.0 - float(case.labels["depth"] or 0.0), 9)
    return tuple(
        Event(name=f"outage of {path}", asset=path, start=start, until=until, available=left)
        for path in str(case.labels["asset"]).split(JOINT)
    )


def survival_time(more: Daily, start: int) -> int | None:
    """Whole gas days from the start of an outage until somebody is cut because of it [d]; None: nobody is.

    more: cuts beyond those of the undisturbed year by gas day [GWh/d], of all customers or of protected ones; a
    trace does not count. 0: on the first day, or even before, where a planner who knows what comes saves gas.
    A planner spreads a shortage that he sees coming, so this is at most the longest outage nobody would notice.
    Source of the notion: the project's METHODS, days of autonomy.
    """
    cut = np.flatnonzero(more > TRACE)
    return max(0, int(cut[0]) - start) if len(cut) else None


def _rounded(value: float) -> float:
    return round(float(value), 6) + 0.0

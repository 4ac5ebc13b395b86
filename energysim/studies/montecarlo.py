"""Monte Carlo: many winters of one system, each with weather, demand, prices and outages of its own.

A case is a sample number. What it draws follows from (seed, sample) alone, driver by driver (`inputs.ensembles`,
`inputs.outages`), and the whole winter is solved at once, since storage links its days. The winter is a window of the
gas year (`studies.window`): stocks on 1 October are the scenario's, gas left on 31 March is worth what it saves the
undisturbed days after it. Events of the scenario happen in every sample; those known on day one (maintenance) are in
the year's plan too.

Under `surprise` an outage is known on its first day; its length too, or only the mean repair time until that has
passed (`length_known`). Under `foreseen` the whole winter, its outages included, is known on 1 October: a bound on what
can be had, never the answer. Weather, demand and prices are known in both, so both say too little.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cached_property
from importlib.metadata import version
from typing import Any

import numpy as np

from energysim.errors import InputError, suggest
from energysim.inputs.assets import GasSystem
from energysim.inputs.ensembles import (
    DemandResidual,
    Ensemble,
    PriceResidual,
    WeatherKind,
    apply_draw,
    weather_ensemble,
    weather_sensitive,
)
from energysim.inputs.events import apply_events
from energysim.inputs.horizon import Horizon
from energysim.inputs.outages import OutageProcess, Runs, outage_processes
from energysim.inputs.read import Dataset, read_dataset
from energysim.inputs.scenario import Event, Foresight, Scenario
from energysim.model.resident import OPTIONS
from energysim.model.solve import Engine
from energysim.simulate import Course
from energysim.studies.foresight import resolve
from energysim.studies.study import TRACE, Case, Row, Scalar, Workbench, numbers, unserved_by_day
from energysim.studies.window import cut_out, remaining_values, within

DRIVERS = ("weather", "demand", "prices", "outages")
AS_DRAWN, PERFECT, FAILED = "as drawn", "perfect:", "failed:"
"""What a case does with its outages: nothing; one element never fails; one element is out throughout."""
OUT = "out_"
"""First letters of the columns with the days on which an element is out."""
STRATA = 10
UNITS = {
    "demand": "GWh", "oil_burnt": "GWh", "closing_stock": "GWh", "degree_days": "degC d", "demand_level": "1",
    "price_factor": "1", "plans": "1",
}  # fmt: skip
ACHIEVEMENT_SAMPLES = 50
"""Samples solved again with an element out throughout, for each element of the ranking."""


@dataclass
class SampleBench(Workbench):
    """A workbench that draws: the system as it is without a draw, the drivers, and what happens in every sample."""

    ensemble: Ensemble = field(default_factory=lambda: Ensemble(seed=1))
    processes: tuple[OutageProcess, ...] = ()
    events: tuple[Event, ...] = ()
    foresight: Foresight = "surprise"
    length_known: bool = True

    @cached_property
    def answering(self) -> set[str]:
        """Demand classes that answer to weather."""
        return weather_sensitive(self.system)

    def outages(self, sample: int, variant: str = AS_DRAWN) -> dict[str, Runs]:
        """Element -> its outages in a sample: first and last day of each."""
        drawn = {p.id: p.sample(self.ensemble.seed, sample, self.system.days) for p in self.processes}
        kind, _, element = variant.partition(":")
        if kind + ":" == PERFECT:
            drawn[element] = ()
        elif kind + ":" == FAILED:
            drawn[element] = ((0, self.system.days - 1),)
        return drawn

    def play(self, sample: int, outages: dict[str, Runs]) -> tuple[GasSystem, Course]:
        """The system of a sample, and how it fares under these outages."""
        draw = self.ensemble.draw(self.system, sample)
        system = apply_draw(self.system, draw, self.answering)
        events = [e for p in self.processes for e in p.events(system, outages[p.id], self.length_known)]
        return system, self.course([*self.events, *events], self.foresight, system)

    def findings(self, sample: int, variant: str = AS_DRAWN) -> Row:
        """The row of a sample; gas in GWh, money in kEUR, times in d, degree days in degC d."""
        outages = self.outages(sample, variant)
        system, course = self.play(sample, outages)
        draw = self.ensemble.draw(self.system, sample)
        cut = unserved_by_day(system, course)
        price = 1.0 if draw.price_factor is None else float(draw.price_factor.mean())
        found: Row = {
            **numbers(system, course),
            "worst_date": system.date_of(int(cut.argmax())).isoformat() if cut.max() > TRACE else None,
            "demand": round(float(np.sum([o.demand for o in system.offtakes.values()])), 6),
            "oil_burnt": _total(course, "fuel_switch"),
            "closing_stock": _closing_stock(system, course),
            "stratum": draw.stratum,
            "winter": draw.winter,
            "degree_days": None if np.isnan(draw.degree_days) else round(draw.degree_days, 3),
            "demand_level": round(draw.demand_level, 6),
            "price_factor": round(price, 6),
            "plans": len(course.plans),
        }
        return found | {OUT + name: sum(last - first + 1 for first, last in runs) for name, runs in outages.items()}


@dataclass(frozen=True)
class MonteCarlo:
    """Sampled winters of one scenario.

    weather: `resampled`, `analogue` or `fixed` (the scenario's own); without: drivers left as they are; inputs: the
    digest of the data; build: makes the workbench of a system built in code, None: from the shipped data.
    """

    scenario: Scenario
    samples: int = 1000
    seed: int = 1
    strata: int = STRATA
    weather: WeatherKind = "resampled"
    trend: bool = False
    since: str | None = None
    without: tuple[str, ...] = ()
    whole_year: bool = False
    foresight: Foresight = "surprise"
    length_known: bool = True
    ranking: bool = False
    inputs: str = ""
    build: Callable[[MonteCarlo], SampleBench] | None = None

    @property
    def name(self) -> str:
        """`montecarlo`."""
        return "montecarlo"

    @property
    def digest(self) -> str:
        """Hash of data, scenario, options that move a sample, package version and solver options; not of how many."""
        said = json.loads(self.scenario.model_dump_json(exclude={"variants", "foresight"}))
        options = [self.seed, self.strata, self.weather, self.trend, self.since, sorted(self.without), self.whole_year,
                   self.foresight, self.length_known]  # fmt: skip
        built = f"{self.build.__module__}.{self.build.__qualname__}" if self.build else ""
        identity = [self.name, self.inputs, built, said, options, version("energysim"), OPTIONS]
        return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:20]

    @property
    def options(self) -> dict[str, Any]:
        """What was asked, for the casebook."""
        said = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("scenario", "inputs", "build")}
        asked = {"scenario": self.scenario.id, "title": self.scenario.title, "gas_year": self.scenario.gas_year,
                 "scenario_weather": self.scenario.weather}  # fmt: skip
        return {**asked, **said, "without": sorted(self.without)}

    @property
    def units(self) -> dict[str, str]:
        """Column -> unit, of what only this study finds; columns `out_ELEMENT` are in d."""
        return UNITS

    def cases(self) -> Sequence[Case]:
        """Samples in order; with `ranking` then each element perfect where it failed, and out throughout."""
        found = [_case(n) for n in range(self.samples)]
        return [*found, *self.ranking_cases()] if self.ranking else found

    def ranking_cases(self) -> list[Case]:
        """Samples again with one element perfect (where it failed), and with it out throughout (the first few)."""
        bench = self.build(self) if self.build else None
        year, processes = (bench.system, bench.processes) if bench else self._year(self._data())
        days, found = year.days if bench else self._days(year), []
        for p in processes:
            failed = [n for n in range(self.samples) if p.sample(self.seed, n, days)]
            found += [_case(n, PERFECT + p.id) for n in failed]
            found += [_case(n, FAILED + p.id) for n in range(min(self.samples, ACHIEVEMENT_SAMPLES))]
        return found

    def prepare(self) -> SampleBench:
        """The winter to sample, cut out of the undisturbed year, and what it is drawn from. Raises InputError."""
        if self.build:
            return self.build(self)
        dataset = self._data()
        year, processes = self._year(dataset)
        days, window = self._days(year), year
        if days < year.days:
            bench = Workbench(year)
            values = remaining_values(bench, bench.undisturbed, days)
            window = cut_out(year, bench.undisturbed, 0, days, closing=values)
        return SampleBench(
            window,
            ensemble=self._ensemble(dataset, window),
            processes=processes,
            events=tuple(within(window, [e for e in self.scenario.events if e.known_from != "day_one"])),
            foresight=self.foresight,
            length_known=self.length_known,
        )

    def solve(self, bench: Workbench, case: Case) -> Row:
        """One sampled winter."""
        assert isinstance(bench, SampleBench)
        return bench.findings(int(case.labels["sample"] or 0), str(case.labels["variant"]))

    def solve_cold(self, bench: Workbench, case: Case) -> Row:
        """The same from a fresh solver."""
        assert isinstance(bench, SampleBench)
        return self.solve(replace(bench, engine=Engine()), case)

    def _data(self) -> Dataset:
        dataset = read_dataset()
        check_options(self, dataset.weather.winters)
        if dataset.digest != self.inputs:
            raise InputError(
                f"the data here ({dataset.digest[:10]}) are not those of the study ({self.inputs[:10]}); "
                "install the same version of energysim everywhere"
            )
        return dataset

    def _year(self, dataset: Dataset) -> tuple[GasSystem, tuple[OutageProcess, ...]]:
        """The gas year with what is known of it on day one, and the elements that can fail."""
        system = resolve(self.scenario, dataset)
        ahead = [o for e in self.scenario.events if e.known_from == "day_one" for o in e.occurrences]
        horizon = Horizon(dataset, system.first_day, system.days, self.scenario.rivals)
        processes = () if "outages" in self.without else outage_processes(horizon, system)
        return apply_events(system, ahead), processes

    def _days(self, year: GasSystem) -> int:
        """Days sampled: to 31 March, or the whole year."""
        spring = date(year.first_day.year + 1, 4, 1)
        return year.days if self.whole_year else min(year.days, (spring - year.first_day).days)

    def _ensemble(self, dataset: Dataset, window: GasSystem) -> Ensemble:
        drawn = set(DRIVERS) - set(self.without)
        p = Horizon(dataset, window.first_day, window.days, self.scenario.rivals).parameter
        weather = demand = price = None
        if "weather" in drawn and self.weather != "fixed":
            block = int(p("weather_block_days"))
            weather = weather_ensemble(dataset.weather, window, self.weather, self.seed, block, self.trend, self.since)
        if "demand" in drawn:
            annual, daily, lag1 = (p(f"demand_residual_{n}") for n in ("annual_sd", "daily_sd", "daily_lag1"))
            demand = DemandResidual(annual, daily, lag1)
        if "prices" in drawn:
            price = PriceResidual(p("price_residual_sd"), p("price_residual_lag1"))
        return Ensemble(self.seed, self.strata if weather else 1, weather, demand, price)


def check_options(study: MonteCarlo, winters: Sequence[str]) -> None:
    """Raise InputError, with every problem, if the options of a study make no sense; winters: those on record."""
    unknown = [d for d in study.without if d not in DRIVERS]
    problems = [f"without: unknown driver {d!r}{suggest(d, DRIVERS)}; expected {', '.join(DRIVERS)}" for d in unknown]
    if study.samples < 1:
        problems.append(f"samples: found {study.samples}; expected 1 or more")
    if study.strata < 1:
        problems.append(f"strata: found {study.strata}; expected 1 or more")
    if study.seed < 0:
        problems.append(f"seed: found {study.seed}; expected 0 or more")
    if study.ranking and "outages" in study.without:
        problems.append("ranking: needs outages, which `without` leaves out")
    fixed = study.weather == "fixed" or "weather" in study.without
    if fixed and (study.trend or study.since):
        problems.append("trend, since: these shape drawn weather, but the weather is fixed")
    if study.since is not None and study.since not in winters:
        problems.append(f"since: winter {study.since!r} is not on record{suggest(study.since, winters)}")
    elif study.trend and study.since and len(winters) - winters.index(study.since) < 3:
        problems.append(f"trend: needs three winters or more, and {study.since} leaves fewer")
    if problems:
        raise InputError(*problems)


def shipped_montecarlo(scenario: Scenario, dataset: Dataset) -> MonteCarlo:
    """A Monte Carlo study of a scenario of the shipped data, with the options of the defaults."""
    return MonteCarlo(scenario, inputs=dataset.digest)


def _case(sample: int, variant: str = AS_DRAWN) -> Case:
    labels: dict[str, Scalar] = {"sample": sample, "variant": variant}
    return Case(labels)


def _total(course: Course, quantity: str) -> float:
    """Sum of a quantity over assets and days [GWh]."""
    solution = course.realised.solution
    span = solution.form.columns.get(quantity)
    return 0.0 if span is None else round(float(solution.values[span.slice].sum()), 6)


def _closing_stock(system: GasSystem, course: Course) -> float:
    """Callable gas in store on the last evening [GWh]."""
    solution = course.realised.solution
    span = solution.form.columns["inventory"]
    stocks = solution.values[span.slice].reshape(-1, system.days + 1)[:, -1]
    callable_accounts = [a.callable for a in system.accounts.values()]
    return round(float(stocks[callable_accounts].sum()), 6) if callable_accounts else 0.0

"""The fan of the weather: what a scenario's gas year demands in every winter on record, day by day and in sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from energysim.casebook import Casebook
from energysim.errors import InputError
from energysim.indicators import basic as indicators
from energysim.inputs.read import read_dataset, read_scenario
from energysim.inputs.scenario import Scenario
from energysim.inputs.winters import OWN, demand_by_winter
from energysim.outputs.canvas import TEXT_SIZE, date_axis, positions
from energysim.outputs.palette import BLACK, BLUE, INK, PURPLE, VERMILLION
from energysim.outputs.sheet import Margins, legend, made_by, method_notes, plain_numbers, scenario_title, sheet
from energysim.outputs.wording import Unit, number, unit_named
from energysim.results import Results
from energysim.words import day_month, decimals, say

UPPER, LOWER, BETWEEN = 3.1, 2.4, 0.8
"""Inches: daily demand, demand in sum, and the room between them."""
RIGHT = 2.4
BANDS = ((5, 95, "#CFE3F1"), (25, 75, "#86B9DD"))
"""Percentiles of the bands, and their tints of one blue."""


@dataclass(frozen=True)
class Weather:
    """Demand in every winter [GWh/d], and the lowest callable stock of the run [GWh] if there is a run."""

    demand: pd.DataFrame
    title: str
    year: str
    stock: float | None
    source: tuple[str, ...]

    @property
    def winters(self) -> pd.DataFrame:
        """Gas days down, winters on record across."""
        return self.demand.drop(columns=OWN)

    @property
    def more(self) -> pd.DataFrame:
        """Demand since 1 October above that of the scenario's own weather [GWh], winters across."""
        return self.winters.sub(self.demand[OWN], axis=0).cumsum()

    @property
    def coldest(self) -> str:
        """The winter with most demand in all."""
        return str(self.winters.sum().idxmax())


def fan(source: Results | Casebook, unit: str = "mcm") -> Figure:
    """Demand of a run's (or a Monte Carlo study's) gas year in every winter on record: bands, median, the worst winter named.

    Above by day [mcm/d or GWh/d], below since 1 October against the scenario's own weather [mcm or GWh], with the
    lowest callable stock of the run, which is what could stand in. Raises InputError where there is no such weather.
    """
    measure, weather = unit_named(unit), _weather(source)
    body = UPPER + BETWEEN + LOWER
    what = say(
        "Firm demand of all customers in each winter on record, as the demand model has it, {unit}", unit=measure.name
    )
    bounds = say("bands hold 90 % and 50 % of winters day by day; no event, no warming since")
    year = say("gas year {year}", year=weather.year)
    figure, host = sheet(
        _finding(weather, measure), [what, bounds, scenario_title(weather.title), year], weather.source,
        Margins(body, 0.85, RIGHT, below=0.45),
    )  # fmt: skip
    host.set_axis_off()
    upper = host.inset_axes((0, 1 - UPPER / body, 1, UPPER / body))
    lower = host.inset_axes((0, 0, 1, LOWER / body))
    own = weather.demand[OWN]
    handles = _bands(upper, weather.winters * measure.factor, measure.rate)
    handles += _lines(upper, weather.winters[weather.coldest] * measure.factor, weather.coldest)
    handles += upper.plot(
        positions(own.index), own * measure.factor, color=BLACK, linewidth=1, label=say("weather of the scenario")
    )
    upper.set_ylim(bottom=0)
    upper.set_title(say("Demand by day"), loc="left", size=TEXT_SIZE, color=INK)
    legend(upper, handles, RIGHT - 0.6)
    _bands(lower, weather.more * measure.factor, measure.name)
    _lines(lower, weather.more[weather.coldest] * measure.factor, weather.coldest)
    lower.axhline(0, color=BLACK, linewidth=1)
    if weather.stock is not None:
        lowest = weather.stock * measure.factor
        label = say("lowest callable stock of the run: {amount}", amount=measure.text(weather.stock))
        stock = lower.axhline(lowest, color=PURPLE, linewidth=1.4, linestyle=(0, (5, 3)), label=label)
        legend(lower, [stock], RIGHT - 0.6)
    lower.set_title(
        say("Demand since 1 October, above that in the scenario's weather"), loc="left", size=TEXT_SIZE, color=INK
    )
    return figure


def _weather(source: Results | Casebook) -> Weather:
    """Demand by winter of what a run or a study was made of. Raises InputError where that is not at hand."""
    dataset = read_dataset()
    if isinstance(source, Results):
        if not source.manifest.get("gas_year") or "data_digest" not in source.manifest:
            raise InputError("fan lays past winters on a scenario of the shipped data; this run was built in code")
        if source.manifest["data_digest"] != dataset.digest:
            raise InputError(f"run {source.run_id} was made with other data than those here; run it again")
        scenario = Scenario.model_validate(source.manifest["scenario"])
        notes = (made_by(source.manifest), say("run {run}", run=source.run_id))
        stock = indicators.callable_stock(source)
        lowest = None if stock.empty else float(stock.min())
        demand = demand_by_winter(scenario, dataset)
        return Weather(demand, scenario.title, scenario.gas_year, lowest, (*notes, *method_notes()))
    study, asked = source.study, source.study.get("options", {})
    if study["name"] != "montecarlo" or not asked.get("gas_year"):
        raise InputError(f"{source.folder} is no Monte Carlo study of a shipped scenario, which fan needs")
    scenario = read_scenario(str(asked["scenario"]))
    demand = demand_by_winter(scenario, dataset, asked.get("since"))
    digest = say("montecarlo {digest}", digest=str(study["digest"])[:10])
    return Weather(demand, scenario.title, scenario.gas_year, None, (made_by(study), digest, *method_notes()))


def _finding(weather: Weather, unit: Unit) -> str:
    """How much more the coldest winter demands in all, and the highest day of any."""
    winters = weather.winters
    more = float(weather.more[weather.coldest].iloc[-1])
    peak = str(winters.max().idxmax())
    highest = say(
        "the highest day of all, {rate} {unit}, is {day} in the weather of {winter}",
        rate=number(float(winters[peak].max()) * unit.factor), unit=unit.rate, day=day_month(winters[peak].idxmax()), winter=peak,
    )  # fmt: skip
    counted = {"winter": weather.coldest, "count": decimals(winters.shape[1])}
    if more <= 0:
        return f"{say('None of {count} winters demands more than the weather of the scenario', **counted)}; {highest}"
    coldest = say(
        "Of {count} winters {winter} demands most, {amount} more than the weather of the scenario",
        amount=unit.text(more), **counted,
    )  # fmt: skip
    return f"{coldest}; {highest}"


def _bands(axes: Axes, frame: pd.DataFrame, unit: str) -> list[Artist]:
    """Percentiles over winters by day, the wide band below the narrow one, and the median."""
    x, handles = positions(frame.index), list[Artist]()
    for low, high, tint in BANDS:
        lower, upper = np.percentile(frame.to_numpy(), [low, high], axis=1)
        axes.fill_between(x, lower, upper, color=tint, linewidth=0)
        handles.append(Patch(color=tint, label=say("{low} to {high} % of winters", low=low, high=high)))
    handles += axes.plot(x, frame.median(axis=1), color=BLUE, linewidth=1.6, label=say("median winter"))
    date_axis(axes, pd.DatetimeIndex(frame.index))
    axes.yaxis.set_major_formatter(plain_numbers())
    axes.set_ylabel(unit, size=TEXT_SIZE)
    return handles


def _lines(axes: Axes, series: pd.Series[float], winter: str) -> Sequence[Artist]:
    label = say("most demand: winter {winter}", winter=winter)
    return axes.plot(positions(series.index), series, color=VERMILLION, linewidth=1.2, label=label)

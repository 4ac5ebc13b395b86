"""Charts of dossiers and studies by name, as `energysim.plot` gives them: each takes what it draws and a unit, `mcm` or `gwh`.

A dossier comes from `energysim.assess` or `Dossier.load`, a study from `energysim.atlas`, `montecarlo`, `sweep` or
`energysim.read_study`. What lacks the rows that a chart draws is refused (InputError) with the command that makes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from energysim.casebook import Casebook
from energysim.dossier import Dossier
from energysim.errors import InputError
from energysim.inputs.axis import Axis
from energysim.inputs.sweep_file import StudyFile
from energysim.inputs.vary import Search
from energysim.outputs import atlas_chart, sweep_charts
from energysim.outputs.dossier import charts as dossier_charts
from energysim.outputs.fan_chart import fan
from energysim.outputs.risk_chart import exceedance_chart
from energysim.outputs.sheet import made_by
from energysim.outputs.sweep_view import SweepView
from energysim.outputs.wording import Unit, unit_named
from energysim.words import say

MAKES: Mapping[str, str] = {
    "ladder": "energysim n1 SCENARIO",
    "stock": "energysim n1 SCENARIO",
    "survival": "energysim endurance SCENARIO",
    "trigger": "energysim endurance SCENARIO",
    "value_months": "energysim value SCENARIO",
    "tornado": "energysim standards SCENARIO --chapter evidence",
    "waterfall": "energysim compare FIRST SECOND",
    "atlas": "energysim atlas SCENARIO",
    "survivable": "energysim atlas SCENARIO",
    "exceedance": "energysim montecarlo SCENARIO",
    "sweep": "energysim sweep STUDY",
    "sensitivity": "energysim sweep STUDY",
}
"""Chart -> the command whose folder it draws."""


def of_dossiers() -> dict[str, Callable[..., Figure]]:
    """The charts of a dossier, by name."""
    return {
        "ladder": ladder,
        "stock": stock,
        "survival": survival,
        "trigger": trigger,
        "value_months": value_months,
        "tornado": tornado,
        "waterfall": waterfall,
    }


def of_studies() -> dict[str, Callable[..., Figure]]:
    """The charts of a study, by name."""
    return {
        "atlas": atlas,
        "survivable": survivable,
        "exceedance": exceedance,
        "fan": fan,
        "sweep": sweep,
        "sensitivity": sensitivity,
    }


# --- dossiers -------------------------------------------------------------------------------------------------------


def ladder(dossier: Dossier, unit: str = "mcm") -> Figure:
    """N−1 [% of design demand] for every candidate outage, worst first, and the contracted gas that is left."""
    return _of_dossier("ladder", dossier_charts.ladder, dossier, unit)


def stock(dossier: Dossier, unit: str = "mcm") -> Figure:
    """N−1 [%] against the fill of stores [%]."""
    return _of_dossier("stock", dossier_charts.stock, dossier, unit)


def survival(dossier: Dossier, unit: str = "mcm") -> Figure:
    """Days [d] that each class endures each outage."""
    return _of_dossier("survival", dossier_charts.survival, dossier, unit)


def trigger(dossier: Dossier, unit: str = "mcm") -> Figure:
    """Stock to stay above on each day [mcm or GWh], the undisturbed plan and the scenario."""
    return _of_dossier("trigger", dossier_charts.trigger, dossier, unit)


def value_months(dossier: Dossier, unit: str = "mcm") -> Figure:
    """Value of one more unit by limit and month [EUR/MWh]."""
    return _of_dossier("value_months", dossier_charts.value_months, dossier, unit)


def tornado(dossier: Dossier, unit: str = "mcm") -> Figure:
    """What the leading indicator becomes over the range of each figure."""
    return _of_dossier("tornado", dossier_charts.tornado, dossier, unit)


def waterfall(dossier: Dossier, unit: str = "mcm", number: int = 1) -> Figure:
    """What each difference of inputs brings to the change from the first scenario to another; number: of the comparison."""
    found = dossier_charts.waterfalls(dossier, unit_named(unit))
    if not found:
        raise InputError(
            f"this dossier compares nothing that changes; waterfall draws what `{MAKES['waterfall']}` makes"
        )
    if f"waterfall_{number}" not in found:
        raise InputError(f"no comparison {number} in this dossier; it has {', '.join(found)}")
    return found[f"waterfall_{number}"]


def _of_dossier(name: str, draw: Callable[[Dossier, Unit], Figure], dossier: Dossier, unit: str) -> Figure:
    measure = unit_named(unit)
    if not dossier_charts.has(dossier, name):
        raise InputError(f"this dossier has nothing that {name} draws; `{MAKES[name]}` makes it")
    return draw(dossier, measure)


# --- studies --------------------------------------------------------------------------------------------------------


def atlas(study: Casebook, unit: str = "mcm", **chosen: Any) -> Figure:
    """Gas unserved because of each outage [mcm or GWh], assets down, starts across; chosen: duration, depth, foresight."""
    cases, about = _cases("atlas", study, "atlas")
    return atlas_chart.unserved(cases, unit=unit, **about, **chosen)


def survivable(study: Casebook, unit: str = "mcm", whom: str = "anyone", **chosen: Any) -> Figure:
    """The longest outage survived [d], assets down, starts across; whom: `anyone` or `protected`; chosen: depth, foresight."""
    unit_named(unit)
    cases, about = _cases("survivable", study, "atlas")
    return atlas_chart.survivable(cases, whom=whom, **about, **chosen)


def exceedance(study: Casebook, unit: str = "mcm") -> Figure:
    """Probability that more than so much gas goes unserved, with its band, expected value and CVaR."""
    cases, _ = _cases("exceedance", study, "montecarlo")
    curves, estimates = study.kept_table("exceedance"), study.kept_table("estimates")
    drawn = cases[cases["variant"] == "as drawn"]
    seen = curves.loc[curves["whom"] == "all", "level"]
    if (
        abs(float(seen.max()) - float(drawn["unserved_gas"].max())) > 1e-5
        or len(seen) < drawn["unserved_gas"].nunique()
    ):
        raise InputError(f"{study.folder}: the tables are not those of the rows; run the study again to its end")
    return exceedance_chart(curves, estimates, study.study, len(drawn), unit)


def sweep(study: Casebook, unit: str = "mcm") -> Figure:
    """The measure of a sweep over its axes: a line, a heat map, or a panel of points for each."""
    view = _view("sweep", study, unit)
    found = sweep_charts.charts(view)
    if "sweep" not in found:
        raise InputError(f"{study.folder}: nothing was varied over which its {len(view.cases)} rows could be drawn")
    return found["sweep"]


def sensitivity(study: Casebook, unit: str = "mcm") -> Figure:
    """Which input of a sweep matters most, with 95 % intervals."""
    view = _view("sensitivity", study, unit)
    if view.indices is None:
        raise InputError(f"{study.folder}: this sweep did not ask what matters; add `sensitivity: sobol` to its file")
    return sweep_charts.sensitivity_chart(view)


def _cases(name: str, study: Casebook, kind: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The rows of a study of a kind, and what stands around their chart. Raises InputError."""
    said = study.study
    if said["name"] != kind:
        raise InputError(f"{study.folder} holds a study `{said['name']}`; {name} draws what `{MAKES[name]}` makes")
    cases = study.cases
    if cases.empty:
        raise InputError(f"{study.folder}: no case of this study is finished; run it again")
    digest = str(said.get("digest", ""))[:10]
    source = f"{made_by(said)}, {say('atlas {digest}', digest=digest)}"
    return cases, {"scenario": str(said.get("options", {}).get("title", "")), "source": source}


def _view(name: str, study: Casebook, unit: str) -> SweepView:
    """A sweep read back from its folder. Raises InputError where it is none."""
    asked = study.study.get("options", {})
    if not {"file", "axes", "search"} <= set(asked):
        raise InputError(
            f"{study.folder} holds no sweep, or one of an older version; {name} draws what `{MAKES[name]}` makes"
        )
    file, search = StudyFile.model_validate(asked["file"]), asked["search"]
    axes = [_axis(a) for a in asked["axes"]]
    indices = study.kept_table("sensitivity") if file.sensitivity else None
    looked_for = Search(**{**search, "axis": _axis(search["axis"])}) if search else None
    return SweepView(file, axes, study.cases, looked_for, indices, unit_named(unit))


def _axis(kept: Mapping[str, Any]) -> Axis:
    """An axis as study.json keeps it."""
    days = {key: date.fromisoformat(kept[key]) if kept[key] else None for key in ("start", "until")}
    known = {f.name: kept[f.name] for f in fields(Axis)}
    return Axis(**{**known, **days, "values": tuple(kept["values"])})

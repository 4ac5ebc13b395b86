"""Contracts over the years: how much of the daily quantities is signed, how much announced or assumed, piece by piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from energysim.errors import InputError
from energysim.indicators import basic as indicators
from energysim.inputs.assets import Daily
from energysim.inputs.horizon import Horizon, gwh, monthly
from energysim.inputs.read import Dataset, read_dataset
from energysim.inputs.tables import ContractRow, ContractSeasonRow
from energysim.outputs.canvas import BODY, RIGHT, SMALL_SIZE, SPAN, TEXT_SIZE, canvas, date_axis, positions, steps
from energysim.outputs.chart_findings import timeline_finding
from energysim.outputs.charts import UnitName
from energysim.outputs.letters import shortened, width
from energysim.outputs.palette import BLACK, INK, SHADE, SOURCES, colours, luminance
from energysim.outputs.wording import Unit, number, unit_named
from energysim.results import Results
from energysim.words import say, term

SIGNED = ("in_force", "expired")
"""Status of a contract that was signed; others are announced, assumed or unknown."""
SHOWN = ("long_term", "purchase", "lng_slot")
"""Kinds of contracts shown: spot and emergency gas is offered, not agreed."""
AHEAD, YEARS = 3, 7
"""Years shown after the run, where contracts are known, and years shown in all."""
HATCH = "////"
ABROAD = "#A6A6A6"
"""Contracts for neighbours, whatever their gas source."""
PAD, DARK = 0.06, 0.45
"""Inches beside the quantity in a bar, and the luminance below which it is written in white."""
DIVISION = 0.56, 0.33
"""Heights of the stack of quantities and of the bars of pieces, as shares of the sheet's body."""


@dataclass(frozen=True)
class Family:
    """The pieces of a contract over the days shown: daily quantities signed and not signed [GWh/d]."""

    id: str
    name: str
    source: str
    signed: Daily
    unsigned: Daily
    pieces: tuple[tuple[ContractRow, slice], ...]
    at_home: bool
    """Whether its gas may stay in Serbia."""


def timeline(result: Results, ax: Axes | None = None, unit: UnitName = "mcm", dataset: Dataset | None = None) -> Figure:
    """Daily contract quantities over the years [mcm/d or GWh/d], signed or not, stacked and piece by piece; the run's demand.

    dataset: where contracts come from; the shipped one unless given. Rivals that the scenario chose count. Raises InputError
    for a run that was not made from a dataset.
    """
    if "data_digest" not in result.manifest:
        raise InputError(
            f"{result.manifest['scenario']['id']}: made in code, not from contracts of a dataset, so there is no timeline of them"
        )
    measure, known = unit_named(unit), dataset or read_dataset()
    horizon = window(known, result)
    days = pd.DatetimeIndex(horizon.dates)
    sheet, families = canvas(result, ax, days), found(horizon)
    sheet.axes.set_axis_off()
    upper = sheet.axes.inset_axes((0, 1 - DIVISION[0], 1, DIVISION[0]))
    lower = sheet.axes.inset_axes((0, 0, 1, DIVISION[1]))
    for panel in (upper, lower):
        panel.axvspan(
            *positions(pd.DatetimeIndex([result.dates[0], result.dates[-1]])), color=SHADE, linewidth=0, zorder=0
        )
    tint = colours(dict.fromkeys(f.source for f in families), SOURCES)
    tint = {f.id: tint[f.source] if f.at_home else ABROAD for f in families}
    handles = _stack(upper, families, days, tint, measure)
    handles = [*_of_the_run(upper, result, measure), *handles[::-1]]
    handles.append(Patch(facecolor="white", edgecolor=INK, hatch=HATCH, label=say("Announced or assumed, not signed")))
    handles.append(Patch(color=SHADE, label=say("Days of this run")))
    _pieces(lower, families, days, tint, measure)
    inside = slice(max(0, (result.dates[0] - days[0]).days), (result.dates[-1] - days[0]).days + 1)
    what = say("Daily contract quantities, {rate}; spot and emergency gas left out", rate=measure.rate)
    if known.digest != result.manifest["data_digest"]:
        what = say("{what}; contracts as in data {digest}", what=what, digest=known.digest[:10])
    title = _finding(families, horizon, inside)
    return sheet.finish(title, what, handles, shaded=False, room=BODY * DIVISION[0])


def window(dataset: Dataset, result: Results) -> Horizon:
    """The days shown: up to some years after the run as far as contracts are dated, and the years before that."""
    rows = cast(Sequence[ContractRow], dataset.rows("contracts"))
    dated = [r for r in rows if r.kind in SHOWN and r.rival is None]
    first, last = (pd.Timestamp(result.dates[k]) for k in (0, -1))
    ends = [pd.Timestamp(r.valid_to) for r in dated if r.valid_to]
    end = max(last, min(max([last, *ends]), last + pd.DateOffset(years=AHEAD)))
    begins = [pd.Timestamp(r.valid_from) for r in dated if r.valid_from]
    start = min(first, max(min([first, *begins]), end + pd.Timedelta(days=1) - pd.DateOffset(years=YEARS)))
    rivals = result.manifest["scenario"].get("rivals") or {}
    return Horizon(dataset, start.date(), (end - start).days + 1, rivals)


def found(horizon: Horizon) -> list[Family]:
    """The contracts shown, those that bring most at the bottom of the stack."""
    seasons: dict[str, dict[int, float | None]] = {}
    for row in horizon.rows(ContractSeasonRow):
        seasons.setdefault(row.contract, {})[row.month] = row.dcq_fraction
    families = []
    for contract, rows in horizon.grouped(ContractRow, "contract").items():
        if rows[-1].kind not in SHOWN:
            continue
        share = monthly(horizon, seasons.get(contract, {}))
        dcq = horizon.series(rows, lambda r: gwh(r.dcq_mcm_per_day, r.gcv_kwh_per_m3), missing=0.0) * share
        signed = horizon.series(rows, lambda r: float(r.status in SIGNED), missing=0.0)
        several = len({r.piece for r in rows}) > 1  # whose names carry years
        name = term(rows[-1].supplier if several else rows[-1].name)
        latest = {r.piece: (r, span) for r, span in horizon.spans(rows)}  # a chosen rival replaces its piece
        families.append(
            Family(contract, name, rows[-1].gas_source, dcq * signed, dcq * (1 - signed), tuple(latest.values()),
                   not rows[-1].destination)
        )  # fmt: skip
    return sorted(families, key=lambda f: -float((f.signed + f.unsigned).sum()))


def _stack(
    axes: Axes, families: Sequence[Family], days: pd.DatetimeIndex, tint: dict[str, str], measure: Unit
) -> list[Artist]:
    """Quantities on top of each other, all that is signed below all that is not; returns the families for the legend."""
    base = np.zeros(len(days) + 1)
    for signed in (True, False):
        for family in families:
            series = pd.Series(family.signed if signed else family.unsigned, days).to_frame() * measure.factor
            x, whole = steps(series)
            top = base + whole.iloc[:, 0].to_numpy()
            if signed or (top > base).any():
                axes.fill_between(x, base, top, step="post", where=top > base, **_style(tint[family.id], signed))
            base = top
    date_axis(axes, days)
    axes.tick_params(labelbottom=False)
    axes.set_ylim(bottom=0)
    axes.set_ylabel(measure.rate, size=TEXT_SIZE)
    return [Patch(color=tint[f.id], label=f.name) for f in families]


def _style(colour: str, signed: bool) -> dict[str, Any]:
    if signed:
        return {"facecolor": colour, "linewidth": 0}
    return {"facecolor": "white", "edgecolor": colour, "hatch": HATCH, "linewidth": 0}


def _of_the_run(axes: Axes, result: Results, measure: Unit) -> list[Artist]:
    """Firm demand on the days of the run; what its events take from contracts or pipelines is not drawn."""
    x, demand = steps((indicators.system_demand(result) * measure.factor).to_frame())
    axes.step(x, demand["demand"], where="post", color="white", linewidth=2.2)
    return list(
        axes.step(x, demand["demand"], where="post", color=BLACK, linewidth=1, label=say("Firm demand in this run"))
    )


def _pieces(
    axes: Axes, families: Sequence[Family], days: pd.DatetimeIndex, tint: dict[str, str], measure: Unit
) -> None:
    """A row for each contract, a bar for each of its pieces with its largest daily quantity where that fits."""
    for k, family in enumerate(families):
        colour = tint[family.id]
        for row, span in family.pieces:
            start, length = positions(days[[span.start]])[0], span.stop - span.start
            style = _style(colour, row.status in SIGNED) | {"edgecolor": INK if row.status in SIGNED else colour}
            axes.barh(k, length, left=start, height=0.7, align="center", **style | {"linewidth": 0.6})
            text = number(float((family.signed + family.unsigned)[span].max()) * measure.factor)
            if width(text, SMALL_SIZE) + PAD < length * SPAN / len(days):
                box = {"facecolor": "white" if row.status not in SIGNED else colour, "linewidth": 0, "pad": 1}
                dark = row.status in SIGNED and luminance(colour) < DARK
                axes.text(start + length / 2, k, text, ha="center", va="center", size=SMALL_SIZE,
                          color="white" if dark else INK, bbox=box)  # fmt: skip
    date_axis(axes, days)
    axes.grid(False)
    axes.set_ylim(len(families) - 0.5, -0.5)
    names = [shortened(f.name, RIGHT - 0.25, SMALL_SIZE) for f in families]
    axes.set_yticks(range(len(families)), names, fontsize=SMALL_SIZE)
    axes.yaxis.tick_right()
    axes.tick_params(axis="y", length=0, labelsize=SMALL_SIZE)


def _finding(families: Sequence[Family], horizon: Horizon, inside: slice) -> str:
    home = [f for f in families if f.at_home]
    signed, unsigned = (sum(float(series[inside].sum()) for series in part) for part in
                        ([f.signed for f in home], [f.unsigned for f in home]))  # fmt: skip
    until = max((r.valid_to for f in home[:1] for r, _ in f.pieces if r.status in SIGNED and r.valid_to), default=None)
    return timeline_finding(signed, unsigned, pd.Timestamp(until) if until else None, home[0].name if home else "")

"""Charts of a dossier: the N−1 ladder, N−1 against stock, survival times, trigger stocks, what the answer depends on, duals.

Each takes a dossier and a unit and returns a matplotlib Figure whose title is the finding; a dossier without the table
has no such chart (`charts` leaves it out). Words in a table were said when the dossier was made; names that the glossary
knows are said here once more, so that a dossier read back from its folder can be drawn in another language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from energysim.dossier import Chapter, Dossier
from energysim.outputs.canvas import SMALL_SIZE, TEXT_SIZE, WIDTH, date_axis, positions
from energysim.outputs.dossier.compare import SHARES, attributions, findings, signed
from energysim.outputs.dossier.digits import digits, in_unit
from energysim.outputs.dossier.headings import heading, month
from energysim.outputs.letters import wrapped
from energysim.outputs.palette import BLACK, BLUE, GREY, INK, ORANGE, PALE, SKY, VERMILLION
from energysim.outputs.sheet import (
    EDGE,
    Margins,
    legend,
    legend_above,
    made_by,
    method_notes,
    named,
    row_names,
    scenario_title,
    sheet,
)
from energysim.outputs.wording import MCM, Unit
from energysim.words import month_name, say

LEFT, RIGHT, ROW, PLOT = 3.7, 1.75, 0.3, 4.2
"""Inches: margins, a row of bars, and the height of an ordinary plot."""
SHOWN = 18
"""Rows of a chart."""
COLUMN_LETTERS, RANGE_LETTERS = 13, 40
HEAT = LinearSegmentedColormap.from_list("value", ["#FFFFFF", "#F6C9A8", VERMILLION, "#5A2700"])
ENDURES = LinearSegmentedColormap.from_list("days", ["#B33A00", "#F6C9A8", "#FFFFFF"])
NO_STOCK = "#F6C9A8"
TABLES: Mapping[str, str] = {
    "ladder": "n_minus_1_ladder",
    "stock": "n_minus_1_stock",
    "survival": "survival",
    "trigger": "trigger_levels",
    "value_months": "dual_months",
    "tornado": "evidence_ranking",
}
"""Chart -> the table that it draws; `waterfall` draws the chapters of a comparison."""


def charts(dossier: Dossier, unit: Unit = MCM) -> dict[str, Figure]:
    """Every chart that the dossier has a table for, by name."""
    drawn: dict[str, Callable[[Dossier, Unit], Figure]] = {
        "ladder": ladder,
        "stock": stock,
        "survival": survival,
        "trigger": trigger,
        "value_months": value_months,
        "tornado": tornado,
    }
    found = {name: draw(dossier, unit) for name, draw in drawn.items() if has(dossier, name)}
    return found | waterfalls(dossier, unit)


def has(dossier: Dossier, name: str) -> bool:
    """Whether a dossier has what a chart of TABLES draws."""
    return TABLES[name] in dossier.tables and not dossier.table(TABLES[name]).empty


def waterfalls(dossier: Dossier, unit: Unit = MCM) -> dict[str, Figure]:
    """`waterfall_1` of each comparison in a dossier that something comes of."""
    compared = [c for c in dossier.chapters if c.id.startswith("compare_") and attributions(c)]
    return {f"waterfall_{c.id.rpartition('_')[2]}": waterfall(dossier, c, unit) for c in compared}


def waterfall(dossier: Dossier, chapter: Chapter, unit: Unit = MCM) -> Figure:
    """From the first scenario to the second: what each difference of inputs brings to the indicator that says most."""
    measure, table = next(iter(attributions(chapter).items()))
    change = chapter[f"change_{measure}"]
    shown, factor = in_unit(change.unit, unit)
    column = next(c for c in SHARES if c in table.frame)
    shares = table.frame[column].fillna(0.0).to_numpy(dtype=float) * factor
    whole = chapter.value(f"change_{measure}") * factor
    steps = [*shares, whole - shares.sum()] if abs(whole - shares.sum()) > 1e-3 * abs(whole) else list(shares)
    names = [*table.frame["difference"], *([say("together only")] if len(steps) > len(shares) else [])]
    ends = np.cumsum(steps)
    what = [f"{change.name}, {shown}", *_compared(dossier, chapter)]
    figure, axes = _rows(dossier, findings(chapter, unit)[0].rstrip("."), what, [*names, say("change in all")])
    for k, step in enumerate(steps):
        axes.barh(k, step, left=ends[k] - step, height=0.62, color=ORANGE if step > 0 else SKY, linewidth=0)
        axes.plot([ends[k], ends[k]], [k, k + 1], color=GREY, linewidth=0.8, zorder=0)
    axes.barh(len(steps), whole, height=0.62, color=GREY, linewidth=0)
    for k, (end, value) in enumerate(zip([*ends, whole], [*steps, whole], strict=True)):
        _beside(axes, k, float(end), signed(float(value)), right=value >= 0)
    axes.axvline(0, color=BLACK, linewidth=1)
    axes.use_sticky_edges = False  # else a bar that ends at the least value has no room for its number
    axes.margins(x=0.15)
    axes.set_xlabel(shown, size=TEXT_SIZE)
    return figure


def _compared(dossier: Dossier, chapter: Chapter) -> list[str]:
    """The two scenarios of a comparison with their gas years."""
    resolved = dossier.manifest.get("resolved", [])
    number = int(chapter.id.rpartition("_")[2])
    if len(resolved) <= number:
        return [chapter.title]
    first, second = (f"{scenario_title(resolved[k]['title'])} ({resolved[k]['gas_year']})" for k in (0, number))
    return [say("from: {scenario}", scenario=first), say("to: {scenario}", scenario=second)]


def ladder(dossier: Dossier, unit: Unit = MCM) -> Figure:
    """N−1 [% of design demand] for every candidate outage, and the contracted gas that could still come."""
    table = dossier.table(TABLES["ladder"]).head(SHOWN)
    least = table.iloc[int(table["gas_share"].argmin())]
    single = table[table["kind"] != "risk group"]
    worst = (single if len(single) else table).iloc[0]
    title = say(
        "Without {worst}, the pipes left could carry {full} % of design demand; without {least}, the gas contracted is "
        "{gas} % of it",
        worst=named(worst["name"]), full=digits(worst["full"]), least=named(least["name"]), gas=digits(least["gas_share"]),
    )  # fmt: skip
    figure, axes = _rows(
        dossier, title, say("N−1 by outage, % of demand met once in twenty winters"), list(table["name"])
    )
    rows = np.arange(len(table))
    axes.barh(rows, table["full"], height=0.62, color=SKY, linewidth=0)
    axes.plot(table["at_30"], rows, "|", color=BLUE, markersize=12, markeredgewidth=2)
    axes.plot(table["gas_share"], rows, "D", color=VERMILLION, markersize=6)
    furthest = table[["full", "at_30", "gas_share"]].max(axis=1)
    for k, (value, place) in enumerate(zip(table["full"], furthest, strict=True)):
        _beside(axes, k, float(place), digits(float(value)), right=True)
    axes.axvline(100, color=BLACK, linewidth=1)
    axes.set_xlim(0, max(110.0, float(furthest.max()) * 1.1))
    axes.set_xlabel("%", size=TEXT_SIZE)
    handles: list[Artist] = [
        Patch(color=SKY, label=say("N−1, stores full")),
        Line2D([], [], color=BLUE, marker="|", markersize=12, markeredgewidth=2, linestyle="", label=say("stores at 30 %")),
        Line2D([], [], color=VERMILLION, marker="D", linestyle="", label=say("contracted gas")),
    ]  # fmt: skip
    legend(axes, handles, RIGHT - 0.5)
    return figure


def stock(dossier: Dossier, unit: Unit = MCM) -> Figure:
    """N−1 [%] against the fill of stores [%], for all stock and for callable stock."""
    table = dossier.table(TABLES["stock"])
    met = dossier["n_minus_1"]["fill_that_meets"].value
    title = say("N−1 is below 100 % even with full stores")
    if isinstance(met, float | int):
        title = say("N−1 is 100 % or more from a fill of {fill} % on", fill=digits(float(met)))
    figure, axes = _plot(
        dossier, title, say("N−1 against the fill of all stores, % of demand met once in twenty winters")
    )
    handles: list[Artist] = []
    styles = (("n_minus_1", BLUE, say("all stock")), ("n_minus_1_callable", ORANGE, say("callable stock")))
    for column, colour, label in styles:
        handles += axes.plot(table["fill"], table[column], color=colour, linewidth=2, label=label)
    axes.axhline(100, color=BLACK, linewidth=1)
    if isinstance(met, float | int):
        axes.plot([met], [100], "o", color=BLACK, markersize=5)
    axes.set(xlim=(0, 100))
    axes.set_xlabel(say("fill, %"), size=TEXT_SIZE)
    axes.set_ylabel(say("N−1, %"), size=TEXT_SIZE)
    legend(axes, handles, RIGHT - 0.5)
    return figure


def survival(dossier: Dossier, unit: Unit = MCM) -> Figure:
    """Survival time [d] of each class (and all above it) under each outage, as a table of shades."""
    whole = dossier.table(TABLES["survival"]).set_index("out")
    longest = float(np.nanmax(whole.to_numpy(dtype=float)))
    limited, table = int((whole < longest).any(axis=1).sum()), whole.head(SHOWN)
    counts = {"limited": limited, "outages": len(whole), "days": digits(longest)}
    title = (
        say("{limited} of {outages} outages cut somebody within {days} days", **counts)
        if limited
        else say("None of {outages} outages cuts anybody within {days} days", **counts)
    )
    about = dossier.tables[TABLES["survival"]]
    what = about.title
    if len(whole) > SHOWN:
        what = say("{what}; the {shown} worst of {outages}", what=what, shown=SHOWN, outages=len(whole))
    figure, axes = _rows(dossier, title, what, table.index, right=EDGE)
    days_of = table.to_numpy(dtype=float)
    axes.imshow(days_of, aspect="auto", cmap=ENDURES, vmin=0, vmax=longest)
    for (row, column), days in np.ndenumerate(days_of):
        said = "–" if np.isnan(days) else f"{days:.0f}" + ("+" if days >= longest else "")
        dark = not np.isnan(days) and days < 0.25 * longest
        axes.text(column, row, said, ha="center", va="center", size=TEXT_SIZE, color="white" if dark else INK)
    room = (WIDTH - LEFT - EDGE) / len(table.columns)
    classes = [heading(TABLES["survival"], str(c), about.names) for c in table.columns]
    names = ["\n".join(wrapped(c, COLUMN_LETTERS, room, TEXT_SIZE)) for c in classes]
    axes.set_xticks(range(len(names)), names, fontsize=TEXT_SIZE)
    axes.grid(False)
    axes.tick_params(length=0)
    return figure


def trigger(dossier: Dossier, unit: Unit = MCM) -> Figure:
    """Stock to stay above on each day [mcm or GWh], and what the plan and the scenario hold."""
    table, about = dossier.table(TABLES["trigger"]), dossier.tables[TABLES["trigger"]]
    days = pd.DatetimeIndex(pd.to_datetime(table["date"]))
    columns = ["trigger_protected", "planned", "scenario"]
    shown = table[columns].astype(float) * unit.factor
    none = shown["trigger_protected"].isna()
    figure, axes = _plot(dossier, _trigger_title(shown["trigger_protected"], days, unit), f"{about.title}, {unit.name}")
    x = positions(days)
    step = x[1] - x[0] if len(x) > 1 else 1.0
    for k in np.flatnonzero(none):
        axes.axvspan(x[k] - step / 2, x[k] + step / 2, color=NO_STOCK, linewidth=0)
    styles: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("trigger_protected", VERMILLION, say("stay above this"), {"linewidth": 2}),
        ("planned", BLACK, say("undisturbed plan"), {"linewidth": 3}),
        ("scenario", SKY, say("scenario"), {"linewidth": 2, "linestyle": (0, (3, 2))}),
    )
    handles: list[Artist] = []
    for column, colour, label, style in styles:
        handles += axes.plot(x, shown[column], color=colour, label=label, **style)
    if none.any():
        handles.append(Patch(color=NO_STOCK, label=say("no stock suffices")))
    date_axis(axes, pd.date_range(days[0], days[-1]))
    axes.set_ylim(bottom=0)
    axes.set_ylabel(unit.name, size=TEXT_SIZE)
    legend(axes, handles, RIGHT - 0.5)
    return figure


def _trigger_title(line: pd.Series[float], days: pd.DatetimeIndex, unit: Unit) -> str:
    """The highest stock needed, and how often no stock is enough; a row stands for a day, a week or a stretch."""
    none, rows = int(line.isna().sum()), len(line)
    if none == rows:
        return say("Not even full stores keep protected customers served")
    top = digits(float(line.max()))
    said = say(
        "To keep protected customers served, callable stock must stay above up to {top} {unit}", top=top, unit=unit.name
    )
    if not none:
        return said
    step, counts = (days[1] - days[0]).days if rows > 1 else 1, {"none": none, "rows": rows}
    if step == 1:
        return f"{said}; {say('on {none} of {rows} {rows|day|days} not even full stores suffice', **counts)}"
    if step == 7:
        return f"{said}; {say('on {none} of {rows} {rows|week|weeks} not even full stores suffice', **counts)}"
    return f"{said}; {say('on {none} of {rows} {rows|stretch|stretches} not even full stores suffice', **counts)}"


def tornado(dossier: Dossier, unit: Unit = MCM) -> Figure:
    """What the leading indicator becomes with each figure at the low and at the high end of its range."""
    table, about = dossier.table(TABLES["tornado"]).head(SHOWN - 3), dossier.tables[TABLES["tornado"]]
    written = about.units.get("at_low", "")
    shown, factor = in_unit(written, unit) if written in ("GWh", "GWh/d") else (say(written) if written else "", 1.0)
    base, first = float(table["base"].iloc[0]) * factor, table.iloc[0]
    indicator = about.title.partition(": ")[2] or say("The answer")
    title = say(
        "{indicator} goes from {low} to {high} {unit} over the range of: {figure}, {range}",
        indicator=indicator,
        figure=named(first["figure"]), range=first["range"], low=digits(first["at_low"] * factor),
        high=digits(first["at_high"] * factor), unit=shown,
    )  # fmt: skip
    names = list(table["figure"])
    figure, axes = _rows(dossier, title, f"{about.title}, {shown}", names, above=0.4)
    rows = np.arange(len(table))
    for column, colour in (("at_low", SKY), ("at_high", ORANGE)):
        axes.barh(rows, table[column] * factor - base, left=base, height=0.62, color=colour, linewidth=0)
    for k, reach in enumerate(table["range"]):
        axes.text(1.02, k, "\n".join(wrapped(str(reach), RANGE_LETTERS, RIGHT - 0.3, SMALL_SIZE)), transform=axes.get_yaxis_transform(),
                  va="center", size=SMALL_SIZE, color=GREY)  # fmt: skip
    axes.axvline(base, color=BLACK, linewidth=1)
    axes.margins(x=0.04)
    axes.set_xlabel(shown, size=TEXT_SIZE)
    used = Line2D([], [], color=BLACK, linewidth=1, label=say("as used: {value}", value=digits(base)))
    low, high = Patch(color=SKY, label=say("figure at its low end")), Patch(color=ORANGE, label=say("at its high end"))
    legend_above(axes, [low, high, used])
    return figure


def value_months(dossier: Dossier, unit: Unit = MCM) -> Figure:
    """Mean multiplier of each limit by month [EUR/MWh]: when more of it would help."""
    table = dossier.table(TABLES["value_months"]).head(SHOWN)
    months = [c for c in table.columns if c[:2] == "20"]
    values = table[months].to_numpy(dtype=float)
    row, column = np.unravel_index(np.nanargmax(values), values.shape)
    best, when = digits(float(values[row, column])), month(months[column])
    title = say(
        "{name} is worth most: {value} EUR/MWh in {month}", name=named(table["name"].iloc[row]), value=best, month=when
    )
    names = [f"{named(r['name'])}: {named(r['limit'])}" for r in table.to_dict("records")]
    what = say("Mean value of one more unit by limit and month, EUR/MWh")
    figure, axes = _rows(dossier, title, what, names, right=EDGE)
    axes.imshow(np.clip(values, 0, None), aspect="auto", cmap=HEAT, vmin=0, vmax=max(1.0, float(np.nanmax(values))))
    for (r, c), value in np.ndenumerate(values):
        dark = value > 0.55 * np.nanmax(values)
        said = "–" if np.isnan(value) else digits(float(round(value))).replace("-", "−")
        axes.text(c, r, said, ha="center", va="center", size=SMALL_SIZE, color="white" if dark else INK)
    axes.set_xticks(range(len(months)), [month_name(int(m[5:]))[:3] for m in months], fontsize=TEXT_SIZE)
    axes.grid(False)
    axes.tick_params(length=0)
    return figure


def _beside(axes: Axes, row: int, place: float, text: str, right: bool) -> None:
    """A number next to the end of a bar."""
    axes.annotate(text, (place, row), xytext=(6 if right else -6, 0), textcoords="offset points",
                  ha="left" if right else "right", va="center", size=TEXT_SIZE, color=INK)  # fmt: skip


def _rows(
    dossier: Dossier,
    title: str,
    what: Sequence[str] | str,
    names: Sequence[Any] | pd.Index[Any],
    right: float = RIGHT,
    above: float = 0.2,
) -> tuple[Figure, Axes]:
    """A sheet with one row a name, the first on top."""
    figure, axes = _sheet(dossier, title, what, Margins(max(3, len(names)) * ROW + 0.2, LEFT, right, above))
    row_names(axes, range(len(names)), [named(str(n)) for n in names], LEFT - EDGE - 0.1)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(axis="x", color=PALE, linewidth=0.7)
    return figure, axes


def _plot(dossier: Dossier, title: str, what: str) -> tuple[Figure, Axes]:
    """A sheet with an ordinary plot."""
    figure, axes = _sheet(dossier, title, what, Margins(PLOT, 0.85, RIGHT))
    axes.grid(axis="y", color=PALE, linewidth=0.7)
    return figure, axes


def _sheet(dossier: Dossier, title: str, what: Sequence[str] | str, margins: Margins) -> tuple[Figure, Axes]:
    """Title, what is shown and foot around axes; where `what` is one part, the scenario follows it."""
    m = dossier.manifest
    below = what
    if isinstance(what, str):
        below = [what, scenario_title(m["title"]), say("gas year {year}", year=m["gas_year"])]
    data = say("data {digest}", digest=str(m["data_digest"])[:10])
    return sheet(title, below, [made_by(m), data, *method_notes()], margins)

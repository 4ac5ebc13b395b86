"""Several runs side by side: one small panel a run, the same scale, one legend, so that only the runs differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from energysim.errors import InputError
from energysim.indicators import basic as indicators
from energysim.outputs.canvas import SMALL_SIZE, TEXT_LINE, TEXT_SIZE, WIDTH, date_axis, occurrences, shade
from energysim.outputs.drawing import demand_line, stack_steps
from energysim.outputs.findings import foresight_words, label, name_of
from energysim.outputs.letters import wrapped
from energysim.outputs.palette import BLACK, CLASSES, GREY, INK, SHADE, SOURCES, colours, ordered
from energysim.outputs.sheet import Margins, legend, made_by, method_notes, scenario_title, sheet
from energysim.outputs.wording import Unit, unit_named
from energysim.results import Results
from energysim.words import say

LEFT, RIGHT, PANEL, BESIDE, UNDER = 0.75, 2.2, 1.75, 0.25, 0.42
"""Inches: margins of the sheet, height of a panel, room beside one and for its dates."""
SIDE_BY_SIDE = ((3, 1), (4, 2), (6, 2))
"""Panels up to which there are so many columns; three beyond."""
MOST, TITLE_LINES = 12, 3
"""Most panels; lines of a panel's title."""
What = Literal["supply", "cuts"]


@dataclass(frozen=True)
class Stack:
    """What one panel shows: layers [GWh/d] by day, and the demand line if there is one."""

    result: Results
    layers: pd.DataFrame
    demand: pd.Series[float] | None = None


def multiples(results: Sequence[Results], unit: str = "mcm", of: What = "supply") -> Figure:
    """Supply stack against demand (or `cuts`: unserved gas by class) of several runs on one scale [mcm/d or GWh/d].

    Raises InputError for fewer than two runs or more than MOST.
    """
    if isinstance(results, Results) or not 2 <= len(results) <= MOST:
        raise InputError(f"multiples sets two to {MOST} runs side by side; give it a list of so many")
    measure = unit_named(unit)
    stacks = [_supply(r) if of == "supply" else _cuts(r) for r in results]
    used = [c for stack in stacks for c in stack.layers.columns if stack.layers[c].max() > indicators.TRACE]
    names = {c: _name(results, c, of) for c in ordered(dict.fromkeys(used), SOURCES if of == "supply" else CLASSES)}
    styles = _styles(names, of)
    what = say("Daily supply by source, {rate}", rate=measure.rate)
    if of == "cuts":
        what = say("Unserved gas by class, {unit}", unit=measure.rate)
    known = {str(r.manifest["foresight"]) for r in results}
    about = [what, say("every panel on the same scale"), foresight_words(known.pop()) if len(known) == 1 else ""]
    runs = say("runs {runs}", runs=", ".join(r.run_id for r in results))
    columns = next((c for most, c in SIDE_BY_SIDE if len(results) <= most), 3)
    titles = [_panel_title(r, measure, _width(columns)) for r in results]
    head = TEXT_LINE * max(map(len, titles)) + 0.1
    rows = -(-len(results) // columns)
    body = rows * (PANEL + UNDER + head) - UNDER
    source = [made_by(results[0].manifest), runs, *method_notes()]
    figure, host = sheet(_finding(results, measure), about, source, Margins(body, LEFT, RIGHT, above=0.1, below=0.5))
    host.set_axis_off()
    top = max(_height(s) for s in stacks) * measure.factor * 1.04 or 1.0
    for k, (stack, title) in enumerate(zip(stacks, titles, strict=True)):
        axes = host.inset_axes(_place(k, columns, head, body))
        _panel(axes, stack, styles, measure)
        axes.set_ylim(0, top)
        axes.set_title("\n".join(title), loc="left", size=TEXT_SIZE, color=INK)
        if k % columns == 0:
            axes.set_ylabel(measure.rate, size=TEXT_SIZE)
        else:
            axes.tick_params(labelleft=False)
    eventful = any(occurrences(r, r.dates) for r in results)
    legend(host, _handles(styles, of, eventful), RIGHT - 0.5)
    return figure


def _supply(result: Results) -> Stack:
    """Gas sources and what stands in, then what is missing."""
    layers = indicators.supply_by_source(result).assign(unserved=indicators.unserved_by_day(result))
    return Stack(result, layers, indicators.system_demand(result))


def _cuts(result: Results) -> Stack:
    return Stack(result, indicators.curtailment_by_class(result))


def _height(stack: Stack) -> float:
    """The highest day [GWh/d] of a panel."""
    most = float(stack.layers.sum(axis=1).max())
    return most if stack.demand is None else max(most, float(stack.demand.max()))


def _name(results: Sequence[Results], layer: str, of: What) -> str:
    """What a layer is called: by the first run that knows it."""
    if layer == "unserved":
        return say("Unserved gas")
    names = [label(r, layer) if of == "supply" else name_of(r, "demand_classes", layer) for r in results]
    return next((n for n in names if n != layer), layer)


def _styles(names: dict[str, str], of: What) -> dict[str, dict[str, Any]]:
    tint = colours(names, SOURCES if of == "supply" else CLASSES)
    styles: dict[str, dict[str, Any]] = {c: {"color": tint[c], "label": name} for c, name in names.items()}
    if "unserved" in styles:  # on top of the stack
        hatched = {"facecolor": "white", "edgecolor": BLACK, "hatch": "xxxxx", "label": styles.pop("unserved")["label"]}
        styles["unserved"] = hatched
    return styles


def _panel(axes: Axes, stack: Stack, styles: dict[str, dict[str, Any]], unit: Unit) -> None:
    there = [c for c in styles if c in stack.layers]
    shade(axes, stack.result, stack.result.dates)
    stack_steps(axes, stack.layers[there] * unit.factor, styles)
    if stack.demand is not None:
        demand_line(axes, stack.demand * unit.factor, say("Firm demand"))
    date_axis(axes, stack.result.dates, small=True)
    axes.tick_params(labelsize=SMALL_SIZE)


def _handles(styles: dict[str, dict[str, Any]], of: What, eventful: bool) -> list[Artist]:
    """The legend from the top of the stack down."""
    patches: list[Artist] = [Patch(linewidth=0, **style) for style in reversed(styles.values())]
    if not patches:
        patches.append(Patch(facecolor="white", edgecolor=GREY, label=say("Nobody is cut")))
    if of == "supply":
        patches.insert(0, Line2D([], [], color=BLACK, linewidth=1.2, label=say("Firm demand")))
    return [*patches, Patch(color=SHADE, label=say("Days of events"))] if eventful else patches


def _width(columns: int) -> float:
    """Inches of a panel."""
    return (WIDTH - LEFT - RIGHT - BESIDE * (columns - 1)) / columns


def _place(k: int, columns: int, head: float, body: float) -> tuple[float, float, float, float]:
    """Where panel k stands within the host, row by row, in shares of it."""
    whole, wide = WIDTH - LEFT - RIGHT, _width(columns)
    left = (k % columns) * (wide + BESIDE)
    above = (k // columns) * (PANEL + UNDER + head) + head
    return left / whole, 1 - (above + PANEL) / body, wide / whole, PANEL / body


def _panel_title(result: Results, unit: Unit, inches: float) -> list[str]:
    """The scenario's title, and below it what goes unserved."""
    lines = wrapped(scenario_title(result.title), 70, inches, TEXT_SIZE)
    if len(lines) >= TITLE_LINES:
        lines = [*lines[: TITLE_LINES - 1]]
        lines[-1] += " …"
    cut = indicators.unserved_gas(result)
    missing = say("nobody is cut")
    if cut > indicators.TRACE:
        missing = say(
            "{amount} unserved, {days} {days|day|days}", amount=unit.text(cut), days=indicators.cut_days(result)
        )
    return [*lines, missing]


def _finding(results: Sequence[Results], unit: Unit) -> str:
    """Where most goes unserved, and in how many runs nobody is cut."""
    cuts = [indicators.unserved_gas(r) for r in results]
    spared = sum(not indicators.cut_days(r) for r in results)
    if spared == len(results):
        return say("Nobody is cut in any of {runs} runs", runs=len(results))
    worst = results[cuts.index(max(cuts))]
    most = say(
        "Most goes unserved in: {title}, {amount}", title=scenario_title(worst.title), amount=unit.text(max(cuts))
    )
    if not spared:
        return most
    return f"{most}; {say('nobody is cut in {spared} of {runs} runs', spared=spared, runs=len(results))}"

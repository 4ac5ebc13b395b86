"""The terminal page of a sweep: the finding, the cases or their summary, what matters most, where cuts begin."""

from __future__ import annotations

from typing import Any

import pandas as pd
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from energysim.inputs.axis import Axis
from energysim.inputs.sweep_file import MEASURES, Measure
from energysim.outputs.sweep_view import (
    NAMES,
    NBSP,
    SweepView,
    axis_title,
    bracket_text,
    finding,
    folded,
    importance,
    sentences,
    value_text,
)
from energysim.outputs.wording import GWH, number
from energysim.units import REPORTING_GCV

MOST_ROWS = 40
"""Cases that are listed one by one; beyond, a summary and the worst."""
WORST = 5
BRACKET = ("holds_at", "exceeds_at")
SENTENCES = 8
FEW, WIDE, NARROW = 2, 34, 12
"""Axes up to which their names have room, and letters in a line of a name."""
COLUMNS: tuple[tuple[Measure, str], ...] = (
    ("unserved_gas", "unserved"), ("unserved_protected", "protected"), ("worst_day", "worst day"),
    ("cut_days", "cut days"), ("costs", "costs"),
)  # fmt: skip


def sweep_page(view: SweepView) -> Group:
    """Everything an analyst reads first, from the study file and the rows alone."""
    parts: list[RenderableType | None] = [Text(view.file.title, style="bold"), Text(_head(view), style="dim")]
    if view.cases.empty:
        return Group(*[p for p in parts if p], Text("\nNo case has a result."))
    if view.search:
        parts += [*_break_even(view)]
    else:
        parts += [Text(f"\n{finding(view)}\n", style="bold"), *_cases(view)]
    parts += [_importance(view), Text(_foot(view), style="dim")]
    return Group(*[p for p in parts if p is not None])


def _head(view: SweepView) -> str:
    file = view.file
    how = (
        f"sensitivity by {file.sensitivity}" if file.sensitivity else (file.design or ("list" if file.list else "grid"))
    )
    changed = [f"weather {file.weather}"] if file.weather else []
    changed += [f"foresight {file.foresight}"] if file.foresight else []
    cases = f"{len(view.cases):,} {'case' if len(view.cases) == 1 else 'cases'}"
    return "  ·  ".join([file.id, f"scenario {file.scenario}", *changed, f"{how.replace('_', ' ')}, {cases}"])


def _table(title: str, caption: str = "") -> Table:
    style: dict[str, Any] = {"title_justify": "left", "caption_justify": "left"}
    return Table(
        title=Text(title, style="bold"), caption=Text(caption, style="dim italic") if caption else None,
        box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), **style,
    )  # fmt: skip


def _columns(view: SweepView) -> list[tuple[Measure, str]]:
    shown = [c for c in COLUMNS if c[0] != "unserved_protected" or view.cases[c[0]].max() > 0]
    return shown if view.measure in dict(shown) else [*shown, (view.measure, NAMES[view.measure])]


def _cases(view: SweepView) -> list[RenderableType]:
    if len(view.cases) <= (WORST if view.file.sampled else MOST_ROWS):
        return [_list(view, view.cases, "Cases")]
    worst = view.cases.sort_values(view.measure, ascending=False, kind="stable").head(WORST)
    return [_summary(view), _side_by_side(view, worst)]


def _side_by_side(view: SweepView, rows: pd.DataFrame) -> Table:
    """A few cases as columns: there is room for the names of many inputs."""
    table = _table(f"The {len(rows)} cases with most {NAMES[view.measure]}")
    table.add_column("", overflow="fold")
    for _ in range(len(rows)):
        table.add_column("", justify="right", no_wrap=True)
    records = rows.to_dict("records")
    for axis in view.axes:
        table.add_row(Text(folded(axis_title(axis), WIDE)), *(_bare(axis, r[axis.label]) for r in records))
    table.add_section()
    for measure, name in _columns(view):
        values = [number(float(r[measure]) * view.factor(measure)) for r in records]
        table.add_row(Text(f"{name} [{view.unit_of(measure)}]"), *values)
    table.add_row("first cut", *(_day(r["first_cut"]) for r in records))
    table.show_header = False
    return table


def _bare(axis: Axis, value: Any) -> str:
    """A value without its unit, which stands in the head."""
    return value_text(axis, value).removesuffix(f"{NBSP}{axis.unit}")


def _day(value: Any) -> str:
    return value if isinstance(value, str) else "–"


def _list(view: SweepView, rows: pd.DataFrame, title: str) -> Table:
    table, columns = _table(title), _columns(view)
    if len(view.axes) > FEW:  # room for the inputs
        columns = [c for c in columns if c[0] in (view.measure, "costs")]
    for axis in view.axes:
        title = folded(axis_title(axis), WIDE if len(view.axes) <= FEW else NARROW)
        table.add_column(Text(title), justify="right" if axis.numeric else "left", overflow="fold")
    for measure, name in columns:
        table.add_column(Text(f"{name}\n{view.unit_of(measure)}"), justify="right", no_wrap=True)
    table.add_column("first cut", justify="right", no_wrap=True)
    for row in rows.to_dict("records"):
        values = [_bare(a, row[a.label]) for a in view.axes]
        found = [number(float(row[m]) * view.factor(m)) for m, _ in columns]
        table.add_row(*values, *found, _day(row["first_cut"]))
    return table


def _summary(view: SweepView) -> Table:
    table = _table("All cases")
    table.add_column("")
    for name in ("lowest", "median", "highest", "cases with any"):
        table.add_column(name, justify="right")
    for measure, name in _columns(view):
        values = view.shown(measure)
        some = "" if MEASURES[measure] == "money" else f"{int((view.cases[measure] > 1e-3).sum()):,}"
        spread = [number(float(v)) for v in (values.min(), values.median(), values.max())]
        table.add_row(f"{name} [{view.unit_of(measure)}]".replace("[", r"\["), *spread, some)
    return table


def _break_even(view: SweepView) -> list[RenderableType]:
    search = view.search
    assert search is not None
    told = sentences(view)
    parts: list[RenderableType] = [Text("\n" + "\n".join(told[:SENTENCES]) + "\n", style="bold")]
    if len(told) > 1:
        table = _table(f"Break-even of {axis_title(search.axis)}")
        for axis in view.axes:
            table.add_column(Text(axis_title(axis)), justify="right" if axis.numeric else "left")
        unit = f"\n{view.unit_of(search.measure)}"
        low, high = value_text(search.axis, search.low), value_text(search.axis, search.high)
        for name in ("holds at", "exceeded at", f"at {low}{unit}", f"at {high}{unit}", "runs"):
            table.add_column(Text(name), justify="right")
        for row in view.cases.to_dict("records"):
            values = [value_text(a, row[a.label]) for a in view.axes]
            holds, beyond = (bracket_text(search, row[k]) if row["outcome"] == "found" else "–" for k in BRACKET)
            holds, beyond = (
                "everywhere" if row["outcome"] == o else t for o, t in (("never", holds), ("always", beyond))
            )
            ends = [number(float(row[k]) * view.factor(search.measure)) for k in ("at_low", "at_high")]
            table.add_row(*values, holds, beyond, *ends, str(row["runs"]))
        parts.append(table)
    parts.append(
        Text(
            f"By bisection to {search.tolerance:g} {search.axis.unit}".rstrip()
            + f" ({int(view.cases['runs'].sum())} runs); assumes that the limit is passed once between both ends.",
            style="dim italic",
        )
    )
    return parts


def _importance(view: SweepView) -> RenderableType | None:
    if view.indices is None:
        return None
    sobol = "total_order" in view.indices
    table = _table(
        f"What matters for {NAMES[view.measure]}",
        "shares of the variance, ± half the 95 % interval: alone, and with all interactions" if sobol
        else "mean change over the whole range of the input, ± half the 95 % interval; a spread as large as it means "
        "that other inputs or thresholds decide",
    )  # fmt: skip
    unit = "" if sobol else f" [{view.unit_of(view.measure)}]"
    table.add_column("input", overflow="fold", min_width=30)
    for name in ("alone (first order)", "in all (total order)") if sobol else (f"change{unit}", f"spread{unit}"):
        table.add_column(Text(name), justify="right")
    factor = 1.0 if sobol else view.factor(view.measure)
    for row in view.indices.to_dict("records"):
        keys = ("first_order", "total_order") if sobol else ("effect", "spread")
        cells = [_with_interval(row, key, factor, sobol) for key in keys]
        table.add_row(Text(str(row["input"])), *cells)
    return Group(Text(importance(view) + "\n", style="bold"), table)


def _with_interval(row: dict[Any, Any], key: str, factor: float, share: bool) -> str:
    def text(value: float) -> str:
        return f"{value:.2f}".replace("-", "−") if share else number(value * factor)

    width = row.get(f"{key}_interval")
    return text(row[key]) + (f" ± {text(width)}" if width is not None else "")


def _foot(view: SweepView) -> str:
    volume = "" if view.unit.name == GWH.name else f" mcm at {REPORTING_GCV:g} kWh/m3."
    return f"Every case is a certified optimum of the whole horizon.{volume}"

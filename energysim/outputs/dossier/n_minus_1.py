"""What the chapter on N−1 has to say, in one sentence each, written from its numbers."""

from __future__ import annotations

from datetime import date

from energysim.dossier import Chapter
from energysim.outputs.dossier.digits import digits
from energysim.outputs.wording import Unit
from energysim.words import day_month

NEVER = "never"
MET = 100.0
PIPES_ALONE = "Where pipes would suffice the gas may still be short"


def findings(chapter: Chapter, unit: Unit) -> list[str]:
    """Is the standard met, what is the worst loss, is the gas there too, and from which stock on."""
    return [_standard(chapter, unit), *_worst(chapter), *_short(chapter, unit), _stock(chapter)]


def _standard(chapter: Chapter, unit: Unit) -> str:
    figure, largest, demand = chapter["n_minus_1_full"], chapter["largest"], chapter["d_max"]
    said = "is met" if figure.verdict == "pass" else "is not met"
    name = largest.name.partition(": ")[2]
    without = f"without {name} ({_rate(chapter.value('largest'), unit)}) and " if name else ""
    band = (
        f" ({digits(figure.low)}–{digits(figure.high)})" if figure.low is not None and figure.high is not None else ""
    )
    return (
        f"N−1 {said}: {without}with stores full, capacity is {_percent(chapter, 'n_minus_1_full')}{band} of "
        f"design demand, {_rate(chapter.value('d_max'), unit)}"
        + (f" ({_plain(demand.low, unit)}–{_plain(demand.high, unit)})" if demand.low is not None else "")
        + f"; {_percent(chapter, 'n_minus_1_30')} with stores at 30 %."
    )


def _worst(chapter: Chapter) -> list[str]:
    """The risk group that takes more than one entry, where there is one."""
    groups = [f for f in chapter.figures if f.id.startswith("n_minus_1_without_risk_group")]
    if not groups:
        return []
    worst = min(groups, key=lambda f: chapter.value(f.id))
    who = worst.name.removeprefix("N−1 without ")
    return [
        f"Without {who}, and so without every entry that hangs on them, N−1 is {_percent(chapter, worst.id)}: the formula "
        "counts entries one at a time."
    ]


def _short(chapter: Chapter, unit: Unit) -> list[str]:
    """A country can pass N−1 and still be short: the loss that shows it best."""
    ladder, demand = chapter.tables["n_minus_1_ladder"].frame, chapter.value("d_max")
    single = ladder[~ladder["kind"].isin(("upstream", "risk group"))]
    passed = single[(single["full"] >= MET) & (single["gas_share"] < MET)]
    sentences = []
    if len(passed):
        row = passed.sort_values("gas_share", kind="stable").iloc[0]
        passes = chapter["n_minus_1_full"].verdict == "pass"
        lesson = "A country can pass N−1 and still be short" if passes else PIPES_ALONE
        sentences.append(
            f"{lesson}: without {row['name']} the pipes left could carry "
            f"{digits(float(row['full']))} % of demand, but the gas contracted that could still come is "
            f"{_rate(float(row['gas']), unit)}, {digits(float(row['gas_share']))} %: "
            f"{_rate(demand - float(row['gas']), unit)} short."
        )
    known, assumed = chapter["contracted_documented"], chapter["contracted"]
    if known.value != assumed.value:
        sentences.append(
            f"With nothing lost {_percent(chapter, 'contracted')} of that demand is contracted if the scenario's contracts "
            f"hold, {_percent(chapter, 'contracted_documented')} by those known to be signed."
        )
    return sentences


def _stock(chapter: Chapter) -> str:
    fill, day = chapter["fill_that_meets"].value, chapter["first_day_below"].value
    if isinstance(fill, str) or fill is None:
        said = "Not even full stores bring N−1 to 100 %"
    elif fill <= 0:
        said = "N−1 is 100 % or more even with empty stores"
    else:
        said = f"N−1 is 100 % or more while stores are {digits(float(fill))} % full or fuller"
    if day is None or day == NEVER:
        return f"{said}; in this scenario it never falls below 100 %."
    return f"{said}; in this scenario it falls below 100 % on {day_month(date.fromisoformat(str(day)))}."


def _percent(chapter: Chapter, figure: str) -> str:
    return f"{digits(chapter.value(figure))} %"


def _rate(gwh: float, unit: Unit) -> str:
    return f"{digits(gwh * unit.factor)} {unit.rate}"


def _plain(gwh: float | None, unit: Unit) -> str:
    return "" if gwh is None else digits(gwh * unit.factor)

"""What the chapter on N−1 has to say, in one sentence each, written from its numbers."""

from __future__ import annotations

from datetime import date

from energysim.dossier import Chapter
from energysim.outputs.dossier.digits import digits
from energysim.outputs.wording import Unit
from energysim.words import day_month, say, term

NEVER = "never"
MET = 100.0
PIPES_ALONE = "Where pipes would suffice the gas may still be short"
ID = "n_minus_1_without_"
"""Begins the id of N−1 without an asset of the ladder."""


def findings(chapter: Chapter, unit: Unit) -> list[str]:
    """Is the standard met, what is the worst loss, is the gas there too, and from which stock on."""
    return [_standard(chapter, unit), *_worst(chapter), *_short(chapter, unit), _stock(chapter)]


def _standard(chapter: Chapter, unit: Unit) -> str:
    figure, largest, demand = chapter["n_minus_1_full"], chapter["largest"], chapter["d_max"]
    name = largest.name.partition(": ")[2]
    size = _rate(chapter.value("largest"), unit)
    capacity = say(
        "with stores full, capacity is {share}{band} of design demand, {demand}{range}; {low} with stores at 30 %.",
        share=_percent(chapter, "n_minus_1_full"),
        band=f" ({digits(figure.low)}–{digits(figure.high)})"
        if figure.low is not None and figure.high is not None
        else "",
        demand=_rate(chapter.value("d_max"), unit),
        range=f" ({_plain(demand.low, unit)}–{_plain(demand.high, unit)})" if demand.low is not None else "",
        low=_percent(chapter, "n_minus_1_30"),
    )
    if name:
        capacity = say("without {largest} ({size}) and {capacity}", largest=name, size=size, capacity=capacity)
    if figure.verdict == "pass":
        return say("N−1 is met: {capacity}", capacity=capacity)
    return say("N−1 is not met: {capacity}", capacity=capacity)


def _worst(chapter: Chapter) -> list[str]:
    """The risk group that takes more than one entry, where there is one."""
    groups = [f for f in chapter.figures if f.id.startswith(f"{ID}risk_group")]
    if not groups:
        return []
    worst = min(groups, key=lambda f: chapter.value(f.id))
    ladder = chapter.tables["n_minus_1_ladder"].frame
    return [
        say(
            "Without {group}, and so without every entry that hangs on them, N−1 is {share}: the formula counts entries one at a "
            "time.",
            group=ladder.loc[ladder["asset"] == worst.id.removeprefix(ID), "name"].iloc[0],
            share=_percent(chapter, worst.id),
        )
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
        sentences.append(
            say(
                "{lesson}: without {outage} the pipes left could carry {pipes} % of demand, but the gas contracted that could "
                "still come is {gas}, {share} %: {short} short.",
                lesson=say("A country can pass N−1 and still be short") if passes else term(PIPES_ALONE),
                outage=row["name"],
                pipes=digits(float(row["full"])),
                gas=_rate(float(row["gas"]), unit),
                share=digits(float(row["gas_share"])),
                short=_rate(demand - float(row["gas"]), unit),
            )
        )
    known, assumed = chapter["contracted_documented"], chapter["contracted"]
    if known.value != assumed.value:
        sentences.append(
            say(
                "With nothing lost {assumed} of that demand is contracted if the scenario's contracts hold, {known} by those "
                "known to be signed.",
                assumed=_percent(chapter, "contracted"),
                known=_percent(chapter, "contracted_documented"),
            )
        )
    return sentences


def _stock(chapter: Chapter) -> str:
    fill, day = chapter["fill_that_meets"].value, chapter["first_day_below"].value
    if isinstance(fill, str) or fill is None:
        said = say("Not even full stores bring N−1 to 100 %")
    elif fill <= 0:
        said = say("N−1 is 100 % or more even with empty stores")
    else:
        said = say("N−1 is 100 % or more while stores are {fill} % full or fuller", fill=digits(float(fill)))
    if day is None or day == NEVER:
        return say("{stock}; in this scenario it never falls below 100 %.", stock=said)
    when = day_month(date.fromisoformat(str(day)))
    return say("{stock}; in this scenario it falls below 100 % on {date}.", stock=said, date=when)


def _percent(chapter: Chapter, figure: str) -> str:
    return f"{digits(chapter.value(figure))} %"


def _rate(gwh: float, unit: Unit) -> str:
    return f"{digits(gwh * unit.factor)} {unit.rate}"


def _plain(gwh: float | None, unit: Unit) -> str:
    return "" if gwh is None else digits(gwh * unit.factor)

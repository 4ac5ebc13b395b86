"""The sentence above a map: who is cut, and which line binds; and the line above each of several maps."""

from __future__ import annotations

from collections.abc import Sequence

from energysim.outputs.findings import percent
from energysim.outputs.maps.snapshot import Line, Snapshot, Zone
from energysim.outputs.wording import Unit, number
from energysim.words import full_date, say

NAMED = 2
"""So many lines that bind are named; more are counted."""


def finding(shown: Snapshot) -> str:
    """Zones that are cut on the day shown, the deepest cut, and what binds."""
    when, parts = shown.period.short, [_cut(shown), _binding(shown)]
    return say("{when}: {sentence}", when=when, sentence="; ".join(p for p in parts if p))


def _cut(shown: Snapshot) -> str:
    zones = [z for z in shown.home if z.demand > 0]
    cut, abroad = [z for z in zones if z.is_cut], [z for z in shown.zones if z.country and z.is_cut]
    if not cut and not abroad:
        return say("nobody is cut")
    if not cut:
        return say("cut is only: {zone} ({share})", **_deepest(abroad))
    deepest = _deepest(cut)
    if len(cut) == len(zones) > 1:
        said = say("all {zones} zones are cut, deepest: {zone} ({share})", zones=len(zones), **deepest)
    else:
        said = say(
            "{cut} of {zones} {zones|zone|zones} cut, deepest: {zone} ({share})",
            cut=len(cut),
            zones=len(zones),
            **deepest,
        )
    return f"{said}; " + say("also cut: {zone} ({share})", **_deepest(abroad)) if abroad else said


def _deepest(zones: list[Zone]) -> dict[str, str]:
    zone = max(zones, key=lambda z: z.share)
    return {"zone": zone.name, "share": percent(zone.share)}


def _binding(shown: Snapshot) -> str:
    """What no more gas gets through; without such a line, whether gas is missing, or which line is fullest."""
    bound = shown.binding
    if bound and len(bound) <= NAMED:
        return say("what binds: {lines}", lines=", ".join(line.name for line in bound))
    if bound:
        return say("{count} {count|line|lines} bind", count=len(bound))
    if any(z.is_cut for z in shown.zones):
        return say("no line binds: gas is missing, not capacity")
    fullest = max(_known(shown), key=lambda x: x.flow / (x.capacity or 1.0), default=None)
    if fullest is None or not fullest.capacity or not fullest.flow:
        return ""
    share = percent(min(1.0, fullest.flow / fullest.capacity))
    return say("no line binds; fullest: {line} ({share})", line=fullest.name, share=share)


def _known(shown: Snapshot) -> list[Line]:
    """Lines between nodes and entries that have a capacity."""
    return [line for line in shown.lines if line.labelled and line.capacity]


def short_finding(shown: Snapshot, measure: Unit) -> str:
    """`8 January 2026: 3 of 5 zones cut, 8.6 mcm/d unserved`, for one of several maps."""
    zones, lost = [z for z in shown.home if z.demand > 0], sum(z.cut for z in shown.zones)
    when = shown.period.short if len(shown.period.days) > 1 else full_date(shown.period.days[0])
    if not any(z.is_cut for z in shown.zones):
        return say("{when}: nobody is cut", when=when)
    amount = f"{number(lost * measure.factor)} {measure.rate}"
    cut = sum(z.is_cut for z in zones)
    return say(
        "{when}: {cut} of {zones} {zones|zone|zones} cut, {amount} unserved",
        when=when,
        cut=cut,
        zones=len(zones),
        amount=amount,
    )


def compared(titles: Sequence[str], shown: Sequence[Snapshot]) -> str:
    """The run with the deepest cut of one zone, and in how many nobody is cut."""
    spared = sum(not any(z.is_cut for z in one.zones) for one in shown)
    if spared == len(shown):
        return say("Nobody is cut in any of {runs} {runs|run|runs}", runs=len(shown))
    deepest = [max((z.share for z in one.zones if z.is_cut), default=0.0) for one in shown]
    said = say("Deepest cuts: {scenario}", scenario=titles[deepest.index(max(deepest))])
    apart = say("nobody is cut in {spared} of {runs} {runs|run|runs}", spared=spared, runs=len(shown))
    return f"{said}; {apart}" if spared else said

"""What a run was asked: its gas year, weather and foresight, its events, and what the scenario sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from energysim.outputs.findings import FORESIGHT, percent
from energysim.outputs.report.blocks import Block, Facts, Grid, Prose
from energysim.outputs.scenario_words import said_weather
from energysim.results import Results
from energysim.words import full_date, iso_or_local, localised, say, term

Event = Mapping[str, Any]
DAY_ONE = "day_one"
POLICIES: Mapping[str, str] = {"low": "low value", "mid": "middle value", "high": "high value"}
"""Choice of the value of lost load -> its words."""
AMOUNTS: Mapping[str, Callable[[str], str]] = {
    "capacity": lambda amount: say("limited to {amount}", amount=amount),
    "lost": lambda amount: say("{amount} lost", amount=amount),
    "added": lambda amount: say("{amount} more", amount=amount),
    "price": lambda amount: say("price {amount}", amount=amount),
    "price_change": lambda amount: say("price changes by {amount}", amount=amount),
    "temperature_change": lambda amount: say("temperature changes by {amount}", amount=amount),
}
"""What an event states with a unit -> how it is said."""


def scenario(result: Results) -> Iterator[Block]:
    """Facts of the run, its context, a table of events and one of what the scenario sets."""
    context = str(result.manifest["scenario"].get("context") or "").strip()
    if context:
        yield Prose((str(term(context)),))
    yield _facts(result)
    events = result.manifest["scenario"]["events"]
    if events:
        headings = (
            say("event"),
            say("asset"),
            say("from"),
            say("to"),
            say("what happens"),
            say("known"),
            say("source"),
        )
        yield Grid(say("Events"), headings, tuple(_event(e) for e in events), (False,) * len(headings))
    changed = tuple(_changes(result.manifest["scenario"]))
    if changed:
        yield Grid(say("Set by the scenario"), (say("input"), say("value")), changed, (False, False))


def _facts(result: Results) -> Facts:
    m = result.manifest
    policy = str(m["policy"]["value_of_lost_load"])
    return Facts(
        (
            (say("Gas year"), f"{m['gas_year']} ({full_date(m['first_day'])} – {full_date(m['last_day'])})"),
            (say("Weather"), said_weather(m["remarks"])),
            (say("Foresight"), term(FORESIGHT.get(m["foresight"], m["foresight"]))),
            (say("Harm of a cut"), term(POLICIES.get(policy, policy))),
            (say("Run"), f"{m['run_id']}, energysim {m['versions']['energysim']}, {m['data_digest'][:10]}"),
        )
    )


def _event(event: Event) -> tuple[str, ...]:
    known = event.get("known_from")
    if known == DAY_ONE:
        said = say("from day one")
    else:
        said = say("from {day}", day=iso_or_local(known)) if known else say("when it happens")
    believed = event.get("announced_until")
    if believed:
        said += "; " + say("at first believed to end {day}", day=iso_or_local(believed))
    source = str(event.get("source") or "").replace(";", ", ")
    days = (iso_or_local(event["start"]), iso_or_local(event["until"]))
    return (str(term(str(event["name"]))), str(event["asset"]), *days, "; ".join(_effects(event)), said, source)


def _effects(event: Event) -> Iterator[str]:
    """What an event does, each with its unit."""
    available = event.get("available")
    if available is not None:
        yield say("{share} available", share=available if isinstance(available, str) else percent(available))
    for key, said in AMOUNTS.items():
        if event.get(key) is not None:
            yield said(_amount(str(event[key])))
    if event.get("demand_factor") is not None:
        yield say("demand times {factor}", factor=localised(f"{event['demand_factor']:g}"))
    if event.get("ramp_days"):
        yield say("comes back over {days} {days|day|days}", days=int(event["ramp_days"]))
    repeat = event.get("repeat")
    if repeat:
        yield say(
            "{times} times, every {days} {days|day|days}", times=int(repeat["times"]), days=int(repeat["every_days"])
        )


def _amount(written: str) -> str:
    """`6 mcm/d` as the language spoken writes it."""
    number, _, unit = written.partition(" ")
    return f"{localised(number)} {say(unit)}" if unit else localised(written)


def _changes(asked: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Settings and chosen rivals, by their paths."""
    for path, value in asked["set"].items():
        found = value if isinstance(value, Mapping) else {"value": value}
        span = [say("from {day}", day=iso_or_local(found["start"]))] if found.get("start") else []
        span += [say("to {day}", day=iso_or_local(found["until"]))] if found.get("until") else []
        yield path, " ".join([_amount(str(found.get("value"))), *span])
    for path, name in asked["rivals"].items():
        yield path, say("rival figure: {name}", name=name)

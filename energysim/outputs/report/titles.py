"""Runs of one scenario told apart by name: two rows of a table must not be called the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from energysim.outputs.findings import FORESIGHT
from energysim.outputs.scenario_words import BEFORE_VARIANT
from energysim.results import Results
from energysim.words import localised, say, term


def told_apart(runs: Sequence[Results]) -> list[Results]:
    """The runs; where several bear one title, each has what it was run with behind it, or else its run id."""
    titles = Counter(r.title for r in runs)
    alike = {title: [r for r in runs if r.title == title] for title, count in titles.items() if count > 1}
    said = {title: [_with(r, held) for r in held] for title, held in alike.items()}
    for title, held in alike.items():
        if len(set(said[title])) < len(held):
            said[title] = [say("run {run}", run=r.run_id) for r in held]
    behind = {id(r): text for title, held in alike.items() for r, text in zip(held, said[title], strict=True)}
    return [_titled(r, f"{r.title}{BEFORE_VARIANT}{behind[id(r)]}") if id(r) in behind else r for r in runs]


def _with(result: Results, alike: Sequence[Results]) -> str:
    """In what a run differs from those of the same title: weather, foresight, settings; `as the scenario says` if in nothing it sets."""
    asked = _asked(result)
    others = [_asked(r) for r in alike]
    differ = [k for k in dict.fromkeys(k for o in others for k in o) if len({str(o.get(k)) for o in others}) > 1]
    return ", ".join(_said(k, asked[k]) for k in differ if k in asked) or say("as the scenario says")


def _asked(result: Results) -> dict[str, Any]:
    found: Mapping[str, Any] = result.manifest["scenario"]
    return {"weather": found["weather"], "foresight": result.manifest["foresight"]} | dict(found["set"])


def _said(key: str, value: Any) -> str:
    if key == "weather":
        return say("weather {weather}", weather=term(str(value)))
    if key == "foresight":
        return say("foresight: {foresight}", foresight=term(FORESIGHT.get(str(value), str(value))))
    amount = value.get("value") if isinstance(value, Mapping) else value
    return f"{key} = {localised(str(amount))}"


def _titled(result: Results, title: str) -> Results:
    scenario = result.manifest["scenario"] | {"title": title}
    return replace(result, manifest=result.manifest | {"scenario": scenario})

"""The whole set, or some chapters of it, in one call.

>>> import energysim
>>> dossier = energysim.assess("baseline_2025_26", chapters=["n_minus_1"])           # doctest: +SKIP
>>> dossier["n_minus_1"].value("n_minus_1_full")                                     # doctest: +SKIP
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version

from energysim.dossier import Chapter, Dossier
from energysim.errors import InputError, suggest
from energysim.inputs.read import Dataset
from energysim.inputs.scenario import Scenario
from energysim.standards import description, origin
from energysim.standards.endurance import chapter as endurance
from energysim.standards.evidence import chapter as evidence
from energysim.standards.infrastructure import chapter as n_minus_1
from energysim.standards.projects import chapter as projects
from energysim.standards.risk import chapter as entsog
from energysim.standards.subject import Fit, Subject, subject
from energysim.standards.supply import chapter as supply_standard
from energysim.standards.value import chapter as value
from energysim.studies.foresight import PACKAGES
from energysim.words import say, term

CHAPTERS: Mapping[str, Callable[[Subject], Chapter]] = {
    "description": description.chapter,
    "origin": origin.chapter,
    "entsog": entsog.chapter,
    "endurance": endurance.chapter,
    "n_minus_1": n_minus_1.chapter,
    "supply_standard": supply_standard.chapter,
    "value": value.chapter,
    "projects": projects.chapter,
    "evidence": evidence.chapter,
}
"""Chapter -> what makes it, in the order of the template of a preventive action plan."""
TITLES = {"n_minus_1": "n minus 1", "supply_standard": "supply standard"}
"""Titles of chapters that could not be computed, where the name is not a word."""
Progress = Callable[[str], None]


def assess(
    scenario: Scenario | str,
    chapters: Sequence[str] = tuple(CHAPTERS),
    *,
    weather: str | None = None,
    settings: Mapping[str, str] | None = None,
    fit: Fit | None = None,
    dataset: Dataset | None = None,
    progress: Progress | None = None,
    command: str = "",
) -> Dossier:
    """The standards and indicators of a scenario (an id, `id/variant`, a file or the Scenario itself).

    Names, titles and notes are said in the language spoken (`words.speaking`); ids, columns and units stay English.

    chapters: names of CHAPTERS. fit: how demand once in twenty years is estimated. A chapter that the scenario has no
    ground for (no winter in its horizon, say) stands in the dossier without figures, its notes saying why; one that is
    asked for alone raises. Raises EnergysimError.
    """
    unknown = [c for c in chapters if c not in CHAPTERS]
    if unknown:
        raise InputError(*(f"unknown chapter {c!r}{suggest(c, CHAPTERS)}" for c in unknown))
    asked = subject(scenario, dataset, weather, settings, fit)
    if not sum(float(asked.system.offtakes[o].demand.sum()) for o in asked.offtakes()) > 0:
        raise InputError(f"{asked.scenario.id}: nobody in the country demands gas, so there is nothing to measure")
    made: list[Chapter] = []
    for name in [c for c in CHAPTERS if c in chapters]:
        if progress:
            progress(name.replace("_", " "))
        try:
            made.append(CHAPTERS[name](asked))
        except InputError as error:
            if len(chapters) == 1:
                raise
            why = tuple(say("not computed: {problem}", problem=p) for p in error.problems)
            made.append(Chapter(name, term(TITLES.get(name, name)), "", (), {}, why))
    if not any(c.figures for c in made):
        raise InputError(*dict.fromkeys(note for c in made for note in c.notes))
    return Dossier(tuple(made), _manifest(asked, command))


def _manifest(asked: Subject, command: str) -> dict[str, object]:
    said = asked.scenario
    return {
        "scenario": said.id,
        "title": said.title,
        "gas_year": asked.system.label,
        "weather": said.weather,
        "resolved": json.loads(said.model_dump_json()),
        "one_in_twenty": {
            "method": asked.fit.method,
            "residuals": asked.fit.residuals,
            "years": asked.fit.return_period,
        },
        "data_digest": asked.dataset.digest,
        "remarks": list(asked.system.remarks),
        "versions": {p: version(p) for p in PACKAGES},
        "command": command,
    }

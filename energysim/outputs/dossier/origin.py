"""What the chapter on origins has to say, in sentences made from its figures."""

from __future__ import annotations

from energysim.dossier import Chapter, Figure
from energysim.outputs.dossier.digits import digits
from energysim.outputs.wording import Unit
from energysim.words import say
from energysim.words.lists import within

PREFIX = "origin_share_"
NAMED = 3
"""So many origins are named in the sentence."""


def findings(chapter: Chapter, unit: Unit) -> list[str]:
    """The leading origins of the year, and the leading one where it matters most."""
    shares = [f for f in chapter.figures if f.id.startswith(PREFIX) and isinstance(f.value, float)]
    if not shares:
        return [say("No gas was served, so it has no origin.")]
    parts = [say("{origin} {share} %", origin=_name(f), share=digits(float(f.value or 0.0))) for f in shares[:NAMED]]
    said = [
        say("Of the gas served in the country: {parts}{range}.", parts=", ".join(parts), range=_range(shares[0])),
    ]
    by_id = {f.id: f for f in chapter.figures}
    for name in ("origin_last_class", "origin_zone"):
        found = by_id.get(name)
        if found is not None and isinstance(found.value, float):
            said.append(
                say(
                    "{where}: {share} % {origin}{range}.",
                    where=_where(found),
                    share=digits(found.value),
                    origin=_source(found),
                    range=_range(found),
                )
            )
    return said


def _source(figure: Figure) -> str:
    return within(figure.name.partition(", ")[0])


def _where(figure: Figure) -> str:
    """What follows the origin in a figure's name: `Households, 2027-01`, or the zone that hangs on it most."""
    where = figure.name.partition(", ")[2]
    return f"{where[:1].upper()}{where[1:]}"


def _name(figure: Figure) -> str:
    return within(figure.name.rpartition(",")[0])


def _range(figure: Figure) -> str:
    if figure.high is None:
        return ""
    return say(
        " (up to {high} % if the gas in store at the start was {origin} too)",
        high=digits(figure.high),
        origin=_source(figure),
    )

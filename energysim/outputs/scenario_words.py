"""What a scenario is called and what its run remarks, in the language spoken: both come as English text from files."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from energysim.words import say, term

BEFORE_VARIANT = ": "
"""What stands between the title of a scenario and that of its variant."""
_WINTER = re.compile(r"\d{4}/\d{2}")
_REMARKS: Sequence[tuple[str, Callable[[str], str]]] = (
    (r"normal \(typical winter (.+)\)", lambda winter: say("normal (typical winter {winter})", winter=winter)),
    (
        r"(\d+) days beyond the record take the normal winter",
        lambda days: say("{days} days beyond the record take the normal winter", days=int(days)),
    ),
    (
        r"storage: the withdrawal curve of (.+) is not concave; its lower concave minorant is used",
        lambda account: say(
            "storage: the withdrawal curve of {account} is not concave; its lower concave minorant is used",
            account=account,
        ),
    ),
    (
        r"storage: the injection curve of (.+) is not concave; its lower concave minorant is used",
        lambda account: say(
            "storage: the injection curve of {account} is not concave; its lower concave minorant is used",
            account=account,
        ),
    ),
)
"""Remarks that hold a value, as the inputs write them -> the same, said."""


def said_title(title: str) -> str:
    """A scenario's title; `Title: variant` is said part by part."""
    return BEFORE_VARIANT.join(term(part) for part in title.split(BEFORE_VARIANT))


def said_remark(remark: str) -> str:
    """A remark of a run, with or without `weather: ` before it; one that is not known stays English."""
    for pattern, said in _REMARKS:
        found = re.fullmatch(pattern, remark)
        if found:
            return said(found[1])
    return remark if _WINTER.fullmatch(remark) else term(remark)


def said_weather(remarks: Sequence[str]) -> str:
    """The weather of a run as its remarks give it: `normal (typical winter 2018/19)`."""
    found = [said_remark(r.removeprefix("weather: ")) for r in remarks if r.startswith("weather")]
    return "; ".join(found) or say("as given")

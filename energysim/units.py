"""Units: energy at gross calorific value inside, cubic metres only where a person types or reads a number.

Inside the package a volume of gas is in GWh, a rate in GWh/d, a price in EUR/MWh and money in kEUR
(GWh x EUR/MWh = kEUR). `parse` turns what a person writes ("6 mcm/d", "27.5 EUR/MWh", "92 %") into
these; a bare number is refused, because three cubic metres occur in the sources and a forgotten unit
is the commonest error of gas figures. `FOREIGN` names what is understood.
"""

from __future__ import annotations

import math
import re
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from energysim.errors import InputError, suggest

Finite = Annotated[float, Field(allow_inf_nan=False)]
GWh = Annotated[float, Field(ge=0, allow_inf_nan=False, json_schema_extra={"unit": "GWh"})]
GWhPerDay = Annotated[float, Field(ge=0, allow_inf_nan=False, json_schema_extra={"unit": "GWh/d"})]
MCM = Annotated[float, Field(ge=0, allow_inf_nan=False, json_schema_extra={"unit": "mcm"})]
MCMPerDay = Annotated[float, Field(ge=0, allow_inf_nan=False, json_schema_extra={"unit": "mcm/d"})]
EurPerMWh = Annotated[float, Field(ge=0, allow_inf_nan=False, json_schema_extra={"unit": "EUR/MWh"})]
PremiumEurPerMWh = Annotated[float, Field(allow_inf_nan=False, json_schema_extra={"unit": "EUR/MWh"})]
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, json_schema_extra={"unit": "1"})]
Factor = Annotated[float, Field(ge=0, allow_inf_nan=False, json_schema_extra={"unit": "1"})]
Celsius = Annotated[float, Field(ge=-60, le=60, allow_inf_nan=False, json_schema_extra={"unit": "degC"})]
GCV = Annotated[float, Field(ge=8, le=13, json_schema_extra={"unit": "kWh/m3"})]


def _day_of_year(text: str) -> str:
    try:
        date.fromisoformat(f"2024-{text}")
    except ValueError:
        raise ValueError(f"found {text!r}; expected month and day such as 11-01") from None
    return text


DayOfYear = Annotated[str, AfterValidator(_day_of_year)]

REPORTING_GCV = 10.55
"""kWh/m3 of the contract metre; only for printing GWh as mcm and for typed mcm without another factor."""

Dimension = Literal["energy", "rate", "price", "share", "days", "temperature", "money"]

# unit as written -> (dimension, factor to the internal unit, multiply by the calorific value?)
FOREIGN: dict[str, tuple[Dimension, float, bool]] = {
    "gwh": ("energy", 1.0, False),
    "twh": ("energy", 1000.0, False),
    "mwh": ("energy", 0.001, False),
    "mcm": ("energy", 1.0, True),
    "bcm": ("energy", 1000.0, True),
    "gwh/d": ("rate", 1.0, False),
    "mwh/d": ("rate", 0.001, False),
    "kwh/d": ("rate", 1e-6, False),
    "mcm/d": ("rate", 1.0, True),
    "bcm/y": ("rate", 1000.0 / 365.0, True),
    "mcm/y": ("rate", 1.0 / 365.0, True),
    "eur/mwh": ("price", 1.0, False),
    "%": ("share", 0.01, False),
    "share": ("share", 1.0, False),
    "days": ("days", 1.0, False),
    "day": ("days", 1.0, False),
    "degc": ("temperature", 1.0, False),
    "c": ("temperature", 1.0, False),
    "°c": ("temperature", 1.0, False),
    "keur": ("money", 1.0, False),
    "meur": ("money", 1000.0, False),
    "eur": ("money", 0.001, False),
}

_QUANTITY = re.compile(r"^\s*([-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)\s*([^\d\s].*?)?\s*$")


def to_gwh(mcm: float, gcv_kwh_per_m3: float) -> float:
    """Energy in GWh (or GWh/d) of a volume in mcm (or mcm/d) at a calorific value in kWh/m3."""
    return mcm * gcv_kwh_per_m3


def to_mcm(gwh: float, gcv_kwh_per_m3: float = REPORTING_GCV) -> float:
    """Volume in mcm (or mcm/d) of an energy in GWh (or GWh/d), at the reporting calorific value."""
    return gwh / gcv_kwh_per_m3


def parse(written: object, dimension: Dimension, gcv_kwh_per_m3: float = REPORTING_GCV) -> float:
    """The number in internal units of a quantity as a person writes it, such as `6 mcm/d`.

    A share may be a bare number between 0 and 1; every other dimension needs its unit. Raises
    InputError with what was expected.
    """
    expected = _examples(dimension)
    if isinstance(written, bool) or written is None:
        raise InputError(f"found {written!r}; expected a quantity such as {expected}")
    if isinstance(written, (int, float)) and dimension == "share":
        return _share(float(written), written)
    match = _QUANTITY.match(str(written))
    if match is None:
        raise InputError(f"cannot read {written!r} as a quantity; expected for example {expected}")
    number, unit = float(match.group(1)), match.group(2)
    if not math.isfinite(number):
        raise InputError(f"{written!r} is no finite number; expected for example {expected}")
    if unit is None and dimension == "share":
        return _share(number, written)
    if unit is None:
        raise InputError(f"{str(written)!r} has no unit; write for example {expected}")
    known = FOREIGN.get(unit.strip().lower())
    if known is None:
        same = [u for u, (kind, _, _) in FOREIGN.items() if kind == dimension]
        hint = suggest(unit.strip().lower(), same) if get_close_matches(unit.strip().lower(), same) else ""
        raise InputError(f"unknown unit {unit!r} in {written!r}{hint}; expected for example {expected}")
    if known[0] != dimension:
        raise InputError(f"{written!r} is a quantity of {known[0]}, but {dimension} is needed here: {expected}")
    value = number * known[1] * (gcv_kwh_per_m3 if known[2] else 1.0)
    return _share(value, written) if dimension == "share" else value


def split_quantity(written: object) -> tuple[float, str] | None:
    """Number and unit ("" if there is none) of a quantity as written; None if it does not read as one."""
    match = None if isinstance(written, bool) else _QUANTITY.match(str(written))
    return None if match is None else (float(match.group(1)), (match.group(2) or "").strip())


def _share(value: float, written: object) -> float:
    if 0 <= value <= 1:
        return value
    per_cent = f"; write `{value:g} %` for per cent" if 1 < value <= 100 and "%" not in str(written) else ""
    raise InputError(f"a share lies between 0 and 1, found {written!r}{per_cent}")


def _examples(dimension: Dimension) -> str:
    examples: dict[Dimension, str] = {
        "energy": "`400 mcm` or `4220 GWh`",
        "rate": "`6 mcm/d` or `63.3 GWh/d`",
        "price": "`27.5 EUR/MWh`",
        "share": "`0.4` or `40 %`",
        "days": "`3 days`",
        "temperature": "`-4 degC`",
        "money": "`250 MEUR`",
    }
    return examples[dimension]

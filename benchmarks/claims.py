"""What is claimed of energysim's speed, each sentence with its target and where its figure stands in the results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Results = dict[str, Any]


@dataclass(frozen=True)
class Claim:
    """A figure that must stay on one side of a target."""

    sentence: str
    target: float
    at_least: bool
    figure: Callable[[Results], float]
    unit: str = "×"

    def holds(self, results: Results) -> bool:
        """Whether what was measured meets the target."""
        found = self.figure(results)
        return found >= self.target if self.at_least else found <= self.target


def _build(peer: str) -> Callable[[Results], float]:
    return lambda r: float(r["build"]["ratio"][peer])


def _cold(peer: str) -> Callable[[Results], float]:
    return lambda r: float(r["cold"]["ratio"][peer])


def _sweep(family: str, peer: str) -> Callable[[Results], float]:
    return lambda r: float(r[f"sweep_{family}"]["ratio"][peer])


def _rolling(peer: str) -> Callable[[Results], float]:
    return lambda r: float(r["rolling"]["ratio"][peer])


def worst_difference(results: Results) -> float:
    """Largest relative difference of objectives between any two routes on any case measured."""
    parts = [part for part in results.values() if isinstance(part, dict) and "difference" in part]
    return max(float(part["difference"]) for part in parts)


CLAIMS = (
    Claim(
        "Build and compile, as a share of a cold default HiGHS solve",
        0.10,
        False,
        lambda r: float(r["build"]["share_of_solve"]),
    ),
    Claim("Build: Pyomo, naive rules, takes longer by", 12, True, _build("pyomo")),
    Claim("Build: linopy takes longer by", 5, True, _build("linopy")),
    Claim("Build: PyPSA takes longer by", 15, True, _build("pypsa")),
    Claim("Whole cold process, as a share of linopy's", 0.6, False, _cold("linopy")),
    Claim("Whole cold process, as a share of PyPSA's", 0.45, False, _cold("pypsa")),
    Claim("Whole cold process, as a share of stock Pyomo's", 0.45, False, _cold("pyomo")),
    Claim("Whole cold process, as a share of raw numpy's with default HiGHS", 1.0, False, _cold("numpy")),
    Claim("Sweep, all re-drawn: Pyomo rebuilt takes longer by", 6, True, _sweep("full", "pyomo")),
    Claim("Sweep, all re-drawn: PyPSA takes longer by", 7, True, _sweep("full", "pypsa")),
    Claim("Sweep, all re-drawn: linopy takes longer by", 5, True, _sweep("full", "linopy")),
    Claim("Sweep, all re-drawn: raw numpy with cold HiGHS takes longer by", 4, True, _sweep("full", "numpy")),
    Claim("Sweep, all re-drawn: Pyomo's persistent interface takes longer by", 3, True, _sweep("full", "persistent")),
    Claim("Sweep, outages only: Pyomo rebuilt takes longer by", 12, True, _sweep("outages", "pyomo")),
    Claim("Two processes are faster than one by", 1.8, True, lambda r: float(r["parallel"]["gain"])),
    Claim("Rolling year: Pyomo rebuilt takes longer by", 10, True, _rolling("pyomo")),
    Claim("Rolling year: Pyomo's persistent interface takes longer by", 4, True, _rolling("persistent")),
    Claim("Rolling year: linopy takes longer by", 25, True, _rolling("linopy")),
    Claim("`energysim --help`", 0.1, False, lambda r: float(r["startup"]["seconds"]["help"]), unit=" s"),
    Claim("Largest relative difference of objectives between routes", 1e-6, False, worst_difference, unit=""),
)


def target(claim: Claim) -> str:
    """The target with its side."""
    return f"{'≥' if claim.at_least else '≤'} {claim.target:g}{claim.unit}"


def figure(value: float, claim: Claim) -> str:
    """What was measured, to three digits."""
    return f"{value:.3g}{claim.unit}"

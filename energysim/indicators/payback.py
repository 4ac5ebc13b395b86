"""Does a project pay? Annuity, expected benefit, payback: pure functions on plain numbers."""

from __future__ import annotations

from collections.abc import Mapping

from energysim.errors import InputError


def capital_recovery_factor(rate: float, years: float) -> float:
    """Share of a sum that is paid each year until it is paid back with interest [1/a].

    CRF = r (1 + r)^n / ((1 + r)^n − 1), and 1 / n without interest; r [1/a], n [a]. Source: textbook annuity; ENTSOG's
    cost-benefit analyses use it. Raises InputError for a rate below 0 or years not above 0.
    """
    if not (0 <= rate < 10 and 0 < years < 1000):
        raise InputError(
            f"a rate of {rate:g} over {years:g} years makes no annuity; expected 0 or more, and more than 0"
        )
    if rate == 0:
        return 1.0 / years
    growth = float((1.0 + rate) ** years)
    return rate * growth / (growth - 1.0)


def expected_benefit(benefits: Mapping[str, float], probabilities: Mapping[str, float]) -> float:
    """Mean benefit of a year: Σ probability of the case × benefit in it, in the benefits' unit.

    Source: METHODS, value of infrastructure. Raises InputError where a probability is missing or they do not add to 1.
    """
    missing = [c for c in benefits if c not in probabilities]
    if missing:
        raise InputError(f"no probability for the case {', '.join(missing)}")
    total = sum(probabilities[c] for c in benefits)
    if abs(total - 1.0) > 1e-9 or any(probabilities[c] < 0 for c in benefits):
        raise InputError(f"probabilities of the cases add to {total:g}, must be 0 or more and add to 1")
    return sum(probabilities[c] * b for c, b in benefits.items())


def payback(cost: float | None, benefit: float) -> float | None:
    """Years in which a benefit a year pays a cost, without interest: cost ÷ benefit [a].

    None where the cost is not known or the benefit is 0 or less, since then it never pays. Source: simple payback.
    """
    return None if cost is None or benefit <= 0 else cost / benefit


def break_even_probability(cost: float | None, in_case: float, otherwise: float) -> float | None:
    """Probability a year of a case at which a benefit just pays a cost: (cost − otherwise) ÷ (in the case − otherwise) [1/a].

    cost, in_case, otherwise: a year's cost and the benefit with and without the case, in one unit. 0 where it pays anyway;
    None where it never does or the cost is not known. Source: expected value.
    """
    if cost is None:
        return None
    if otherwise >= cost:
        return 0.0
    if in_case <= cost:
        return None
    return (cost - otherwise) / (in_case - otherwise)

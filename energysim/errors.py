"""What can go wrong, as a tree.

    EnergysimError           anything this package raises on purpose
    ├── InputError           the user's data, scenario or command: exit code 2; `problems` lists all of them
    ├── InfeasibleError      no plan satisfies the rows: every obligation is priced, so this means bad data
    └── SolverError          the solver stopped short of a certified optimum

A message says where, what was found, what was expected and what to try.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


class EnergysimError(Exception):
    """Anything this package raises on purpose."""


class InputError(EnergysimError):
    """One or many problems of the input, each one line: `file:line: field: what, expected, try`."""

    def __init__(self, *problems: str) -> None:
        self.problems: tuple[str, ...] = problems
        super().__init__("\n".join(problems))

    def __reduce__(self) -> tuple[type[InputError], tuple[str, ...]]:
        """From another process it comes with the same problems."""
        return type(self), self.problems


class InfeasibleError(EnergysimError):
    """The linear programme has no solution; since every obligation is priced, the data are wrong."""


class SolverError(EnergysimError):
    """The solver did not reach an optimum that passes the certificate."""


def not_installed(library: str, extra: str) -> InputError:
    """The error to raise where an optional library is missing: how to install it."""
    return InputError(f"{library} is not installed; `pip install 'energysim[{extra}]'` brings it")


def suggest(word: str, known: Iterable[str]) -> str:
    """`; did you mean X?` for the nearest known names, else the known names if they are few."""
    names: Sequence[str] = sorted(set(known))
    near = get_close_matches(word, names, n=2, cutoff=0.6)
    if near:
        return "; did you mean " + " or ".join(f"`{n}`" for n in near) + "?"
    return f"; known: {', '.join(names)}" if 0 < len(names) <= 12 else ""

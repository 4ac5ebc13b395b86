"""What every row of a data table carries, and the rows of a table with their lines, for checks between tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from energysim.units import Finite

Confidence = Literal["A", "B", "C"]


class Row(BaseModel):
    """What every row of a data table carries: validity, rival's name, range and provenance."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    headline: ClassVar[str | None] = None
    needed: ClassVar[tuple[str, ...]] = ()
    """Figures that a row in use must have (a rival fills only what differs)."""

    valid_from: date | None = None
    valid_to: date | None = None
    rival: str | None = None
    low: Finite | None = None
    high: Finite | None = None
    source: str
    as_of: date
    confidence: Confidence
    estimate: bool
    note: str | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Row:
        problems = [*self._wrong_dates(), *self._wrong_figures()]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _wrong_dates(self) -> Iterator[str]:
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            yield f"valid_from {self.valid_from} is after valid_to {self.valid_to}; swap them"

    def _wrong_figures(self) -> Iterator[str]:
        if self.low is not None and self.high is not None and self.low > self.high:
            yield f"low {self.low:g} is above high {self.high:g}; swap them"
            return
        value = getattr(self, self.headline) if self.headline else None
        if self.rival is None:
            for name in self.needed:
                if getattr(self, name) is None:
                    yield f"{name} is blank in a row that is used; a missing figure is never zero, fill it"
            if self.estimate and value is not None and (self.low is None or self.high is None):
                yield f"{self.headline} is an estimate, which carries its range; fill low and high"
        if value is not None and self.low is not None and value < self.low - 1e-9:
            yield f"{self.headline} {value:g} is below its low {self.low:g}; widen the range or mend the figure"
        if value is not None and self.high is not None and value > self.high + 1e-9:
            yield f"{self.headline} {value:g} is above its high {self.high:g}; widen the range or mend the figure"

    @property
    def identity(self) -> tuple[str, ...]:
        """The key columns as text."""
        return tuple("" if getattr(self, k) is None else str(getattr(self, k)) for k in self.key)

    def holds_on(self, day: date) -> bool:
        """Whether the row is valid on a date."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def meets(self, first: date, last: date) -> bool:
        """Whether the row is valid on any date from first to last."""
        return (self.valid_from is None or self.valid_from <= last) and (
            self.valid_to is None or self.valid_to >= first
        )


class SourceRow(BaseModel):
    """A publication or statement that figures are taken from."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    table: ClassVar[str] = "sources"
    source: str
    title: str
    publisher: str | None = None
    date: str | None = None
    url: str | None = None
    licence: str


@dataclass(frozen=True)
class Known:
    """What was read of a table; not `sound` if some of its rows could not be."""

    name: str
    rows: tuple[Row, ...]
    lines: tuple[int, ...]
    sound: bool

    def __iter__(self) -> Iterator[tuple[Any, int]]:
        return zip(self.rows, self.lines, strict=True)

    def used(self) -> Iterator[tuple[Any, int]]:
        """The rows in use, rivals left out."""
        return ((row, line) for row, line in self if row.rival is None)

    def where(self, line: int) -> str:
        """`data/contracts.csv:12`."""
        return f"{self.name}:{line}"


Tables = Mapping[str, Known]

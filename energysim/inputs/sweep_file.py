"""Study files of `energysim sweep`: what is varied, by which design, and what is asked of it.

    title: How much Russian gas does Serbia need?
    scenario: baseline_2026_27
    vary:
      contracts.gazprom.dcq: [0 mcm/d, 3 mcm/d, 6 mcm/d, 10 mcm/d]
      weather: [normal, design]

Here stands the form of a file; what a path and its values mean is settled in `inputs.vary`, where the gas
system is known. Like a scenario, a study remembers on which line each of its keys stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from energysim.errors import InputError, suggest
from energysim.inputs.files import YamlFile, data_root, read_yaml
from energysim.inputs.messages import explain
from energysim.inputs.scenario import Foresight, Setting, Strict
from energysim.inputs.scenario_file import YAML_ENDINGS
from energysim.units import Dimension

Design = Literal["grid", "list", "latin_hypercube", "sobol"]
Method = Literal["sobol", "morris"]
Measure = Literal[
    "unserved_gas", "unserved_protected", "worst_day", "cut_days", "costs", "penalties", "objective"
]  # fmt: skip
Written = bool | float | str

MEASURES: dict[str, Dimension] = {
    "unserved_gas": "energy",
    "unserved_protected": "energy",
    "worst_day": "rate",
    "cut_days": "days",
    "costs": "money",
    "penalties": "money",
    "objective": "money",
}
"""What can be asked of a case, and what it is a quantity of."""

MOST_CASES = 100_000
"""More cases than this are a mistake of the study file."""
MOST_STEPS = 1_000
RANGE = "write a list `[0 mcm/d, 6 mcm/d]`, `{from, to, steps}`, or a range `{low, high}` to be sampled"


class AxisSpec(Strict):
    """The values of one path: a list, evenly spaced values, or a range that a design samples."""

    values: tuple[Written, ...] | None = Field(default=None, description="each with its unit: `[0 mcm/d, 6 mcm/d]`")
    from_: Written | None = Field(default=None, alias="from", description="first of evenly spaced values")
    to: Written | None = Field(default=None, description="last of evenly spaced values")
    steps: int | None = Field(default=None, ge=2, le=MOST_STEPS, description="how many, both ends included")
    low: Written | None = Field(default=None, description="lower end of a range to be sampled")
    mid: Written | None = Field(default=None, description="most likely value: the range is then triangular")
    high: Written | None = Field(default=None, description="upper end of a range to be sampled")
    unit: str | None = Field(default=None, description="unit of values written as bare numbers: `mcm/d`")
    start: date | None = Field(default=None, description="first day on which the value holds (default: all days)")
    until: date | None = Field(default=None, description="last day on which the value holds")

    @model_validator(mode="after")
    def _one_form(self) -> AxisSpec:
        given = {k for k in ("values", "from_", "to", "steps", "low", "mid", "high") if getattr(self, k) is not None}
        forms = ({"values"}, {"from_", "to", "steps"}, {"low", "high"}, {"low", "mid", "high"})
        if given not in forms:
            found = ", ".join(sorted(k.rstrip("_") for k in given)) or "no values"
            raise ValueError(f"found {found}; {RANGE}")
        if self.values is not None and not self.values:
            raise ValueError(f"the list of values is empty; {RANGE}")
        _check_window(self.start, self.until)
        return self


class BreakEvenSpec(Strict):
    """At which value of a path a measure first exceeds a limit: found by bisection between low and high."""

    path: str = Field(description="what is moved, such as weather.temperature_change")
    low: Written = Field(description="lower end of the search, with unit")
    high: Written = Field(description="upper end of the search, with unit")
    tolerance: Written | None = Field(default=None, description="width at which the search ends; default: 1 % of it")
    measure: Measure | None = Field(default=None, description="default: the study's")
    above: Written | None = Field(default=None, description="limit of the measure, with unit; default: 0")
    start: date | None = Field(default=None, description="first day on which the value holds (default: all days)")
    until: date | None = Field(default=None, description="last day on which the value holds")

    @model_validator(mode="after")
    def _consistent(self) -> BreakEvenSpec:
        _check_window(self.start, self.until)
        return self


def _check_window(start: date | None, until: date | None) -> None:
    if start and until and until < start:
        raise ValueError(f"until {until} is before start {start}; swap the dates")


class StudyFile(Strict):
    """A study: a scenario and what is varied of it. `id` is the file's name."""

    id: str = Field(default="", description="filled from the file name")
    title: str = Field(description="one line, as a headline; a question is best")
    context: str = Field(default="", description="a paragraph: why it is asked, what is uncertain")
    scenario: str = Field(description="id, `id/variant` or path (from this file) of the scenario that is varied")
    weather: str | None = Field(default=None, description="instead of the scenario's")
    foresight: Foresight | None = Field(default=None, description="instead of the scenario's")
    set: dict[str, Written | Setting] = Field(default_factory=dict, description="as in a scenario, for every case")
    vary: dict[str, AxisSpec] = Field(
        default_factory=dict,
        description="`path: values`; paths as in `set`, and weather, weather.temperature_change, foresight, gas_year, "
        "planner.KEY, rivals.TABLE.KEY, events.NAME.KEY",
    )
    list: tuple[dict[str, Written], ...] = Field(default=(), description="cases one by one, each `path: value`")
    design: Design | None = Field(default=None, description="default: grid, every value with every other")
    samples: int | None = Field(default=None, ge=2, le=MOST_CASES, description="cases of a sampled design; see below")
    seed: int = Field(default=1, ge=0, le=2**31 - 1, description="of whatever is drawn: the same seed, the same cases")
    sensitivity: Method | None = Field(
        default=None, description="which inputs matter: sobol (indices) or morris (screening); samples as base number"
    )
    measure: Measure = Field(default="unserved_gas", description="what charts, sensitivity and break-even look at")
    break_even: BreakEvenSpec | None = None

    @field_validator("vary", mode="before")
    @classmethod
    def _bare_lists(cls, written: Any) -> Any:
        if not isinstance(written, dict):
            return written
        return {path: {"values": v} if isinstance(v, (list, tuple)) else v for path, v in written.items()}

    @model_validator(mode="after")
    def _consistent(self) -> StudyFile:
        problems = [*self._wrong_design(), *self._wrong_samples(), *self._wrong_paths()]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _wrong_design(self) -> Iterator[str]:
        if not (self.vary or self.list or self.break_even):
            yield "nothing is varied; add `vary:`, `list:` or `break_even:`"
        if self.list and self.vary:
            yield "list and vary are both given; a list of cases says everything, so keep one"
        if self.list and self.design not in (None, "list"):
            yield f"design is {self.design}, but cases are listed; leave design out"
        if self.design == "list" and not self.list:
            yield "list is missing; write the cases below it, or leave `design: list` out"
        if self.sensitivity and self.design:
            yield "design is given beside sensitivity, which brings its own; leave design out"
        if self.sensitivity and self.list:
            yield "list is given beside sensitivity, which draws its own cases; use vary"
        if self.sensitivity and self.break_even:
            yield "break_even is given beside sensitivity; make two studies of them"
        if self.sensitivity and len(self.vary) == 1:
            yield "sensitivity compares inputs; vary at least two"

    def _wrong_samples(self) -> Iterator[str]:
        if self.sampled and self.samples is None:
            yield "samples is missing; write how many cases are drawn, such as `samples: 256`"
        if not self.sampled and self.samples is not None:
            yield "samples is given, but nothing is sampled; add `design: latin_hypercube` or leave it out"
        if self.samples and "sobol" in (self.design, self.sensitivity) and self.samples & (self.samples - 1):
            lower = 1 << (self.samples.bit_length() - 1)
            yield f"samples of Sobol's sequence are a power of two, found {self.samples}; use {lower} or {2 * lower}"

        factor = {"sobol": len(self.vary) + 2, "morris": len(self.vary) + 1}.get(self.sensitivity or "", 1)
        if self.samples and self.samples * factor > MOST_CASES:
            yield (
                f"samples {self.samples} make {self.samples * factor:,} cases with {len(self.vary)} inputs, more than "
                f"{MOST_CASES:,}; take fewer"
            )

    def _wrong_paths(self) -> Iterator[str]:
        for path, spec in self.vary.items():
            if spec.low is not None and not self.sampled:
                yield (
                    f"vary: {path}: a range {{low, high}} is sampled; write {{from, to, steps}} for a grid, or add "
                    "`design: latin_hypercube` and `samples`"
                )
        for k, row in enumerate(self.list):
            missing = [p for p in self.list[0] if p not in row]
            if missing or len(row) != len(self.list[0]):
                more = [p for p in row if p not in self.list[0]]
                what = f"lacks {', '.join(missing)}" if missing else f"has {', '.join(more)} besides"
                yield f"list: case {k + 1} {what}; every case gives the same paths"

    @property
    def sampled(self) -> bool:
        """Whether cases are drawn rather than written out."""
        return self.design in ("latin_hypercube", "sobol") or self.sensitivity is not None


def study_files(folder: Path | None = None) -> dict[str, Path]:
    """Study id -> file, of the shipped folder unless another is given."""
    root = folder or data_root() / "sweeps"
    return {p.stem: p for p in sorted(root.glob("*.yaml"))}


def read_study(name: str) -> StudyFile:
    """A study by id or path of a YAML file. Raises InputError with every problem of form, each with file and line."""
    path = Path(name)
    if path.suffix in YAML_ENDINGS:
        if not path.is_file():
            beside = [p.name for p in path.parent.glob("*.y*ml")] if path.parent.is_dir() else []
            raise InputError(f"{path}: no such study file{suggest(path.name, beside)}")
    else:
        files = study_files()
        if name not in files:
            raise InputError(f"unknown study {name!r}{suggest(name, files)} (a shipped one or the path of a YAML file)")
        path = files[name]
    return _validated(read_yaml(path, "a study is a mapping of keys such as title, scenario, vary"))


PARTS: dict[str, type[BaseModel]] = {"vary": AxisSpec, "break_even": BreakEvenSpec, "set": Setting}


def _validated(file: YamlFile) -> StudyFile:
    if "id" in file.content:
        raise InputError(f"{file.where(['id'])}: id: the name of the file is the id; leave this key out")
    problems = [*_nothing_varied(file)]
    try:
        study = StudyFile.model_validate({**file.content, "id": file.id})
    except ValidationError as error:
        problems += [_placed(file, *p) for p in explain(error.errors(), StudyFile, PARTS)]
    if problems:
        raise InputError(*problems)
    scenario = Path(study.scenario)
    if scenario.suffix in YAML_ENDINGS or scenario.parent.suffix in YAML_ENDINGS:
        study = study.model_copy(update={"scenario": str(file.path.parent / scenario)})
    return study.noted({(): file.where(), **_lines(file)})


def _nothing_varied(file: YamlFile) -> Iterator[str]:
    """What is better told before pydantic is asked: a single value where a list is meant."""
    vary = file.content.get("vary")
    for path, written in vary.items() if isinstance(vary, dict) else ():
        if not isinstance(written, (dict, list)):
            yield f"{file.where(['vary', path])}: vary: {path}: found {written!r} alone; {RANGE}"
            file.content["vary"] = {k: v for k, v in file.content["vary"].items() if k != path}


def _lines(file: YamlFile) -> Mapping[tuple[str, ...], str]:
    """Line of every key, of every path varied, of each of its values, and of every case listed."""
    lines: dict[tuple[str, ...], str] = {}
    for key, value in file.content.items():
        lines[(key,)] = file.where([key])
        if isinstance(value, dict):
            for inner, below in value.items():
                lines[key, inner] = file.where([key, inner])
                values = below.get("values") if isinstance(below, dict) else below
                at: list[Any] = [key, inner, *(["values"] if isinstance(below, dict) else [])]
                for k in range(len(values)) if isinstance(values, list) else ():
                    lines[key, inner, str(k)] = file.where([*at, k])
                for word in below if isinstance(below, dict) else ():
                    lines[key, inner, word] = file.where([key, inner, word])
        elif isinstance(value, list):
            for k, row in enumerate(value):
                lines[key, str(k)] = file.where([key, k])
                for inner in row if isinstance(row, dict) else ():
                    lines[key, str(k), inner] = file.where([key, k, inner])
    return lines


def _placed(file: YamlFile, location: tuple[Any, ...], text: str) -> str:
    """`study.yaml:12: vary: contracts.gazprom.dcq: what is wrong`; a text that begins with keys stands on their line."""
    deeper: tuple[Any, ...] = location
    for word in text.split(": ")[:2] if not location else text.split(" ")[:1]:
        first = word.split(" ")[0] if not location and word not in (file.content.get("vary") or {}) else word
        holder: Any = file.content
        for part in deeper:
            holder = holder[part] if isinstance(holder, (dict, list)) and _holds(holder, part) else None
        if not isinstance(holder, dict) or first not in holder:
            break
        deeper = (*deeper, first)
    text = text.replace("`from_`", "`from`")
    names = [str(p) for p in location if p not in ("values",) and not isinstance(p, int)]
    return ": ".join([file.where(deeper), *names, text])


def _holds(holder: Any, part: Any) -> bool:
    return part in holder if isinstance(holder, dict) else isinstance(part, int) and part < len(holder)


def sweep_schema() -> str:
    """The JSON Schema of study files, for editors."""
    schema = StudyFile.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["properties"].pop("id", None)
    bare = {"type": "array", "minItems": 1, "items": {"type": ["boolean", "number", "string"]}}
    schema["properties"]["vary"]["additionalProperties"] = {"anyOf": [bare, {"$ref": "#/$defs/AxisSpec"}]}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"

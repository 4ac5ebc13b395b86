"""Scenario files: YAML -> frozen scenarios that remember on which line each of their keys stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from energysim.errors import InputError, suggest
from energysim.inputs.files import YamlFile, data_root, read_yaml
from energysim.inputs.messages import explain
from energysim.inputs.scenario import Event, Fragment, Planner, Repeat, Scenario, Setting, extended, with_variant

PARTS: dict[str, type[BaseModel]] = {
    "events": Event, "variants": Fragment, "repeat": Repeat, "planner": Planner, "set": Setting,
}  # fmt: skip
"""Key of a scenario -> class of what stands below it."""

YAML_ENDINGS = (".yaml", ".yml")
Lines = dict[tuple[str, ...], str]
H = TypeVar("H", Scenario, Fragment)


def scenario_files(folder: Path | None = None) -> dict[str, Path]:
    """Scenario id -> file, of the shipped folder unless another is given."""
    root = folder or data_root() / "scenarios"
    return {p.stem: p for p in sorted(root.glob("*.yaml"))}


def read_scenario(name: str, folder: Path | None = None) -> Scenario:
    """A scenario by id, `id/variant`, path of a YAML file or `path.yaml/variant`, with what it extends merged in.

    Raises InputError with every problem, each with file and line.
    """
    files = scenario_files(folder)
    stem, _, variant = name.partition("/")
    path, inside = Path(name), ""
    if path.parent.suffix in YAML_ENDINGS and not path.parent.is_dir():
        path, inside = path.parent, path.name
    if path.suffix in YAML_ENDINGS:
        stem, variant = path.stem, inside
        beside = {p.name: p for p in path.parent.glob("*.y*ml")}
        if not path.is_file():
            raise InputError(f"{path}: no such scenario file{suggest(path.name, beside)}")
        files = {**{p.stem: p for p in beside.values()}, **files, stem: path}
    if stem not in files:
        raise InputError(f"unknown scenario {name!r}{suggest(stem, files)} (`energysim scenarios` lists them)")
    scenario = _resolved(stem, files, ())
    if not scenario.gas_year:
        where = scenario.where()
        raise InputError(f"{where}: gas_year is missing; write for example `gas_year: 2025/26` or extend a baseline")
    if not variant:
        return scenario
    if variant not in scenario.variants:
        raise InputError(f"scenario {stem} has no variant {variant!r}{suggest(variant, scenario.variants)}")
    return with_variant(scenario, variant)


def _resolved(stem: str, files: Mapping[str, Path], children: Sequence[YamlFile]) -> Scenario:
    """A scenario on top of those it extends, the problems of all of them at once."""
    file = read_yaml(files[stem])
    parent = file.content.get("extends")
    if not isinstance(parent, str):
        parent = None  # complained of with the rest of the file
    problems: list[str] = []
    base = own = None
    if parent is not None and parent not in files:
        problems.append(f"{file.where(['extends'])}: extends: unknown scenario {parent!r}{suggest(parent, files)}")
    elif parent is not None and parent in [f.id for f in (*children, file)]:
        circle = " > ".join([f.id for f in (*children, file)] + [parent])
        problems.append(
            f"{file.where(['extends'])}: extends: {circle} is a circle; a scenario starts from an earlier one"
        )
    elif parent is not None:
        try:
            base = _resolved(parent, files, (*children, file))
        except InputError as error:
            problems += error.problems
    try:
        own = _validated(file)
    except InputError as error:
        problems += error.problems
    if own is not None and (base is not None or parent is None):
        own = own if base is None else extended(base, own)
        problems += _check_without(own, file)
    if problems or own is None:
        raise InputError(*problems)
    return own


def _validated(file: YamlFile) -> Scenario:
    """What one file says on its own."""
    if "id" in file.content:
        raise InputError(f"{file.where(['id'])}: id: the name of the file is the id; leave this key out")
    try:
        scenario = Scenario.model_validate({**file.content, "id": file.id})
    except ValidationError as error:
        raise InputError(*(_placed(file, *p) for p in explain(error.errors(), Scenario, PARTS))) from None
    variants = {
        name: _with_event_lines(fragment, file, ("variants", name)).noted(_lines(file, ("variants", name)))
        for name, fragment in scenario.variants.items()
    }
    scenario = _with_event_lines(scenario, file, ())
    return scenario.model_copy(update={"variants": variants}).noted({(): file.where(), **_lines(file, ())})


def _with_event_lines(holder: H, file: YamlFile, location: tuple[Any, ...]) -> H:
    events = []
    for k, event in enumerate(holder.events):
        at: tuple[Any, ...] = (*location, "events", k)
        lines: Lines = {(key,): file.where((*at, key)) for key in event.model_fields_set}
        events.append(event.noted({(): file.where(at), **lines}))
    return holder.model_copy(update={"events": tuple(events)}) if events else holder


def _lines(file: YamlFile, location: tuple[str, ...]) -> Lines:
    """Line of every key below a location, and of the keys and items of `set`, `rivals`, `sources`."""
    content: Any = file.content
    for part in location:
        content = content[part]
    lines: Lines = {}
    for key, value in content.items():
        lines[(key,)] = file.where((*location, key))
        if key in ("set", "rivals"):
            lines |= {(key, name): file.where((*location, key, name)) for name in value}
        elif key == "sources":
            lines |= {(key, name): file.where((*location, key, k)) for k, name in enumerate(value)}
    return lines


def _placed(file: YamlFile, location: tuple[Any, ...], text: str) -> str:
    """`file.yaml:12: event 'X': until: what is wrong`; a text that begins with a key stands on that key's line."""
    first = text.partition(" ")[0]
    deeper = (*location, first) if first in Event.model_fields else location
    names: list[str] = []
    content: Any = file.content
    for part in location:
        content = _step(content, part)
        if isinstance(part, int) and isinstance(content, dict) and "name" in content:
            names[-1:] = [f"event {content['name']!r}"]
        else:
            names.append(str(part))
    return ": ".join([file.where(deeper), *names, text])


def _step(content: Any, part: Any) -> Any:
    try:
        return content[part]
    except (KeyError, IndexError, TypeError):
        return None


def _check_without(scenario: Scenario, file: YamlFile) -> Iterable[str]:
    happening = {e.name for e in scenario.events}
    for variant, fragment in scenario.variants.items():
        for k, name in enumerate(fragment.without):
            if name not in happening:
                where = file.where(["variants", variant, "without", k])
                yield f"{where}: variants: {variant}: without: no event named {name!r}{suggest(name, happening)}"


def scenario_schema() -> str:
    """The JSON Schema of scenario files, for editors."""
    schema = Scenario.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["properties"].pop("id", None)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"

"""The page: sections laid out by the template, with style, script and library inside; one file, no network."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from energysim.outputs.report.material import Material
from energysim.outputs.report.sections import sections
from energysim.outputs.scenario_words import said_title
from energysim.words import say, spoken

TAGS = {"en": "en", "sr": "sr-Latn", "sr-Cyrl": "sr-Cyrl"}
"""Language spoken -> the tag by which browsers know it."""
LIBRARY = "echarts.common.min.js"
"""Apache ECharts 5.6.0, Apache License 2.0; licence and notice lie beside it."""


def report_html(material: Material, scripts: bool = True) -> str:
    """The whole report as one HTML file, in the language spoken; without scripts, charts are pictures only."""
    environment = Environment(
        loader=PackageLoader("energysim.outputs.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["data"] = _data
    first = material.runs[0].manifest
    title = " · ".join(dict.fromkeys(said_title(r.title) for r in material.runs))
    several = len(material.runs) > 1
    heading = say("Comparison of {count} scenarios", count=len(material.runs)) if several else title
    years = ", ".join(dict.fromkeys(str(r.manifest["gas_year"]) for r in material.runs))
    subtitle = (
        say("Gas year {years}. {titles}", years=years, titles=title)
        if several
        else say("Gas year {years}", years=years)
    )
    words = {
        "tag": TAGS[spoken()],
        "version": first["versions"]["energysim"],
        "kicker": say("Security of gas supply: Serbia"),
        "contents": say("Contents"),
        "picture": say("as a picture"),
        "explore": say("explore"),
        "foot": say("Made by energysim {version} from the data with digest {digest}. Results of a model with assumptions; no forecast.",
                    version=first["versions"]["energysim"], digest=str(first.get("data_digest", ""))[:10]),
    }  # fmt: skip
    return environment.get_template("report.html.j2").render(
        title=heading,
        subtitle=subtitle,
        sections=sections(material),
        words=words,
        texts={k: words[k] for k in ("tag", "picture", "explore")},
        css=_shipped("templates/report.css"),
        script=_shipped("templates/report.js") if scripts else "",
        library=_shipped(f"vendor/{LIBRARY}") if scripts else "",
    )


def _data(value: Any) -> Any:
    """JSON that may stand inside a script element. Returned as Markup, so that it is not escaped again."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _shipped(name: str) -> str:
    return files("energysim.outputs.report").joinpath(name).read_text(encoding="utf-8")

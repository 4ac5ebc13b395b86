"""Write the headline numbers of every shipped scenario into `CHANGELOG.md`: `python docs/headline_numbers.py`, some minutes.

The table stands between two marks under *Numbers that move* of the newest version; the second mark is kept.
"""

from __future__ import annotations

from pathlib import Path

import energysim
from energysim.units import to_mcm

CHANGELOG = Path(__file__).resolve().parents[1] / "CHANGELOG.md"
BEGIN, END = "<!-- numbers, written by docs/headline_numbers.py -->", "<!-- end of numbers -->"
HEADER = [
    "| scenario | unserved, surprise [mcm] | unserved, foreseen [mcm] | protected, surprise [mcm] | costs, surprise [MEUR] |",
    "|---|---:|---:|---:|---:|",
]


def main() -> None:
    """Run all scenarios without their variants and write the table."""
    data = energysim.load_data()
    lines = list(HEADER)
    for name in energysim.scenarios():
        outcomes = energysim.run(name, dataset=data).manifest["outcomes"]
        now, foreseen = outcomes["surprise"], outcomes["foreseen"]
        mcm = [now["unserved_gas"], foreseen["unserved_gas"], now["unserved_protected"]]
        lines.append(
            f"| `{name}` | {' | '.join(f'{to_mcm(v) + 0.0:,.1f}' for v in mcm)} | {now['costs'] / 1000:,.0f} |"
        )
        print(lines[-1], flush=True)
    text = CHANGELOG.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    note = f"Data {data.digest[:10]}, energysim {energysim.__version__}."
    CHANGELOG.write_text("\n".join([before + BEGIN, "", *lines, "", note, "", END]) + after, encoding="utf-8")


if __name__ == "__main__":
    main()

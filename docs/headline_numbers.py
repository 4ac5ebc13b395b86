"""Run every shipped scenario and write its numbers down: `python docs/headline_numbers.py --why "reason"`.

Writes the table under *Numbers that move* in `CHANGELOG.md` (between two marks) and `tests/golden.csv`, against
which the test suite holds every later run. A row whose numbers changed gets the reason; others keep theirs.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import energysim
from energysim.units import to_mcm

ROOT = Path(__file__).resolve().parents[1]
CHANGELOG, GOLDEN = ROOT / "CHANGELOG.md", ROOT / "tests" / "golden.csv"
BEGIN, END = "<!-- numbers, written by docs/headline_numbers.py -->", "<!-- end of numbers -->"
HEADER = [
    "| scenario | unserved, surprise [mcm] | unserved, foreseen [mcm] | protected, surprise [mcm] | costs, surprise [MEUR] |",
    "|---|---:|---:|---:|---:|",
]
FIGURES = ("objective", "costs", "unserved_gas", "unserved_protected")
"""Golden figures of either foresight: kEUR, kEUR, GWh, GWh."""
COLUMNS = ["scenario", *(f"{f}_{k}" for k in ("surprise", "foreseen") for f in FIGURES), "why_changed"]
UNCHANGED = 1e-6


def main() -> None:
    """Run all scenarios without their variants and write table and golden file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--why", required=True, help="why numbers changed")
    why = parser.parse_args().why
    old = {row["scenario"]: row for row in csv.DictReader(GOLDEN.open())} if GOLDEN.exists() else {}
    data = energysim.load_data()
    lines, golden = list(HEADER), []
    for name in energysim.scenarios():
        outcomes = energysim.run(name, dataset=data).manifest["outcomes"]
        now, foreseen = outcomes["surprise"], outcomes["foreseen"]
        mcm = [now["unserved_gas"], foreseen["unserved_gas"], now["unserved_protected"]]
        shown = " | ".join(f"{to_mcm(v) + 0.0:,.1f}" for v in mcm)
        lines.append(f"| `{name}` | {shown} | {now['costs'] / 1000:,.0f} |")
        print(lines[-1], flush=True)
        row = {"scenario": name} | {
            f"{f}_{k}": f"{outcomes[k][f] + 0.0:.6f}" for k in ("surprise", "foreseen") for f in FIGURES
        }
        golden.append(row | {"why_changed": _reason(row, old.get(name), why)})
    _write_changelog(lines, f"Data {data.digest[:10]}, energysim {energysim.__version__}.")
    with GOLDEN.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(golden)


def _reason(row: dict[str, str], before: dict[str, str] | None, why: str) -> str:
    if before is None:
        return why
    same = all(abs(float(row[c]) - float(before[c])) <= UNCHANGED * (1 + abs(float(before[c]))) for c in COLUMNS[1:-1])
    return before["why_changed"] if same else why


def _write_changelog(lines: list[str], note: str) -> None:
    text = CHANGELOG.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    CHANGELOG.write_text("\n".join([before + BEGIN, "", *lines, "", note, "", END]) + after, encoding="utf-8")


if __name__ == "__main__":
    main()

"""How long `energysim --help` takes, beside importing everything first."""

from __future__ import annotations

import sys
from statistics import median

from benchmarks.harness import Found, timed

HELP = "import sys; from energysim.cli import main; sys.argv = ['energysim', '--help']; main()"
EAGER = "import pyomo.environ, pandas, matplotlib.pyplot, highspy, click"


def measure(repeats: int = 9) -> Found:
    """Median wall seconds of whole processes."""
    seconds = {
        name: median(timed([sys.executable, "-c", code])[0] for _ in range(repeats))
        for name, code in (("nothing", "pass"), ("help", HELP), ("eager", EAGER))
    }
    return {"seconds": seconds, "ratio": seconds["help"] / seconds["eager"]}

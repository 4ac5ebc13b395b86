"""The same for a peer: `python -m benchmarks.peer_cold numpy`; the whole way as the peer's manual shows it."""

import sys

from benchmarks.reference_year import reference_year
from benchmarks.routes import ROUTES

if __name__ == "__main__":
    print(repr(ROUTES[sys.argv[1]].load().run(reference_year())))

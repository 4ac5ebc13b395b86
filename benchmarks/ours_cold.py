"""One reference year in one cold process, nothing imported that is not needed: `python -m benchmarks.ours_cold`."""

from benchmarks.peers.ours import run
from benchmarks.reference_year import reference_year

if __name__ == "__main__":
    print(repr(run(reference_year())))

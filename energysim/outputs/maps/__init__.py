"""Maps of runs: Serbia and its neighbours, flows against capacities, lines that bind, zones by what is cut, stores."""

from energysim.outputs.maps.multiples import maps
from energysim.outputs.maps.sheet import map_of

__all__ = ["map_of", "maps"]

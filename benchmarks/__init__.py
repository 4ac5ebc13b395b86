"""How fast energysim is, beside its peers, on the same linear programme: see `docs/performance.md`."""

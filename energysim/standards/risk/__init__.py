"""ENTSOG's indicators: curtailment with and without cooperation, flexibility, dependence, diversity."""

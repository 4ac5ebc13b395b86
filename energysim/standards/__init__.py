"""The numbers an analyst is asked for: standards, ENTSOG's indicators, endurance, value, and how sure they are.

Each module makes one chapter of a `dossier` out of a `subject`: pure formulas on plain numbers first, then the
small study that fills them.
"""

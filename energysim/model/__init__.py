"""The mathematics: the only room that knows Pyomo and HiGHS. Begin with `build.py`."""

"""The mathematics: the only room that knows Pyomo and HiGHS. Begin with `build.py`."""

from pyomo.common import dependencies

# Once Pyomo is loaded, its import hook answers `import scipy.sparse` by loading scipy.stats and more: half a second that
# no plan needs. Pyomo's own compiler still finds scipy by itself when it is asked (`tests/test_public_names.py`).
_hook = getattr(dependencies, "DeferredImportCallbackFinder", None)
getattr(_hook, "_callbacks", {}).pop("scipy", None)

"""As if there were none, whatever this machine has."""

raise ModuleNotFoundError("No module named 'numba'", name="numba")

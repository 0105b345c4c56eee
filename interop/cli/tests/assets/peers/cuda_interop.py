"""As if there were none, whatever this machine has."""

raise ModuleNotFoundError("No module named 'cuda_interop'", name="cuda_interop")

"""A package that is there, but not all of it."""

raise ImportError("libcupy.so: cannot open shared object file\nand more")

"""As much of NumPy as the script of `bench --peers` uses, without any memory: every array is the same size to it."""

from types import SimpleNamespace


class Array:
    ctypes = SimpleNamespace(data=4096)

    def __getitem__(self, key):
        return self

    def __setitem__(self, key, value):
        pass

    def reshape(self, *shape):
        return self

    def view(self, dtype):
        return self

    @property
    def T(self):
        return self


def dtype(name):
    return SimpleNamespace(itemsize={"uint8": 1, "float32": 4}[name])


def full(*_):
    return Array()


empty = frombuffer = full


def ascontiguousarray(array):
    return array

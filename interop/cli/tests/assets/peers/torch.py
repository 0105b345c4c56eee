"""A package that can do everything."""

from types import SimpleNamespace

print("a package may print what it likes")
__version__ = "1.2.3"
uint8, float32 = "uint8", "float32"


class Tensor:
    def copy_(self, other):
        return self

    def cpu(self):
        return self


def ones(*_, **__):
    return Tensor()


empty = from_numpy = ones
cuda = SimpleNamespace(
    is_available=lambda: True,
    set_device=lambda device: None,
    current_stream=lambda: SimpleNamespace(synchronize=lambda: None),
)

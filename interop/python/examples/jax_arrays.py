"""JAX: arrays over our memory, our buffers over its arrays."""

import gc
import importlib.metadata
import os
import sys

os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

from cuda_interop import CudaBuffer, memcpy_h2d  # noqa: E402

values = np.random.default_rng(7).random((32, 64)).astype(np.float32)


def ours_to_them():
    """JAX keeps the memory; ours may go first. It takes arrays in C order."""
    buf = CudaBuffer(values.shape, values.dtype)
    memcpy_h2d(values, buf)
    array = jax.dlpack.from_dlpack(buf, copy=False)
    assert array.unsafe_buffer_pointer() == buf.ptr
    del buf
    gc.collect()
    total = jax.jit(lambda x: (x @ x.T).sum())(array)
    np.testing.assert_allclose(float(total), (values @ values.T).sum(), rtol=1e-3)

    buf = CudaBuffer(values.shape, values.dtype)
    memcpy_h2d(values, buf)
    np.testing.assert_array_equal(np.asarray(jnp.asarray(buf)), values)


def them_to_ours():
    """An array of JAX never changes, and lives as long as the buffer taken from it."""
    array = jnp.asarray(values) * 2
    taken = CudaBuffer.from_cuda(array)
    assert taken.ptr == array.unsafe_buffer_pointer()
    del array
    gc.collect()
    jnp.zeros((32, 64)).block_until_ready()  # would be given the memory if it were free
    np.testing.assert_allclose(taken.numpy(), 2 * values)

    brain = jnp.asarray([1.0, -2.5, 300.0], jnp.bfloat16)
    assert CudaBuffer.from_cuda(brain).numpy().astype(np.float32).tolist() == [1.0, -2.5, 300.0]


if __name__ == "__main__":
    if jax.default_backend() != "gpu":
        names = [package.metadata["Name"].lower() for package in importlib.metadata.distributions()]
        plugins = [name for name in names if name.startswith("jax-cuda") and name.endswith("-plugin")]
        assert not plugins, f"JAX has {plugins} and does not use the GPU"
        print("skipped: this JAX was installed without its GPU plugin")
        sys.exit(77)
    ours_to_them()
    them_to_ours()
    print("JAX", jax.__version__, "shares its memory with us, both ways")

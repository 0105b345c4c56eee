"""A package that cannot copy rows."""

from types import SimpleNamespace

cudaError_t = SimpleNamespace(cudaSuccess=0, cudaErrorInvalidPitchValue=12)
cudaMemcpyKind = SimpleNamespace(cudaMemcpyHostToDevice=1, cudaMemcpyDeviceToHost=2)
cudaMemPoolAttr = SimpleNamespace(cudaMemPoolAttrReleaseThreshold=4)


def done(*_):
    return (cudaError_t.cudaSuccess,)


def made(*_):
    return cudaError_t.cudaSuccess, 4096


def cudaMemcpy2D(*_):
    return (cudaError_t.cudaErrorInvalidPitchValue,)


cudaSetDevice = cudaStreamSynchronize = cudaFree = cudaFreeAsync = cudaMemcpy = cudaMemPoolSetAttribute = done
cudaMalloc = cudaMallocAsync = cudaGetDevice = cudaDeviceGetDefaultMemPool = cudaStreamCreate = made

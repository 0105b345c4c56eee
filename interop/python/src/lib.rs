//! The Python package `cuda_interop`: GPU memory that every framework can see, without a copy.
//!
//! This crate only speaks Python; what an array is, who owns it and how it is copied are `interop`'s. Loading the module
//! touches no CUDA: the first call that needs it does.
//!
//! | file | what it is about |
//! |---|---|
//! | `buffer`, `array` | the class `CudaBuffer`; what it is over, and how that ends |
//! | `allocate`, `spares`, `place` | new memory, what is kept for it, memory at an address; on which device and stream |
//! | `import`, `producer` | any device array of Python, by one of: `interface` (with `keys`), `exchange` (with `lazy`), `dlpack` |
//! | `export`, `table` | `__dlpack__`; our own C exchange table |
//! | `copy`, `transfer`, `host`, `ndarray` | copies; host arrays; new ones |
//! | `object` | Python objects made in place |
//! | `index`, `number`, `dtype` | indices, integers and element types as Python writes them |
//! | `device`, `stream`, `event`, `pinned`, `staging` | the classes and functions of these names |
//! | `runtime`, `doctor` | which CUDA is used, and why |
//! | `errors`, `keep`, `detach` | exceptions; Python objects that Rust keeps alive; work that lets other threads run |

mod allocate;
mod array;
mod buffer;
mod copy;
mod detach;
mod device;
mod dlpack;
mod doctor;
mod dtype;
mod errors;
mod event;
mod exchange;
mod export;
mod host;
mod import;
mod index;
mod interface;
mod keep;
mod keys;
mod lazy;
mod ndarray;
mod number;
mod object;
mod pinned;
mod place;
mod producer;
mod runtime;
mod spares;
mod staging;
mod stream;
mod table;
mod transfer;

/// What the Python package is made of.
#[pyo3::pymodule(gil_used = false)]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::buffer::CudaBuffer;
    #[pymodule_export]
    use crate::copy::{memcpy_d2h, memcpy_d2h_batch, memcpy_h2d, memcpy_h2d_batch};
    #[pymodule_export]
    use crate::device::{Device, devices, synchronize};
    #[pymodule_export]
    use crate::doctor::doctor;
    #[pymodule_export]
    use crate::event::Event;
    #[pymodule_export]
    use crate::pinned::{Pinned, pinned_empty, pinned_stats, pinned_trim};
    #[pymodule_export]
    use crate::staging::{staging_configure, staging_trim};
    #[pymodule_export]
    use crate::stream::Stream;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        crate::object::check::<CudaBuffer>(module.py())?;
        crate::errors::register(module)?;
        crate::keep::watch_interpreter(module.py())?;
        crate::table::install(module.py())
    }
}

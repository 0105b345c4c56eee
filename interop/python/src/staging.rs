//! What copies of pageable memory may use: `CUDA_INTEROP_STAGING` by call.

use cuda_safe::memory::staging::{self, Settings};
use pyo3::prelude::*;

use crate::detach::detach;
use crate::errors::OrRaise;

/// Changes how copies of ordinary host memory are made from now on, on every device: "off", or settings such as
/// "threads=4,chunk=512K,limit=16M", as in CUDA_INTEROP_STAGING; None for what that says. Copies that are under way end as
/// they began.
#[pyfunction]
#[pyo3(signature = (settings = None))]
pub(crate) fn staging_configure(py: Python<'_>, settings: Option<&str>) -> PyResult<()> {
    let settings: Settings = settings.map_or_else(Settings::from_environment, str::parse).or_raise(py)?;
    // Ends the threads of before.
    detach(py, || staging::configure(settings)).or_raise(py)
}

/// Frees the page-locked memory that copies of ordinary host memory keep for the next one, on every device, and returns how
/// many bytes.
#[pyfunction]
pub(crate) fn staging_trim(py: Python<'_>) -> usize {
    detach(py, staging::release)
}

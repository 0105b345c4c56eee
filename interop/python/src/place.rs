//! The device and the stream of a buffer that is made, from two arguments of which either may be left out.

use pyo3::prelude::*;

use crate::device;
use crate::stream::{self, Stream};

/// The arguments `device` and `stream`.
pub(crate) struct Place<'a, 'py> {
    pub(crate) device: Option<&'a Bound<'py, PyAny>>,
    pub(crate) stream: Option<&'a Bound<'py, PyAny>>,
}

impl Place<'_, '_> {
    /// Where new memory goes: to the device that is named, else to that of the stream, else to the current one.
    ///
    /// # Errors
    /// A device or a stream that is none.
    pub(crate) fn of_new_memory(
        &self,
        py: Python<'_>,
    ) -> PyResult<(cuda_safe::Device, Option<cuda_safe::Stream>)> {
        let device = match (self.device, self.of_stream()) {
            (None, Some(device)) => device,
            _ => device::resolve(py, self.device)?,
        };
        Ok((device, stream::resolve_option(self.stream, device)?))
    }

    /// Where memory is said to be; None where CUDA has to be asked.
    ///
    /// # Errors
    /// As [`of_new_memory`](Self::of_new_memory).
    pub(crate) fn of_memory_that_exists(
        &self,
        py: Python<'_>,
    ) -> PyResult<(Option<cuda_safe::Device>, Option<cuda_safe::Stream>)> {
        let device =
            self.device.map(|device| device::resolve(py, Some(device))).transpose()?.or(self.of_stream());
        let Some(stream) = self.stream else { return Ok((device, None)) };
        let of_handle = device.map_or_else(|| device::resolve(py, None), Ok)?;
        Ok((device, stream::resolve_option(Some(stream), of_handle)?))
    }

    fn of_stream(&self) -> Option<cuda_safe::Device> {
        self.stream?.cast::<Stream>().ok().map(|stream| stream.get().0.device())
    }
}

//! Places that memory can be in. Each major has its own `struct cudaMemLocation`; this is what both mean.

use std::ffi::c_int;

use cuda_sys::cudart::{cudaMemLocationType, v12, v13};

/// A place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The memory of a device, by its ordinal, which was not checked.
    Device(c_int),
    /// The host's memory, or one of its NUMA nodes.
    Host,
    /// Something else.
    Other,
}

impl Place {
    fn new(kind: cudaMemLocationType, id: c_int) -> Self {
        match kind {
            cudaMemLocationType::cudaMemLocationTypeDevice => Self::Device(id),
            cudaMemLocationType::cudaMemLocationTypeHost
            | cudaMemLocationType::cudaMemLocationTypeHostNuma
            | cudaMemLocationType::cudaMemLocationTypeHostNumaCurrent => Self::Host,
            _ => Self::Other,
        }
    }

    /// What the calls of old mean, which give a device or -1 for the host.
    pub(super) fn of_device(device: c_int) -> Self {
        if device == -1 { Self::Host } else { Self::Device(device) }
    }
}

impl From<v12::cudaMemLocation> for Place {
    fn from(location: v12::cudaMemLocation) -> Self {
        Self::new(location.type_, location.id)
    }
}

impl From<v13::cudaMemLocation> for Place {
    fn from(location: v13::cudaMemLocation) -> Self {
        // SAFETY: all variants of the union are integers, of which this is the largest.
        Self::new(location.type_, unsafe { location.__bindgen_anon_1.id })
    }
}

//! Host memory that devices can reach: pinned, registered in place, managed.

use crate::address_space::HostPages;
use crate::allocation::{Advice, Allocation, Kind};
use crate::fault;
use crate::memory::{Memory, site};
use crate::outcome::{Code, Outcome};

impl Memory {
    /// `size` bytes, more than zero, of pinned or managed memory.
    pub(crate) fn allocate_host(
        &mut self,
        kind: Kind,
        device: usize,
        size: usize,
        flags: u32,
    ) -> Outcome<usize> {
        fault::check_allocation(size)?;
        let pages = HostPages::new(size).map_err(|_| Code::cudaErrorMemoryAllocation)?;
        let start = pages.address();
        self.list(start, size, kind, device, flags, Some(pages));
        Ok(start)
    }

    /// Registers `size` bytes, more than zero, that the caller owns.
    pub(crate) fn register(&mut self, start: usize, size: usize, device: usize, flags: u32) -> Outcome {
        let end = start.checked_add(size).ok_or(Code::cudaErrorInvalidValue)?;
        if self.devices.iter().any(|device| device.reservation.meets(start, size)) {
            return Err(Code::cudaErrorInvalidValue);
        }
        if self.around(start).is_some() || self.table.range(start..end).next().is_some() {
            return Err(Code::cudaErrorHostMemoryAlreadyRegistered);
        }
        self.list(start, size, Kind::Registered, device, flags, None);
        Ok(())
    }

    /// Ends a registration. Work that still uses it will fail: CUDA does not say that it waits.
    pub(crate) fn unregister(&mut self, start: usize) -> Outcome {
        match self.table.get(&start).map(|found| found.kind) {
            Some(Kind::Registered) => self.remove(start),
            Some(_) => return Err(Code::cudaErrorInvalidValue),
            None => return Err(Code::cudaErrorHostMemoryNotRegistered),
        }
        Ok(())
    }

    fn list(
        &mut self,
        start: usize,
        size: usize,
        kind: Kind,
        device: usize,
        flags: u32,
        pages: Option<HostPages>,
    ) {
        let id = self.next_id();
        self.insert(Allocation {
            start,
            size,
            block: 0,
            kind,
            device,
            flags,
            id,
            live: Some(id),
            freed_by: None,
            advice: Advice::default(),
            site: site(),
            pages,
        });
    }
}

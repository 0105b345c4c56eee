//! All memory that CUDA tracks: the table of allocations, by address, and the devices' address ranges.
//!
//! The table is behind one read-write lock. Whoever moves bytes holds it for reading, whoever allocates or frees for
//! writing, so a block cannot disappear under a running copy. `device_memory.rs` and `host_memory.rs` fill and empty it.

use std::collections::BTreeMap;
use std::ptr;

use crate::address_space::Reservation;
use crate::allocation::{Allocation, Kind};
use crate::arena::Arena;
use crate::config::{self, Config};
use crate::handle::Handles;
use crate::leak::{Leak, Site};
use crate::outcome::{Code, Outcome};
use crate::pool::Pool;

/// A device has this many times more addresses than memory, so that fragments do not exhaust it.
const ADDRESSES_PER_BYTE: usize = 4;
/// The number of the handle table that holds pools.
const POOL_HANDLES: u8 = 2;

/// The memory of one device.
pub(crate) struct DeviceMemory {
    pub(crate) reservation: Reservation,
    pub(crate) arena: Arena,
    pub(crate) total: u64,
    pub(crate) used: u64,
    /// The handle of the pool that `cudaMallocAsync` takes from, and of the one it began with.
    pub(crate) pool: usize,
    pub(crate) default_pool: usize,
}

/// The table.
pub(crate) struct Memory {
    pub(crate) devices: Vec<DeviceMemory>,
    pub(crate) table: BTreeMap<usize, Allocation>,
    pub(crate) pools: BTreeMap<u64, Pool>,
    pub(crate) pool_handles: Handles<u64>,
    next_id: u64,
}

/// Who can reach a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Space {
    /// Host memory that CUDA does not know: only the host's own thread may touch it.
    Pageable,
    /// Host memory that devices can reach at any time.
    Pinned,
    /// Memory that both sides reach.
    Managed,
    /// Memory that only devices reach.
    Device,
}

/// Where a range of addresses was found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Located {
    pub(crate) space: Space,
    /// Of tracked memory, the device that was current when it was allocated.
    pub(crate) device: usize,
    /// Of tracked memory, its block and the allocation that it had then.
    block: Option<(usize, u64)>,
    /// From an address to its bytes.
    distance: usize,
}

impl Memory {
    /// Reserves the address ranges of all devices.
    pub(crate) fn new(config: &Config) -> std::io::Result<Self> {
        let mut memory = Self {
            devices: Vec::new(),
            table: BTreeMap::new(),
            pools: BTreeMap::new(),
            pool_handles: Handles::new(POOL_HANDLES, config.reuse),
            next_id: 0,
        };
        for device in 0..config.devices {
            let addresses = config.memory_per_device.saturating_mul(ADDRESSES_PER_BYTE);
            let reservation = Reservation::new(addresses)?;
            let pool = memory.add_pool(Pool::new(device, true, 0));
            memory.devices.push(DeviceMemory {
                reservation,
                arena: Arena::new(addresses, config.reuse),
                total: config.memory_per_device as u64,
                used: 0,
                pool,
                default_pool: pool,
            });
        }
        Ok(memory)
    }

    /// Adds a pool and gives its handle.
    pub(crate) fn add_pool(&mut self, pool: Pool) -> usize {
        let id = self.next_id();
        self.pools.insert(id, pool);
        self.pool_handles.insert(id)
    }

    /// A number that no allocation and no pool had before.
    pub(crate) fn next_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// Lists a block that is alive from now on.
    pub(crate) fn insert(&mut self, allocation: Allocation) {
        self.table.insert(allocation.start, allocation);
    }

    /// The allocation that contains an address.
    pub(crate) fn around(&self, address: usize) -> Option<&Allocation> {
        self.table
            .range(..=address)
            .next_back()
            .map(|(_, allocation)| allocation)
            .filter(|found| address < found.end())
    }

    /// The allocation that begins at an address and whose free was not issued.
    pub(crate) fn at(&self, address: usize) -> Outcome<&Allocation> {
        let found = self.table.get(&address).filter(|found| found.freed_by.is_none());
        found.ok_or(Code::cudaErrorInvalidValue)
    }

    /// Finds `length` bytes, more than zero: in one allocation that is not freed, or outside of all that CUDA knows.
    pub(crate) fn locate(&self, address: usize, length: usize) -> Outcome<Located> {
        let end = address.checked_add(length).ok_or(Code::cudaErrorInvalidValue)?;
        if let Some(found) = self.around(address) {
            if end > found.end() || found.freed_by.is_some() {
                return Err(Code::cudaErrorInvalidValue);
            }
            let distance = match found.kind {
                Kind::Device | Kind::Pooled(_) => self.devices[found.device].reservation.shadow_distance(),
                Kind::Pinned | Kind::Registered | Kind::Managed => 0,
            };
            let space = match found.kind {
                Kind::Device | Kind::Pooled(_) => Space::Device,
                Kind::Pinned | Kind::Registered => Space::Pinned,
                Kind::Managed => Space::Managed,
            };
            return Ok(Located {
                space,
                device: found.device,
                block: Some((found.start, found.id)),
                distance,
            });
        }
        let dead = self.devices.iter().any(|device| device.reservation.meets(address, length));
        let runs_into_another = self.table.range(address..end).next().is_some();
        if address == 0 || dead || runs_into_another {
            return Err(Code::cudaErrorInvalidValue);
        }
        Ok(Located { space: Space::Pageable, device: 0, block: None, distance: 0 })
    }

    /// Where the byte of `address` is now, if the allocation it was located in is the one that is alive.
    pub(crate) fn bytes(&self, located: &Located, address: usize) -> Outcome<*mut u8> {
        if let Some((start, id)) = located.block {
            let live = self.table.get(&start).and_then(|found| found.live);
            if live != Some(id) {
                return Err(Code::cudaErrorIllegalAddress);
            }
        }
        Ok(ptr::with_exposed_provenance_mut(address.wrapping_add(located.distance)))
    }

    /// Whether work of `device` may touch memory found at `located`, given the peers that `device` has access to.
    pub(crate) fn may_access(&self, device: usize, located: &Located, peers: u64) -> bool {
        let (Space::Device, Some((start, _))) = (located.space, located.block) else { return true };
        if located.device == device {
            return true;
        }
        match self.table.get(&start).map(|found| found.kind) {
            Some(Kind::Pooled(pool)) => self.pools.get(&pool).is_some_and(|pool| pool.access(device) != 0),
            _ => peers & (1 << located.device) != 0,
        }
    }

    /// Whether a copy between host and device may touch memory found at `located` while `current` is the current device. Of
    /// memory of a pool, the driver checks the access of that device, whichever the stream is of.
    pub(crate) fn host_may_reach(&self, current: usize, located: &Located) -> bool {
        let kind = located.block.and_then(|(start, _)| self.table.get(&start)).map(|found| found.kind);
        match kind {
            Some(Kind::Pooled(_)) => self.may_access(current, located, 0),
            _ => true,
        }
    }

    /// Everything that is allocated, in the order of addresses.
    pub(crate) fn leaks(&self) -> Vec<Leak> {
        let alive = self.table.values().filter(|allocation| allocation.freed_by.is_none());
        alive
            .map(|found| Leak {
                address: found.start,
                size: found.size,
                kind: found.kind.leak(),
                device: found.device,
                site: found.site.clone(),
            })
            .collect()
    }
}

/// Where the running call came from, if that is to be remembered.
pub(crate) fn site() -> Option<Site> {
    config::get().backtraces.then(Site::here)
}

//! Allocating and freeing device memory: at once, and in stream order from a pool.

use crate::allocation::{Advice, Allocation, Kind};
use crate::arena::Arena;
use crate::config::{self, Reuse};
use crate::fault;
use crate::memory::{Memory, site};
use crate::outcome::{Code, Outcome};
use crate::pool::Pool;

const NO_MEMORY: Code = Code::cudaErrorMemoryAllocation;

impl Memory {
    /// Free and total bytes of a device.
    pub(crate) fn info(&self, device: usize) -> (u64, u64) {
        let device = &self.devices[device];
        (device.total - device.used, device.total)
    }

    /// `size` bytes, more than zero, alive at once.
    pub(crate) fn allocate(&mut self, device: usize, size: usize) -> Outcome<usize> {
        fault::check_allocation(size)?;
        let block = Arena::rounded(size).ok_or(NO_MEMORY)?;
        self.charge(device, |_| Ok(block as u64))?;
        let start = match self.place(device, block) {
            Ok(start) => start,
            Err(full) => {
                self.devices[device].used -= block as u64;
                return Err(full);
            }
        };
        let id = self.next_id();
        self.insert(allocation(start, size, block, Kind::Device, device, id, Some(id)));
        Ok(start)
    }

    /// The pool of a handle, as a number.
    pub(crate) fn pool_id(&self, handle: usize) -> Outcome<u64> {
        self.pool_handles.get(handle).copied().ok_or(Code::cudaErrorInvalidValue)
    }

    /// The pool of a handle.
    pub(crate) fn pool_mut(&mut self, handle: usize) -> Outcome<&mut Pool> {
        let id = self.pool_id(handle)?;
        self.pools.get_mut(&id).ok_or(Code::cudaErrorInvalidValue)
    }

    /// `size` bytes, more than zero, of a pool, for use after `stream` has come to [`Memory::begin`] of the number given.
    pub(crate) fn allocate_ordered(&mut self, pool: u64, size: usize, stream: u64) -> Outcome<(usize, u64)> {
        fault::check_allocation(size)?;
        let block = Arena::rounded(size).ok_or(NO_MEMORY)?;
        let id = self.next_id();
        if let Some(start) = self.take_freed(pool, block, stream)
            && let Some(found) = self.table.get_mut(&start)
        {
            (found.id, found.size, found.freed_by, found.site) = (id, size, None, site());
            return Ok((start, id));
        }
        let device = self.pools.get(&pool).ok_or(Code::cudaErrorInvalidValue)?.device;
        let missing = self.charge(device, |memory| {
            let owner = memory.pools.get(&pool).ok_or(Code::cudaErrorInvalidValue)?;
            owner.missing(block as u64).ok_or(NO_MEMORY)
        })?;
        let place = self.place(device, block);
        let owner = self.pools.get_mut(&pool).ok_or(Code::cudaErrorInvalidValue)?;
        match place {
            Ok(start) => {
                owner.take(block as u64, missing);
                self.insert(allocation(start, size, block, Kind::Pooled(pool), device, id, None));
                Ok((start, id))
            }
            Err(full) => {
                self.devices[device].used -= missing;
                Err(full)
            }
        }
    }

    /// A stream has come to an allocation: from now on the device may use it.
    pub(crate) fn begin(&mut self, start: usize, id: u64) {
        if let Some(found) = self.table.get_mut(&start) {
            found.live = Some(id);
            let device = &self.devices[found.device];
            if let Some(offset) = device.reservation.offset(start) {
                device.reservation.fill_new(offset, found.block);
            }
        }
    }

    /// Issues the free of pool memory: program order no longer sees it. Gives what [`Memory::end`] needs.
    pub(crate) fn free_ordered(&mut self, start: usize, stream: u64) -> Outcome<u64> {
        let &Allocation { kind: Kind::Pooled(pool), id, block, .. } = self.at(start)? else {
            return Err(Code::cudaErrorInvalidValue);
        };
        if let Some(found) = self.table.get_mut(&start) {
            found.freed_by = Some(stream);
        }
        if let Some(pool) = self.pools.get_mut(&pool) {
            pool.freed.push((stream, block, start));
        }
        Ok(id)
    }

    /// A stream has come to a free.
    pub(crate) fn end(&mut self, start: usize, id: u64) {
        let Some(found) = self.table.get_mut(&start) else { return };
        if found.id == id {
            self.remove(start);
        } else {
            // Its address was given out again in the same stream: only the bytes end here.
            found.live = None;
            let device = &self.devices[found.device];
            if let Some(offset) = device.reservation.offset(start) {
                device.reservation.fill_freed(offset, found.block);
            }
        }
    }

    /// Takes an allocation out of the table and gives its memory back.
    pub(crate) fn remove(&mut self, start: usize) {
        let Some(found) = self.table.remove(&start) else { return };
        let device = &mut self.devices[found.device];
        if let Some(offset) = device.reservation.offset(start) {
            device.reservation.fill_freed(offset, found.block);
            device.arena.give_back(offset, found.block);
        }
        match found.kind {
            Kind::Device => device.used -= found.block as u64,
            Kind::Pooled(id) => {
                let Some(pool) = self.pools.get_mut(&id) else { return };
                pool.freed.retain(|&(_, _, address)| address != start);
                pool.give_back(found.block as u64);
                if pool.destroyed {
                    device.used -= pool.trim(0);
                    if pool.used == 0 {
                        self.pools.remove(&id);
                    }
                }
            }
            Kind::Pinned | Kind::Registered | Kind::Managed => {}
        }
    }

    /// Ends a pool's handle; the pool itself ends with its last allocation.
    pub(crate) fn destroy_pool(&mut self, handle: usize) -> Outcome {
        let id = self.pool_id(handle)?;
        let Some(pool) = self.pools.get_mut(&id).filter(|pool| !pool.default) else {
            return Err(Code::cudaErrorInvalidValue);
        };
        pool.destroyed = true;
        let device = &mut self.devices[pool.device];
        device.used -= pool.trim(0);
        if pool.used == 0 {
            self.pools.remove(&id);
        }
        self.pool_handles.remove(handle);
        if device.pool == handle {
            device.pool = device.default_pool;
        }
        Ok(())
    }

    /// Whether a synchronisation has memory of pools to give back.
    pub(crate) fn has_surplus(&self, device: usize) -> bool {
        self.pools.values().any(|pool| pool.device == device && pool.surplus(pool.release_threshold) > 0)
    }

    /// Gives back what the device's pools hold above their thresholds, or above what is in use if `all`.
    pub(crate) fn trim(&mut self, device: usize, all: bool) {
        for pool in self.pools.values_mut().filter(|pool| pool.device == device) {
            self.devices[device].used -= pool.trim(if all { 0 } else { pool.release_threshold });
        }
    }

    /// Frees everything that was allocated while `device` was current, and its pools.
    pub(crate) fn reset(&mut self, device: usize) {
        let all =
            self.table.values().filter(|found| found.device == device && found.kind != Kind::Registered);
        for start in all.map(|found| found.start).collect::<Vec<_>>() {
            self.remove(start);
        }
        let handles = self.pool_handles.handles_where(|id| {
            self.pools.get(id).is_some_and(|pool| pool.device == device && !pool.default)
        });
        for handle in handles {
            // Its memory is gone, so the pool goes with its handle; a default pool was left out above.
            let _destroyed = self.destroy_pool(handle);
        }
        self.trim(device, true);
    }

    /// Takes what `needed` says of the device's memory, from its pools' surplus if necessary, and says how much that was.
    fn charge(&mut self, device: usize, needed: impl Fn(&Self) -> Outcome<u64>) -> Outcome<u64> {
        let used_with = |memory: &Self, bytes: u64| {
            let device = &memory.devices[device];
            device.used.checked_add(bytes).filter(|&used| used <= device.total)
        };
        let mut bytes = needed(self)?;
        let mut used = used_with(self, bytes);
        if used.is_none() {
            self.trim(device, true);
            // The surplus may have been that of the pool that asks, which then needs more.
            bytes = needed(self)?;
            used = used_with(self, bytes);
        }
        self.devices[device].used = used.ok_or(NO_MEMORY)?;
        Ok(bytes)
    }

    /// Finds addresses for a block and fills it.
    fn place(&mut self, device: usize, block: usize) -> Outcome<usize> {
        let device = &mut self.devices[device];
        let offset = device.arena.take(block).ok_or(NO_MEMORY)?;
        device.reservation.fill_new(offset, block);
        Ok(device.reservation.address(offset))
    }

    /// A block of the same size that the same stream frees before it comes to the allocation.
    fn take_freed(&mut self, pool: u64, block: usize, stream: u64) -> Option<usize> {
        let freed = &mut self.pools.get_mut(&pool)?.freed;
        let wanted = |&(by, size, _): &(u64, usize, usize)| by == stream && size == block;
        let index = freed.iter().rposition(wanted).filter(|_| config::get().reuse == Reuse::Immediate)?;
        Some(freed.remove(index).2)
    }
}

fn allocation(
    start: usize,
    size: usize,
    block: usize,
    kind: Kind,
    device: usize,
    id: u64,
    live: Option<u64>,
) -> Allocation {
    let (advice, site) = (Advice::default(), site());
    Allocation {
        start,
        size,
        block,
        kind,
        device,
        flags: 0,
        id,
        live,
        freed_by: None,
        advice,
        site,
        pages: None,
    }
}

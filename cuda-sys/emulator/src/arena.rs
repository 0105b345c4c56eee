//! Which parts of a device's address range are free: plain arithmetic over offsets, no memory is touched.
//!
//! Free blocks are kept merged. With [`Reuse::Immediate`] the block freed last is given to the next request of its size;
//! with [`Reuse::Delayed`] requests walk through the whole range before an address comes back.

use std::collections::{BTreeMap, VecDeque};

use crate::config::Reuse;

/// Every block begins and ends at a multiple of this, like `cudaMalloc`'s.
pub(crate) const GRANULARITY: usize = 512;
/// How many freed blocks are remembered for immediate reuse.
const REMEMBERED: usize = 64;

/// The free blocks of one address range.
pub(crate) struct Arena {
    free: BTreeMap<usize, usize>,
    recent: VecDeque<(usize, usize)>,
    cursor: usize,
    reuse: Reuse,
}

impl Arena {
    /// A range of `size` bytes, all free.
    pub(crate) fn new(size: usize, reuse: Reuse) -> Self {
        Self { free: BTreeMap::from([(0, size)]), recent: VecDeque::new(), cursor: 0, reuse }
    }

    /// `size` rounded up to whole blocks.
    pub(crate) fn rounded(size: usize) -> Option<usize> {
        size.checked_next_multiple_of(GRANULARITY)
    }

    /// The offset of a free block of `size` bytes, a multiple of [`GRANULARITY`], which is then taken.
    pub(crate) fn take(&mut self, size: usize) -> Option<usize> {
        let offset = match self.reuse {
            Reuse::Immediate => self.take_recent(size).or_else(|| self.first_fit(0, size)),
            Reuse::Delayed => self.first_fit(self.cursor, size).or_else(|| self.first_fit(0, size)),
        }?;
        self.carve(offset, size);
        self.cursor = offset + size;
        Some(offset)
    }

    /// Gives a block back.
    pub(crate) fn give_back(&mut self, offset: usize, size: usize) {
        if self.reuse == Reuse::Immediate {
            if self.recent.len() == REMEMBERED {
                self.recent.pop_front();
            }
            self.recent.push_back((offset, size));
        }
        let (mut start, mut end) = (offset, offset + size);
        if let Some((&before, &length)) = self.free.range(..offset).next_back()
            && before + length == offset
        {
            start = before;
        }
        if let Some(&length) = self.free.get(&end) {
            self.free.remove(&end);
            end += length;
        }
        self.free.insert(start, end - start);
    }

    /// The most recently freed block of exactly this size that is still free.
    fn take_recent(&mut self, size: usize) -> Option<usize> {
        let index = self.recent.iter().rposition(|&(_, length)| length == size)?;
        let (offset, _) = self.recent.remove(index)?;
        self.holds(offset, size).then_some(offset)
    }

    fn holds(&self, offset: usize, size: usize) -> bool {
        let block = self.free.range(..=offset).next_back();
        block.is_some_and(|(&start, &length)| offset + size <= start + length)
    }

    /// The first place at or above `from` where `size` bytes are free.
    fn first_fit(&self, from: usize, size: usize) -> Option<usize> {
        let around = self.free.range(..from).next_back().map(|(&start, &length)| (start, length));
        let above = self.free.range(from..).map(|(&start, &length)| (start, length));
        around.into_iter().chain(above).find_map(|(start, length)| {
            let offset = start.max(from);
            (offset.checked_add(size)? <= start + length).then_some(offset)
        })
    }

    /// Removes a block from the free block around it.
    fn carve(&mut self, offset: usize, size: usize) {
        let Some((&start, &length)) = self.free.range(..=offset).next_back() else { return };
        self.free.remove(&start);
        if start < offset {
            self.free.insert(start, offset - start);
        }
        if offset + size < start + length {
            self.free.insert(offset + size, start + length - offset - size);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: usize = GRANULARITY;

    #[test]
    fn the_block_freed_last_comes_back_first_when_asked() {
        let mut arena = Arena::new(16 * BLOCK, Reuse::Immediate);
        let blocks: Vec<_> = (0..4).map(|_| arena.take(BLOCK).unwrap()).collect();
        arena.give_back(blocks[0], BLOCK);
        arena.give_back(blocks[2], BLOCK);
        assert_eq!(arena.take(BLOCK), Some(blocks[2]));
        assert_eq!(arena.take(BLOCK), Some(blocks[0]));
    }

    #[test]
    fn delayed_reuse_walks_through_the_range_first() {
        let mut arena = Arena::new(4 * BLOCK, Reuse::Delayed);
        for expected in [0, 1, 2, 3, 0] {
            let offset = arena.take(BLOCK).unwrap();
            assert_eq!(offset, expected * BLOCK);
            arena.give_back(offset, BLOCK);
        }
    }

    #[test]
    fn freed_neighbours_merge() {
        let mut arena = Arena::new(4 * BLOCK, Reuse::Immediate);
        let blocks: Vec<_> = (0..4).map(|_| arena.take(BLOCK).unwrap()).collect();
        assert_eq!(arena.take(BLOCK), None);
        for index in [1, 3, 0, 2] {
            arena.give_back(blocks[index], BLOCK);
        }
        assert_eq!(arena.take(4 * BLOCK), Some(0));
    }

    #[test]
    fn blocks_never_overlap() {
        let mut arena = Arena::new(64 * BLOCK, Reuse::Immediate);
        let mut held: Vec<(usize, usize)> = Vec::new();
        let mut random = 1_u64;
        for _ in 0..2000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let draw = (random >> 33) as usize;
            if draw.is_multiple_of(2) && !held.is_empty() {
                let (offset, size) = held.swap_remove(draw % held.len());
                arena.give_back(offset, size);
            } else {
                let size = BLOCK * (1 + draw % 5);
                let Some(offset) = arena.take(size) else { continue };
                assert!(
                    held.iter().all(|&(start, length)| offset + size <= start || start + length <= offset)
                );
                held.push((offset, size));
            }
        }
    }
}

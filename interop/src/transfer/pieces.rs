//! A host array of any layout as the host's side of a transfer: gathered into, or scattered from, ranges of the packed
//! order.
//!
//! The packed order is that in which the device array has its elements, or, where the host array has another axis fastest,
//! that of tiles, in which both sides have runs of useful length.

use std::ops::Range;

use cuda_safe::memory::staging::{Rows, Sink, Source, Stores, Tiling, copy_rows};
use smallvec::SmallVec;

use crate::layout::{HostCopy, Layout, MAX_PITCH, PairedAxis};
use crate::transfer::rows;

/// Runs of as many bytes are copied as such, not element by element.
const LONG_RUN: usize = 512;
/// Pieces begin at a multiple of the longest rows that are not longer than this.
const LONGEST_GRAIN: usize = 128 << 10;
/// Bytes of a tile that lie together on the host: enough for the processor to fetch them ahead, and pages are few.
const TOGETHER: usize = 8192;
/// Bytes of a tile that lie together on the device, at least: the link moves such rows at full speed.
const LEAST_WIDTH: usize = 256;
/// Bytes of a tile: a copy of fewer costs the device more than its bytes.
const MOST_TILE: usize = 1 << 20;
/// Bytes of a tile where the array is small: each thread needs some.
const LEAST_TILE: usize = 64 << 10;
/// Tiles that there should be.
const TILES: usize = 32;
/// Bytes of a cache line.
const LINE: usize = 64;

/// A host array, cut by ranges of the packed order.
pub(super) struct Pieces {
    /// The first element in packed order.
    base: *mut u8,
    itemsize: usize,
    /// In the order of the device array, the last innermost.
    axes: SmallVec<[Axis; 6]>,
    /// If the packed order is that of tiles: the axis of their rows.
    tiles: Option<(usize, Tiling)>,
}

#[derive(Clone, Copy)]
struct Axis {
    len: usize,
    /// On the host, in bytes.
    stride: isize,
    /// In the order of the device array, in bytes.
    step: usize,
}

// SAFETY: whoever made it vouches for the memory on every thread.
unsafe impl Sync for Pieces {}

impl Pieces {
    /// `packed` and `host` have the same shape; `packed` has no gaps, and a host array to be written does not overlap
    /// itself.
    pub(super) fn new(packed: &Layout, host: &Layout, host_base: *mut u8) -> Self {
        let mut offset = host.offset();
        let mut axes: SmallVec<[Axis; 6]> = SmallVec::new();
        for ((&len, &order), &stride) in packed.shape().iter().zip(packed.strides()).zip(host.strides()) {
            if len == 1 {
                continue;
            }
            // A packed order that runs backwards begins at the other end.
            if order < 0 {
                offset += (len as isize - 1) * stride;
            }
            let stride = if order < 0 { -stride } else { stride };
            axes.push(Axis { len, stride, step: order.unsigned_abs() });
        }
        axes.sort_by_key(|axis| std::cmp::Reverse(axis.step));
        Self { base: host_base.wrapping_offset(offset), itemsize: host.itemsize(), axes, tiles: None }
    }

    /// The first element in packed order.
    pub(super) fn first(&self) -> *const u8 {
        self.base
    }

    /// Where all bytes are, if they lie in the packed order.
    pub(super) fn contiguous(&self) -> Option<*mut u8> {
        self.axes.iter().all(|axis| axis.stride == axis.step as isize).then_some(self.base)
    }

    /// Whether the host elements lie together in runs that are worth copying as such.
    pub(super) fn has_long_runs(&self) -> bool {
        let packed = |axis: &&Axis| axis.stride == axis.step as isize;
        let run = self.axes.iter().rev().take_while(packed).last().map_or(0, |axis| axis.len * axis.step);
        run >= LONG_RUN
    }

    /// Takes the order of tiles if the host array has another axis fastest than the device array, and pieces in the order
    /// of the device array would have few bytes together on the host.
    pub(super) fn tile(&mut self) -> Option<Tiling> {
        let (innermost, outer) = self.axes.split_last()?;
        // The axis along which host elements lie together.
        let (at, axis) = outer.iter().enumerate().min_by_key(|(_, axis)| axis.stride.unsigned_abs())?;
        let distance = axis.stride.unsigned_abs();
        if distance == 0 || distance >= innermost.stride.unsigned_abs().min(TOGETHER) || axis.step > MAX_PITCH
        {
            return None;
        }
        let bytes = self.axes.first()?.len * self.axes.first()?.step;
        let tile = (bytes / TILES).clamp(LEAST_TILE, MOST_TILE);
        let rows = axis.len.min(TOGETHER / distance).min(tile / LEAST_WIDTH);
        // Whole cache lines of whole elements.
        let unit = if LINE.is_multiple_of(self.itemsize) { LINE } else { LINE * self.itemsize };
        let width = (tile / rows).next_multiple_of(unit);
        if width >= axis.step {
            return None;
        }
        let tiling = Tiling { rows: axis.len, row_bytes: axis.step, tile_rows: rows, tile_bytes: width };
        self.tiles = Some((at, tiling));
        Some(tiling)
    }

    /// The longest rows that pieces of some 100 KiB can be made of.
    fn best_grain(&self) -> usize {
        if let Some((_, tiling)) = &self.tiles {
            return tiling.tile();
        }
        self.axes.iter().map(|axis| axis.step).find(|&step| step <= LONGEST_GRAIN).unwrap_or(self.itemsize)
    }

    /// Calls `copy` with boxes that make up a range of the array below `axis`, which begins at `host`: with the first
    /// axis of the box and its length (all further axes are whole), the host address and the distance from the range's
    /// start.
    fn boxes(
        &self,
        axis: usize,
        host: *mut u8,
        range: Range<usize>,
        packed: usize,
        copy: &mut dyn FnMut(Part<'_>, *mut u8, usize),
    ) {
        if range.is_empty() {
            return;
        }
        let Some(&Axis { stride, step, .. }) = self.axes.get(axis) else {
            // Part of an element.
            return copy(Part::Bytes(range.len()), host.wrapping_add(range.start), packed);
        };
        let at = |index: usize| host.wrapping_offset(index as isize * stride);
        let (whole_from, whole_to) = (range.start.div_ceil(step), range.end / step);
        if whole_from > whole_to {
            // Inside one row.
            let index = whole_to;
            let inner = range.start - index * step..range.end - index * step;
            return self.boxes(axis + 1, at(index), inner, packed, copy);
        }
        if range.start < whole_from * step {
            let index = whole_from - 1;
            self.boxes(axis + 1, at(index), range.start - index * step..step, packed, copy);
        }
        if whole_from < whole_to {
            let part = Part::Rows(whole_to - whole_from, &self.axes[axis..]);
            copy(part, at(whole_from), packed + whole_from * step - range.start);
        }
        if range.end > whole_to * step {
            let inner = 0..range.end - whole_to * step;
            self.boxes(axis + 1, at(whole_to), inner, packed + whole_to * step - range.start, copy);
        }
    }

    /// Calls `copy` with what makes up a range of the packed order: how it is copied, its host address and its distance
    /// from the range's start.
    fn pieces(&self, range: Range<usize>, to_host: bool, copy: &mut dyn FnMut(&HostCopy, *mut u8, usize)) {
        let Some((at, tiling)) = self.tiles else {
            return self.boxes(0, self.base, range, 0, &mut |part, host, packed| {
                copy(&self.plan(part, None, to_host), host, packed);
            });
        };
        let Axis { len, stride, .. } = self.axes[at];
        tiling.each(range, |tile| {
            let first = self.matrix(at, tile.row / len).wrapping_offset((tile.row % len) as isize * stride);
            let rows = Axis { len: tile.rows, stride, step: tile.width };
            let columns = tile.column..tile.column + tile.width;
            self.boxes(at + 1, first, columns, tile.at, &mut |part, host, packed| {
                copy(&self.plan(part, Some(rows), to_host), host, packed);
            });
        });
    }

    /// Where the part of the host array begins that the `index`th step of all axes outside of `axis` leads to.
    fn matrix(&self, axis: usize, mut index: usize) -> *mut u8 {
        let mut host = self.base;
        for &Axis { len, stride, .. } in self.axes[..axis].iter().rev() {
            host = host.wrapping_offset((index % len) as isize * stride);
            index /= len;
        }
        host
    }

    /// How a box is copied between the packed order and the host: in every one of `rows`, if those are given.
    fn plan(&self, part: Part<'_>, rows: Option<Axis>, to_host: bool) -> HostCopy {
        let pair = |Axis { len, stride, step }| {
            let step = step as isize;
            let (destination, source) = if to_host { (stride, step) } else { (step, stride) };
            PairedAxis { len, destination, source }
        };
        match part {
            Part::Bytes(len) => HostCopy::of_box(len, rows.map(pair)),
            Part::Rows(first, axes) => {
                let axes = axes.iter().enumerate().map(|(at, &axis)| match at {
                    0 => Axis { len: first, ..axis },
                    _ => axis,
                });
                HostCopy::of_box(self.itemsize, rows.into_iter().chain(axes).map(pair))
            }
        }
    }
}

/// What a box consists of.
enum Part<'a> {
    /// Some bytes of one element.
    Bytes(usize),
    /// So many steps of the first axis, all of the others.
    Rows(usize, &'a [Axis]),
}

/// Copies what a plan lists, long runs with the engine's stores.
///
/// # Safety
/// As [`rows::copy`].
unsafe fn run(plan: &HostCopy, to: *mut u8, from: *const u8, stores: Stores) {
    if plan.width() < LONG_RUN {
        // SAFETY: the caller's promise.
        return unsafe { rows::copy(plan, to, from, Stores::Streaming) };
    }
    plan.for_each(|row| {
        let (to, from) = (to.wrapping_offset(row.destination), from.wrapping_offset(row.source));
        let rows = Rows {
            len: plan.width(),
            count: row.count,
            from_pitch: row.source_stride,
            to_pitch: row.destination_stride,
        };
        // SAFETY: the caller's promise, of these runs.
        unsafe { copy_rows(from, to, &rows, stores) };
    });
}

// SAFETY: the pieces make up the range, and each is written whole.
unsafe impl Source for Pieces {
    unsafe fn read(&self, range: Range<usize>, to: *mut u8, stores: Stores) {
        self.pieces(range, false, &mut |plan, host, packed| {
            // SAFETY: the piece lies inside the array and inside the range.
            unsafe { run(plan, to.wrapping_add(packed), host, stores) };
        });
    }

    fn grain(&self) -> usize {
        self.best_grain()
    }
}

// SAFETY: only elements of the range are written.
unsafe impl Sink for Pieces {
    unsafe fn write(&self, range: Range<usize>, from: *const u8, stores: Stores) {
        self.pieces(range, true, &mut |plan, host, packed| {
            // SAFETY: the piece lies inside the array and inside the range.
            unsafe { run(plan, host, from.wrapping_add(packed), stores) };
        });
    }

    fn grain(&self) -> usize {
        self.best_grain()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::SliceSpec;

    /// Gathers a host array in ranges of `cut` bytes, compares what the device would have, scatters it again.
    /// Returns whether the order was that of tiles.
    fn round_trip(host: &Layout, cut: usize) -> bool {
        let (size, bytes) = (host.itemsize(), host.size_bytes());
        let span = host.span();
        let room = (span.start + span.len() as i128) as usize;
        let memory: Vec<u8> = (0..room).map(|at| (at * 37 + at / 256 * 11 + at / 65_536) as u8).collect();
        let mut back = vec![0xee; room];
        let mut expected = back.clone();
        let packed = Layout::contiguous(host.shape(), size).unwrap();
        let mut device = vec![0; bytes];
        let plan = HostCopy::new(&packed, host).unwrap();
        plan.for_each(|row| {
            for run in 0..row.count as isize {
                let to = (row.destination + run * row.destination_stride) as usize;
                let from = (row.source + run * row.source_stride) as usize;
                let width = plan.width();
                device[to..to + width].copy_from_slice(&memory[from..from + width]);
                expected[from..from + width].copy_from_slice(&memory[from..from + width]);
            }
        });
        let mut pieces = Pieces::new(&packed, host, memory.as_ptr().cast_mut());
        let tiling = pieces.tile();
        let mut gathered = vec![0; bytes];
        let ranges = || (0..bytes).step_by(cut).map(|start| start..bytes.min(start + cut));
        for range in ranges() {
            let to = gathered[range.clone()].as_mut_ptr();
            // SAFETY: the layout lies inside `memory`, the range inside `gathered`.
            unsafe { pieces.read(range, to, Stores::Streaming) };
        }
        let mut arrived = gathered.clone();
        if let Some(tiling) = tiling {
            tiling.each(0..bytes, |tile| {
                for row in 0..tile.rows {
                    let to = (tile.row + row) * tiling.row_bytes + tile.column;
                    let from = tile.at + row * tile.width;
                    arrived[to..to + tile.width].copy_from_slice(&gathered[from..from + tile.width]);
                }
            });
        }
        assert!(arrived == device, "{host:?} by {cut}: {tiling:?}");
        pieces.base = back.as_mut_ptr().wrapping_add(pieces.base.addr() - memory.as_ptr().addr());
        for range in ranges() {
            let from = gathered[range.clone()].as_ptr();
            // SAFETY: the layout lies inside `back`, the range inside `gathered`.
            unsafe { pieces.write(range, from, Stores::Streaming) };
        }
        assert!(back == expected, "{host:?} back by {cut}: {tiling:?}");
        tiling.is_some()
    }

    fn whole(shape: &[usize], itemsize: usize) -> Layout {
        Layout::contiguous(shape, itemsize).unwrap()
    }

    #[test]
    fn tiles_carry_every_element_there_and_back() {
        for size in [1, 2, 3, 4, 8, 12, 16] {
            let (rows, columns) = (4_097 / size, 300);
            let square = whole(&[rows, columns], size);
            for host in [
                square.transpose(),
                square.transpose().flip(0).unwrap(),
                square.flip(0).unwrap().transpose().flip(1).unwrap(),
                whole(&[rows, columns + 5], size)
                    .slice(&[SliceSpec::ALL, (3..303).into()])
                    .unwrap()
                    .transpose(),
            ] {
                for cut in [usize::MAX / 2, 9_001] {
                    assert!(round_trip(&host, cut), "{host:?}");
                }
            }
        }
    }

    #[test]
    fn more_axes_and_channels_are_carried_too() {
        let turned = whole(&[700, 300, 3], 1).permute(&[2, 0, 1]).unwrap();
        assert!(round_trip(&turned, 100_001));
        let batch = whole(&[2, 40_000, 3], 2).permute(&[0, 2, 1]).unwrap();
        assert!(round_trip(&batch, 65_536));
        for axes in [[2, 1, 0], [1, 2, 0], [1, 0, 2], [0, 2, 1], [2, 0, 1]] {
            round_trip(&whole(&[90, 70, 110], 4).permute(&axes).unwrap(), 65_536);
            round_trip(&whole(&[90, 70, 110], 4).permute(&axes).unwrap().flip(1).unwrap(), 10_007);
        }
        let channels_last = whole(&[3, 500, 400], 1).permute(&[1, 2, 0]).unwrap();
        round_trip(&channels_last, 65_536);
    }

    #[test]
    fn arrays_of_the_same_order_are_not_tiled() {
        for host in [whole(&[1000, 1000], 4), whole(&[1000, 1000], 4).flip(0).unwrap()] {
            assert!(!round_trip(&host, 65_536));
        }
        let pitched = whole(&[500, 1024], 4).slice(&[SliceSpec::ALL, (0..900).into()]).unwrap();
        assert!(!round_trip(&pitched, 65_536));
    }
}

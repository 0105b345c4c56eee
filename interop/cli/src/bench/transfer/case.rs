//! What is measured: in which direction, between which kinds of memory, how much, and by whom.

use serde::{Deserialize, Serialize};

/// A row of an 8K image in RGB has so many bytes, and begins so many after the one before.
pub(super) const ROW: usize = 23_040;
pub(super) const PITCH: usize = 32_768;
/// The bytes of such an image.
pub(super) const FRAME: usize = 4_320 * ROW;

/// The bytes of one of many pieces, and of all of them.
pub(super) const PIECE: usize = 4 << 10;
pub(super) const PIECES: usize = 4096 * PIECE;

/// From where to where.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Direction {
    ToDevice,
    ToHost,
}

/// The host's memory.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Memory {
    /// From the ordinary allocator, every page used before.
    Pageable,
    /// From the ordinary allocator, no page used before: what is sent are zeros nobody wrote, what comes back makes a
    /// new array.
    Fresh,
    /// Page-locked.
    Pinned,
    /// Rows of an 8K RGB image, with padding between them; pageable. Packed on the device.
    Rows,
    /// A square matrix of 4-byte numbers, pageable, whose rows are the columns of the one on the device.
    Transposed,
    /// Many small pieces here and there, pageable; here and there on the device, too.
    Pieces,
}

/// Who copies.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Method {
    /// `memcpy_h2d` and `memcpy_d2h`.
    Ours,
    /// `cudaMemcpy`, or `cudaMemcpy2D` for rows; a matrix is transposed by a loop before or after it.
    Plain,
    /// One `cudaMemcpyAsync` for each of many pieces.
    Each,
    /// `cudaMemcpyBatchAsync`.
    Batch,
    /// The Python package of this project.
    Python,
    #[serde(rename = "pytorch")]
    PyTorch,
    #[serde(rename = "cupy")]
    CuPy,
    Numba,
    CudaBindings,
}

/// One copy, measured by every method that can make it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct Case {
    pub(super) direction: Direction,
    pub(super) memory: Memory,
    /// Bytes that are copied, without padding.
    pub(super) bytes: usize,
}

impl Direction {
    pub(super) const BOTH: [Self; 2] = [Self::ToDevice, Self::ToHost];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ToDevice => "host to device",
            Self::ToHost => "device to host",
        }
    }
}

impl Memory {
    pub(super) const ALL: [Self; 6] =
        [Self::Pageable, Self::Fresh, Self::Pinned, Self::Rows, Self::Transposed, Self::Pieces];

    /// What it is, for a heading.
    pub(super) fn name(self, direction: Direction) -> &'static str {
        match (self, direction) {
            (Self::Pageable, _) => "pageable memory",
            (Self::Fresh, Direction::ToDevice) => "pageable zeros never touched",
            (Self::Fresh, Direction::ToHost) => "new pageable memory",
            (Self::Pinned, _) => "pinned memory",
            (Self::Rows, _) => "8K RGB rows, pitch 32 KiB",
            (Self::Transposed, _) => "f32 matrix, transposed",
            (Self::Pieces, _) => "pieces of 4 KiB",
        }
    }
}

impl Method {
    pub(super) const PEERS: [Self; 4] = [Self::PyTorch, Self::CuPy, Self::Numba, Self::CudaBindings];
    pub(super) const ALL: [Self; 9] = [
        Self::Ours,
        Self::Plain,
        Self::Each,
        Self::Batch,
        Self::Python,
        Self::PyTorch,
        Self::CuPy,
        Self::Numba,
        Self::CudaBindings,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ours => "cuda-interop",
            Self::Plain => "cudaMemcpy",
            Self::Each => "Async each",
            Self::Batch => "BatchAsync",
            Self::Python => "cuda-interop (py)",
            Self::PyTorch => "PyTorch",
            Self::CuPy => "CuPy",
            Self::Numba => "Numba",
            Self::CudaBindings => "cuda-bindings",
        }
    }
}

impl Case {
    /// What a C++ programmer and this project make of it. Peers are measured by a process of their own.
    pub(super) fn methods(&self) -> &'static [Method] {
        match self.memory {
            Memory::Pieces => &[Method::Ours, Method::Each, Method::Batch],
            _ => &[Method::Ours, Method::Plain],
        }
    }

    /// Bytes that a copy really moves: whole rows.
    pub(super) fn moved(&self) -> usize {
        if self.memory == Memory::Rows { self.rows() * ROW } else { self.bytes }
    }

    /// Rows, for those that have them.
    pub(super) fn rows(&self) -> usize {
        self.bytes.div_ceil(ROW)
    }

    /// The length of the matrix's side.
    pub(super) fn side(&self) -> usize {
        (self.bytes / 4).isqrt()
    }
}

/// Every case up to so many bytes, those of one kind of memory next to each other. `coarse`: the sizes are powers of 16
/// instead of 4.
pub(super) fn all(most: usize, coarse: bool) -> Vec<Case> {
    let powers = (12..=30).step_by(2).filter(|power| !coarse || matches!(power, 12 | 16 | 20 | 26 | 28 | 30));
    // The goals also speak of 8 MiB.
    let mut sizes: Vec<usize> = powers.map(|power| 1 << power).chain([8 << 20]).collect();
    sizes.sort_unstable();
    sizes.retain(|&bytes| bytes <= most);
    let mut cases = Vec::new();
    for direction in Direction::BOTH {
        for memory in Memory::ALL {
            if memory == Memory::Pieces {
                cases.push(Case { direction, memory, bytes: PIECES.min(most) });
                continue;
            }
            let fits = |bytes: &usize| match memory {
                Memory::Pageable | Memory::Pinned => true,
                // The allocator gives smaller blocks again.
                Memory::Fresh => (64 << 10..).contains(bytes) && *bytes != 8 << 20,
                // Fewer rows would not be rows; the largest take packages, and a loop that transposes, too long.
                Memory::Rows | Memory::Transposed => {
                    let is_rows = memory == Memory::Rows;
                    let least = if is_rows { 64 << 10 } else { 0 };
                    let most = if is_rows && !coarse { 1 << 30 } else { 256 << 20 };
                    let left_out = [8 << 20, if coarse { 64 << 20 } else { 0 }];
                    (least..=most).contains(bytes) && !left_out.contains(bytes)
                }
                Memory::Pieces => false,
            };
            let frame = matches!(memory, Memory::Pageable | Memory::Rows).then_some(FRAME);
            let frame = frame.filter(|&bytes| bytes <= most);
            let mut sizes: Vec<usize> = sizes.iter().copied().filter(fits).chain(frame).collect();
            sizes.sort_unstable();
            cases.extend(sizes.into_iter().map(|bytes| Case { direction, memory, bytes }));
        }
    }
    cases
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sizes_are_those_that_the_goals_speak_of() {
        let sizes = |memory, direction, coarse| -> Vec<usize> {
            let cases = all(1 << 30, coarse).into_iter();
            let cases = cases.filter(|case| case.memory == memory && case.direction == direction);
            cases.map(|case| case.bytes).collect()
        };
        let pageable = sizes(Memory::Pageable, Direction::ToDevice, false);
        assert!((12..=30).step_by(2).all(|power| pageable.contains(&(1 << power))));
        for coarse in [false, true] {
            for direction in Direction::BOTH {
                let of = |memory| sizes(memory, direction, coarse);
                assert!(
                    [1 << 20, 8 << 20, 64 << 20, 1 << 30, FRAME]
                        .iter()
                        .all(|b| of(Memory::Pageable).contains(b))
                );
                assert!(of(Memory::Rows).contains(&FRAME) && of(Memory::Transposed).contains(&(256 << 20)));
                assert!(of(Memory::Fresh).contains(&(1 << 30)) && of(Memory::Pinned).contains(&(1 << 30)));
            }
        }
    }

    #[test]
    fn a_matrix_is_square() {
        for case in all(1 << 30, false).into_iter().filter(|case| case.memory == Memory::Transposed) {
            assert_eq!(case.side() * case.side() * 4, case.bytes);
        }
    }
}

//! What is measured: in which direction, between which kinds of memory, by which method.

use serde::{Deserialize, Serialize};

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
    /// From the ordinary allocator, no page used before.
    Fresh,
    /// Page-locked.
    Pinned,
    /// Rows of an image with padding between them, pageable.
    Strided,
}

/// Who copies.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Method {
    /// `memcpy_h2d` and `memcpy_d2h` as everybody gets them.
    Engine,
    /// The same with this many threads.
    Threads(usize),
    /// One call of the runtime.
    Plain,
}

/// One thing to measure.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct Case {
    pub(super) direction: Direction,
    pub(super) memory: Memory,
    pub(super) method: Method,
    pub(super) bytes: usize,
}

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    /// No copy is larger.
    pub(super) most_bytes: usize,
    /// Whether the sizes are powers of 16 instead of 4.
    pub(super) coarse: bool,
}

impl Direction {
    pub(super) const BOTH: [Self; 2] = [Self::ToDevice, Self::ToHost];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ToDevice => "to the device",
            Self::ToHost => "to the host",
        }
    }
}

impl Case {
    /// What is copied by whom, in words.
    pub(super) fn name(&self) -> String {
        let memory = match self.memory {
            Memory::Pageable => "pageable",
            Memory::Fresh => "new memory",
            Memory::Pinned => "pinned",
            Memory::Strided => "padded rows",
        };
        match (self.memory, self.method) {
            (Memory::Pinned, _) => "pinned: the limit".to_owned(),
            (_, Method::Engine) => format!("{memory}, engine"),
            (_, Method::Threads(1)) => format!("{memory}, 1 thread"),
            (_, Method::Threads(count)) => format!("{memory}, {count} threads"),
            (_, Method::Plain) => format!("{memory}, plain call"),
        }
    }
}

/// Every case, those that are compared next to each other.
pub(super) fn all(extent: Extent) -> Vec<Case> {
    let step = if extent.coarse { 4 } else { 2 };
    let sizes =
        (12..=30).step_by(step).map(|power| 1usize << power).filter(|&bytes| bytes <= extent.most_bytes);
    let largest = sizes.clone().max().unwrap_or(4096);
    let mut cases = Vec::new();
    for direction in Direction::BOTH {
        for bytes in sizes.clone() {
            let case = |memory, method| Case { direction, memory, method, bytes };
            cases.push(case(Memory::Pinned, Method::Plain));
            for memory in [Memory::Pageable, Memory::Fresh, Memory::Strided] {
                let rows = memory != Memory::Strided || bytes >= 64 << 10;
                if rows && (memory != Memory::Fresh || direction == Direction::ToHost) {
                    cases.extend([Method::Engine, Method::Plain].map(|method| case(memory, method)));
                }
            }
        }
        cases.extend([1, 2, 4, 8, 12, 16].map(|threads| Case {
            direction,
            memory: Memory::Pageable,
            method: Method::Threads(threads),
            bytes: largest,
        }));
    }
    cases
}

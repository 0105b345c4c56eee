//! How much is measured: all of it, or what takes less than half a minute; on the emulator, what shows that it works.

use super::case::{self, Case, Memory};
use super::goals;

const GIB: usize = 1 << 30;

pub(super) struct Extent {
    pub(super) cases: Vec<Case>,
    /// The bytes of the largest copy of pageable memory.
    pub(super) largest: usize,
    pub(super) processes: usize,
    /// Milliseconds for each method of a case.
    pub(super) slice_ms: u64,
    /// By how many threads the curve over threads is drawn, unless the user says.
    pub(super) threads: &'static [usize],
    /// What a process with two cores measures.
    pub(super) two_cores: Vec<Case>,
    /// Milliseconds for which several copy at once, if they do.
    pub(super) together: Option<u64>,
    /// Seconds after which Python begins no further case, from its own start and from that of everything.
    pub(super) peer_seconds: u64,
    pub(super) all_seconds: u64,
}

impl Extent {
    pub(super) fn new(quick: bool, emulated: bool, cores: usize) -> Self {
        // On the emulator a copy is a plain loop in host memory.
        let most = match (emulated, quick) {
            (true, true) => 256 << 10,
            (true, false) => 1 << 20,
            (false, _) => GIB,
        };
        let cases = case::all(most, quick);
        let pageable = || cases.iter().filter(|case| case.memory == Memory::Pageable);
        let largest = pageable().map(|case| case.bytes).max().unwrap_or(0);
        let shown = |case: &&Case| [64 << 10, 1 << 20, 64 << 20, GIB].contains(&case.bytes);
        let fewer = !quick && cores > 2 && cfg!(target_os = "linux");
        let two_cores = if fewer { pageable().filter(shown).copied().collect() } else { Vec::new() };
        Self {
            largest,
            processes: if quick { 1 } else { 5 },
            slice_ms: match (emulated, quick) {
                (true, _) => 1,
                (false, true) => 8,
                (false, false) => 20,
            },
            threads: if quick { &[1, 4, 8, 16] } else { &[1, 2, 3, 4, 6, 8, 10, 12, 16] },
            two_cores,
            together: match (emulated, quick) {
                (true, _) => Some(5),
                (false, true) => None,
                (false, false) => Some(400),
            },
            peer_seconds: if quick { 25 } else { 16 },
            all_seconds: if quick { 25 } else { u64::MAX },
            cases,
        }
    }

    /// What Python measures, as far as there is time: first what the goals speak of, then what is small.
    pub(super) fn for_peers(order: &[Case]) -> Vec<Case> {
        let concerned = |case: &&Case| !matches!(case.memory, Memory::Pinned | Memory::Pieces);
        let mut cases: Vec<Case> = order.iter().filter(concerned).copied().collect();
        cases.sort_by_key(|case| (!goals::concerns_peers(case), case.bytes > 8 << 20));
        cases
    }
}

//! The result of `bench calls`: one struct, shown as text and as JSON. Everything is in nanoseconds.

use serde::{Deserialize, Serialize};

use super::measure::{ALLOCATIONS, CALLS, Kind, Measured};
use crate::bench::environment::Environment;
use crate::bench::peers::Peers;
use crate::bench::spread::Spread;
use crate::table::{Align, aligned, counted, size};

#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) environment: Environment,
    pub(super) quick: bool,
    pub(super) processes: usize,
    pub(super) peers: Option<Peers>,
    pub(super) calls: Vec<Call>,
    pub(super) allocations: Vec<Allocation>,
}

/// One call, by both sides; what ours adds may be less than nothing.
#[derive(Debug, Serialize)]
pub(super) struct Call {
    pub(super) name: String,
    pub(super) c: Spread,
    pub(super) ours: Spread,
    pub(super) added: Spread,
}

/// An allocation and its end.
#[derive(Debug, Serialize)]
pub(super) struct Allocation {
    pub(super) bytes: usize,
    pub(super) kind: Kind,
    pub(super) method: String,
    pub(super) nanoseconds: Spread,
}

/// One figure of the script.
#[derive(Debug, Deserialize)]
pub(super) struct PeerFigure {
    bytes: usize,
    peer: String,
    /// From CUDA's own pool; the other packages have pools of their own, or none.
    pool: bool,
    ns: f64,
}

/// Joins what the processes measured.
pub(super) fn calls(figures: &[Measured]) -> Vec<Call> {
    let call = |name: &&str| {
        let of = |figure: fn(&Measured) -> f64| {
            Spread::of(figures.iter().filter(|measured| measured.name == **name).map(figure))
        };
        Some(Call {
            name: (**name).to_owned(),
            c: of(|m| m.c)?,
            ours: of(|m| m.ours)?,
            added: of(|m| m.added)?,
        })
    };
    CALLS.iter().filter_map(call).collect()
}

/// The same for allocations, peers included.
pub(super) fn allocations(figures: &[Measured], peers: &[PeerFigure]) -> Vec<Allocation> {
    let mut all = Vec::new();
    for (kind, bytes) in ALLOCATIONS {
        let mut add = |method: &str, spread: Option<Spread>| {
            let row = |nanoseconds| Allocation { bytes, kind, method: method.to_owned(), nanoseconds };
            all.extend(spread.map(row));
        };
        let of = |figure: fn(&Measured) -> f64| {
            Spread::of(figures.iter().filter(|m| m.allocation == Some((kind, bytes))).map(figure))
        };
        add("C", of(|m| m.c));
        add("cuda-interop", of(|m| m.ours));
        if matches!(kind, Kind::Pinned | Kind::PinnedCold) {
            continue;
        }
        let here = |peer: &&PeerFigure| peer.bytes == bytes && (kind == Kind::Pool) == pooled(peer);
        let mut names: Vec<&str> = peers.iter().filter(here).map(|peer| &*peer.peer).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            add(
                name,
                Spread::of(peers.iter().filter(here).filter(|peer| peer.peer == name).map(|peer| peer.ns)),
            );
        }
    }
    all
}

/// PyTorch and CuPy keep what was freed, like a pool.
fn pooled(peer: &PeerFigure) -> bool {
    peer.pool || matches!(&*peer.peer, "PyTorch" | "CuPy")
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Device => "device memory, cudaMalloc",
            Self::Pool => "device memory, a pool",
            Self::Pinned => "pinned memory, kept",
            Self::PinnedCold => "pinned memory, new",
        }
    }
}

impl Report {
    pub(super) fn text(&self) -> String {
        let processes = if self.processes == 1 { "process" } else { "processes" };
        let mut text = format!(
            "{}\nnanoseconds, medians of {} {processes}, in brackets the least and the most\n",
            self.environment.title(),
            self.processes
        );
        text += &self.peers.as_ref().map(|peers| peers.text()).unwrap_or_default();

        let mut lines = vec![["call", "C", "cuda-interop", "added"].map(str::to_owned)];
        lines.extend(
            self.calls
                .iter()
                .map(|call| [call.name.clone(), spread(call.c), spread(call.ours), spread(call.added)]),
        );
        let (l, r) = (Align::Left, Align::Right);
        text += &format!(
            "\ncalls: by a C function pointer and by cuda-interop, which take turns\n{}",
            aligned("  ", [l, r, r, r], &lines)
        );

        let mut lines = vec![["to allocate and free", "bytes", "by", "ns"].map(str::to_owned)];
        lines.extend(self.allocations.iter().map(|row| {
            [row.kind.name().to_owned(), size(row.bytes), row.method.clone(), spread(row.nanoseconds)]
        }));
        text += &format!("\nallocation\n{}", aligned("  ", [l, r, l, r], &lines));
        let most = self.calls.iter().map(|call| call.added.median).max_by(f64::total_cmp);
        if let Some(most) = most {
            text += &format!(
                "\nof {}, the most that is added is {most:.1} ns\n",
                counted(self.calls.len(), "call")
            );
        }
        text
    }
}

fn spread(spread: Spread) -> String {
    let digits = usize::from(spread.median.abs() < 999.5);
    let Spread { median, min, max } = spread;
    format!("{median:.digits$} [{min:.digits$} {max:.digits$}]")
}

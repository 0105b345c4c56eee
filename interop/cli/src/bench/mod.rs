//! `bench`: what copies and calls cost here, beside the runtime's own and, if asked, beside Python packages.
//!
//! The program starts itself: each of several processes measures every case, in an order that is its own, so no method
//! profits from its place. What they measured comes back line by line ([`mod@line`]), which also drives the progress bar. The
//! report is made here: a text, a JSON file and plots, which appear together in the folder or not at all.

mod calls;
mod child;
mod environment;
mod line;
mod peers;
mod spread;
mod svg;
mod transfer;

use crate::args::Bench;
use crate::exit::{Exit, Failure};

/// Measures, prints the report and writes its files.
pub(crate) fn run(command: &Bench) -> Result<Exit, Failure> {
    match command {
        Bench::Transfer(options) => transfer::run(options),
        Bench::Calls(options) => calls::run(options),
    }
}

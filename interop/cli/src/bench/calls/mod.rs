//! `bench calls`: what a call costs here, beside the same call by a C function pointer, and what allocations cost.

mod measure;
mod plot;
mod raw;
mod report;
mod run;
mod turns;

pub(super) use run::run;

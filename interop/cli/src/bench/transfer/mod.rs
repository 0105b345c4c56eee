//! `bench transfer`: how fast copies between host and device are, beside plain calls, the limit of pinned memory, and
//! Python packages.

mod case;
mod clock;
mod copies;
mod extent;
mod goals;
mod job;
mod measure;
mod pieces;
mod plot;
mod report;
mod run;
mod text;
mod together;

pub(super) use run::run;

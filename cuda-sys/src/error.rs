//! What can go wrong before a CUDA function runs: no library, or no such function in it.

use crate::{
    search::{Candidate, VARIABLE},
    version::Version,
};
use std::fmt;

/// The loaded libcudart has no such function.
///
/// ```
/// let missing = cuda_sys::MissingSymbol {
///     name: "cudaMemcpyBatchAsync",
///     since: cuda_sys::Version::new(12, 8),
///     found: cuda_sys::Version::new(12, 1),
/// };
/// assert_eq!(missing.to_string(), "cudaMemcpyBatchAsync is not in the loaded libcudart 12.1: it came with CUDA 12.8");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub struct MissingSymbol {
    /// The C name.
    pub name: &'static str,
    /// The first release that exports it, in the form of the loaded major.
    pub since: Version,
    /// The version of the loaded library.
    pub found: Version,
}

impl fmt::Display for MissingSymbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, since, found } = self;
        write!(f, "{name} is not in the loaded libcudart {found}: ")?;
        if since > found {
            return write!(f, "it came with CUDA {since}");
        }
        write!(f, "NVIDIA's has it since CUDA {since}, so this library is not complete")
    }
}

/// One place that was tried, and what came of it.
///
/// ```
/// let cuda_sys::Attempt { candidate, outcome } = &cuda_sys::Runtime::survey().attempts[0];
/// println!("{} ({}): {outcome}", candidate.target.display(), candidate.rule);
/// ```
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The library, and the rule that named it.
    pub candidate: Candidate,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of trying one candidate.
///
/// ```
/// use cuda_sys::{Outcome, Version};
///
/// let old = Outcome::WrongMajor(Version::new(11, 8));
/// assert_eq!(old.to_string(), "libcudart 11.8, but only 12 and 13 are supported");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Opened and taken; its version.
    Taken(Version),
    /// An earlier candidate was taken, so this one was not opened.
    NotNeeded,
    /// There is no such file.
    NotFound,
    /// The system's loader refused the file, in its own words.
    NotLoadable(String),
    /// A library, but not libcudart: this symbol is missing.
    NotCudart(&'static str),
    /// It has libcudart's symbols, but its `cudaRuntimeGetVersion` failed with this code.
    NoVersion(i32),
    /// libcudart of a major that this crate has no bindings for.
    WrongMajor(Version),
    /// The installed driver is of an older major than the library needs.
    DriverTooOld {
        /// The library's version.
        library: Version,
        /// The newest CUDA version that the driver supports.
        driver: Version,
    },
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken(version) => write!(f, "taken, CUDA {version}"),
            Self::NotNeeded => f.write_str("not needed, an earlier one was taken"),
            Self::NotFound => f.write_str("no such file"),
            Self::NotLoadable(reason) => f.write_str(reason),
            Self::NotCudart(symbol) => write!(f, "a library, but not libcudart: it has no {symbol}"),
            Self::NoVersion(code) => {
                write!(
                    f,
                    "a library with libcudart's symbols, but its cudaRuntimeGetVersion fails with code {code}"
                )
            }
            Self::WrongMajor(version) => write!(f, "libcudart {version}, but only 12 and 13 are supported"),
            Self::DriverTooOld { library, driver } => {
                write!(f, "libcudart {library}, but the driver supports CUDA up to {driver}")
            }
        }
    }
}

/// No usable libcudart: every place that was tried, and why it would not do.
///
/// ```
/// use cuda_sys::{LoadError, Outcome, Runtime};
///
/// // SAFETY: there is no such file, so nothing is opened.
/// let error: LoadError = unsafe { Runtime::load_from("/no/such/libcudart.so.13") }.unwrap_err();
/// assert_eq!(error.attempts[0].outcome, Outcome::NotFound);
/// assert!(error.to_string().contains("/no/such/libcudart.so.13"));
/// ```
#[derive(Clone, Debug, thiserror::Error)]
pub struct LoadError {
    /// What was tried, in order.
    pub attempts: Vec<Attempt>,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.attempts[..] {
            [Attempt { candidate, outcome }] => {
                return write!(
                    f,
                    "cannot use {} ({}): {outcome}",
                    candidate.target.display(),
                    candidate.rule
                );
            }
            [] => f.write_str("no place to look for libcudart 12 or 13")?,
            attempts => {
                f.write_str("no usable libcudart 12 or 13; tried:")?;
                for Attempt { candidate, outcome } in attempts {
                    write!(f, "\n  {} ({}): {outcome}", candidate.target.display(), candidate.rule)?;
                }
            }
        }
        write!(
            f,
            "\ninstall the CUDA runtime (pip package nvidia-cuda-runtime), or name the file in {VARIABLE}"
        )
    }
}

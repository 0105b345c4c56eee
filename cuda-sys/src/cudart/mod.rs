//! The CUDA Runtime: types, constants and functions of `cuda_runtime_api.h`, and [`Runtime`], a loaded libcudart.
//!
//! What CUDA 12 and 13 declare alike is here; the rest is in [`v12`] and [`v13`], and [`compat`] joins it.

pub mod compat;
mod driver;
mod entry;
mod functions;
mod generated;
mod load;

pub use driver::{Allocation, allocation_around, record_device_event};
pub use functions::{Functions, Symbol};
pub use generated::{common::*, table, v12, v13};
pub use load::Report;
pub(crate) use load::driver_version;

use crate::{search::Rule, version::Version};
use std::{fmt, ops::Deref, path::PathBuf};
use table::{Common, V12, V13};

/// One loaded libcudart: the file, the version, and its table of functions.
///
/// It is opened once per file, never closed, and handed out as `&'static Runtime`. The functions that CUDA 12 and 13
/// share are its methods, with C's names and arguments; those that differ are behind [`Runtime::v12`] and
/// [`Runtime::v13`].
///
/// ```
/// match cuda_sys::Runtime::load() {
///     Ok(runtime) => {
///         let mut version = 0;
///         // SAFETY: the argument is a writable int.
///         let status = unsafe { runtime.cudaRuntimeGetVersion(&mut version) }?;
///         println!("{runtime}: {status:?}, {version}");
///     }
///     Err(error) => println!("{error}"),
/// }
/// # Ok::<(), cuda_sys::MissingSymbol>(())
/// ```
pub struct Runtime {
    common: Functions<Common>,
    versioned: Versioned,
    version: Version,
    origin: Origin,
    driver: entry::Driver,
}

/// Where a runtime came from.
///
/// ```
/// use cuda_sys::{cudart::Origin, search::Rule};
///
/// # let runtime = cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13);
/// let origin: &Origin = runtime.origin();
/// assert_eq!(origin.rule, Rule::Table); // a library that was opened says by which rule it was found
/// println!("{}, because of: {}", origin.path.display(), origin.rule);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The library's real path; for a table made by the program, the label it gave.
    pub path: PathBuf,
    /// The rule that named it.
    pub rule: Rule,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.path.display(), self.rule)
    }
}

/// The functions that only one major has, or that the majors declare differently.
///
/// ```
/// use cuda_sys::{Runtime, Version, cudart::{VersionedTable, table}};
///
/// // A runtime without any function: every call is a `MissingSymbol`.
/// let versioned = VersionedTable::V12(table::V12::EMPTY);
/// // SAFETY: an empty table holds no function that could break a contract.
/// let runtime = unsafe { Runtime::from_table("nothing", Version::new(12, 9), table::Common::EMPTY, versioned) };
/// // SAFETY: nothing is called.
/// let missing = unsafe { runtime.cudaDeviceSynchronize() }.unwrap_err();
/// assert_eq!(missing.name, "cudaDeviceSynchronize");
/// ```
#[derive(Clone, Copy)]
pub enum VersionedTable {
    /// CUDA 12.
    V12(V12),
    /// CUDA 13.
    V13(V13),
}

enum Versioned {
    V12(Functions<V12>),
    V13(Functions<V13>),
}

impl Runtime {
    /// Makes a runtime from function pointers of the program's own: an emulator, or a recorder around a real library.
    ///
    /// `origin` says in messages what it is, `version` which CUDA it speaks. The runtime lives for ever.
    ///
    /// # Safety
    ///
    /// Every function must keep the contract of the C function of its name in that version, for ever.
    pub unsafe fn from_table(
        origin: &str,
        version: Version,
        common: Common,
        versioned: VersionedTable,
    ) -> &'static Self {
        let origin = Origin { path: origin.into(), rule: Rule::Table };
        Box::leak(Box::new(Self::new(origin, version, common, versioned)))
    }

    fn new(origin: Origin, found: Version, common: Common, versioned: VersionedTable) -> Self {
        let versioned = match versioned {
            VersionedTable::V12(table) => Versioned::V12(Functions { table, found }),
            VersionedTable::V13(table) => Versioned::V13(Functions { table, found }),
        };
        let driver = entry::Driver::default();
        Self { common: Functions { table: common, found }, versioned, version: found, origin, driver }
    }

    /// The version that the library reports (`cudaRuntimeGetVersion`).
    pub fn version(&self) -> Version {
        self.version
    }

    /// The file, and the rule that named it.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The functions of CUDA 12 that 13 lacks or declares otherwise, if this is a CUDA 12 library.
    pub fn v12(&self) -> Option<&Functions<V12>> {
        match &self.versioned {
            Versioned::V12(functions) => Some(functions),
            Versioned::V13(_) => None,
        }
    }

    /// The functions of CUDA 13 that 12 lacks or declares otherwise, if this is a CUDA 13 library.
    pub fn v13(&self) -> Option<&Functions<V13>> {
        match &self.versioned {
            Versioned::V13(functions) => Some(functions),
            Versioned::V12(_) => None,
        }
    }

    /// The bare function pointers of the major's own table.
    pub fn versioned_table(&self) -> VersionedTable {
        match &self.versioned {
            Versioned::V12(functions) => VersionedTable::V12(functions.table),
            Versioned::V13(functions) => VersionedTable::V13(functions.table),
        }
    }

    /// The names of all functions that the library has, of those that its major's header declares.
    pub fn functions(&self) -> impl Iterator<Item = &'static str> {
        let own: Vec<_> = match &self.versioned {
            Versioned::V12(functions) => functions.table.present().collect(),
            Versioned::V13(functions) => functions.table.present().collect(),
        };
        self.common.table.present().chain(own)
    }
}

/// The functions that CUDA 12 and 13 share are methods of the runtime.
impl Deref for Runtime {
    type Target = Functions<Common>;

    #[inline]
    fn deref(&self) -> &Functions<Common> {
        &self.common
    }
}

impl fmt::Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CUDA {} from {}", self.version, self.origin)
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime")
            .field("version", &self.version)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

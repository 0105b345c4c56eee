//! `functions!`: turns a list of C declarations into a table of optional function pointers.
//!
//! For each table it makes a struct with one field a function (what `from_table` takes), and for a resolved table one
//! `unsafe fn` a function, which calls through the pointer or says which version would have it.

use crate::{error::MissingSymbol, version::Version};

/// A resolved table of functions, and the version of the library that it came from.
///
/// Each function is a method with C's name and C's arguments. A method costs one test and one indirect call; it returns
/// [`MissingSymbol`] where the loaded library has no such symbol.
///
/// ```
/// use cuda_sys::cudart::{Functions, cudaError, table::Common};
///
/// # let runtime = cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13);
/// let functions: &Functions<Common> = runtime;
/// let mut count = 0;
/// // SAFETY: the argument is a writable int. The method calls, or says what is missing.
/// assert_eq!(unsafe { functions.cudaGetDeviceCount(&mut count) }?, cudaError::cudaSuccess);
/// // The table has the bare pointer.
/// assert!(functions.table().cudaGetDeviceCount.is_some());
/// # Ok::<(), cuda_sys::MissingSymbol>(())
/// ```
#[derive(Clone, Copy)]
pub struct Functions<T> {
    pub(super) table: T,
    pub(super) found: Version,
}

impl<T> Functions<T> {
    /// The bare function pointers.
    pub fn table(&self) -> &T {
        &self.table
    }

    /// What to say of a symbol that this library does not have.
    #[cold]
    pub(super) fn missing(&self, name: &'static str, since: Version) -> MissingSymbol {
        MissingSymbol { name, since, found: self.found }
    }
}

/// A symbol of the C interface, and the first release that exported it.
///
/// ```
/// use cuda_sys::{Version, cudart::table};
///
/// let batch = table::V12::SYMBOLS.iter().find(|symbol| symbol.name == "cudaMemcpyBatchAsync").unwrap();
/// assert_eq!(batch.since, Version::new(12, 8));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// The name in the library's symbol table.
    pub name: &'static str,
    /// The first release of the table's majors that exports it.
    pub since: Version,
}

/// See the head of this file. Each entry: version (12040 is 12.4), then the declaration.
macro_rules! functions {
    ($(#[$doc:meta])* $table:ident {
        $($since:literal fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)?;)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $table {
            $(
                #[doc = concat!("`", stringify!($name), "`, since version ", stringify!($since), ".")]
                pub $name: Option<unsafe extern "C" fn($($argument: $type),*) $(-> $result)?>,
            )*
        }

        impl $table {
            /// The table without any function.
            pub const EMPTY: Self = Self { $($name: None),* };

            /// Every symbol of this table.
            pub const SYMBOLS: &'static [$crate::cudart::Symbol] = &[$(
                $crate::cudart::Symbol { name: stringify!($name), since: $crate::Version::from_raw($since) },
            )*];

            /// Asks `symbol` for the address of each function; a name that it does not know stays empty.
            ///
            /// # Safety
            ///
            /// Every address must be that of the C function of this name, in the ABI that this table declares, and
            /// must stay valid for ever.
            pub(in crate::cudart) unsafe fn resolve(
                symbol: impl Fn(&core::ffi::CStr) -> Option<core::ptr::NonNull<core::ffi::c_void>>,
            ) -> Self {
                Self { $($name: {
                    // SAFETY: the literal ends with the only zero byte in it.
                    let name = unsafe {
                        core::ffi::CStr::from_bytes_with_nul_unchecked(concat!(stringify!($name), "\0").as_bytes())
                    };
                    symbol(name).map(|address| {
                        // SAFETY: the caller vouches that the address is this function's; a function pointer and an
                        // object pointer are of one size and representation wherever CUDA runs.
                        unsafe {
                            core::mem::transmute::<
                                core::ptr::NonNull<core::ffi::c_void>,
                                unsafe extern "C" fn($($argument: $type),*) $(-> $result)?,
                            >(address)
                        }
                    })
                }),* }
            }

            /// The names of the functions that are present.
            pub fn present(&self) -> impl Iterator<Item = &'static str> {
                [$((stringify!($name), self.$name.is_some())),*].into_iter().filter(|entry| entry.1).map(|entry| entry.0)
            }
        }

        #[allow(
            clippy::missing_safety_doc,
            clippy::too_many_arguments,
            reason = "the contract is the C function's, and so are its arguments"
        )]
        impl $crate::cudart::Functions<$table> {
            $(
                #[doc = concat!("Calls `", stringify!($name), "`, since version ", stringify!($since), ".")]
                #[inline]
                pub unsafe fn $name(&self, $($argument: $type),*) -> Result<functions!(@result $($result)?), $crate::MissingSymbol> {
                    match self.table.$name {
                        // SAFETY: the table holds this function's own pointer; the caller keeps C's contract.
                        Some(function) => Ok(unsafe { function($($argument),*) }),
                        None => Err(self.missing(stringify!($name), $crate::Version::from_raw($since))),
                    }
                }
            )*
        }
    };
    (@result) => { () };
    (@result $result:ty) => { $result };
}

pub(crate) use functions;

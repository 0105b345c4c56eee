//! One shared library: opened once, never closed. The only file that names libloading.
//!
//! A CUDA library that was used cannot be unloaded safely: it leaves threads, exit handlers and thread-local state behind.
//! So a [`Library`] has no `Drop` that closes, and what it gives out is valid until the process ends.

use std::{
    ffi::{CStr, c_void},
    mem::ManuallyDrop,
    path::{Path, PathBuf},
    ptr::NonNull,
};

/// An open shared library.
pub(crate) struct Library(ManuallyDrop<libloading::Library>);

impl Library {
    /// Opens a file, or a name that the system's loader knows where to find (`dlopen`, `LoadLibraryExW`).
    ///
    /// The error is the loader's own message.
    ///
    /// # Safety
    ///
    /// Opening runs the library's initialisers, so it must be a library that the user trusts.
    pub(crate) unsafe fn open(target: &Path) -> Result<Self, String> {
        // SAFETY: the caller vouches for the library's initialisers.
        let library = unsafe { libloading::Library::new(target) };
        library.map(|library| Self(ManuallyDrop::new(library))).map_err(|error| reason(&error))
    }

    /// The address of an exported symbol.
    pub(crate) fn symbol(&self, name: &CStr) -> Option<NonNull<c_void>> {
        // SAFETY: the symbol is only taken as an address here; whoever calls it states its type.
        let symbol = unsafe { self.0.get::<*mut c_void>(name.to_bytes_with_nul()) }.ok()?;
        // SAFETY: the address outlives the symbol, because the library is never closed.
        NonNull::new(unsafe { symbol.try_as_raw_ptr() }?)
    }
}

/// libloading's message without its own frame around the loader's words.
fn reason(error: &libloading::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

/// The file that the loader took `address` from, where the system can tell.
#[cfg(unix)]
pub(crate) fn file_of(address: NonNull<c_void>) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;

    // SAFETY: all-zero is a valid Dl_info: it holds only pointers.
    let mut info: libc::Dl_info = unsafe { std::mem::zeroed() };
    // SAFETY: `info` is writable; any address may be asked about.
    if unsafe { libc::dladdr(address.as_ptr(), &raw mut info) } == 0 || info.dli_fname.is_null() {
        return None;
    }
    // SAFETY: dladdr succeeded, so the name is a C string that lives as long as the library, which is for ever.
    let name = unsafe { CStr::from_ptr(info.dli_fname) };
    std::fs::canonicalize(std::ffi::OsStr::from_bytes(name.to_bytes())).ok()
}

/// The file that the loader took `address` from, where the system can tell.
#[cfg(not(unix))]
pub(crate) fn file_of(_: NonNull<c_void>) -> Option<PathBuf> {
    None
}

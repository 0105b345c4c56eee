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
        let library = unsafe { open(target) };
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

/// # Safety
///
/// As [`Library::open`].
#[cfg(not(windows))]
unsafe fn open(target: &Path) -> Result<libloading::Library, libloading::Error> {
    // SAFETY: the caller's promise.
    unsafe { libloading::Library::new(target) }
}

/// Without flags, Windows would look for a name in the working directory too. So a name is looked for where the program is,
/// where the system is and where the program says (`AddDllDirectory`); what a file needs, in its own folder as well.
///
/// # Safety
///
/// As [`Library::open`].
#[cfg(windows)]
unsafe fn open(target: &Path) -> Result<libloading::Library, libloading::Error> {
    use libloading::os::windows::{
        LOAD_LIBRARY_SEARCH_DEFAULT_DIRS, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR, Library,
    };

    let beside = if target.is_absolute() { LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR } else { 0 };
    // SAFETY: the caller's promise.
    unsafe { Library::load_with_flags(target, LOAD_LIBRARY_SEARCH_DEFAULT_DIRS | beside) }.map(Into::into)
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

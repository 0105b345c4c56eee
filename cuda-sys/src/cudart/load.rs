//! Opens libcudart: candidate by candidate, each file once, never closed.

use super::{
    Origin, Runtime, VersionedTable,
    table::{Common, V12, V13},
};
use crate::{
    error::{Attempt, LoadError, Outcome},
    library::{self, Library},
    search::{self, Candidate, Environment, Rule},
    version::Version,
};
use std::{
    ffi::c_int,
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock, PoisonError},
};

/// What a search came to: all candidates with their outcomes, and the runtime that was taken.
///
/// ```
/// let report: cuda_sys::cudart::Report = cuda_sys::Runtime::survey();
/// match report.runtime {
///     Some(runtime) => println!("{runtime}"),
///     None => println!("none of {} candidates", report.attempts.len()),
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Report {
    /// Every candidate, in order.
    pub attempts: Vec<Attempt>,
    /// The one that was taken.
    pub runtime: Option<&'static Runtime>,
}

impl Runtime {
    /// Finds and opens libcudart 12 or 13, by the order of [`search`]. The first success holds for the
    /// rest of the process; a failure is tried again by the next call.
    ///
    /// # Errors
    ///
    /// [`LoadError`] lists every candidate with the reason why it would not do.
    pub fn load() -> Result<&'static Self, LoadError> {
        static LOADED: OnceLock<&'static Runtime> = OnceLock::new();
        if let Some(runtime) = LOADED.get() {
            return Ok(runtime);
        }
        let report = Self::survey();
        let runtime = report.runtime.ok_or(LoadError { attempts: report.attempts })?;
        Ok(LOADED.get_or_init(|| runtime))
    }

    /// As [`load`](Self::load), and says what came of each candidate. Nothing is remembered but the files that were opened.
    ///
    /// ```
    /// let report = cuda_sys::Runtime::survey();
    /// for attempt in &report.attempts {
    ///     println!("{}: {}", attempt.candidate.target.display(), attempt.outcome);
    /// }
    /// ```
    pub fn survey() -> Report {
        // SAFETY: the user and the system chose these places, by the variables and installations of this process.
        unsafe { Self::search(&Environment::of_process()) }
    }

    /// Opens libcudart in the given environment and says what came of each candidate.
    ///
    /// # Safety
    ///
    /// As [`load_from`](Self::load_from), for the first candidate of each rule that is a library.
    pub unsafe fn search(environment: &Environment) -> Report {
        let mut report = Report { attempts: Vec::new(), runtime: None };
        // A library too new for the driver is still better than none: its own calls say so.
        let mut too_new = None;
        for candidate in search::candidates(environment) {
            let opened = match report.runtime {
                Some(_) => Err(Outcome::NotNeeded),
                // SAFETY: the caller's promise.
                None => unsafe { open(&candidate) },
            };
            let outcome = match opened {
                Err(outcome) => outcome,
                Ok(runtime) => match driver_too_old(&candidate, runtime) {
                    Some(driver) => {
                        too_new.get_or_insert((report.attempts.len(), runtime));
                        Outcome::DriverTooOld { library: runtime.version(), driver }
                    }
                    None => {
                        report.runtime = Some(runtime);
                        Outcome::Taken(runtime.version())
                    }
                },
            };
            report.attempts.push(Attempt { candidate, outcome });
        }
        if let (None, Some((index, runtime))) = (report.runtime, too_new) {
            report.runtime = Some(runtime);
            report.attempts[index].outcome = Outcome::Taken(runtime.version());
        }
        report
    }

    /// Opens this file, or the library of this name that the system's loader finds.
    ///
    /// # Errors
    ///
    /// [`LoadError`] with the one attempt.
    ///
    /// # Safety
    ///
    /// The file must be NVIDIA's libcudart or something that keeps its contract: its initialisers run, and its functions
    /// are called by the declarations of its major.
    pub unsafe fn load_from(path: impl AsRef<Path>) -> Result<&'static Self, LoadError> {
        let candidate = Candidate { target: search::explicit_target(path.as_ref()), rule: Rule::Explicit };
        // SAFETY: the caller's promise.
        unsafe { open(&candidate) }
            .map_err(|outcome| LoadError { attempts: vec![Attempt { candidate, outcome }] })
    }
}

/// Opens one candidate, or says why it would not do.
///
/// # Safety
///
/// If it is a library, it is one that may run its initialisers here, and if it has libcudart's symbols, it is libcudart.
unsafe fn open(candidate: &Candidate) -> Result<&'static Runtime, Outcome> {
    static OPENED: Mutex<Vec<(PathBuf, &'static Runtime)>> = Mutex::new(Vec::new());

    let target = &candidate.target;
    if target.is_absolute() && !target.exists() {
        return Err(Outcome::NotFound);
    }
    // SAFETY: the caller's promise.
    let library = unsafe { Library::open(target) }.map_err(Outcome::NotLoadable)?;
    let Some(get_version) = library.symbol(c"cudaRuntimeGetVersion") else {
        return Err(Outcome::NotCudart("cudaRuntimeGetVersion"));
    };
    if library.symbol(c"cudaMalloc").is_none() {
        return Err(Outcome::NotCudart("cudaMalloc"));
    }
    let path = library::file_of(get_version).unwrap_or_else(|| target.clone());
    let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, runtime)) = opened.iter().find(|(known, _)| *known == path) {
        return Ok(runtime);
    }
    let mut raw: c_int = 0;
    // SAFETY: a library with this name and symbol is libcudart, whose function has had this one signature in all versions.
    let get_version = unsafe {
        std::mem::transmute::<std::ptr::NonNull<std::ffi::c_void>, unsafe extern "C" fn(*mut c_int) -> c_int>(
            get_version,
        )
    };
    // SAFETY: the argument is a writable int.
    let status = unsafe { get_version(&raw mut raw) };
    if status != 0 {
        return Err(Outcome::NoVersion(status));
    }
    let version = Version::from_raw(raw);
    let symbol = |name: &std::ffi::CStr| library.symbol(name);
    let versioned = match version.major() {
        // SAFETY: libcudart 12 exports these functions in the ABI of its header, and is never closed.
        12 => VersionedTable::V12(unsafe { V12::resolve(symbol) }),
        // SAFETY: libcudart 13 exports these functions in the ABI of its header, and is never closed.
        13 => VersionedTable::V13(unsafe { V13::resolve(symbol) }),
        _ => return Err(Outcome::WrongMajor(version)),
    };
    // SAFETY: both majors export these functions in one ABI, and the library is never closed.
    let common = unsafe { Common::resolve(symbol) };
    let origin = Origin { path: path.clone(), rule: candidate.rule.clone() };
    let runtime: &'static Runtime = Box::leak(Box::new(Runtime::new(origin, version, common, versioned)));
    opened.push((path, runtime));
    Ok(runtime)
}

/// The driver's version, if it is of an older major than `runtime` and the user did not ask for this very library.
fn driver_too_old(candidate: &Candidate, runtime: &Runtime) -> Option<Version> {
    if matches!(candidate.rule, Rule::AlreadyLoaded | Rule::Variable(search::VARIABLE)) {
        return None;
    }
    driver_version().filter(|driver| driver.major() < runtime.version().major())
}

/// The newest CUDA version that the installed driver supports; `None` without a driver.
///
/// It asks the driver's library itself: that needs no initialisation, which a later `fork` would not survive.
pub(crate) fn driver_version() -> Option<Version> {
    static DRIVER: OnceLock<Option<Version>> = OnceLock::new();
    *DRIVER.get_or_init(|| {
        let name = if cfg!(windows) { "nvcuda.dll" } else { "libcuda.so.1" };
        // SAFETY: this is the driver's library by its versioned name; libcudart opens it the same way.
        let library = unsafe { Library::open(Path::new(name)) }.ok()?;
        let address = library.symbol(c"cuDriverGetVersion")?;
        // SAFETY: the driver's function has had this one signature in all versions.
        let get_version = unsafe {
            std::mem::transmute::<
                std::ptr::NonNull<std::ffi::c_void>,
                unsafe extern "C" fn(*mut c_int) -> c_int,
            >(address)
        };
        let mut raw: c_int = 0;
        // SAFETY: the argument is a writable int, and the function may be called before cuInit.
        let status = unsafe { get_version(&raw mut raw) };
        (status == 0 && raw > 0).then_some(Version::from_raw(raw))
    })
}

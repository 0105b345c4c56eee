//! The real libcudart of both majors, on a machine with or without a GPU.
//!
//! `CUDA_TEST_LIBCUDART_12` and `CUDA_TEST_LIBCUDART_13` name the files; `cargo xtask test` fetches them and sets both.
//! `CUDA_TEST_VERSION_12` and `_13` say which versions those are. Without a library a major's tests are ignored.

use cuda_sys::{
    Runtime, Version,
    cudart::{VersionedTable, allocation_around, compat, cudaError, table, v12, v13},
};
use libtest_mimic::{Arguments, Failed, Trial};
use std::{env, ffi::CStr, path::PathBuf, ptr};

type Check = fn(&'static Runtime) -> Result<(), Failed>;

const CHECKS: [(&str, Check); 6] = [
    ("has_every_symbol_up_to_its_version", has_every_symbol_up_to_its_version),
    ("names_and_describes_every_error_code_of_the_header", names_and_describes_every_error_code),
    ("answers_a_device_call_by_the_state_of_the_driver", answers_a_device_call),
    ("knows_no_allocation_around_ordinary_memory", knows_no_allocation),
    ("is_opened_once_by_every_path_to_it", is_opened_once),
    ("tells_of_a_missing_symbol_without_a_call", tells_of_a_missing_symbol),
];

fn main() {
    let mut trials = Vec::new();
    for major in [12, 13] {
        let path = env::var_os(format!("CUDA_TEST_LIBCUDART_{major}")).map(PathBuf::from);
        if path.is_none() {
            println!("CUDA_TEST_LIBCUDART_{major} is not set: its tests are ignored for a missing library");
        }
        let reports: (&str, Check) = match major {
            12 => ("reports_the_version_that_is_expected", |runtime| reports_its_version(runtime, 12)),
            _ => ("reports_the_version_that_is_expected", |runtime| reports_its_version(runtime, 13)),
        };
        for (name, check) in [reports].into_iter().chain(CHECKS) {
            let library = path.clone();
            let run = move || {
                let library = library.ok_or("no library")?;
                // SAFETY: the variable names NVIDIA's own libcudart.
                check(unsafe { Runtime::load_from(library) }?)
            };
            trials.push(Trial::test(format!("cuda_{major}::{name}"), run).with_ignored_flag(path.is_none()));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn reports_its_version(runtime: &'static Runtime, major: i32) -> Result<(), Failed> {
    let mut version = 0;
    // SAFETY: the argument is a writable int.
    let status = unsafe { runtime.cudaRuntimeGetVersion(&mut version) }?;
    assert_eq!(status, cudaError::cudaSuccess);
    assert_eq!(version / 1000, major, "{version}");
    // 12.9 is the last of its major.
    assert!(major != 12 || version == 12090, "{version}");
    let (minor, patch) = (version % 1000 / 10, version % 10);
    assert_eq!(patch, 0, "{version}");
    if let Ok(expected) = env::var(format!("CUDA_TEST_VERSION_{major}")) {
        assert!(expected.starts_with(&format!("{major}.{minor}.")), "{version}, expected {expected}");
    }
    assert_eq!(Version::from_raw(version), runtime.version());
    assert_eq!((runtime.v12().is_some(), runtime.v13().is_some()), (major == 12, major == 13));
    let shown = runtime.to_string();
    assert!(shown.contains(&runtime.version().to_string()) && shown.contains("libcudart.so"), "{shown}");
    Ok(())
}

fn has_every_symbol_up_to_its_version(runtime: &'static Runtime) -> Result<(), Failed> {
    let own = match runtime.versioned_table() {
        VersionedTable::V12(_) => table::V12::SYMBOLS,
        VersionedTable::V13(_) => table::V13::SYMBOLS,
    };
    let present: Vec<_> = runtime.functions().collect();
    let expected =
        table::Common::SYMBOLS.iter().chain(own).filter(|symbol| symbol.since <= runtime.version());
    let missing: Vec<_> = expected.filter(|symbol| !present.contains(&symbol.name)).collect();
    assert!(missing.is_empty(), "{runtime} lacks {missing:?}");
    assert!(present.len() > 300, "only {} functions", present.len());
    Ok(())
}

fn names_and_describes_every_error_code(runtime: &'static Runtime) -> Result<(), Failed> {
    let (codes, header) = match runtime.version().major() {
        12 => (v12::ERRORS, v12::CUDART_VERSION),
        _ => (v13::ERRORS, v13::CUDART_VERSION),
    };
    // A library older than the header does not know the newest codes.
    let complete = i64::from(runtime.version().raw()) >= i64::from(header);
    let mut known = 0;
    for &(code, name) in codes {
        // SAFETY: any number may be asked about.
        let said = unsafe { runtime.cudaGetErrorName(code) }?;
        // SAFETY: CUDA returns a C string that is never freed.
        let said = unsafe { CStr::from_ptr(said) }.to_str()?;
        // SAFETY: any number may be asked about.
        let description = unsafe { runtime.cudaGetErrorString(code) }?;
        // SAFETY: CUDA returns a C string that is never freed.
        assert!(!unsafe { CStr::from_ptr(description) }.is_empty(), "{name} has no description");
        known += usize::from(said == name);
        assert!(said == name || !complete, "{code:?} is {name} in the header, {said} in the library");
    }
    assert!(known > 100, "only {known} of {} codes are named", codes.len());
    Ok(())
}

fn answers_a_device_call(runtime: &'static Runtime) -> Result<(), Failed> {
    let mut count = -1;
    // SAFETY: the argument is a writable int.
    let status = unsafe { runtime.cudaGetDeviceCount(&mut count) }?;
    match cuda_sys::driver_version() {
        None => {
            assert_eq!(status, cudaError::cudaErrorInsufficientDriver);
            let host = 0u8;
            // SAFETY: any address may be asked about.
            let (status, _) = unsafe { compat::pointer_attributes(runtime, ptr::from_ref(&host).cast()) }?;
            assert_eq!(status, cudaError::cudaErrorInsufficientDriver);
        }
        Some(driver) if driver.major() >= runtime.version().major() => {
            let expected = [cudaError::cudaSuccess, cudaError::cudaErrorNoDevice];
            assert!(expected.contains(&status), "driver {driver}: {status:?}");
        }
        Some(_) => assert_eq!(status, cudaError::cudaErrorInsufficientDriver),
    }
    // SAFETY: it only resets this thread's last error.
    unsafe { runtime.cudaGetLastError() }?;
    Ok(())
}

/// With a driver it is asked and knows nothing of it; without one the failure is the runtime's.
fn knows_no_allocation(runtime: &'static Runtime) -> Result<(), Failed> {
    let host = [0_u8; 64];
    for address in [host.as_ptr().cast(), ptr::null(), ptr::without_provenance(usize::MAX)] {
        // SAFETY: any address may be asked about.
        let (status, found) = unsafe { allocation_around(runtime, address) }?;
        assert_eq!(found, None, "{address:?}");
        let without_driver = [cudaError::cudaErrorInsufficientDriver, cudaError::cudaErrorNoDevice];
        assert!(status == cudaError::cudaSuccess || without_driver.contains(&status), "{status:?}");
    }
    // SAFETY: resets the thread's last error, for the other checks.
    let _ = unsafe { runtime.cudaGetLastError() }?;
    Ok(())
}

fn is_opened_once(runtime: &'static Runtime) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let link = folder.path().join("another-name.so");
    std::os::unix::fs::symlink(&runtime.origin().path, &link)?;
    // SAFETY: it is the same library by another path.
    let again = unsafe { Runtime::load_from(&link) }?;
    assert!(ptr::eq(again, runtime), "{again} and {runtime}");
    assert!(cuda_sys::search::loaded_cudarts().contains(&runtime.origin().path));
    Ok(())
}

fn tells_of_a_missing_symbol(runtime: &'static Runtime) -> Result<(), Failed> {
    let mut common = *runtime.table();
    common.cudaMallocAsync = None;
    // SAFETY: the pointers are those of a library that is never closed, in its own version's tables.
    let lesser = unsafe {
        Runtime::from_table("libcudart without pools", runtime.version(), common, runtime.versioned_table())
    };
    let mut address = ptr::null_mut();
    // SAFETY: the symbol is missing, so nothing is called.
    let missing = unsafe { lesser.cudaMallocAsync(&mut address, 1, ptr::null_mut()) }.unwrap_err();
    assert_eq!((missing.name, missing.found), ("cudaMallocAsync", runtime.version()));
    assert!(missing.to_string().contains("cudaMallocAsync is not in the loaded libcudart"), "{missing}");
    Ok(())
}

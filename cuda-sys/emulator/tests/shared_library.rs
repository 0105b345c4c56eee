//! The emulator as a shared library, opened like any libcudart.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::ptr;
use std::sync::Mutex;

use support::*;

/// The library of one major, built once.
fn library(major: u32) -> PathBuf {
    // Both majors come out under one name, so one is built and copied at a time.
    static BUILT: Mutex<BTreeMap<u32, PathBuf>> = Mutex::new(BTreeMap::new());
    BUILT.lock().unwrap().entry(major).or_insert_with(|| build(major)).clone()
}

/// Builds the library of one major where this program was built, and gives it the name of the real one.
fn build(major: u32) -> PathBuf {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let target = scratch.parent().expect("the scratch folder lies in the target folder");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["rustc", "--quiet", "--package", "cuda-emulator", "--lib", "--crate-type", "cdylib"]);
    cargo.arg("--features").arg(format!("c-abi-{major}")).arg("--target-dir").arg(target);
    cargo.arg("--manifest-path").arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"));
    assert!(cargo.status().expect("cargo runs").success());
    let folder = scratch.join(major.to_string());
    let library = folder.join(format!("libcudart.so.{major}"));
    std::fs::create_dir_all(&folder).unwrap();
    // A new file, since another process may have mapped the old one.
    let _not_there_yet = std::fs::remove_file(&library);
    std::fs::copy(target.join("debug/libcuda_emulator.so"), &library).unwrap();
    library
}

fn works(major: u32, flavour: Flavour) {
    let path = library(major);
    // SAFETY: the emulator keeps libcudart's contract.
    let cuda = unsafe { Runtime::load_from(&path) }.unwrap();
    assert_eq!(cuda.version(), runtime(flavour).version());
    // Exactly what the table of this flavour has, from the headers' list of names.
    let exported: BTreeSet<_> = cuda.functions().collect();
    assert_eq!(exported, runtime(flavour).functions().collect());

    let (mut pointer, mut back) = (ptr::null_mut(), [0_u8; 3]);
    ok!(cuda.cudaMalloc(&mut pointer, 3));
    ok!(cuda.cudaMemcpy(pointer, [1_u8, 2, 3].as_ptr().cast(), 3, H2D));
    ok!(cuda.cudaMemcpy(back.as_mut_ptr().cast(), pointer, 3, D2H));
    assert_eq!(back, [1, 2, 3]);
    // Its devices are its own: the emulator inside this program does not know the address.
    let inside = support::cuda();
    assert_eq!(code!(inside.cudaFree(pointer)), INVALID_VALUE);
    ok!(cuda.cudaFree(pointer));
    assert_eq!(code!(cuda.cudaFree(pointer)), INVALID_VALUE);
}

#[test]
fn the_cuda_12_library_loads_and_works() {
    works(12, Flavour::Cuda12);
}

#[test]
fn the_cuda_13_library_loads_and_works() {
    works(13, Flavour::Cuda13);
}

#[test]
fn a_program_that_links_the_emulator_exports_no_cuda_function() {
    assert_eq!(support::cuda().version().major(), 13);
    let program = libloading::os::unix::Library::this();
    // SAFETY: the symbol is only looked for.
    let symbol = unsafe { program.get::<*const ()>(b"cudaMalloc") };
    assert!(symbol.is_err());
}

#[test]
fn the_plain_properties_of_cuda_12_keep_the_size_of_old() {
    let path = library(12);
    // SAFETY: the emulator's initialisers do nothing.
    let library = unsafe { libloading::Library::new(&path) }.unwrap();
    // SAFETY: this is the function's signature in CUDA 12.
    let get = unsafe { library.get::<unsafe extern "C" fn(*mut u8, i32) -> i32>(b"cudaGetDeviceProperties") };
    let mut bytes = [0xAA_u8; 1100];
    // SAFETY: there is more room than any version of the properties needs.
    assert_eq!(unsafe { (get.unwrap())(bytes.as_mut_ptr(), 0) }, 0);
    let written = bytes.iter().rposition(|&byte| byte != 0xAA).map_or(0, |last| last + 1);
    assert_eq!(written, 728);
    std::mem::forget(library);
}

//! What loading and calling cost: opening libcudart with all its symbols, and a call through the table against a call
//! through a plain C function pointer. Needs libcudart, no GPU.
//!
//! `CUDA_SYS_CUDART=/path/to/libcudart.so.13 cargo bench -p cuda-sys` (without the variable: the usual search).

use cuda_sys::{Runtime, search};
use std::{env, ffi::c_int, hint::black_box, path::Path, process::Command, time::Instant};

/// The variable by which a process knows that it is a sample: the library, or [`SEARCH`].
const CHILD: &str = "CUDA_SYS_BENCH_CHILD";
const SEARCH: &str = "search";

fn main() {
    match env::var_os(CHILD) {
        Some(search) if search == SEARCH => return search_once(),
        Some(path) => return load_once(Path::new(&path)),
        None => {}
    }
    let runtime = match Runtime::load() {
        Ok(runtime) => runtime,
        Err(error) => return println!("{error}"),
    };
    println!("{runtime}, {} functions\n", runtime.functions().count());
    println!("| work | median | least |\n|---|---|---|");
    load(&runtime.origin().path);
    call(runtime);
}

/// Loading can be measured once a process, so each sample is a process of its own.
fn load(library: &Path) {
    let program = env::current_exe().expect("the path of this program");
    let mut samples = [const { Vec::new() }; 3];
    for _ in 0..31 {
        let mut text = String::new();
        for child in [library.as_os_str(), SEARCH.as_ref()] {
            let output = Command::new(&program).env(CHILD, child).output().expect("a child process");
            text += &String::from_utf8_lossy(&output.stdout);
        }
        for (sample, number) in samples.iter_mut().zip(text.split_whitespace()) {
            sample.push(number.parse::<f64>().expect("microseconds"));
        }
    }
    let names = [
        "`dlopen` alone",
        "`dlopen` and every symbol (`Runtime::load_from`)",
        "the same with the search, and the driver opened for its version (`Runtime::load`)",
    ];
    for (name, sample) in names.iter().zip(&mut samples) {
        sample.sort_by(f64::total_cmp);
        println!("| {name} | {:.0} us | {:.0} us |", sample[sample.len() / 2], sample[0]);
    }
}

/// Prints the microseconds of the first `Runtime::load` of a process.
fn search_once() {
    let start = Instant::now();
    let runtime = Runtime::load();
    let loaded = start.elapsed();
    assert!(runtime.is_ok());
    println!("{}", loaded.as_secs_f64() * 1e6);
}

/// Prints the microseconds of a bare `dlopen` of a library, and of that plus loading it as a runtime.
fn load_once(library: &Path) {
    let name = std::ffi::CString::new(library.to_str().expect("UTF-8")).expect("no zero byte");
    let start = Instant::now();
    // SAFETY: the library is libcudart; it is never closed.
    let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    let opened = start.elapsed();
    assert!(!handle.is_null());
    // SAFETY: it is libcudart: the parent loaded it.
    let runtime = unsafe { Runtime::load_from(library) };
    let loaded = start.elapsed();
    assert!(runtime.is_ok() && !search::loaded_cudarts().is_empty());
    println!("{} {}", opened.as_secs_f64() * 1e6, loaded.as_secs_f64() * 1e6);
}

fn call(runtime: &'static Runtime) {
    let bare = black_box(runtime.table().cudaRuntimeGetVersion.expect("every libcudart has it"));
    let mut version: c_int = 0;
    let result = &raw mut version;
    let mut samples: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    const CALLS: u32 = 100_000;
    for _ in 0..51 {
        let start = Instant::now();
        for _ in 0..CALLS {
            // SAFETY: the argument is a writable int.
            black_box(unsafe { bare(result) });
        }
        samples[0].push(start.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS));
        let start = Instant::now();
        for _ in 0..CALLS {
            // SAFETY: the argument is a writable int.
            let _ = black_box(unsafe { black_box(runtime).cudaRuntimeGetVersion(result) });
        }
        samples[1].push(start.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS));
    }
    for (name, sample) in
        ["`cudaRuntimeGetVersion`, C function pointer", "the same through the table"].iter().zip(&mut samples)
    {
        sample.sort_by(f64::total_cmp);
        println!("| {name} | {:.2} ns | {:.2} ns |", sample[sample.len() / 2], sample[0]);
    }
}

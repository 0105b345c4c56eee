//! The command line of `bench`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

use super::runtime::Target;

#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// Copies between host and device: by this project, by plain calls, and the limit of pinned memory
    ///
    /// Pageable memory, memory never used before, pinned memory, rows of an 8K image with padding, and a transposed
    /// matrix, 4 KiB to 1 GiB; the engine by 1 to 16 threads; two threads and two processes at once; a process with two
    /// cores. Five processes measure everything, each in another order; the figures are the medians, the least and the
    /// most. Goals are judged by the figures of the same run.
    ///
    /// Writes transfer.txt, transfer.json and the plots transfer.svg, transfer-memory.svg and transfer-threads.svg. On the
    /// emulator the copies are smaller, the figures say nothing about a GPU, and every output says so.
    #[command(after_help = TRANSFER_EXAMPLES, after_long_help = TRANSFER_JSON)]
    Transfer(TransferOptions),

    /// Calls and allocations: what this project adds to a C function pointer
    ///
    /// Both sides take turns, batch by batch; what a call adds is the median of the differences within a turn. Allocation
    /// is measured with cudaMalloc, a pool and pinned memory. Five processes, as for transfer.
    ///
    /// Writes calls.txt, calls.json and the plot calls.svg. On the emulator the figures say nothing about a GPU, and every
    /// output says so.
    #[command(after_help = CALLS_EXAMPLES, after_long_help = CALLS_JSON)]
    Calls(CallsOptions),
}

#[derive(Args, Debug)]
pub(crate) struct TransferOptions {
    #[command(flatten)]
    pub(crate) bench: BenchOptions,

    /// By how many threads the engine copies for the curve over threads, 1 to 64, or `none` [default:
    /// 1,2,3,4,6,8,10,12,16, or 1,4,8,16 if --quick]
    #[arg(long, value_name = "N,...", value_parser = thread_counts)]
    pub(crate) threads: Option<Counts>,
}

#[derive(Args, Debug)]
pub(crate) struct CallsOptions {
    #[command(flatten)]
    pub(crate) bench: BenchOptions,
}

#[derive(Args, Debug)]
pub(crate) struct BenchOptions {
    /// The folder for table, JSON and plots; it is made if it is not there, and files of these names are replaced
    #[arg(long, value_name = "DIR", default_value = "bench-out")]
    pub(crate) out: PathBuf,

    #[command(flatten)]
    pub(crate) target: Target,

    /// One process and fewer cases, of Python's packages as many as there is time for: less than 30 seconds
    #[arg(long)]
    pub(crate) quick: bool,

    /// Also measure PyTorch, CuPy, Numba, cuda-bindings and the package cuda_interop, as far as Python has them
    #[arg(long)]
    pub(crate) peers: bool,

    /// The Python of --peers, which needs NumPy
    #[arg(long, value_name = "PATH", default_value = "python3")]
    pub(crate) python: PathBuf,

    /// Print JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,

    /// Measure this in this process and print the figures
    #[arg(long, hide = true, value_name = "JSON")]
    pub(crate) job: Option<String>,
}

/// Numbers of threads, each once, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Counts(pub(crate) Vec<usize>);

fn thread_counts(text: &str) -> Result<Counts, String> {
    if text == "none" {
        return Ok(Counts(Vec::new()));
    }
    let count = |item: &str| match item.trim().parse() {
        Ok(count @ 1..=64) => Ok(count),
        _ => Err(format!("`{item}` is not a number from 1 to 64")),
    };
    let mut counts = text.split(',').map(count).collect::<Result<Vec<usize>, _>>()?;
    counts.sort_unstable();
    counts.dedup();
    Ok(Counts(counts))
}

const TRANSFER_EXAMPLES: &str = "\
Examples:
  cuda-interop bench transfer --quick
  cuda-interop bench transfer --peers --python .venv/bin/python --out reports
  cuda-interop bench transfer --runtime emulator --json";

const CALLS_EXAMPLES: &str = "\
Examples:
  cuda-interop bench calls --quick
  cuda-interop bench calls --peers --python .venv/bin/python --out reports";

const TRANSFER_JSON: &str = "\
Examples:
  cuda-interop bench transfer --quick
  cuda-interop bench transfer --peers --python .venv/bin/python --out reports
  cuda-interop bench transfer --runtime emulator --json

Exit status:
  0  measured, and the files are written
  1  CUDA failed on the way, or a result could not be written
  2  the runtime, the device, the folder, Python or CUDA_INTEROP_STAGING cannot be used; nothing was touched
  3  the runtime has no usable device

Fields of the JSON object; what was not measured is null or an empty list:
  environment     device, runtime (\"12.9\"), emulated, processor, cores, version
  quick, seconds, processes
  peers           present (peer, version), missing (peer, why), refused (peer, what, why),
                    failed (why Python ended early)
  goals           work, figure, at_least, at_most, reached, met, note
  rows            direction, memory, bytes, method, median, min, max (GB/s of 10^9 bytes),
                    until the bytes are there; returns_after_us (until the call returned),
                    cpu_seconds_per_gib (2^30 bytes)
  threads         direction, bytes, threads, median, min, max, cpu_seconds_per_gib
  together        direction, bytes, alone, two_threads, two_processes (GB/s in all)
  two_cores       as rows
  engine          pinned_bytes, idle_threads_cpu_seconds_per_second (of its threads),
                    idle_cpu_seconds_per_second, in_force (as `doctor` tells it)";

const CALLS_JSON: &str = "\
Examples:
  cuda-interop bench calls --quick
  cuda-interop bench calls --peers --python .venv/bin/python --out reports

Exit status:
  0  measured, and the files are written
  1  CUDA failed on the way, or a result could not be written
  2  the runtime, the device, the folder or Python cannot be used; nothing was touched
  3  the runtime has no usable device

Fields of the JSON object; what was not measured is null or an empty list:
  environment     device, runtime (\"12.9\"), emulated, processor, cores, version
  quick, processes
  peers           present (peer, version), missing (peer, why), refused (peer, what, why),
                    failed (why Python ended early)
  calls           name, c, ours, added (nanoseconds a call: median, min, max over the processes)
  allocations     bytes, kind (\"device\", \"pool\", \"pinned\" or \"pinned_cold\"), method,
                    nanoseconds (to allocate and free: median, min, max)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_counted_once_in_ascending_order() {
        assert_eq!(thread_counts("8,1, 2,8"), Ok(Counts(vec![1, 2, 8])));
        assert_eq!(thread_counts("none"), Ok(Counts(vec![])));
        for wrong in ["", "0", "65", "1,,2", "four", "-1"] {
            assert!(thread_counts(wrong).is_err(), "{wrong}");
        }
    }
}

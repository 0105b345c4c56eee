//! The command line.

mod bench;
mod runtime;

pub(crate) use bench::{Bench, BenchOptions, CallsOptions, Counts, TransferOptions};
use clap::{Args, Parser, Subcommand};
pub(crate) use runtime::{RuntimeChoice, Target};
use std::path::PathBuf;

/// Inspect the CUDA runtime, carry an image through the GPU, and measure copies
///
/// Works with libcudart 12 and 13, whichever the machine has, and without a GPU on a built-in emulator.
#[derive(Debug, Parser)]
#[command(name = "cuda-interop", version, after_long_help = EXIT_STATUS)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Tell which CUDA runtime, driver and devices this machine has
    ///
    /// Lists every place where libcudart could be with the rule that named it and why it was or was not taken, the
    /// driver, every libcudart in this process, and the devices, each of which is initialised to see whether it works.
    /// The variable CUDA_SYS_CUDART names the library to take instead of searching.
    #[command(after_long_help = DOCTOR_JSON)]
    Doctor(DoctorOptions),

    /// Carry an image to the device, share it there without a copy, and read four views of it back
    ///
    /// Writes roundtrip.png (the whole image), crop.png (its centred half in each direction, read as a strided view),
    /// flip.png (mirrored left-right, read with a negative stride) and planes.png (its channels side by side, in grey).
    /// Each is compared with the original pixel for pixel before any file is written.
    ///
    /// The image keeps its channels (grey, grey and alpha, RGB, RGBA) at 8 bits each; 16 bits are reduced to 8, palettes
    /// are expanded, and an orientation in EXIF data is ignored.
    #[command(after_long_help = ROUNDTRIP_JSON)]
    Roundtrip(RoundtripOptions),

    /// Measure how fast copies are, and what calls cost
    #[command(subcommand)]
    Bench(Bench),
}

#[derive(Args, Debug)]
pub(crate) struct DoctorOptions {
    /// Print JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct RoundtripOptions {
    /// A PNG or JPEG file
    pub(crate) image: PathBuf,

    /// The folder for the four images; it is made if it is not there, and images of these names are replaced
    #[arg(long, value_name = "DIR", default_value = "roundtrip-out")]
    pub(crate) out: PathBuf,

    #[command(flatten)]
    pub(crate) target: Target,

    /// Print JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

const EXIT_STATUS: &str = "\
Exit status:
  0  done; for doctor: there is a usable GPU
  1  CUDA failed on the way, or a result could not be written
  2  what was given cannot be used; nothing was touched
  3  a CUDA runtime library, but no usable device
  4  no CUDA runtime library";

const DOCTOR_JSON: &str = "\
Exit status:
  0  there is a usable GPU
  1  the report could not be written
  3  a CUDA runtime library, but no usable device
  4  no CUDA runtime library

Fields of the JSON object; what is not known is null:
  status          \"usable\", \"no_device\" or \"no_runtime\": exit status 0, 3 or 4
  summary         the same in a sentence, with the reason
  candidates      every place, in the order of the search:
                    path, rule
                    outcome: \"taken\", \"not_needed\", \"not_found\", \"not_loadable\",
                      \"not_cudart\", \"no_version\", \"wrong_major\", \"driver_too_old\"
                      or \"other\"
                    detail: the outcome in words
  runtime         the library that was taken:
                    path, rule, version (\"12.9\"), functions (how many it has)
  driver_version  the newest CUDA version that the driver supports
  loaded          the path of every libcudart in this process
  devices         for each device:
                    ordinal, name, uuid, pci_bus_id, compute_capability (\"9.0\"),
                    total_memory_bytes, free_memory_bytes, usable, error (why it is not)
  device_error    why the devices could not be counted
  staging         how large copies of pageable memory are made, by CUDA_INTEROP_STAGING:
                    rule (who says so), enabled, threads, chunk_bytes, from_bytes
                    (null: measured at first use), limit_bytes (page-locked, a device),
                    engines: for each usable device: device, upload and download (threads,
                      least_chunk_bytes, most_chunk_bytes, link_bytes_per_second,
                      from_bytes), pinned_bytes, fallbacks (copies it could not begin),
                      shortage (what it was refused), error (why it does not work)
                    error (why the variable is refused)
  emulator        available, versions, devices, memory_bytes_per_device,
                    error (why it is not available)";

const ROUNDTRIP_JSON: &str = "\
Exit status:
  0  the four images are written and right
  1  CUDA failed on the way, an image came back wrong, or a result could not be written
  2  the image, the runtime, the device or the folder cannot be used; nothing was touched
  3  the runtime has no usable device

Fields of the JSON object; what does not apply is null:
  image           path, format (\"png\" or \"jpeg\"), decoded (bits and channels),
                    height, width, channels, bytes
  runtime         version (\"12.9\"), library (a path, or what it is), rule, emulated,
                    fallback (why auto took the emulator)
  device          ordinal, name
  shared_address  of the array on the device, alike when exported and when from_cuda took it
  steps           in order: name, bytes, seconds, gigabytes_per_second (of 10^9 bytes)
  outputs         path, height, width, channels,
                    verified (always true: an image that came back wrong is an error)";

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }
}

//! What is emulated: how many devices, how large, how addresses are reused, how late asynchronous work runs.
//!
//! The configuration is fixed by the first CUDA call. Before that, [`configure`] sets it; without it the environment does, so
//! that programs that only load the shared library can choose as well.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use thiserror::Error;

/// The largest number of devices: peer access is one bit a device.
pub(crate) const MAX_DEVICES: usize = 64;
/// The smallest and the largest memory of one device, in bytes.
const MEMORY_BOUNDS: (usize, usize) = (1 << 20, 1 << 40);

/// When an address that was freed is given out again.
///
/// ```
/// use cuda_emulator::{Config, Flavour, Reuse, configure, runtime};
///
/// configure(Config { reuse: Reuse::Immediate, ..Config::default() })?;
/// let (cuda, mut first, mut second) = (runtime(Flavour::Cuda13), std::ptr::null_mut(), std::ptr::null_mut());
/// // SAFETY: `first` is valid for one pointer.
/// unsafe { cuda.cudaMalloc(&mut first, 512) }?;
/// // SAFETY: nothing uses the memory.
/// unsafe { cuda.cudaFree(first) }?;
/// // SAFETY: `second` is valid for one pointer.
/// unsafe { cuda.cudaMalloc(&mut second, 512) }?;
/// assert_eq!(first, second);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reuse {
    /// At once, to the next allocation of the same size: finds code that confuses an old object with a new one at the
    /// same address. Handles of streams and events are reused alike.
    Immediate,
    /// As late as possible: an old address stays invalid, which finds uses after free.
    Delayed,
}

/// What to emulate, for [`configure`]. Without it, these environment variables are read at the first CUDA call:
///
/// | variable | field | values |
/// |---|---|---|
/// | `CUDA_EMULATOR_DEVICES` | `devices` | 0 to 64; 2 if unset |
/// | `CUDA_EMULATOR_MEMORY` | `memory_per_device` | bytes; 4 GiB if unset |
/// | `CUDA_EMULATOR_REUSE` | `reuse` | `immediate` (if unset) or `delayed` |
/// | `CUDA_EMULATOR_DELAY_US` | `async_delay` | microseconds; 0 if unset |
/// | `CUDA_EMULATOR_PACE_US` | `pace` | microseconds; 0 if unset |
/// | `CUDA_EMULATOR_BACKTRACES` | `backtraces` | 0, or 1 (if unset) |
///
/// ```
/// use cuda_emulator::{Config, Reuse};
///
/// let config = Config { devices: 1, reuse: Reuse::Delayed, ..Config::default() };
/// assert_eq!(config.memory_per_device, 4 << 30);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How many devices there are, 0 to 64. With 0, `cudaGetDeviceCount` gives `cudaErrorNoDevice`.
    pub devices: usize,
    /// Bytes of memory of each device, 1 MiB to 1 TiB. Host memory is used only for what is written to.
    pub memory_per_device: usize,
    /// When freed addresses and handles are reused.
    pub reuse: Reuse,
    /// How long after its enqueueing an asynchronous operation begins at the earliest. See [`set_async_delay`].
    pub async_delay: Duration,
    /// How long each asynchronous operation takes at least, one after the other on a stream. A stream with several of them is
    /// behind one with fewer, which shows that the one does not wait for the other; a delay alone makes both late alike.
    pub pace: Duration,
    /// Remember where each allocation was made, for [`leaks`](crate::leaks). Costs a few microseconds an allocation.
    pub backtraces: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            devices: 2,
            memory_per_device: 4 << 30,
            reuse: Reuse::Immediate,
            async_delay: Duration::ZERO,
            pace: Duration::ZERO,
            backtraces: true,
        }
    }
}

/// Why [`configure`] refused.
///
/// ```
/// use cuda_emulator::{Config, ConfigureError, configure};
///
/// let refused = configure(Config { devices: 65, ..Config::default() });
/// assert_eq!(refused, Err(ConfigureError::TooManyDevices { asked: 65 }));
///
/// configure(Config::default())?;
/// let refused = configure(Config { devices: 1, ..Config::default() });
/// assert_eq!(refused, Err(ConfigureError::AlreadyStarted { running: Config::default() }));
/// # Ok::<(), ConfigureError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConfigureError {
    /// A CUDA call or an earlier `configure` has already fixed the configuration.
    #[error("the emulator already runs with {running:?}; configure it before the first CUDA call")]
    AlreadyStarted {
        /// The configuration in force.
        running: Config,
    },
    /// More than 64 devices.
    #[error("{asked} devices asked for, at most {MAX_DEVICES} can be emulated")]
    TooManyDevices {
        /// The number asked for.
        asked: usize,
    },
    /// The memory of a device is too small or too large.
    #[error("{asked} bytes of memory for each device asked for; {} to {} are possible", MEMORY_BOUNDS.0, MEMORY_BOUNDS.1)]
    MemorySize {
        /// The bytes asked for.
        asked: usize,
    },
}

static CONFIG: OnceLock<Config> = OnceLock::new();
/// [`UNSET`] until somebody sets it or the environment is read.
static DELAY_NANOS: AtomicU64 = AtomicU64::new(UNSET);
const UNSET: u64 = u64::MAX;

/// Chooses what is emulated, for the whole process, before the first CUDA call.
///
/// # Errors
///
/// [`ConfigureError`] if a CUDA call or an earlier `configure` came first, or if a value is out of range.
///
/// ```
/// use cuda_emulator::{Config, configure};
///
/// configure(Config { devices: 4, memory_per_device: 1 << 30, ..Config::default() })?;
/// let cuda = cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13);
/// let mut count = 0;
/// // SAFETY: `count` is valid for one `int`.
/// unsafe { cuda.cudaGetDeviceCount(&mut count) }?;
/// assert_eq!(count, 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn configure(config: Config) -> Result<(), ConfigureError> {
    check(&config)?;
    let delay = config.async_delay;
    if CONFIG.set(config).is_err() {
        return Err(ConfigureError::AlreadyStarted { running: get().clone() });
    }
    set_async_delay(delay);
    Ok(())
}

/// Changes how long after its enqueueing an asynchronous operation begins at the earliest, from now on. Set before the first
/// CUDA call, it replaces what the environment says; a later [`configure`] replaces it.
///
/// A delay makes missing synchronisation visible: a program that reads the target of an asynchronous copy too early then
/// reads the old bytes each time, not once in a thousand runs.
pub fn set_async_delay(delay: Duration) {
    DELAY_NANOS.store(nanos(delay), Ordering::Relaxed);
}

fn nanos(delay: Duration) -> u64 {
    u64::try_from(delay.as_nanos()).unwrap_or(UNSET).min(UNSET - 1)
}

pub(crate) fn async_delay() -> Duration {
    match DELAY_NANOS.load(Ordering::Relaxed) {
        UNSET => Duration::ZERO,
        nanos => Duration::from_nanos(nanos),
    }
}

/// The configuration in force; the first call fixes it.
pub(crate) fn get() -> &'static Config {
    CONFIG.get_or_init(|| {
        let config = from_environment(|name| std::env::var(name).ok());
        // Only if nobody has set it before the first call.
        let delay = nanos(config.async_delay);
        let _kept = DELAY_NANOS.compare_exchange(UNSET, delay, Ordering::Relaxed, Ordering::Relaxed);
        config
    })
}

fn check(config: &Config) -> Result<(), ConfigureError> {
    if config.devices > MAX_DEVICES {
        return Err(ConfigureError::TooManyDevices { asked: config.devices });
    }
    if !(MEMORY_BOUNDS.0..=MEMORY_BOUNDS.1).contains(&config.memory_per_device) {
        return Err(ConfigureError::MemorySize { asked: config.memory_per_device });
    }
    Ok(())
}

/// Reads the environment; a value that cannot be used is named on standard error and the default is taken, since no
/// caller is there to receive an error.
fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Config {
    let mut config = Config::default();
    let number = |name: &str, default: u64| match variable(name) {
        None => default,
        Some(text) => text.trim().parse().unwrap_or_else(|_| {
            eprintln!("cuda-emulator: {name}={text} is not a number; {default} is used");
            default
        }),
    };
    config.devices = usize::try_from(number("CUDA_EMULATOR_DEVICES", 2)).unwrap_or(usize::MAX);
    config.memory_per_device = usize::try_from(number("CUDA_EMULATOR_MEMORY", 4 << 30)).unwrap_or(usize::MAX);
    config.async_delay = Duration::from_micros(number("CUDA_EMULATOR_DELAY_US", 0));
    config.pace = Duration::from_micros(number("CUDA_EMULATOR_PACE_US", 0));
    config.backtraces = number("CUDA_EMULATOR_BACKTRACES", 1) != 0;
    match variable("CUDA_EMULATOR_REUSE").as_deref() {
        None | Some("immediate") => {}
        Some("delayed") => config.reuse = Reuse::Delayed,
        Some(other) => {
            eprintln!("cuda-emulator: CUDA_EMULATOR_REUSE={other} is neither immediate nor delayed")
        }
    }
    if let Err(refusal) = check(&config) {
        eprintln!("cuda-emulator: {refusal}; the defaults are used");
        let defaults = Config::default();
        (config.devices, config.memory_per_device) = (defaults.devices, defaults.memory_per_device);
    }
    config
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_overrides_the_defaults() {
        let config = from_environment(|name| match name {
            "CUDA_EMULATOR_DEVICES" => Some("3".into()),
            "CUDA_EMULATOR_REUSE" => Some("delayed".into()),
            "CUDA_EMULATOR_DELAY_US" => Some("250".into()),
            "CUDA_EMULATOR_PACE_US" => Some("30".into()),
            _ => None,
        });
        assert_eq!(config.devices, 3);
        assert_eq!(config.reuse, Reuse::Delayed);
        assert_eq!(config.async_delay, Duration::from_micros(250));
        assert_eq!(config.pace, Duration::from_micros(30));
        assert_eq!(config.memory_per_device, Config::default().memory_per_device);
    }

    #[test]
    fn values_out_of_range_fall_back_to_the_defaults() {
        let config = from_environment(|name| (name == "CUDA_EMULATOR_DEVICES").then(|| "65".into()));
        assert_eq!(config.devices, Config::default().devices);
        let config = from_environment(|name| (name == "CUDA_EMULATOR_MEMORY").then(|| "lots".into()));
        assert_eq!(config.memory_per_device, Config::default().memory_per_device);
    }

    #[test]
    fn a_configuration_out_of_range_is_refused() {
        let asked = Config { devices: 65, ..Config::default() };
        assert_eq!(check(&asked), Err(ConfigureError::TooManyDevices { asked: 65 }));
        let asked = Config { memory_per_device: 0, ..Config::default() };
        assert_eq!(check(&asked), Err(ConfigureError::MemorySize { asked: 0 }));
    }
}

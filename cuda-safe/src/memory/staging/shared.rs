//! The engine that everybody uses: one for each device, made when it is first asked for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::call::gate;
use crate::device::Device;
use crate::error::Result;
use crate::memory::staging::engine::Engine;
use crate::memory::staging::settings::Settings;

struct Shared {
    /// What [`configure`] said; else the environment is asked.
    settings: Option<Settings>,
    engines: Vec<Arc<Engine>>,
}

static SHARED: Mutex<Shared> = Mutex::new(Shared { settings: None, engines: Vec::new() });

/// The engine of `device`.
///
/// ```
/// use cuda_safe::memory::staging::{self, HostBytes, Place, Transfer};
/// use cuda_safe::{Device, DeviceMemory, Stream};
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let stream = Stream::new(device)?;
/// let image = vec![7u8; 1 << 20];
/// let mut memory = DeviceMemory::<u8>::new(device, image.len())?;
/// let place = Place::Run { base: memory.as_mut_ptr().cast() };
/// let transfer = Transfer::new(stream.as_ref(), place, image.len());
/// // SAFETY: both have as many bytes, and nobody else uses them until the call returns.
/// unsafe { staging::shared(device)?.upload(transfer, &HostBytes::new(image.as_ptr())) }?;
/// assert_eq!(memory.to_vec()?, image);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// A `CUDA_INTEROP_STAGING` that cannot be understood; a forked child.
pub fn shared(device: Device) -> Result<Arc<Engine>> {
    // In a forked child the lock is as the parent left it.
    gate("staging")?;
    let mut shared = locked();
    if let Some(engine) = shared.engines.iter().find(|engine| engine.device() == device) {
        return Ok(Arc::clone(engine));
    }
    let settings = shared.settings.map_or_else(Settings::from_environment, Ok)?;
    let engine = Arc::new(Engine::new(device, settings)?);
    shared.engines.push(Arc::clone(&engine));
    Ok(engine)
}

/// Changes the settings of every engine that [`shared`] gives from now on. Those given before go when their last copy
/// has ended.
///
/// # Errors
/// Settings that contradict each other; a forked child.
pub fn configure(settings: Settings) -> Result<()> {
    gate("staging")?;
    settings.shape(settings.most_threads())?;
    let mut shared = locked();
    shared.settings = Some(settings);
    let former = std::mem::take(&mut shared.engines);
    // Ending threads takes a while: not under the lock.
    drop(shared);
    drop(former);
    Ok(())
}

/// Frees the page-locked memory that no copy is using, of every engine that [`shared`] gave; the next copies make it anew.
/// Returns how many bytes.
pub fn release() -> usize {
    // In a forked child the lock is as the parent left it.
    if gate("staging").is_err() {
        return 0;
    }
    let engines = locked().engines.clone();
    engines.iter().map(|engine| engine.release()).sum()
}

fn locked() -> MutexGuard<'static, Shared> {
    SHARED.lock().unwrap_or_else(PoisonError::into_inner)
}

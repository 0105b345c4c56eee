//! The one emulated machine of the process: its devices, their memory, and the handles that programs hold.

use std::ffi::c_void;
use std::ptr;
use std::sync::{Arc, Mutex, OnceLock, RwLock};

use crate::config::{self, Config};
use crate::device::Device;
use crate::event::Event;
use crate::handle::Handles;
use crate::lock::{lock, read, write};
use crate::memory::Memory;
use crate::outcome::{Code, Outcome};
use crate::process;
use crate::stream::{Role, Stream};
use crate::thread;

const STREAM_HANDLES: u8 = 0;
const EVENT_HANDLES: u8 = 1;

/// Everything behind the C functions.
pub(crate) struct Emulator {
    pub(crate) devices: Vec<Device>,
    pub(crate) memory: RwLock<Memory>,
    pub(crate) streams: Mutex<Handles<Arc<Stream>>>,
    pub(crate) events: Mutex<Handles<Arc<Event>>>,
}

static EMULATOR: OnceLock<Option<Emulator>> = OnceLock::new();

/// The emulator, started by the first call. It fails if the addresses of the devices cannot be reserved.
pub(crate) fn get() -> Outcome<&'static Emulator> {
    let started = EMULATOR.get_or_init(|| {
        process::watch();
        let config = config::get();
        let memory = Memory::new(config).inspect_err(|error| {
            let Config { devices, memory_per_device, .. } = config;
            // The C function has only a code to say it with, so the reason is said here.
            eprintln!(
                "cuda-emulator: no addresses for {devices} devices of {memory_per_device} bytes: {error}"
            );
        });
        Some(Emulator {
            devices: (0..config.devices).map(Device::new).collect(),
            memory: RwLock::new(memory.ok()?),
            streams: Mutex::new(Handles::new(STREAM_HANDLES, config.reuse)),
            events: Mutex::new(Handles::new(EVENT_HANDLES, config.reuse)),
        })
    });
    started.as_ref().ok_or(Code::cudaErrorInitializationError)
}

/// The emulator if a call has started it.
pub(crate) fn running() -> Option<&'static Emulator> {
    EMULATOR.get()?.as_ref()
}

impl Emulator {
    /// The device of an ordinal given by the program.
    pub(crate) fn device(&self, ordinal: i32) -> Outcome<(usize, &Device)> {
        if self.devices.is_empty() {
            return Err(Code::cudaErrorNoDevice);
        }
        let index = usize::try_from(ordinal).map_err(|_| Code::cudaErrorInvalidDevice)?;
        let device = self.devices.get(index).ok_or(Code::cudaErrorInvalidDevice)?;
        Ok((index, device))
    }

    /// The thread's current device.
    pub(crate) fn current(&self) -> Outcome<(usize, &Device)> {
        let index = thread::device();
        Ok((index, self.devices.get(index).ok_or(Code::cudaErrorNoDevice)?))
    }

    /// The stream of a handle, and its device, which works.
    pub(crate) fn stream<T>(&self, handle: *mut T) -> Outcome<(Arc<Stream>, &Device)> {
        let stream = match handle.addr() {
            0 | 1 => Arc::clone(&self.current()?.1.legacy),
            2 => {
                let (index, device) = self.current()?;
                thread::default_stream(index, || device.create_stream(Role::Blocking, 0))?
            }
            other => {
                let streams = lock(&self.streams);
                Arc::clone(streams.get(other).ok_or(Code::cudaErrorInvalidResourceHandle)?)
            }
        };
        stream.check()?;
        let device = &self.devices[stream.device];
        Ok((stream, device))
    }

    /// The event of a handle.
    pub(crate) fn event<T>(&self, handle: *mut T) -> Outcome<Arc<Event>> {
        let events = lock(&self.events);
        events.get(handle.addr()).map(Arc::clone).ok_or(Code::cudaErrorInvalidResourceHandle)
    }

    /// What follows each synchronisation with `device`: its pools give back what they hold in excess.
    pub(crate) fn synchronised(&self, device: usize) {
        // Looked at under the shared lock first, since there is almost never anything to give back.
        let surplus = read(&self.memory).has_surplus(device);
        if surplus {
            write(&self.memory).trim(device, false);
        }
    }

    /// Waits for everything issued to a device.
    pub(crate) fn synchronise(&self, device: usize) -> Outcome {
        self.devices[device].synchronise()?;
        self.synchronised(device);
        Ok(())
    }

    /// Waits for everything issued to any device.
    pub(crate) fn synchronise_all(&self) -> Outcome {
        (0..self.devices.len()).try_for_each(|device| self.synchronise(device))
    }
}

/// A handle or an address as the pointer that the C functions exchange.
pub(crate) fn pointer<T>(address: usize) -> *mut T {
    if address == 0 { ptr::null_mut() } else { ptr::with_exposed_provenance_mut::<c_void>(address).cast() }
}

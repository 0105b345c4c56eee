//! Time, and processor time of the whole process.

use std::time::Instant;

/// What something took, in seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Took {
    pub(super) seconds: f64,
    /// Until the call returned, which may be before the device has all bytes.
    pub(super) returned: f64,
    /// Of all threads; none where the system does not tell.
    pub(super) cpu_seconds: Option<f64>,
}

/// Something that is under way.
pub(super) struct Clock {
    cpu: Option<f64>,
    begun: Instant,
    returned: Option<f64>,
}

impl Clock {
    pub(super) fn start() -> Self {
        let cpu = cpu_seconds();
        Self { cpu, begun: Instant::now(), returned: None }
    }

    /// The call has returned; the end is waited for.
    pub(super) fn returned(&mut self) {
        self.returned = Some(self.begun.elapsed().as_secs_f64());
    }

    pub(super) fn stop(self) -> Took {
        let seconds = self.begun.elapsed().as_secs_f64();
        let returned = self.returned.unwrap_or(seconds);
        let cpu_seconds = self.cpu.zip(cpu_seconds()).map(|(before, after)| after - before);
        Took { seconds, returned, cpu_seconds }
    }
}

#[cfg(target_os = "linux")]
fn cpu_seconds() -> Option<f64> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Some(time.tv_sec as f64 + time.tv_nsec as f64 / 1e9)
}

#[cfg(not(target_os = "linux"))]
fn cpu_seconds() -> Option<f64> {
    None
}

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

/// Processor time of the threads of this process whose names begin so; none where there are none, or the system does not tell.
#[cfg(target_os = "linux")]
pub(super) fn cpu_seconds_of_threads(name: &str) -> Option<f64> {
    let (mut nanoseconds, mut any) = (0.0, false);
    for thread in std::fs::read_dir("/proc/self/task").ok()? {
        let path = thread.ok()?.path();
        // A thread that has ended meanwhile has no files.
        if std::fs::read_to_string(path.join("comm")).is_ok_and(|own| own.starts_with(name)) {
            // On the processor, waiting for it, how often.
            let Ok(times) = std::fs::read_to_string(path.join("schedstat")) else { continue };
            nanoseconds += times.split(' ').next()?.parse::<f64>().ok()?;
            any = true;
        }
    }
    any.then_some(nanoseconds / 1e9)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn cpu_seconds_of_threads(_name: &str) -> Option<f64> {
    None
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_thread_that_works_is_seen_and_one_that_sleeps_takes_nothing() {
        let (told, tell) = (std::sync::mpsc::channel(), std::sync::mpsc::channel::<()>());
        let thread = std::thread::Builder::new().name("clock-busy".to_owned()).spawn(move || {
            let clock = Clock::start();
            while clock.begun.elapsed() < Duration::from_millis(30) {}
            told.0.send(()).unwrap();
            tell.1.recv().unwrap_err();
        });
        told.1.recv().unwrap();
        let at_once = cpu_seconds_of_threads("clock-busy").unwrap();
        assert!(at_once > 0.001, "{at_once}");
        std::thread::sleep(Duration::from_millis(20));
        let later = cpu_seconds_of_threads("clock-busy").unwrap();
        assert!(later - at_once < 0.005, "{later} after {at_once}");
        drop(tell.0);
        thread.unwrap().join().unwrap();
        assert_eq!(cpu_seconds_of_threads("clock-none"), None);
    }
}

//! Where memory was allocated, for the report of what was never freed.

use std::backtrace::Backtrace;
use std::fmt;
use std::sync::Arc;

/// The call stack of an allocation; its names are looked up only when it is shown.
#[derive(Clone)]
pub(crate) struct Site(Arc<Backtrace>);

impl Site {
    /// The stack of this thread.
    pub(crate) fn here() -> Self {
        Self(Arc::new(Backtrace::force_capture()))
    }

    /// The caller of the CUDA function first, its callers after it: `function at file:line`.
    fn frames(&self) -> Vec<String> {
        let text = self.0.to_string();
        // A frame is "  7: function" and, where debug information exists, a second line "at file:line:column".
        let mut frames: Vec<(String, String)> = Vec::new();
        for line in text.lines().map(str::trim) {
            match (line.strip_prefix("at "), line.split_once(": ")) {
                (Some(place), _) => {
                    if let Some((_, at)) = frames.last_mut() {
                        *at = format!(" at {place}");
                    }
                }
                (None, Some((_, function))) => frames.push((function.to_owned(), String::new())),
                (None, None) => {}
            }
        }
        let inside = |function: &str| {
            let function = function.trim_start_matches('<');
            ["cuda_emulator::", "cuda_sys::"].iter().any(|own| function.starts_with(own))
                || function.starts_with("cuda")
        };
        let ours = frames.iter().rposition(|(function, _)| function.contains("cuda_emulator::api"));
        let callers = frames.split_off(ours.map_or(0, |index| index + 1));
        let callers =
            callers.into_iter().skip_while(|(function, at)| inside(function) && !at.contains("/tests/"));
        callers.map(|(function, at)| function + &at).collect()
    }
}

/// The kinds of memory that are counted.
///
/// ```
/// use cuda_emulator::{Flavour, LeakKind, leaks, runtime};
///
/// let (cuda, mut pointer) = (runtime(Flavour::Cuda13), std::ptr::null_mut());
/// // SAFETY: `pointer` is valid for one pointer.
/// unsafe { cuda.cudaMallocHost(&mut pointer, 64) }?;
/// assert_eq!(leaks()[0].kind, LeakKind::Pinned);
/// # Ok::<(), cuda_emulator::cuda_sys::MissingSymbol>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeakKind {
    /// `cudaMalloc` and its relatives.
    Device,
    /// `cudaMallocAsync` and `cudaMallocFromPoolAsync`.
    Pool,
    /// `cudaMallocHost` and `cudaHostAlloc`.
    Pinned,
    /// Host memory that is still registered.
    Registered,
    /// `cudaMallocManaged`.
    Managed,
}

/// Memory that is still allocated. Printed, it is one line, or more with the call stack as `{leak:#}`.
///
/// ```
/// use cuda_emulator::{Flavour, Leak, leaks, runtime};
///
/// let (cuda, mut pointer) = (runtime(Flavour::Cuda13), std::ptr::null_mut());
/// // SAFETY: `pointer` is valid for one pointer.
/// unsafe { cuda.cudaMalloc(&mut pointer, 64) }?;
/// let leak: Leak = leaks().remove(0);
/// assert_eq!((leak.address, leak.size, leak.device), (pointer.addr(), 64, 0));
/// assert!(leak.to_string().starts_with("64 bytes of Device memory at 0x"));
/// assert!(leak.site().is_some());
/// # Ok::<(), cuda_emulator::cuda_sys::MissingSymbol>(())
/// ```
#[derive(Clone)]
pub struct Leak {
    /// The address that the program was given.
    pub address: usize,
    /// The size asked for, in bytes.
    pub size: usize,
    /// How it was allocated.
    pub kind: LeakKind,
    /// The device that was current then.
    pub device: usize,
    pub(crate) site: Option<Site>,
}

impl Leak {
    /// Who made the allocation, `function at file:line`; none without [`Config::backtraces`](crate::Config::backtraces).
    pub fn site(&self) -> Option<String> {
        self.site.as_ref()?.frames().into_iter().next()
    }
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, size, kind, device, .. } = self;
        write!(f, "{size} bytes of {kind:?} memory at {address:#x}, device {device}")?;
        let frames = self.site.as_ref().map(Site::frames).unwrap_or_default();
        let shown = if f.alternate() { frames.len() } else { 1 };
        let between = if f.alternate() { "\n    by " } else { ", by " };
        frames.iter().take(shown).try_for_each(|frame| write!(f, "{between}{frame}"))
    }
}

impl fmt::Debug for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The leaks as text, one line for each site: how many, how many bytes, who.
pub(crate) fn summary(leaks: &[Leak]) -> String {
    let mut sites: Vec<(String, usize, usize)> = Vec::new();
    for leak in leaks {
        let (kind, device) = (leak.kind, leak.device);
        let who = leak.site().map(|site| format!(" by {site}")).unwrap_or_default();
        let what = format!("{kind:?} memory, device {device}{who}");
        match sites.iter_mut().find(|(site, ..)| *site == what) {
            Some((_, count, bytes)) => (*count, *bytes) = (*count + 1, *bytes + leak.size),
            None => sites.push((what, 1, leak.size)),
        }
    }
    sites.sort_by_key(|&(_, _, bytes)| std::cmp::Reverse(bytes));
    sites.iter().map(|(what, count, bytes)| format!("{count} x {what}: {bytes} bytes\n")).collect()
}

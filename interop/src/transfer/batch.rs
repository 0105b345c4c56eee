//! Many copies between the host and devices at once.
//!
//! A call for each of many small arrays spends its time in the calls. Here the arrays of one device are taken for one long
//! packed run: the transfer engine's threads gather pieces of it, and the device gets each piece with few calls, one if the
//! device arrays follow each other. An array that the engine would not move this way, such as a large transposed one,
//! is copied by itself.

use std::ffi::c_void;
use std::ops::Range;

use cuda_safe::memory::staging::{
    self, Engine, Place, Sink, Source, Spans, Stores, Transfer, Until, copy_bytes,
};
use cuda_safe::{Device, Stream};

use super::calls::{check_dtype, pointer, wait_for_own};
use super::packed::{is_pageable, until};
use super::pieces::Pieces;
use super::progress::Progress;
use super::staged::{FROM, begun, place};
use super::{read, write};
use crate::error::{Error, Result};
use crate::host::{HostView, HostViewMut};
use crate::layout::{CopyPlan, Layout, Staging};
use crate::owner::MemoryKind;
use crate::view::{CudaView, CudaViewMut, Memory};

/// So many arrays, or [`FROM`] bytes in all, gain by being taken together.
const MANY: usize = 16;
/// A strided array of as many bytes is copied by itself, for which there are better orders.
const LARGE_STRIDED: usize = 512 << 10;
/// An array of as many bytes is worth asking whether the device reaches its host memory by itself: then it is copied by
/// itself, without a pass through other memory. Smaller ones gain more by going together.
const LARGE_PINNED: usize = 1 << 20;
/// Shorter runs end before fetching ahead would help.
const LONG_RUN: usize = 64 << 10;

/// Copies many host arrays to device arrays, and returns when the host arrays may be changed again; later work of each
/// device array's stream sees the elements.
///
/// It is one [`memcpy_h2d`](crate::memcpy_h2d) for each pair, but for the speed: a few calls move thousands of small
/// arrays. Every pair is checked before anything is touched.
///
/// ```
/// use interop::{CudaBuffer, DType, memcpy_d2h, memcpy_h2d_batch};
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let rows = [vec![1.0f32, 2.0], vec![3.0, 4.0], vec![5.0, 6.0]];
/// let mut table = CudaBuffer::new(device, &[3, 2], DType::F32)?;
/// memcpy_h2d_batch(rows.iter().zip(table.view_mut()?.split(0)?))?;
/// let mut all = [0.0f32; 6];
/// memcpy_d2h(&table, &mut all)?;
/// assert_eq!(all, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
/// # Ok::<(), interop::Error>(())
/// ```
///
/// # Errors
/// As [`memcpy_h2d`](crate::memcpy_h2d), for any of the pairs: nothing has been touched if a pair does not fit. After an
/// error of CUDA's some of the device arrays may have been written.
#[doc(alias = "cudaMemcpyBatchAsync")]
pub fn memcpy_h2d_batch<'h, 'd, H, D>(pairs: impl IntoIterator<Item = (H, D)>) -> Result<()>
where
    H: TryInto<HostView<'h>, Error: Into<Error>>,
    D: TryInto<CudaViewMut<'d>, Error: Into<Error>>,
{
    let pairs: Vec<(HostView<'h>, CudaViewMut<'d>)> = views(pairs)?;
    let parts = all(&pairs, |(host, device)| {
        check_dtype(device.dtype(), host.dtype(), host.carries(device.dtype()))?;
        let arrays =
            Arrays { device: device.layout(), memory: device.memory(), host: host.base().cast_mut() };
        let run = host.run_of(device.shape(), arrays.device.size_bytes());
        arrays.part(run.map(<*const u8>::cast_mut), true, || {
            let host = host.shaped_like(device.shape())?;
            CopyPlan::new(device.layout(), &host)?;
            Ok(host)
        })
    })?;
    run(
        parts,
        |index| pairs[index].1.stream(),
        |index| {
            write(
                &pairs[index].0,
                &pairs[index].1,
                pairs[index].1.stream().as_ref(),
                &mut Progress::default(),
            )
        },
        // SAFETY: every part lies inside two arrays that are borrowed for this call.
        |engine, transfer, parts| unsafe { engine.upload(transfer, parts) },
    )
}

/// Copies many device arrays to host arrays; the host arrays are written on return.
///
/// It is one [`memcpy_d2h`](crate::memcpy_d2h) for each pair, but for the speed, as
/// [`memcpy_h2d_batch`] is for the other way.
///
/// ```
/// use interop::{CudaBuffer, DType, memcpy_d2h_batch, memcpy_h2d};
/// # let device = cuda_safe::Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?;
/// let mut table = CudaBuffer::new(device, &[3, 2], DType::U8)?;
/// memcpy_h2d(b"abcdef", &mut table)?;
/// let mut columns = vec![[0u8; 3]; 2];
/// let views = (0..2).map(|column| table.view().index(1, column)).collect::<Result<Vec<_>, _>>()?;
/// memcpy_d2h_batch(views.into_iter().zip(&mut columns))?;
/// assert_eq!(columns, [*b"ace", *b"bdf"]);
/// # Ok::<(), interop::Error>(())
/// ```
///
/// # Errors
/// As [`memcpy_d2h`](crate::memcpy_d2h), for any of the pairs: nothing has been touched if a pair does not fit. After an
/// error of CUDA's some of the host arrays may have been written.
#[doc(alias = "cudaMemcpyBatchAsync")]
pub fn memcpy_d2h_batch<'h, 'd, D, H>(pairs: impl IntoIterator<Item = (D, H)>) -> Result<()>
where
    D: TryInto<CudaView<'d>, Error: Into<Error>>,
    H: TryInto<HostViewMut<'h>, Error: Into<Error>>,
{
    let pairs: Vec<(CudaView<'d>, HostViewMut<'h>)> = views(pairs)?;
    let parts = all(&pairs, |(device, host)| {
        check_dtype(host.dtype(), device.dtype(), host.carries(device.dtype()))?;
        let arrays = Arrays { device: device.layout(), memory: device.memory(), host: host.base() };
        let run = host.run_of(device.shape(), arrays.device.size_bytes());
        arrays.part(run, false, || {
            let host = host.shaped_like(device.shape())?;
            CopyPlan::new(&host, device.layout())?;
            Ok(host)
        })
    })?;
    run(
        parts,
        |index| pairs[index].0.stream(),
        |index| {
            read(&pairs[index].0, &pairs[index].1, pairs[index].0.stream().as_ref(), &mut Progress::default())
        },
        // SAFETY: every part lies inside two arrays that are borrowed for this call.
        |engine, transfer, parts| unsafe { engine.download(transfer, parts) },
    )
}

/// The views of all pairs. (Views are large, and `collect` would move them several times.)
fn views<A, B, S, D>(pairs: impl IntoIterator<Item = (A, B)>) -> Result<Vec<(S, D)>>
where
    A: TryInto<S, Error: Into<Error>>,
    B: TryInto<D, Error: Into<Error>>,
{
    let pairs = pairs.into_iter();
    let mut views = Vec::with_capacity(pairs.size_hint().0);
    for (source, destination) in pairs {
        views.push((source.try_into().map_err(Into::into)?, destination.try_into().map_err(Into::into)?));
    }
    Ok(views)
}

/// What comes of each pair, or the first error.
fn all<T, U>(pairs: &[T], mut part: impl FnMut(&T) -> Result<U>) -> Result<Vec<U>> {
    let mut parts = Vec::with_capacity(pairs.len());
    for pair in pairs {
        parts.push(part(pair)?);
    }
    Ok(parts)
}

/// Copies the parts of each device together, and by themselves the pairs that are none or whose device has too few.
fn run<'a>(
    mut parts: Vec<Option<Part>>,
    stream: impl Fn(usize) -> &'a Stream,
    alone: impl Fn(usize) -> Result<()>,
    copy: impl Fn(&Engine, Transfer<'_>, &Parts) -> cuda_safe::Result<()>,
) -> Result<()> {
    let mut groups: Vec<(Device, Vec<usize>)> = Vec::new();
    let mut single: Vec<usize> = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let device = stream(index).device();
        if let Some(Part { bytes: LARGE_PINNED.., host: Host::Run(host), .. }) = part
            && !is_pageable(device, *host)?
        {
            single.push(index);
            continue;
        }
        match groups.iter_mut().rfind(|group| group.0 == device) {
            _ if part.is_none() => single.push(index),
            Some((_, indices)) => indices.push(index),
            None => groups.push((device, vec![index])),
        }
    }
    for (device, indices) in groups {
        let engine = staging::shared(device)?;
        let bytes: usize =
            indices.iter().filter_map(|&index| parts[index].as_ref()).map(|part| part.bytes).sum();
        if !engine.settings().enabled || indices.len() < MANY && (bytes < FROM || indices.len() == 1) {
            single.extend(indices);
            continue;
        }
        let own = stream(indices[0]);
        let mut seen = own;
        for &index in &indices {
            if stream(index).as_ref() != seen.as_ref() {
                seen = stream(index);
                wait_for_own(own.as_ref(), seen)?;
            }
        }
        let mut taken: Vec<Part> = indices.iter().filter_map(|&index| parts[index].take()).collect();
        // In the order of the device memory there is more that lies together. Those in order already are left alone.
        taken.sort_by_key(|part| part.place.address());
        let until = taken.iter().map(|part| part.until).find(|&until| until == Until::Done);
        let (joined, spans) = Parts::join(taken);
        let transfer = Transfer::new(own.as_ref(), Place::Spans(&spans), spans.bytes())
            .until(until.unwrap_or(Until::Staged));
        if !begun(copy(&engine, transfer, &joined))? {
            single.extend(indices);
        }
    }
    single.sort_unstable();
    single.into_iter().try_for_each(alone)
}

/// The two sides of a pair.
struct Arrays<'a> {
    device: &'a Layout,
    memory: Memory<'a>,
    host: *mut u8,
}

impl Arrays<'_> {
    /// The pair as a part of the packed run, if it suits. `run` is the host side if both sides are runs in C order; else
    /// `layout` checks the pair and gives the host's layout.
    fn part(
        &self,
        run: Option<*mut u8>,
        to_device: bool,
        layout: impl FnOnce() -> Result<Layout>,
    ) -> Result<Option<Part>> {
        let (bytes, until) = (self.device.size_bytes(), until(self.memory, self.memory.stream.as_ref()));
        let is_plain = self.memory.kind == MemoryKind::Device && bytes > 0;
        let (allocation, base) = (self.memory.base, pointer(self.memory.base));
        if let Some(host) = run.filter(|_| self.device.is_c_contiguous()) {
            let base = base.wrapping_byte_offset(self.device.offset());
            return Ok(is_plain.then(|| Part {
                bytes,
                place: Side::Run(base),
                allocation,
                until,
                host: Host::Run(host),
            }));
        }
        let host = layout()?;
        if !is_plain || bytes >= LARGE_STRIDED {
            return Ok(None);
        }
        let staging = if to_device { Staging::write(self.device) } else { Staging::read(self.device) }?;
        let Some((place, packed)) = place(base, &staging, self.device, to_device) else { return Ok(None) };
        let place = match place {
            Place::Run { base } => Side::Run(base),
            Place::Rows { base, width, pitch } => Side::Rows { base, width, pitch },
            _ => return Ok(None),
        };
        let pieces = Pieces::new(&packed, &host, self.host);
        let host = match pieces.contiguous() {
            Some(base) => Host::Run(base),
            None => Host::Strided(Box::new(pieces)),
        };
        Ok(Some(Part { bytes, place, allocation, until, host }))
    }
}

/// A pair of arrays.
struct Part {
    bytes: usize,
    place: Side,
    /// What the device memory is a part of: where that begins.
    allocation: usize,
    /// When an upload of it may return.
    until: Until,
    host: Host,
}

/// The device's side of it.
enum Side {
    Run(*mut c_void),
    Rows { base: *mut c_void, width: usize, pitch: usize },
}

impl Side {
    fn address(&self) -> usize {
        match *self {
            Self::Run(base) | Self::Rows { base, .. } => base.addr(),
        }
    }
}

/// The host's side of it.
enum Host {
    Run(*mut u8),
    Strided(Box<Pieces>),
}

/// The host's side of all parts, one after the other in packed order.
#[derive(Default)]
struct Parts {
    hosts: Vec<Host>,
    /// Where each part begins, and where the last one ends.
    bounds: Vec<usize>,
}

// SAFETY: whoever made the parts vouches for the memory on every thread.
unsafe impl Sync for Parts {}

impl Parts {
    fn join(parts: Vec<Part>) -> (Self, Spans) {
        let (mut joined, mut spans) = (Self::default(), Spans::default());
        for Part { bytes, place, allocation, host, .. } in parts {
            joined.hosts.push(host);
            joined.bounds.push(spans.bytes());
            match place {
                Side::Rows { base, width, pitch } => {
                    (0..bytes / width)
                        .for_each(|row| spans.push(base.wrapping_byte_add(row * pitch), width, allocation));
                }
                Side::Run(base) => spans.push(base, bytes, allocation),
            }
        }
        joined.bounds.push(spans.bytes());
        (joined, spans)
    }

    /// Calls `take` with the parts that make up a range: the range within the part, and its distance from the start.
    fn each(&self, range: Range<usize>, mut take: impl FnMut(&Host, Range<usize>, usize)) {
        let first = self.bounds.partition_point(|&start| start <= range.start).saturating_sub(1);
        for (host, bounds) in self.hosts.iter().zip(self.bounds.windows(2)).skip(first) {
            let &[start, end] = bounds else { break };
            let (from, to) = (start.max(range.start), end.min(range.end));
            if from >= to {
                break;
            }
            take(host, from - start..to - start, from - range.start);
        }
    }
}

/// Stores for a run of so many bytes.
fn stores(bytes: usize, wanted: Stores) -> Stores {
    if bytes < LONG_RUN { Stores::Ordinary } else { wanted }
}

// SAFETY: the parts make up the range, and each is written whole.
unsafe impl Source for Parts {
    unsafe fn read(&self, range: Range<usize>, to: *mut u8, wanted: Stores) {
        self.each(range, |host, inside, at| {
            let (to, bytes) = (to.wrapping_add(at), inside.len());
            match host {
                Host::Run(base) => {
                    let from = base.wrapping_add(inside.start).cast_const();
                    // SAFETY: the bytes lie inside the array and inside the range.
                    unsafe { copy_bytes(from, to, bytes, stores(bytes, wanted)) };
                }
                // SAFETY: as above.
                Host::Strided(pieces) => unsafe { pieces.read(inside, to, wanted) },
            }
        });
    }
}

// SAFETY: only elements of the range are written.
unsafe impl Sink for Parts {
    unsafe fn write(&self, range: Range<usize>, from: *const u8, wanted: Stores) {
        self.each(range, |host, inside, at| {
            let (from, bytes) = (from.wrapping_add(at), inside.len());
            match host {
                Host::Run(base) => {
                    let to = base.wrapping_add(inside.start);
                    // SAFETY: the bytes lie inside the array and inside the range.
                    unsafe { copy_bytes(from, to, bytes, stores(bytes, wanted)) };
                }
                // SAFETY: as above.
                Host::Strided(pieces) => unsafe { pieces.write(inside, from, wanted) },
            }
        });
    }
}

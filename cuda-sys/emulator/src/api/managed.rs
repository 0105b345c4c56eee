//! Managed memory: prefetching, advice, and what became of them.

use std::ffi::{c_int, c_void};

use cuda_sys::cudart::{cudaMemRangeAttribute, cudaMemoryAdvise, cudaStream_t};

use super::argument::{array, given};
use super::call::c_functions;
use super::location::Place;
use crate::allocation::{Advice, Kind};
use crate::config::MAX_DEVICES;
use crate::emulator::{self, Emulator};
use crate::lock::{read, write};
use crate::memory::{Memory, Space};
use crate::outcome::{Code, Outcome};
use crate::stream::Work;

/// The number that stands for the host.
const HOST: c_int = -1;
/// The number that stands for no place.
const NOWHERE: c_int = -2;

c_functions! { both:
    fn cudaMemRangeGetAttribute(
        data: *mut c_void,
        dataSize: usize,
        attribute: cudaMemRangeAttribute,
        devPtr: *const c_void,
        count: usize,
    ) {
        let advice = advice(devPtr, count)?;
        // SAFETY: the caller vouches for `dataSize` bytes at `data`.
        unsafe { answer(&advice, attribute, data, dataSize) }
    }

    fn cudaMemRangeGetAttributes(
        data: *mut *mut c_void,
        dataSizes: *mut usize,
        attributes: *mut cudaMemRangeAttribute,
        numAttributes: usize,
        devPtr: *const c_void,
        count: usize,
    ) {
        let advice = advice(devPtr, count)?;
        // SAFETY: arrays of this length, by C's contract.
        let data = unsafe { array(data, numAttributes) }?;
        // SAFETY: arrays of this length, by C's contract.
        let sizes = unsafe { array(dataSizes, numAttributes) }?;
        // SAFETY: arrays of this length, by C's contract.
        let attributes = unsafe { array(attributes, numAttributes) }?;
        for ((&attribute, &data), &size) in attributes.iter().zip(data).zip(sizes) {
            // SAFETY: the caller vouches for as many bytes at `data` as it says.
            unsafe { answer(&advice, attribute, data, size) }?;
        }
        Ok(())
    }
}

/// Moves managed memory to a place, in stream order. The bytes are everywhere at once, so only the place is noted.
pub(super) fn prefetch(start: *const c_void, count: usize, place: Place, stream: cudaStream_t) -> Outcome {
    let emulator = emulator::get()?;
    let (stream, device) = emulator.stream(stream)?;
    let (start, place) = (start.addr(), number(emulator, place)?);
    managed(&read(&emulator.memory), start, count)?;
    let work = Work::device(move || {
        if let Some(advice) = managed_mut(&mut write(&emulator.memory), start) {
            advice.prefetched = place;
        }
        Ok(())
    });
    device.submit(&stream, None, work).map(drop)
}

/// Notes advice about managed memory.
pub(super) fn advise(start: *const c_void, count: usize, advice: cudaMemoryAdvise, place: Place) -> Outcome {
    let emulator = emulator::get()?;
    let start = start.addr();
    managed(&read(&emulator.memory), start, count)?;
    let unplaced = [
        cudaMemoryAdvise::cudaMemAdviseSetReadMostly,
        cudaMemoryAdvise::cudaMemAdviseUnsetReadMostly,
        cudaMemoryAdvise::cudaMemAdviseUnsetPreferredLocation,
    ];
    let place = if unplaced.contains(&advice) { NOWHERE } else { number(emulator, place)? };
    // The host's bit comes after those of all devices.
    let bit = 1_u128 << usize::try_from(place).unwrap_or(MAX_DEVICES);
    let mut memory = write(&emulator.memory);
    let Some(noted) = managed_mut(&mut memory, start) else { return Err(Code::cudaErrorInvalidValue) };
    match advice {
        cudaMemoryAdvise::cudaMemAdviseSetReadMostly => noted.read_mostly = true,
        cudaMemoryAdvise::cudaMemAdviseUnsetReadMostly => noted.read_mostly = false,
        cudaMemoryAdvise::cudaMemAdviseSetPreferredLocation => noted.preferred = place,
        cudaMemoryAdvise::cudaMemAdviseUnsetPreferredLocation => noted.preferred = NOWHERE,
        cudaMemoryAdvise::cudaMemAdviseSetAccessedBy => noted.accessed_by |= bit,
        cudaMemoryAdvise::cudaMemAdviseUnsetAccessedBy => noted.accessed_by &= !bit,
        _ => return Err(Code::cudaErrorInvalidValue),
    }
    Ok(())
}

/// A place as a device's ordinal or the host's number.
fn number(emulator: &Emulator, place: Place) -> Outcome<c_int> {
    match place {
        Place::Device(device) => emulator.device(device).map(|_| device),
        Place::Host => Ok(HOST),
        Place::Other => Err(Code::cudaErrorInvalidValue),
    }
}

/// What was noted about a range of managed memory.
fn advice(start: *const c_void, count: usize) -> Outcome<Advice> {
    managed(&read(&emulator::get()?.memory), start.addr(), count)
}

fn managed(memory: &Memory, start: usize, count: usize) -> Outcome<Advice> {
    if count == 0 || memory.locate(start, count)?.space != Space::Managed {
        return Err(Code::cudaErrorInvalidValue);
    }
    memory.around(start).map(|found| found.advice).ok_or(Code::cudaErrorInvalidValue)
}

fn managed_mut(memory: &mut Memory, address: usize) -> Option<&mut Advice> {
    let start = memory.around(address).filter(|found| found.kind == Kind::Managed)?.start;
    memory.table.get_mut(&start).map(|found| &mut found.advice)
}

/// Writes one attribute of a range.
///
/// # Safety
///
/// `data` is null or valid for writing `size` bytes.
unsafe fn answer(
    advice: &Advice,
    attribute: cudaMemRangeAttribute,
    data: *mut c_void,
    size: usize,
) -> Outcome {
    given(data)?;
    let place = |place: c_int| match place {
        HOST => 2,
        NOWHERE => 0,
        _ => 1,
    };
    let id = |place: c_int| place.max(0);
    let words: Vec<c_int> = match attribute {
        cudaMemRangeAttribute::cudaMemRangeAttributeReadMostly => vec![c_int::from(advice.read_mostly)],
        cudaMemRangeAttribute::cudaMemRangeAttributePreferredLocation => vec![advice.preferred],
        cudaMemRangeAttribute::cudaMemRangeAttributeLastPrefetchLocation => vec![advice.prefetched],
        cudaMemRangeAttribute::cudaMemRangeAttributePreferredLocationType => vec![place(advice.preferred)],
        cudaMemRangeAttribute::cudaMemRangeAttributePreferredLocationId => vec![id(advice.preferred)],
        cudaMemRangeAttribute::cudaMemRangeAttributeLastPrefetchLocationType => {
            vec![place(advice.prefetched)]
        }
        cudaMemRangeAttribute::cudaMemRangeAttributeLastPrefetchLocationId => vec![id(advice.prefetched)],
        cudaMemRangeAttribute::cudaMemRangeAttributeAccessedBy => {
            let bits = (0..=MAX_DEVICES).filter(|bit| advice.accessed_by & (1 << bit) != 0);
            let devices = bits.map(|bit| if bit == MAX_DEVICES { HOST } else { bit as c_int });
            devices.chain(std::iter::repeat(NOWHERE)).take(size / size_of::<c_int>()).collect()
        }
        _ => return Err(Code::cudaErrorInvalidValue),
    };
    if size == 0 || !size.is_multiple_of(size_of::<c_int>()) || words.len() * size_of::<c_int>() != size {
        return Err(Code::cudaErrorInvalidValue);
    }
    // SAFETY: the words fill exactly the bytes that the caller vouches for.
    unsafe { data.cast::<c_int>().copy_from_nonoverlapping(words.as_ptr(), words.len()) };
    Ok(())
}

//! Which way a copy between host and device goes, chosen by what each way would cost.
//!
//! | way | when it is best |
//! |---|---|
//! | direct: the fewest runtime calls between the two arrays | both sides agree on the order, so that runs are long |
//! | packed: through a host buffer in the device's order | the sides differ in order, and the device side has long runs |
//! | span: all bytes from the lowest to the highest, sorted out on the host | reading many short runs that lie close together |
//!
//! Only the comparison matters, so the costs are rough: what one call, one row of a pitched copy, one byte over the bus
//! and one run on the host take on a current machine.

use crate::layout::{CopyPlan, HostCopy, Layout, LayoutError, Staging};

/// Nanoseconds that a runtime call takes, with the wait for it.
const CALL: u64 = 7_000;
/// Nanoseconds that each row of a pitched copy adds.
const ROW: u64 = 100;
/// Nanoseconds that each run of a copy on the host takes, besides its bytes.
const RUN: u64 = 2;
/// Bytes that cross the bus, or are copied on the host, in a nanosecond.
const BYTES_A_NANOSECOND: u64 = 10;
/// The largest buffer that gaps are read into: a view of a few elements should not take host memory by the gigabyte. (A
/// packed buffer is never larger than the array that the caller has on the host.)
const LARGEST_SPAN: usize = 64 << 20;

/// A buffer on the way.
#[derive(Debug)]
pub(super) struct Through {
    /// The calls between the device and the buffer.
    pub(super) staging: Staging,
    /// The copy between the buffer and the host array.
    pub(super) sort: HostCopy,
}

/// A way between a device array and a host array.
#[derive(Debug)]
pub(super) enum Route {
    /// The calls of the plan, between the two arrays themselves.
    Direct(CopyPlan),
    /// First the one, then the other, in the direction of the copy; the plan is the direct way, for when there is no room
    /// for a buffer.
    Staged(Box<Through>, CopyPlan),
}

impl Route {
    /// The way from a host array to a device array; `direct` is the plan of the copy between them.
    pub(super) fn write(direct: CopyPlan, device: &Layout, host: &Layout) -> Result<Self, LayoutError> {
        if is_one_call_of_long_runs(&direct) {
            return Ok(Self::Direct(direct));
        }
        let packed = Staging::write(device)?;
        let sort = HostCopy::new(packed.layout(), host)?;
        Ok(cheaper(direct, [Through { staging: packed, sort }]))
    }

    /// The way from a device array to a host array, likewise.
    pub(super) fn read(direct: CopyPlan, host: &Layout, device: &Layout) -> Result<Self, LayoutError> {
        if is_one_call_of_long_runs(&direct) {
            return Ok(Self::Direct(direct));
        }
        let staged = |staging: Staging| {
            let sort = HostCopy::new(host, staging.layout())?;
            Ok(Through { staging, sort })
        };
        let packed = staged(Staging::read(device)?)?;
        let span = Staging::read_span(device)?;
        let span = if span.bytes() <= LARGEST_SPAN { Some(staged(span)?) } else { None };
        Ok(cheaper(direct, std::iter::once(packed).chain(span)))
    }
}

/// Bytes of a row that takes longer to be copied once more on the host than by the device as it is.
pub(super) const LONG_ROW: usize = (ROW * BYTES_A_NANOSECOND) as usize;

/// Nothing beats a single call that moves one run of bytes, or rows that take longer to be copied once more on the host than
/// by the device as they are.
pub(super) fn is_one_call_of_long_runs(plan: &CopyPlan) -> bool {
    let width = plan.call().width();
    plan.calls() <= 1 && (width == plan.bytes() || width >= LONG_ROW)
}

fn cheaper(direct: CopyPlan, staged: impl IntoIterator<Item = Through>) -> Route {
    let mut best = (calls_cost(&direct), None);
    for through in staged {
        let cost = calls_cost(through.staging.plan()).saturating_add(host_cost(&through.sort));
        if cost < best.0 {
            best = (cost, Some(through));
        }
    }
    match best.1 {
        None => Route::Direct(direct),
        Some(through) => Route::Staged(Box::new(through), direct),
    }
}

fn calls_cost(plan: &CopyPlan) -> u64 {
    let rows = plan.call().bytes() / plan.call().width().max(1);
    let a_call = if rows > 1 { CALL.saturating_add(ROW.saturating_mul(rows as u64)) } else { CALL };
    a_call.saturating_mul(plan.calls() as u64).saturating_add(plan.bytes() as u64 / BYTES_A_NANOSECOND)
}

fn host_cost(sort: &HostCopy) -> u64 {
    let runs = (sort.bytes() / sort.width().max(1)) as u64;
    runs.saturating_mul(RUN).saturating_add(sort.bytes() as u64 / BYTES_A_NANOSECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(host: &Layout, device: &Layout) -> Result<Route, LayoutError> {
        Route::read(CopyPlan::new(host, device)?, host, device)
    }

    fn write(device: &Layout, host: &Layout) -> Result<Route, LayoutError> {
        Route::write(CopyPlan::new(device, host)?, device, host)
    }

    fn image() -> Layout {
        Layout::contiguous(&[300, 451, 3], 1).unwrap()
    }

    #[test]
    fn a_packed_array_goes_directly_in_one_run() {
        let route = read(&image(), &image()).unwrap();
        assert!(matches!(route, Route::Direct(plan) if plan.calls() == 1));
    }

    #[test]
    fn a_crop_goes_directly_as_rows() {
        let crop = image().slice(&[(75..225).into(), (113..338).into()]).unwrap();
        let packed = Layout::contiguous(crop.shape(), 1).unwrap();
        assert!(matches!(read(&packed, &crop).unwrap(), Route::Direct(plan) if plan.calls() == 1));
        assert!(matches!(write(&crop, &packed).unwrap(), Route::Direct(plan) if plan.calls() == 1));
    }

    #[test]
    fn a_mirrored_image_goes_through_a_buffer_in_one_call() {
        let mirrored = image().flip(1).unwrap();
        for route in [read(&image(), &mirrored), write(&mirrored, &image())] {
            assert!(
                matches!(route.unwrap(), Route::Staged(through, _) if through.staging.plan().calls() == 1)
            );
        }
    }

    #[test]
    fn planes_of_an_interleaved_image_are_sorted_on_the_host() {
        let planes = image().permute(&[2, 0, 1]).unwrap();
        let packed = Layout::contiguous(planes.shape(), 1).unwrap();
        for route in [read(&packed, &planes), write(&planes, &packed)] {
            assert!(
                matches!(route.unwrap(), Route::Staged(through, _) if through.staging.plan().calls() == 1)
            );
        }
    }

    #[test]
    fn one_channel_is_read_with_its_gaps() {
        let red = image().index(2, 0).unwrap();
        let packed = Layout::contiguous(red.shape(), 1).unwrap();
        let route = read(&packed, &red).unwrap();
        assert!(matches!(route, Route::Staged(through, _) if through.staging.bytes() > red.size_bytes()));
    }

    #[test]
    fn elements_far_apart_are_not_read_with_their_gaps() {
        let far = Layout::strided(&[4], &[1 << 30], 0, 8).unwrap();
        let packed = Layout::contiguous(&[4], 8).unwrap();
        let route = read(&packed, &far).unwrap();
        assert!(matches!(route, Route::Direct(_)), "{route:?}");
    }

    #[test]
    fn gaps_are_not_read_into_a_buffer_of_hundreds_of_megabytes() {
        // No stride is a multiple of another, so it takes hundreds of calls: by time alone the gaps would be worth reading.
        let runs = Layout::strided(&[100, 100, 8], &[700_001, 7_001, 2], 0, 1).unwrap();
        let packed = Layout::contiguous(runs.shape(), 1).unwrap();
        let few = |route| match route {
            Route::Direct(_) => true,
            Route::Staged(through, _) => through.staging.bytes() <= LARGEST_SPAN,
        };
        assert!(few(read(&packed, &runs).unwrap()));
    }
}

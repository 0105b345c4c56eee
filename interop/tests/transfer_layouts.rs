//! Copies between arrays of random layouts, byte for byte against an enumeration of every element.

mod properties;
mod support;

use cuda_safe::DeviceMemory;
use interop::{CudaBuffer, DType, HostView, HostViewMut, Layout, memcpy_d2d, memcpy_d2h, memcpy_h2d};
use proptest::prelude::*;

/// An array with gaps, in any order of axes and any directions, that lies in its first `bytes` bytes.
#[derive(Clone, Debug)]
struct Place {
    layout: Layout,
    bytes: usize,
}

/// Lays the axes out in the order of `keys`, with gaps between them, and turns some around.
fn place(shape: &[usize], itemsize: usize, keys: &[(u8, usize, bool)], offset: usize) -> Place {
    let mut order: Vec<usize> = (0..shape.len()).collect();
    order.sort_by_key(|&axis| keys[axis].0);
    let (mut strides, mut start, mut next) = (vec![0isize; shape.len()], offset, itemsize);
    for axis in order {
        let (_, gap, reversed) = keys[axis];
        let stride = next + gap;
        let reach = shape[axis].saturating_sub(1) * stride;
        strides[axis] = if reversed { -(stride as isize) } else { stride as isize };
        start += if reversed { reach } else { 0 };
        next += reach + gap;
    }
    let layout = Layout::strided(shape, &strides, start as isize, itemsize).unwrap();
    Place { bytes: offset + next + 3, layout }
}

/// Where every element begins, in C order.
fn elements(layout: &Layout) -> Vec<usize> {
    let mut index = vec![0usize; layout.ndim()];
    let mut found = Vec::new();
    for _ in 0..layout.len() {
        let signed: Vec<isize> = index.iter().map(|&at| at as isize).collect();
        found.push(layout.offset_of(&signed).unwrap() as usize);
        for axis in (0..index.len()).rev() {
            index[axis] += 1;
            if index[axis] < layout.shape()[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
    found
}

/// The slow copy.
fn oracle(to: &mut [u8], to_layout: &Layout, from: &[u8], from_layout: &Layout) {
    let item = to_layout.itemsize();
    for (to_at, from_at) in elements(to_layout).into_iter().zip(elements(from_layout)) {
        to[to_at..to_at + item].copy_from_slice(&from[from_at..from_at + item]);
    }
}

fn noise(len: usize, seed: u8) -> Vec<u8> {
    (0..len).map(|at| (at as u8).wrapping_mul(167).wrapping_add(seed)).collect()
}

fn places() -> impl Strategy<Value = (Place, Place, DType)> {
    let keys = || {
        prop::collection::vec((any::<u8>(), prop_oneof![3 => Just(0usize), 1 => 0usize..5], any::<bool>()), 4)
    };
    let dtype = prop::sample::select(vec![DType::U8, DType::U16, DType::F32, DType::F64, DType::C128]);
    (
        prop::collection::vec(prop_oneof![1 => 0usize..2, 6 => 1usize..7], 0..5),
        keys(),
        keys(),
        dtype,
        0usize..9,
    )
        .prop_map(|(shape, first, second, dtype, offset)| {
            let item = dtype.size();
            (place(&shape, item, &first, offset), place(&shape, item, &second, 0), dtype)
        })
}

/// An array of the device over memory that can be looked at whole.
fn array_over(memory: &DeviceMemory<u8>, place: &Place, dtype: DType) -> CudaBuffer {
    let options = support::on(memory.device());
    let address = memory.as_ptr().addr();
    // SAFETY: the layout lies inside the memory, which outlives the array in every test.
    unsafe { CudaBuffer::adopt(address, place.layout.clone(), dtype, (), &options) }.unwrap()
}

proptest! {
    #![proptest_config(properties::config())]

    #[test]
    fn host_to_device_writes_every_element_and_nothing_else((on_device, on_host, dtype) in places()) {
        let (before, from) = (noise(on_device.bytes, 1), noise(on_host.bytes, 99));
        let memory = support::device_bytes(support::device(), &before);
        // SAFETY: the layout lies inside the bytes.
        let host = unsafe { HostView::from_raw(from.as_ptr(), on_host.layout.clone(), dtype) }.unwrap();
        memcpy_h2d(&host, &mut array_over(&memory, &on_device, dtype)).unwrap();
        let mut expected = before;
        oracle(&mut expected, &on_device.layout, &from, &on_host.layout);
        prop_assert_eq!(memory.to_vec().unwrap(), expected);
    }

    #[test]
    fn device_to_host_writes_every_element_and_nothing_else((on_host, on_device, dtype) in places()) {
        let (mut out, from) = (noise(on_host.bytes, 1), noise(on_device.bytes, 99));
        let mut expected = out.clone();
        oracle(&mut expected, &on_host.layout, &from, &on_device.layout);
        let memory = support::device_bytes(support::device(), &from);
        // SAFETY: the layout lies inside the bytes.
        let host = unsafe { HostViewMut::from_raw(out.as_mut_ptr(), on_host.layout, dtype) }.unwrap();
        memcpy_d2h(&array_over(&memory, &on_device, dtype), host).unwrap();
        prop_assert_eq!(out, expected);
    }

    #[test]
    fn device_to_device_writes_every_element_and_nothing_else((to, from, dtype) in places()) {
        let (before, source) = (noise(to.bytes, 1), noise(from.bytes, 99));
        let device = support::device();
        let (written, read) = (support::device_bytes(device, &before), support::device_bytes(device, &source));
        memcpy_d2d(&array_over(&read, &from, dtype), &mut array_over(&written, &to, dtype)).unwrap();
        let mut expected = before;
        oracle(&mut expected, &to.layout, &source, &from.layout);
        prop_assert_eq!(written.to_vec().unwrap(), expected);
        prop_assert_eq!(read.to_vec().unwrap(), source);
    }

    #[test]
    fn a_broadcast_source_arrives_repeated(
        (on_device, _, dtype) in places(),
        repeat in 1usize..4,
        from_device in any::<bool>(),
    ) {
        let bytes = noise(on_device.bytes, 5);
        let mut shape = on_device.layout.shape().to_vec();
        shape.insert(0, repeat);
        let repeated = on_device.layout.broadcast_to(&shape).unwrap();
        let packed = Layout::contiguous(&shape, dtype.size()).unwrap();
        let mut expected = vec![0u8; packed.size_bytes()];
        oracle(&mut expected, &packed, &bytes, &repeated);
        let device = support::device();
        let mut out = vec![0u8; packed.size_bytes()];
        if from_device {
            let memory = support::device_bytes(device, &bytes);
            let array = array_over(&memory, &on_device, dtype);
            // SAFETY: as many bytes as a packed array of this shape has.
            let host = unsafe { HostViewMut::from_raw(out.as_mut_ptr(), packed, dtype) }.unwrap();
            memcpy_d2h(array.view().broadcast_to(&shape).unwrap(), host).unwrap();
        } else {
            let mut array = CudaBuffer::new(device, &shape, dtype).unwrap();
            // SAFETY: the layout lies inside the bytes.
            let host = unsafe { HostView::from_raw(bytes.as_ptr(), on_device.layout, dtype) }.unwrap();
            memcpy_h2d(host.broadcast_to(&shape).unwrap(), &mut array).unwrap();
            // SAFETY: as many bytes as a packed array of this shape has.
            let host = unsafe { HostViewMut::from_raw(out.as_mut_ptr(), packed, dtype) }.unwrap();
            memcpy_d2h(&array, host).unwrap();
        }
        prop_assert_eq!(out, expected);
    }
}

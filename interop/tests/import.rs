//! Foreign arrays: what is taken over, what is refused and why, and what order of work is kept.

mod support;

use cuda_safe::{Device, DeviceMemory, ManagedMemory, PinnedMemory, Stream};
use interop::dlpack::{DLDevice, DLDeviceType, DLPackFlags, Form, ManagedTensor, TensorDescription};
use interop::{
    ArrayInterfaceError, CudaBuffer, DType, Error, ForeignArray, ImportOptions, Layout, MemoryKind,
    RawArrayInterface, Result, memcpy_d2d, memcpy_d2h, memcpy_h2d,
};
use support::{Drops, bytes_at, contents, device_bytes, devices, filled, on, ramp};

/// A Rust object that describes itself however a test wants.
struct Described(RawArrayInterface, #[allow(dead_code, reason = "keeps the memory alive")] DeviceMemory<u8>);

impl ForeignArray for Described {
    fn cuda_array_interface(&self) -> Result<RawArrayInterface> {
        Ok(self.0.clone())
    }
}

/// Describes 24 bytes of device memory that hold 0, 1, 2, ...
fn described(device: Device, change: impl FnOnce(&mut RawArrayInterface)) -> Described {
    let memory = device_bytes(device, &ramp(24));
    let mut raw = bytes_at(memory.as_ptr().addr(), &[2, 3, 4]);
    change(&mut raw);
    Described(raw, memory)
}

fn import(device: Device, change: impl FnOnce(&mut RawArrayInterface)) -> Result<CudaBuffer> {
    // SAFETY: the descriptions in these tests are of the memory that goes with them, or are refused.
    unsafe { CudaBuffer::from_cuda_with(described(device, change), &on(device)) }
}

#[test]
fn a_foreign_array_is_the_same_memory() {
    for device in devices() {
        let foreign = described(device, |_| ());
        let address = foreign.1.as_ptr().addr();
        // SAFETY: the object owns the memory that it describes.
        let buffer = unsafe { CudaBuffer::from_cuda_with(foreign, &on(device)) }.unwrap();
        assert_eq!(
            (buffer.address(), buffer.device(), buffer.memory_kind()),
            (address, device, MemoryKind::Device)
        );
        assert_eq!(contents(&buffer), ramp(24));
    }
}

#[test]
fn strides_of_a_foreign_array_are_honoured() {
    for device in devices() {
        let columns = import(device, |raw| raw.strides = Some(vec![1, 2, 6])).unwrap();
        let expected: Vec<u8> =
            (0..2).flat_map(|i| (0..3).flat_map(move |j| (0..4).map(move |k| i + 2 * j + 6 * k))).collect();
        assert_eq!(contents(&columns), expected);
    }
}

#[test]
fn negative_strides_reach_below_the_address() {
    for device in devices() {
        let reversed = import(device, |raw| {
            let (address, read_only) = raw.data.unwrap();
            raw.data = Some((address + 23, read_only));
            raw.shape = Some(vec![24]);
            raw.strides = Some(vec![-1]);
        });
        let expected: Vec<u8> = ramp(24).into_iter().rev().collect();
        assert_eq!(contents(&reversed.unwrap()), expected);
    }
}

#[test]
fn a_read_only_array_is_read_but_not_written() {
    for device in devices() {
        let mut buffer =
            import(device, |raw| raw.data = raw.data.map(|(address, _)| (address, true))).unwrap();
        assert!(buffer.is_read_only() && buffer.view().is_read_only());
        assert_eq!(contents(&buffer), ramp(24));
        let address = buffer.address();
        assert!(matches!(buffer.view_mut(), Err(Error::ReadOnly { address: a, .. }) if a == address));
        assert!(matches!(memcpy_h2d(&ramp(24), &mut buffer), Err(Error::ReadOnly { .. })));
        let source = filled(device, &[2, 3, 4], &[1; 24]);
        assert!(matches!(memcpy_d2d(&source, &mut buffer), Err(Error::ReadOnly { .. })));
        assert_eq!(contents(&buffer), ramp(24));
        assert_eq!(buffer.array_interface().unwrap().data, Some((address, true)));
        assert!(buffer.to_dlpack(Form::Versioned).unwrap().is_read_only());
        assert!(matches!(buffer.to_dlpack(Form::Legacy), Err(Error::Dlpack(_))));
        assert!(buffer.share().is_read_only());
    }
}

#[test]
fn each_bad_key_is_refused_by_name_and_the_object_let_go() {
    let device = support::device();
    type Change = fn(&mut RawArrayInterface);
    let cases: [(&str, Change); 10] = [
        ("version", |raw| raw.version = None),
        ("version is 4", |raw| raw.version = Some(4)),
        ("shape", |raw| raw.shape = None),
        ("shape[0] is -1", |raw| raw.shape = Some(vec![-1])),
        ("typestr", |raw| raw.typestr = None),
        (">f4", |raw| raw.typestr = Some(">f4".into())),
        ("data", |raw| raw.data = None),
        ("data is 0", |raw| raw.data = Some((0, false))),
        ("stream is 0", |raw| raw.stream = Some(0)),
        ("mask", |raw| raw.has_mask = true),
    ];
    for (named, change) in cases {
        let (foreign, drops) = (described(device, change), Drops::default());
        // SAFETY: refused before the memory is used.
        let refused = unsafe {
            CudaBuffer::from_array_interface(&foreign.0, (foreign.1, drops.owner()), &on(device)).unwrap_err()
        };
        assert!(matches!(refused, Error::ArrayInterface(_)), "{named}: {refused:?}");
        assert!(refused.to_string().contains(named), "{named}: {refused}");
        assert_eq!(drops.count(), 1, "{named}");
    }
}

#[test]
fn an_object_that_cannot_describe_itself_is_let_go() {
    struct Silent(#[allow(dead_code, reason = "counts")] support::Counted);
    impl ForeignArray for Silent {
        fn cuda_array_interface(&self) -> Result<RawArrayInterface> {
            Err(ArrayInterfaceError::MissingKey { key: "data" }.into())
        }
    }
    let drops = Drops::default();
    // SAFETY: refused.
    let refused = unsafe { CudaBuffer::from_cuda_with(Silent(drops.owner()), &on(support::device())) };
    assert!(refused.is_err());
    assert_eq!(drops.count(), 1);
}

#[test]
fn ordinary_host_memory_is_refused() {
    for device in devices() {
        let host = ramp(24);
        let address = host.as_ptr().addr();
        // SAFETY: refused before the memory is used.
        let refused =
            unsafe { CudaBuffer::from_array_interface(&bytes_at(address, &[24]), host, &on(device)) };
        assert!(matches!(refused, Err(Error::NotDeviceMemory { address: a }) if a == address));
    }
}

#[test]
fn pinned_and_managed_memory_is_taken_over_as_what_it_is() {
    for device in devices() {
        let pinned = PinnedMemory::<u8>::from_slice(device, &ramp(6)).unwrap();
        let raw = bytes_at(pinned.as_ptr().addr(), &[6]);
        // SAFETY: the owner goes with its memory.
        let buffer = unsafe { CudaBuffer::from_array_interface(&raw, pinned, &on(device)) }.unwrap();
        assert_eq!((buffer.memory_kind(), contents(&buffer)), (MemoryKind::Pinned, ramp(6)));

        let managed = ManagedMemory::<u8>::new(device, 6).unwrap();
        let raw = bytes_at(managed.as_ptr().addr(), &[6]);
        // SAFETY: the owner goes with its memory.
        let mut buffer = unsafe { CudaBuffer::from_array_interface(&raw, managed, &on(device)) }.unwrap();
        memcpy_h2d(&ramp(6), &mut buffer).unwrap();
        assert_eq!((buffer.memory_kind(), contents(&buffer)), (MemoryKind::Managed, ramp(6)));
    }
}

#[test]
fn the_device_is_that_of_the_address() {
    let (first, second) = support::two_devices();
    let memory = device_bytes(second, &ramp(6));
    let raw = bytes_at(memory.as_ptr().addr(), &[6]);
    // SAFETY: the owner goes with its memory.
    let buffer = unsafe { CudaBuffer::from_array_interface(&raw, memory, &on(first)) }.unwrap();
    assert_eq!(buffer.device(), second);
    assert_eq!(contents(&buffer), ramp(6));
    assert_eq!(buffer.to_dlpack(Form::Versioned).unwrap().device().device_id, 1);

    let options = ImportOptions { stream: Some(Stream::new(first).unwrap()), ..Default::default() };
    let memory = device_bytes(second, &ramp(6));
    let raw = bytes_at(memory.as_ptr().addr(), &[6]);
    // SAFETY: refused.
    let refused = unsafe { CudaBuffer::from_array_interface(&raw, memory, &options) };
    assert!(refused.unwrap_err().to_string().contains("not on the same device"));
}

#[test]
fn an_array_without_elements_needs_no_memory() {
    for device in devices() {
        for version in 0..=3 {
            let mut raw = bytes_at(0, &[3, 0]);
            raw.version = Some(version);
            raw.stream = (version == 3).then_some(2);
            // SAFETY: nothing is described.
            let buffer = unsafe { CudaBuffer::from_array_interface(&raw, (), &on(device)) }.unwrap();
            assert_eq!((buffer.address(), buffer.device()), (0, device));
            assert!(contents(&buffer).is_empty());
        }
    }
}

#[test]
fn pending_work_of_the_producers_stream_is_waited_for() {
    for device in devices() {
        let stream = Stream::new(device).unwrap();
        let raw_stream = stream.as_raw().addr() as i128;
        for named in [Some(raw_stream), Some(1), Some(2), Some(-1), None] {
            let buffer = import(device, |raw| raw.stream = named).unwrap();
            assert_eq!(contents(&buffer), ramp(24), "{named:?}");
        }
        for version in 0..3 {
            assert!(import(device, |raw| raw.version = Some(version)).is_ok());
        }
        let ignoring = ImportOptions { ignore_producer_stream: true, ..on(device) };
        // The handle is no stream; it is not looked at.
        let foreign = described(device, |raw| raw.stream = Some(3));
        // SAFETY: the object owns the memory that it describes; its stream is not used.
        assert!(unsafe { CudaBuffer::from_cuda_with(foreign, &ignoring) }.is_ok());
    }
}

/// A foreign array of zeros on whose stream work is pending that makes it all 7.
fn pending_sevens(device: Device, bytes: usize) -> (RawArrayInterface, impl Send + 'static) {
    use cuda_safe::StreamOptions;
    use cuda_safe::memory::copy::{Direction, enqueue, enqueue_fill};
    let stream =
        Stream::with_options(device, StreamOptions { non_blocking: true, ..Default::default() }).unwrap();
    let memory = DeviceMemory::<u8>::zeroed(device, bytes).unwrap();
    let from = PinnedMemory::<u8>::from_slice(device, &vec![1; bytes]).unwrap();
    let to = memory.as_ptr().cast_mut().cast();
    for _ in 0..8 {
        // SAFETY: both blocks go with the array, which is used only after this work.
        unsafe { enqueue(stream.as_ref(), to, from.as_ptr().cast(), bytes, Direction::HostToDevice) }
            .unwrap();
    }
    // SAFETY: as above.
    unsafe { enqueue_fill(stream.as_ref(), to, 7, bytes) }.unwrap();
    let mut raw = bytes_at(memory.as_ptr().addr(), &[bytes as i64]);
    raw.stream = Some(stream.as_raw().addr() as i128);
    (raw, (memory, stream, from))
}

#[test]
fn a_copy_of_a_foreign_array_sees_the_work_that_its_producer_had_enqueued() {
    for device in devices() {
        let (raw, owner) = pending_sevens(device, 1 << 20);
        // SAFETY: the owner goes with its memory, its stream and the source of its pending work.
        let buffer = unsafe { CudaBuffer::from_array_interface(&raw, owner, &on(device)) }.unwrap();
        assert!(contents(&buffer).iter().all(|&byte| byte == 7));
    }
}

#[test]
fn an_array_on_the_per_thread_stream_is_ready_on_every_thread() {
    for device in devices() {
        let options = ImportOptions { stream: Some(Stream::per_thread(device)), ..Default::default() };
        let (raw, owner) = pending_sevens(device, 1 << 20);
        // SAFETY: the owner goes with its memory, its stream and the source of its pending work.
        let buffer = unsafe { CudaBuffer::from_array_interface(&raw, owner, &options) }.unwrap();
        let sevens = std::thread::spawn(move || contents(&buffer).iter().all(|&byte| byte == 7));
        assert!(sevens.join().unwrap());
    }
}

#[test]
fn an_adopted_pointer_keeps_the_owner_it_was_given() {
    for device in devices() {
        let (memory, drops) = (device_bytes(device, &ramp(12)), Drops::default());
        let layout = Layout::contiguous(&[3, 4], 1).unwrap().transpose();
        let (address, owner) = (memory.as_ptr().addr(), (memory, drops.owner()));
        // SAFETY: the owner goes with its memory.
        let buffer = unsafe { CudaBuffer::adopt(address, layout, DType::U8, owner, &on(device)) }.unwrap();
        assert_eq!(contents(&buffer), [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]);
        buffer.close().unwrap();
        assert_eq!(drops.count(), 1);
    }
}

#[test]
fn adopting_checks_the_description() {
    let device = support::device();
    let memory = device_bytes(device, &ramp(12));
    let adopt = |address, layout: Layout, dtype| {
        // SAFETY: the memory outlives the buffer, or the description is refused.
        unsafe { CudaBuffer::adopt(address, layout, dtype, (), &on(device)) }
    };
    let address = memory.as_ptr().addr();
    let words = Layout::contiguous(&[3], 4).unwrap();
    assert!(adopt(address, words.clone(), DType::F32).is_ok());
    assert!(matches!(adopt(address, words.clone(), DType::U8), Err(Error::ItemSize { itemsize: 4, .. })));
    assert!(matches!(adopt(0, words.clone(), DType::F32), Err(Error::NotDeviceMemory { address: 0 })));
    assert!(matches!(adopt(usize::MAX, words, DType::F32), Err(Error::OutsideAddressSpace { .. })));
    assert!(adopt(0, Layout::contiguous(&[0], 4).unwrap(), DType::F32).is_ok());
}

#[test]
fn a_buffer_goes_through_the_array_interface_and_back() {
    for device in devices() {
        let buffer = filled(device, &[2, 3], &ramp(6));
        let (address, stream) = (buffer.address(), buffer.array_interface().unwrap().stream);
        assert_eq!(stream, Some(1));
        // SAFETY: the buffer owns the memory that it describes.
        let back = unsafe { CudaBuffer::from_cuda_with(buffer, &on(device)) }.unwrap();
        assert_eq!((back.address(), contents(&back)), (address, ramp(6)));
    }
}

#[test]
fn a_buffer_goes_through_dlpack_and_back() {
    for device in devices() {
        for form in [Form::Legacy, Form::Versioned] {
            let buffer = filled(device, &[2, 3], &ramp(6));
            let mirrored = buffer.view().flip(1).unwrap().to_dlpack(form).unwrap();
            drop(buffer);
            let back = CudaBuffer::from_dlpack_with(mirrored, &on(device)).unwrap();
            assert_eq!(contents(&back), [2, 1, 0, 5, 4, 3], "{form:?}");
        }
    }
}

#[test]
fn a_dlpack_tensor_elsewhere_is_refused_and_released() {
    let device = support::device();
    let tensor = |device_type, drops: &Drops| {
        let data = ramp(6);
        let description = TensorDescription {
            address: data.as_ptr().addr(),
            device: DLDevice { device_type, device_id: 0 },
            dtype: DType::U8,
            layout: &Layout::contiguous(&[6], 1).unwrap(),
            flags: DLPackFlags::empty(),
        };
        // SAFETY: the vector is the owner.
        unsafe { ManagedTensor::export(Form::Versioned, &description, (data, drops.owner())) }.unwrap()
    };
    let drops = Drops::default();
    let on_cpu = CudaBuffer::from_dlpack_with(tensor(DLDeviceType::CPU, &drops), &on(device));
    assert!(matches!(on_cpu, Err(Error::DlpackDevice { .. })));
    // It says that it is on the device, but CUDA does not know the address.
    let lies = CudaBuffer::from_dlpack_with(tensor(DLDeviceType::CUDA, &drops), &on(device));
    assert!(matches!(lies, Err(Error::NotDeviceMemory { .. })));
    assert_eq!(drops.count(), 2);
}

#[test]
fn a_read_only_tensor_is_not_written() {
    let device = support::device();
    let memory = device_bytes(device, &ramp(6));
    let description = TensorDescription {
        address: memory.as_ptr().addr(),
        device: DLDevice { device_type: DLDeviceType::CUDA, device_id: 0 },
        dtype: DType::U8,
        layout: &Layout::contiguous(&[6], 1).unwrap(),
        flags: DLPackFlags::READ_ONLY,
    };
    // SAFETY: the memory is the owner.
    let tensor = unsafe { ManagedTensor::export(Form::Versioned, &description, memory) }.unwrap();
    let mut buffer = CudaBuffer::from_dlpack_with(tensor, &on(device)).unwrap();
    assert!(buffer.view_mut().is_err());
    let mut out = [0u8; 6];
    memcpy_d2h(&buffer, &mut out).unwrap();
    assert_eq!(out.to_vec(), ramp(6));
}

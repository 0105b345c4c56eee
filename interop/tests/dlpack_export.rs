//! DLPack tensors made here: what is written, and that the owner is let go exactly once.

mod properties;
mod support;

use std::ptr;

use interop::dlpack::{
    DLDevice, DLDeviceType, DLPACK_VERSION, DLPackFlags, DlpackError, Form, ManagedTensor, RawTensor,
    TensorDescription,
};
use interop::{DType, Layout};
use proptest::prelude::*;
use support::{Counted, Drops};

const CPU: DLDevice = DLDevice { device_type: DLDeviceType::CPU, device_id: 0 };
const CUDA: DLDevice = DLDevice { device_type: DLDeviceType::CUDA, device_id: 1 };

/// Exports memory that nobody reads.
fn export(
    form: Form,
    layout: &Layout,
    flags: DLPackFlags,
    owner: Counted,
) -> Result<ManagedTensor, DlpackError> {
    let description =
        TensorDescription { address: 0x7000_0000, device: CUDA, dtype: DType::F32, layout, flags };
    // SAFETY: no test reads the elements.
    unsafe { ManagedTensor::export(form, &description, owner) }
}

#[test]
fn an_exported_tensor_drops_its_owner_once_consumed_or_not() {
    let layout = Layout::contiguous(&[2, 3], 4).unwrap();
    for form in [Form::Legacy, Form::Versioned] {
        let drops = Drops::default();
        let tensor = export(form, &layout, DLPackFlags::empty(), drops.owner()).unwrap();
        drop(tensor);
        assert_eq!(drops.count(), 1, "{form:?} not consumed");

        let tensor = export(form, &layout, DLPackFlags::empty(), drops.owner()).unwrap();
        let raw = tensor.into_raw();
        assert_eq!(drops.count(), 1, "{form:?} in a capsule");
        let consumed = match raw {
            // SAFETY: the pointer came from `into_raw` and is taken over once.
            RawTensor::Legacy(tensor) => unsafe { ManagedTensor::from_legacy(tensor) },
            // SAFETY: as above.
            RawTensor::Versioned(tensor) => unsafe { ManagedTensor::from_versioned(tensor) },
        };
        let consumed = consumed.unwrap();
        std::thread::spawn(move || drop(consumed)).join().unwrap();
        assert_eq!(drops.count(), 2, "{form:?} consumed");
    }
}

#[test]
fn the_deleter_accepts_null() {
    let layout = Layout::contiguous(&[2], 4).unwrap();
    for form in [Form::Legacy, Form::Versioned] {
        let drops = Drops::default();
        match export(form, &layout, DLPackFlags::empty(), drops.owner()).unwrap().into_raw() {
            RawTensor::Legacy(tensor) => {
                // SAFETY: the structure is alive.
                let deleter = unsafe { (*tensor).deleter }.unwrap();
                // SAFETY: NULL is allowed.
                unsafe { deleter(ptr::null_mut()) };
                // SAFETY: once.
                unsafe { deleter(tensor) };
            }
            RawTensor::Versioned(tensor) => {
                // SAFETY: the structure is alive.
                let deleter = unsafe { (*tensor).deleter }.unwrap();
                // SAFETY: NULL is allowed.
                unsafe { deleter(ptr::null_mut()) };
                // SAFETY: once.
                unsafe { deleter(tensor) };
            }
        }
        assert_eq!(drops.count(), 1);
    }
}

#[test]
fn a_panic_of_the_owner_does_not_leave_the_deleter() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("the owner fails");
        }
    }
    let layout = Layout::contiguous(&[2], 4).unwrap();
    let flags = DLPackFlags::empty();
    let description =
        TensorDescription { address: 0x7000_0000, device: CUDA, dtype: DType::F32, layout: &layout, flags };
    // SAFETY: nobody reads the elements.
    let tensor = unsafe { ManagedTensor::export(Form::Versioned, &description, Panics) };
    drop(tensor.unwrap());
}

#[test]
fn strides_are_always_written_and_data_is_null_without_elements() {
    let written = |layout: &Layout| {
        let drops = Drops::default();
        let tensor = export(Form::Versioned, layout, DLPackFlags::READ_ONLY, drops.owner()).unwrap();
        let RawTensor::Versioned(raw) = tensor.into_raw() else { panic!("a versioned tensor was asked for") };
        // SAFETY: the structure is alive until its deleter is called below.
        let written = unsafe { &*raw };
        assert_eq!((written.version, written.flags), (DLPACK_VERSION, DLPackFlags::READ_ONLY));
        let inner = written.dl_tensor;
        let ndim = inner.ndim as usize;
        // SAFETY: `ndim` strides were written.
        let strides = unsafe { std::slice::from_raw_parts(inner.strides, ndim) }.to_vec();
        // SAFETY: taken over once.
        drop(unsafe { ManagedTensor::from_versioned(raw) });
        (inner.data.addr(), strides, inner.byte_offset)
    };
    let image = Layout::contiguous(&[4, 5], 4).unwrap();
    assert_eq!(written(&image), (0x7000_0000, vec![5, 1], 0));
    let flipped = image.flip(1).unwrap();
    assert_eq!(written(&flipped), (0x7000_0000 + 16, vec![5, -1], 0));
    assert_eq!(written(&Layout::contiguous(&[4, 0], 4).unwrap()).0, 0);
    assert_eq!(written(&Layout::contiguous(&[], 4).unwrap()), (0x7000_0000, vec![], 0));
}

#[test]
fn what_dlpack_cannot_say_is_refused_and_the_owner_let_go() {
    let drops = Drops::default();
    let layout = Layout::contiguous(&[2], 4).unwrap();
    let read_only = export(Form::Legacy, &layout, DLPackFlags::READ_ONLY, drops.owner());
    assert_eq!(read_only.unwrap_err(), DlpackError::LegacyReadOnly);
    let fraction = Layout::strided(&[2], &[6], 0, 4).unwrap();
    let refused = export(Form::Versioned, &fraction, DLPackFlags::empty(), drops.owner());
    assert!(matches!(refused, Err(DlpackError::Layout(_))));
    let below = Layout::strided(&[2], &[-8], -0x7000_0000, 4).unwrap();
    let refused = export(Form::Versioned, &below, DLPackFlags::empty(), drops.owner());
    assert!(matches!(refused, Err(DlpackError::OutsideAddressSpace { .. })));
    assert_eq!(drops.count(), 3);
}

#[test]
fn exported_host_memory_is_read_back_through_the_tensor() {
    let data = vec![1.0f32, 2.0, 3.0, 4.0];
    let layout = Layout::contiguous(&[2, 2], 4).unwrap();
    let description = TensorDescription {
        address: data.as_ptr().expose_provenance(),
        device: CPU,
        dtype: DType::F32,
        layout: &layout,
        flags: DLPackFlags::empty(),
    };
    // SAFETY: the vector is the owner.
    let tensor = unsafe { ManagedTensor::export(Form::Versioned, &description, data) }.unwrap();
    let first = ptr::with_exposed_provenance::<f32>(tensor.address());
    // SAFETY: four elements live as long as the tensor.
    let back = unsafe { std::slice::from_raw_parts(first, 4) };
    assert_eq!(back, [1.0, 2.0, 3.0, 4.0]);
}

proptest! {
    #![proptest_config(properties::config())]

    /// What is exported reads back as the same array.
    #[test]
    fn an_array_survives_export_and_import(
        shape in prop::collection::vec(0usize..5, 0..5),
        steps in prop::collection::vec(-3isize..4, 5),
        legacy in any::<bool>(),
    ) {
        let strides: Vec<isize> = shape.iter().zip(&steps).map(|(_, step)| step * 4).collect();
        let layout = Layout::strided(&shape, &strides, 1024, 4).unwrap();
        let drops = Drops::default();
        let form = if legacy { Form::Legacy } else { Form::Versioned };
        let tensor = export(form, &layout, DLPackFlags::empty(), drops.owner()).unwrap();
        prop_assert_eq!(tensor.layout().shape(), layout.shape());
        if !layout.is_empty() {
            prop_assert_eq!(tensor.address(), 0x7000_0000 + 1024);
            prop_assert_eq!(tensor.layout().span().len(), layout.span().len());
        }
        drop(tensor);
        prop_assert_eq!(drops.count(), 1);
    }
}

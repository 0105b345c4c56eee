//! DLPack tensors taken over: what is read, what each broken rule is called, and that a deleter runs exactly once.

mod properties;

use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

use interop::DType;
use interop::dlpack::{
    DLDataType, DLDevice, DLDeviceType, DLManagedTensor, DLManagedTensorVersioned, DLPACK_VERSION,
    DLPackFlags, DLPackVersion, DLTensor, DlpackError, ManagedTensor,
};
use proptest::prelude::*;

const CUDA: DLDevice = DLDevice { device_type: DLDeviceType::CUDA, device_id: 1 };
const F32: DLDataType = DLDataType { code: 2, bits: 32, lanes: 1 };

/// What a foreign producer would make: its numbers, and a count of the calls of its deleter.
struct Foreign {
    shape: Vec<i64>,
    strides: Option<Vec<i64>>,
    deleted: AtomicUsize,
}

impl Foreign {
    fn new(shape: &[i64], strides: Option<&[i64]>) -> Self {
        Self { shape: shape.to_vec(), strides: strides.map(<[i64]>::to_vec), deleted: AtomicUsize::new(0) }
    }

    fn tensor(&self) -> DLTensor {
        DLTensor {
            data: ptr::without_provenance_mut(0x7000_0000),
            device: CUDA,
            ndim: self.shape.len() as i32,
            dtype: F32,
            shape: self.shape.as_ptr().cast_mut(),
            strides: self.strides.as_ref().map_or(ptr::null_mut(), |strides| strides.as_ptr().cast_mut()),
            byte_offset: 0,
        }
    }

    fn legacy(&self, dl_tensor: DLTensor) -> DLManagedTensor {
        unsafe extern "C" fn delete(tensor: *mut DLManagedTensor) {
            // SAFETY: the tensor is alive in its test, which is waiting for this call.
            let context = unsafe { (*tensor).manager_ctx };
            count(context);
        }
        DLManagedTensor { dl_tensor, manager_ctx: self.context(), deleter: Some(delete) }
    }

    fn versioned(&self, dl_tensor: DLTensor) -> DLManagedTensorVersioned {
        unsafe extern "C" fn delete(tensor: *mut DLManagedTensorVersioned) {
            // SAFETY: the tensor is alive in its test, which is waiting for this call.
            let context = unsafe { (*tensor).manager_ctx };
            count(context);
        }
        DLManagedTensorVersioned {
            version: DLPACK_VERSION,
            manager_ctx: self.context(),
            deleter: Some(delete),
            flags: DLPackFlags::empty(),
            dl_tensor,
        }
    }

    fn context(&self) -> *mut c_void {
        ptr::from_ref(&self.deleted).cast_mut().cast()
    }

    fn deleted(&self) -> usize {
        self.deleted.load(Ordering::SeqCst)
    }
}

fn count(context: *mut c_void) {
    // SAFETY: the context is the counter of a `Foreign` that outlives its tensor.
    let deleted = unsafe { &*context.cast::<AtomicUsize>() };
    deleted.fetch_add(1, Ordering::SeqCst);
}

fn take_legacy(tensor: &mut DLManagedTensor) -> Result<ManagedTensor, DlpackError> {
    // SAFETY: the tensor is as DLPack defines it and outlives what is made of it in every test.
    unsafe { ManagedTensor::from_legacy(tensor) }
}

fn take_versioned(tensor: &mut DLManagedTensorVersioned) -> Result<ManagedTensor, DlpackError> {
    // SAFETY: the tensor is as DLPack defines it and outlives what is made of it in every test.
    unsafe { ManagedTensor::from_versioned(tensor) }
}

#[test]
fn both_forms_are_taken_and_deleted_once() {
    let foreign = Foreign::new(&[2, 3], Some(&[3, 1]));
    let mut legacy = foreign.legacy(foreign.tensor());
    let tensor = take_legacy(&mut legacy).unwrap();
    assert_eq!((tensor.dtype(), tensor.device(), tensor.version()), (DType::F32, CUDA, None));
    assert_eq!(tensor.layout().strides(), [12, 4]);
    assert_eq!(foreign.deleted(), 0);
    drop(tensor);
    assert_eq!(foreign.deleted(), 1);

    let mut versioned = foreign.versioned(foreign.tensor());
    let tensor = take_versioned(&mut versioned).unwrap();
    assert_eq!(tensor.version(), Some(DLPACK_VERSION));
    drop(tensor);
    assert_eq!(foreign.deleted(), 2);
}

#[test]
fn a_null_pointer_is_an_error() {
    // SAFETY: NULL is allowed.
    let legacy = unsafe { ManagedTensor::from_legacy(ptr::null_mut()) };
    assert_eq!(legacy.unwrap_err(), DlpackError::NullTensor);
    // SAFETY: NULL is allowed.
    let versioned = unsafe { ManagedTensor::from_versioned(ptr::null_mut()) };
    assert_eq!(versioned.unwrap_err(), DlpackError::NullTensor);
}

#[test]
fn a_null_deleter_is_not_called() {
    let foreign = Foreign::new(&[2], None);
    let mut legacy = foreign.legacy(foreign.tensor());
    legacy.deleter = None;
    drop(take_legacy(&mut legacy).unwrap());
    let mut versioned = foreign.versioned(foreign.tensor());
    versioned.deleter = None;
    drop(take_versioned(&mut versioned).unwrap());
    assert_eq!(foreign.deleted(), 0);
}

#[test]
fn another_major_version_is_deleted_and_nothing_else_is_touched() {
    let foreign = Foreign::new(&[2], None);
    let mut tensor = foreign.versioned(foreign.tensor());
    tensor.version = DLPackVersion { major: 2, minor: 0 };
    // Reading through any of these would fault.
    tensor.dl_tensor.ndim = 3;
    tensor.dl_tensor.shape = ptr::without_provenance_mut(8);
    tensor.dl_tensor.strides = ptr::without_provenance_mut(8);
    let error = take_versioned(&mut tensor).unwrap_err();
    assert_eq!(error, DlpackError::MajorVersion { found: DLPackVersion { major: 2, minor: 0 } });
    assert_eq!(foreign.deleted(), 1);
}

#[test]
fn a_higher_minor_version_with_unknown_flags_is_taken() {
    let foreign = Foreign::new(&[2], None);
    let mut tensor = foreign.versioned(foreign.tensor());
    tensor.version.minor = 99;
    tensor.flags = DLPackFlags::from_bits_retain(1 << 40 | 3);
    let tensor = take_versioned(&mut tensor).unwrap();
    assert!(tensor.is_read_only() && tensor.is_copied());
}

#[test]
fn null_strides_mean_compact() {
    let foreign = Foreign::new(&[2, 3, 4], None);
    let mut tensor = foreign.versioned(foreign.tensor());
    assert!(take_versioned(&mut tensor).unwrap().layout().is_c_contiguous());
}

#[test]
fn odd_strides_of_axes_of_length_1_do_not_matter() {
    let foreign = Foreign::new(&[1, 3], Some(&[i64::MAX, 1]));
    let mut tensor = foreign.versioned(foreign.tensor());
    assert!(take_versioned(&mut tensor).unwrap().layout().is_c_contiguous());
}

#[test]
fn the_byte_offset_is_where_element_0_is() {
    let foreign = Foreign::new(&[2, 3], Some(&[-3, 1]));
    let mut tensor = foreign.versioned(DLTensor { byte_offset: 12, ..foreign.tensor() });
    let tensor = take_versioned(&mut tensor).unwrap();
    assert_eq!((tensor.address(), tensor.layout().offset()), (0x7000_0000, 12));
    assert_eq!(tensor.layout().span().start, 0);
}

#[test]
fn a_tensor_without_axes_needs_no_shape() {
    let foreign = Foreign::new(&[], None);
    let mut tensor = foreign.versioned(DLTensor { shape: ptr::null_mut(), ..foreign.tensor() });
    assert_eq!(take_versioned(&mut tensor).unwrap().layout().len(), 1);
}

#[test]
fn a_tensor_without_elements_may_have_null_data() {
    let foreign = Foreign::new(&[4, 0], None);
    let mut tensor = foreign.versioned(DLTensor { data: ptr::null_mut(), ..foreign.tensor() });
    assert!(take_versioned(&mut tensor).unwrap().layout().is_empty());
}

#[test]
fn every_broken_rule_is_named_and_the_deleter_runs_once() {
    let good = Foreign::new(&[2, 3], Some(&[3, 1])).tensor();
    let lanes = DLDataType { lanes: 4, ..F32 };
    let four_bits = DLDataType { code: 17, bits: 4, lanes: 1 };
    type Check = fn(&DlpackError) -> bool;
    let cases: [(&str, DLTensor, Check); 9] = [
        ("ndim -1", DLTensor { ndim: -1, ..good }, |e| matches!(e, DlpackError::Ndim { ndim: -1, .. })),
        ("ndim 65", DLTensor { ndim: 65, ..good }, |e| matches!(e, DlpackError::Ndim { ndim: 65, .. })),
        ("shape", DLTensor { shape: ptr::null_mut(), ..good }, |e| {
            matches!(e, DlpackError::NullShape { .. })
        }),
        ("data", DLTensor { data: ptr::null_mut(), ..good }, |e| matches!(e, DlpackError::NullData { .. })),
        ("lanes", DLTensor { dtype: lanes, ..good }, |e| matches!(e, DlpackError::DType(_))),
        ("sub-byte", DLTensor { dtype: four_bits, ..good }, |e| matches!(e, DlpackError::DType(_))),
        ("offset", DLTensor { byte_offset: u64::MAX, ..good }, |e| matches!(e, DlpackError::Layout(_))),
        ("top", DLTensor { data: ptr::without_provenance_mut(usize::MAX), ..good }, |e| {
            matches!(e, DlpackError::OutsideAddressSpace { .. })
        }),
        ("far", DLTensor { byte_offset: i64::MAX as u64, ..good }, |e| matches!(e, DlpackError::Layout(_))),
    ];
    for (name, tensor, expected) in cases {
        let foreign = Foreign::new(&[2, 3], Some(&[3, 1]));
        let own = foreign.tensor();
        let or_own = |given: *mut i64, own: *mut i64| if given.is_null() { given } else { own };
        let (shape, strides) = (or_own(tensor.shape, own.shape), or_own(tensor.strides, own.strides));
        let mut versioned = foreign.versioned(DLTensor { shape, strides, ..tensor });
        let error = take_versioned(&mut versioned).unwrap_err();
        assert!(expected(&error), "{name}: {error}");
        assert_eq!(foreign.deleted(), 1, "{name}");
    }
    let foreign = Foreign::new(&[2, -3], None);
    let mut legacy = foreign.legacy(foreign.tensor());
    assert!(matches!(take_legacy(&mut legacy), Err(DlpackError::Layout(_))));
    assert_eq!(foreign.deleted(), 1);
}

#[test]
fn what_c_calls_things_is_printed_with_its_numbers() {
    assert_eq!(DLPACK_VERSION.to_string(), "1.3");
    assert_eq!(CUDA.to_string(), "CUDA:1");
    let names = [DLDeviceType::CPU, DLDeviceType::CUDA_HOST, DLDeviceType::CUDA_MANAGED, DLDeviceType(99)];
    let printed = names.map(|name| name.to_string());
    assert_eq!(printed, ["CPU", "CUDA pinned host", "CUDA managed", "device type 99"]);
    assert_eq!(F32.to_string(), "code 2, 32 bits, 1 lanes");
}

proptest! {
    #![proptest_config(properties::config())]

    /// Whatever a producer writes, the tensor is refused or its elements have addresses; the deleter runs once.
    #[test]
    fn any_tensor_is_refused_or_safe_to_use(
        shape in prop::collection::vec(prop_oneof![-1i64..6, any::<i64>()], 0..6),
        strides in prop::option::of(prop::collection::vec(prop_oneof![-20i64..20, any::<i64>()], 6)),
        data in prop_oneof![Just(0usize), Just(0x7000_0000usize), any::<usize>()],
        byte_offset in prop_oneof![Just(0u64), 0u64..64, any::<u64>()],
        code in 0u8..20,
        bits in prop::sample::select(vec![0u8, 1, 4, 8, 16, 32, 64, 128]),
        lanes in 0u16..3,
        major in 0u32..3,
    ) {
        let foreign = Foreign::new(&shape, strides.as_deref());
        let tensor = DLTensor {
            data: ptr::without_provenance_mut(data),
            byte_offset,
            dtype: DLDataType { code, bits, lanes },
            ..foreign.tensor()
        };
        let mut versioned = foreign.versioned(tensor);
        versioned.version.major = major;
        if let Ok(tensor) = take_versioned(&mut versioned) {
            prop_assert_eq!((major, lanes), (1, 1));
            prop_assert_eq!(tensor.layout().itemsize() * 8, usize::from(bits));
            if !tensor.layout().is_empty() {
                let span = tensor.layout().span();
                prop_assert!(tensor.address() as i128 + span.start >= 0);
                prop_assert!(tensor.address() as i128 + span.end <= usize::MAX as i128);
            }
        }
        prop_assert_eq!(foreign.deleted(), 1);
    }
}

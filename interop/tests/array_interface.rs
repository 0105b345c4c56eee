//! The CUDA Array Interface as plain data: what is accepted of each version, what each broken rule is called.

mod properties;

use interop::{
    ArrayInterface, ArrayInterfaceError as Error, DType, Layout, RawArrayInterface, Readiness, StreamHandle,
};
use proptest::prelude::*;

const ADDRESS: usize = 0x7f00_0000_1000;

fn image() -> RawArrayInterface {
    RawArrayInterface {
        shape: Some(vec![300, 451, 3]),
        typestr: Some("|u1".into()),
        data: Some((ADDRESS, false)),
        version: Some(3),
        ..Default::default()
    }
}

fn parse(change: impl FnOnce(&mut RawArrayInterface)) -> Result<ArrayInterface, Error> {
    let mut raw = image();
    change(&mut raw);
    ArrayInterface::parse(&raw)
}

#[test]
fn a_plain_image_is_read() {
    let array = parse(|_| ()).unwrap();
    assert_eq!(array.address(), ADDRESS);
    assert_eq!(array.dtype(), DType::U8);
    assert_eq!(array.layout().shape(), [300, 451, 3]);
    assert_eq!(array.layout().strides(), [1353, 3, 1]);
    assert_eq!(array.readiness(), Readiness::Ready);
    assert!(!array.is_read_only());
}

#[test]
fn versions_0_to_3_are_read_and_others_refused() {
    for version in 0..=3 {
        assert!(parse(|raw| raw.version = Some(version)).is_ok(), "version {version}");
    }
    for version in [-1, 4, i64::MAX] {
        assert_eq!(parse(|raw| raw.version = Some(version)), Err(Error::Version { version }));
    }
}

#[test]
fn a_missing_mandatory_key_is_named() {
    assert_eq!(parse(|raw| raw.shape = None), Err(Error::MissingKey { key: "shape" }));
    assert_eq!(parse(|raw| raw.typestr = None), Err(Error::MissingKey { key: "typestr" }));
    assert_eq!(parse(|raw| raw.data = None), Err(Error::MissingKey { key: "data" }));
    assert_eq!(parse(|raw| raw.version = None), Err(Error::MissingKey { key: "version" }));
}

#[test]
fn a_version_without_streams_leaves_readiness_unstated() {
    for version in 0..3 {
        assert_eq!(parse(|raw| raw.version = Some(version)).unwrap().readiness(), Readiness::Unstated);
    }
    let old = parse(|raw| (raw.version, raw.stream) = (Some(2), Some(7))).unwrap();
    assert_eq!(old.readiness(), Readiness::After(StreamHandle::new(7).unwrap()));
}

#[test]
fn streams_1_2_and_handles_are_waited_for_and_minus_1_is_ready() {
    let readiness = |stream| parse(|raw| raw.stream = Some(stream)).unwrap().readiness();
    assert_eq!(readiness(1), Readiness::After(StreamHandle::LEGACY));
    assert_eq!(readiness(2), Readiness::After(StreamHandle::PER_THREAD));
    assert_eq!(readiness(0x5555_0000), Readiness::After(StreamHandle::new(0x5555_0000).unwrap()));
    assert_eq!(readiness(-1), Readiness::Ready);
}

#[test]
fn stream_0_and_other_negative_streams_are_refused() {
    for stream in [0, -2, i128::MIN, 1 << 64] {
        assert_eq!(parse(|raw| raw.stream = Some(stream)), Err(Error::Stream { stream }));
    }
}

#[test]
fn the_pointer_is_0_exactly_when_there_is_no_element() {
    let shape = vec![300, 451, 3];
    assert_eq!(
        parse(|raw| raw.data = Some((0, false))),
        Err(Error::NullPointer { shape: vec![300, 451, 3] })
    );
    let empty = |version, address| {
        parse(|raw| {
            raw.version = Some(version);
            raw.shape = Some([shape.clone(), vec![0]].concat());
            raw.data = Some((address, false));
        })
    };
    assert!(empty(3, 0).is_ok());
    for version in [2, 3] {
        let shape = vec![300, 451, 3, 0];
        assert_eq!(empty(version, ADDRESS), Err(Error::PointerWithoutElements { address: ADDRESS, shape }));
    }
    for version in [0, 1] {
        assert_eq!(empty(version, ADDRESS).unwrap().address(), 0);
    }
}

#[test]
fn the_shape_without_axes_has_one_element() {
    let scalar = parse(|raw| raw.shape = Some(vec![])).unwrap();
    assert_eq!(scalar.layout().len(), 1);
    assert!(parse(|raw| (raw.shape, raw.data) = (Some(vec![]), Some((0, false)))).is_err());
}

#[test]
fn a_mask_and_several_fields_are_refused() {
    assert_eq!(parse(|raw| raw.has_mask = true), Err(Error::Mask));
    assert!(parse(|raw| raw.descr_fields = Some(1)).is_ok());
    assert_eq!(parse(|raw| raw.descr_fields = Some(2)), Err(Error::Structured { fields: 2 }));
}

#[test]
fn a_negative_length_is_refused_with_its_axis() {
    assert_eq!(parse(|raw| raw.shape = Some(vec![3, -1])), Err(Error::Shape { axis: 1, len: -1 }));
}

#[test]
fn strides_are_bytes_and_may_be_zero_or_negative() {
    let flipped = parse(|raw| raw.strides = Some(vec![1353, -3, 1])).unwrap();
    assert_eq!(flipped.layout().strides(), [1353, -3, 1]);
    let repeated = parse(|raw| raw.strides = Some(vec![0, 3, 1])).unwrap();
    assert_eq!(repeated.layout().strides(), [0, 3, 1]);
}

#[test]
fn strides_of_another_length_are_refused() {
    assert!(matches!(parse(|raw| raw.strides = Some(vec![3, 1])), Err(Error::Layout(_))));
}

#[test]
fn sizes_that_overflow_are_refused() {
    assert!(matches!(parse(|raw| raw.shape = Some(vec![i64::MAX, 3])), Err(Error::Layout(_))));
    assert!(matches!(parse(|raw| raw.strides = Some(vec![i64::MAX, 3, 1])), Err(Error::Layout(_))));
    assert!(matches!(parse(|raw| raw.strides = Some(vec![i64::MIN, 3, 1])), Err(Error::Layout(_))));
}

#[test]
fn elements_below_zero_or_above_the_top_are_refused() {
    let below = parse(|raw| (raw.data, raw.strides) = (Some((100, false)), Some(vec![1353, -3, 1])));
    assert!(matches!(below, Err(Error::OutsideAddressSpace { address: 100, .. })));
    let above = parse(|raw| raw.data = Some((usize::MAX - 100, false)));
    assert!(matches!(above, Err(Error::OutsideAddressSpace { .. })));
}

#[test]
fn typestrs_that_are_no_plain_native_number_are_refused() {
    for typestr in [">f4", "<V2", "|O", "<U4", "<M8[ns]", "f4", "", "<f3", "é"] {
        assert!(
            matches!(parse(|raw| raw.typestr = Some(typestr.into())), Err(Error::DType(_))),
            "{typestr:?}"
        );
    }
}

#[test]
fn read_only_is_kept() {
    let array = parse(|raw| raw.data = Some((ADDRESS, true))).unwrap();
    assert!(array.is_read_only());
    assert_eq!(array.to_raw().unwrap().data, Some((ADDRESS, true)));
}

#[test]
fn version_3_is_written_with_strides_only_where_they_say_something() {
    assert_eq!(parse(|_| ()).unwrap().to_raw().unwrap(), image());
    let planes = Layout::contiguous(&[300, 451, 3], 1).unwrap().permute(&[2, 0, 1]).unwrap();
    let raw = ArrayInterface::new(ADDRESS, false, DType::U8, planes, Readiness::After(StreamHandle::LEGACY))
        .unwrap()
        .to_raw()
        .unwrap();
    assert_eq!(raw.shape, Some(vec![3, 300, 451]));
    assert_eq!(raw.strides, Some(vec![1, 1353, 3]));
    assert_eq!((raw.version, raw.stream), (Some(3), Some(1)));
}

#[test]
fn an_offset_moves_the_pointer() {
    let crop =
        Layout::contiguous(&[300, 451, 3], 1).unwrap().slice(&[(75..225).into(), (112..337).into()]).unwrap();
    let offset = crop.offset() as usize;
    let array = ArrayInterface::new(ADDRESS, false, DType::U8, crop, Readiness::Ready).unwrap();
    assert_eq!(array.address(), ADDRESS + offset);
    assert_eq!(array.layout().offset(), 0);
}

#[test]
fn an_unstated_readiness_is_written_as_the_legacy_stream() {
    let old = parse(|raw| raw.version = Some(1)).unwrap();
    assert_eq!(old.to_raw().unwrap().stream, Some(1));
}

#[test]
fn an_array_without_elements_is_written_with_pointer_0() {
    let layout = Layout::contiguous(&[4, 0], 4).unwrap();
    let array = ArrayInterface::new(ADDRESS, false, DType::F32, layout, Readiness::Ready).unwrap();
    assert_eq!(array.to_raw().unwrap().data, Some((0, false)));
}

#[test]
fn a_type_without_a_type_string_is_not_written() {
    let layout = Layout::contiguous(&[4], 2).unwrap();
    let array = ArrayInterface::new(ADDRESS, false, DType::Bf16, layout, Readiness::Ready).unwrap();
    assert!(matches!(array.to_raw(), Err(Error::DType(_))));
}

#[test]
fn a_layout_of_other_items_than_the_type_is_refused() {
    let layout = Layout::contiguous(&[4], 2).unwrap();
    let built = ArrayInterface::new(ADDRESS, false, DType::F32, layout, Readiness::Ready);
    assert_eq!(built, Err(Error::ItemSize { dtype: DType::F32, itemsize: 2 }));
}

proptest! {
    #![proptest_config(properties::config())]

    /// Whatever numbers come in, the answer is an error or an array whose bytes all have addresses.
    #[test]
    fn any_dictionary_is_refused_or_safe_to_use(
        shape in prop::collection::vec(prop_oneof![-2i64..9, any::<i64>()], 0..5),
        strides in prop::option::of(prop::collection::vec(prop_oneof![-64i64..64, any::<i64>()], 0..5)),
        address in prop_oneof![Just(0usize), Just(ADDRESS), any::<usize>()],
        version in -1i64..5,
        stream in prop::option::of(prop_oneof![-2i128..4, any::<i128>()]),
        typestr in prop::sample::select(vec!["|u1", "<f4", "<c16", ">f4", "<V2", "|b1"]),
    ) {
        let raw = RawArrayInterface {
            shape: Some(shape),
            typestr: Some(typestr.into()),
            data: Some((address, false)),
            version: Some(version),
            strides,
            stream,
            ..Default::default()
        };
        if let Ok(array) = ArrayInterface::parse(&raw) {
            let span = array.layout().span();
            prop_assert_eq!(array.address() == 0, array.layout().is_empty());
            if !array.layout().is_empty() {
                prop_assert!(array.address() as i128 + span.start >= 0);
                prop_assert!(array.address() as i128 + span.end <= usize::MAX as i128);
            }
        }
    }

    /// What is written reads back the same, except that an unstated readiness has become a stream.
    #[test]
    fn a_dictionary_survives_writing_and_reading(
        shape in prop::collection::vec(1i64..6, 0..4),
        steps in prop::collection::vec(-3i64..4, 4),
        stream in prop::option::of(prop_oneof![Just(-1i128), 1i128..100]),
    ) {
        let strides = shape.iter().zip(&steps).map(|(_, step)| step * 8).collect();
        let raw = RawArrayInterface {
            shape: Some(shape),
            typestr: Some("<f8".into()),
            data: Some((ADDRESS, true)),
            version: Some(3),
            strides: Some(strides),
            stream,
            ..Default::default()
        };
        let array = ArrayInterface::parse(&raw).unwrap();
        let back = ArrayInterface::parse(&array.to_raw().unwrap()).unwrap();
        prop_assert_eq!(back.address(), array.address());
        prop_assert_eq!(back.layout().shape(), array.layout().shape());
        prop_assert_eq!(back.layout().is_c_contiguous(), array.layout().is_c_contiguous());
        prop_assert_eq!(back.layout().span(), array.layout().span());
        prop_assert_eq!(back.readiness(), array.readiness());
    }
}

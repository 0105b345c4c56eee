//! Descriptions as data.
#![cfg(feature = "serde")]

use interop::dlpack::{DLDevice, DLDeviceType};
use interop::{ArrayInterface, DType, Layout, RawArrayInterface, Readiness};

#[test]
fn a_description_survives_json() {
    let layout = Layout::contiguous(&[4, 5], 4).unwrap().flip(0).unwrap();
    let array = ArrayInterface::new(0x7f00_0000_0000, true, DType::F32, layout, Readiness::Ready).unwrap();
    let raw = array.to_raw().unwrap();
    let json = serde_json::to_string(&raw).unwrap();
    assert!(json.contains(r#""typestr":"<f4""#), "{json}");
    let back: RawArrayInterface = serde_json::from_str(&json).unwrap();
    assert_eq!(ArrayInterface::parse(&back).unwrap(), array);
}

#[test]
fn the_largest_stream_handle_survives_json() {
    let raw = RawArrayInterface { stream: Some(u64::MAX.into()), ..Default::default() };
    let back: RawArrayInterface = serde_json::from_str(&serde_json::to_string(&raw).unwrap()).unwrap();
    assert_eq!(back, raw);
}

#[test]
fn absent_keys_may_be_left_out_and_unknown_ones_are_refused() {
    let raw: RawArrayInterface = serde_json::from_str(r#"{"shape": [2], "version": 3}"#).unwrap();
    assert_eq!((raw.shape, raw.typestr), (Some(vec![2]), None));
    assert!(serde_json::from_str::<RawArrayInterface>(r#"{"shap": [2]}"#).is_err());
}

#[test]
fn a_dlpack_device_is_two_numbers() {
    let device = DLDevice { device_type: DLDeviceType::CUDA, device_id: 1 };
    let json = serde_json::to_string(&device).unwrap();
    assert_eq!(json, r#"{"device_type":2,"device_id":1}"#);
    assert_eq!(serde_json::from_str::<DLDevice>(&json).unwrap(), device);
}

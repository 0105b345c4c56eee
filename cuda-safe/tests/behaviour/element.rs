use cuda_safe::{DeviceMemory, Element};

use crate::support::on_each;

fn round_trip<T: Element + PartialEq + std::fmt::Debug>(values: &[T]) {
    on_each(|device| {
        let memory = DeviceMemory::from_host(device, values).unwrap();
        assert_eq!(memory.to_vec().unwrap(), values);
    });
}

#[test]
fn numbers_of_every_width_come_back_as_they_went() {
    round_trip(&[u8::MIN, 1, u8::MAX]);
    round_trip(&[i16::MIN, -1, i16::MAX]);
    round_trip(&[u32::MIN, 1, u32::MAX]);
    round_trip(&[i64::MIN, -1, i64::MAX]);
    round_trip(&[u128::MIN, 1, u128::MAX]);
    round_trip(&[usize::MIN, 1, usize::MAX]);
    round_trip(&[f32::MIN, -0.5, f32::INFINITY]);
    round_trip(&[f64::MIN, -0.5, f64::INFINITY]);
}

#[test]
fn arrays_of_elements_are_elements() {
    round_trip(&[[1u8, 2, 3], [4, 5, 6]]);
    round_trip(&[[[0.5f32; 2]; 3]; 4]);
}

#[test]
fn elements_without_bytes_need_no_memory() {
    on_each(|device| {
        let memory = DeviceMemory::from_host(device, &[[0u32; 0]; 5]).unwrap();
        assert!(memory.as_ptr().is_null());
        assert_eq!((memory.len(), memory.size_bytes()), (5, 0));
        assert_eq!(memory.to_vec().unwrap(), [[]; 5]);
        assert_eq!(memory.slice(1..3).unwrap().len(), 2);
    });
}

#[cfg(feature = "half")]
#[test]
fn half_precision_numbers_are_elements() {
    round_trip(&[half::f16::from_f32(0.5), half::f16::NEG_INFINITY]);
    round_trip(&[half::bf16::from_f32(0.5), half::bf16::NEG_INFINITY]);
}

#[cfg(feature = "num-complex")]
#[test]
fn complex_numbers_are_elements() {
    round_trip(&[num_complex::Complex::new(0.5f32, -1.0)]);
    round_trip(&[num_complex::Complex::new(0.5f64, -1.0)]);
}

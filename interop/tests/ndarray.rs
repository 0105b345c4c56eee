//! `ndarray` arrays on the host side of a copy.
#![cfg(feature = "ndarray")]

mod support;

use interop::{CudaBuffer, DType, Error, HostView, HostViewMut, memcpy_d2h, memcpy_h2d};
use ndarray::{ArcArray2, Array, Array1, Array2, Array3, ArrayD, Axis, IxDyn, array, s};
use support::{contents, device, devices};

#[test]
fn owned_arrays_and_views_of_any_strides_are_copied() {
    for device in devices() {
        let image = Array3::from_shape_fn((5, 6, 3), |(row, column, channel)| {
            (row * 18 + column * 3 + channel) as u8
        });
        let mut buffer = CudaBuffer::new(device, &[5, 6, 3], DType::U8).unwrap();
        memcpy_h2d(&image, &mut buffer).unwrap();
        assert_eq!(contents(&buffer), image.as_slice().unwrap());

        let mirrored = image.slice(s![.., ..;-1, ..]);
        memcpy_h2d(&mirrored, &mut buffer).unwrap();
        let mut back = Array3::<u8>::zeros((5, 6, 3));
        memcpy_d2h(&buffer, &mut back).unwrap();
        assert_eq!(back, mirrored);

        let mut crop = Array2::<u8>::zeros((2, 3));
        let part = buffer.view().index(2, 1).unwrap().slice(&[(1..3).into(), (2..5).into()]).unwrap();
        memcpy_d2h(&part, &mut crop).unwrap();
        assert_eq!(crop, mirrored.slice(s![1..3, 2..5, 1]));
    }
}

#[test]
fn a_destination_with_strides_is_written_where_it_shows() {
    for device in devices() {
        let mut buffer = CudaBuffer::new(device, &[2, 2], DType::I16).unwrap();
        memcpy_h2d(&array![[1i16, 2], [3, 4]], &mut buffer).unwrap();
        let mut board = Array2::<i16>::zeros((4, 4));
        memcpy_d2h(&buffer, board.slice_mut(s![..;-2, 1..;2])).unwrap();
        assert_eq!(board, array![[0, 0, 0, 0], [0, 3, 0, 4], [0, 0, 0, 0], [0, 1, 0, 2]]);
        let mut turned = board.slice_mut(s![1..3, 1..3]).reversed_axes();
        memcpy_d2h(&buffer, &mut turned).unwrap();
        assert_eq!(board.slice(s![1..3, 1..3]), array![[1, 3], [2, 4]]);
    }
}

#[test]
fn arrays_without_axes_or_elements_are_copied() {
    let mut one = CudaBuffer::new(device(), &[], DType::F64).unwrap();
    memcpy_h2d(&Array::from_elem((), 2.5f64), &mut one).unwrap();
    let mut back = ArrayD::<f64>::zeros(IxDyn(&[]));
    memcpy_d2h(&one, &mut back).unwrap();
    assert_eq!(back[IxDyn(&[])], 2.5);
    let mut none = CudaBuffer::new(device(), &[0, 4], DType::F64).unwrap();
    memcpy_h2d(&Array2::<f64>::zeros((0, 4)), &mut none).unwrap();
}

#[test]
fn a_repeated_array_is_read_as_often_as_it_is_seen() {
    let row = Array1::from(vec![1u8, 2, 3]);
    let mut table = CudaBuffer::new(device(), &[2, 3], DType::U8).unwrap();
    memcpy_h2d(row.broadcast((2, 3)).unwrap(), &mut table).unwrap();
    assert_eq!(contents(&table), [1, 2, 3, 1, 2, 3]);
}

#[test]
fn shared_storage_is_made_unique_before_it_is_written() {
    let mut buffer = CudaBuffer::new(device(), &[2, 2], DType::U8).unwrap();
    memcpy_h2d(&[9u8, 8, 7, 6], &mut buffer).unwrap();
    let first = ArcArray2::<u8>::zeros((2, 2));
    let mut second = first.clone();
    memcpy_d2h(&buffer, &mut second).unwrap();
    assert_eq!((first.sum(), second), (0, array![[9u8, 8], [7, 6]].into_shared()));
}

#[test]
fn shapes_and_element_types_are_checked() {
    let mut buffer = CudaBuffer::new(device(), &[2, 3], DType::F32).unwrap();
    let flat = Array1::<f32>::zeros(6);
    assert!(matches!(memcpy_h2d(&flat, &mut buffer), Err(Error::Layout(_))));
    assert!(matches!(
        memcpy_h2d(&Array2::<f64>::zeros((2, 3)), &mut buffer),
        Err(Error::DTypeMismatch { .. })
    ));
    let mut flags = CudaBuffer::new(device(), &[2, 3], DType::Bool).unwrap();
    memcpy_h2d(&Array2::<u8>::ones((2, 3)), &mut flags).unwrap();
}

#[test]
fn more_axes_than_a_layout_has_are_refused() {
    let mut deep = ArrayD::<u8>::zeros(IxDyn(&[1; 64]));
    assert!(HostView::try_from(&deep).is_ok());
    deep.insert_axis_inplace(Axis(0));
    assert!(matches!(HostView::try_from(&deep), Err(Error::Layout(_))));
    assert!(matches!(HostViewMut::try_from(&mut deep), Err(Error::Layout(_))));
}

//! Host arrays: what a slice, a shape and a pitch may be together.

use interop::{DType, Error, HostView, HostViewMut, Layout, LayoutError};

#[test]
fn a_slice_takes_a_shape_of_as_many_elements() {
    let pixels = [0u16; 24];
    assert_eq!(HostView::new(&pixels, &[2, 3, 4]).unwrap().layout().strides(), [24, 8, 2]);
    let refused = HostView::new(&pixels, &[2, 3]).unwrap_err();
    assert!(matches!(refused, Error::SliceLength { len: 24, elements: 6, .. }), "{refused}");
}

#[test]
fn a_layout_must_lie_inside_its_slice() {
    let mut bytes = [0u8; 16];
    let layout =
        |shape: &[usize], strides: &[isize], offset| Layout::strided(shape, strides, offset, 1).unwrap();
    assert!(HostView::strided(&bytes, layout(&[4], &[-5], 15)).is_ok());
    assert!(HostViewMut::strided(&mut bytes, layout(&[4], &[5], 0)).is_ok());
    for (strides, offset) in [([-5], 14), ([5], 1), ([6], 0)] {
        let refused = HostView::strided(&bytes, layout(&[4], &strides, offset)).unwrap_err();
        assert!(matches!(refused, Error::OutOfBounds { bytes: 16, .. }), "{refused}");
    }
}

#[test]
fn a_layout_of_other_items_than_the_slice_is_refused() {
    let layout = Layout::contiguous(&[2], 4).unwrap();
    let refused = HostView::strided(&[0u16; 4], layout.clone()).unwrap_err();
    assert!(matches!(refused, Error::ItemSize { dtype: DType::U16, itemsize: 4 }), "{refused}");
    // SAFETY: refused before the pointer is used.
    assert!(unsafe { HostView::from_raw(std::ptr::null(), layout.clone(), DType::U8) }.is_err());
    // SAFETY: refused before the pointer is used.
    assert!(unsafe { HostViewMut::from_raw(std::ptr::null_mut(), layout, DType::U8) }.is_err());
}

#[test]
fn rows_with_a_pitch_need_no_padding_after_the_last() {
    let bytes = [0u8; 2 * 16 + 9];
    let rows = HostView::rows(&bytes, &[3, 3, 3], 16).unwrap();
    assert_eq!(rows.layout().strides(), [16, 3, 1]);
    assert!(HostView::rows(&bytes, &[3, 3, 3], 17).is_err());
    assert!(HostView::rows(&bytes, &[3, 3, 3], usize::MAX).is_err());
    assert_eq!(HostView::rows(&bytes[..1], &[], 16).unwrap().layout().len(), 1);
}

#[test]
fn views_of_a_host_array_are_made_without_a_copy() {
    let pixels = [0u8; 2 * 3 * 4];
    let image = HostView::new(&pixels, &[2, 3, 4]).unwrap();
    assert_eq!(image.permute(&[2, 0, 1]).unwrap().shape(), [4, 2, 3]);
    assert_eq!(image.transpose().shape(), [4, 3, 2]);
    assert_eq!(image.slice(&[(1..).into()]).unwrap().shape(), [1, 3, 4]);
    assert_eq!(image.index(-1, 0).unwrap().shape(), [2, 3]);
    assert_eq!(image.flip(0).unwrap().layout().offset(), 12);
    assert_eq!(image.reshape(&[6, 4]).unwrap().shape(), [6, 4]);
    assert_eq!(image.expand(0).unwrap().squeeze().shape(), [2, 3, 4]);
    assert_eq!(image.reinterpret(DType::U32).unwrap().shape(), [2, 3, 1]);
    assert_eq!(image.broadcast_to(&[5, 2, 3, 4]).unwrap().layout().strides()[0], 0);
    assert!(matches!(image.reshape(&[5]), Err(LayoutError::ElementCount { .. })));
}

#[test]
fn a_view_for_writing_can_be_lent() {
    let mut pixels = [0u8; 6];
    let mut image = HostViewMut::new(&mut pixels, &[2, 3]).unwrap();
    assert_eq!(image.reborrow().transpose().shape(), [3, 2]);
    assert_eq!(image.reinterpret(DType::Bool).unwrap().dtype(), DType::Bool);
}

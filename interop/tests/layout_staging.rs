//! Staging buffers against the enumeration of every byte.

mod layout_oracle;
mod properties;

use interop::Layout;
use interop::layout::{CopyCall, CopyPlan, Staging};
use layout_oracle::copies::{copied, wanted};
use layout_oracle::{addresses, itemsize, layout, shape, view};
use proptest::prelude::*;

proptest! {
    #![proptest_config(properties::config())]

    #[test]
    fn a_packed_buffer_holds_each_element_once_and_where_it_says(device in layout()) {
        let staging = Staging::read(&device).unwrap();
        prop_assert_eq!(staging.layout().shape(), device.shape());
        prop_assert!(staging.layout().span().fits(staging.bytes()));
        let copied = copied(staging.plan());
        // Every byte of the buffer is written, once, and each element of the layout finds its own.
        let written: Vec<i128> = copied.iter().map(|pair| pair.0).collect();
        prop_assert_eq!(&written, &(0..staging.bytes() as i128).collect::<Vec<_>>());
        for (place, origin) in wanted(staging.layout(), &device) {
            prop_assert_eq!(copied[place as usize].1, origin);
        }
        let repeated: usize = (device.shape().iter().zip(device.strides()))
            .map(|(&len, &stride)| if stride == 0 { len.min(1) } else { len })
            .product();
        prop_assert_eq!(staging.bytes(), repeated * device.itemsize());
    }

    #[test]
    fn a_span_buffer_holds_every_element_in_one_call(device in layout()) {
        let staging = Staging::read_span(&device).unwrap();
        let copied = copied(staging.plan());
        prop_assert_eq!(staging.bytes() as u128, device.span().len());
        prop_assert_eq!(staging.plan().calls(), usize::from(!device.is_empty()));
        for (place, origin) in wanted(staging.layout(), &device) {
            prop_assert_eq!(copied[place as usize], (place, origin));
        }
    }

    #[test]
    fn writing_from_a_packed_buffer_reaches_every_element(
        device in (shape(4), itemsize()).prop_flat_map(|(shape, itemsize)| view(shape, itemsize, false)),
    ) {
        let staging = Staging::write(&device).unwrap();
        prop_assert_eq!(staging.bytes(), device.size_bytes());
        prop_assert!(staging.layout().span().fits(staging.bytes()));
        prop_assert_eq!(copied(staging.plan()), wanted(&device, staging.layout()));
    }

    #[test]
    fn a_chosen_order_needs_no_more_calls_than_any_packed_one(
        (device, order) in (shape(4), itemsize())
            .prop_flat_map(|(shape, itemsize)| view(shape, itemsize, true))
            .prop_flat_map(|device| {
                let order = Just((0..device.ndim() as isize).collect::<Vec<_>>()).prop_shuffle();
                (Just(device), order)
            }),
    ) {
        let turned = device.permute(&order).unwrap();
        let packed = Layout::contiguous(turned.shape(), turned.itemsize()).unwrap();
        let direct = CopyPlan::new(&packed, &turned).unwrap();
        prop_assert!(Staging::read(&device).unwrap().plan().calls() <= direct.calls());
    }
}

#[test]
fn an_axis_backwards_on_one_side_is_a_loop_and_staging_avoids_it() {
    let image = Layout::contiguous(&[300, 451, 3], 1).unwrap();
    let mirrored = image.flip(1).unwrap();
    let direct = CopyPlan::new(&image, &mirrored).unwrap();
    assert_eq!((direct.calls(), direct.call().width()), (451, 3));
    let staged = Staging::read(&mirrored).unwrap();
    assert_eq!(staged.plan().call(), CopyCall::Bytes { len: 300 * 451 * 3 });
    assert_eq!(addresses(staged.layout()), addresses(&mirrored));
}

#[test]
fn a_repeated_row_is_read_once() {
    let row = Layout::contiguous(&[1, 5], 4).unwrap().broadcast_to(&[1000, 5]).unwrap();
    let staging = Staging::read(&row).unwrap();
    assert_eq!((staging.bytes(), staging.plan().call()), (20, CopyCall::Bytes { len: 20 }));
    assert_eq!(staging.layout().strides(), [0, 4]);
}

//! interop: arrays given away and taken over, by the array interface and by DLPack.

use cuda_safe::{Device, Stream};
use interop::{
    CudaBuffer, DType, Error, ForeignArray, ImportOptions, RawArrayInterface, Result as InteropResult,
    dlpack::Form, memcpy_d2h, memcpy_h2d,
};
use libtest_mimic::Failed;
use tests::{Check, checks};

pub(crate) const CHECKS: &[(&str, Check)] = checks![
    an_array_interface_goes_out_and_comes_back_at_the_same_address,
    a_dlpack_tensor_goes_out_and_comes_back_at_the_same_address,
    a_strided_view_keeps_its_strides_both_ways,
    read_only_stays_read_only,
    an_address_of_plain_host_memory_is_refused,
    an_address_that_nobody_knows_is_refused,
    a_span_past_the_allocation_is_refused_where_the_runtime_can_tell,
];

/// A foreign object: an owner, and whatever it says of its memory.
struct Foreign<T>(T, RawArrayInterface);

impl<T: Send + 'static> ForeignArray for Foreign<T> {
    fn cuda_array_interface(&self) -> InteropResult<RawArrayInterface> {
        Ok(self.1.clone())
    }
}

fn on(device: Device) -> ImportOptions {
    ImportOptions { device: Some(device), ..Default::default() }
}

fn ramp(device: Device) -> Result<CudaBuffer, Failed> {
    let mut buffer = CudaBuffer::new(device, &[4, 6], DType::U16)?;
    memcpy_h2d(&(0..24u16).collect::<Vec<_>>(), &mut buffer)?;
    Ok(buffer)
}

fn contents(buffer: &CudaBuffer) -> Result<Vec<u16>, Failed> {
    let mut back = vec![0u16; buffer.layout().len()];
    memcpy_d2h(buffer, &mut back)?;
    Ok(back)
}

fn an_array_interface_goes_out_and_comes_back_at_the_same_address(device: Device) -> Result<(), Failed> {
    let buffer = ramp(device)?;
    let address = buffer.address();
    // SAFETY: the buffer owns the memory that it describes.
    let back = unsafe { CudaBuffer::from_cuda_with(buffer, &on(device)) }?;
    assert_eq!((back.address(), back.shape(), back.dtype()), (address, &[4, 6][..], DType::U16));
    assert_eq!(contents(&back)?, (0..24).collect::<Vec<_>>());
    Ok(())
}

fn a_dlpack_tensor_goes_out_and_comes_back_at_the_same_address(device: Device) -> Result<(), Failed> {
    for form in [Form::Legacy, Form::Versioned] {
        let buffer = ramp(device)?;
        let address = buffer.address();
        let tensor = buffer.to_dlpack(form)?;
        drop(buffer);
        let back = CudaBuffer::from_dlpack_with(tensor, &on(device))?;
        assert_eq!(back.address(), address, "{form:?}");
        assert_eq!(contents(&back)?, (0..24).collect::<Vec<_>>(), "{form:?}");
    }
    Ok(())
}

fn a_strided_view_keeps_its_strides_both_ways(device: Device) -> Result<(), Failed> {
    let buffer = ramp(device)?;
    let view = buffer.view().transpose().flip(0)?.share();
    let expected: Vec<u16> = (0..24).map(|index| (5 - index / 4) + 6 * (index % 4)).collect();
    assert_eq!(contents(&view)?, expected);
    let tensor = view.to_dlpack(Form::Versioned)?;
    assert_eq!(contents(&CudaBuffer::from_dlpack_with(tensor, &on(device))?)?, expected);
    // SAFETY: the view owns the memory that it describes.
    let back = unsafe { CudaBuffer::from_cuda_with(view, &on(device)) }?;
    assert_eq!(back.layout().strides(), [-2, 12]);
    assert_eq!(contents(&back)?, expected);
    Ok(())
}

fn read_only_stays_read_only(device: Device) -> Result<(), Failed> {
    let buffer = ramp(device)?;
    let mut interface = buffer.array_interface()?;
    interface.data = interface.data.map(|(address, _)| (address, true));
    // SAFETY: the buffer owns the memory that the description is of.
    let mut back = unsafe { CudaBuffer::from_cuda_with(Foreign(buffer, interface), &on(device)) }?;
    assert!(back.is_read_only());
    assert!(matches!(memcpy_h2d(&[0u16; 24], &mut back), Err(Error::ReadOnly { .. })));
    assert!(back.to_dlpack(Form::Legacy).is_err(), "the legacy form cannot say so");
    let again = CudaBuffer::from_dlpack_with(back.to_dlpack(Form::Versioned)?, &on(device))?;
    assert!(again.is_read_only());
    assert_eq!(contents(&again)?, (0..24).collect::<Vec<_>>());
    Ok(())
}

fn described(address: usize, bytes: i64) -> RawArrayInterface {
    RawArrayInterface {
        shape: Some(vec![bytes]),
        typestr: Some("|u1".into()),
        data: Some((address, false)),
        version: Some(3),
        ..Default::default()
    }
}

fn an_address_of_plain_host_memory_is_refused(device: Device) -> Result<(), Failed> {
    let plain = vec![0u8; 100];
    let interface = described(plain.as_ptr().addr(), 100);
    // SAFETY: the vector owns the memory; it is refused.
    let refused = unsafe { CudaBuffer::from_cuda_with(Foreign(plain, interface), &on(device)) };
    let message = refused.expect_err("plain host memory").to_string();
    assert!(message.contains("0x"), "{message}");
    Ok(())
}

fn an_address_that_nobody_knows_is_refused(device: Device) -> Result<(), Failed> {
    // SAFETY: it only resets this thread's state, which another check may have left an error in.
    unsafe { device.runtime().cudaGetLastError() }?;
    // SAFETY: nothing is read at the address; it is refused.
    let refused = unsafe { CudaBuffer::from_cuda_with(Foreign((), described(0x1000, 8)), &on(device)) };
    assert!(refused.is_err());
    // SAFETY: it only reads this thread's state.
    let last = unsafe { device.runtime().cudaPeekAtLastError() }?;
    assert_eq!(last, cuda_sys::cudart::cudaError::cudaSuccess, "the look-up left an error behind");
    Ok(())
}

fn a_span_past_the_allocation_is_refused_where_the_runtime_can_tell(device: Device) -> Result<(), Failed> {
    let buffer = CudaBuffer::new(device, &[1 << 20], DType::U8)?;
    let stream = Stream::legacy(device);
    let interface = described(buffer.address(), 1 << 50);
    let options = ImportOptions { stream: Some(stream), ..Default::default() };
    // SAFETY: the description is false, and so refused before the memory is used.
    let refused = unsafe { CudaBuffer::from_cuda_with(Foreign(buffer, interface), &options) };
    assert!(refused.is_err(), "a petabyte");
    Ok(())
}

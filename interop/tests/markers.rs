//! Which types may go to, and be seen from, other threads.

use interop::dlpack::{DLPackExchangeAPI, ManagedTensor};
use interop::{
    ArrayInterface, CudaBuffer, CudaView, CudaViewMut, DType, Error, HostView, HostViewMut, Layout,
};
use interop::{BufferOptions, ImportOptions, RawArrayInterface};

fn send_and_sync<T: Send + Sync>() {}

#[test]
fn everything_may_be_sent_and_shared() {
    send_and_sync::<CudaBuffer>();
    send_and_sync::<CudaView<'_>>();
    send_and_sync::<CudaViewMut<'_>>();
    send_and_sync::<HostView<'_>>();
    send_and_sync::<HostViewMut<'_>>();
    send_and_sync::<ManagedTensor>();
    send_and_sync::<ArrayInterface>();
    send_and_sync::<RawArrayInterface>();
    send_and_sync::<Layout>();
    send_and_sync::<DType>();
    send_and_sync::<Error>();
    send_and_sync::<ImportOptions>();
    send_and_sync::<BufferOptions<'_>>();
}

#[test]
fn the_exchange_table_may_be_static() {
    fn sync<T: Sync>() {}
    sync::<DLPackExchangeAPI>();
}

#[test]
fn an_error_is_small_enough_to_return() {
    assert!(size_of::<Error>() <= 128, "{}", size_of::<Error>());
}

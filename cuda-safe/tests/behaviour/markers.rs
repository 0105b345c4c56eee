//! Which types may cross threads, pinned: a change here is a change of the interface.

use cuda_safe::memory::copy::{Copies, Copy2d, Copy3d};
use cuda_safe::memory::{AllocationRange, Origin, RawDeviceMemory};
use cuda_safe::*;

use static_checks::*;

mod static_checks {
    pub(super) const fn send<T: Send>() {}
    pub(super) const fn sync<T: Sync>() {}

    /// `$type` does not implement `$marker`: if it did, the call below would be ambiguous and not compile.
    macro_rules! not {
        ($marker:ident: $($type:ty),*) => {$(
            const _: fn() = || {
                trait Ambiguous<A> { fn check() {} }
                impl<T: ?Sized> Ambiguous<()> for T {}
                #[allow(dead_code, reason = "it is the second candidate")]
                struct Marked;
                impl<T: ?Sized + $marker> Ambiguous<Marked> for T {}
                let _ = <$type as Ambiguous<_>>::check;
            };
        )*};
    }
    pub(super) use not;
}

macro_rules! send_and_sync {
    ($($type:ty),* $(,)?) => {$(
        const _: () = send::<$type>();
        const _: () = sync::<$type>();
    )*};
}

send_and_sync!(
    Device,
    Error,
    ErrorKind,
    Refused<Vec<u8>>,
    Stream,
    StreamRef<'static>,
    Event,
    MemoryPool,
    DeviceMemory<f32>,
    DeviceSlice<'static, f32>,
    DeviceSliceMut<'static, f32>,
    PinnedMemory<f32>,
    ManagedMemory<f32>,
    Registered<f32>,
    Pending<(PinnedMemory<f32>, DeviceMemory<f32>)>,
    AllocationRange,
    Origin,
);

// Nobody but `scope` has one: what is lent of it stays on its thread because it is not Sync.
const _: () = send::<CopyScope<'static, 'static>>();

// A scope stays on its thread, for the per-thread stream would be another one elsewhere.
not!(Send: InScope<'static, f32>);
not!(Sync: CopyScope<'static, 'static>, InScope<'static, f32>);

// Raw addresses promise nothing.
not!(Send: PointerAttributes, RawDeviceMemory<f32>, Copies, Copy2d, Copy3d);
not!(Sync: PointerAttributes, RawDeviceMemory<f32>, Copies, Copy2d, Copy3d);

#[test]
fn markers_hold() {
    // Checked when this file is compiled.
}

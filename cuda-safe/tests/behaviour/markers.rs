//! Which types may cross threads, pinned: a change here is a change of the interface.

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
);

// A scope stays on its thread, for the per-thread stream would be another one elsewhere. The raw addresses that the runtime
// reports promise nothing.
not!(Send: InScope<'static, f32>, PointerAttributes);
not!(Sync: CopyScope<'static, 'static>, InScope<'static, f32>, PointerAttributes);

#[test]
fn markers_hold() {
    // Checked when this file is compiled.
}

//! Which types may cross between host and device: plain data.
//!
//! A copy from the device writes whatever bytes lie there into a host slice, and a copy to the device reads every
//! byte of one. So each bit pattern must be a value, and no byte may be padding.

/// Plain data: numbers, and arrays of them.
///
/// Why the following are not elements:
///
/// - `bool` and `char`: most of their bit patterns are not values. Use `u8` and `u32`.
/// - references, `Box`, `Vec`: an address means nothing on the other side. Copy what they point to.
/// - tuples and structs: they may have padding, and Rust may reorder them. Implement the trait for a `#[repr(C)]` or
///   `#[repr(transparent)]` struct of yours that has none.
///
/// ```
/// use cuda_safe::Element;
///
/// #[derive(Clone, Copy)]
/// #[repr(C)]
/// struct Rgba {
///     red: u8,
///     green: u8,
///     blue: u8,
///     alpha: u8,
/// }
///
/// // SAFETY: four bytes in C layout, no padding, and each bit pattern is a colour.
/// unsafe impl Element for Rgba {}
/// ```
///
/// ```compile_fail
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::first()?;
/// let flags = cuda_safe::DeviceMemory::<bool>::new(device, 8)?; // `bool` is not an `Element`
/// # Ok(())
/// # }
/// ```
///
/// ```compile_fail
/// #[derive(Clone, Copy)]
/// #[repr(C, align(512))]
/// struct Sector([u8; 512]);
///
/// // SAFETY: 512 bytes without padding.
/// unsafe impl cuda_safe::Element for Sector {}
///
/// # fn main() -> cuda_safe::Result<()> {
/// # let device = cuda_safe::Device::first()?;
/// let sectors = cuda_safe::PinnedMemory::<Sector>::zeroed(device, 1)?; // CUDA aligns to 256 bytes
/// # Ok(())
/// # }
/// ```
///
/// # Safety
/// Every bit pattern of the type is a value, the type has no padding, and it holds no address or handle. (Its alignment
/// is at most 256, which is what CUDA gives all its memory: more does not compile where memory is allocated.)
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not plain data that can cross between host and device",
    label = "not a `cuda_safe::Element`",
    note = "numbers and arrays of numbers are; its documentation says why `bool`, `char`, references and tuples are not"
)]
pub unsafe trait Element: Copy + Send + Sync + 'static {}

macro_rules! plain {
    ($($number:ty)*) => {
        $(
            // SAFETY: a number has no padding, and each bit pattern is a number.
            #[diagnostic::do_not_recommend]
            unsafe impl Element for $number {}
        )*
    };
}

plain!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64);

// SAFETY: an array has no bytes but those of its elements.
#[diagnostic::do_not_recommend]
unsafe impl<T: Element, const N: usize> Element for [T; N] {}

#[cfg(feature = "half")]
plain!(half::f16 half::bf16);

#[cfg(feature = "num-complex")]
// SAFETY: `Complex` is `repr(C)`: two numbers of one type, so no padding between or after them.
#[diagnostic::do_not_recommend]
unsafe impl<T: Element> Element for num_complex::Complex<T> {}

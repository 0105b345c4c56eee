//! Rust types whose values are array elements: what lets a copy check that a `&[f32]` goes to a `float32` array.

use crate::dtype::DType;

/// A Rust type whose values are elements of an array of type [`DTYPE`](Self::DTYPE).
///
/// `bool` is not one: an array that came from outside may hold a byte other than 0 and 1, which would be undefined
/// behaviour in a Rust `bool`. `u8` carries [`DType::Bool`] and the 8-bit floats as their bytes; the writer of a
/// boolean array has to write 0 or 1. `half::f16` and `half::bf16` come with the feature `half`, and
/// `num_complex::Complex` with the feature `num-complex`.
///
/// ```
/// use interop::{DType, Scalar};
///
/// assert_eq!(f32::DTYPE, DType::F32);
/// assert!(u8::carries(DType::Bool) && !i8::carries(DType::Bool));
/// ```
///
/// # Safety
/// Every bit pattern is a valid value, there is no padding and no interior mutability, and the size is that of every
/// type that [`carries`](Self::carries) accepts.
pub unsafe trait Scalar: Copy + Send + Sync + 'static {
    /// The element type that this type is.
    const DTYPE: DType;

    /// Whether memory of element type `dtype` may be read and written as values of this type.
    fn carries(dtype: DType) -> bool {
        dtype == Self::DTYPE
    }
}

macro_rules! scalars {
    ($($(#[$condition:meta])* $rust:ty => $dtype:ident),* $(,)?) => {$(
        $(#[$condition])*
        // SAFETY: a plain number, or a repr(C) pair of them: every bit pattern is a value and there is no padding; the
        // size is checked right below.
        unsafe impl Scalar for $rust {
            const DTYPE: DType = DType::$dtype;
        }
        $(#[$condition])*
        const _: () = assert!(size_of::<$rust>() == DType::$dtype.size());
    )*};
}

scalars! {
    i8 => I8, i16 => I16, i32 => I32, i64 => I64,
    u16 => U16, u32 => U32, u64 => U64,
    f32 => F32, f64 => F64,
    #[cfg(feature = "half")] half::f16 => F16,
    #[cfg(feature = "half")] half::bf16 => Bf16,
    #[cfg(feature = "num-complex")] num_complex::Complex<f32> => C64,
    #[cfg(feature = "num-complex")] num_complex::Complex<f64> => C128,
}

// SAFETY: a byte has no padding and no invalid pattern; it carries one-byte types only.
unsafe impl Scalar for u8 {
    const DTYPE: DType = DType::U8;

    fn carries(dtype: DType) -> bool {
        dtype.size() == 1 && dtype != DType::I8
    }
}

//! Element types, and the three ways the world writes them: NumPy names, array-interface type strings, DLPack codes.
//!
//! A [`DType`] is a closed list of what this crate moves; it never holds a value that came unchecked from outside.
//! Everything here is native byte order and at least one byte wide: the foreign byte order, records, strings, objects,
//! dates, vector lanes and sub-byte types are refused with an error that says what to do instead.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The type of one array element.
///
/// ```
/// use interop::DType;
///
/// assert_eq!(DType::F32.size(), 4);
/// assert_eq!(DType::F32.typestr()?, "<f4");
/// assert_eq!(DType::from_typestr("|u1")?, DType::U8);
/// assert_eq!("bfloat16".parse::<DType>()?.dlpack(), (4, 16));
/// # Ok::<(), interop::DTypeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum DType {
    /// One byte, 0 or 1.
    Bool,
    /// Signed, 8 bits.
    I8,
    /// Signed, 16 bits.
    I16,
    /// Signed, 32 bits.
    I32,
    /// Signed, 64 bits.
    I64,
    /// Unsigned, 8 bits.
    U8,
    /// Unsigned, 16 bits.
    U16,
    /// Unsigned, 32 bits.
    U32,
    /// Unsigned, 64 bits.
    U64,
    /// IEEE 754 binary16.
    F16,
    /// The upper half of a binary32.
    Bf16,
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary64.
    F64,
    /// Two binary32: real, imaginary.
    C64,
    /// Two binary64: real, imaginary.
    C128,
    /// 8-bit float, 3 exponent bits, 4 mantissa bits.
    F8E3M4,
    /// 8-bit float, 4 exponent bits, 3 mantissa bits, with infinities.
    F8E4M3,
    /// 8-bit float, 4 and 3 bits, bias 11, finite, one NaN, no negative zero.
    F8E4M3B11Fnuz,
    /// 8-bit float, 4 and 3 bits, finite with NaN.
    F8E4M3Fn,
    /// 8-bit float, 4 and 3 bits, finite, one NaN, no negative zero.
    F8E4M3Fnuz,
    /// 8-bit float, 5 exponent bits, 2 mantissa bits, with infinities.
    F8E5M2,
    /// 8-bit float, 5 and 2 bits, finite, one NaN, no negative zero.
    F8E5M2Fnuz,
    /// 8-bit power of two: exponent only, no sign.
    F8E8M0Fnu,
}

/// What is known about one [`DType`].
struct Facts {
    dtype: DType,
    name: &'static str,
    typestr: Option<&'static str>,
    size: usize,
    align: usize,
    dlpack_code: u8,
}

/// A type string of more than one byte, in this machine's byte order.
macro_rules! native {
    ($kind:literal) => {
        Some(if cfg!(target_endian = "big") { concat!(">", $kind) } else { concat!("<", $kind) })
    };
}

const fn facts(
    dtype: DType,
    name: &'static str,
    typestr: Option<&'static str>,
    size: usize,
    align: usize,
    dlpack_code: u8,
) -> Facts {
    Facts { dtype, name, typestr, size, align, dlpack_code }
}

/// In the order of the enum, so that `FACTS[dtype as usize]` is the row of `dtype`.
const FACTS: [Facts; 23] = [
    facts(DType::Bool, "bool", Some("|b1"), 1, 1, 6),
    facts(DType::I8, "int8", Some("|i1"), 1, 1, 0),
    facts(DType::I16, "int16", native!("i2"), 2, 2, 0),
    facts(DType::I32, "int32", native!("i4"), 4, 4, 0),
    facts(DType::I64, "int64", native!("i8"), 8, 8, 0),
    facts(DType::U8, "uint8", Some("|u1"), 1, 1, 1),
    facts(DType::U16, "uint16", native!("u2"), 2, 2, 1),
    facts(DType::U32, "uint32", native!("u4"), 4, 4, 1),
    facts(DType::U64, "uint64", native!("u8"), 8, 8, 1),
    facts(DType::F16, "float16", native!("f2"), 2, 2, 2),
    facts(DType::Bf16, "bfloat16", None, 2, 2, 4),
    facts(DType::F32, "float32", native!("f4"), 4, 4, 2),
    facts(DType::F64, "float64", native!("f8"), 8, 8, 2),
    facts(DType::C64, "complex64", native!("c8"), 8, 4, 5),
    facts(DType::C128, "complex128", native!("c16"), 16, 8, 5),
    facts(DType::F8E3M4, "float8_e3m4", None, 1, 1, 7),
    facts(DType::F8E4M3, "float8_e4m3", None, 1, 1, 8),
    facts(DType::F8E4M3B11Fnuz, "float8_e4m3b11fnuz", None, 1, 1, 9),
    facts(DType::F8E4M3Fn, "float8_e4m3fn", None, 1, 1, 10),
    facts(DType::F8E4M3Fnuz, "float8_e4m3fnuz", None, 1, 1, 11),
    facts(DType::F8E5M2, "float8_e5m2", None, 1, 1, 12),
    facts(DType::F8E5M2Fnuz, "float8_e5m2fnuz", None, 1, 1, 13),
    facts(DType::F8E8M0Fnu, "float8_e8m0fnu", None, 1, 1, 14),
];

const _: () = {
    let mut row = 0;
    while row < FACTS.len() {
        assert!(FACTS[row].dtype as usize == row, "the rows of FACTS follow the enum");
        row += 1;
    }
};

impl DType {
    /// Every type, in declaration order.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        FACTS.iter().map(|facts| facts.dtype)
    }

    const fn facts(self) -> &'static Facts {
        &FACTS[self as usize]
    }

    /// Bytes of one element.
    pub const fn size(self) -> usize {
        self.facts().size
    }

    /// The alignment in bytes that CUDA kernels and host code expect of an element. A complex number needs that of its
    /// parts.
    pub const fn alignment(self) -> usize {
        self.facts().align
    }

    /// NumPy's name, or for bfloat16 and the 8-bit floats the one of the `ml_dtypes` package. [`FromStr`] reads it back.
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// The type string of the array interfaces, such as `<f4` or `|u1`.
    ///
    /// # Errors
    /// [`DTypeError::NoTypestr`] for bfloat16 and the 8-bit floats, which only DLPack can express.
    pub fn typestr(self) -> Result<&'static str, DTypeError> {
        self.facts().typestr.ok_or(DTypeError::NoTypestr { dtype: self })
    }

    /// Reads a type string: a byte order (`<`, `>`, `=`, or `|` for "does not matter"), a kind and a size in bytes.
    ///
    /// # Errors
    /// [`DTypeError::ForeignByteOrder`], [`DTypeError::VoidTypestr`], [`DTypeError::UnsupportedTypestr`] or
    /// [`DTypeError::MalformedTypestr`].
    #[inline]
    pub fn from_typestr(typestr: &str) -> Result<Self, DTypeError> {
        // Most arrays have one of these, and a search takes longer.
        match typestr.as_bytes() {
            b"|u1" => Ok(Self::U8),
            b"<f4" if cfg!(target_endian = "little") => Ok(Self::F32),
            b"<f2" if cfg!(target_endian = "little") => Ok(Self::F16),
            _ => Self::find_typestr(typestr),
        }
    }

    fn find_typestr(typestr: &str) -> Result<Self, DTypeError> {
        let owned = || typestr.to_owned();
        let malformed = || DTypeError::MalformedTypestr { typestr: owned() };
        let order = typestr.chars().next().filter(|c| "<>=|".contains(*c)).ok_or_else(malformed)?;
        let item = &typestr[1..];
        let kind = item.chars().next().ok_or_else(malformed)?;
        let known = FACTS.iter().find(|facts| facts.typestr.is_some_and(|own| own[1..] == *item));
        if let Some(facts) = known {
            let foreign = if cfg!(target_endian = "big") { '<' } else { '>' };
            return match facts.size > 1 && order == foreign {
                true => Err(DTypeError::ForeignByteOrder { typestr: owned(), dtype: facts.dtype }),
                false => Ok(facts.dtype),
            };
        }
        match kind {
            'V' => Err(DTypeError::VoidTypestr { typestr: owned() }),
            'S' | 'a' => Err(DTypeError::UnsupportedTypestr { typestr: owned(), what: "byte strings" }),
            'U' => Err(DTypeError::UnsupportedTypestr { typestr: owned(), what: "text" }),
            'O' => Err(DTypeError::UnsupportedTypestr { typestr: owned(), what: "Python objects" }),
            'M' => {
                Err(DTypeError::UnsupportedTypestr { typestr: owned(), what: "dates; view them as int64" })
            }
            'm' => Err(DTypeError::UnsupportedTypestr {
                typestr: owned(),
                what: "time spans; view them as int64",
            }),
            't' => Err(DTypeError::UnsupportedTypestr { typestr: owned(), what: "bit fields" }),
            'b' | 'i' | 'u' | 'f' | 'c'
                if item.len() > 1 && item[1..].bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                Err(DTypeError::UnsupportedTypestr { typestr: owned(), what: "numbers of this size" })
            }
            _ => Err(malformed()),
        }
    }

    /// The DLPack type code and the number of bits; the number of lanes is always 1.
    #[doc(alias = "DLDataType")]
    pub const fn dlpack(self) -> (u8, u8) {
        let facts = self.facts();
        // At most 16 bytes, so at most 128 bits.
        (facts.dlpack_code, (facts.size * 8) as u8)
    }

    /// The type that DLPack writes as this code, number of bits and number of lanes.
    ///
    /// # Errors
    /// [`DTypeError::Lanes`] unless `lanes` is 1, [`DTypeError::SubByte`] for fewer than 8 bits and the 6- and 4-bit
    /// floats, [`DTypeError::UnknownDlpack`] for every other pair that is not in the list.
    #[doc(alias = "DLDataType")]
    pub fn from_dlpack(code: u8, bits: u8, lanes: u16) -> Result<Self, DTypeError> {
        // Padded 6- and 4-bit floats may say 8 bits; the code decides.
        const SUB_BYTE_FLOATS: std::ops::RangeInclusive<u8> = 15..=17;
        if lanes != 1 {
            return Err(DTypeError::Lanes { code, bits, lanes });
        }
        if bits < 8 || SUB_BYTE_FLOATS.contains(&code) {
            return Err(DTypeError::SubByte { code, bits });
        }
        Self::known_dlpack(code, bits, lanes).ok_or(DTypeError::UnknownDlpack { code, bits })
    }

    /// The same without the reason why there is none.
    #[inline]
    pub(crate) fn known_dlpack(code: u8, bits: u8, lanes: u16) -> Option<Self> {
        Self::all().find(|dtype| lanes == 1 && dtype.dlpack() == (code, bits))
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Debug for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for DType {
    type Err = DTypeError;

    fn from_str(name: &str) -> Result<Self, DTypeError> {
        let dtype = Self::all().find(|dtype| dtype.name() == name);
        dtype.ok_or_else(|| DTypeError::UnknownName { name: name.to_owned() })
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for DType {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for DType {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}

/// Why something is not a [`DType`], or cannot be written the way that was asked.
///
/// ```
/// use interop::{DType, DTypeError};
///
/// let error = DType::from_typestr(">f4").unwrap_err();
/// assert!(matches!(error, DTypeError::ForeignByteOrder { dtype: DType::F32, .. }));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DTypeError {
    /// The elements are stored in the byte order that this machine does not use.
    #[error(
        "type string {typestr:?} is {dtype} in the other byte order; convert the array to native order first"
    )]
    ForeignByteOrder {
        /// As it was given.
        typestr: String,
        /// The same type in native order.
        dtype: DType,
    },
    /// The array interface has no word for this type.
    #[error("{dtype} has no type string in the CUDA Array Interface; exchange it through DLPack")]
    NoTypestr {
        /// The type.
        dtype: DType,
    },
    /// Raw bytes or a record. PyTorch writes bfloat16 this way, and so loses what it is.
    #[error(
        "type string {typestr:?} names raw bytes or a record, which has no element type here \
         (PyTorch writes bfloat16 as \"<V2\"); exchange such arrays through DLPack, or view them as a number type"
    )]
    VoidTypestr {
        /// As it was given.
        typestr: String,
    },
    /// A valid type string of something that is not moved.
    #[error("type string {typestr:?} is not supported: {what}")]
    UnsupportedTypestr {
        /// As it was given.
        typestr: String,
        /// What it stands for.
        what: &'static str,
    },
    /// Not a type string.
    #[error(
        "{typestr:?} is not a type string: expected one of < > = |, a kind and a size in bytes, such as \"<f4\""
    )]
    MalformedTypestr {
        /// As it was given.
        typestr: String,
    },
    /// Not one of the names.
    #[error("{name:?} is not an element type; names are NumPy's, such as \"uint8\" or \"float32\"")]
    UnknownName {
        /// As it was given.
        name: String,
    },
    /// A vector type.
    #[error(
        "DLPack type code {code}, {bits} bits has {lanes} lanes; only 1 is supported: use an axis for the lanes"
    )]
    Lanes {
        /// DLPack's type code.
        code: u8,
        /// Bits of one lane.
        bits: u8,
        /// Lanes of one element.
        lanes: u16,
    },
    /// Elements that do not fill whole bytes: the 6- and 4-bit floats and small integers.
    #[error(
        "DLPack type code {code}, {bits} bits is narrower than a byte; exchange its storage as uint8 instead"
    )]
    SubByte {
        /// DLPack's type code.
        code: u8,
        /// Bits of one element.
        bits: u8,
    },
    /// A code and width that are not in the list.
    #[error("DLPack type code {code} with {bits} bits is not supported")]
    UnknownDlpack {
        /// DLPack's type code.
        code: u8,
        /// Bits of one element.
        bits: u8,
    },
}

//! Element types: every spelling there and back, and what is refused.

mod properties;

use interop::{DType, DTypeError, Scalar};
use proptest::prelude::*;

fn dtype() -> impl Strategy<Value = DType> {
    prop::sample::select(DType::all().collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(properties::config())]

    #[test]
    fn a_type_string_is_read_back_in_every_native_order(dtype in dtype(), order in prop::sample::select(vec!["<", "=", "|"])) {
        match dtype.typestr() {
            Ok(typestr) => prop_assert_eq!(DType::from_typestr(&format!("{order}{}", &typestr[1..])), Ok(dtype)),
            Err(error) => prop_assert_eq!(error, DTypeError::NoTypestr { dtype }),
        }
    }

    #[test]
    fn any_text_is_a_type_string_or_an_error_that_quotes_it(
        text in prop_oneof!["[<>=|]?[biufcVSUOMmtx]?[0-9]{0,3}", "\\PC{0,6}"],
    ) {
        match DType::from_typestr(&text) {
            Ok(dtype) => prop_assert_eq!(&dtype.typestr().unwrap()[1..], &text[1..]),
            Err(error) => {
                let quoted = format!("{text:?}");
                prop_assert!(error.to_string().contains(&quoted));
            }
        }
        if let Ok(dtype) = text.parse::<DType>() {
            prop_assert_eq!(dtype.name(), text);
        }
    }

    #[test]
    fn dlpack_codes_are_exact(code in 0..24u8, bits in prop_oneof![any::<u8>(), (1..17u8).prop_map(|bytes| bytes * 8 % 136)], lanes in 0..4u16) {
        match DType::from_dlpack(code, bits, lanes) {
            Ok(dtype) => prop_assert_eq!((dtype.dlpack(), lanes), ((code, bits), 1)),
            Err(_) => prop_assert!(lanes != 1 || DType::all().all(|dtype| dtype.dlpack() != (code, bits))),
        }
    }

    #[test]
    fn the_name_the_code_and_the_size_agree(dtype in dtype()) {
        let (code, bits) = dtype.dlpack();
        prop_assert_eq!(DType::from_dlpack(code, bits, 1), Ok(dtype));
        prop_assert_eq!(dtype.to_string().parse::<DType>(), Ok(dtype));
        prop_assert_eq!(bits as usize, dtype.size() * 8);
        prop_assert!(dtype.size().is_multiple_of(dtype.alignment()));
    }
}

#[test]
fn the_other_byte_order_is_parsed_and_refused() {
    let foreign = if cfg!(target_endian = "big") { '<' } else { '>' };
    for dtype in DType::all() {
        let Ok(typestr) = dtype.typestr() else { continue };
        let turned = format!("{foreign}{}", &typestr[1..]);
        let expected = match dtype.size() {
            1 => Ok(dtype),
            _ => Err(DTypeError::ForeignByteOrder { typestr: turned.clone(), dtype }),
        };
        assert_eq!(DType::from_typestr(&turned), expected);
    }
    let error = DType::from_typestr(">f4").unwrap_err().to_string();
    assert_eq!(
        error,
        "type string \">f4\" is float32 in the other byte order; convert the array to native order first"
    );
}

#[test]
fn one_byte_types_are_written_without_an_order() {
    let written = [DType::Bool, DType::U8, DType::I8].map(|dtype| dtype.typestr().unwrap());
    assert_eq!(written, ["|b1", "|u1", "|i1"]);
}

#[test]
fn types_without_a_type_string_point_to_dlpack() {
    let names: Vec<&str> = DType::all().filter(|dtype| dtype.typestr().is_err()).map(DType::name).collect();
    assert_eq!(names.len(), 9, "{names:?}");
    assert!(DType::Bf16.typestr().unwrap_err().to_string().contains("DLPack"));
    let void = DType::from_typestr("<V2").unwrap_err();
    assert!(matches!(void, DTypeError::VoidTypestr { .. }) && void.to_string().contains("PyTorch"), "{void}");
}

#[test]
fn what_is_not_a_number_is_refused_by_its_kind() {
    for (typestr, word) in [
        ("|S5", "byte strings"),
        ("<U3", "text"),
        ("|O", "objects"),
        ("|O8", "objects"),
        ("<M8[ns]", "dates"),
        ("<m8[s]", "time spans"),
        ("|t3", "bit fields"),
        ("<f16", "this size"),
        ("<i3", "this size"),
        ("|b4", "this size"),
        ("|V8", "record"),
    ] {
        let error = DType::from_typestr(typestr).unwrap_err().to_string();
        assert!(error.contains(word) && error.contains(typestr), "{error}");
    }
    for malformed in
        ["", "<", "f4", "<f", "<f4 ", "<4f", "é4", "<é4", "<f-4", "<f+4", "<F4", "[('a', '<i4')]"]
    {
        let error = DType::from_typestr(malformed).unwrap_err();
        assert_eq!(error, DTypeError::MalformedTypestr { typestr: malformed.to_owned() });
    }
}

#[test]
fn dlpack_lanes_and_sub_byte_types_are_refused() {
    assert_eq!(DType::from_dlpack(2, 32, 4), Err(DTypeError::Lanes { code: 2, bits: 32, lanes: 4 }));
    assert_eq!(DType::from_dlpack(2, 32, 0), Err(DTypeError::Lanes { code: 2, bits: 32, lanes: 0 }));
    for (code, bits) in [(15, 6), (16, 6), (17, 4), (17, 8), (0, 4), (1, 1)] {
        assert_eq!(DType::from_dlpack(code, bits, 1), Err(DTypeError::SubByte { code, bits }));
    }
    for (code, bits) in [(3, 64), (2, 128), (5, 32), (4, 32), (6, 32), (18, 8), (255, 8)] {
        assert_eq!(DType::from_dlpack(code, bits, 1), Err(DTypeError::UnknownDlpack { code, bits }));
    }
}

#[test]
fn the_dlpack_codes_are_those_of_the_header() {
    let codes: Vec<(u8, u8)> = DType::all().map(DType::dlpack).collect();
    let expected = [
        (6, 8), // bool
        (0, 8),
        (0, 16),
        (0, 32),
        (0, 64),
        (1, 8),
        (1, 16),
        (1, 32),
        (1, 64),
        (2, 16),
        (4, 16),
        (2, 32),
        (2, 64),
        (5, 64),
        (5, 128),
        (7, 8),
        (8, 8),
        (9, 8),
        (10, 8),
        (11, 8),
        (12, 8),
        (13, 8),
        (14, 8),
    ];
    assert_eq!(codes, expected);
}

#[test]
fn a_rust_type_carries_its_own_element_type_and_bytes_carry_one_byte_types() {
    assert!(f32::carries(DType::F32) && !f32::carries(DType::I32) && !u16::carries(DType::Bf16));
    let carried: Vec<DType> = DType::all().filter(|&dtype| u8::carries(dtype)).collect();
    assert_eq!(carried.len(), 10);
    assert!(carried.iter().all(|dtype| dtype.size() == 1) && !carried.contains(&DType::I8));
}

#[cfg(feature = "half")]
#[test]
fn half_types_carry_the_16_bit_floats() {
    assert_eq!((half::f16::DTYPE, half::bf16::DTYPE), (DType::F16, DType::Bf16));
}

#[cfg(feature = "num-complex")]
#[test]
fn complex_types_carry_the_complex_numbers() {
    assert_eq!(<num_complex::Complex<f32>>::DTYPE, DType::C64);
    assert_eq!(<num_complex::Complex<f64>>::DTYPE, DType::C128);
}

#[cfg(feature = "serde")]
#[test]
fn a_descriptor_is_the_name() {
    assert_eq!(serde_json::to_string(&DType::F8E4M3Fn).unwrap(), "\"float8_e4m3fn\"");
    assert_eq!(serde_json::from_str::<DType>("\"uint8\"").unwrap(), DType::U8);
    assert!(
        serde_json::from_str::<DType>("\"uint7\"").unwrap_err().to_string().contains("not an element type")
    );
}

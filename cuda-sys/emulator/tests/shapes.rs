//! Copies and fills in two and three dimensions.

mod support;

use std::ptr;

use support::*;

fn plane(width: usize, height: usize) -> Vec<u8> {
    (0..width * height).map(|index| index as u8).collect()
}

#[test]
fn rows_of_different_pitch_are_copied() {
    let (cuda, source) = (cuda(), plane(10, 4));
    let (mut device, mut pitch) = (ptr::null_mut(), 0);
    ok!(cuda.cudaMallocPitch(&mut device, &mut pitch, 6, 4));
    // The middle six of ten columns.
    ok!(cuda.cudaMemcpy2D(device, pitch, source[2..].as_ptr().cast(), 10, 6, 4, H2D));
    let mut back = vec![0; 4 * 8];
    ok!(cuda.cudaMemcpy2D(back.as_mut_ptr().cast(), 8, device, pitch, 6, 4, D2H));
    for row in 0..4 {
        assert_eq!(back[row * 8..row * 8 + 6], source[row * 10 + 2..row * 10 + 8]);
        assert_eq!(back[row * 8 + 6..row * 8 + 8], [0, 0]);
    }
    free(device);
}

#[test]
fn a_pitch_below_the_width_is_refused() {
    let (cuda, device, host) = (cuda(), malloc(64), [0_u8; 64]);
    assert_eq!(code!(cuda.cudaMemcpy2D(device, 7, host.as_ptr().cast(), 8, 8, 2, H2D)), INVALID_PITCH);
    assert_eq!(code!(cuda.cudaMemcpy2D(device, 8, host.as_ptr().cast(), 7, 8, 2, H2D)), INVALID_PITCH);
    assert_eq!(
        code!(cuda.cudaMemcpy2D(device, usize::MAX, host.as_ptr().cast(), 8, 8, 2, H2D)),
        INVALID_PITCH
    );
    assert_eq!(code!(cuda.cudaMemset2D(device, 7, 0, 8, 2)), INVALID_VALUE);
    free(device);
}

#[test]
fn the_last_row_may_end_with_the_allocation() {
    let (cuda, device) = (cuda(), malloc(3 * 100 + 60));
    ok!(cuda.cudaMemset2D(device, 100, 1, 60, 4));
    assert_eq!(code!(cuda.cudaMemset2D(device, 100, 1, 61, 4)), INVALID_VALUE);
    assert_eq!(download(device.wrapping_byte_add(300), 60), [1; 60]);
    free(device);
}

#[test]
fn interleaved_rows_of_one_buffer_are_copied() {
    let cuda = cuda();
    let device = upload(&plane(4, 4));
    // Even rows over odd rows: the spans overlap, the bytes do not.
    ok!(cuda.cudaMemcpy2D(device.wrapping_byte_add(4), 8, device, 8, 4, 2, D2D));
    assert_eq!(download(device, 16), [0, 1, 2, 3, 0, 1, 2, 3, 8, 9, 10, 11, 8, 9, 10, 11]);
    free(device);
}

#[test]
fn a_box_is_cut_out_of_a_volume() {
    let (cuda, source) = (cuda(), plane(5, 4 * 3));
    let device = malloc(2 * 2 * 2);
    let parameters = cudart::cudaMemcpy3DParms {
        srcPtr: cudart::cudaPitchedPtr {
            ptr: source.as_ptr().cast_mut().cast(),
            pitch: 5,
            xsize: 5,
            ysize: 4,
        },
        srcPos: cudart::cudaPos { x: 1, y: 2, z: 1 },
        dstPtr: cudart::cudaPitchedPtr { ptr: device, pitch: 2, xsize: 2, ysize: 2 },
        extent: cudart::cudaExtent { width: 2, height: 2, depth: 2 },
        kind: H2D,
        ..Default::default()
    };
    ok!(cuda.cudaMemcpy3D(&parameters));
    let at = |x: usize, y: usize, z: usize| source[x + 5 * (y + 4 * z)];
    let expected: Vec<u8> = (1..3)
        .flat_map(|z| (2..4).flat_map(move |y| (1..3).map(move |x| at_index(x, y, z))))
        .map(|index| source[index])
        .collect();
    assert_eq!(expected[0], at(1, 2, 1));
    assert_eq!(download(device, 8), expected);
    let beyond = cudart::cudaMemcpy3DParms { srcPos: cudart::cudaPos { x: 4, y: 2, z: 1 }, ..parameters };
    assert_eq!(code!(cuda.cudaMemcpy3D(&beyond)), INVALID_PITCH);
    let below = cudart::cudaMemcpy3DParms { srcPos: cudart::cudaPos { x: 1, y: 3, z: 1 }, ..parameters };
    assert_eq!(code!(cuda.cudaMemcpy3D(&below)), INVALID_VALUE);
    assert_eq!(code!(cuda.cudaMemcpy3D(ptr::null())), INVALID_VALUE);
    free(device);
}

fn at_index(x: usize, y: usize, z: usize) -> usize {
    x + 5 * (y + 4 * z)
}

#[test]
fn an_array_is_not_emulated() {
    let cuda = cuda();
    let parameters = cudart::cudaMemcpy3DParms {
        srcArray: ptr::without_provenance_mut(16),
        extent: cudart::cudaExtent { width: 1, height: 1, depth: 1 },
        ..Default::default()
    };
    assert_eq!(code!(cuda.cudaMemcpy3D(&parameters)), 801);
}

#[test]
fn only_the_low_byte_of_a_fill_counts() {
    let (cuda, device) = (cuda(), malloc(4));
    ok!(cuda.cudaMemset(device, 0x1234_5678, 4));
    assert_eq!(download(device, 4), [0x78; 4]);
    free(device);
}

#[test]
fn pageable_memory_cannot_be_filled() {
    let (cuda, mut host) = (cuda(), [0_u8; 4]);
    assert_eq!(code!(cuda.cudaMemset(host.as_mut_ptr().cast(), 0, 4)), INVALID_VALUE);
}

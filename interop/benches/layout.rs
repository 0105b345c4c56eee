//! What stride math costs: `cargo bench -p interop --bench layout`. Prints the median time of one operation.

use std::hint::black_box;
use std::time::{Duration, Instant};

use interop::layout::{CopyPlan, HostCopy, Overlap, Staging};
use interop::{DType, Layout, SliceSpec};

/// Median over samples of the time of one call; a sample takes about a millisecond.
fn median_ns<T>(mut operation: impl FnMut() -> T) -> f64 {
    const SAMPLES: usize = 101;
    let start = Instant::now();
    let mut calls = 0u32;
    while start.elapsed() < Duration::from_millis(20) {
        black_box(operation());
        calls += 1;
    }
    let batch = (calls / 20).max(1);
    let mut samples: Vec<f64> = (0..SAMPLES)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..batch {
                black_box(operation());
            }
            start.elapsed().as_nanos() as f64 / f64::from(batch)
        })
        .collect();
    samples.sort_by(f64::total_cmp);
    samples[SAMPLES / 2]
}

fn report<T>(name: &str, operation: impl FnMut() -> T) {
    println!("{name:<44}{:>10.1} ns", median_ns(operation));
}

/// Copies as a host copy describes it, one byte at a time where the runs are bytes.
fn copy_bytes(plan: &HostCopy, destination: &mut [u8], source: &[u8]) {
    plan.for_each(|row| {
        for at in 0..row.count as isize {
            let to = (row.destination + at * row.destination_stride) as usize;
            let from = (row.source + at * row.source_stride) as usize;
            match plan.width() {
                1 => destination[to] = source[from],
                width => destination[to..to + width].copy_from_slice(&source[from..from + width]),
            }
        }
    });
}

fn main() -> Result<(), interop::LayoutError> {
    let shape = black_box([300, 451, 3]);
    let image = Layout::contiguous(&shape, 1)?;
    let planes = image.permute(&[2, 0, 1])?;
    let crop_of = [SliceSpec::from(75..225), SliceSpec::from(113..338)];
    let crop = image.slice(&crop_of)?;
    let packed = Layout::contiguous(crop.shape(), 1)?;
    let chw = Layout::contiguous(planes.shape(), 1)?;
    let mirrored = image.flip(1)?;
    let crossed = Layout::strided(&[50, 70, 3], &[700, 500, 4], 0, 4)?;

    report("contiguous, 3 axes", || Layout::contiguous(black_box(&shape), 1));
    report("strided, 3 axes", || Layout::strided(black_box(&shape), image.strides(), 0, 1));
    report("permute, 3 axes", || black_box(&image).permute(&[2, 0, 1]));
    report("slice, 2 of 3 axes", || black_box(&image).slice(&crop_of));
    report("flip", || black_box(&image).flip(1));
    report("reshape, packed", || black_box(&image).reshape(&[300, 1353]));
    report("reshape, strided", || black_box(&crop).reshape(&[150, 675]));
    report("span", || black_box(&mirrored).span());
    report("is_c_contiguous", || black_box(&image).is_c_contiguous());
    report("self_overlap, nested", || black_box(&crop).self_overlap());
    report("self_overlap, searched", || black_box(&crossed).self_overlap() == Overlap::Yes);
    report("copy plan, whole image", || CopyPlan::new(black_box(&image), &image));
    report("copy plan, crop as rows", || CopyPlan::new(black_box(&packed), &crop));
    report("copy plan, HWC to CHW", || CopyPlan::new(black_box(&chw), &planes));
    report("staging, mirrored image", || Staging::read(black_box(&mirrored)));
    report("host copy plan, HWC to CHW", || HostCopy::new(black_box(&chw), &planes));
    report("typestr parse", || DType::from_typestr(black_box("<f4")));
    report("typestr write", || black_box(DType::F32).typestr());
    report("name parse", || black_box("float32").parse::<DType>());

    let large = Layout::contiguous(&[2160, 3840, 3], 1)?;
    let planar = large.permute(&[2, 0, 1])?;
    let to = Layout::contiguous(planar.shape(), 1)?;
    let transposed = Layout::contiguous(&[3840, 2160, 3], 1)?.permute(&[1, 0, 2])?;
    let (source, mut destination) = (vec![1u8; large.size_bytes()], vec![0u8; large.size_bytes()]);
    println!();
    for (name, plan) in [
        ("host copy of 4K, packed", HostCopy::new(&large, &large)?),
        ("host copy of 4K, HWC to CHW", HostCopy::new(&to, &planar)?),
        ("host copy of 4K, CHW to HWC", HostCopy::new(&planar, &to)?),
        ("host copy of 4K, transposed", HostCopy::new(&large, &transposed)?),
    ] {
        let ns = median_ns(|| copy_bytes(&plan, &mut destination, &source));
        println!("{name:<44}{:>10.2} GB/s", plan.bytes() as f64 / ns);
    }
    Ok(())
}

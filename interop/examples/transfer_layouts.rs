//! Measures copies between host arrays of several layouts and the device: `transfer_layouts [emulator]`.
//!
//! Each line has the bandwidths in GB/s to the device and back, medians, with the transfer engine and without it. The last
//! lines are of many pieces: each by itself, and all in one batch.

use std::time::Instant;

use cuda_safe::Device;
use cuda_safe::memory::staging::{self, Settings};
use interop::{
    CudaBuffer, DType, HostView, HostViewMut, Layout, memcpy_d2h, memcpy_d2h_batch, memcpy_h2d,
    memcpy_h2d_batch,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = std::env::args().nth(1).as_deref() == Some("emulator");
    let device = if emulator {
        Device::new(cuda_emulator::runtime(cuda_emulator::Flavour::Cuda13), 0)?
    } else {
        Device::first()?
    };
    let side = if emulator { 512 } else { 8192 };
    let square = Layout::contiguous(&[side, side], 4)?;
    let frame = Layout::strided(&[side / 2, 23_040], &[32_768, 1], 0, 1)?;
    let cases = [
        ("f32 matrix, packed", square.clone(), DType::F32),
        ("f32 matrix, transposed", square.transpose(), DType::F32),
        ("f32 matrix, upside down", square.flip(0)?, DType::F32),
        ("u8 frame, row pitch 32 KiB", frame, DType::U8),
        ("u8 matrix, transposed", Layout::contiguous(&[2 * side, 2 * side], 1)?.transpose(), DType::U8),
        (
            "u8 image, channels first",
            Layout::contiguous(&[side, side, 3], 1)?.permute(&[2, 0, 1])?,
            DType::U8,
        ),
    ];
    for (name, layout, dtype) in cases {
        let mut text = format!("{name:<28}");
        for enabled in [true, false] {
            staging::configure(Settings { enabled, ..Settings::default() })?;
            let mut buffer = CudaBuffer::new(device, layout.shape(), dtype)?;
            let bytes = layout.span().len() as usize;
            let mut host = vec![1u8; bytes];
            let mut floats = vec![1.0f32; if dtype == DType::F32 { bytes / 4 } else { 0 }];
            let mut times = [Vec::new(), Vec::new()];
            for run in 0..6 {
                for (way, times) in times.iter_mut().enumerate() {
                    let begun = Instant::now();
                    match (way, dtype) {
                        (0, DType::F32) => {
                            memcpy_h2d(&HostView::strided(&floats[..], layout.clone())?, &mut buffer)?
                        }
                        (0, _) => memcpy_h2d(&HostView::strided(&host[..], layout.clone())?, &mut buffer)?,
                        (_, DType::F32) => {
                            memcpy_d2h(&buffer, HostViewMut::strided(&mut floats[..], layout.clone())?)?
                        }
                        _ => memcpy_d2h(&buffer, HostViewMut::strided(&mut host[..], layout.clone())?)?,
                    }
                    if run > 0 {
                        times.push(begun.elapsed().as_secs_f64());
                    }
                }
            }
            for times in &mut times {
                times.sort_by(f64::total_cmp);
                text += &format!(" {:>6.1}", layout.size_bytes() as f64 / times[times.len() / 2] / 1e9);
            }
            text += if enabled { " | plain" } else { "" };
        }
        println!("{text}");
    }
    staging::configure(Settings::default())?;
    pieces(device, if emulator { 256 } else { 4096 })
}

/// Rows of 4 KiB in no order.
fn pieces(device: Device, count: usize) -> Result<(), Box<dyn std::error::Error>> {
    const PIECE: usize = 4096;
    let order = |at: usize| (at * 2053 + 17) % count;
    let mut buffer = CudaBuffer::new(device, &[count, PIECE], DType::U8)?;
    let mut host = vec![1u8; count * PIECE];
    for batch in [false, true] {
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..6 {
            let mut parts: Vec<_> = buffer.view_mut()?.split(0)?.map(Some).collect();
            let pieces = host.chunks(PIECE).enumerate();
            let pairs: Vec<_> =
                pieces.filter_map(|(at, piece)| Some((piece, parts[order(at)].take()?))).collect();
            let begun = Instant::now();
            if batch {
                memcpy_h2d_batch(pairs)?;
            } else {
                pairs.into_iter().try_for_each(|(piece, part)| memcpy_h2d(piece, part))?;
            }
            buffer.stream().synchronize()?;
            times[0].push(begun.elapsed().as_secs_f64());
            let view = buffer.view();
            let pieces = host.chunks_mut(PIECE).enumerate();
            let pairs = pieces.map(|(at, piece)| Ok((view.index(0, order(at) as isize)?, piece)));
            let pairs = pairs.collect::<Result<Vec<_>, interop::LayoutError>>()?;
            let begun = Instant::now();
            if batch {
                memcpy_d2h_batch(pairs)?;
            } else {
                pairs.into_iter().try_for_each(|(part, piece)| memcpy_d2h(part, piece))?;
            }
            times[1].push(begun.elapsed().as_secs_f64());
        }
        let [up, down] = times.map(|mut times| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2] * 1e6
        });
        let way = if batch { "in one batch" } else { "one by one" };
        println!("{count} pieces of 4 KiB, {way:<12} {up:>8.0} us to the device {down:>8.0} back");
    }
    Ok(())
}

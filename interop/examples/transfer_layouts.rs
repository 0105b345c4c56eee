//! Measures copies between host arrays of several layouts and the device: `transfer_layouts [emulator]`.
//!
//! Each line has the bandwidths in GB/s to the device and back, medians, with the transfer engine and without it.

use std::time::Instant;

use cuda_safe::Device;
use cuda_safe::memory::staging::{self, Settings};
use interop::{CudaBuffer, DType, HostView, HostViewMut, Layout, memcpy_d2h, memcpy_h2d};

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
    Ok(())
}

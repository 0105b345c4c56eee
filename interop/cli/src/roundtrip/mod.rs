//! `roundtrip`: an image to the device and back, by four views of the memory it has there.
//!
//! Everything the user gave is checked first, in the order image, runtime and device, folder; then the pixels are carried
//! and compared; then the files are written. Whatever fails before the end leaves no file behind.

mod carry;
mod clock;
mod complete;
mod pixels;
mod report;

use crate::args::RoundtripOptions;
use crate::exit::{self, Exit, Failure};
use crate::output::Output;
use crate::runtime::{self, Choice};
use carry::{Carried, FILES};
use clock::Clock;
use report::{File, Gpu, Image, Report, Runtime};

/// Carries the image and prints the report.
pub(crate) fn run(options: &RoundtripOptions) -> Result<Exit, Failure> {
    let mut clock = Clock::default();
    let source = clock.time("decode", || pixels::read(&options.image))?;
    clock.moved(source.pixels.bytes.len());
    let choice = runtime::choose(&options.target.runtime, options.target.device)?;
    let output = Output::prepare(&options.out, &FILES, Some(&options.image))?;
    if let Some(reason) = &choice.fallback {
        exit::note(format_args!("no usable GPU ({reason}), so this runs on the built-in emulator"));
    }
    let device = gpu(&choice)?;

    let Carried { address, files: images } = carry::carry(&source.pixels, choice.device, &mut clock)?;
    let encoded = clock
        .time("encode as PNG", || images.iter().map(pixels::Pixels::to_png).collect::<Result<Vec<_>, _>>());
    let encoded = encoded.map_err(Failure::failed)?;
    clock.moved(images.iter().map(|image| image.bytes.len()).sum());
    let paths = clock.time("write files", || {
        FILES.iter().zip(&encoded).try_for_each(|(file, content)| output.write(file, content))?;
        output.publish(&FILES)
    })?;
    clock.moved(encoded.iter().map(Vec::len).sum());

    let outputs = paths.iter().zip(&images).map(|(path, image)| File {
        path: path.display().to_string(),
        height: image.height,
        width: image.width,
        channels: image.channels,
        // A pixel that is not right has ended this before.
        verified: true,
    });
    let report = Report {
        image: Image {
            path: options.image.display().to_string(),
            format: source.format,
            decoded: source.decoded,
            height: source.pixels.height,
            width: source.pixels.width,
            channels: source.pixels.channels,
            bytes: source.pixels.bytes.len(),
        },
        runtime: told(choice),
        device,
        shared_address: format!("{address:#x}"),
        steps: clock.into_steps(),
        outputs: outputs.collect(),
    };
    exit::show(&report, options.json, || report.text())?;
    Ok(Exit::Success)
}

fn gpu(choice: &Choice) -> Result<Gpu, Failure> {
    let name = choice.device.name().map_err(Failure::failed)?;
    Ok(Gpu { ordinal: choice.device.ordinal(), name })
}

fn told(choice: Choice) -> Runtime {
    let runtime = choice.device.runtime();
    Runtime {
        version: runtime.version().to_string(),
        library: runtime.origin().path.display().to_string(),
        rule: if choice.emulated { "built in".into() } else { runtime.origin().rule.to_string() },
        emulated: choice.emulated,
        fallback: choice.fallback,
    }
}

//! Which runtime and which of its devices a command is to use.

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What a command works on.
#[derive(Args, Debug)]
pub(crate) struct Target {
    /// `auto` takes a GPU if there is one and else the emulator; a path takes that libcudart
    #[arg(long, value_name = "auto|emulator|PATH", default_value = "auto", value_parser = runtime_choice())]
    pub(crate) runtime: RuntimeChoice,

    /// Which device of the runtime, counted from 0
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true, value_parser = ordinal)]
    pub(crate) device: usize,
}

/// Which runtime the user wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RuntimeChoice {
    /// A GPU if there is one, else the emulator.
    Auto,
    /// The emulator.
    Emulator,
    /// This libcudart.
    File(PathBuf),
}

impl From<OsString> for RuntimeChoice {
    fn from(value: OsString) -> Self {
        Self::of(value, Path::is_file)
    }
}

impl RuntimeChoice {
    fn of(value: OsString, is_file: impl Fn(&Path) -> bool) -> Self {
        match value.to_str() {
            Some("auto") => Self::Auto,
            Some("emulator") => Self::Emulator,
            // A bare name would be looked for where the system has its libraries.
            _ if is_file(Path::new(&value)) => Self::File(Path::new(".").join(value)),
            _ => Self::File(value.into()),
        }
    }
}

/// Reads the choice from the command line.
fn runtime_choice() -> impl TypedValueParser<Value = RuntimeChoice> {
    OsStringValueParser::new().try_map(|value| match value.is_empty() {
        true => Err("neither auto, emulator nor a path"),
        false => Ok(RuntimeChoice::from(value)),
    })
}

/// Reads the number of a device from the command line; whether there is such a one is the runtime's to say.
fn ordinal(value: &str) -> Result<usize, &'static str> {
    value.parse().map_err(|_| "no number of a device; they are counted from 0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_is_one_of_two_words_or_a_path() {
        let parsed = |value: &str| RuntimeChoice::from(OsString::from(value));
        assert_eq!(parsed("auto"), RuntimeChoice::Auto);
        assert_eq!(parsed("emulator"), RuntimeChoice::Emulator);
        assert_eq!(parsed("./emulator"), RuntimeChoice::File("./emulator".into()));
        assert_eq!(parsed("libcudart.so.13"), RuntimeChoice::File("libcudart.so.13".into()));
    }

    #[test]
    fn a_file_of_the_current_folder_needs_no_slash() {
        let parsed = |is_file| RuntimeChoice::of(OsString::from("cudart"), |_| is_file);
        assert_eq!(parsed(true), RuntimeChoice::File("./cudart".into()));
        assert_eq!(parsed(false), RuntimeChoice::File("cudart".into()));
    }
}

//! The transfer engine where its process forks, ends or loses its device: typed errors, no hang, nobody disturbed.
//!
//! Each case runs as a child of this program, because each ends, forks or spoils its process. A child that hangs is ended
//! and counts as failed; one that prints anything failed too. `CUDA_TEST_RUNTIME` is as for the other tests.

mod copies;
mod exits;
mod forks;
mod loss;
#[path = "../support/mod.rs"]
mod support;

use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use crate::copies::{EXPECTED, begin_exit, require_short_exit};

/// What each child does, whether it needs the emulator, and how it ends.
const CASES: [(&str, fn()); 12] = [
    ("an engine at rest does not disturb the exit", exits::at_rest),
    ("copies of other threads do not disturb the exit", exits::copies_at_exit),
    ("the exit waits for a copy that is under way", exits::exit_waits),
    ("the exit waits for a copy of one call", exits::exit_waits_for_one_call),
    ("engines that are being made do not hold up the exit", exits::made_at_exit),
    (EXIT_WITHIN, exits::exit_within),
    ("an exit handler is refused and may drop the engine", exits::in_an_exit_handler),
    ("an engine of a thread that ends is dropped there", exits::of_a_thread),
    ("the main function returns while others copy", exits::return_of_main),
    ("a forked child is refused, and the parent goes on", forks::forked),
    ("a child forked in the middle of copies does not hang", forks::forked_while_copying),
    (LOST, loss::device_lost),
];

const EXIT_WITHIN: &str = "a callback of a copy may exit, which waits for the other threads of that copy";
const LOST: &str = "a device that is lost on the way is an error for every caller";
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let argument = std::env::args().nth(1).unwrap_or_default();
    if let Some(case) = argument.strip_prefix("case=") {
        require_short_exit();
        CASES.iter().find(|(name, _)| *name == case).expect("a known case").1();
        begin_exit();
        return ExitCode::from(EXPECTED as u8);
    }
    let mut failed = 0;
    for (name, _) in CASES {
        let verdict = verdict(name);
        println!("staging_process: {name}: {verdict}");
        failed += u8::from(verdict != "ok");
    }
    ExitCode::from(failed)
}

fn verdict(case: &str) -> String {
    let program = std::env::current_exe().expect("this program");
    let mut command = Command::new(program);
    let reason = match case {
        LOST => Some("it loses its device on request"),
        EXIT_WITHIN => Some("a driver may not bear it"),
        _ => None,
    };
    if let Some(reason) = reason.filter(|_| !support::runtime().origin().to_string().contains("emulator")) {
        println!("on the emulator: {reason}");
        command.env("CUDA_TEST_RUNTIME", "emulator13");
    }
    let child = command.arg(format!("case={case}")).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("the child starts");
    let begun = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if begun.elapsed() > PATIENCE {
            child.kill().expect("a child");
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().expect("a child");
    let said =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    match output.status.code() {
        Some(EXPECTED) if said.is_empty() => "ok".to_owned(),
        _ => format!("FAILED: {}: {said}", output.status),
    }
}

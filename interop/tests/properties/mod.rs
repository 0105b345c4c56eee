//! How many cases every property is tried on, in one place.

use proptest::test_runner::Config;

/// 10,000 cases, unless `PROPTEST_CASES` has another number: a debugger that counts lines makes each of them slow.
pub(crate) fn config() -> Config {
    let cases = match std::env::var("PROPTEST_CASES") {
        Ok(number) => number.parse().expect("PROPTEST_CASES is a number of cases"),
        Err(_) => 10_000,
    };
    Config { cases, failure_persistence: None, ..Config::default() }
}

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| httpkit_fuzz::csv(bytes));

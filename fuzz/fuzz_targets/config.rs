#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| letterproof_fuzz::try_on("config", data));

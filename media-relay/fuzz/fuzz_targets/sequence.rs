#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    media_relay_fuzz::sequence::run(input);
});

//! `dune_pipeline_fuzz::pipeline`, fed by libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dune_pipeline_fuzz::pipeline(data));

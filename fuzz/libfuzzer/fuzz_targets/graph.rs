//! `dune_pipeline_fuzz::graph`, fed by libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dune_pipeline_fuzz::graph(data));

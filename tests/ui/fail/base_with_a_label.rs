// What takes a pipeline in begins with its two dots, and has no label: the nodes come in with the labels that they
// have.

use dune_pipeline::pipeline;

fn main() {
    let common = pipeline![volume = refresh("dune.acme.result_dex_daily")];
    let _ = pipeline![base = ..common, share = query(3101).after(volume)];
    let _ = pipeline![common.., share = query(3101).after(volume)];
    let _ = pipeline![...common, share = query(3101).after(volume)];
}

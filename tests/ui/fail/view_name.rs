// A view is named by `dune.<team>.result_<name>`, or by the last part alone.
// What is written in quotes is judged here; what is in a variable, when the pipeline is built.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        a = refresh(""),
        b = refresh("dune.acme.result dex daily"),
        c = refresh("acme.result_dex_daily"),
        d = refresh("dune..result_dex_daily"),
    ];
}

// A label stands alone before its `=`: it is declared by no word of Rust's and has no type, for its kind gives the
// handle's type.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        let volume = refresh("dune.acme.result_dex_daily"),
        pub share = query(3101).after(volume),
        trend: QueryNode = query(3103).after(share),
        let mut total: QueryNode = query(3104).after(trend),
    ];
}

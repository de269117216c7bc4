// A label is an identifier or a whole number.
// Words of Rust's own can be labels as they can be fields: with `r#`.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        "volume" = refresh("dune.acme.result_dex_daily"),
        type = query(3101),
        1.5 = query(3102),
        trend = query(3103).after("share"),
        total = query(3104).after(trend total),
    ];
}

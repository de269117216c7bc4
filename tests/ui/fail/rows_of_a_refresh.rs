// A refresh writes a view and returns no rows: a query that reads the view does.
// The handle of a node knows which it is.

use dune_pipeline::{ReturnsRows, pipeline};

fn asks_for_rows(_: impl ReturnsRows) {}

fn main() {
    let daily = pipeline![
        volume = refresh("dune.acme.result_dex_daily"),
        share = query(3101).after(volume),
    ];
    asks_for_rows(daily.share);
    asks_for_rows(daily.volume);
}

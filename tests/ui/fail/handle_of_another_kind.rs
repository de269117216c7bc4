// A refresh returns no rows, and its handle is no `QueryNode`.
// The rows of a view are those of a query that reads it.

use dune_pipeline::{QueryNode, pipeline};

fn report(_: QueryNode) {}

fn main() {
    let daily = pipeline![
        volume = refresh("dune.acme.result_dex_daily"),
        share = query(3101).after(volume),
    ];
    report(daily.share);
    report(daily.volume);
}

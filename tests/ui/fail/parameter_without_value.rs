// A parameter is a key, an equals sign and a value.
// A bare name is not taken for both.

use dune_pipeline::pipeline;

fn main() {
    let blockchain = "base";
    let _ = pipeline![
        share = query(3101).parameters(blockchain),
        trend = query(3103).parameters(blockchain =),
        total = query(3104).parameters(7 = blockchain),
        other = query(3105).parameters("" = blockchain),
    ];
}

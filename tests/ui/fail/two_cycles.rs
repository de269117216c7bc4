// Two rings that have nothing to do with each other are two mistakes.
// `trend` waits for one of them, and is in neither.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        a = query(1).after(b),
        b = query(2).after(a),
        trend = query(3).after(a),
        c = query(4).after(d),
        d = query(5).after(c),
    ];
}

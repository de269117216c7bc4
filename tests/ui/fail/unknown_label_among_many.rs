// Of many nodes, eight are named: enough to see what they are called like.
// An id is as unknown as a label.

use dune_pipeline::pipeline;

fn main() {
    let _ = pipeline![
        a = query(1),
        b = query(2),
        c = query(3),
        d = query(4),
        e = query(5),
        f = query(6),
        g = query(7),
        h = query(8),
        i = query(9),
        report = query(3101).after(gas),
        late = query(3102).after(77),
    ];
}

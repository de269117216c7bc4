// Dune has text, number, datetime and enum parameters. What is none of these is refused by its type,
// with what to write instead.

use std::time::{Duration, SystemTime};

use dune_pipeline::pipeline;

struct Address([u8; 20]);

fn main() {
    let now = SystemTime::now();
    let address = Address([0; 20]);
    let _ = pipeline![
        a = query(1).parameters(window = Duration::from_secs(60)),
        b = query(2).parameters(only_new = true),
        c = query(3).parameters(until = now),
        d = query(4).parameters(pair = ("WETH", 5)),
        e = query(5).parameters(token = address),
        f = query(6).parameters(hour = jiff::civil::time(8, 0, 0, 0)),
    ];
}

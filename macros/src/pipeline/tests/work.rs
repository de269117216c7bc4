//! Bounded work: what a pipeline costs is counted, and grows with it.

use super::{mistakes, run};

#[test]
fn a_long_list_of_nonsense_takes_time_in_proportion() {
    // Each `<` could begin generic arguments that reach over all the commas behind it.
    let source = format!("a = query(1).parameters({})", "x = a < b <, ".repeat(2_000));
    let found = mistakes(&source);
    assert!(
        found
            .iter()
            .all(|text| text.starts_with("no Rust expression") || text.contains("given twice"))
    );
    assert!(found.len() > 2_000);
}

#[test]
fn the_deepest_nesting_needs_no_stack() {
    for (open, close) in [
        ("(", ")"),
        ("-(", ")"),
        ("&", ""),
        ("Vec::<", ">"),
        ("|x| ", ""),
    ] {
        let deep = format!("{}x{}", open.repeat(3_000), close.repeat(3_000));
        let (_, texts) = run(format!("a = query({deep}).parameters(x = {deep}, y = 1)")
            .parse()
            .unwrap());
        assert_eq!(texts, [""; 0], "{open}");
    }
}

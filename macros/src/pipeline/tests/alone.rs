//! Each mistake is told once, and alone, whatever else is wrong: no mistake makes noise elsewhere, and none hides another.

use super::mistakes;

/// For each mistake that can be seen without a compiler: a node or two that make it, and what is said.
const MISTAKES: [(&str, &str); 25] = [
    (
        "ring = query(1).after(gnir), gnir = query(2).after(ring),",
        "dependency cycle: `ring` -> `gnir` -> `ring`",
    ),
    ("own = query(1).after(own),", "node `own` depends on itself"),
    (
        "lost = query(1).after(nowhere),",
        "no node named `nowhere` in this pipeline",
    ),
    (
        "lost_id = query(1).after(77),",
        "no node with the id `77` in this pipeline",
    ),
    (
        "on = query(1), eager = query(1).after(on, on),",
        "node `eager` depends on `on` twice",
    ),
    (
        "double = query(1), double = query(2),",
        "two nodes are named `double`",
    ),
    ("5 = query(1), 5 = query(2),", "two nodes have the id `5`"),
    ("idle,", "node `idle` has no kind"),
    ("odd = 3101,", "`3101` is no kind of node"),
    (
        r#"both = query(1).refresh("result_both"),"#,
        "node `both` is both a query and a refresh of a view",
    ),
    (
        r#"either = query(1), either = refresh("result_either"),"#,
        "node `either` is both a query and a refresh of a view",
    ),
    (
        r#"vain = refresh("a view"),"#,
        "`a view` cannot be the name of a view",
    ),
    (
        r#"view = refresh("result_v"), again = refresh("result_v"),"#,
        "`result_v` is refreshed twice",
    ),
    ("zero = query(0),", "`0` cannot be the id of a query"),
    (
        "twice = query(1).parameters(x = 1, x = 2),",
        "parameter `x` is given twice",
    ),
    (
        r#"nameless = query(1).parameters("" = 1),"#,
        "the key of this parameter is empty",
    ),
    (
        "bare = query(1).parameters(x),",
        "parameter `x` has no value",
    ),
    (
        r#"given = refresh("result_given").parameters(x = 1),"#,
        "a refresh takes no parameters",
    ),
    (
        "slow = query(1).timeout(5),",
        "`timeout` is no modifier of a query",
    ),
    (
        "tiers = query(1).performance(Small).performance(Large),",
        "`.performance` is given twice",
    ),
    ("free = query(1).after(),", "`.after` needs a label"),
    (
        "void = query(),",
        "`query` needs the id of the query to run",
    ),
    ("many = query(1, 2),", "`query` takes one id"),
    (
        "colon: query(1),",
        "`:` stands where `=` joins the label `colon` to its node",
    ),
    (
        "broken = query(1 +),",
        "no Rust expression: unexpected end of input, expected an expression",
    ),
];

#[test]
fn a_mistake_is_told_once_and_alone_whatever_else_is_wrong() {
    for (first, said_first) in MISTAKES {
        assert_eq!(mistakes(first), [said_first], "{first}");
        for (second, said_second) in MISTAKES {
            if first != second {
                let both = format!("{first} {second}");
                assert_eq!(mistakes(&both), [said_first, said_second], "{both}");
            }
        }
    }
}

#[test]
fn where_a_name_could_not_be_read_an_unknown_label_may_be_it_and_is_not_told() {
    assert_eq!(
        mistakes("0 = query(1), lost = query(1).after(nowhere)"),
        ["`0` cannot be the id of a node"]
    );
}

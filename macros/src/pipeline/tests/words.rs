//! What is read and what is said in single cases.

use super::{gives_an_expression, mistakes, run, written};
use crate::pipeline::Reader;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

const COMMAS: &str =
    "a = query(ids.get::<Vec<u64>, _>(|x, y| x < y)?).parameters(b = f::<A, B>(1, 2), c = a < b)";

#[test]
fn commas_of_generics_and_closures_belong_to_the_expression() {
    let (output, _) = run(COMMAS.parse().unwrap());
    let output = output.to_string().replace(' ', "");
    for whole in ["f::<A,B>(1,2)", "value(a<b)", "|x,y|x<y"] {
        assert!(output.contains(whole), "{whole}\n{output}");
    }
}

#[test]
fn the_macro_names_no_crate_but_the_one_it_is_told() {
    for source in written()
        .into_iter()
        .chain(["a = refrsh(1).after(b, b), 1 = query(0)".to_owned()])
    {
        let input: TokenStream = format!("::another::name; {source}").parse().unwrap();
        let output = crate::pipeline::pipeline(input, Reader::Compiler).to_string();
        assert!(output.contains(":: another :: name :: __private"));
        let ours = source.matches("dune_pipeline").count();
        assert_eq!(output.matches("dune_pipeline").count(), ours, "{output}");
    }
}

#[test]
fn a_broken_node_keeps_its_label_for_the_others() {
    assert_eq!(
        mistakes("volume = refrsh(\"v\"), share = query(1).after(volume)"),
        ["`refrsh` is no kind of node"]
    );
    assert_eq!(
        mistakes("volume = refresh(\"dune.a.result_v\"). share = query(1).after(volume)"),
        ["a modifier is missing behind this dot"]
    );
}

#[test]
fn a_comma_is_missed_behind_a_base_and_before_a_closure() {
    assert_eq!(
        mistakes("..base::<u8, Vec<u8>>(1, 2) trend = query(1)"),
        ["a comma is missing before `trend`"]
    );
    assert_eq!(
        mistakes("share = each(chains |chain| query(1).parameters(chain = chain))"),
        ["a comma is missing before this closure"]
    );
}

#[test]
fn the_items_of_an_each_may_hold_bars() {
    assert_eq!(
        mistakes("share = each(ours | theirs, |chain| query(1).parameters(chain = chain))"),
        [""; 0]
    );
}

#[test]
fn a_comma_behind_the_parameter_of_a_closure_is_fine() {
    let source = "share = each(chains, |chain,| query(1).parameters(chain = chain))";
    assert_eq!(mistakes(source), [""; 0]);
    gives_an_expression(source.parse().unwrap());
    gives_an_expression("share = each(chains, |chain,,| query(1))".parse().unwrap());
}

#[test]
fn what_is_waited_for_is_told_as_it_is_written() {
    let told = |after: &str| {
        let waiting = format!("share = each(all, |one| query(1)), a = query(2).after({after})");
        mistakes(&waiting)
    };
    let member = ["node `a` depends on `share[1]` twice"];
    assert_eq!(told("share[1], share[0], share[1]"), member);
    for after in ["share[0], share", "share, share[i]", "share, share"] {
        let group = ["node `a` depends on `share` twice"];
        assert_eq!(told(after), group, "{after}");
    }
    assert_eq!(told("share[0], share[1], share[i], share[i]"), [""; 0]);
    assert_eq!(told("base.volume"), ["`base.volume` is no label"]);
    assert_eq!(told("base.."), ["`base..` is no label"]);
}

#[test]
fn a_kind_is_no_modifier() {
    for source in ["a = .query(1)", "a = .performance(Large).query(1)"] {
        assert_eq!(
            mistakes(source),
            ["a node begins with its kind"],
            "{source}"
        );
    }
}

#[test]
fn nothing_stands_behind_the_node_in_a_block() {
    assert_eq!(
        mistakes("share = each(chains, |chain| { query(1), .parameters(chain = chain) })"),
        ["the block of an `each` ends with its node"]
    );
}

#[test]
fn a_word_of_rusts_is_no_item_of_an_each() {
    let source = "share = each(chains, |move| query(1))";
    assert_eq!(mistakes(source).len(), 1);
    gives_an_expression(source.parse().unwrap());
    assert_eq!(mistakes("share = each(chains, |_| query(1))"), [""; 0]);
}

#[test]
fn a_key_stands_in_no_parentheses() {
    let source = "a = query(1).parameters((\"day\") = 1)";
    assert_eq!(mistakes(source), ["a parameter begins with its key"]);
    gives_an_expression(source.parse().unwrap());
}

#[test]
fn a_keyword_behind_a_dot_is_no_modifier() {
    let source = "a = query(1), b = query(2).move.after(a)";
    assert_eq!(mistakes(source), ["`move` is no modifier of a query"]);
    gives_an_expression(source.parse().unwrap());
}

#[test]
fn what_leaves_a_closure_is_told_and_what_leaves_a_loop_in_it_is_not() {
    for body in [
        "{ if x { break; } query(x) }",
        "query(match x { 1 => continue, x => x })",
        "query(1).parameters(a = x == 2 || y && { break })",
    ] {
        let source = format!("a = each(b, |x| {body})");
        let found = mistakes(&source);
        assert!(
            found.len() == 1 && found[0].contains("would leave the closure of `each`"),
            "{body}: {found:?}"
        );
    }
    for body in [
        "{ loop { break } for y in x { if y { continue } } while x { break; } query(x) }",
        "query(loop { break if x { 1 } else { continue } })",
        "query('b: { break 'b x })",
        "query(own!(break))",
        "query(r#break)",
    ] {
        let source = format!("a = each(b, |x| {body}), c = query(1)");
        assert_eq!(mistakes(&source), [""; 0], "{body}");
    }
}

#[test]
fn one_slip_is_one_mistake() {
    for (source, told) in [
        (
            "dex-volume = query(1), a = query(2).after(dex_volume)",
            "`dex-volume` is no label",
        ),
        (
            "dex_volume = query(1), a = query(2).after(dex-volume)",
            "`dex-volume` is no label",
        ),
        (
            "a = query(2).after(dex-volume, b), b = query(1)",
            "`dex-volume` is no label",
        ),
        (
            "by-day-30d = query(1), a = query(2).after(by_day_30d)",
            "`by-day-30d` is no label",
        ),
        (
            "a = query(1).parameters(min-usd = 5, x = b-c)",
            "the key `min-usd` is written without quotes",
        ),
        (
            "a = query(1).performance(Large), .after(v), v = query(2)",
            "a comma stands before `.after`",
        ),
        (
            "a = query(1), .after(v), v = query(2)",
            "a comma stands before `.after`",
        ),
        (
            "a = each(b, |x| query(x)), .after(v), v = query(2)",
            "`.after` stands behind `each`",
        ),
        (
            "a = query(1).parameters(x = 1 y = 2)",
            "a comma is missing before `y`",
        ),
        (
            "a = query(1).parameters(..m \"y\" = 2, z = 1)",
            "a comma is missing before `\"y\"`",
        ),
        (
            "a = foreach(b, |x| query(x))",
            "`foreach` is no kind of node",
        ),
        (
            "a = for_each(b, |x| query(x))",
            "`for_each` is no kind of node",
        ),
    ] {
        assert_eq!(mistakes(source), [told], "{source}");
    }
    let both = ["`dex-volume` is no label"; 2];
    let source = "a = query(2).after(dex-volume), dex-volume = query(1)";
    assert_eq!(mistakes(source), both);
    for right in [
        "a = query(b - c).parameters(x = b - c, y = if let y = 2 { 1 } else { 3 })",
        "a = query(1).parameters(x = { y = 2; y }, z = |q| w = q)",
    ] {
        assert_eq!(mistakes(right), [""; 0], "{right}");
    }
}

#[test]
fn a_block_ends_a_statement_only_where_it_is_one() {
    for body in [
        "{ x = { 1 } query(x) }",
        "{ let y = match x { y => y } query(y) }",
    ] {
        let source = format!("a = each(b, |x| {body})");
        let found = mistakes(&source);
        assert!(
            found.len() == 1 && found[0].contains("no Rust statement"),
            "{body}: {found:?}"
        );
        gives_an_expression(source.parse().unwrap());
    }
    let source = "a = each(b, |x| { if x { y } match x { z => {} } query(x) })";
    assert_eq!(mistakes(source), [""; 0]);
}

#[test]
fn a_pipeline_that_another_macro_writes_is_read_through_its_groups() {
    let node: TokenStream = "query(1).after(volume)".parse().unwrap();
    let view: TokenStream = "\"not a view\"".parse().unwrap();
    let grouped = |stream| TokenTree::from(Group::new(Delimiter::None, stream));
    let mut input: TokenStream = "volume = refresh".parse().unwrap();
    input.extend([TokenTree::from(Group::new(
        Delimiter::Parenthesis,
        grouped(view).into(),
    ))]);
    input.extend(", share = ".parse::<TokenStream>().unwrap());
    input.extend([grouped(node)]);
    let (_, texts) = run(input);
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(texts[0].starts_with("`not a view` cannot be the name of a view"));
}

#[test]
fn numbers_are_passed_on_as_they_were_written() {
    let (output, texts) = run(
        "a = query(5_000_000_000).parameters(x = 0.10, y = -1e-18, z = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_ff)"
            .parse()
            .unwrap(),
    );
    assert_eq!(texts, [""; 0]);
    let output = output.to_string();
    for number in [
        "5000000000i64",
        "number (\"0.10\")",
        "number (\"-1e-18\")",
        "number (\"87112285931760246646623899502532662132735\")",
    ] {
        assert!(output.contains(number), "{number}\n{output}");
    }
}

//! What comes of pipelines that are whole, half-typed and senseless. How the errors look in a compiler is shown by
//! `tests/ui`; here the macro runs by itself, on many more inputs.

use super::{check, parse, report::Report};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::Expr;

const GOOD: [&str; 6] = [
    r#"volume = refresh("dune.acme.result_dex_daily").performance(Large),
       takers = refresh("dune.acme.result_dex_taker_first_seen"),
       share = query(3101).parameters(blockchain = chain, min_volume_usd = 40_000).after(volume),
       trend = query(3103).after(volume, takers),"#,
    r#"1 = refresh("mv_1"), 2 = query(1234).after(1)"#,
    r#"/// The views of one chain.
       r#type = refresh(format!("dune.acme.result_{chain}")).performance(config.tier),
       "#,
    r#"a = query(ids.get::<Vec<u64>, _>(|x, y| x < y)?).parameters("min volume" = -0.5, b = f::<A, B>(1, 2), c = a < b),
       b = query(self.id).after(a).performance(self::TIER).parameters(x = &y, z = if a { 1 } else { 2 })"#,
    r#"..common::<A, B>(chain)?,
       share = each(CHAINS, |chain| query(3101).parameters(blockchain = chain, ..arguments).after(volume)),
       extra = each(f::<A, B>(x), move |(token, id): (&str, u64)| { let key = id + 1; refresh(token).performance(Large) }),
       ..&other.pipeline, ranking = query(3105).parameters(..map, day = 1, ..g::<A, B>()).after(share, extra)"#,
    r#"..base"#,
];

fn run(input: TokenStream) -> (TokenStream, Vec<String>) {
    let mut report = Report::default();
    let pipeline = parse::parse(input.clone(), &mut report);
    check::check(&pipeline, &mut report);
    let root = "::dune_pipeline;".parse::<TokenStream>().unwrap();
    (
        super::pipeline(root.into_iter().chain(input).collect()),
        report.texts(),
    )
}

fn mistakes(source: &str) -> Vec<String> {
    let (_, texts) = run(source.parse().unwrap());
    let headline = |text: String| text.lines().next().unwrap_or_default().to_owned();
    texts.into_iter().map(headline).collect()
}

/// Whatever comes in, Rust comes out: an expression, so that the editor can go on.
fn gives_an_expression(input: TokenStream) {
    let (output, _) = run(input.clone());
    if let Err(error) = syn::parse2::<Expr>(output.clone()) {
        panic!("{error}\n{input}\n{output}");
    }
}

#[test]
fn good_pipelines_have_no_mistakes() {
    for source in GOOD {
        assert_eq!(mistakes(source), [""; 0], "{source}");
    }
}

#[test]
fn commas_of_generics_and_closures_belong_to_the_expression() {
    let (output, _) = run(GOOD[3].parse().unwrap());
    let output = output.to_string().replace(' ', "");
    for whole in ["f::<A,B>(1,2)", "value(a<b)", "|x,y|x<y"] {
        assert!(output.contains(whole), "{whole}\n{output}");
    }
}

#[test]
fn every_beginning_of_a_pipeline_is_an_expression() {
    for source in GOOD {
        for prefix in prefixes(source.parse().unwrap()) {
            gives_an_expression(prefix);
        }
    }
}

#[test]
fn a_token_less_or_twice_or_swapped_still_gives_an_expression() {
    for source in GOOD {
        let tokens: TokenStream = source.parse().unwrap();
        for change in [Change::Remove, Change::Double, Change::Swap] {
            for at in 0..count(&tokens) {
                gives_an_expression(changed(tokens.clone(), change, &mut at.clone()));
            }
        }
    }
}

#[test]
fn soup_of_tokens_gives_an_expression() {
    let mut random = Random(7);
    for _ in 0..3_000 {
        let length = random.below(24);
        gives_an_expression(soup(&mut random, length, 3));
    }
}

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

#[test]
fn the_macro_names_no_crate_but_the_one_it_is_told() {
    for source in GOOD
        .iter()
        .chain(&["a = refrsh(1).after(b, b), 1 = query(0)"])
    {
        let input: TokenStream = format!("::another::name; {source}").parse().unwrap();
        let output = super::pipeline(input).to_string();
        assert!(output.contains(":: another :: name :: __private"));
        assert!(!output.contains("dune_pipeline"), "{output}");
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

/// All beginnings, also those that end within parentheses.
fn prefixes(tokens: TokenStream) -> Vec<TokenStream> {
    let mut whole = TokenStream::new();
    let mut all = vec![TokenStream::new()];
    for token in tokens {
        if let TokenTree::Group(group) = &token {
            all.extend(prefixes(group.stream()).into_iter().map(|inner| {
                let group = TokenTree::from(Group::new(group.delimiter(), inner));
                whole.clone().into_iter().chain([group]).collect()
            }));
        } else {
            all.push(whole.clone().into_iter().chain([token.clone()]).collect());
        }
        whole.extend([token]);
    }
    all.push(whole);
    all
}

#[derive(Clone, Copy)]
enum Change {
    Remove,
    Double,
    Swap,
}

fn count(tokens: &TokenStream) -> usize {
    let inner = |token| match token {
        TokenTree::Group(group) => 1 + count(&group.stream()),
        _ => 1,
    };
    tokens.clone().into_iter().map(inner).sum()
}

/// The same tokens with a change at the one of this number, counted through all groups.
fn changed(tokens: TokenStream, change: Change, left: &mut usize) -> TokenStream {
    let mut output: Vec<TokenTree> = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let here = *left == 0;
        *left = left.wrapping_sub(1);
        match (here, change) {
            (true, Change::Remove) => {}
            (true, Change::Double) => output.extend([token.clone(), token]),
            (true, Change::Swap) => output.extend(tokens.next().into_iter().chain([token])),
            (false, _) => output.push(match token {
                TokenTree::Group(group) => {
                    Group::new(group.delimiter(), changed(group.stream(), change, left)).into()
                }
                token => token,
            }),
        }
    }
    output.into_iter().collect()
}

/// A linear congruential generator: the same soup on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

fn soup(random: &mut Random, length: usize, depth: usize) -> TokenStream {
    const WORDS: [&str; 36] = [
        "refresh",
        "query",
        "each",
        "move",
        "..",
        "||",
        "after",
        "performance",
        "parameters",
        "volume",
        "share",
        "let",
        "_",
        "self",
        "r#type",
        "=",
        "=",
        ",",
        ",",
        ".",
        ".",
        "#",
        "<",
        "|",
        "-",
        "==",
        "=>",
        "::",
        "?",
        "1",
        "0",
        "-1",
        "\"view\"",
        "1.5",
        "'a",
        "99999999999999999999999999999999999999999999",
    ];
    let mut tokens = TokenStream::new();
    for _ in 0..length {
        if depth > 0 && random.below(5) == 0 {
            let delimiters = [
                Delimiter::Parenthesis,
                Delimiter::Parenthesis,
                Delimiter::Bracket,
                Delimiter::Brace,
                Delimiter::None,
            ];
            let delimiter = delimiters[random.below(delimiters.len())];
            let length = random.below(6);
            let inner = soup(random, length, depth - 1);
            tokens.extend([TokenTree::from(Group::new(delimiter, inner))]);
        } else {
            tokens.extend(
                WORDS[random.below(WORDS.len())]
                    .parse::<TokenStream>()
                    .unwrap(),
            );
        }
    }
    tokens
}

//! The good pipelines of this repository: of the README, the reference, the manual, the examples and the tests that run them.
//! Also of use to the fuzzers.

use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Forms that people write seldom.
const SELDOM: [&str; 5] = [
    r#"/// The views of one chain.
       r#type = refresh(format!("dune.acme.result_{chain}")).performance(config.tier),
       "#,
    r#"a = query(ids.get::<Vec<u64>, _>(|x, y| x < y)?).parameters("min volume" = -0.5, b = f::<A, B>(1, 2), c = a < b),
       b = query(self.id).after(a).performance(self::TIER).parameters(x = &y, z = if a { 1 } else { 2 })"#,
    r#"..base(chain)?, volume = refresh("dune.acme.result_volume"), ..&other, late = query(7).after(volume, early)"#,
    r#"..common::<A, B>(chain)?,
       extra = each(f::<A, B>(x), move |(token, id): (&str, u64)| { let key = id + 1; refresh(token).performance(Large) }),
       ..&other.pipeline, ranking = query(3105).parameters(..map, day = 1, ..g::<A, B>()).after(share, extra)"#,
    r#"share = each(f::<A, B>(1), move |(chain, id): (&str, u64)| query(id).parameters(chain = chain)),
       tail = each(token, |_| refresh(name()?)), last = query(1).after(share, tail)"#,
];

/// What stands between the brackets of each. `root` is the folder of the workspace.
pub(crate) fn good_pipelines(root: &Path) -> Vec<String> {
    let mut found: BTreeSet<String> = SELDOM.map(str::to_owned).into();
    for place in [
        "README.md",
        "book/src",
        "client/src/pipeline",
        "client/README.md",
        "examples",
        "tests/ui/tests/pass",
    ] {
        read(&root.join(place), &mut found);
    }
    found.into_iter().collect()
}

fn read(place: &Path, found: &mut BTreeSet<String>) {
    if let Ok(entries) = fs::read_dir(place) {
        entries
            .filter_map(Result::ok)
            .for_each(|entry| read(&entry.path(), found));
    } else if let Ok(text) = fs::read_to_string(place) {
        match place.extension().and_then(|kind| kind.to_str()) {
            Some("rs") => {
                pipelines(&text, found);
                let docs = text.lines().filter_map(|line| {
                    let line = line.trim_start();
                    line.strip_prefix("///").or(line.strip_prefix("//!"))
                });
                fenced(
                    docs.map(|line| line.strip_prefix(' ').unwrap_or(line)),
                    found,
                );
            }
            Some("md") => fenced(text.lines(), found),
            _ => {}
        }
    }
}

/// The Rust between fences that rustdoc and mdBook would compile.
fn fenced<'a>(lines: impl Iterator<Item = &'a str>, found: &mut BTreeSet<String>) {
    let mut inside: Option<Option<String>> = None;
    for line in lines {
        match (&mut inside, line.trim_start().strip_prefix("```")) {
            (None, Some(kind)) => {
                let good = kind.is_empty() || (kind.starts_with("rust") && !kind.contains("fail"));
                inside = Some(good.then(String::new));
            }
            (Some(code), Some(_)) => {
                if let Some(code) = code {
                    pipelines(code, found);
                }
                inside = None;
            }
            (Some(Some(code)), None) => {
                let hidden = line.trim_start().strip_prefix("# ");
                code.push_str(hidden.unwrap_or(line));
                code.push('\n');
            }
            _ => {}
        }
    }
}

/// Each `pipeline![..]` among the tokens. One with `$` is part of a macro and not yet a pipeline.
fn pipelines(source: &str, found: &mut BTreeSet<String>) {
    let Ok(tokens) = source.parse::<TokenStream>() else {
        return;
    };
    let mut open = vec![tokens];
    while let Some(tokens) = open.pop() {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for three in tokens.windows(3) {
            if let [
                TokenTree::Ident(name),
                TokenTree::Punct(bang),
                TokenTree::Group(group),
            ] = three
                && name == "pipeline"
                && bang.as_char() == '!'
            {
                let text = group.stream().to_string();
                if !text.contains('$') && !text.is_empty() {
                    found.insert(text);
                }
            }
        }
        open.extend(tokens.into_iter().filter_map(|token| match token {
            TokenTree::Group(group) => Some(group.stream()),
            _ => None,
        }));
    }
}

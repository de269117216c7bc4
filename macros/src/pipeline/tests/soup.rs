//! Tokens in no order, of those that mean something to the macro: text that no editor ever made of a pipeline.

use super::gives_an_expression;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

#[test]
fn soup_of_tokens_gives_an_expression() {
    let mut random = Random(7);
    for _ in 0..3_000 {
        let length = random.below(24);
        gives_an_expression(soup(&mut random, length, 3));
    }
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
    const WORDS: [&str; 37] = [
        "refresh",
        "query",
        "each",
        "in_turn",
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

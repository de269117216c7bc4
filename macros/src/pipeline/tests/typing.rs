//! A pipeline on its way to being one: every good one of the repository, broken off and disturbed at each of its tokens.

use super::changes::{Change, changed, count};
use super::{gives_an_expression, grammar, mistakes, written};
use proc_macro2::{Group, TokenStream, TokenTree};

#[test]
fn good_pipelines_have_no_mistakes() {
    for source in written() {
        assert_eq!(mistakes(&source), [""; 0], "{source}");
        assert!(grammar::is_pipeline(source.parse().unwrap()), "{source}");
    }
}

#[test]
fn every_beginning_of_a_pipeline_is_an_expression() {
    for source in written() {
        for prefix in prefixes(source.parse().unwrap()) {
            gives_an_expression(prefix);
        }
    }
}

#[test]
fn a_token_less_still_gives_an_expression() {
    everywhere(Change::Remove);
}

#[test]
fn a_token_twice_still_gives_an_expression() {
    everywhere(Change::Double);
}

#[test]
fn neighbours_swapped_still_give_an_expression() {
    everywhere(Change::Swap);
}

fn everywhere(change: Change) {
    for source in written() {
        let tokens: TokenStream = source.parse().unwrap();
        for at in 0..count(&tokens) {
            gives_an_expression(changed(tokens.clone(), change, &mut at.clone()));
        }
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

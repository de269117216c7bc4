//! What rust-analyzer makes of `pipeline!` while people type: completion, hover, jumps, renaming, and where it shows what
//! is wrong.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what helps a test may fail like a test"
)]

mod project;
mod server;
mod tool;

use project::{CURSOR, editor};

const NODES: &str = r#"        volume = refresh("dune.acme.result_dex_daily").performance(Large),
        takers = refresh("dune.acme.result_dex_taker_first_seen"),
        /// The share of each project.
        share = query(3101).parameters(blockchain = chain.as_str()).after(volume),
        trend = query(3103).after(volume, takers),"#;

/// The same with something else in one place, where the cursor may stand.
fn with(old: &str, new: &str) -> String {
    assert_eq!(NODES.matches(old).count(), 1, "{old}");
    NODES.replace(old, new)
}

/// What is offered, without what any expression whatsoever has.
fn offered(nodes: &str, behind: &str) -> Option<Vec<String>> {
    let mut offered = editor()?.types(nodes, behind).completions();
    offered.retain(|name| !["into", "try_into"].contains(&name.as_str()));
    offered.sort();
    Some(offered)
}

#[track_caller]
fn offers(nodes: &str, expected: &[&str]) {
    if let Some(offered) = offered(nodes, "") {
        assert_eq!(offered, expected, "{nodes}");
    }
}

#[test]
fn behind_the_dot_of_a_query_its_modifiers_are_offered() {
    let modifiers = ["after", "parameters", "performance"];
    offers(
        &with("query(3103).after(volume, takers)", "query(3103).‸"),
        &modifiers,
    );
    offers(
        &with("query(3103).after(volume, takers)", "query(3103).pa‸"),
        &modifiers,
    );
    offers(
        &with(
            "query(3103).after(volume, takers)",
            "query(3103).after(volume).‸",
        ),
        &modifiers,
    );
    offers(
        &with(
            "query(3103).after(volume, takers)",
            "query(3103).p‸.after(volume)",
        ),
        &modifiers,
    );
    offers(
        &with(
            "query(3103).after(volume, takers)",
            "query(3103).aft‸er(volume, takers)",
        ),
        &modifiers,
    );
}

#[test]
fn behind_a_label_what_a_node_begins_with_is_offered() {
    let kinds = ["each", "in_turn", "query", "refresh"];
    let node = "query(3103).after(volume, takers)";
    for typed in ["‸", "q‸", "que‸", "refre‸"] {
        offers(&with(node, typed), &kinds);
    }
    let within = r#"        share = each(["base"], |chain: &str| qu‸),"#;
    offers(within, &kinds);
}

#[test]
fn behind_the_dot_of_a_refresh_no_parameters_are_offered() {
    let modifiers = ["after", "performance"];
    offers(&with(".performance(Large)", ".‸"), &modifiers);
    offers(&with(".performance(Large)", ".perf‸"), &modifiers);
}

#[test]
fn within_after_the_labels_are_offered_that_are_not_there_yet() {
    offers(
        &with(".after(volume, takers)", ".after(‸)"),
        &["share", "takers", "volume"],
    );
    offers(
        &with(".after(volume, takers)", ".after(ta‸)"),
        &["share", "takers", "volume"],
    );
    offers(
        &with(".after(volume, takers)", ".after(volume, ‸)"),
        &["share", "takers"],
    );
    offers(
        &with(".after(volume, takers)", ".after(volume, ta‸)"),
        &["share", "takers"],
    );
    offers(
        &with(".after(volume, takers)", ".after(‸, takers)"),
        &["share", "volume"],
    );
    offers(
        &with(".after(volume),", ".after(‸),"),
        &["takers", "trend", "volume"],
    );
}

#[test]
fn a_pipeline_that_is_being_typed_offers_labels_all_the_same() {
    let nodes = format!(
        "{},\n        more = qu,\n        last = query(1).after(‸",
        with("takers),", "takers)")
    );
    offers(
        &(nodes + ")"),
        &["more", "share", "takers", "trend", "volume"],
    );
}

#[test]
fn for_a_tier_the_tiers_are_offered() {
    let Some(mut editor) = editor() else { return };
    for typed in ["performance(‸)", "performance(L‸)", "performance(m‸)"] {
        let nodes = with("performance(Large)", typed);
        let mut offered = editor.types(&nodes, "").completions();
        offered.truncate(8);
        for tier in ["Small", "Medium", "Large"] {
            assert!(
                offered.iter().any(|name| name == tier),
                "{typed}: {tier}: {offered:?}"
            );
        }
    }
    let nodes = with("performance(Large)", "performance(ti‸)");
    let offered = editor.types(&nodes, "").completions();
    assert!(offered.iter().any(|name| name == "tier"), "{offered:?}");
}

#[test]
fn within_a_value_what_is_in_scope_is_offered() {
    let Some(mut editor) = editor() else { return };
    for (typed, expected) in [
        ("blockchain = chain.‸)", "as_str"),
        ("blockchain = chain.as_s‸)", "as_str"),
        ("blockchain = ch‸)", "chain"),
        ("blockchain = ‸)", "chain"),
        ("blockchain = f(chain.‸))", "as_str"),
    ] {
        let nodes = with("blockchain = chain.as_str())", typed);
        let offered = editor.types(&nodes, "").completions();
        assert!(
            offered.iter().any(|name| name == expected),
            "{typed}: {offered:?}"
        );
    }
}

#[test]
fn on_the_value_the_handles_are_offered() {
    let Some(mut editor) = editor() else { return };
    let offered = editor.types(NODES, "let _ = daily.‸;").completions();
    for name in ["share", "takers", "trend", "volume", "check", "to_json"] {
        assert!(
            offered.iter().any(|offered| offered == name),
            "{name}: {offered:?}"
        );
    }
}

#[test]
fn half_typed_nodes_leave_the_handles_of_the_others() {
    let Some(mut editor) = editor() else { return };
    for typed in [
        "trend = ",
        "trend = qu",
        "trend = query",
        "trend = query(",
        "trend = query(3103).",
        "trend = query(3103).af",
        "trend = query(3103).after",
        "trend = query(3103).after(",
        "trend = query(3103).after(volume, ",
        "trend = query(3103).parameters(x",
        "trend = query(3103).parameters(x = chain.",
        "trend",
        "= query(1)",
    ] {
        let closing = ")".repeat(typed.matches('(').count() - typed.matches(')').count());
        let nodes = with(
            "trend = query(3103).after(volume, takers)",
            &format!("{typed}{closing}"),
        );
        let offered = editor.types(&nodes, "let _ = daily.‸;").completions();
        for name in ["share", "takers", "volume"] {
            assert!(
                offered.iter().any(|offered| offered == name),
                "{typed}: {offered:?}"
            );
        }
    }
    let missing_comma = with("takers = ", "more = query(1) takers = ");
    let offered = editor
        .types(&missing_comma, "let _ = daily.‸;")
        .completions();
    for name in ["more", "share", "takers", "trend", "volume"] {
        assert!(offered.iter().any(|offered| offered == name), "{offered:?}");
    }
}

#[test]
fn hover_on_a_label_says_kind_target_and_dependencies() {
    let Some(mut editor) = editor() else { return };
    for (nodes, behind) in [
        (with("share =", "sha‸re ="), ""),
        (
            with("takers),", "takers), other = query(1).after(sha‸re),"),
            "",
        ),
        (NODES.to_owned(), "let _ = daily.sha‸re;"),
    ] {
        let hover = editor.types(&nodes, behind).hover();
        for part in [
            "share: QueryNode",
            "`query(3101)` after `volume`",
            "The share of each project.",
        ] {
            assert!(hover.contains(part), "{part}: {hover}");
        }
    }
    let hover = editor
        .types(&with(".after(volume, takers)", ".after(vol‸ume)"), "")
        .hover();
    assert!(hover.contains("volume: RefreshNode"), "{hover}");
    assert!(
        hover.contains("`refresh(\"dune.acme.result_dex_daily\")` on `Large`"),
        "{hover}"
    );
}

#[test]
fn hover_on_the_words_of_the_language_explains_them() {
    let Some(mut editor) = editor() else { return };
    for (old, new, says) in [
        ("query(3103)", "que‸ry(3103)", "executes a saved query"),
        (
            "takers = refresh",
            "takers = refr‸esh",
            "refreshes a materialized view",
        ),
        (
            "takers),",
            "takers).perfor‸mance(Small),",
            "the tier of Dune's engine",
        ),
        (
            ".parameters",
            ".param‸eters",
            "values for the query's parameters",
        ),
        (
            ".after(volume, takers)",
            ".aft‸er(volume, takers)",
            "the nodes that it waits for",
        ),
        ("(Large)", "(Lar‸ge)", "Performance"),
    ] {
        let hover = editor.types(&with(old, new), "").hover();
        assert!(hover.contains(says), "{new}: {hover}");
    }
}

#[test]
fn hover_on_a_value_is_about_the_value_alone() {
    let Some(mut editor) = editor() else { return };
    let hover = editor
        .types(&with("chain.as_str()", "ch‸ain.as_str()"), "")
        .hover();
    assert!(hover.contains("chain: String"), "{hover}");
    assert!(!hover.contains("dune_pipeline"), "{hover}");
}

#[test]
fn a_jump_leads_to_where_a_label_is_declared() {
    let Some(mut editor) = editor() else { return };
    let declared = [(String::new(), "volume".to_owned())];
    let from_after = with(".after(volume, takers)", ".after(vol‸ume, takers)");
    assert_eq!(editor.types(&from_after, "").definitions(), declared);
    let from_value = editor.types(NODES, "let _ = daily.vol‸ume;").definitions();
    assert_eq!(from_value, declared);
}

#[test]
fn renaming_a_label_renames_it_everywhere() {
    let Some(mut editor) = editor() else { return };
    let behind = "let _ = daily.volume;";
    for (nodes, behind) in [
        (with("volume =", "vol‸ume ="), behind),
        (
            with(".after(volume, takers)", ".after(vol‸ume, takers)"),
            behind,
        ),
        (NODES.to_owned(), "let _ = daily.vol‸ume;"),
    ] {
        let renamed = editor.types(&nodes, behind).renamed("turnover");
        let expected = format!("{nodes}|{behind}")
            .replace(CURSOR, "")
            .replace("volume", "turnover");
        let (nodes, behind) = expected.split_once('|').unwrap();
        assert!(
            renamed.contains(nodes) && renamed.contains(behind),
            "{renamed}"
        );
    }
}

#[test]
fn a_right_pipeline_shows_nothing_wrong() {
    let Some(mut editor) = editor() else { return };
    let found = editor
        .types(NODES, "let _ = (daily.share, tier);")
        .diagnostics();
    assert_eq!(found, []);
}

#[test]
fn each_mistake_is_shown_once_and_on_its_token() {
    let Some(mut editor) = editor() else { return };
    let nodes = r#"        volume = refrsh("dune.acme.result_dex_daily"),
        takers = refresh("not a view").parameters(x = 1),
        share = query(3101).parameters(blockchain = chain.).after(takrs),
        trend = query(3103).performance(Large).afetr(takers),
        again = query(3103).performance(Small).after(takers, takers),"#;
    let found = editor
        .types(nodes, "let _ = (daily.share, tier);")
        .diagnostics();
    let tokens: Vec<&str> = found.iter().map(|(tokens, _)| tokens.as_str()).collect();
    assert_eq!(
        tokens,
        [
            "refrsh",
            "\"not a view\"",
            "parameters",
            ".",
            "takrs",
            "afetr",
            "takers"
        ],
        "{found:#?}"
    );
}

/// A pipeline over another, with a node for each chain.
const COMPOSED: &str = r#"        ..pipeline![base_volume = refresh("dune.acme.result_dex_daily")],
        each_share = each(["ethereum", "base"], |chain: &str| query(3101).parameters(blockchain = chain)),
        total = query(3102).after(each_share),"#;

#[test]
fn within_each_the_item_is_offered_and_the_modifiers_are() {
    let Some(mut editor) = editor() else { return };
    let value = COMPOSED.replace("= chain)", "= cha‸)");
    let offered = editor.types(&value, "").completions();
    assert!(offered.iter().any(|name| name == "chain"), "{offered:?}");
    let modifier = COMPOSED.replace(".parameters(blockchain = chain)", ".par‸");
    let mut offered = editor.types(&modifier, "").completions();
    offered.truncate(3);
    offered.sort();
    assert_eq!(offered, ["after", "parameters", "performance"]);
    let label = COMPOSED.replace(".after(each_share)", ".after(‸)");
    assert_eq!(editor.types(&label, "").completions(), ["each_share"]);
}

#[test]
fn the_handles_of_a_base_are_offered_beside_the_others() {
    let Some(mut editor) = editor() else { return };
    let offered = editor.types(COMPOSED, "let _ = daily.‸;").completions();
    for name in ["base_volume", "each_share", "total"] {
        assert!(offered.iter().any(|offered| offered == name), "{offered:?}");
    }
    assert_eq!(editor.types(COMPOSED, "let _ = tier;").diagnostics(), []);
    let hover = editor
        .types(&COMPOSED.replace("each_share =", "each_sha‸re ="), "")
        .hover();
    assert!(hover.contains("for each item `query(3101)`"), "{hover}");
}

//! One query with parameters from a command line.

use dune_pipeline::{Error, Performance};

use super::ask::{Question, answer};
use super::ledger::{assert_usd, trades, volumes};
use crate::sample::Sample;

fn question(line: &str) -> Result<Question, String> {
    Question::read(line.split_whitespace().map(str::to_owned))
}

#[tokio::test]
async fn what_is_asked_on_the_command_line_is_answered_from_fresh_views() {
    let sample = Sample::with_days(4).await;
    sample.workspace.add_day(5).unwrap();
    let line = "3101 blockchain=polygon min_volume_usd=100000 --tier large";
    let stale = answer(&sample.dune, question(line).unwrap()).await.unwrap();
    let line = format!("{line} --after dune.acme.result_dex_daily");
    let fresh = answer(&sample.dune, question(&line).unwrap())
        .await
        .unwrap();

    let trades = trades(&sample.workspace);
    for (answer, last_day) in [(stale, "2025-03-04"), (fresh, "2025-03-05")] {
        let polygon = trades
            .iter()
            .filter(|trade| trade.blockchain == "polygon" && trade.day.as_str() <= last_day);
        let mut expected = volumes(polygon, |trade| &trade.project);
        expected.retain(|_, usd| *usd >= 100_000.0);
        assert_eq!(answer.columns, ["project", "volume_usd", "share"]);
        assert_eq!(answer.rows.len(), expected.len());
        for row in &answer.rows {
            let project = row["project"].as_str().unwrap();
            assert_usd(
                row["volume_usd"].as_f64().unwrap(),
                expected[project],
                project,
            );
        }
    }
}

#[tokio::test]
async fn a_key_twice_is_refused_before_anything_is_sent_and_a_wrong_one_by_dune() {
    let sample = Sample::with_days(1).await;
    let twice = question("3101 blockchain=base blockchain=bnb").unwrap();
    let error = answer(&sample.dune, twice).await.unwrap_err();
    assert!(matches!(error, Error::InvalidPipeline(_)), "{error}");
    assert!(error.to_string().contains("`blockchain`"), "{error}");

    let misspelt = question("3101 blokchain=base").unwrap();
    let error = answer(&sample.dune, misspelt)
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("unknown parameters (blokchain)"), "{error}");
}

#[test]
fn a_command_line_is_read_or_refused_with_what_is_wrong() {
    let whole = question("3101 a=1=2 --after dune.acme.result_x --tier small b=").unwrap();
    assert_eq!(whole.query, 3101);
    let pairs = [("a", "1=2"), ("b", "")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(whole.parameters, pairs);
    assert_eq!(whole.views, ["dune.acme.result_x"]);
    assert_eq!(whole.tier, Some(Performance::Small));

    for (line, wrong) in [
        ("", "give a query"),
        ("share", "`share` is not the number of a query"),
        ("3101 base", "`base` is no KEY=VALUE"),
        ("3101 --after", "`--after` needs a value"),
        ("3101 --tier huge", "no tier named `huge`"),
    ] {
        let refused = question(line).unwrap_err();
        assert!(refused.starts_with(wrong), "{line}: {refused}");
    }
}

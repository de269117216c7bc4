//! `results`: the same rows in every form, and only those that are asked for.

use std::fs;

use predicates::str::{contains, starts_with};
use serde_json::json;

use crate::Local;
use crate::person::Said as _;

#[test]
fn the_rows_of_a_run_are_read_in_every_form() {
    let local = Local::start();
    let run = local.gives("run --query 2 --parameter chain=ethereum --wait");
    let id = run.lines().next().unwrap();
    assert_eq!(
        local.gives(format!("results {id}")),
        "blockchain    usd                                       n\n\
         ──────────  ─────  ──────────────────────────────────────\n\
         ethereum    10.25  12345678901234567890123456789012345678\n\
         1 row\n"
    );
    let csv = "blockchain,usd,n\nethereum,10.25,12345678901234567890123456789012345678\n";
    assert_eq!(
        local.gives(format!("results {id} --query 2 --format csv")),
        csv
    );
    assert_eq!(
        local.json(format!("results {id} --json")),
        json!([{"blockchain": "ethereum", "usd": 10.25, "n": "12345678901234567890123456789012345678"}])
    );

    // The latest of the query, of these values; and the one execution.
    assert_eq!(
        local.gives("results --query 2 --parameter chain=ethereum -f csv"),
        csv
    );
    let status = local.json(format!("status {id} --query 2 --json"));
    let execution = status["nodes"][1]["execution_id"].as_str().unwrap();
    assert_eq!(status["nodes"][1]["dependencies"], json!([1]));
    assert_eq!(
        local.gives(format!("results --execution {execution} -f csv")),
        csv
    );
}

#[test]
fn the_form_of_a_file_is_in_its_name() {
    let local = Local::start();
    local.gives("run --query 1 --wait");
    for name in ["rows.csv", "rows.json", "rows.parquet"] {
        assert_eq!(local.gives(format!("results --query 1 -o {name}")), "");
    }
    assert!(local.reads("rows.csv").starts_with("blockchain,usd,n\n"));
    assert!(local.reads("rows.json").starts_with("[\n{\"blockchain\":"));
    let parquet = fs::read(local.home().join("rows.parquet")).unwrap();
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));

    for name in ["rows", "rows.txt"] {
        local
            .does(format!("results --query 1 -o {name}"))
            .code(2)
            .stderr(contains("add --format"));
        assert!(!local.home().join(name).exists());
    }
    local.gives("results --query 1 -f table -o rows.txt");
    assert!(local.reads("rows.txt").ends_with("2 rows\n"));
    local
        .does("results --query 1 -f parquet")
        .code(2)
        .stderr(contains("--output FILE"));
}

#[test]
fn of_a_result_only_what_is_asked_for_is_read() {
    let local = Local::start();
    local.gives("run --query 1 --wait");
    let base = ["results", "--query", "1", "-f", "csv"];
    let [a, b, c, d, e] = base;
    assert_eq!(
        local.gives([
            a,
            b,
            c,
            d,
            e,
            "--sort-by",
            "usd desc",
            "--columns",
            "blockchain"
        ]),
        "blockchain\nethereum\nbase\n"
    );
    assert_eq!(
        local.gives([
            a,
            b,
            c,
            d,
            e,
            "--filter",
            "usd < 5",
            "--columns",
            "blockchain,usd"
        ]),
        "blockchain,usd\nbase,3.5\n"
    );
    let line = base.join(" ");
    assert_eq!(
        local.gives(format!(
            "{line} --sort-by blockchain --offset 1 --columns blockchain"
        )),
        "blockchain\nethereum\n"
    );
    local
        .does("results --query 1 --limit 1 --sort-by usd --columns usd")
        .success()
        .stdout(starts_with("usd\n───\n3.5\n"));
    for (typed, told) in [
        (
            "--offset 1000",
            "no rows behind the first 1000: there are 2\n",
        ),
        ("--limit 0", "0 rows\n"),
    ] {
        let written = local.gives(format!("results --query 1 {typed}"));
        assert!(written.ends_with(told), "{written}");
        assert!(!written.starts_with('\n'), "{written}");
    }
    // What was asked for and cannot be leaves the file as it was.
    local.file("kept.json", "before");
    local
        .does([
            "results",
            "--query",
            "1",
            "--filter",
            "nonsense > 1",
            "-o",
            "kept.json",
        ])
        .code(1);
    assert_eq!(local.reads("kept.json"), "before");
}

#[test]
fn a_node_without_rows_is_told_apart_from_one_that_never_has_any() {
    let local = Local::start();
    let run = local.gives("run --query 2 --wait");
    let id = run.lines().next().unwrap();
    local
        .does(format!("results {id} --node 1"))
        .code(2)
        .stdout("")
        .stderr(contains(
            "refreshes a view and has no rows; its queries are 2 (query 2)",
        ));

    local.file("broken.json", crate::runs::BROKEN);
    let done = local.does("run broken.json --wait").code(1);
    let id = done.out().lines().next().unwrap();
    local
        .does(format!("results {id} --node 2"))
        .code(1)
        .stderr(contains("no rows yet of node"));
}

//! The same server over its own engine: real SQL over real files.

use std::time::Duration;

use dune_local::LocalDune;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::wire::{ended, get, pipeline, post, start};
use crate::workspace::Workspace;

const TRADES: &str = "block_time,chain,amount,taker\n\
    2024-03-05 20:50:59.000 UTC,base,1.50,0xab\n\
    2024-03-05 21:00:00.000 UTC,base,2.25,0xcd\n\
    2024-03-06 00:00:00.000 UTC,polygon,,0xab\n";

fn workspace() -> Workspace {
    let columns = "block_time = \"timestamp(3) with time zone\", chain = \"varchar\", \
                   amount = \"decimal(10,2)\", taker = \"varbinary\"";
    Workspace::new()
        .table_with("dex.trades", TRADES, columns)
        .query(1, "select chain, sum(amount) as volume, count(*) as trades from dex.trades group by chain")
        .query(2, "select * from dune.acme.result_volume order by volume desc, chain")
        .query_with(
            3,
            "select chain, volume\nfrom \"query_2\"\nwhere chain = '{{chain}}'",
            "[[queries.parameters]]\nkey = \"chain\"\ntype = \"text\"\ndefault = \"base\"\n",
        )
        .query(4, "select taker,\n  nonsense\nfrom dex.trades")
        .query(5, "select count(*) from dex.trades a, dex.trades b, dex.trades c")
        .view("volume", 1)
}

async fn serve(workspace: &Workspace) -> LocalDune {
    workspace.write_manifest();
    LocalDune::start(workspace.path()).await.unwrap()
}

async fn rows(local: &LocalDune, sql: &str) -> Value {
    let id = start(local, "/sql/execute", &json!({"sql": sql}).to_string()).await;
    let status = ended(local, &id).await;
    assert_eq!(status["state"], "QUERY_STATE_COMPLETED", "{status}");
    get(local, &format!("/execution/{id}/results")).await.json()["result"]["rows"].clone()
}

#[tokio::test]
async fn values_come_from_a_file_to_json_as_dune_writes_them() {
    let workspace = workspace();
    let local = serve(&workspace).await;
    assert_eq!(
        rows(
            &local,
            "select * from dex.trades order by block_time limit 1"
        )
        .await,
        json!([{"block_time": "2024-03-05 20:50:59.000 UTC", "chain": "base", "amount": "1.50", "taker": "0xab"}])
    );
    assert_eq!(rows(&local, "select 1").await, json!([{"_col0": 1}]));
}

#[tokio::test]
async fn a_small_query_does_not_wait_for_long_ones_beside_it() {
    let numbers: String = (0..5_000).map(|n| format!("{n}\n")).collect();
    let workspace = Workspace::new()
        .table_with("some.numbers", &format!("n\n{numbers}"), "n = \"bigint\"")
        .query(1, "select 1");
    let local = serve(&workspace).await;
    // One less than run at a time on the smallest machine.
    let long = "select count(*) from some.numbers a, some.numbers b, some.numbers c \
                where a.n + b.n + c.n = 5 and a.n * b.n > c.n";
    let mut running = Vec::new();
    for _ in 0..3 {
        running.push(start(&local, "/sql/execute", &json!({"sql": long}).to_string()).await);
    }
    // Until all of them have come to their joins.
    sleep(Duration::from_secs(1)).await;
    let small = timeout(Duration::from_secs(60), rows(&local, "select 1")).await;
    assert_eq!(small.unwrap(), json!([{"_col0": 1}]));
    for id in running {
        let answer = post(&local, &format!("/execution/{id}/cancel"), "").await;
        assert_eq!(answer.json(), json!({"success": true}), "it had ended");
    }
}

#[tokio::test]
async fn a_view_keeps_its_types_over_a_restart_and_is_stale_until_its_pipeline_runs() {
    let workspace = workspace();
    serve(&workspace).await.shutdown().await;
    workspace.write(
        "tables/dex.trades.csv",
        &format!("{TRADES}2024-03-07 00:00:00.000 UTC,base,10,0xef\n"),
    );
    let local = serve(&workspace).await;
    let stale = json!([
        {"chain": "base", "volume": "3.75", "trades": 2},
        {"chain": "polygon", "volume": null, "trades": 1},
    ]);
    assert_eq!(rows(&local, "select * from query_2").await, stale);
    let status = pipeline(&local, r#"{"query_id":3}"#).await;
    assert_eq!(status["status"], "completed", "{status}");
    let results = get(&local, "/query/3/results").await.json();
    assert_eq!(
        results["result"]["rows"],
        json!([{"chain": "base", "volume": "13.75"}])
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_querys_sql_is_listed_and_comes_again_when_it_runs() {
    let workspace = workspace();
    let local = serve(&workspace).await;
    let warnings: Vec<_> = local.warnings().iter().cloned().collect();
    assert_eq!(warnings.len(), 1, "{}", local.warnings());
    assert_eq!(
        warnings[0].to_string(),
        "queries/4.sql:2:3: Column 'nonsense' cannot be resolved",
        "its place is said once"
    );
    let id = start(&local, "/query/4/execute", "").await;
    let status = ended(&local, &id).await;
    let message = status["error"]["message"].as_str().unwrap();
    assert!(
        message.starts_with("line 2:3: Column 'nonsense' cannot be resolved"),
        "{message}"
    );
    assert_eq!(status["error"]["metadata"]["line"], 2);
}

#[tokio::test]
async fn a_value_can_change_the_sql_and_nothing_else() {
    let workspace = workspace();
    let local = serve(&workspace).await;
    for value in [
        "x'; drop table dex.trades; --",
        "x' union all select cast(1 as varchar), 2.5 from \"tables/dex.trades.csv\" --",
        "x' union all select * from '/etc/passwd' --",
    ] {
        let body = json!({"query_parameters": {"chain": value}}).to_string();
        let id = start(&local, "/query/3/execute", &body).await;
        assert_eq!(
            ended(&local, &id).await["state"],
            "QUERY_STATE_FAILED",
            "{value}"
        );
    }
    for sql in [
        "copy (select 1) to 'out.csv'",
        "create table t as select 1 as x",
        "create external table t stored as csv location '/etc/passwd'",
        "delete from dex.trades",
        "set x = 1",
    ] {
        let id = start(&local, "/sql/execute", &json!({"sql": sql}).to_string()).await;
        assert_eq!(
            ended(&local, &id).await["state"],
            "QUERY_STATE_FAILED",
            "{sql}"
        );
    }
    assert_eq!(
        rows(&local, "select count(*) as n from dex.trades").await,
        json!([{"n": 3}])
    );
    let answer = post(&local, "/query/3/execute", "").await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn who_reads_a_view_that_was_never_filled_is_told_why_it_was_not() {
    let workspace = Workspace::new()
        .query(1, "select 1 as x,\n  nonsense")
        .query(2, "select x / (x - x) as y from (values 1) as t(x)")
        .query(3, "select * from dune.acme.result_wrong")
        .view("wrong", 1)
        .view("fails", 2);
    let local = serve(&workspace).await;
    let warnings = local.warnings().to_string();
    for words in [
        "queries/1.sql:2:3: Column 'nonsense' cannot be resolved",
        "queries/3.sql:1:15: Table 'dune.acme.result_wrong' does not exist: the view was never filled",
        "the view `dune.acme.result_fails` holds no rows: its refresh failed: Division by zero",
    ] {
        assert!(warnings.contains(words), "{words} in {warnings}");
    }
    assert_eq!(local.warnings().len(), 3, "{warnings}");
    for (view, why) in [
        ("wrong", "line 2:3: Column 'nonsense' cannot be resolved"),
        ("fails", "Division by zero"),
    ] {
        let sql = format!("select * from dune.acme.result_{view}");
        let id = start(&local, "/sql/execute", &json!({"sql": sql}).to_string()).await;
        let status = ended(&local, &id).await;
        let wanted = format!(
            "line 1:15: Table 'dune.acme.result_{view}' does not exist: the view was never filled, \
             its refresh failed: {why} [Execution ID: {id}]"
        );
        assert_eq!(status["error"]["message"], wanted.as_str());
    }
}

#[tokio::test]
async fn a_recursion_deeper_than_trinos_fails_whatever_is_read_of_it() {
    let local = serve(&Workspace::new()).await;
    let deep = "with recursive r(n) as (select 1 union all select n + 1 from r where n < 100)";
    for read in ["n", "count(*)", "1"] {
        let sql = json!({"sql": format!("{deep} select {read} from r")}).to_string();
        let id = start(&local, "/sql/execute", &sql).await;
        let status = ended(&local, &id).await;
        let message = status["error"]["message"].as_str().unwrap_or_default();
        assert!(
            message.starts_with("Recursion depth limit exceeded (10)."),
            "{read}: {status}"
        );
    }
    for (shallow, count) in [
        ("select 1 union all select n + 1 from r where n < 10", 10),
        ("select 1 union all select 1 from r where n > 5", 1),
        (
            "select 1 union all select b from r join (values (1, 2), (2, 3)) as e(a, b) on a = n",
            3,
        ),
    ] {
        let sql = format!("with recursive r(n) as ({shallow}) select count(*) as n from r");
        assert_eq!(rows(&local, &sql).await, json!([{"n": count}]), "{sql}");
    }
}

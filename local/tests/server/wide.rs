//! Dune's integers of 256 bits in SQL, which no recorded answer of a Trino can hold the engine to.

use serde_json::json;

use crate::wire::{ended, get, start};
use crate::workspace::Workspace;

const MOST: &str = "115792089237316195423570985008687907853269984665640564039457584007913129639935";

#[tokio::test]
async fn they_are_compared_ordered_grouped_and_calculated_with_exactly() {
    let workspace = Workspace::new();
    workspace.write_manifest();
    let local = dune_local::LocalDune::start(workspace.path())
        .await
        .unwrap();
    let t = format!(
        "(values (uint256 '{MOST}'), (uint256 '10'), (cast('9' as uint256)), (cast(null as uint256)), (cast(10 as uint256))) as t(u)"
    );
    for (sql, wanted) in [
        (format!("select u from {t} order by u desc nulls last limit 2"), json!([[MOST], ["10"]])),
        (format!("select u from {t} where u < 10"), json!([["9"]])),
        (format!("select u from {t} where u in (9, 11) or u = uint256 '{MOST}' order by 1"), json!([["9"], [MOST]])),
        (format!("select u, count(*) from {t} where u > 9 group by u order by u"), json!([["10", 2], [MOST, 1]])),
        (format!("select max(u), min(u), count(distinct u) from {t}"), json!([[MOST, "9", 3]])),
        (format!("select sum(u), avg(u) from {t} where u < 11"), json!([["29", 29.0 / 3.0]])),
        ("select uint256 '7' / 2, uint256 '7' % 2, uint256 '7' * 2 + 1, uint256 '7' - 7".into(), json!([["3", "1", "15", "0"]])),
        ("select uint256 '1500000000000000000' / 1e18".into(), json!([[1.5]])),
        ("select -int256 '5', int256 '-5' / 2, int256 '-5' % 2, int256 '-1' < 0".into(), json!([["-5", "-2", "-1", true]])),
        (format!("select cast(uint256 '{MOST}' as varchar), cast(uint256 '5' as bigint), cast(uint256 '5' as decimal(10,2))"), json!([[MOST, 5, "5.00"]])),
        ("select cast(2.5e0 as uint256), cast(decimal '2.5' as int256), try_cast('x' as uint256), try_cast(-1 as uint256)".into(), json!([["3", "3", null, null]])),
        ("select typeof(uint256 '1' + 1), typeof(sum(int256 '1')), coalesce(null, uint256 '1')".into(), json!([["uint256", "int256", "1"]])),
        ("select array[uint256 '1', uint256 '2'], contains(array[uint256 '1'], uint256 '1')".into(), json!([[["1", "2"], true]])),
    ] {
        let id = start(&local, "/sql/execute", &json!({"sql": sql}).to_string()).await;
        let status = ended(&local, &id).await;
        assert_eq!(status["state"], "QUERY_STATE_COMPLETED", "{sql}: {status}");
        let result = &get(&local, &format!("/execution/{id}/results")).await.json()["result"];
        let names = result["metadata"]["column_names"].as_array().unwrap();
        let rows = result["rows"].as_array().unwrap().iter();
        let rows: Vec<Vec<_>> = rows
            .map(|row| names.iter().map(|name| row[name.as_str().unwrap()].clone()).collect())
            .collect();
        assert_eq!(json!(rows), wanted, "{sql}");
    }
    for (sql, words) in [
        (
            format!("select uint256 '{MOST}' + 1"),
            "uint256 addition overflow",
        ),
        (
            "select uint256 '1' - 2".into(),
            "uint256 subtraction overflow: 1 - 2",
        ),
        ("select uint256 '1' / 0".into(), "Division by zero"),
        (
            "select cast(-1 as uint256)".into(),
            "Out of range for uint256: -1",
        ),
        (
            "select cast(uint256 '9223372036854775808' as bigint)".into(),
            "Out of range for bigint",
        ),
        (
            "select uint256 '-1'".into(),
            "'-1' is not a valid UINT256 literal",
        ),
        (
            "select uint256 '1' + decimal '1.5'".into(),
            "Cannot apply operator: uint256 + decimal(2,1)",
        ),
        (
            "select uint256 '1' = int256 '1'".into(),
            "Cannot apply operator: uint256 = int256",
        ),
        (
            "select uint256 '1' = 0x01".into(),
            "Cannot apply operator: uint256 = varbinary",
        ),
        (
            format!("select sum(u) from (values uint256 '{MOST}', uint256 '1') as t(u)"),
            "uint256 addition overflow",
        ),
        (
            "select abs(uint256 '1')".into(),
            "Unexpected parameters (uint256) for function abs",
        ),
    ] {
        let id = start(&local, "/sql/execute", &json!({"sql": sql}).to_string()).await;
        let status = ended(&local, &id).await;
        let message = status["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains(words), "{sql}: {status}");
    }
}

#[tokio::test]
async fn a_views_file_and_a_results_filter_keep_them_exact() {
    let workspace = Workspace::new()
        .query(1, "select * from (values uint256 '3', uint256 '20', uint256 '100000000000000000000000') as t(u)")
        .view("wide", 1);
    workspace.write_manifest();
    dune_local::LocalDune::start(workspace.path())
        .await
        .unwrap()
        .shutdown()
        .await;
    let local = dune_local::LocalDune::start(workspace.path())
        .await
        .unwrap();
    let body = r#"{"sql":"select u from dune.acme.result_wide"}"#;
    let id = start(&local, "/sql/execute", body).await;
    ended(&local, &id).await;
    let path = format!("/execution/{id}/results?filters=u%20%3E%203&sort_by=u");
    let result = get(&local, &path).await.json()["result"].clone();
    assert_eq!(result["metadata"]["column_types"], json!(["uint256"]));
    assert_eq!(
        result["rows"],
        json!([{"u": "20"}, {"u": "100000000000000000000000"}])
    );
}

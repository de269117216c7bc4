//! What is kept of uploaded rows: every type exactly, over a restart, and whole to whoever reads meanwhile.

use dune_local::LocalDune;
use serde_json::{Value, json};

use super::{CSV, NDJSON, count, create, files, insert, rows, serve};
use crate::wire::get;
use crate::workspace::Workspace;

#[tokio::test]
async fn every_type_is_kept_exactly_and_survives_a_restart() {
    let workspace = Workspace::new();
    let local = serve(&workspace).await;
    let columns = [
        ("v", "varchar"),
        ("b", "varbinary"),
        ("l", "bigint"),
        ("i", "integer"),
        ("d", "double"),
        ("t", "boolean"),
        ("at", "timestamp"),
        ("day", "date"),
        ("u", "uint256"),
        ("w", "int256"),
    ];
    create(&local, "kinds", &columns).await;
    let line = "{\"v\":\"é\\u0000\",\"b\":\"0x00FF\",\"l\":-9223372036854775808,\"i\":2147483647,\"d\":\"NaN\",\
                \"t\":true,\"at\":\"2024-02-29 12:00:00.5\",\"day\":\"2024-02-29\",\"u\":7,\"w\":-7}";
    assert_eq!(insert(&local, "kinds", NDJSON, line).await.status, 200);
    let csv = "day,at,t,d,i,l,b,v,u,w\n1999-12-31,1999-12-31T23:59:59.999Z,false,-1.5e300,-1,9223372036854775807,AP8=,x,\
               115792089237316195423570985008687907853269984665640564039457584007913129639935,\
               -57896044618658097711785492504343953926634992332820282019728792003956564819968\n";
    assert_eq!(insert(&local, "kinds", CSV, csv).await.status, 200);
    let wanted = json!([
        {"v": "x", "b": "0x00ff", "l": 9_223_372_036_854_775_807_i64, "i": -1, "d": -1.5e300, "t": false,
         "at": "1999-12-31 23:59:59.999", "day": "1999-12-31",
         "u": "115792089237316195423570985008687907853269984665640564039457584007913129639935",
         "w": "-57896044618658097711785492504343953926634992332820282019728792003956564819968"},
        {"v": "é\u{0}", "b": "0x00ff", "l": i64::MIN, "i": 2_147_483_647, "d": "NaN", "t": true,
         "at": "2024-02-29 12:00:00.500", "day": "2024-02-29", "u": "7", "w": "-7"},
    ]);
    let sql = "select * from dune.acme.kinds order by day";
    assert_eq!(rows(&local, sql).await, wanted);
    let types = "select typeof(v), typeof(b), typeof(l), typeof(i), typeof(d), typeof(t), typeof(at), typeof(day), \
                 typeof(u), typeof(w) from dune.acme.kinds limit 1";
    let types = rows(&local, types).await;
    let types: Vec<&Value> = (0..10).map(|at| &types[0][format!("_col{at}")]).collect();
    assert_eq!(
        types,
        [
            "varchar",
            "varbinary",
            "bigint",
            "integer",
            "double",
            "boolean",
            "timestamp(3)",
            "date",
            "uint256",
            "int256"
        ]
    );
    let before = get(&local, "/uploads").await.json();
    local.shutdown().await;
    let again = serve(&workspace).await;
    assert_eq!(rows(&again, sql).await, wanted);
    assert_eq!(get(&again, "/uploads").await.json(), before);
    let dataset = get(&again, "/datasets/dune.acme.kinds").await.json();
    assert_eq!(dataset["type"], "uploaded_table");
    assert_eq!(dataset["columns"][6]["type"], "timestamp");
}

#[tokio::test]
async fn who_reads_while_rows_are_inserted_sees_all_of_an_insert_or_none() {
    let workspace = Workspace::new();
    let local = serve(&workspace).await;
    create(&local, "t", &[("a", "bigint")]).await;
    let lines: String = (0..1000).map(|n| format!("{n}\n")).collect();
    let csv = format!("a\n{lines}");
    let inserts = futures::future::join_all((0..12).map(|_| insert(&local, "t", CSV, &csv)));
    let reads = async {
        let mut seen = Vec::new();
        while seen.last() != Some(&12_000) {
            seen.push(count(&local, "t").await);
        }
        seen
    };
    let (inserted, seen) = futures::future::join(inserts, reads).await;
    assert!(inserted.iter().all(|answer| answer.status == 200));
    assert!(seen.iter().all(|count| count % 1000 == 0), "{seen:?}");
    assert!(seen.is_sorted(), "{seen:?}");
    assert_eq!(files(&workspace).len(), 2, "the record and one version");
}

#[tokio::test]
async fn a_manifest_that_takes_an_uploaded_name_is_told_and_a_damaged_record_too() {
    let workspace = Workspace::new();
    let local = serve(&workspace).await;
    create(&local, "t", &[("a", "bigint")]).await;
    local.shutdown().await;
    let folder = workspace.path().join(".dune/uploads/dune.acme.t");
    let record = folder.join("table");
    let text = std::fs::read_to_string(&record).unwrap();
    let refused = async || {
        LocalDune::start(workspace.path())
            .await
            .unwrap_err()
            .to_string()
    };
    for damage in [
        "{",
        "{}",
        &text.replace("\"version\": \"", "\"version\": \"../../"),
    ] {
        std::fs::write(&record, damage).unwrap();
        let error = refused().await;
        assert!(
            error.contains("remove the folder, and upload the table again"),
            "{error}"
        );
    }
    std::fs::write(&record, text).unwrap();
    let workspace = workspace.table("dune.acme.t", "x\na\n");
    workspace.write_manifest();
    let error = LocalDune::start(workspace.path())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("the manifest declares `dune.acme.t`"),
        "{error}"
    );
}

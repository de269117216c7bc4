//! Uploaded tables: made, filled, read in SQL, cleared and removed.

use std::path::PathBuf;

use dune_local::LocalDune;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::wire::{Answer, call, ended, get, post, send, start};
use crate::workspace::Workspace;

const CSV: &str = "text/csv";
const NDJSON: &str = "application/x-ndjson";

async fn serve(workspace: &Workspace) -> LocalDune {
    workspace.write_manifest();
    LocalDune::start(workspace.path()).await.unwrap()
}

async fn create(local: &LocalDune, table: &str, columns: &[(&str, &str)]) -> Answer {
    let schema: Vec<Value> = columns
        .iter()
        .map(|(name, kind)| json!({"name": name, "type": kind}))
        .collect();
    let body = json!({"namespace": "acme", "table_name": table, "schema": schema});
    post(local, "/uploads", &body.to_string()).await
}

async fn insert(local: &LocalDune, table: &str, kind: &str, rows: &str) -> Answer {
    let headers = format!(
        "Host: x\r\nX-Dune-Api-Key: {}\r\nContent-Type: {kind}\r\n",
        local.api_key()
    );
    let line = format!("POST /api/v1/uploads/acme/{table}/insert");
    send(local, &line, &headers, rows).await
}

async fn upload(local: &LocalDune, table: &str, csv: &str) -> Answer {
    let body = json!({"table_name": table, "data": csv, "description": "d"});
    post(local, "/uploads/csv", &body.to_string()).await
}

async fn rows(local: &LocalDune, sql: &str) -> Value {
    let id = start(local, "/sql/execute", &json!({"sql": sql}).to_string()).await;
    let status = ended(local, &id).await;
    assert_eq!(status["state"], "QUERY_STATE_COMPLETED", "{status}");
    get(local, &format!("/execution/{id}/results")).await.json()["result"]["rows"].clone()
}

async fn count(local: &LocalDune, table: &str) -> i64 {
    let counted = rows(
        local,
        &format!("select count(*) as n from dune.acme.{table}"),
    )
    .await;
    counted[0]["n"].as_i64().unwrap()
}

/// What there is under the folder of uploads, but for the tables' folders themselves.
fn files(workspace: &Workspace) -> Vec<PathBuf> {
    let mut all = Vec::new();
    let mut folders = vec![workspace.path().join(".dune/uploads")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => all.push(path),
            }
        }
    }
    all
}

#[tokio::test]
async fn a_table_is_made_filled_read_cleared_and_removed() {
    let workspace = Workspace::new();
    let local = serve(&workspace).await;
    let columns = [
        ("date", "timestamp"),
        ("dgs10", "double"),
        ("n", "integer"),
        ("word", "varchar"),
    ];
    let made = create(&local, "rates", &columns).await;
    assert_eq!(made.status, 200, "{}", made.text);
    let made = made.json();
    assert_eq!(made["full_name"], "dune.acme.rates");
    assert_eq!(
        made["example_query"],
        "select * from dune.acme.rates limit 10"
    );
    assert_eq!(
        (&made["namespace"], &made["table_name"]),
        (&"acme".into(), &"rates".into())
    );
    assert_eq!(made["already_existed"], false);
    assert_eq!(
        rows(&local, "select * from dune.acme.rates limit 10").await,
        json!([])
    );

    let csv = "date,dgs10,n,word\n2020-12-01T23:33:00,10,1,\"a, b\"\n2020-12-02T00:00:00+01:00,,-2,\"\"\n";
    let answer = insert(&local, "rates", CSV, csv).await.json();
    assert_eq!(
        answer,
        json!({"name": "dune.acme.rates", "rows_written": 2, "bytes_written": csv.len()})
    );
    let ndjson =
        "{\"date\":\"2020-12-03T10:00:00Z\",\"dgs10\":10,\"n\":3,\"word\":\"{}\"}\n\n{\"N\":4}";
    let answer = insert(&local, "rates", NDJSON, ndjson).await.json();
    assert_eq!(answer["rows_written"], 2);
    assert_eq!(
        rows(&local, "select * from dune.acme.rates order by n desc").await,
        json!([
            {"date": null, "dgs10": null, "n": 4, "word": null},
            {"date": "2020-12-03 10:00:00.000", "dgs10": 10.0, "n": 3, "word": "{}"},
            {"date": "2020-12-01 23:33:00.000", "dgs10": 10.0, "n": 1, "word": "a, b"},
            {"date": "2020-12-01 23:00:00.000", "dgs10": null, "n": -2, "word": ""},
        ])
    );

    let list = get(&local, "/uploads").await.json();
    let table = &list["tables"][0];
    assert_eq!(table["full_name"], "dune.acme.rates");
    assert_eq!(table["owner"], json!({"handle": "acme", "type": "team"}));
    assert_eq!(table["is_private"], false);
    assert_eq!(
        table["columns"][0],
        json!({"name": "date", "type": "timestamp", "nullable": true, "metadata": {}})
    );
    let bytes: u64 = table["table_size_bytes"].as_str().unwrap().parse().unwrap();
    let usage = post(&local, "/usage", "").await.json();
    assert_eq!(usage["bytes_used"], bytes);
    assert!(table["updated_at"].as_str() > table["created_at"].as_str());
    assert!(list.get("next_offset").is_none());

    let answer = post(&local, "/uploads/acme/rates/clear", "").await;
    assert_eq!(
        answer.text,
        r#"{"message":"Table dune.acme.rates successfully cleared"}"#
    );
    assert_eq!(count(&local, "rates").await, 0);
    let answer = call(&local, "DELETE", "/uploads/acme/rates", "{}").await;
    assert_eq!(
        answer.text,
        r#"{"message":"Table acme.rates successfully deleted"}"#
    );
    assert_eq!(get(&local, "/uploads").await.json()["tables"], json!([]));
    assert_eq!(files(&workspace), Vec::<PathBuf>::new());
    for (method, path) in [
        ("DELETE", "/uploads/acme/rates"),
        ("POST", "/uploads/acme/rates/clear"),
    ] {
        assert_eq!(call(&local, method, path, "").await.status, 404, "{path}");
    }
    assert_eq!(insert(&local, "rates", CSV, csv).await.status, 404);
    let again = create(&local, "rates", &[("other", "date")]).await.json();
    assert_eq!(again["already_existed"], false, "the name is free at once");
}

#[tokio::test]
async fn a_table_that_is_there_stays_as_it_is() {
    let workspace = Workspace::new();
    let local = serve(&workspace).await;
    create(&local, "t", &[("a", "bigint")]).await;
    insert(&local, "t", CSV, "a\n1\n").await;
    let same = create(&local, "t", &[("A", "BIGINT")]).await;
    assert_eq!(same.json()["already_existed"], true, "{}", same.text);
    assert_eq!(count(&local, "t").await, 1);
    let other = create(&local, "t", &[("a", "varchar")]).await;
    assert_eq!(other.status, 400);
    assert!(
        other.error().contains("exists with other columns"),
        "{}",
        other.text
    );
    assert_eq!(count(&local, "t").await, 1);
}

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
    ];
    create(&local, "kinds", &columns).await;
    let line = "{\"v\":\"é\\u0000\",\"b\":\"0x00FF\",\"l\":-9223372036854775808,\"i\":2147483647,\"d\":\"NaN\",\
                \"t\":true,\"at\":\"2024-02-29 12:00:00.5\",\"day\":\"2024-02-29\"}";
    assert_eq!(insert(&local, "kinds", NDJSON, line).await.status, 200);
    let csv = "day,at,t,d,i,l,b,v\n1999-12-31,1999-12-31T23:59:59.999Z,false,-1.5e300,-1,9223372036854775807,AP8=,x\n";
    assert_eq!(insert(&local, "kinds", CSV, csv).await.status, 200);
    let wanted = json!([
        {"v": "x", "b": "0x00ff", "l": 9_223_372_036_854_775_807_i64, "i": -1, "d": -1.5e300, "t": false,
         "at": "1999-12-31 23:59:59.999", "day": "1999-12-31"},
        {"v": "é\u{0}", "b": "0x00ff", "l": i64::MIN, "i": 2_147_483_647, "d": "NaN", "t": true,
         "at": "2024-02-29 12:00:00.500", "day": "2024-02-29"},
    ]);
    let sql = "select * from dune.acme.kinds order by day";
    assert_eq!(rows(&local, sql).await, wanted);
    let types = "select typeof(v), typeof(b), typeof(l), typeof(i), typeof(d), typeof(t), typeof(at), typeof(day) \
                 from dune.acme.kinds limit 1";
    let types = rows(&local, types).await;
    let types: Vec<&Value> = (0..8).map(|at| &types[0][format!("_col{at}")]).collect();
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
            "date"
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
async fn rows_that_do_not_fit_are_refused_whole_with_their_place() {
    let workspace = Workspace::new();
    let local = serve(&workspace).await;
    let schema = r#"[{"name":"n","type":"bigint","nullable":false},{"name":"b","type":"varbinary"},{"name":"at","type":"timestamp"}]"#;
    let body = format!(r#"{{"namespace":"acme","table_name":"t","schema":{schema}}}"#);
    assert_eq!(post(&local, "/uploads", &body).await.status, 200);
    insert(&local, "t", CSV, "n\n1\n").await;
    let before = files(&workspace);
    for (kind, rows, words) in [
        (
            CSV,
            "n,b\n1,0x00\n2,0x0\n",
            "line 3, column `b`: `0x0` is no varbinary",
        ),
        (
            CSV,
            "n\n1\n\"two\nlines\"\n",
            "line 3, column `n`: `two\\nlines` is no bigint",
        ),
        (
            CSV,
            "n\n1\n9223372036854775808\n",
            "line 3, column `n`: `9223372036854775808` is no bigint",
        ),
        (
            CSV,
            "n,at\n1,2024-02-30\n",
            "line 2, column `at`: `2024-02-30` is no timestamp",
        ),
        (
            CSV,
            "n,b\n,0x00\n",
            "line 2, column `n`: there is no value, and the column is not nullable",
        ),
        (
            CSV,
            "b\n0x00\n",
            "the header does not name column `n`, which is not nullable",
        ),
        (
            CSV,
            "n,x\n1,2\n",
            "the table has no column `x`: it has `n`, `b`, `at`",
        ),
        (CSV, "n,N\n1,2\n", "the header names column `n` twice"),
        (CSV, "n,b\n1\n", "line 2 has 1 cells, the header has 2"),
        (
            CSV,
            "n\n\"1\n",
            "the quote that opens on line 2 is never closed",
        ),
        (CSV, "n\n\"1\"2\n", "line 2: text after a closing quote"),
        (CSV, "", "it has no header line"),
        (
            NDJSON,
            "{\"n\":1}\n{\"n\":1.5}",
            "line 2, column `n`: `1.5` is no bigint",
        ),
        (
            NDJSON,
            "{\"n\":1}\n{\"b\":\"0x00\"}",
            "line 2, column `n`: there is no value",
        ),
        (
            NDJSON,
            "{\"n\":1}\n{\"n\":null}",
            "line 2, column `n`: there is no value",
        ),
        (
            NDJSON,
            "{\"n\":1,\"b\":[1]}",
            "line 1, column `b`: `[1]` is no varbinary",
        ),
        (
            NDJSON,
            "{\"n\":1,\"x\":2}",
            "line 1: the table has no column `x`",
        ),
        (NDJSON, "[1]", "line 1: it is no object of JSON"),
        (
            NDJSON,
            "{\"n\":1}\n{\"n\":",
            "line 2: it is no object of JSON",
        ),
    ] {
        let answer = insert(&local, "t", kind, rows).await;
        assert_eq!(answer.status, 400, "{rows:?}: {}", answer.text);
        assert!(answer.error().contains(words), "{words}: {}", answer.text);
    }
    let answer = insert(&local, "t", "application/json", "{\"n\":1}").await;
    assert_eq!(answer.status, 400);
    assert!(
        answer
            .error()
            .contains("`text/csv` or `application/x-ndjson`"),
        "{}",
        answer.text
    );
    assert_eq!(count(&local, "t").await, 1);
    assert_eq!(files(&workspace), before, "nothing is left of them");
}

#[tokio::test]
async fn no_name_reaches_out_of_the_folder_or_into_the_workspace() {
    let workspace = Workspace::new()
        .table("dune.acme.taken", "x\na\n")
        .query(1, "select 1 as x")
        .view("v", 1);
    let local = serve(&workspace).await;
    let long = "a".repeat(129);
    let columns = [("a", "bigint")];
    for table in [
        "",
        ".",
        "..",
        "../up",
        "a/b",
        "/etc/passwd",
        "a.b",
        "A",
        "_a",
        "1a",
        "a b",
        "a\u{0}",
        "ä",
        "a;drop",
        "table\"",
        "result_v",
        "taken",
        &long,
        "..%2Fup",
    ] {
        let answer = create(&local, table, &columns).await;
        assert_eq!(answer.status, 400, "{table:?}: {}", answer.text);
        assert_eq!(
            upload(&local, &format!("../{table}"), "a\n1\n")
                .await
                .status,
            400
        );
    }
    for name in ["", "1a", "_a", "a\nb", "-", "*", &long, "\u{0}"] {
        let answer = create(&local, "t", &[(name, "bigint")]).await;
        assert_eq!(answer.status, 400, "{name:?}: {}", answer.text);
    }
    let twice = create(&local, "t", &[("a", "bigint"), ("A", "date")]).await;
    assert!(twice.error().contains("two columns `a`"), "{}", twice.text);
    assert_eq!(create(&local, "t", &[]).await.status, 400);
    for kind in ["text", "decimal(38,0)", "bigint; drop", "", "timestamp(12)"] {
        let answer = create(&local, "t", &[("a", kind)]).await;
        assert_eq!(answer.status, 400, "{kind}: {}", answer.text);
        assert!(
            answer.error().contains("`varchar`, `varbinary`"),
            "{}",
            answer.text
        );
    }
    let body =
        r#"{"namespace":"acme","table_name":"t","schema":[{"name":"a","type":{"list":"bigint"}}]}"#;
    assert_eq!(post(&local, "/uploads", body).await.status, 400);
    for namespace in ["other", "..", "dune", ""] {
        let body = json!({"namespace": namespace, "table_name": "t", "schema": [{"name": "a", "type": "date"}]});
        let answer = post(&local, "/uploads", &body.to_string()).await;
        assert_eq!(answer.status, 403, "{namespace}");
    }
    for path in [
        "..%2F../x",
        "acme/..",
        "acme/..%2F..%2Fviews",
        "acme/%00",
        "other/t",
    ] {
        let answer = call(&local, "DELETE", &format!("/uploads/{path}"), "").await;
        assert!(
            [403, 404].contains(&answer.status),
            "{path}: {}",
            answer.text
        );
        answer.error();
    }
    let outside = workspace.path().join(".dune");
    let mut left: Vec<_> = std::fs::read_dir(&outside)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, [".gitignore", "lock", "uploads", "views"]);
    assert_eq!(
        std::fs::read_dir(outside.join("uploads")).unwrap().count(),
        0
    );
    assert_eq!(count(&local, "taken").await, 1);
}

#[tokio::test]
async fn a_csv_becomes_a_table_with_the_types_of_its_cells_and_replaces_the_one_before() {
    let workspace = Workspace::new();
    let local = serve(&workspace).await;
    // Its lines end in commas, as in Dune's own example.
    let csv = "DATE,DGS10,\n2023-12-04,4.28,\n2023-12-05,4,\n2023-12-11,4.23";
    let answer = upload(&local, "rates", csv).await;
    assert_eq!(
        answer.text,
        r#"{"success":true,"table_name":"dataset_rates"}"#
    );
    assert_eq!(
        rows(
            &local,
            "select date, dgs10 from dune.acme.dataset_rates order by 1 limit 2"
        )
        .await,
        json!([{"date": "2023-12-04", "dgs10": 4.28}, {"date": "2023-12-05", "dgs10": 4.0}])
    );
    let csv = "flag,n,zip,at,word,none,mixed\n\
               true,1,01234,2024-01-01T00:00:00Z,x,,2024-01-01\n\
               FALSE,-2,99999,2024-01-02 00:00:00,\"1\",,soon\n";
    assert_eq!(upload(&local, "rates", csv).await.status, 200);
    let list = get(&local, "/uploads").await.json();
    assert_eq!(list["tables"].as_array().unwrap().len(), 1);
    let columns: Vec<_> = list["tables"][0]["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| {
            (
                column["name"].as_str().unwrap(),
                column["type"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        columns,
        [
            ("flag", "boolean"),
            ("n", "bigint"),
            ("zip", "varchar"),
            ("at", "timestamp(3)"),
            ("word", "varchar"),
            ("none", "varchar"),
            ("mixed", "varchar"),
        ]
    );
    assert_eq!(
        rows(
            &local,
            "select zip from dune.acme.dataset_rates where not flag"
        )
        .await,
        json!([{"zip": "99999"}])
    );
    for (csv, words) in [
        ("", "no header line"),
        (",\n1,2\n", "names no column"),
        ("a,,b\n1,2,3\n", "begins with a letter"),
        ("a,A\n1,2\n", "names column `a` twice"),
        ("a\n1,2\n", "line 2 has 2 cells"),
    ] {
        let answer = upload(&local, "rates", csv).await;
        assert_eq!(answer.status, 400, "{csv:?}");
        assert!(answer.error().contains(words), "{}", answer.text);
    }
    assert_eq!(
        count(&local, "dataset_rates").await,
        2,
        "what was refused replaces nothing"
    );
    let answer = call(&local, "DELETE", "/uploads/acme/dataset_rates", "").await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_body_that_is_too_long_or_cut_off_leaves_nothing() {
    let workspace = Workspace::new();
    let local = serve(&workspace).await;
    create(&local, "t", &[("a", "varchar")]).await;
    let before = files(&workspace);
    let head = |length: u64| {
        format!(
            "POST /api/v1/uploads/acme/t/insert HTTP/1.1\r\nHost: x\r\nX-Dune-Api-Key: {}\r\n\
             Content-Type: text/csv\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n",
            local.api_key()
        )
    };
    let address = local.base_url().trim_start_matches("http://").to_owned();
    let mut socket = TcpStream::connect(&address).await.unwrap();
    socket
        .write_all(head(1_200_000_001).as_bytes())
        .await
        .unwrap();
    let mut answer = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut socket, &mut answer)
        .await
        .unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("larger than 1200000000 bytes"), "{answer}");

    let mut socket = TcpStream::connect(&address).await.unwrap();
    socket.write_all(head(1000).as_bytes()).await.unwrap();
    socket.write_all(b"a\nfirst\nsecond\n").await.unwrap();
    while files(&workspace).len() == before.len() {
        tokio::task::yield_now().await;
    }
    drop(socket);
    while files(&workspace).len() > before.len() {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    assert_eq!(files(&workspace), before);
    assert_eq!(count(&local, "t").await, 0);
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
async fn an_uploaded_table_is_no_node_of_a_querys_pipeline() {
    let workspace = Workspace::new()
        .query(1, "select a from dune.acme.t")
        .query(2, "select * from dune.acme.result_v")
        .view("v", 1);
    let local = serve(&workspace).await;
    assert_eq!(
        local.warnings().len(),
        2,
        "the table is not there yet: {}",
        local.warnings()
    );
    create(&local, "t", &[("a", "bigint")]).await;
    insert(&local, "t", CSV, "a\n7\n").await;
    let nodes = get(&local, "/query/1/pipeline").await.json()["pipeline"]["nodes"].clone();
    assert_eq!(nodes.as_array().unwrap().len(), 1, "{nodes}");
    let status = crate::wire::pipeline(&local, r#"{"query_id":2}"#).await;
    assert_eq!(status["status"], "completed", "{status}");
    let results = get(&local, "/query/2/results").await.json();
    assert_eq!(results["result"]["rows"], json!([{"a": 7}]));
}

#[tokio::test]
async fn the_paths_of_before_still_work() {
    let workspace = Workspace::new();
    let local = serve(&workspace).await;
    let body = r#"{"namespace":"acme","table_name":"t","schema":[{"name":"a","type":"bigint"}]}"#;
    assert_eq!(post(&local, "/table/create", body).await.status, 200);
    let answer = post(
        &local,
        "/table/upload/csv",
        r#"{"table_name":"x","data":"a\n1"}"#,
    )
    .await;
    assert_eq!(answer.json()["success"], true);
    let list = get(&local, "/tables?limit=1").await.json();
    assert_eq!(
        (&list["tables"][0]["full_name"], &list["next_offset"]),
        (&"dune.acme.dataset_x".into(), &1.into())
    );
    assert_eq!(post(&local, "/table/acme/t/clear", "").await.status, 200);
    assert_eq!(
        call(&local, "DELETE", "/table/acme/t", "").await.status,
        200
    );
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

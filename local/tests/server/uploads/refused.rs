//! What is refused of what somebody uploads, and that nothing of it is left.

use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{CSV, NDJSON, count, create, files, insert, serve, upload};
use crate::wire::{call, get, post};
use crate::workspace::Workspace;

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
        "acme/%FF",
        "other/t",
    ] {
        let answer = call(&local, "DELETE", &format!("/uploads/{path}"), "").await;
        assert!(
            [400, 403, 404].contains(&answer.status),
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

#[cfg(unix)]
#[tokio::test]
async fn a_link_among_the_uploads_leads_nowhere() {
    let workspace = Workspace::new();
    let local = serve(&workspace).await;
    let (elsewhere, uploads) = (
        tempfile::tempdir().unwrap(),
        workspace.path().join(".dune/uploads"),
    );
    std::os::unix::fs::symlink(elsewhere.path(), uploads.join("dune.acme.t")).unwrap();
    let answer = create(&local, "t", &[("a", "bigint")]).await;
    assert_eq!(answer.status, 500);
    assert!(
        answer.error().contains("it is a symbolic link"),
        "{}",
        answer.text
    );
    local.shutdown().await;
    let again = serve(&workspace).await;
    assert_eq!(get(&again, "/uploads").await.json()["tables"], json!([]));
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    again.shutdown().await;

    std::fs::remove_file(uploads.join("dune.acme.t")).unwrap();
    std::fs::remove_dir(&uploads).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), &uploads).unwrap();
    let error = dune_local::LocalDune::start(workspace.path())
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("it is a symbolic link"),
        "{error}"
    );
}

//! What holds for every request: the key, the paths, the bodies, the errors.

use crate::wire::{call, get, post, send};
use crate::workspace::Workspace;

#[tokio::test]
async fn the_key_is_judged_before_everything_else() {
    let workspace = Workspace::new();
    let local = workspace.serve().await;
    for (line, headers) in [
        (
            "GET /api/v1/execution/no%20such%20id/status",
            "X-Dune-Api-Key: wrong\r\n",
        ),
        ("POST /api/v1/pipelines/execute", "X-Dune-Api-Key: \r\n"),
        ("GET /nowhere", ""),
        ("DELETE /api/v1/query/1", "X-Dune-Api-Key: wrong\r\n"),
        ("GET /api/v1/queries?api_key=wrong", ""),
    ] {
        let answer = send(&local, line, &format!("Host: x\r\n{headers}"), "no json").await;
        assert_eq!(answer.status, 401, "{line}");
        assert_eq!(answer.text, r#"{"error":"invalid API Key"}"#);
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
}

#[tokio::test]
async fn the_key_may_come_in_the_header_or_in_the_query() {
    let workspace = Workspace::new();
    let local = workspace.serve().await;
    let key = local.api_key();
    let line = format!("GET /api/v1/queries?api_key={key}");
    assert_eq!(send(&local, &line, "Host: x\r\n", "").await.status, 200);
    let header = format!("Host: x\r\nx-dune-api-key: {key}\r\n");
    assert_eq!(
        send(&local, "GET /api/v1/queries", &header, "")
            .await
            .status,
        200
    );
    assert!(!format!("{local:?}").contains(key));
}

#[tokio::test]
async fn what_is_not_served_says_so_in_json() {
    let workspace = Workspace::new();
    let local = workspace.serve().await;
    for (method, path, status) in [
        ("GET", "/nothing", 404),
        ("POST", "/datasets/search/nowhere", 404),
        ("PUT", "/query/1", 405),
        ("GET", "/pipelines/execute", 405),
    ] {
        let answer = call(&local, method, path, "").await;
        assert_eq!(answer.status, status, "{method} {path}");
        assert!(answer.error().contains(path), "{}", answer.text);
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
}

#[tokio::test]
async fn a_body_is_read_whatever_its_type_and_may_be_missing() {
    let workspace = Workspace::new().query(7, "rows(1)");
    let local = workspace.serve().await;
    for body in [
        "",
        "{}",
        " \n",
        "null",
        r#"{"performance":null,"query_parameters":null}"#,
    ] {
        let answer = post(&local, "/query/7/execute", body).await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.text);
    }
    for body in ["{", "[]", "7", r#"{"performance":"huge"}"#, "\u{0}"] {
        let answer = post(&local, "/query/7/execute", body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(
            answer.error().starts_with("Invalid request body payload: "),
            "{}",
            answer.text
        );
        assert!(!answer.text.ends_with('\n'));
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let workspace = Workspace::new();
    let local = workspace.serve().await;
    let body = " ".repeat((32 << 20) + 1);
    let answer = post(&local, "/sql/execute", &body).await;
    assert_eq!(answer.status, 413);
    assert!(answer.error().contains("larger than"), "{}", answer.text);
}

#[tokio::test]
async fn ids_that_cannot_be_are_refused_as_dune_does() {
    let workspace = Workspace::new();
    let local = workspace.serve().await;
    let answer = post(&local, "/query/0/execute", "").await;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (404, r#"{"error":"Query not found"}"#)
    );
    let answer = post(&local, "/query/9999999999999/execute", "").await;
    assert_eq!(
        (answer.status, answer.error()),
        (500, "An internal error occured".to_owned())
    );
    let answer = post(&local, "/query/99999999999999999999999/execute", "").await;
    assert_eq!(
        (answer.status, answer.error()),
        (400, "Invalid request path".to_owned())
    );
    for path in ["status", "results", "results/csv"] {
        let answer = get(&local, &format!("/execution/no%20such%20id/{path}")).await;
        assert_eq!(answer.status, 400);
        assert_eq!(
            answer.error(),
            "The requested execution ID (ID: no such id) is invalid."
        );
    }
    let answer = get(&local, "/execution/01J00000000000000000000000/status").await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn queries_are_made_read_changed_and_archived() {
    let workspace = Workspace::new().query(7, "rows(1)");
    let local = workspace.serve().await;
    let body = r#"{"name":"mine","query_sql":"rows({{n}})","query_parameters":{},"is_temp":true,
        "parameters":[{"key":"n","type":"number","value":"3"}]}"#;
    let answer = post(&local, "/query/", body).await;
    let id = answer.json()["query_id"].as_i64().unwrap();
    let read = async |path: String| get(&local, &path).await.json();
    let query = read(format!("/query/{id}")).await;
    assert_eq!(query["is_temp"], true);
    assert_eq!(query["is_unsaved"], true);
    assert_eq!(query["parameters"][0]["value"], "3");
    assert_eq!(query["version"], 1);

    let answer = call(
        &local,
        "PATCH",
        &format!("/query/{id}"),
        r#"{"name":"ours","tags":[]}"#,
    )
    .await;
    assert_eq!(answer.json()["query_id"], id);
    let query = read(format!("/query/{id}")).await;
    assert_eq!(
        (&query["name"], &query["version"]),
        (&"ours".into(), &2.into())
    );
    assert_eq!(query["query_sql"], "rows({{n}})");

    assert_eq!(
        post(&local, &format!("/query/{id}/archive"), "{}")
            .await
            .status,
        200
    );
    assert_eq!(read(format!("/query/{id}")).await["is_archived"], true);
    let answer = post(&local, &format!("/query/{id}/execute"), "").await;
    assert_eq!(answer.status, 403);
    assert!(answer.error().starts_with("Not allowed to execute query."));

    let list = read("/queries?limit=1&offset=1".into()).await;
    assert_eq!(
        (&list["total"], &list["queries"][0]["id"]),
        (&2.into(), &id.into())
    );

    let answer = call(&local, "PATCH", "/query/7", r#"{"name":"x"}"#).await;
    assert_eq!(answer.status, 403);
    assert!(
        answer.error().contains("edit `queries/7.sql`"),
        "{}",
        answer.text
    );

    local.shutdown().await;
    let again = workspace.serve().await;
    let query = get(&again, &format!("/query/{id}")).await.json();
    assert_eq!(
        (&query["name"], &query["is_archived"]),
        (&"ours".into(), &true.into())
    );
}

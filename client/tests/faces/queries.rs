//! Saved queries: what is sent to read, create and change them, and what is made of the answers.

use std::pin::Pin;

use dune_pipeline::{
    Dune, Error, NewQuery, ParameterKind, Query, QueryChange, QueryParameter, StatusCode,
};
use serde_json::{Value, json};

use crate::server::{Reply, Server};
use crate::{dune, only, targets, told};

/// A query as Dune's documents show one.
fn balances() -> Value {
    json!({
        "query_id": 1_252_207,
        "name": "erc20 balances (user address) API",
        "description": "Example Blockchain Query",
        "tags": ["erc20", "balances"],
        "version": 17,
        "parameters": [
            {"key": "address", "value": "0x2ae8", "type": "text", "description": "whose"},
            {"key": "blocknumber", "value": "0", "type": "number"},
            {"key": "since", "value": "2022-05-04 00:00:00", "type": "datetime"},
            {"key": "chain", "value": "ethereum", "type": "enum", "enumOptions": ["ethereum", "polygon"]},
            {
                "key": "tokens", "type": "enum", "value": null, "values": ["a", "b"], "isMultiselect": true,
                "isFreeformAllowed": true, "enumFromResults": {"queryId": 7, "columnName": "token"},
            },
            {"key": "new", "value": "{}", "type": "json"},
        ],
        "query_engine": "v2 Dune SQL",
        "query_sql": "SELECT 1",
        "is_private": true, "is_archived": false, "is_unsaved": false,
        "owner": "Owner Name",
    })
}

async fn read(answer: Value) -> Query {
    let server = Server::replies([Reply::json(answer)]).await;
    let query = dune(&server).get_query(1_252_207).await.unwrap();
    assert_eq!(targets(&server), ["GET query/1252207"]);
    only(&server);
    query
}

#[tokio::test]
async fn a_query_is_read_with_all_that_dune_says_of_it() {
    let query = read(balances()).await;
    assert_eq!(query.query_id, 1_252_207);
    assert_eq!(query.name, "erc20 balances (user address) API");
    assert_eq!(query.description, "Example Blockchain Query");
    assert_eq!(query.query_sql, "SELECT 1");
    assert_eq!(query.tags, ["erc20", "balances"]);
    assert_eq!(query.version, Some(17));
    assert_eq!(query.owner.as_deref(), Some("Owner Name"));
    assert_eq!(query.query_engine.as_deref(), Some("v2 Dune SQL"));
    assert!(query.is_private && !query.is_archived && !query.is_unsaved && !query.is_temp);
    let kinds: Vec<_> = query
        .parameters
        .iter()
        .map(|one| one.kind().as_str())
        .collect();
    assert_eq!(
        kinds,
        ["text", "number", "datetime", "enum", "enum", "json"]
    );
    let address = query.parameter("address").unwrap();
    assert_eq!(address.default_value(), Some("0x2ae8"));
    assert_eq!(address.purpose(), "whose");
    let chain = query.parameter("chain").unwrap();
    assert_eq!(chain.options(), ["ethereum", "polygon"]);
    assert!(!chain.is_multiselect() && !chain.is_freeform_allowed());
    let tokens = query.parameter("tokens").unwrap();
    assert_eq!(tokens.default_value(), None);
    assert_eq!(tokens.default_values(), ["a", "b"]);
    assert!(tokens.is_multiselect() && tokens.is_freeform_allowed());
    let source = tokens.options_source().unwrap();
    assert_eq!((source.query_id, &*source.column_name), (Some(7), "token"));
    assert_eq!(
        query.parameter("new").unwrap().kind(),
        &ParameterKind::Other("json".to_owned())
    );
    assert_eq!(query.parameter("none"), None);
}

#[tokio::test]
async fn what_is_left_out_of_a_query_is_empty() {
    for answer in [
        json!({"query_id": 1, "name": "", "query_sql": ""}),
        json!({
            "query_id": 1, "name": "", "query_sql": "", "description": null, "parameters": null, "tags": null,
            "owner": null, "version": null, "is_private": null, "folder": {"id": 3},
        }),
    ] {
        let query = read(answer).await;
        assert!(query.description.is_empty() && query.parameters.is_empty());
        assert!(query.tags.is_empty() && query.owner.is_none() && !query.is_private);
    }
}

#[tokio::test]
async fn an_item_of_the_list_has_its_times() {
    let item = json!({
        "id": 3101, "name": "share", "description": "of volume", "owner": "acme", "tags": ["dex"],
        "created_at": "2024-12-20T11:04:18.724658237Z", "updated_at": null,
    });
    let server = Server::replies([Reply::json(json!({"queries": [item], "total": 1}))]).await;
    let queries = dune(&server).list_queries().all().await.unwrap();
    let [query] = queries.as_slice() else {
        panic!("{queries:?}");
    };
    assert_eq!(
        (query.id, &*query.name, &*query.description),
        (3101, "share", "of volume")
    );
    assert_eq!(query.owner.as_deref(), Some("acme"));
    let created = query.created_at.as_ref().unwrap();
    assert_eq!(created.as_str(), "2024-12-20T11:04:18.724658237Z");
    assert_eq!(query.updated_at, None);
}

#[tokio::test]
async fn a_new_query_is_sent_with_what_is_set_and_nothing_else() {
    let server = Server::replies([Reply::json(json!({"query_id": 62_608}))]).await;
    let id = dune(&server)
        .create_query(&NewQuery::new("one", "select 1"))
        .await
        .unwrap();
    assert_eq!(id, 62_608);
    let request = only(&server);
    assert_eq!(
        (&*request.method, &*request.target),
        ("POST", "/api/v1/query")
    );
    assert_eq!(
        request.json(),
        json!({"name": "one", "query_sql": "select 1"})
    );
}

#[tokio::test]
async fn a_new_query_is_sent_with_parameters_of_every_kind() {
    let server = Server::replies([Reply::json(json!({"query_id": 62_608}))]).await;
    let query = NewQuery::new("share", "select '{{token}}'")
        .description("of volume")
        .tags(["dex", "daily"])
        .is_private(true)
        .is_temp(false)
        .parameters([
            QueryParameter::text("token", "WETH").description("the symbol"),
            QueryParameter::number("min", 40_000),
            QueryParameter::datetime("since", "2026-01-31 00:00:00"),
            QueryParameter::choice("chain", "base", ["base", "ethereum"]).freeform(),
            QueryParameter::choice("all", None::<&str>, ["a", "b"]).multiselect(["a"]),
            QueryParameter::text("from", None::<&str>).options_from(7, "token"),
        ]);
    dune(&server).create_query(&query).await.unwrap();
    assert_eq!(
        only(&server).json(),
        json!({
            "name": "share",
            "query_sql": "select '{{token}}'",
            "description": "of volume",
            "tags": ["dex", "daily"],
            "is_private": true,
            "is_temp": false,
            "parameters": [
                {"key": "token", "type": "text", "value": "WETH", "description": "the symbol"},
                {"key": "min", "type": "number", "value": "40000"},
                {"key": "since", "type": "datetime", "value": "2026-01-31 00:00:00"},
                {
                    "key": "chain", "type": "enum", "value": "base", "enumOptions": ["base", "ethereum"],
                    "isFreeformAllowed": true,
                },
                {"key": "all", "type": "enum", "enumOptions": ["a", "b"], "isMultiselect": true, "values": ["a"]},
                {"key": "from", "type": "text", "enumFromResults": {"queryId": 7, "columnName": "token"}},
            ],
        })
    );
}

#[tokio::test]
async fn a_change_sends_what_is_set_and_can_clear_lists() {
    for (change, body) in [
        (QueryChange::new(), json!({})),
        (QueryChange::new().name("two"), json!({"name": "two"})),
        (
            QueryChange::new().query_sql("select 2").description(""),
            json!({"query_sql": "select 2", "description": ""}),
        ),
        (
            QueryChange::new().clear_tags().clear_parameters(),
            json!({"tags": [], "parameters": []}),
        ),
        (
            QueryChange::new()
                .tags(["dex"])
                .parameters([QueryParameter::number("top", 5)])
                .is_private(false)
                .is_archived(true),
            json!({
                "tags": ["dex"], "parameters": [{"key": "top", "type": "number", "value": "5"}],
                "is_private": false, "is_archived": true,
            }),
        ),
    ] {
        let server = Server::replies([Reply::json(json!({"query_id": 3101}))]).await;
        dune(&server).update_query(3101, &change).await.unwrap();
        let request = only(&server);
        assert_eq!(
            (&*request.method, &*request.target),
            ("PATCH", "/api/v1/query/3101")
        );
        assert_eq!(request.json(), body);
    }
}

#[tokio::test]
async fn the_parameters_of_a_query_can_be_given_back() {
    let query = read(balances()).await;
    let server = Server::replies([Reply::json(json!({"query_id": 3101}))]).await;
    let change = QueryChange::new().parameters(query.parameters);
    dune(&server).update_query(3101, &change).await.unwrap();
    let mut given = balances()["parameters"].clone();
    given[4].as_object_mut().unwrap().remove("value");
    assert_eq!(only(&server).json()["parameters"], given);
}

type Done<'d> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'd>>;

/// What changes a query by its id alone, with the path it is sent to and what errors call it.
fn switches(dune: &Dune, id: i64) -> [(Done<'_>, &'static str, &'static str); 4] {
    [
        (
            Box::pin(dune.archive_query(id)),
            "archive",
            "archiving query 3101",
        ),
        (
            Box::pin(dune.unarchive_query(id)),
            "unarchive",
            "unarchiving query 3101",
        ),
        (
            Box::pin(dune.make_query_private(id)),
            "private",
            "making query 3101 private",
        ),
        (
            Box::pin(dune.make_query_public(id)),
            "unprivate",
            "making query 3101 public",
        ),
    ]
}

#[tokio::test]
async fn a_query_is_archived_and_hidden_and_back() {
    let server = Server::replies([Reply::json(json!({"query_id": 3101}))]).await;
    let dune = dune(&server);
    for (done, path, _) in switches(&dune, 3101) {
        done.await.unwrap();
        assert_eq!(
            targets(&server).last().unwrap(),
            &format!("POST query/3101/{path}")
        );
    }
}

#[tokio::test]
async fn a_refused_change_says_what_it_was_about() {
    let text = "Not allowed";
    let server = Server::replies([Reply::error(403, text)]).await;
    let dune = dune(&server);
    let mut refused: Vec<(Error, String)> = vec![
        (
            dune.get_query(3101).await.unwrap_err(),
            "reading query 3101".to_owned(),
        ),
        (
            dune.create_query(&NewQuery::new("share", "select 1"))
                .await
                .unwrap_err(),
            "creating the query `share`".to_owned(),
        ),
        (
            dune.update_query(3101, &QueryChange::new())
                .await
                .unwrap_err(),
            "changing query 3101".to_owned(),
        ),
    ];
    for (done, _, purpose) in switches(&dune, 3101) {
        refused.push((done.await.unwrap_err(), purpose.to_owned()));
    }
    for (error, purpose) in refused {
        assert_eq!(error.status(), Some(StatusCode::FORBIDDEN));
        assert_eq!(
            told(&error),
            format!("{purpose}: Dune answered 403 Forbidden: {text}")
        );
        assert!(!error.may_have_started());
    }
}

#[tokio::test]
async fn a_change_whose_answer_is_lost_is_not_made_twice() {
    let server = Server::replies([Reply::HangUp]).await;
    let dune = dune(&server);
    let mut sent = 0;
    let mut errors = vec![
        dune.create_query(&NewQuery::new("share", "select 1"))
            .await
            .unwrap_err(),
        dune.update_query(3101, &QueryChange::new().name("x"))
            .await
            .unwrap_err(),
    ];
    sent += 2;
    for (done, _, _) in switches(&dune, 3101) {
        errors.push(done.await.unwrap_err());
        sent += 1;
    }
    assert_eq!(server.requests().len(), sent);
    for error in errors {
        assert!(error.may_have_started() && !error.is_retryable(), "{error}");
        assert!(told(&error).contains("may have been done"), "{error}");
    }
    dune.get_query(3101).await.unwrap_err();
    assert_eq!(
        server.requests().len(),
        sent + 4,
        "what only reads is tried again"
    );
}

#[tokio::test]
async fn what_cannot_be_a_query_is_not_sent() {
    let server = Server::replies([Reply::json(json!({"query_id": 3101}))]).await;
    let dune = dune(&server);
    let new = |parameters: [QueryParameter; 2]| NewQuery::new("n", "s").parameters(parameters);
    let top = || QueryParameter::number("top", 5);
    let mut errors = vec![
        dune.get_query(0).await.unwrap_err(),
        dune.update_query(-1, &QueryChange::new())
            .await
            .unwrap_err(),
        dune.create_query(&new([top(), top()])).await.unwrap_err(),
        dune.create_query(&new([top(), QueryParameter::number("min", f64::INFINITY)]))
            .await
            .unwrap_err(),
        dune.create_query(&new([top(), QueryParameter::text("", "x")]))
            .await
            .unwrap_err(),
    ];
    for (done, _, _) in switches(&dune, 0) {
        errors.push(done.await.unwrap_err());
    }
    for error in errors {
        assert!(matches!(error, Error::InvalidPipeline(_)), "{error}");
    }
    assert!(server.requests().is_empty());
}

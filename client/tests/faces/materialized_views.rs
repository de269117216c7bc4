//! Materialized views: listed, read, made and changed, refreshed, deleted, each by a name that can be one.

use dune_pipeline::{Error, MaterializedViewDefinition, Performance, StatusCode, refresh};
use serde_json::{Value, json};

use crate::server::{Reply, Server};
use crate::{EXECUTION, dune, only, targets, told};

const VIEW: &str = "dune.acme.result_dex_daily";

fn started() -> Reply {
    Reply::json(json!({"execution_id": EXECUTION, "name": VIEW, "sql_id": VIEW}))
}

#[tokio::test]
async fn a_view_is_read_by_its_full_name() {
    for (answer, private, size, team) in [
        (
            json!({
                "id": VIEW, "sql_id": VIEW, "query_id": 3101, "is_private": true, "table_size_bytes": 1_048_576,
                "owner_team_id": 12, "owner_user_id": 0, "last_execution_ids": [EXECUTION],
            }),
            true,
            Some(1_048_576),
            Some(12),
        ),
        (
            json!({"sql_id": VIEW, "query_id": 3101, "last_execution_ids": null}),
            false,
            None,
            None,
        ),
    ] {
        let server = Server::replies([Reply::json(answer.clone())]).await;
        let view = dune(&server).get_materialized_view(VIEW).await.unwrap();
        assert_eq!(targets(&server), [format!("GET materialized-views/{VIEW}")]);
        assert_eq!((&*view.sql_id, view.query_id), (VIEW, 3101));
        assert_eq!(view.is_private, private);
        assert_eq!(view.table_size_bytes, size);
        assert_eq!((view.owner_team_id, view.owner_user_id), (team, None));
        let executions = answer["last_execution_ids"].as_array().map_or(0, Vec::len);
        assert_eq!(view.last_execution_ids.len(), executions);
    }
}

#[tokio::test]
async fn the_items_of_the_list_have_their_sizes() {
    let item = json!({"id": "x", "sql_id": VIEW, "query_id": 3101, "is_private": true, "table_size_bytes": 7});
    let server = Server::replies([Reply::json(json!({"materialized_views": [item]}))]).await;
    let views = dune(&server).list_materialized_views().all().await.unwrap();
    let [view] = views.as_slice() else {
        panic!("{views:?}");
    };
    assert_eq!((&*view.sql_id, view.id.as_deref()), (VIEW, Some("x")));
    assert_eq!(
        (view.query_id, view.is_private, view.table_size_bytes),
        (3101, true, Some(7))
    );
}

#[tokio::test]
async fn a_name_with_quotes_stays_one_part_of_the_path() {
    let name = r#"dune."21co".result_x"#;
    let view = json!({"sql_id": name, "query_id": 1, "execution_id": EXECUTION});
    let server = Server::replies([Reply::json(view)]).await;
    let dune = dune(&server);
    dune.get_materialized_view(name).await.unwrap();
    dune.refresh_materialized_view(refresh(name)).await.unwrap();
    let path = "materialized-views/dune.%2221co%22.result_x";
    assert_eq!(
        targets(&server),
        [format!("GET {path}"), format!("POST {path}/refresh")]
    );
}

#[tokio::test]
async fn a_view_is_made_with_what_is_set_and_nothing_else() {
    for (view, body) in [
        (
            MaterializedViewDefinition::new("result_dex_daily", 3101),
            json!({"name": "result_dex_daily", "query_id": 3101}),
        ),
        (
            MaterializedViewDefinition::new("result_dex_daily", 3101)
                .cron_expression("0 */6 * * *")
                .performance(Performance::Large)
                .is_private(true)
                .expires_at("2026-12-31T00:00:00Z"),
            json!({
                "name": "result_dex_daily", "query_id": 3101, "cron_expression": "0 */6 * * *",
                "performance": "large", "is_private": true, "expires_at": "2026-12-31T00:00:00Z",
            }),
        ),
    ] {
        let server = Server::replies([started()]).await;
        let made = dune(&server).upsert_materialized_view(&view).await.unwrap();
        assert_eq!((&*made.name, made.execution.id()), (VIEW, EXECUTION));
        assert_eq!(targets(&server), ["POST materialized-views"]);
        assert_eq!(only(&server).json(), body);
    }
}

#[tokio::test]
async fn a_refresh_is_started_and_can_be_followed() {
    for (spec, body) in [
        (refresh(VIEW), json!({})),
        (
            refresh(VIEW).performance(Performance::Large),
            json!({"performance": "large"}),
        ),
    ] {
        let server = Server::replies([started()]).await;
        let execution = dune(&server).refresh_materialized_view(spec).await.unwrap();
        assert_eq!(execution.id(), EXECUTION);
        assert_eq!(
            targets(&server),
            [format!("POST materialized-views/{VIEW}/refresh")]
        );
        assert_eq!(only(&server).json(), body);
    }
}

#[tokio::test]
async fn a_view_is_deleted_whatever_dune_says_of_it() {
    for answer in [json!({"message": "deleted"}), json!({})] {
        let server = Server::replies([Reply::json(answer)]).await;
        dune(&server).delete_materialized_view(VIEW).await.unwrap();
        assert_eq!(
            targets(&server),
            [format!("DELETE materialized-views/{VIEW}")]
        );
    }
}

async fn errors(server: &Server) -> [(Error, &'static str); 4] {
    let dune = dune(server);
    let view = MaterializedViewDefinition::new("result_dex_daily", 3101);
    [
        (
            dune.get_materialized_view(VIEW).await.unwrap_err(),
            "reading the materialized view dune.acme.result_dex_daily",
        ),
        (
            dune.upsert_materialized_view(&view).await.unwrap_err(),
            "creating or changing the materialized view result_dex_daily",
        ),
        (
            dune.refresh_materialized_view(refresh(VIEW))
                .await
                .unwrap_err(),
            "refreshing the materialized view dune.acme.result_dex_daily",
        ),
        (
            dune.delete_materialized_view(VIEW).await.unwrap_err(),
            "deleting the materialized view dune.acme.result_dex_daily",
        ),
    ]
}

#[tokio::test]
async fn a_refusal_says_which_view_it_was_about() {
    let server = Server::replies([Reply::error(404, "Object not found")]).await;
    for (error, purpose) in errors(&server).await {
        assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
        assert_eq!(
            told(&error),
            format!("{purpose}: Dune answered 404 Not Found: Object not found")
        );
    }
}

#[tokio::test]
async fn a_change_of_a_view_whose_answer_is_lost_is_not_made_twice() {
    for reply in [Reply::HangUp, Reply::html(502, "Bad Gateway")] {
        let server = Server::replies([reply]).await;
        let [read, changes @ ..] = errors(&server).await;
        assert!(!read.0.may_have_started() && read.0.is_retryable());
        for (error, _) in &changes {
            assert!(error.may_have_started() && !error.is_retryable(), "{error}");
        }
        // The read four times, and each change once.
        assert_eq!(server.requests().len(), 4 + changes.len());
    }
}

#[tokio::test]
async fn a_name_that_cannot_be_a_views_is_not_sent() {
    let server = Server::replies([started()]).await;
    let dune = dune(&server);
    for name in [
        "",
        "acme.result_x",
        "..",
        "dune.acme.result x",
        "a.b.c.d",
        "dune.\"acme.x",
    ] {
        let of_query = |id: i64| MaterializedViewDefinition::new(name, id);
        for error in [
            dune.get_materialized_view(name).await.unwrap_err(),
            dune.upsert_materialized_view(&of_query(3101))
                .await
                .unwrap_err(),
            dune.refresh_materialized_view(refresh(name))
                .await
                .unwrap_err(),
            dune.delete_materialized_view(name).await.unwrap_err(),
        ] {
            assert!(
                matches!(error, Error::InvalidPipeline(_)),
                "{name}: {error}"
            );
        }
    }
    let error = dune
        .upsert_materialized_view(&MaterializedViewDefinition::new("result_x", 0))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::InvalidPipeline(_)), "{error}");
    let error = dune
        .refresh_materialized_view(refresh(VIEW).after(["volume"]))
        .await
        .unwrap_err();
    assert_eq!(
        told(&error),
        "a view that is refreshed alone waits for nothing, and this one for `volume`\n\
         help: remove its `.after(..)`, or declare a pipeline and `execute` that"
    );
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_refresh_without_an_id_may_have_started() {
    for answer in [
        json!({"sql_id": VIEW}),
        json!({"execution_id": "", "sql_id": VIEW}),
        Value::Null,
    ] {
        let server = Server::replies([Reply::json(answer)]).await;
        let error = dune(&server)
            .refresh_materialized_view(refresh(VIEW))
            .await
            .unwrap_err();
        assert!(error.may_have_started(), "{error}");
        only(&server);
    }
}

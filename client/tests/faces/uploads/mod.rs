//! Tables of one's own: listed, made, emptied, deleted, and made of a CSV.

mod inserting;

use dune_pipeline::{ColumnType, CsvUpload, Error, NewColumn, NewTable, StatusCode, TableRows};
use serde_json::json;

use crate::server::{Reply, Server};
use crate::{dune, only, targets, told};

fn written() -> Reply {
    Reply::json(json!({"rows_written": 1, "bytes_written": 33, "name": "dune.acme.prices"}))
}

fn prices() -> NewTable {
    NewTable::new("acme", "prices").column("day", ColumnType::Date)
}

#[tokio::test]
async fn a_table_is_listed_with_all_that_dune_says_of_it() {
    let table = json!({
        "full_name": "dune.acme.prices", "is_private": true, "table_size_bytes": "1048576",
        "created_at": "2025-10-22T10:31:04.222464Z", "updated_at": "2025-10-23T10:31:04Z", "purged_at": null,
        "owner": {"handle": "acme", "type": "team"},
        "columns": [
            {"name": "day", "type": "date", "nullable": false, "metadata": {"unit": "day"}},
            {"name": "price", "type": "double"},
        ],
    });
    let empty = json!({});
    let pages = [
        Reply::json(json!({"tables": [table], "next_offset": 1})),
        Reply::json(json!({"tables": [empty]})),
    ];
    let server = Server::replies(pages).await;
    let tables = dune(&server)
        .list_uploads()
        .page_size(1)
        .all()
        .await
        .unwrap();
    assert_eq!(
        targets(&server),
        ["GET uploads?limit=1", "GET uploads?limit=1&offset=1"]
    );
    let [prices, nameless] = tables.as_slice() else {
        panic!("{tables:?}");
    };
    assert_eq!(prices.full_name, "dune.acme.prices");
    assert_eq!(prices.table_size_bytes, Some(1_048_576));
    assert!(prices.is_private);
    let owner = prices.owner.as_ref().unwrap();
    assert_eq!((&*owner.handle, &*owner.owner_type), ("acme", "team"));
    assert_eq!(
        prices.updated_at.as_ref().unwrap().as_str(),
        "2025-10-23T10:31:04Z"
    );
    assert_eq!(prices.purged_at, None);
    let day = &prices.columns[0];
    assert_eq!(
        (&*day.name, &*day.column_type, day.nullable),
        ("day", "date", Some(false))
    );
    assert_eq!(day.metadata["unit"], "day");
    assert_eq!(prices.columns[1].nullable, None);
    assert!(nameless.full_name.is_empty() && nameless.owner.is_none());
    assert!(nameless.columns.is_empty() && nameless.table_size_bytes.is_none());
}

#[tokio::test]
async fn a_table_is_made_with_columns_of_every_type() {
    let nested = json!({"type": "array", "items": "double"});
    let types = [
        (ColumnType::Varchar, json!("varchar")),
        (ColumnType::Varbinary, json!("varbinary")),
        (ColumnType::Uint256, json!("uint256")),
        (ColumnType::Int256, json!("int256")),
        (ColumnType::Bigint, json!("bigint")),
        (ColumnType::Integer, json!("integer")),
        (ColumnType::Double, json!("double")),
        (ColumnType::Boolean, json!("boolean")),
        (ColumnType::Timestamp, json!("timestamp")),
        (ColumnType::Date, json!("date")),
        (
            ColumnType::Named("decimal(38,2)".to_owned()),
            json!("decimal(38,2)"),
        ),
        (ColumnType::Nested(nested.clone()), nested),
    ];
    let mut table = NewTable::new("acme", "prices")
        .description("of the day")
        .is_private(true)
        .columns([NewColumn::new("id", ColumnType::Bigint).nullable(false)]);
    let mut schema = vec![json!({"name": "id", "type": "bigint", "nullable": false})];
    for (column_type, sent) in types {
        table = table.column("c", column_type);
        schema.push(json!({"name": "c", "type": sent}));
    }
    let answer = json!({
        "namespace": "acme", "table_name": "prices", "full_name": "dune.acme.prices", "already_existed": true,
        "example_query": "select * from dune.acme.prices limit 10", "message": "Table already existed",
    });
    let server = Server::replies([Reply::json(answer)]).await;
    let made = dune(&server).create_table(&table).await.unwrap();
    assert_eq!(targets(&server), ["POST uploads"]);
    assert_eq!(
        only(&server).json(),
        json!({
            "namespace": "acme", "table_name": "prices", "description": "of the day", "is_private": true,
            "schema": schema,
        })
    );
    assert_eq!(made.full_name, "dune.acme.prices");
    assert!(made.already_existed);
    let query = "select * from dune.acme.prices limit 10";
    assert_eq!(made.example_query.as_deref(), Some(query));
    assert_eq!(made.message.as_deref(), Some("Table already existed"));
}

#[tokio::test]
async fn what_the_answer_about_a_new_table_leaves_out_is_known_or_left_out() {
    let server = Server::replies([Reply::json(json!({}))]).await;
    let made = dune(&server).create_table(&prices()).await.unwrap();
    assert_eq!((&*made.namespace, &*made.table_name), ("acme", "prices"));
    assert_eq!(made.full_name, "dune.acme.prices");
    assert!(!made.already_existed);
    let schema = json!([{"name": "day", "type": "date"}]);
    assert_eq!(
        only(&server).json(),
        json!({"namespace": "acme", "table_name": "prices", "schema": schema})
    );
}

#[tokio::test]
async fn a_csv_becomes_a_table_under_the_name_that_dune_gives_it() {
    for (answer, name) in [
        (
            json!({"success": true, "table_name": "dataset_prices"}),
            "dataset_prices",
        ),
        (json!({"success": true}), "prices"),
    ] {
        let server = Server::replies([Reply::json(answer)]).await;
        let csv = CsvUpload::new("prices", "day,price\n2026-01-31,2.5\n")
            .description("of the day")
            .is_private(false);
        let table = dune(&server).upload_csv(&csv).await.unwrap();
        assert_eq!(table.table_name, name);
        assert_eq!(targets(&server), ["POST uploads/csv"]);
        assert_eq!(
            only(&server).json(),
            json!({
                "table_name": "prices", "data": "day,price\n2026-01-31,2.5\n", "description": "of the day",
                "is_private": false,
            })
        );
    }
    let server = Server::replies([Reply::json(json!({"success": false}))]).await;
    let error = dune(&server)
        .upload_csv(&CsvUpload::new("prices", "day\n"))
        .await
        .unwrap_err();
    assert!(told(&error).contains("did not succeed"), "{error}");
}

#[tokio::test]
async fn a_table_is_cleared_and_deleted_by_its_address() {
    let done = json!({"message": "Table acme.prices successfully deleted"});
    let server = Server::replies([Reply::json(done), Reply::json(json!({}))]).await;
    let dune = dune(&server);
    dune.clear_table("acme", "prices").await.unwrap();
    dune.delete_table("acme", "prices").await.unwrap();
    assert_eq!(
        targets(&server),
        [
            "POST uploads/acme/prices/clear",
            "DELETE uploads/acme/prices"
        ]
    );
}

async fn errors(server: &Server) -> Vec<(Error, &'static str)> {
    let dune = dune(server);
    let rows = TableRows::csv("day\n2026-01-31\n");
    let csv = CsvUpload::new("prices", "day\n");
    vec![
        (
            dune.create_table(&prices()).await.unwrap_err(),
            "creating the table acme.prices",
        ),
        (
            dune.insert_rows("acme", "prices", rows).await.unwrap_err(),
            "inserting rows into the table acme.prices",
        ),
        (
            dune.upload_csv(&csv).await.unwrap_err(),
            "uploading the CSV `prices`",
        ),
        (
            dune.clear_table("acme", "prices").await.unwrap_err(),
            "clearing the table acme.prices",
        ),
        (
            dune.delete_table("acme", "prices").await.unwrap_err(),
            "deleting the table acme.prices",
        ),
    ]
}

#[tokio::test]
async fn a_refusal_says_which_table_it_was_about() {
    let server = Server::replies([Reply::error(404, "Table not found")]).await;
    for (error, purpose) in errors(&server).await {
        assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
        assert_eq!(
            told(&error),
            format!("{purpose}: Dune answered 404 Not Found: Table not found")
        );
    }
}

#[tokio::test]
async fn a_change_of_a_table_whose_answer_is_lost_is_not_made_twice() {
    for reply in [Reply::HangUp, Reply::html(504, "Gateway Timeout")] {
        let server = Server::replies([reply]).await;
        let errors = errors(&server).await;
        assert_eq!(server.requests().len(), errors.len());
        for (error, _) in errors {
            assert!(error.may_have_started() && !error.is_retryable(), "{error}");
        }
    }
}

#[tokio::test]
async fn a_name_that_would_ask_for_something_else_is_not_sent() {
    let server = Server::replies([written()]).await;
    let dune = dune(&server);
    for name in ["", ".", "..", "a/b", "a b", "a?b", "a#b", "%2e%2e", "a\nb"] {
        for (namespace, table) in [(name, "prices"), ("acme", name)] {
            let rows = TableRows::csv("day\n");
            for error in [
                dune.insert_rows(namespace, table, rows).await.unwrap_err(),
                dune.clear_table(namespace, table).await.unwrap_err(),
                dune.delete_table(namespace, table).await.unwrap_err(),
            ] {
                assert!(
                    matches!(error, Error::InvalidName { .. }),
                    "{name}: {error}"
                );
            }
        }
        let error = dune.get_dataset(name).await.unwrap_err();
        assert!(
            matches!(error, Error::InvalidName { .. }),
            "{name}: {error}"
        );
    }
    assert!(server.requests().is_empty());
}

//! Data sets: which are listed, and what is made of what Dune says of them.

use dune_pipeline::{DatasetFilter, DatasetType, StatusCode};
use serde_json::{Value, json};

use crate::server::{Reply, Server};
use crate::{dune, targets, told};

fn trades() -> Value {
    json!({
        "full_name": "dex.trades",
        "type": "spell",
        "owner": {"handle": "dune", "type": "team"},
        "is_private": false,
        "columns": [
            {
                "name": "block_date", "type": "date", "nullable": false,
                "metadata": {"description": "the day", "filtering_column": true},
            },
            {"name": "amount_usd", "type": "double", "nullable": true, "metadata": {"description": ""}},
            {},
        ],
        "metadata": {"page_rank_score": 12.5},
        "created_at": "2023-01-01T00:00:00Z",
        "updated_at": null,
    })
}

#[tokio::test]
async fn a_data_set_is_read_with_all_that_dune_says_of_it() {
    let server = Server::replies([Reply::json(trades())]).await;
    let trades = dune(&server).get_dataset("dex.trades").await.unwrap();
    assert_eq!(targets(&server), ["GET datasets/dex.trades"]);
    assert_eq!(trades.full_name, "dex.trades");
    assert_eq!(trades.dataset_type, Some(DatasetType::Spell));
    assert_eq!(trades.owner.as_ref().unwrap().handle, "dune");
    assert_eq!(trades.metadata["page_rank_score"], 12.5);
    assert_eq!(
        trades.created_at.as_ref().unwrap().as_str(),
        "2023-01-01T00:00:00Z"
    );
    let [date, amount, empty] = trades.columns.as_slice() else {
        panic!("{trades:?}");
    };
    assert_eq!((&*date.name, &*date.column_type), ("block_date", "date"));
    assert_eq!(date.description.as_deref(), Some("the day"));
    assert!(date.filtering_column && !amount.filtering_column);
    assert_eq!(
        (date.nullable, amount.nullable, empty.nullable),
        (Some(false), Some(true), None)
    );
    assert_eq!(amount.description, None);
}

#[tokio::test]
async fn data_sets_are_listed_by_type_and_owner_over_all_pages() {
    for (filter, query) in [
        (DatasetFilter::default(), ""),
        (DatasetFilter::default().owner("acme"), "owner_handle=acme"),
        (
            DatasetFilter::default()
                .dataset_type(DatasetType::MaterializedView)
                .owner("acme"),
            "owner_handle=acme&type=materialized_view",
        ),
        (
            DatasetFilter::default().dataset_type(DatasetType::Other("new kind".to_owned())),
            "type=new+kind",
        ),
    ] {
        let page = |datasets: Value| Reply::json(json!({"datasets": datasets, "total": 2}));
        let unnamed = json!({"type": "a_type_of_next_year"});
        let server = Server::replies([page(json!([trades()])), page(json!([unnamed]))]).await;
        let datasets = dune(&server).list_datasets(filter).all().await.unwrap();
        let types: Vec<_> = datasets
            .iter()
            .map(|one| one.dataset_type.clone())
            .collect();
        let next_year = DatasetType::Other("a_type_of_next_year".to_owned());
        assert_eq!(types, [Some(DatasetType::Spell), Some(next_year)]);
        let requests = server.requests();
        for (request, offset) in requests.iter().zip([None, Some("1")]) {
            let url = url::Url::parse(&format!("http://host{}", request.target)).unwrap();
            assert_eq!(url.path(), "/api/v1/datasets");
            assert_eq!(request.query("limit").as_deref(), Some("100"));
            assert_eq!(request.query("offset").as_deref(), offset);
            let pairs = url.query_pairs();
            let narrowed = pairs.filter(|(key, _)| key != "limit" && key != "offset");
            let mut sent = url::form_urlencoded::Serializer::new(String::new());
            sent.extend_pairs(narrowed);
            assert_eq!(sent.finish(), query);
        }
        assert_eq!(requests.len(), 2);
    }
}

#[test]
fn every_type_keeps_dunes_word() {
    for word in [
        "transformation_view",
        "transformation_table",
        "uploaded_table",
        "decoded_table",
        "spell",
        "dune_table",
        "materialized_view",
        "another",
    ] {
        assert_eq!(DatasetType::parse(word).as_str(), word);
        let known = !matches!(DatasetType::parse(word), DatasetType::Other(_));
        assert_eq!(known, word != "another");
    }
}

#[tokio::test]
async fn a_refusal_says_which_data_set_it_was_about() {
    let server = Server::replies([Reply::error(404, "Dataset not found")]).await;
    let dune = dune(&server);
    let error = dune.get_dataset("dex.trades").await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    assert_eq!(
        told(&error),
        "reading the data set dex.trades: Dune answered 404 Not Found: Dataset not found"
    );
    let error = dune
        .list_datasets(DatasetFilter::default())
        .all()
        .await
        .unwrap_err();
    assert!(
        told(&error).starts_with("listing the data sets: Dune answered 404"),
        "{error}"
    );
}

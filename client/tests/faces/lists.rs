//! Lists: all pages are followed, however Dune says that there are more; what does not add up is told.

use dune_pipeline::Error;
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};

use crate::server::{Reply, Request, Server};
use crate::{dune, targets, told};

/// A page of queries with these ids.
fn queries(ids: &[i64], total: Value) -> Reply {
    let queries: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
    Reply::json(json!({"queries": queries, "total": total}))
}

/// A page of views of queries with these ids.
fn views(ids: &[i64], next: Value) -> Reply {
    let views: Vec<_> = ids
        .iter()
        .map(|id| json!({"sql_id": format!("dune.acme.result_{id}"), "query_id": id}))
        .collect();
    Reply::json(json!({"materialized_views": views, "next_offset": next}))
}

async fn all_queries(pages: impl IntoIterator<Item = Reply>) -> (Vec<i64>, Vec<String>) {
    let server = Server::replies(pages).await;
    let queries = dune(&server).list_queries().all().await.unwrap();
    let ids = queries.iter().map(|query| query.id).collect();
    (ids, targets(&server))
}

#[tokio::test]
async fn every_page_up_to_the_total_is_listed() {
    let total = json!(5);
    let pages = [
        queries(&[1, 2], total.clone()),
        queries(&[3, 4], total.clone()),
        queries(&[5], total),
    ];
    let (ids, asked) = all_queries(pages).await;
    assert_eq!(ids, [1, 2, 3, 4, 5]);
    assert_eq!(
        asked,
        [
            "GET queries?limit=100",
            "GET queries?limit=100&offset=2",
            "GET queries?limit=100&offset=4",
        ]
    );
}

#[tokio::test]
async fn a_list_without_a_total_goes_on_until_a_page_is_empty() {
    let pages = [
        queries(&[1, 2], Value::Null),
        queries(&[3], Value::Null),
        queries(&[], Value::Null),
    ];
    let (ids, asked) = all_queries(pages).await;
    assert_eq!(ids, [1, 2, 3]);
    assert_eq!(asked.len(), 3);
}

#[tokio::test]
async fn an_empty_list_is_empty_and_asked_for_once() {
    for nothing in [
        json!({"queries": [], "total": 0}),
        json!({"queries": null, "total": 0}),
        json!({}),
    ] {
        let (ids, asked) = all_queries([Reply::json(nothing)]).await;
        assert!(ids.is_empty());
        assert_eq!(asked.len(), 1);
    }
}

#[tokio::test]
async fn every_page_that_is_named_as_the_next_is_listed() {
    for end in [Value::Null, json!(0)] {
        let server = Server::replies([
            views(&[1, 2], json!(2)),
            // What was passed over is counted by Dune alone.
            views(&[3], json!(7)),
            views(&[4], end),
        ])
        .await;
        let views = dune(&server).list_materialized_views().all().await.unwrap();
        let ids: Vec<_> = views.iter().map(|view| view.query_id).collect();
        assert_eq!(ids, [1, 2, 3, 4]);
        assert_eq!(
            targets(&server),
            [
                "GET materialized-views",
                "GET materialized-views?offset=2",
                "GET materialized-views?offset=7",
            ]
        );
    }
}

#[tokio::test]
async fn a_list_is_as_long_as_is_asked_for() {
    let total = json!(50);
    let server = Server::replies([
        queries(&[11, 12], total.clone()),
        queries(&[13, 14], total.clone()),
        // More than was asked for.
        queries(&[15, 16], total),
    ])
    .await;
    let list = dune(&server)
        .list_queries()
        .page_size(2)
        .offset(10)
        .limit(5);
    let ids: Vec<_> = list
        .all()
        .await
        .unwrap()
        .iter()
        .map(|query| query.id)
        .collect();
    assert_eq!(ids, [11, 12, 13, 14, 15]);
    assert_eq!(
        targets(&server),
        [
            "GET queries?limit=2&offset=10",
            "GET queries?limit=2&offset=12",
            "GET queries?limit=1&offset=14",
        ]
    );
    let none = dune(&server).list_queries().limit(0).all().await.unwrap();
    assert!(none.is_empty());
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_stream_asks_for_a_page_when_it_is_needed() {
    let server = Server::replies([queries(&[1, 2], json!(3)), queries(&[3], json!(3))]).await;
    let mut stream = Box::pin(dune(&server).list_queries().stream());
    assert!(server.requests().is_empty());
    for id in [1, 2] {
        assert_eq!(stream.try_next().await.unwrap().unwrap().id, id);
        assert_eq!(server.requests().len(), 1);
    }
    assert_eq!(stream.try_next().await.unwrap().unwrap().id, 3);
    assert!(stream.try_next().await.unwrap().is_none());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_list_that_contradicts_itself_is_told_and_not_shortened() {
    let server = Server::replies([queries(&[1], json!(3)), queries(&[], json!(3))]).await;
    let error = dune(&server).list_queries().all().await.unwrap_err();
    assert!(matches!(error, Error::UnreadableAnswer { .. }), "{error}");
    assert_eq!(
        told(&error),
        "listing the queries: the answer cannot be read: the page at 1 is empty, though there are 3"
    );
    for next in [views(&[2], json!(1)), views(&[], json!(9))] {
        let server = Server::replies([views(&[1], json!(1)), next]).await;
        let list = dune(&server).list_materialized_views();
        let error = list.all().await.unwrap_err();
        assert!(matches!(error, Error::UnreadableAnswer { .. }), "{error}");
        assert_eq!(server.requests().len(), 2, "it does not go round for ever");
    }
}

#[tokio::test]
async fn a_page_that_would_fill_the_memory_is_given_up_and_not_asked_for_again() {
    let endless = queries(&[1], json!("9".repeat(64 * 1024 * 1024)));
    let server = Server::replies([endless]).await;
    let error = dune(&server).list_queries().all().await.unwrap_err();
    assert_eq!(
        told(&error),
        "listing the queries: the answer cannot be read: it is too long: more than 64 MiB, or 1 GiB of rows"
    );
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_page_that_fails_is_asked_for_again_and_none_is_lost() {
    let total = || json!(3);
    let server = Server::replies([
        Reply::HangUp,
        queries(&[1, 2], total()),
        Reply::error(401, "invalid API Key"),
        queries(&[3], total()),
    ])
    .await;
    let mut list = dune(&server).list_queries();
    assert_eq!(list.next_page().await.unwrap().unwrap().len(), 2);
    let error = list.next_page().await.unwrap_err();
    assert!(
        told(&error).starts_with("listing the queries: Dune answered 401"),
        "{error}"
    );
    assert_eq!(list.next_page().await.unwrap().unwrap()[0].id, 3);
    assert!(list.next_page().await.unwrap().is_none());
}

/// What is sent for `name`, as a number.
fn number(request: &Request, name: &str) -> Option<usize> {
    request.query(name).map(|text| text.parse().unwrap())
}

/// A server with so many queries and views, which gives at most `most` of them at once, whatever it is asked for, and
/// says in all, or does not, how many queries there are.
async fn account(items: usize, most: usize, says_total: bool) -> Server {
    Server::start(move |_, request| {
        let from = number(request, "offset").unwrap_or(0).min(items);
        let size = number(request, "limit").unwrap_or(most).min(most);
        let to = (from + size).min(items);
        let ids: Vec<_> = (from..to).map(|id| i64::try_from(id).unwrap()).collect();
        match request.target.contains("/queries") {
            true if says_total => queries(&ids, json!(items)),
            true => queries(&ids, Value::Null),
            false => views(&ids, if to < items { json!(to) } else { Value::Null }),
        }
    })
    .await
}

#[tokio::test]
async fn every_item_is_listed_once_whatever_the_pages_are() {
    // Numbers without a pattern, the same each time.
    let mut seed = 7_u64;
    let mut below = |bound: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((seed >> 33) % bound).unwrap()
    };
    for _ in 0..40 {
        let (items, most) = (below(40), 1 + below(12));
        let (size, offset, limit) = (1 + below(20), below(45), below(50));
        let server = account(items, most, below(2) == 0).await;
        let dune = dune(&server);
        let expected: Vec<_> = (offset..items).take(limit).collect();
        let (page, skipped, bound) = (
            u32::try_from(size).unwrap(),
            u64::try_from(offset).unwrap(),
            u64::try_from(limit).unwrap(),
        );
        let list = dune
            .list_queries()
            .page_size(page)
            .offset(skipped)
            .limit(bound);
        let listed = list.all().await.unwrap();
        let ids: Vec<_> = listed
            .iter()
            .map(|query| usize::try_from(query.id).unwrap())
            .collect();
        assert_eq!(ids, expected, "{items} {most} {size} {offset} {limit}");
        let list = dune
            .list_materialized_views()
            .page_size(page)
            .offset(skipped)
            .limit(bound);
        let listed = list.all().await.unwrap();
        let ids: Vec<_> = listed
            .iter()
            .map(|view| usize::try_from(view.query_id).unwrap())
            .collect();
        assert_eq!(ids, expected, "{items} {most} {size} {offset} {limit}");
    }
}

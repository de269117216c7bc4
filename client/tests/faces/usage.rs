//! Usage: which days are asked about, and what is made of the answer.

use dune_pipeline::{Error, UsageDays};
use serde_json::json;

use crate::server::{Reply, Server};
use crate::{dune, only, targets, told};

#[tokio::test]
async fn usage_has_its_billing_periods() {
    let answer = json!({
        "private_queries": 100, "private_dashboards": 7, "bytes_used": 1_000, "bytes_allowed": 10_101,
        "billing_periods": [
            {"start_date": "2025-01-01", "end_date": "2025-02-01", "credits_used": 100.10, "credits_included": 100_000},
            {},
        ],
    });
    let server = Server::replies([Reply::json(answer)]).await;
    let usage = dune(&server).get_usage(UsageDays::default()).await.unwrap();
    assert_eq!(targets(&server), ["POST usage"]);
    assert_eq!(only(&server).json(), json!({}));
    assert_eq!(
        (usage.private_queries, usage.private_dashboards),
        (Some(100), Some(7))
    );
    assert_eq!(
        (usage.bytes_used, usage.bytes_allowed),
        (Some(1_000), Some(10_101))
    );
    let [january, empty] = usage.billing_periods.as_slice() else {
        panic!("{usage:?}");
    };
    assert_eq!(
        (&*january.start_date, &*january.end_date),
        ("2025-01-01", "2025-02-01")
    );
    assert_eq!(january.credits_used, Some(100.10));
    assert_eq!(january.credits_included, Some(100_000.0));
    assert!(empty.start_date.is_empty() && empty.credits_used.is_none());
}

#[tokio::test]
async fn usage_is_asked_for_by_days() {
    let empty = || Reply::json(json!({"billing_periods": null}));
    let date = chrono::NaiveDate::from_ymd_opt(2026, 1, 31).unwrap();
    for (days, body) in [
        (
            UsageDays::default().start_date("2026-01-01"),
            json!({"start_date": "2026-01-01"}),
        ),
        (
            UsageDays::default()
                .start_date("2026-01-01")
                .end_date(date.to_string()),
            json!({"start_date": "2026-01-01", "end_date": "2026-01-31"}),
        ),
    ] {
        let server = Server::replies([empty()]).await;
        let usage = dune(&server).get_usage(days).await.unwrap();
        assert!(usage.billing_periods.is_empty() && usage.bytes_used.is_none());
        assert_eq!(only(&server).json(), body);
    }
}

#[tokio::test]
async fn what_is_no_day_is_not_sent() {
    let server = Server::replies([Reply::json(json!({}))]).await;
    let dune = dune(&server);
    for day in [
        "",
        "today",
        "2026-1-31",
        "2026/01/31",
        "2026-01-31T00:00:00Z",
        "２０２６-01",
    ] {
        for days in [
            UsageDays::default().start_date(day),
            UsageDays::default().end_date(day),
        ] {
            let error = dune.get_usage(days).await.unwrap_err();
            assert!(matches!(error, Error::InvalidDate { .. }), "{day}: {error}");
        }
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn usage_is_only_read_so_it_is_asked_for_again() {
    let server = Server::replies([Reply::HangUp, Reply::json(json!({}))]).await;
    dune(&server).get_usage(UsageDays::default()).await.unwrap();
    let server = Server::replies([Reply::error(403, "no")]).await;
    let error = dune(&server)
        .get_usage(UsageDays::default())
        .await
        .unwrap_err();
    assert_eq!(
        told(&error),
        "reading the usage: Dune answered 403 Forbidden: no"
    );
    assert!(!error.may_have_started());
}

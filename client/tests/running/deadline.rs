//! Deadlines of waits: they bind everything, and what then becomes of the run is what was said.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use dune_pipeline::{Error, MissedDeadline, OnDeadline, State};

use crate::cancelling::{cancels, is_cancel, taken};
use crate::server::{Reply, Server};
use crate::waiting::{PENDING, completed, executing, run, status};
use crate::{RUN, dune, impatient};

const SHORT: Duration = Duration::from_millis(150);

fn missed(error: &Error) -> &MissedDeadline {
    let missed = match error {
        Error::Deadline(missed) => Some(missed),
        _ => None,
    };
    missed.unwrap()
}

#[tokio::test]
async fn a_run_that_is_left_at_the_deadline_goes_on_and_the_error_says_how_it_stood() {
    let server = Server::replies([executing()]).await;
    let begin = Instant::now();
    let dune = dune(server.url());
    let run = run(&dune);
    let wait = run.wait().deadline(SHORT).on_deadline(OnDeadline::Leave);
    let error = wait.await.unwrap_err();
    assert!(begin.elapsed() < Duration::from_secs(5));
    let status = missed(&error).status().unwrap();
    let volume = status.node_by_label("volume").unwrap();
    assert_eq!(volume.state(), &State::Executing);
    assert_eq!(missed(&error).waited(), SHORT);
    assert!(missed(&error).cancellation().is_none());
    assert!(missed(&error).may_go_on() && error.is_retryable());
    assert_eq!(
        error.to_string(),
        format!(
            "run {RUN} was still executing after 0.1 s; it goes on, and can be taken up by its id"
        )
    );
    assert!(cancels(&server).is_empty());
}

#[tokio::test]
async fn unless_told_otherwise_a_run_is_cancelled_when_the_deadline_passes() {
    let stopped = Mutex::new(false);
    let after = status(
        "failed",
        [("QUERY_STATE_CANCELED", "01A", ""), PENDING, PENDING],
    );
    let server = Server::start(move |_, request| {
        let mut stopped = stopped.lock().unwrap();
        *stopped |= is_cancel(request);
        match (is_cancel(request), *stopped) {
            (true, _) => taken(),
            (false, true) => after.clone(),
            (false, false) => executing(),
        }
    })
    .await;
    let error = run(&dune(server.url()))
        .wait()
        .deadline(SHORT)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "run {RUN} was still executing after 0.1 s and was cancelled\n  `volume` was cancelled\n  \
             `share` never started\n  `trend` never started"
        )
    );
    assert_eq!(error.run_id(), Some(RUN));
    assert!(!missed(&error).may_go_on() && !error.is_retryable());
    assert!(missed(&error).cancellation().unwrap().is_complete());
    // The last status is the one after the cancelling.
    let last = missed(&error).status().unwrap();
    assert_eq!(last.nodes()[0].state(), &State::Cancelled);
    assert_eq!(cancels(&server), ["01A"]);
}

#[tokio::test]
async fn what_could_not_be_cancelled_at_the_deadline_is_in_the_error() {
    let server = Server::start(|_, request| match is_cancel(request) {
        true => Reply::error(403, "not yours"),
        false => executing(),
    })
    .await;
    let error = run(&dune(server.url()))
        .wait()
        .deadline(SHORT)
        .await
        .unwrap_err();
    let cancellation = missed(&error).cancellation().unwrap();
    let (node, why) = cancellation.not_cancelled().next().unwrap();
    assert_eq!(node.label(), Some("volume"));
    assert!(why.to_string().contains("not yours"));
    let text = error.to_string();
    assert!(text.contains("not all of it could be cancelled"), "{text}");
    assert!(text.contains("not yours") && text.contains(RUN), "{text}");
    assert!(missed(&error).may_go_on());
}

#[tokio::test]
async fn a_run_that_ends_by_itself_at_the_deadline_has_ended() {
    let slow = |last: Reply| async move {
        // The last read of the wait hangs; the first of the cancelling finds the end.
        Server::replies([executing(), Reply::Silence, last]).await
    };
    let server = slow(completed()).await;
    let dune_ = dune(server.url());
    let status_ = run(&dune_).wait().deadline(SHORT).await.unwrap();
    assert!(status_.is_success());
    let failed = status("failed", [("failed", "01A", "no"), PENDING, PENDING]);
    let server = slow(failed).await;
    let error = run(&dune(server.url()))
        .wait()
        .deadline(SHORT)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Failed(_)), "{error}");
}

#[tokio::test]
async fn a_deadline_binds_a_read_that_hangs_and_one_that_is_sent_again_and_again() {
    let ms = Duration::from_millis;
    for reply in [
        Reply::Silence,
        Reply::HangUp,
        Reply::error(429, "slow down").header("retry-after", "4"),
        Reply::error(503, "later"),
    ] {
        let server = Server::replies([reply]).await;
        let dune = impatient(server.url())
            .cancel_limit(ms(100))
            .build()
            .unwrap();
        for then in [OnDeadline::Leave, OnDeadline::Cancel] {
            let begin = Instant::now();
            let run = run(&dune);
            let wait = run.wait().deadline(ms(100)).on_deadline(then);
            let error = wait.await.unwrap_err();
            assert!(begin.elapsed() < Duration::from_secs(2), "{then:?}");
            let missed = missed(&error);
            assert!(missed.status().is_none() && missed.cancellation().is_none());
            assert_eq!(missed.cancel_error().is_some(), then == OnDeadline::Cancel);
            let text = error.to_string();
            assert!(text.contains("no status within 0.1 s"), "{text}");
            assert!(text.contains(RUN), "{text}");
        }
    }
}

#[tokio::test]
async fn a_server_that_is_gone_at_the_deadline_is_said_to_be() {
    let ms = Duration::from_millis;
    let server = Server::replies([executing(), Reply::html(502, "Bad Gateway")]).await;
    let dune = impatient(server.url())
        .retries(0)
        .cancel_limit(ms(100))
        .build()
        .unwrap();
    let error = run(&dune).wait().deadline(SHORT).await.unwrap_err();
    let missed = missed(&error);
    assert_eq!(missed.status().unwrap().state(), &State::Executing);
    assert!(missed.trouble().unwrap().to_string().contains("502"));
    assert!(missed.cancel_error().unwrap().to_string().contains("502"));
    assert!(
        error.to_string().contains("could not be cancelled"),
        "{error}"
    );
}

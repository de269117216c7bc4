//! A thousand exchanges with a server that misbehaves in every way a network and a server can, drawn from a seed. It keeps
//! count: what a start has begun is begun once, no id that was given is lost, the key is in nothing that comes out.
//!
//! `MISBEHAVING_SEED` and `MISBEHAVING_EXCHANGES` draw others.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "what helps a test may print and fail like a test"
)]

mod dice;
mod exchange;
mod plan;
#[path = "../running/request.rs"]
mod request;
mod server;
#[path = "../running/traces.rs"]
mod traces;

use std::collections::BTreeMap;
use std::env;

use self::dice::Dice;
use self::exchange::{Outcome, Worker};
use self::plan::{Exchange, Way};
use self::server::Elsewhere;
use self::traces::Traces;

/// The key of every request. It must come out nowhere.
const KEY: &str = "k3yThatNobodyMaySee";

/// How many clients ask at the same time, each with a server of its own.
const WORKERS: u64 = 8;

#[tokio::test]
async fn nothing_is_started_twice_or_lost_and_the_key_comes_out_nowhere() {
    let seed = setting("MISBEHAVING_SEED").unwrap_or(20_240_229);
    let exchanges = setting("MISBEHAVING_EXCHANGES").unwrap_or(1_000);
    println!("MISBEHAVING_SEED={seed} MISBEHAVING_EXCHANGES={exchanges}");
    let mut dice = Dice::new(seed);
    let mut plan: Vec<_> = (0..exchanges)
        .map(|number| Exchange::draw(number, &mut dice))
        .collect();

    let (traces, _guard) = Traces::listen();
    let elsewhere = Elsewhere::start().await;
    let mut workers = Vec::new();
    for number in 0..WORKERS {
        let worker = Worker::start(elsewhere.url().to_owned()).await;
        let own: Vec<_> = plan
            .extract_if(.., |exchange| exchange.number % WORKERS == number)
            .collect();
        workers.push(tokio::spawn(worker.work(own)));
    }
    let mut outcomes = Vec::new();
    for worker in workers {
        // A panic of the client ends it here.
        outcomes.extend(worker.await.unwrap());
    }

    let failures: Vec<_> = outcomes.iter().filter_map(Outcome::failure).collect();
    assert!(
        failures.is_empty(),
        "{} of {exchanges} exchanges of MISBEHAVING_SEED={seed}:\n{}",
        failures.len(),
        failures.join("\n")
    );
    assert_eq!(elsewhere.visits(), 0, "somebody followed a redirect");
    for outcome in &outcomes {
        assert!(!outcome.printed.contains("k3yThat"), "{}", outcome.printed);
    }
    let told = traces.text();
    assert!(!told.contains("k3yThat"), "a trace holds the key");
    let said_back = outcomes.iter().filter(|o| o.printed.contains("<api key>"));
    assert!(said_back.count() as u64 > exchanges / 10);

    // Every request that arrived was told, and those that did not.
    let spans = traces.spans("request");
    let arrived: usize = outcomes.iter().map(|outcome| outcome.requests).sum();
    assert!(
        spans.len() >= arrived,
        "{} spans, {arrived} requests",
        spans.len()
    );
    assert!(
        spans
            .iter()
            .all(|span| !span.field("path").unwrap().contains('?'))
    );
    for event in traces.events("answered") {
        assert_eq!(event.within.last(), Some(&"request"), "{event:?}");
    }
    let again = traces.events("it will be sent again").len();
    assert!(again > 0 && again < spans.len());

    report(&outcomes);
}

fn setting(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().unwrap())
}

/// What happened how often, for those who run it with `--nocapture`.
fn report(outcomes: &[Outcome]) {
    let mut ends: BTreeMap<&str, usize> = BTreeMap::new();
    for outcome in outcomes {
        *ends.entry(outcome.end).or_default() += 1;
    }
    let starts = outcomes
        .iter()
        .filter(|outcome| outcome.exchange.ask.starts());
    let begun: usize = outcomes.iter().map(|outcome| outcome.begun).sum();
    let requests: usize = outcomes.iter().map(|outcome| outcome.requests).sum();
    let refused = |way| outcomes.iter().filter(|o| o.exchange.way == way).count();
    println!(
        "{} exchanges, {requests} requests arrived; {} starts, {begun} begun, none twice; \
         {} found nobody there, {} at first; ends: {ends:?}",
        outcomes.len(),
        starts.count(),
        refused(Way::Refused),
        refused(Way::RefusedAtFirst),
    );
}

//! How often a run is read, on a clock that is wound by hand: a read takes milliseconds of real time over a real socket,
//! the pauses between reads take none.

use std::thread;
use std::time::Duration;

use dune_pipeline::Run;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, advance};

use crate::impatient;
use crate::server::Server;
use crate::waiting::{completed, executing, run};

const TICK: Duration = Duration::from_millis(250);

/// The pauses of Dune's own API, for a server on this machine has others.
fn polled_like_dune(server: &Server) -> Run {
    let second = Duration::from_secs(1);
    let dune = impatient(server.url()).poll_between(second, 10 * second);
    run(&dune.build().unwrap())
}

/// A run that ends so long after now.
async fn run_of(length: Duration) -> Server {
    let begin = Instant::now();
    Server::start(move |_, _| match begin.elapsed() >= length {
        true => completed(),
        false => executing(),
    })
    .await
}

/// Winds the clock until the task is done, and says how long it took by that clock.
async fn wind(task: JoinHandle<()>) -> Duration {
    let begin = Instant::now();
    while !task.is_finished() {
        // The clock does not go on by itself as long as a thread is busy.
        spawn_blocking(|| thread::sleep(Duration::from_millis(5)))
            .await
            .unwrap();
        advance(TICK).await;
    }
    task.await.unwrap();
    begin.elapsed()
}

#[tokio::test(start_paused = true)]
async fn a_run_of_thirty_seconds_takes_at_most_ten_reads_and_its_end_is_noticed_within_two() {
    let length = Duration::from_secs(30);
    for watched in [false, true] {
        let server = run_of(length).await;
        let run = polled_like_dune(&server);
        let task = tokio::spawn(async move {
            if watched {
                let mut events = run.events();
                while let Some(event) = events.next().await {
                    event.unwrap();
                }
            } else {
                run.wait().deadline(2 * length).await.unwrap();
            }
        });
        let late = wind(task).await.saturating_sub(length);
        let reads = server.requests().len();
        println!("a run of 30 s: {reads} reads, noticed {late:?} late");
        assert!(reads <= 10, "{reads} reads");
        assert!(late <= Duration::from_secs(2), "{late:?}");
    }
}

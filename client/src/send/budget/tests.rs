//! What a budget promises: its count on a clock of the test's own, its queue with a minute that is over soon. Nothing here
//! hangs on how quick the machine is.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use tokio::time::{sleep, timeout};

use super::*;

fn ms(time: u64) -> Duration {
    Duration::from_millis(time)
}

fn s(time: u64) -> Duration {
    Duration::from_secs(time)
}

/// A budget whose minute is shorter.
fn budget(most: u32, minute: Duration) -> Arc<Budget> {
    Budget::of("low", Count::new(most, minute))
}

/// Whether a turn is to be had without waiting. It ends at once, and counts from then on.
fn taken(budget: &Arc<Budget>) -> bool {
    budget.turn_now().is_some()
}

/// Lets a future do what it can without waiting.
fn is_ready(future: Pin<&mut impl Future<Output = Turn>>) -> bool {
    let done = future.poll(&mut Context::from_waker(Waker::noop()));
    matches!(done, Poll::Ready(_))
}

/// Sends `requests` as soon as the count lets them, each of which takes as long as `takes` says and is counted by Dune
/// after a part of that. Gives when Dune counted them, from the start on.
fn counted_at_dune(most: u32, requests: u64, takes: impl Fn(u64) -> Duration) -> Vec<Duration> {
    let mut count = Count::new(most, MINUTE);
    let begin = Instant::now();
    let mut now = begin;
    let mut underway: Vec<Instant> = Vec::new();
    let mut counted = Vec::new();
    for request in 0..requests {
        let free = loop {
            underway.sort();
            while underway.first().is_some_and(|end| *end <= now) {
                count.end(underway.remove(0), true);
            }
            match count.take(None, now) {
                Ok(()) => break now,
                Err(free) => {
                    let next = [free, underway.first().copied()];
                    let next = next.into_iter().flatten().min().unwrap();
                    assert!(next > now, "it is told to wait for what has been");
                    now = next;
                }
            }
        };
        let takes = takes(request);
        counted.push(free + takes / 3 - begin);
        underway.push(free + takes);
    }
    counted.sort();
    counted
}

#[test]
fn no_minute_of_dune_sees_more_than_the_budget_however_long_requests_take() {
    let takes: [fn(u64) -> Duration; 4] = [
        |_| ms(0),
        |_| ms(90),
        |request| ms(request * 7919 % 9_000),
        |request| s(request * 31 % 70),
    ];
    for takes in takes {
        for most in [1, 7, 40] {
            let counted = counted_at_dune(most, 200, takes);
            let most = usize::try_from(most).unwrap();
            for several in counted.windows(most + 1) {
                assert!(several[most] - several[0] >= MINUTE, "{several:?}");
            }
        }
    }
}

#[test]
fn the_budget_is_used_up_and_not_less() {
    let counted = counted_at_dune(40, 200, |_| ms(90));
    assert!(counted[39] < s(1), "the first 40 go at once");
    assert!(counted[199] < 4 * MINUTE + s(1), "then 40 each minute");
}

#[test]
fn a_turn_is_free_again_a_minute_after_its_answer() {
    let mut count = Count::new(2, MINUTE);
    let begin = Instant::now();
    assert_eq!(count.take(None, begin), Ok(()));
    assert_eq!(count.take(None, begin), Ok(()));
    assert_eq!(
        count.take(None, begin + s(100)),
        Err(None),
        "both are underway"
    );
    count.end(begin + s(100), true);
    let free = Err(Some(begin + s(160)));
    assert_eq!(count.take(None, begin + s(159)), free);
    assert_eq!(count.take(None, begin + s(160)), Ok(()));
    count.end(begin + s(161), false);
    assert_eq!(count.take(None, begin + s(161)), Ok(()), "it was not sent");
}

#[tokio::test]
async fn after_a_429_everybody_keeps_quiet() {
    let budget = budget(40, MINUTE);
    let begin = Instant::now();
    budget.close_until(begin + ms(80));
    budget.close_until(begin + ms(20));
    assert!(!taken(&budget));
    budget.turn().await;
    assert!(begin.elapsed() >= ms(80));
    assert!(taken(&budget));
}

#[tokio::test]
async fn who_comes_first_goes_first() {
    let budget = budget(1, ms(2));
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = Vec::new();
    for number in 0..20_u64 {
        let (budget, order) = (budget.clone(), order.clone());
        tasks.push(tokio::spawn(async move {
            let _turn = budget.turn().await;
            order.lock().unwrap().push(number);
            sleep(ms(number % 3)).await;
        }));
        tokio::task::yield_now().await;
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(*order.lock().unwrap(), (0..20).collect::<Vec<_>>());
}

#[tokio::test]
async fn nobody_passes_those_who_wait() {
    let budget = budget(1, ms(30));
    assert!(taken(&budget));
    let mut waiting = pin!(budget.turn());
    assert!(!is_ready(waiting.as_mut()));
    sleep(ms(100)).await;
    assert!(!taken(&budget), "there is a turn, and it is another's");
    assert!(is_ready(waiting.as_mut()));
}

#[tokio::test]
async fn a_future_that_nobody_polls_keeps_its_own_place_and_no_other() {
    let budget = budget(2, ms(20));
    assert!(taken(&budget) && taken(&budget));
    let mut idle = pin!(budget.turn());
    assert!(!is_ready(idle.as_mut()));
    for _ in 0..3 {
        budget.turn().await;
        assert!(!taken(&budget), "the other place is kept");
    }
    assert!(is_ready(idle.as_mut()));
}

#[tokio::test]
async fn who_gives_up_leaves_the_queue_at_the_deadline_and_takes_nothing_along() {
    let budget = budget(1, MINUTE);
    let turn = budget.turn_now().unwrap();
    assert!(timeout(ms(30), budget.turn()).await.is_err());
    let mut behind = {
        let mut first = Box::pin(budget.turn());
        let mut second = Box::pin(budget.turn());
        let mut behind = Box::pin(budget.turn());
        assert!(!is_ready(first.as_mut()));
        assert!(!is_ready(second.as_mut()) && !is_ready(behind.as_mut()));
        behind
    };
    // The two before it are gone, one of them the next in turn.
    assert!(!is_ready(behind.as_mut()));
    turn.give_back();
    assert!(is_ready(behind.as_mut()));
}

#[tokio::test]
async fn what_was_given_up_while_underway_may_have_arrived_and_counts() {
    let budget = budget(1, MINUTE);
    drop(budget.turn_now());
    assert!(!taken(&budget));
    let budget = Budget::new("low", 1);
    budget.turn_now().unwrap().give_back();
    assert!(taken(&budget));
}

#[tokio::test]
async fn what_cannot_wait_goes_at_once_and_is_made_up_for_by_the_others() {
    let budget = budget(1, ms(30));
    let begin = Instant::now();
    assert!(taken(&budget));
    let mut waiting = pin!(budget.turn());
    assert!(!is_ready(waiting.as_mut()));
    for _ in 0..3 {
        sleep(ms(5)).await;
        drop(budget.turn_beyond());
    }
    waiting.await;
    assert!(begin.elapsed() >= ms(45));
}

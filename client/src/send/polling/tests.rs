//! What the schedule of reads promises, at every end of a run and at the extremes of the spread.

use super::*;

const USUAL: Polling = Polling {
    first: Duration::from_secs(1),
    longest: Duration::from_secs(10),
};

/// How each read is spread: all in time, all early, and by turns.
const SPREADS: [fn(usize) -> f64; 5] = [
    |_| 0.0,
    |_| 1.0,
    |_| 0.5,
    |read| if read % 2 == 0 { 0.0 } else { 1.0 },
    |read| if read % 2 == 0 { 1.0 } else { 0.0 },
];

fn ms(time: u64) -> Duration {
    Duration::from_millis(time)
}

/// When the reads of a wait are, up to `until` and one more, where each answer takes `takes`.
fn reads(
    polling: &Polling,
    spread: fn(usize) -> f64,
    takes: Duration,
    until: Duration,
) -> Vec<Duration> {
    let mut polls = Polls {
        polling: polling.clone(),
        began: Instant::now(),
        pauses: 0,
        due: Duration::ZERO,
    };
    let mut reads = vec![Duration::ZERO];
    while let Some(last) = reads.last().copied().filter(|last| *last < until) {
        let now = last + takes;
        reads.push(now + polls.pause_at(now, None, spread(reads.len())));
    }
    reads
}

/// How many reads notice a run that ends at `end`, and how late.
fn noticed(reads: &[Duration], end: Duration) -> (usize, Duration) {
    let before = reads.iter().take_while(|read| **read < end).count();
    (before + 1, reads[before] - end)
}

fn ends(from: u64, to: u64) -> impl Iterator<Item = Duration> {
    (from..=to).step_by(10).map(ms)
}

#[test]
fn a_run_of_thirty_seconds_takes_at_most_ten_reads_and_is_noticed_within_two_seconds() {
    for spread in SPREADS {
        for takes in [ms(0), ms(50), ms(400)] {
            let reads = reads(&USUAL, spread, takes, ms(40_000));
            for end in ends(29_500, 30_500) {
                let (count, late) = noticed(&reads, end);
                assert!(count <= 10, "{count} reads for {end:?}");
                assert!(late <= ms(2_000), "{late:?} late for {end:?}");
            }
        }
    }
}

#[test]
fn every_run_up_to_thirty_seconds_takes_at_most_ten_reads() {
    for spread in SPREADS {
        let reads = reads(&USUAL, spread, ms(0), ms(40_000));
        for end in ends(0, 30_500) {
            assert!(noticed(&reads, end).0 <= 10, "{end:?}");
        }
    }
}

#[test]
fn an_end_is_noticed_within_two_seconds_at_first_and_on_the_average_later_too() {
    for spread in SPREADS {
        let reads = reads(&USUAL, spread, ms(0), ms(40_000));
        for end in ends(0, 2_800) {
            let (_, late) = noticed(&reads, end);
            assert!(late <= ms(2_100), "{late:?} late for {end:?}");
        }
        let late: Vec<_> = ends(0, 30_000).map(|end| noticed(&reads, end).1).collect();
        let count = u32::try_from(late.len()).unwrap();
        let average = late.iter().sum::<Duration>() / count;
        assert!(average < ms(2_000), "{average:?}");
        assert!(late.iter().all(|late| *late <= ms(4_400)), "{late:?}");
    }
}

#[test]
fn a_longer_run_is_noticed_within_an_eighth_of_its_time_and_ten_seconds() {
    for spread in SPREADS {
        let reads = reads(&USUAL, spread, ms(0), ms(1_000_000));
        for end in ends(32_000, 900_000).step_by(7) {
            let (_, late) = noticed(&reads, end);
            let eighth = (end / 8).clamp(ms(4_000), ms(10_000));
            // The spread of the read before it.
            assert!(late <= eighth.mul_f64(1.15), "{late:?} late for {end:?}");
        }
    }
}

#[test]
fn reads_stay_far_inside_the_smallest_plan() {
    for spread in SPREADS {
        let reads = reads(&USUAL, spread, ms(0), ms(600_000));
        let within = |from: u64| {
            let minute = ms(from)..ms(from + 60_000);
            reads
                .iter()
                .filter(|read| minute.contains::<Duration>(read))
                .count()
        };
        assert!(within(0) <= 16, "{} of 40 a minute", within(0));
        assert!(within(300_000) <= 7, "{} of 40 a minute", within(300_000));
    }
}

#[test]
fn a_slow_answer_makes_reads_rarer_and_never_closer() {
    let polling = Polling {
        first: ms(10),
        longest: ms(500),
    };
    for spread in SPREADS {
        let reads = reads(&polling, spread, ms(700), ms(60_000));
        for pair in reads.windows(2) {
            assert!(pair[1] - pair[0] >= ms(709), "{pair:?}");
        }
    }
}

#[test]
fn the_server_is_obeyed_when_it_says_when_to_read_again() {
    let mut polls = USUAL.begin();
    let asked = |polls: &mut Polls, now, hint| polls.pause_at(ms(now), Some(ms(hint)), 0.7);
    assert_eq!(asked(&mut polls, 0, 15_000), ms(15_000));
    assert_eq!(asked(&mut polls, 15_000, 2_000), ms(2_000));
    assert_eq!(asked(&mut polls, 17_000, 0), ms(1_000), "not at once");
    assert_eq!(asked(&mut polls, 18_000, 86_400_000), ms(60_000));
    // Then as usual, from there on.
    assert_eq!(polls.pause_at(ms(78_000), None, 0.0), ms(9_750));
}

#[test]
fn no_time_is_too_long_to_reckon_with() {
    let mut polls = USUAL.begin();
    for now in [Duration::MAX / 2, Duration::MAX / 2 + ms(1)] {
        assert!(polls.pause_at(now, None, 1.0) <= ms(11_000));
    }
    assert_eq!(USUAL.pause(u32::MAX, Duration::ZERO), ms(4_000));
}

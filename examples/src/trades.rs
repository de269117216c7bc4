//! Trades on decentralised exchanges, invented but always the same ones.
//! Every day is made from its own number alone, so any range of days agrees with any other.

use std::io::{self, Write};
use std::ops::Range;

/// Trades made for each day: thirty days are 51,000 of them.
pub const TRADES_A_DAY: u64 = 1_700;

/// The header of the table's CSV file.
pub const HEADER: &str =
    "block_time,block_date,blockchain,project,token_pair,amount_usd,taker,tx_hash";

/// The chains that are traded on, those with the most trades first.
pub const BLOCKCHAINS: [&str; 8] = [
    "ethereum",
    "base",
    "arbitrum",
    "polygon",
    "bnb",
    "optimism",
    "avalanche_c",
    "gnosis",
];
const PROJECTS: [&str; 5] = ["uniswap", "curve", "balancer", "sushiswap", "pancakeswap"];
const TOKEN_PAIRS: [&str; 6] = [
    "USDC-WETH",
    "WBTC-WETH",
    "DAI-USDC",
    "USDC-USDT",
    "PEPE-WETH",
    "LINK-WETH",
];
const MILLIS_A_DAY: u64 = 86_400_000;

/// Writes the trades of `days` of March 2025 (1 is the first of March) as CSV lines, without a header.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_days(days: Range<u32>, out: &mut impl Write) -> io::Result<()> {
    for day in days {
        let mut random = SplitMix64(u64::from(day).wrapping_mul(0x9e37_79b9));
        for number in 0..TRADES_A_DAY {
            // In order of time, as blocks are: each trade has its own slot of the day.
            let slot = MILLIS_A_DAY / TRADES_A_DAY;
            let millis = number * slot + random.below(slot);
            let (seconds, millis) = (millis / 1_000, millis % 1_000);
            let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
            write!(
                out,
                "2025-03-{day:02} {hour:02}:{minute:02}:{second:02}.{millis:03} UTC,2025-03-{day:02},"
            )?;
            let blockchain = random.skewed(&BLOCKCHAINS);
            let project = random.skewed(&PROJECTS);
            let token_pair = random.skewed(&TOKEN_PAIRS);
            write!(out, "{blockchain},{project},{token_pair},")?;
            // One trade in fifty is of a token nobody has a price for.
            if random.below(50) != 0 {
                let magnitude = random.below(25);
                let cents = 100 + random.below(1 << magnitude);
                write!(out, "{}.{:02}", cents / 100, cents % 100)?;
            }
            // The crowd of takers grows from day to day, so that each day has new ones.
            let taker = random.below(400 + 60 * u64::from(day));
            let (high, low) = (SplitMix64(taker).next(), SplitMix64(!taker).next());
            write!(out, ",0x{high:016x}{low:016x}{:08x}", taker + 1)?;
            writeln!(
                out,
                ",0x{:016x}{:016x}{:016x}{:016x}",
                random.next(),
                random.next(),
                random.next(),
                random.next()
            )?;
        }
    }
    Ok(())
}

/// Steele, Lea and Flood's generator: eight lines, good enough to invent trades with, and the same on every machine.
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// One of `names`, the earlier ones more often: two draws, and the smaller wins.
    fn skewed<'a>(&mut self, names: &[&'a str]) -> &'a str {
        let count = names.len() as u64;
        let index = self.below(count).min(self.below(count));
        names.get(index as usize).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_has_at_least_fifty_thousand_trades_and_is_always_the_same() {
        let (mut first, mut second) = (Vec::new(), Vec::new());
        write_days(1..31, &mut first).unwrap();
        write_days(1..31, &mut second).unwrap();
        assert_eq!(first, second);
        let text = String::from_utf8(first).unwrap();
        assert_eq!(text.lines().count(), 51_000);
        let columns = HEADER.split(',').count();
        assert!(text.lines().all(|line| line.split(',').count() == columns));
    }

    #[test]
    fn a_day_does_not_depend_on_the_days_before_it() {
        let (mut whole, mut last) = (Vec::new(), Vec::new());
        write_days(1..4, &mut whole).unwrap();
        write_days(3..4, &mut last).unwrap();
        assert!(whole.ends_with(&last));
    }
}

//! The memory of this process, as Linux counts it: what is resident, and the most that was.

use std::fs;

use super::Outcome;

/// Bytes that are in memory now.
pub(crate) fn resident() -> Outcome<u64> {
    field("VmRSS:")
}

/// The most bytes that were in memory since the last [`reset_peak`].
pub(crate) fn peak() -> Outcome<u64> {
    field("VmHWM:")
}

/// Lets the peak begin anew with what is in memory now.
pub(crate) fn reset_peak() -> Outcome<()> {
    Ok(fs::write("/proc/self/clear_refs", "5")?)
}

fn field(name: &str) -> Outcome<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let line = line.ok_or("Linux alone says how much memory a process has")?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes * 1024)
}

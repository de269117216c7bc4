//! What Linux counts of a process: the memory it has and had, and what the processors spent on it and on its children.

use std::fs;
use std::io;
use std::time::Duration;

/// Bytes of this process that are in memory now.
///
/// # Errors
/// Nothing here says so.
pub fn resident() -> io::Result<u64> {
    status("VmRSS:")
}

/// The most bytes of this process that were in memory since the last [`reset_peak`].
///
/// # Errors
/// Nothing here says so.
pub fn peak() -> io::Result<u64> {
    status("VmHWM:")
}

/// Lets the peak begin anew with what is in memory now.
///
/// # Errors
/// The system does not do so.
pub fn reset_peak() -> io::Result<()> {
    fs::write("/proc/self/clear_refs", "5")
}

/// The processor time of this process so far, in steps of 10 ms.
///
/// # Errors
/// Nothing here says so.
pub fn processor() -> io::Result<Duration> {
    // The times are the fields 14 and 15.
    ticks(11)
}

/// The processor time of all children that have ended, and of theirs, in steps of 10 ms.
///
/// # Errors
/// Nothing here says so.
pub fn processor_of_children() -> io::Result<Duration> {
    // The times are the fields 16 and 17.
    ticks(13)
}

/// The sum of two times that stand next to each other, behind so many other fields from the third on.
fn ticks(fields_before: usize) -> io::Result<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").map_err(|_| unknown())?;
    // The second field is a name, which may hold anything.
    let (_, fields) = stat.rsplit_once(')').ok_or_else(unknown)?;
    let ticks = fields
        .split_whitespace()
        .skip(fields_before)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u64>().ok());
    Ok(Duration::from_millis(10 * ticks.sum::<u64>()))
}

fn status(name: &str) -> io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status").map_err(|_| unknown())?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok());
    kilobytes
        .map(|kilobytes: u64| kilobytes * 1024)
        .ok_or_else(unknown)
}

fn unknown() -> io::Error {
    io::Error::other("what a process takes is read from /proc, which is not here")
}

//! Drops the schemas that no operation reaches any more: generating them would only cost time.

use super::Work;
use crate::walk::{Side, reachable};

pub(super) fn run(work: &mut Work<'_>) {
    let used = reachable(&work.spec, &[Side::Request, Side::Response]);
    let mut dropped = Vec::new();
    work.spec.schemas_mut().retain(|name, _| {
        let keep = used.contains(name);
        if !keep {
            dropped.push(format!("`{name}`"));
        }
        keep
    });
    if !dropped.is_empty() {
        work.did(format!("dropped {}", dropped.join(", ")));
    }
}

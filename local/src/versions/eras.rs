//! Removes a replaced file when nobody can read it any more. Time is cut into eras: each
//! replacement ends one. Whoever reads holds the era it began in, an era holds the next one, and
//! the files an era ended with go when the era does, so after all that began before.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

#[derive(Debug, Default)]
struct Era {
    ended: OnceLock<(PathBuf, Arc<Era>)>,
}

impl Drop for Era {
    fn drop(&mut self) {
        // A loop, because dropping a long chain of eras one within the other would fill the stack.
        let mut ended = self.ended.take();
        while let Some((file, next)) = ended {
            // What cannot be removed now is removed at the next start.
            let _ = std::fs::remove_file(file);
            ended = Arc::into_inner(next).and_then(|mut era| era.ended.take());
        }
    }
}

/// Somebody who reads: no file that was there when it began goes while it lives.
#[derive(Debug)]
pub(crate) struct Reader {
    _era: Arc<Era>,
}

/// The era that is now.
#[derive(Debug, Default)]
pub(crate) struct Eras(Mutex<Arc<Era>>);

impl Eras {
    pub(crate) fn reader(&self) -> Reader {
        Reader {
            _era: Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    /// Removes a file that nobody who begins from now on can reach.
    pub(crate) fn retire(&self, file: PathBuf) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let next = Arc::new(Era::default());
        // Only the era that is now is ever ended, and only here.
        let _ = now.ended.set((file, Arc::clone(&next)));
        *now = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_stays_while_somebody_who_began_before_it_was_replaced_reads() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| {
            let file = folder.path().join(name);
            std::fs::write(&file, "x").unwrap();
            file
        };
        let (first, second) = (file("1"), file("2"));
        let eras = Eras::default();
        let early = eras.reader();
        eras.retire(first.clone());
        let late = eras.reader();
        eras.retire(second.clone());
        drop(late);
        assert!(
            first.exists() && second.exists(),
            "the early reader may read both"
        );
        drop(early);
        assert!(!first.exists() && !second.exists());
        let third = file("3");
        eras.retire(third.clone());
        assert!(!third.exists(), "nobody reads");
    }

    #[test]
    fn a_hundred_thousand_replacements_under_one_reader_are_no_trouble() {
        let eras = Eras::default();
        let reader = eras.reader();
        for n in 0..100_000 {
            eras.retire(PathBuf::from(format!("/nowhere/{n}")));
        }
        drop(reader);
    }
}

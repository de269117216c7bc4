//! What is wrong with a workspace: every fault with its file, its line and its remedy, all of
//! them at once and in the order of the files.

use std::fmt;

/// One thing that is wrong in a workspace.
///
/// Its [`Display`](fmt::Display) is `FILE:LINE:COLUMN: MESSAGE` and, where there is a remedy, a second
/// line with it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Fault {
    /// The file it stands in, relative to the workspace's folder.
    pub file: String,
    /// The line of that file, from 1; none where the fault is the file itself.
    pub line: Option<usize>,
    /// The column of that line, from 1, where it is known.
    pub column: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What cures it; empty where the message says so already.
    pub remedy: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
            if let Some(column) = self.column {
                write!(f, ":{column}")?;
            }
        }
        write!(f, ": {}", self.message)?;
        if !self.remedy.is_empty() {
            write!(f, "\n  help: {}", self.remedy)?;
        }
        Ok(())
    }
}

/// Everything that is wrong with a workspace, sorted by file and line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// The faults, in the order of the files and their lines.
    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn push(&mut self, fault: Fault) {
        let place = |fault: &Fault| (fault.file.clone(), fault.line, fault.column);
        let its = place(&fault);
        let at = self.0.partition_point(|known| place(known) <= its);
        self.0.insert(at, fault);
    }

    pub(crate) fn add(
        &mut self,
        file: impl Into<String>,
        line: impl Into<Option<usize>>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.push(Fault {
            file: file.into(),
            line: line.into(),
            column: None,
            message: message.into(),
            remedy: remedy.into(),
        });
    }

    pub(crate) fn append(&mut self, others: Faults) {
        others.0.into_iter().for_each(|fault| self.push(fault));
    }
}

impl<'a> IntoIterator for &'a Faults {
    type Item = &'a Fault;
    type IntoIter = std::slice::Iter<'a, Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_come_in_the_order_of_files_and_lines() {
        let mut faults = Faults::default();
        faults.add("queries/b.sql", 3, "second file", "");
        faults.add("dune.toml", 9, "later line", "cure it");
        faults.add("dune.toml", 2, "first", "");
        assert_eq!(
            faults.to_string(),
            "dune.toml:2: first\ndune.toml:9: later line\n  help: cure it\nqueries/b.sql:3: second file"
        );
    }
}

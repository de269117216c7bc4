//! The sample workspace: DEX trades, two views over them and three queries, for the quickstart, the tests and a first look.
//! It is laid out in a folder of your own, with as many days of trades as you ask for.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

pub mod trades;

/// The files of the workspace that are not made: its manifest and its queries.
const FILES: [(&str, &str); 6] = [
    ("dune.toml", include_str!("../dex/dune.toml")),
    (
        "queries/busiest_hours.sql",
        include_str!("../dex/queries/busiest_hours.sql"),
    ),
    (
        "queries/daily_trend.sql",
        include_str!("../dex/queries/daily_trend.sql"),
    ),
    (
        "queries/dex_daily.sql",
        include_str!("../dex/queries/dex_daily.sql"),
    ),
    (
        "queries/dex_taker_first_seen.sql",
        include_str!("../dex/queries/dex_taker_first_seen.sql"),
    ),
    (
        "queries/project_share.sql",
        include_str!("../dex/queries/project_share.sql"),
    ),
];

/// The sample workspace in a folder.
#[derive(Debug, Clone)]
pub struct Workspace {
    folder: PathBuf,
}

impl Workspace {
    /// Lays the workspace out in `folder`, with the trades of the first `days` days (30 at most) of March 2025.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn create(folder: impl Into<PathBuf>, days: u32) -> io::Result<Self> {
        let workspace = Self {
            folder: folder.into(),
        };
        for (name, text) in FILES {
            let path = workspace.folder.join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(path, text)?;
        }
        fs::create_dir_all(workspace.folder.join("tables"))?;
        let mut file = BufWriter::new(File::create(workspace.trades())?);
        writeln!(file, "{}", trades::HEADER)?;
        trades::write_days(1..days.min(30) + 1, &mut file)?;
        file.flush()?;
        Ok(workspace)
    }

    /// What happens overnight: the trades of one more day arrive in the table.
    ///
    /// # Errors
    /// When the table's file cannot be written.
    pub fn add_day(&self, day: u32) -> io::Result<()> {
        let file = OpenOptions::new().append(true).open(self.trades())?;
        let mut file = BufWriter::new(file);
        trades::write_days(day..day + 1, &mut file)?;
        file.flush()
    }

    /// The folder the workspace is in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn trades(&self) -> PathBuf {
        self.folder.join("tables/trades.csv")
    }
}

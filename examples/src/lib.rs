//! What the examples share: the sample workspace (DEX trades, views over them in three layers, and queries), laid out in a
//! folder of your own with as many days of trades as you ask for; a Dune to run on; and a pipeline that two of them have
//! in common.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

pub mod market;
mod session;
pub mod trades;

pub use session::{Session, finish};

macro_rules! texts {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../dex/", $name)))),*]
    };
}

/// The files of the workspace that are not made: its manifest and its queries.
const FILES: [(&str, &str); 14] = texts![
    "dune.toml",
    "queries/busiest_hours.sql",
    "queries/chains.sql",
    "queries/daily_trend.sql",
    "queries/day_report.sql",
    "queries/day_summary.sql",
    "queries/dex_arrivals.sql",
    "queries/dex_chain_daily.sql",
    "queries/dex_daily.sql",
    "queries/dex_market.sql",
    "queries/dex_taker_first_seen.sql",
    "queries/falls.sql",
    "queries/project_share.sql",
    "queries/week_report.sql",
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

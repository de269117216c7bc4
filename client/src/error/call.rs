//! The request an error is about: what it was for, and how often it was tried.

use std::fmt;

/// A request to Dune: what it was for, whether it starts work, and how often it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    purpose: String,
    run: Option<String>,
    starts_work: bool,
    attempts: u32,
}

impl Call {
    /// A request that changes nothing and can be repeated.
    pub(crate) fn read(purpose: impl Into<String>) -> Call {
        Call {
            purpose: purpose.into(),
            run: None,
            starts_work: false,
            attempts: 0,
        }
    }

    /// A request that starts something which costs credits.
    pub(crate) fn start(purpose: impl Into<String>) -> Call {
        Call {
            starts_work: true,
            ..Call::read(purpose)
        }
    }

    pub(crate) fn of_run(self, run: &str) -> Call {
        Call {
            run: Some(run.to_owned()),
            ..self
        }
    }

    pub(crate) fn tried(&self, attempts: u32) -> Box<Call> {
        Box::new(Call {
            attempts,
            ..self.clone()
        })
    }

    /// What it was for, e.g. `starting the pipeline`.
    #[must_use]
    pub fn purpose(&self) -> &str {
        &self.purpose
    }

    /// The run it was about, if there was one already.
    #[must_use]
    pub fn run_id(&self) -> Option<&str> {
        self.run.as_deref()
    }

    /// Whether it starts something that costs credits.
    #[must_use]
    pub fn starts_work(&self) -> bool {
        self.starts_work
    }

    /// How often it was sent, or tried to be.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// What to add where nobody knows whether the work began.
    pub(super) fn doubt(&self) -> &'static str {
        match self.starts_work {
            true => {
                "; the run may have started: look at the executions in Dune before you start it again"
            }
            false => "",
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.purpose)?;
        if let Some(run) = &self.run {
            write!(f, " of run {run}")?;
        }
        match self.attempts {
            0 | 1 => Ok(()),
            attempts => write!(f, " ({attempts} attempts)"),
        }
    }
}

//! The request an error is about: what it was for, what it would have changed, and how often it was tried.

use std::fmt;

/// A request to Dune: what it was for, whether it starts or changes something, and how often it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    purpose: String,
    effect: Effect,
    urgent: bool,
    run: Option<String>,
    execution: Option<String>,
    node: Option<String>,
    attempts: u32,
}

/// What a request does at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// Nothing.
    None,
    /// It ends what runs; twice is as good as once.
    Cancel,
    /// It changes something.
    Change,
    /// It starts something that costs credits.
    Start,
}

impl Call {
    /// A request that changes nothing, whatever its method is, and can be repeated.
    pub(crate) fn read(purpose: impl Into<String>) -> Call {
        Call {
            purpose: purpose.into(),
            effect: Effect::None,
            urgent: false,
            run: None,
            execution: None,
            node: None,
            attempts: 0,
        }
    }

    /// A request that starts something which costs credits.
    pub(crate) fn start(purpose: impl Into<String>) -> Call {
        Call {
            effect: Effect::Start,
            ..Call::read(purpose)
        }
    }

    /// A request that changes something, and would do so again: a query created, rows inserted.
    pub(crate) fn change(purpose: impl Into<String>) -> Call {
        Call {
            effect: Effect::Change,
            ..Call::read(purpose)
        }
    }

    /// A request that cancels, which can be repeated and must arrive: what is not cancelled costs.
    pub(crate) fn cancel(purpose: impl Into<String>) -> Call {
        Call {
            effect: Effect::Cancel,
            urgent: true,
            ..Call::read(purpose)
        }
    }

    /// One that belongs to cancelling, and cannot wait either.
    pub(crate) fn urgent(self) -> Call {
        Call {
            urgent: true,
            ..self
        }
    }

    /// Of which run it is.
    pub(crate) fn of_run(self, run: &str) -> Call {
        Call {
            run: Some(run.to_owned()),
            ..self
        }
    }

    /// Of which execution it is.
    pub(crate) fn of_execution(self, execution: &str) -> Call {
        Call {
            execution: Some(execution.to_owned()),
            ..self
        }
    }

    /// Of which node it is, by the name that messages use.
    pub(crate) fn of_node(self, node: &str) -> Call {
        Call {
            node: Some(node.to_owned()),
            ..self
        }
    }

    pub(crate) fn tried(&self, attempts: u32) -> Box<Call> {
        Box::new(Call {
            attempts,
            ..self.clone()
        })
    }

    /// Whether it helps to end what costs, and so cannot wait.
    pub(crate) fn is_urgent(&self) -> bool {
        self.urgent
    }

    /// Whether it may be sent again when nobody knows if it arrived.
    pub(crate) fn is_repeatable(&self) -> bool {
        match self.effect {
            Effect::None | Effect::Cancel => true,
            Effect::Change | Effect::Start => false,
        }
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

    /// The execution it was about, if it was about one.
    #[must_use]
    pub fn execution_id(&self) -> Option<&str> {
        self.execution.as_deref()
    }

    /// The node it was about, if it was about one, by the name that messages use.
    #[must_use]
    pub fn node(&self) -> Option<&str> {
        self.node.as_deref()
    }

    /// Whether it starts something that costs credits.
    #[must_use]
    pub fn starts_work(&self) -> bool {
        self.effect == Effect::Start
    }

    /// Whether anything is different at Dune once it was carried out.
    #[must_use]
    pub fn changes_something(&self) -> bool {
        self.effect != Effect::None
    }

    /// How often it was sent, or tried to be.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// What to add where nobody knows whether it was carried out.
    pub(super) fn doubt(&self) -> &'static str {
        match self.effect {
            Effect::None | Effect::Cancel => "",
            Effect::Change => {
                "; it may have been done all the same: look in Dune before you do it again"
            }
            Effect::Start => {
                "; it may have started all the same: look at the executions in Dune before you start it again"
            }
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.purpose)?;
        if let Some(node) = &self.node {
            write!(f, " of node {node}")?;
        }
        match (&self.execution, &self.run) {
            // The run and the node say it to people; the execution is there for those who ask.
            (_, Some(run)) => write!(f, " of run {run}")?,
            (Some(execution), None) => write!(f, " of execution {execution}")?,
            (None, None) => {}
        }
        match self.attempts {
            0 | 1 => Ok(()),
            attempts => write!(f, " ({attempts} attempts)"),
        }
    }
}

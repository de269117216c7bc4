//! What is asked, how the server misbehaves, and what must come of it.

use crate::dice::Dice;

/// How often a client sends a request again.
pub(crate) const RETRIES: usize = 3;

/// A request of the client's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    StartPipeline,
    StartLineage,
    StartQueryPipeline,
    ExecuteQuery,
    ExecuteSql,
    RunStatus,
    ExecutionStatus,
    Cancel,
    Rows,
}

const ASKS: [Ask; 12] = [
    Ask::StartPipeline,
    Ask::StartPipeline,
    Ask::StartLineage,
    Ask::StartQueryPipeline,
    Ask::ExecuteQuery,
    Ask::ExecuteSql,
    Ask::RunStatus,
    Ask::RunStatus,
    Ask::ExecutionStatus,
    Ask::Cancel,
    Ask::Rows,
    Ask::Rows,
];

impl Ask {
    pub(crate) fn starts(self) -> bool {
        !matches!(
            self,
            Ask::RunStatus | Ask::ExecutionStatus | Ask::Cancel | Ask::Rows
        )
    }
}

/// What the server does with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Play {
    /// Answers as Dune does.
    Well,
    /// The same, after a while.
    Late,
    /// The same, a few bytes at a time.
    Dripping,
    /// Resets the connection without reading the request.
    ResetUnread,
    /// Reads the request, and resets the connection.
    ResetRead,
    /// Reads the request, and ends the connection.
    HangUp,
    /// Reads the request, and says nothing.
    Silent,
    /// Ends the connection within the body.
    Cut,
    /// Announces a shorter body than it sends.
    ShortLength,
    /// Announces a length that is no number.
    MadLength,
    /// Announces two lengths.
    TwoLengths,
    /// An error of Dune's own, with a status.
    Error(u16),
    /// A page of a proxy, with a status.
    Page(u16),
    /// JSON that is not what Dune documents; there are several.
    OtherType(u64),
    /// Status 429, with this in `Retry-After`.
    Limited(Option<&'static str>),
    /// A status that sends to another server.
    Redirect(u16),
}

const LONG_PAST: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const AN_HOUR: &str = "3600";

const FAULTS: [Play; 40] = [
    Play::Late,
    Play::Dripping,
    Play::ResetUnread,
    Play::ResetUnread,
    Play::ResetRead,
    Play::ResetRead,
    Play::HangUp,
    Play::Silent,
    Play::Cut,
    Play::Cut,
    Play::ShortLength,
    Play::MadLength,
    Play::TwoLengths,
    Play::Error(400),
    Play::Error(401),
    Play::Error(402),
    Play::Error(403),
    Play::Error(404),
    Play::Error(408),
    Play::Error(500),
    Play::Error(500),
    Play::Error(503),
    Play::Page(200),
    Play::Page(502),
    Play::Page(502),
    Play::Page(504),
    Play::OtherType(0),
    Play::OtherType(1),
    Play::OtherType(2),
    Play::Limited(None),
    Play::Limited(None),
    Play::Limited(Some("0")),
    Play::Limited(Some("0")),
    Play::Limited(Some(LONG_PAST)),
    Play::Limited(Some(AN_HOUR)),
    Play::Redirect(301),
    Play::Redirect(302),
    Play::Redirect(303),
    Play::Redirect(307),
    Play::Redirect(308),
];

/// Whether there is anybody at the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Open,
    /// Connections are refused at first, and taken a moment later.
    RefusedAtFirst,
    /// Connections are refused.
    Refused,
}

/// One thing that is asked, and what it meets with.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    pub(crate) number: u64,
    pub(crate) ask: Ask,
    pub(crate) way: Way,
    /// What the server does with the first requests; it answers the others well.
    pub(crate) plays: Vec<Play>,
}

/// What must come of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Answered,
    Unreachable,
    Lost,
    Refused(u16),
    Limited,
    Redirected,
    Unreadable,
}

/// What one play means for the attempt it meets.
enum Meaning {
    Ends(Verdict),
    /// Nothing was done: anything may be sent again.
    Nothing(Verdict),
    /// Nobody knows what was done: only what can be repeated may be sent again.
    Unclear(Verdict),
}

impl Exchange {
    pub(crate) fn draw(number: u64, dice: &mut Dice) -> Exchange {
        let way = match dice.roll(20) {
            0 => Way::Refused,
            1 => Way::RefusedAtFirst,
            _ => Way::Open,
        };
        let faults = match way {
            Way::Open => dice.one_of(&[0, 1, 1, 1, 1, 2, 2, 3, 4]),
            _ => 0,
        };
        let mut plays: Vec<_> = (0..faults).map(|_| dice.one_of(&FAULTS)).collect();
        if plays.contains(&Play::Silent) {
            // It costs a timeout, and so comes alone.
            plays = vec![Play::Silent];
        }
        Exchange {
            number,
            ask: dice.one_of(&ASKS),
            way,
            plays,
        }
    }

    /// The id that the server gives out.
    pub(crate) fn id(&self) -> String {
        format!("01{:024}", self.number)
    }

    /// Whether a timeout is what it is about.
    pub(crate) fn is_silent(&self) -> bool {
        self.plays.contains(&Play::Silent)
    }

    /// How many requests must arrive, and what must come of them.
    pub(crate) fn verdict(&self) -> (usize, Verdict) {
        if self.way == Way::Refused {
            return (0, Verdict::Unreachable);
        }
        let plays = self.plays.iter().copied().chain([Play::Well]);
        for (attempt, play) in (1..).zip(plays) {
            let (again, verdict) = match play.meaning() {
                Meaning::Ends(verdict) => (false, verdict),
                Meaning::Nothing(verdict) => (true, verdict),
                Meaning::Unclear(verdict) => (!self.ask.starts(), verdict),
            };
            if !again || attempt > RETRIES {
                return (attempt, verdict);
            }
        }
        unreachable!("the last one is answered well")
    }
}

impl Play {
    fn meaning(self) -> Meaning {
        match self {
            Play::Well | Play::Late | Play::Dripping => Meaning::Ends(Verdict::Answered),
            Play::ResetUnread | Play::ResetRead | Play::HangUp | Play::Silent => {
                Meaning::Unclear(Verdict::Lost)
            }
            Play::Cut | Play::MadLength | Play::TwoLengths => Meaning::Unclear(Verdict::Lost),
            Play::ShortLength | Play::Page(200) | Play::OtherType(_) => {
                Meaning::Ends(Verdict::Unreadable)
            }
            Play::Error(status) | Play::Page(status) => match status {
                408 | 500.. => Meaning::Unclear(Verdict::Refused(status)),
                _ => Meaning::Ends(Verdict::Refused(status)),
            },
            Play::Limited(Some(AN_HOUR)) => Meaning::Ends(Verdict::Limited),
            Play::Limited(_) => Meaning::Nothing(Verdict::Limited),
            Play::Redirect(_) => Meaning::Ends(Verdict::Redirected),
        }
    }

    /// Whether a server that answers so has done what it was asked for, or may have.
    pub(crate) fn has_begun(self) -> bool {
        match self {
            Play::ResetUnread | Play::Limited(_) | Play::Error(400..=407) => false,
            Play::Redirect(status) => matches!(status, 302 | 303),
            _ => true,
        }
    }
}

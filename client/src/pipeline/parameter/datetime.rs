//! The one form of a datetime parameter, `YYYY-MM-DD hh:mm:ss`. What has another offset than UTC was converted before.

use super::{Parameter, Refused, Sent};

/// The fields of a date and time of day in UTC, whole seconds.
pub(super) struct Datetime {
    pub(super) year: i32,
    pub(super) month: u32,
    pub(super) day: u32,
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
}

impl Datetime {
    /// As Dune takes it; refused, as `written`, where the year has not four digits.
    pub(super) fn to_parameter(&self, written: impl FnOnce() -> String) -> Parameter {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
        } = self;
        if (0..=9999).contains(year) {
            Parameter::text(format!(
                "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"
            ))
        } else {
            out_of_range(written())
        }
    }
}

pub(super) fn out_of_range(written: String) -> Parameter {
    Parameter(Sent::Refused(Refused::YearOutOfRange(written)))
}

//! The dates and times of the crate `time`, with the feature `time`.

use time::{Date, OffsetDateTime, PrimitiveDateTime, UtcDateTime, UtcOffset};

use super::datetime::{Datetime, out_of_range};
use super::{Parameter, ParameterValue};

/// The first second of the day.
impl ParameterValue for Date {
    fn to_parameter(&self) -> Parameter {
        self.midnight().to_parameter()
    }
}

/// Taken as UTC.
impl ParameterValue for PrimitiveDateTime {
    fn to_parameter(&self) -> Parameter {
        let datetime = Datetime {
            year: self.year(),
            month: u8::from(self.month()).into(),
            day: self.day().into(),
            hour: self.hour().into(),
            minute: self.minute().into(),
            second: self.second().into(),
        };
        datetime.to_parameter(|| self.to_string())
    }
}

impl ParameterValue for UtcDateTime {
    fn to_parameter(&self) -> Parameter {
        PrimitiveDateTime::new(self.date(), self.time()).to_parameter()
    }
}

/// Converted to UTC.
impl ParameterValue for OffsetDateTime {
    fn to_parameter(&self) -> Parameter {
        match self.checked_to_offset(UtcOffset::UTC) {
            Some(utc) => PrimitiveDateTime::new(utc.date(), utc.time()).to_parameter(),
            None => out_of_range(self.to_string()),
        }
    }
}

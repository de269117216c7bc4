//! The dates and times of the crate `jiff`, with the feature `jiff`.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use jiff::{Timestamp, ZonedDateTime};

use super::datetime::Datetime;
use super::{Parameter, ParameterValue};

/// The first second of the day.
impl ParameterValue for Date {
    fn to_parameter(&self) -> Parameter {
        self.to_datetime(Time::midnight()).to_parameter()
    }
}

/// Taken as UTC.
impl ParameterValue for DateTime {
    fn to_parameter(&self) -> Parameter {
        let datetime = Datetime {
            year: self.year().into(),
            month: self.month().unsigned_abs().into(),
            day: self.day().unsigned_abs().into(),
            hour: self.hour().unsigned_abs().into(),
            minute: self.minute().unsigned_abs().into(),
            second: self.second().unsigned_abs().into(),
        };
        datetime.to_parameter(|| self.to_string())
    }
}

impl ParameterValue for Timestamp {
    fn to_parameter(&self) -> Parameter {
        Offset::UTC.to_datetime(*self).to_parameter()
    }
}

/// Converted to UTC.
impl ParameterValue for ZonedDateTime {
    fn to_parameter(&self) -> Parameter {
        self.timestamp().to_parameter()
    }
}

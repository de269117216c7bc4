//! The dates and times of the crate `chrono`, with the feature `chrono`.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike};

use super::datetime::Datetime;
use super::{Parameter, ParameterValue};

/// The first second of the day.
impl ParameterValue for NaiveDate {
    fn to_parameter(&self) -> Parameter {
        self.and_time(NaiveTime::MIN).to_parameter()
    }
}

/// Taken as UTC.
impl ParameterValue for NaiveDateTime {
    fn to_parameter(&self) -> Parameter {
        let datetime = Datetime {
            year: self.year(),
            month: self.month(),
            day: self.day(),
            hour: self.hour(),
            minute: self.minute(),
            second: self.second(),
        };
        datetime.to_parameter(|| self.to_string())
    }
}

/// Converted to UTC.
impl<Z: TimeZone> ParameterValue for DateTime<Z> {
    fn to_parameter(&self) -> Parameter {
        self.naive_utc().to_parameter()
    }
}

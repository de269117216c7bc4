//! The types of columns, read from the text in which Dune names them: `timestamp(3) with time zone`, `map(varchar, double)`.

/// How deep types may be nested; a deeper one is carried as JSON.
const DEEPEST: usize = 16;

/// A type as far as its values differ in how they are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DuneType {
    Boolean,
    /// Whole numbers of so many bits.
    Integer(u8),
    Real,
    Double,
    Decimal {
        precision: u8,
        scale: u8,
    },
    Varbinary,
    Date,
    /// With so many digits of a second.
    Time(u8),
    Timestamp {
        digits: u8,
        zone: bool,
    },
    Array(Box<DuneType>),
    Map(Box<DuneType>, Box<DuneType>),
    /// Its fields, and their names where they have some.
    Row(Vec<(Option<String>, DuneType)>),
    /// What Dune sends as text and nothing else holds exactly: `varchar`, `json`, `uint256`, intervals.
    Text,
    /// What is not known here: text as it is, everything else as its JSON.
    Other,
}

impl DuneType {
    pub(super) fn parse(text: &str) -> DuneType {
        let mut rest = Rest(text.trim());
        let parsed = rest.data_type(0);
        parsed
            .filter(|_| rest.0.is_empty())
            .unwrap_or(DuneType::Other)
    }
}

/// What of the text has not been read.
struct Rest<'t>(&'t str);

impl<'t> Rest<'t> {
    /// A type, up to where it ends.
    fn data_type(&mut self, depth: usize) -> Option<DuneType> {
        if depth > DEEPEST {
            return None;
        }
        let word = self.word()?.to_ascii_lowercase();
        Some(match word.as_str() {
            "boolean" => DuneType::Boolean,
            "tinyint" => DuneType::Integer(8),
            "smallint" => DuneType::Integer(16),
            "integer" | "int" => DuneType::Integer(32),
            "bigint" => DuneType::Integer(64),
            "real" => DuneType::Real,
            "double" => DuneType::Double,
            "decimal" => self.decimal()?,
            "varbinary" => DuneType::Varbinary,
            "date" => DuneType::Date,
            "time" => {
                let digits = self.digits_of_a_second()?;
                // An instant of no day is no type of Arrow's.
                match self.zone() {
                    true => DuneType::Text,
                    false => DuneType::Time(digits),
                }
            }
            "timestamp" => {
                let digits = self.digits_of_a_second()?;
                let zone = self.zone();
                DuneType::Timestamp { digits, zone }
            }
            "array" => {
                self.sign('(')?;
                let item = self.data_type(depth + 1)?;
                self.sign(')')?;
                DuneType::Array(Box::new(item))
            }
            "map" => {
                self.sign('(')?;
                let key = self.data_type(depth + 1)?;
                self.sign(',')?;
                let value = self.data_type(depth + 1)?;
                self.sign(')')?;
                DuneType::Map(Box::new(key), Box::new(value))
            }
            "row" => self.row(depth)?,
            "varchar" | "char" => {
                if self.sign('(').is_some() {
                    self.number()?;
                    self.sign(')')?;
                }
                DuneType::Text
            }
            "json" | "uint256" | "int256" | "uuid" | "ipaddress" => DuneType::Text,
            "interval" => {
                let spans = ["day to second", "year to month"];
                spans.iter().find_map(|span| self.words(span))?;
                DuneType::Text
            }
            _ => return None,
        })
    }

    fn decimal(&mut self) -> Option<DuneType> {
        // Trino's own, where none are given.
        let (mut precision, mut scale) = (38, 0);
        if self.sign('(').is_some() {
            precision = self.number()?;
            if self.sign(',').is_some() {
                scale = self.number()?;
            }
            self.sign(')')?;
        }
        let holds = (1..=76).contains(&precision) && scale <= precision;
        holds.then_some(DuneType::Decimal { precision, scale })
    }

    fn row(&mut self, depth: usize) -> Option<DuneType> {
        self.sign('(')?;
        let mut fields = Vec::new();
        loop {
            let start = self.0;
            let named = self.field_name().and_then(|name| {
                let data_type = self.data_type(depth + 1)?;
                Some((Some(name), data_type))
            });
            let field = match named {
                Some(field) => field,
                None => {
                    self.0 = start;
                    (None, self.data_type(depth + 1)?)
                }
            };
            fields.push(field);
            if self.sign(',').is_none() {
                break;
            }
        }
        self.sign(')')?;
        Some(DuneType::Row(fields))
    }

    /// The name of a field, which a blank parts from its type.
    fn field_name(&mut self) -> Option<String> {
        let trimmed = self.0.trim_start();
        let name = match trimmed.strip_prefix('"') {
            None => self.word()?.to_owned(),
            Some(mut rest) => {
                let mut name = String::new();
                loop {
                    let (piece, after) = rest.split_once('"')?;
                    name.push_str(piece);
                    match after.strip_prefix('"') {
                        // A quote in the name is doubled.
                        Some(after) => {
                            name.push('"');
                            rest = after;
                        }
                        None => {
                            self.0 = after;
                            break name;
                        }
                    }
                }
            }
        };
        self.0.starts_with(' ').then_some(name)
    }

    fn digits_of_a_second(&mut self) -> Option<u8> {
        // Trino's own, where none are given.
        let mut digits = 3;
        if self.sign('(').is_some() {
            digits = self.number()?;
            self.sign(')')?;
        }
        (digits <= 12).then_some(digits)
    }

    fn zone(&mut self) -> bool {
        if self.words("without time zone").is_some() {
            return false;
        }
        self.words("with time zone").is_some()
    }

    fn word(&mut self) -> Option<&'t str> {
        let text = self.0.trim_start();
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let (word, rest) = text.split_at_checked(end.unwrap_or(text.len()))?;
        self.0 = rest;
        (!word.is_empty()).then_some(word)
    }

    fn number(&mut self) -> Option<u8> {
        // A length beyond that of a byte matters to nobody.
        let number: u32 = self.word()?.parse().ok()?;
        Some(u8::try_from(number).unwrap_or(u8::MAX))
    }

    fn words(&mut self, words: &str) -> Option<()> {
        let text = self.0.trim_start();
        let (found, rest) = text.split_at_checked(words.len())?;
        if !found.eq_ignore_ascii_case(words) {
            return None;
        }
        self.0 = rest;
        Some(())
    }

    fn sign(&mut self, sign: char) -> Option<()> {
        self.0 = self.0.trim_start().strip_prefix(sign)?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_that_dune_names_is_known() {
        let timestamp = |digits, zone| DuneType::Timestamp { digits, zone };
        let decimal = |precision, scale| DuneType::Decimal { precision, scale };
        for (text, expected) in [
            ("boolean", DuneType::Boolean),
            ("tinyint", DuneType::Integer(8)),
            ("bigint", DuneType::Integer(64)),
            ("BIGINT", DuneType::Integer(64)),
            ("decimal(38,18)", decimal(38, 18)),
            ("decimal(10, 2)", decimal(10, 2)),
            ("decimal(5)", decimal(5, 0)),
            ("varchar", DuneType::Text),
            ("varchar(1000000)", DuneType::Text),
            ("char(3)", DuneType::Text),
            ("uint256", DuneType::Text),
            ("interval day to second", DuneType::Text),
            ("time(6)", DuneType::Time(6)),
            ("time(6) with time zone", DuneType::Text),
            ("timestamp", timestamp(3, false)),
            ("timestamp(6)", timestamp(6, false)),
            ("timestamp(3) with time zone", timestamp(3, true)),
            ("timestamp with time zone", timestamp(3, true)),
            (
                "array(timestamp(3) with time zone)",
                DuneType::Array(Box::new(timestamp(3, true))),
            ),
            (
                "map(varchar(5), array(double))",
                DuneType::Map(
                    Box::new(DuneType::Text),
                    Box::new(DuneType::Array(Box::new(DuneType::Double))),
                ),
            ),
        ] {
            assert_eq!(DuneType::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn rows_have_named_and_nameless_fields() {
        let parse = |text| match DuneType::parse(text) {
            DuneType::Row(fields) => fields,
            other => panic!("{text}: {other:?}"),
        };
        let name = |name: &str| Some(name.to_owned());
        let zoned = DuneType::Timestamp {
            digits: 3,
            zone: true,
        };
        assert_eq!(
            parse("row(a bigint, \"b \"\"c\" varchar(5), double double)"),
            [
                (name("a"), DuneType::Integer(64)),
                (name("b \"c"), DuneType::Text),
                (name("double"), DuneType::Double),
            ]
        );
        assert_eq!(
            parse("row(timestamp with time zone,row(real),interval year to month)"),
            [
                (None, zoned),
                (None, DuneType::Row(vec![(None, DuneType::Real)])),
                (None, DuneType::Text),
            ]
        );
    }

    #[test]
    fn what_is_not_known_is_said_to_be() {
        let deep = format!("{}bigint{}", "array(".repeat(1_000), ")".repeat(1_000));
        for text in [
            "",
            "hyperloglog",
            "array",
            "array(",
            "array()",
            "map(varchar)",
            "row()",
            "decimal(77)",
            "decimal(2,3)",
            "timestamp(13)",
            "bigint bigint",
            "decimal(a)",
            "varchar(",
            "\"",
            deep.as_str(),
        ] {
            assert_eq!(DuneType::parse(text), DuneType::Other, "{text}");
        }
    }
}

//! Reads types as people write them: `decimal(38, 18)`, `map(varchar, array(bigint))`, `row(a bigint, b varchar)`.

use super::types::Type;

/// The type that `text` spells, or `None`.
pub(crate) fn parse(text: &str) -> Option<Type> {
    read(text, false)
}

/// The same for a function's signature, in which `e`, `k`, `v`, `t`, `u` stand for any type.
pub(crate) fn parse_pattern(text: &str) -> Option<Type> {
    read(text, true)
}

fn read(text: &str, pattern: bool) -> Option<Type> {
    let tokens = tokens(text)?;
    let mut reader = Reader {
        tokens: &tokens,
        at: 0,
        pattern,
    };
    let ty = reader.read()?;
    (reader.at == tokens.len()).then_some(ty)
}

#[derive(Debug, PartialEq, Clone)]
enum Token {
    Word(String),
    Quoted(String),
    Sign(char),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => {}
            '(' | ')' | ',' => found.push(Token::Sign(c)),
            '"' => {
                let mut name = String::new();
                loop {
                    match chars.next()? {
                        '"' => break,
                        c => name.push(c),
                    }
                }
                found.push(Token::Quoted(name));
            }
            c if c.is_alphanumeric() || c == '_' => {
                let mut word = c.to_string();
                while let Some(c) = chars.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    word.push(c);
                }
                found.push(Token::Word(word.to_lowercase()));
            }
            _ => return None,
        }
    }
    Some(found)
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    pattern: bool,
}

impl Reader<'_> {
    fn sign(&mut self, sign: char) -> Option<()> {
        let here = self.tokens.get(self.at)? == &Token::Sign(sign);
        here.then(|| self.at += 1)
    }

    fn word(&mut self, word: &str) -> Option<()> {
        let here = matches!(self.tokens.get(self.at)?, Token::Word(w) if w == word);
        here.then(|| self.at += 1)
    }

    fn numbers(&mut self) -> Option<Vec<u32>> {
        if self.sign('(').is_none() {
            return Some(Vec::new());
        }
        let mut numbers = Vec::new();
        loop {
            let Some(Token::Word(word)) = self.tokens.get(self.at) else {
                return None;
            };
            numbers.push(word.parse().ok()?);
            self.at += 1;
            if self.sign(')').is_some() {
                return Some(numbers);
            }
            self.sign(',')?;
        }
    }

    fn read(&mut self) -> Option<Type> {
        let Some(Token::Word(word)) = self.tokens.get(self.at) else {
            return None;
        };
        self.at += 1;
        Some(match word.as_str() {
            "e" | "k" | "v" | "t" | "u" if self.pattern => Type::Var(word.chars().next()?),
            "decimal" if self.pattern => Type::AnyDecimal,
            "boolean" => Type::Boolean,
            "tinyint" => Type::Tinyint,
            "smallint" => Type::Smallint,
            "integer" | "int" => Type::Integer,
            "bigint" => Type::Bigint,
            "real" => Type::Real,
            "double" => {
                self.word("precision");
                Type::Double
            }
            "decimal" => match *self.numbers()? {
                [] => Type::Decimal(38, 0),
                [precision] => decimal(precision, 0)?,
                [precision, scale] => decimal(precision, scale)?,
                _ => return None,
            },
            "varchar" => match *self.numbers()? {
                [] => Type::VARCHAR,
                [length] => Type::Varchar(Some(length)),
                _ => return None,
            },
            "char" => match *self.numbers()? {
                [] => Type::Char(1),
                [length] => Type::Char(length),
                _ => return None,
            },
            "varbinary" => Type::Varbinary,
            "uint256" => Type::Uint256,
            "int256" => Type::Int256,
            "json" => Type::Json,
            "unknown" => Type::Unknown,
            "date" => Type::Date,
            "time" => {
                let precision = self.precision()?;
                if self.word("with").is_some() {
                    return None;
                }
                Type::Time(precision)
            }
            "timestamp" => {
                let precision = self.precision()?;
                if self.word("with").is_some() {
                    self.word("time").and_then(|()| self.word("zone"))?;
                    Type::timestamp_tz(precision)
                } else {
                    if self.word("without").is_some() {
                        self.word("time").and_then(|()| self.word("zone"))?;
                    }
                    Type::Timestamp(precision)
                }
            }
            "interval" => {
                let day = self.word("day").is_some();
                if !day {
                    self.word("year")?;
                }
                self.word("to")?;
                self.word(if day { "second" } else { "month" })?;
                if day {
                    Type::IntervalDay
                } else {
                    Type::IntervalMonth
                }
            }
            "array" => {
                self.sign('(')?;
                let element = self.read()?;
                self.sign(')')?;
                Type::array(element)
            }
            "map" => {
                self.sign('(')?;
                let key = self.read()?;
                self.sign(',')?;
                let value = self.read()?;
                self.sign(')')?;
                Type::map(key, value)
            }
            "row" => {
                self.sign('(')?;
                let mut fields = Vec::new();
                loop {
                    fields.push(self.field()?);
                    if self.sign(')').is_some() {
                        break;
                    }
                    self.sign(',')?;
                }
                Type::Row(fields)
            }
            _ => return None,
        })
    }

    /// A field of a row: a type, or a name and a type.
    fn field(&mut self) -> Option<(Option<String>, Type)> {
        let start = self.at;
        if let Some(ty) = self.read()
            && matches!(self.tokens.get(self.at), Some(Token::Sign(_)))
        {
            return Some((None, ty));
        }
        self.at = start + 1;
        let (Token::Word(name) | Token::Quoted(name)) = self.tokens.get(start)? else {
            return None;
        };
        Some((Some(name.clone()), self.read()?))
    }

    fn precision(&mut self) -> Option<u8> {
        match *self.numbers()? {
            [] => Some(3),
            [precision] => u8::try_from(precision).ok().filter(|p| *p <= 6),
            _ => None,
        }
    }
}

fn decimal(precision: u32, scale: u32) -> Option<Type> {
    (1..=38).contains(&precision).then_some(())?;
    (scale <= precision).then_some(())?;
    Some(Type::Decimal(
        u8::try_from(precision).ok()?,
        u8::try_from(scale).ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn types_read_back_as_they_are_spelled() {
        for text in [
            "bigint",
            "uint256",
            "decimal(38,18)",
            "timestamp(3) with time zone",
            "map(varchar, array(bigint))",
            "row(name varchar, score double, path array(row(token varchar, amount bigint)))",
            "row(integer, varchar(3))",
            "interval day to second",
        ] {
            assert_eq!(parse(text).expect(text).to_string(), text);
        }
        for text in [
            "uint128",
            "decimal(39,0)",
            "array(",
            "timestamp(12)",
            "varchar(",
            "bigint bigint",
            "",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}

//! Tells the columns of a CSV from its header and its cells: of each the narrowest type that all its cells are values of.

use std::io::BufRead;
use std::path::Path;

use super::super::types::Type;
use super::records::{CsvRecords, Header};
use super::{Result, Target, cell};
use crate::engine::ImportError;

/// The columns of a text. A column without a value is of texts.
pub(super) fn columns(file: &Path, reader: impl BufRead) -> Result<Vec<Target>> {
    let mut records = CsvRecords::new(file, reader);
    let header = Header::read(&mut records)?;
    if header.names.is_empty() {
        let message = "the header names no column".to_owned();
        return Err(ImportError::Columns { message });
    }
    let mut found = vec![Found::default(); header.names.len()];
    while let Some(record) = records.next()? {
        let cells = header.cells(&record)?;
        for (found, (text, quoted)) in found.iter_mut().zip(cells) {
            if !text.is_empty() || *quoted {
                found.narrow(text);
            }
        }
    }
    let target = |(name, found): (String, Found)| {
        let ty = found.ty();
        Target {
            name,
            spelled: ty.to_string(),
            ty,
            nullable: true,
        }
    };
    Ok(header.names.into_iter().zip(found).map(target).collect())
}

/// What a column's cells may still be.
#[derive(Clone)]
struct Found {
    any: bool,
    /// The narrowest first.
    left: Vec<Type>,
}

impl Default for Found {
    fn default() -> Self {
        Self {
            any: false,
            left: vec![
                Type::Boolean,
                Type::Bigint,
                Type::Uint256,
                Type::Int256,
                Type::Double,
                Type::Date,
                Type::Timestamp(3),
            ],
        }
    }
}

impl Found {
    fn narrow(&mut self, text: &str) {
        self.any = true;
        self.left.retain(|ty| fits(text, ty));
    }

    fn ty(self) -> Type {
        let narrowest = self.left.into_iter().next().filter(|_| self.any);
        narrowest.unwrap_or(Type::VARCHAR)
    }
}

/// Whether the text is such a value and would come back as it is written: digits after a leading zero name something, they do
/// not count it.
fn fits(text: &str, ty: &Type) -> bool {
    let digits = text.trim_start_matches(['+', '-']);
    let whole = digits.split(['.', 'e', 'E']).next().unwrap_or_default();
    let named = whole.len() > 1 && whole.starts_with('0');
    match ty {
        Type::Boolean => text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"),
        ty if ty.is_number() || ty.is_wide() => {
            !named && text.trim() == text && cell::of_text(text, ty).is_some()
        }
        Type::Date => text.len() == 10 && cell::of_text(text, ty).is_some(),
        ty => text.len() >= 10 && cell::of_text(text, ty).is_some(),
    }
}

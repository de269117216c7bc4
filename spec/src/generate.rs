//! From the normalised document to Rust: progenitor, then the tiers' conventional names, then a look
//! at the result for what progenitor would not say.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::str::FromStr;

use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle};

use crate::{sizes, surface};

/// Why no Rust came of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GenerateError {
    /// Progenitor refused the document, in its words. The passes should have: report the document.
    Refused(String),
    /// Progenitor panicked. The passes should have refused: report the document.
    Panicked(String),
    /// What came is no Rust, or has one name twice. The passes should have refused: report it.
    Unusable(String),
}

impl fmt::Display for GenerateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, text) = match self {
            Self::Refused(text) => ("progenitor refused the document", text),
            Self::Panicked(text) => ("progenitor panicked at the document", text),
            Self::Unusable(text) => ("what progenitor made of the document is unusable", text),
        };
        write!(
            f,
            "{what}: {text}\n  help: `cargo run -p dune-spec -- check` should have said so; \
                   please report the document"
        )
    }
}

impl std::error::Error for GenerateError {}

/// The Rust of a client.
#[derive(Clone)]
pub struct Generated(syn::File);

impl Generated {
    /// The client of `document`, which [`Outcome::document`](crate::Outcome::document) gave out.
    ///
    /// # Errors
    /// Progenitor refuses or panics, or what it makes is unusable. The passes refuse such documents
    /// first, with file and place; this is the net under them.
    pub fn of(document: &OpenAPI) -> Result<Self, GenerateError> {
        let mut settings = GenerationSettings::new();
        settings
            .with_interface(InterfaceStyle::Positional)
            .with_hooks(HooksMode::Expected)
            .with_inner_type(quote::quote!(crate::connection::Connection));
        let run = AssertUnwindSafe(|| Generator::new(&settings).generate_tokens(document));
        let tokens = catch_unwind(run)
            .map_err(|panic| GenerateError::Panicked(panic_text(&*panic)))?
            .map_err(|e| GenerateError::Refused(e.to_string()))?;
        let mut file: syn::File =
            syn::parse2(tokens).map_err(|e| GenerateError::Unusable(e.to_string()))?;
        sizes::rename(&mut file).map_err(GenerateError::Unusable)?;
        match surface::name_twice(&file) {
            Some(name) => Err(GenerateError::Unusable(format!("`{name}` is there twice"))),
            None => Ok(Self(file)),
        }
    }

    /// The Rust as text, formatted.
    #[must_use]
    pub fn code(&self) -> String {
        prettyplease::unparse(&self.0)
    }

    /// The public surface, one line for each thing a program can name: operations with their
    /// arguments, types with their fields and values. A change of it is a change for users.
    #[must_use]
    pub fn surface(&self) -> String {
        surface::surface(&self.0)
    }
}

impl fmt::Debug for Generated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let items = self.0.items.len();
        f.debug_struct("Generated")
            .field("items", &items)
            .finish_non_exhaustive()
    }
}

impl FromStr for Generated {
    type Err = GenerateError;

    fn from_str(code: &str) -> Result<Self, GenerateError> {
        let file = syn::parse_file(code).map_err(|e| GenerateError::Unusable(e.to_string()))?;
        Ok(Self(file))
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
        .to_owned()
}

//! Who the expansion is for.

/// A compiler is to build it as fast as it can; an editor wants to know of every token what it means, also while half of
/// them are missing.
#[derive(Clone, Copy)]
pub(crate) enum Reader {
    Compiler,
    Editor,
}

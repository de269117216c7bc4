//! What pipeline! refuses, and what the compiler then says.

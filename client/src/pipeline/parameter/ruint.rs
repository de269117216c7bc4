//! The numbers of the crate `ruint`, with the feature `ruint`.

use ruint::Uint;

use super::{Parameter, ParameterValue};

/// All digits, in decimals.
impl<const BITS: usize, const LIMBS: usize> ParameterValue for Uint<BITS, LIMBS> {
    fn to_parameter(&self) -> Parameter {
        Parameter::text(self.to_string())
    }
}

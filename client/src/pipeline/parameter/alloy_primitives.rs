//! The numbers and bytes of the crate `alloy-primitives`, with the feature of that name. Its unsigned numbers are those of `ruint`.

use alloy_primitives::{Address, Bytes, FixedBytes, Signed};

use super::{Parameter, ParameterValue};

/// All digits, in decimals.
impl<const BITS: usize, const LIMBS: usize> ParameterValue for Signed<BITS, LIMBS> {
    fn to_parameter(&self) -> Parameter {
        Parameter::text(self.to_string())
    }
}

/// `0x` and lower-case digits, as Dune writes a `varbinary`; without the capitals of a checksum.
impl ParameterValue for Address {
    fn to_parameter(&self) -> Parameter {
        self.0.to_parameter()
    }
}

/// `0x` and lower-case digits, as Dune writes a `varbinary`.
impl<const N: usize> ParameterValue for FixedBytes<N> {
    fn to_parameter(&self) -> Parameter {
        Parameter::text(format!("{self:#x}"))
    }
}

/// `0x` and lower-case digits, as Dune writes a `varbinary`.
impl ParameterValue for Bytes {
    fn to_parameter(&self) -> Parameter {
        Parameter::text(format!("{self:#x}"))
    }
}

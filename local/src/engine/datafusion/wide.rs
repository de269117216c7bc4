//! `uint256` and `int256`, which Dune has and Trino has not: integers of 256 bits.
//!
//! Their 32 bytes are kept with the highest first, and of an `int256` with its first bit turned: so bytes stand in the order of
//! their numbers, and comparing, sorting and grouping are those of bytes.

use bigdecimal::num_bigint::{BigInt, BigUint, Sign};
use bigdecimal::num_traits::{Signed, Zero};

use super::{
    cast, text,
    types::Type,
    value::Value::{self, Bytes, Decimal, Double, Int, Real, Text},
};
use crate::engine::SqlError;

const WIDTH: usize = 32;
/// More digits than a value has, for leading zeros.
const MOST_DIGITS: usize = 200;

/// The number of a value of a wide type.
fn number(bytes: &[u8], ty: &Type) -> BigInt {
    let unsigned = BigInt::from_bytes_be(Sign::Plus, bytes);
    match ty {
        Type::Int256 => unsigned - half(),
        _ => unsigned,
    }
}

/// 2^255
fn half() -> BigInt {
    BigInt::from(1) << 255
}

/// The value that holds a number; none if it is out of the type's range.
fn value(number: &BigInt, ty: &Type) -> Option<Value> {
    let shifted = match ty {
        Type::Int256 => number + half(),
        _ => number.clone(),
    };
    let digits = BigUint::try_from(shifted).ok()?.to_bytes_be();
    let mut bytes = vec![0; WIDTH.checked_sub(digits.len())?];
    bytes.extend(digits);
    Some(Bytes(bytes.into()))
}

/// The digits of a value.
pub(crate) fn print(bytes: &[u8], ty: &Type) -> String {
    number(bytes, ty).to_string()
}

/// Whether there is a cast from or to a wide type.
pub(crate) fn castable(from: &Type, to: &Type) -> bool {
    let other = |ty: &Type| ty.is_wide() || ty.is_number() || matches!(ty, Type::Varchar(_));
    (from.is_wide() && other(to))
        || (to.is_wide() && (other(from) || matches!(from, Type::Char(_))))
}

/// Casts from or to a wide type.
pub(crate) fn cast(given: &Value, from: &Type, to: &Type) -> Result<Value, SqlError> {
    let bad = |shown: &str| {
        SqlError::new(
            "INVALID_CAST_ARGUMENT",
            format!("Cannot cast '{shown}' to {}", to.to_string().to_uppercase()),
        )
    };
    let shown = || text::print(given, from).unwrap_or_default();
    let whole = match given {
        Bytes(bytes) => number(bytes, from),
        Int(v) => BigInt::from(*v),
        Decimal(v) => match from {
            Type::Decimal(_, scale) => {
                let whole = cast::rescale(*v, *scale, 38, 0).ok_or_else(|| bad(&shown()))?;
                BigInt::from(whole)
            }
            _ => return Err(bad(&shown())),
        },
        Double(v) if v.is_finite() => of_double(*v).ok_or_else(|| bad(&shown()))?,
        Real(v) if v.is_finite() => of_double(f64::from(*v)).ok_or_else(|| bad(&shown()))?,
        Text(text) => of_text(text.trim()).ok_or_else(|| bad(text))?,
        _ => return Err(bad(&shown())),
    };
    let range = || {
        SqlError::new(
            "NUMERIC_VALUE_OUT_OF_RANGE",
            format!("Out of range for {to}: {whole}"),
        )
    };
    match to {
        to if to.is_wide() => value(&whole, to).ok_or_else(range),
        Type::Varchar(_) => {
            let digits = Value::text(whole.to_string());
            cast::cast(&digits, &Type::VARCHAR, to)
        }
        Type::Double | Type::Real | Type::Decimal(..) => {
            let digits = Value::text(whole.to_string());
            cast::cast(&digits, &Type::VARCHAR, to).map_err(|_| range())
        }
        to => i64::try_from(&whole)
            .ok()
            .filter(|v| to.is_integer() && cast::fits(*v, to))
            .map(Int)
            .ok_or_else(range),
    }
}

/// Digits after a sign. Reading very many of them takes long, and no value has so many.
fn of_text(text: &str) -> Option<BigInt> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain && (1..=MOST_DIGITS).contains(&digits.len()) {
        text.parse().ok()
    } else {
        None
    }
}

/// A double's digits are exact: it is a whole number once it is rounded.
fn of_double(v: f64) -> Option<BigInt> {
    format!("{:.0}", v.round()).parse().ok()
}

/// `a op b`
pub(crate) fn arithmetic(op: char, a: &Value, b: &Value, ty: &Type) -> Result<Value, SqlError> {
    let (Bytes(a), Bytes(b)) = (a, b) else {
        return Err(super::functions::misfit());
    };
    let (a, b) = (number(a, ty), number(b, ty));
    if b.is_zero() && matches!(op, '/' | '%') {
        return Err(SqlError::new("DIVISION_BY_ZERO", "Division by zero"));
    }
    let (result, name) = match op {
        '+' => (&a + &b, "addition"),
        '-' => (&a - &b, "subtraction"),
        '*' => (&a * &b, "multiplication"),
        '/' => (&a / &b, "division"),
        _ => (&a % &b, "modulus"),
    };
    value(&result, ty).ok_or_else(|| {
        SqlError::new(
            "NUMERIC_VALUE_OUT_OF_RANGE",
            format!("{ty} {name} overflow: {a} {op} {b}"),
        )
    })
}

/// `-a`
pub(crate) fn negate(a: &Value, ty: &Type) -> Result<Value, SqlError> {
    let Bytes(bytes) = a else {
        return Err(super::functions::misfit());
    };
    let number = number(bytes, ty);
    value(&-&number, ty).ok_or_else(|| {
        let size = number.abs();
        SqlError::new(
            "NUMERIC_VALUE_OUT_OF_RANGE",
            format!("{ty} negation overflow: {size}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: &str =
        "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    const LEAST: &str =
        "-57896044618658097711785492504343953926634992332820282019728792003956564819968";

    fn wide(digits: &str, ty: &Type) -> Result<Value, SqlError> {
        cast(&Value::text(digits), &Type::VARCHAR, ty)
    }

    #[test]
    fn every_digit_is_kept_up_to_the_ends_of_the_range() {
        for (digits, ty) in [
            ("0", Type::Uint256),
            (MOST, Type::Uint256),
            (LEAST, Type::Int256),
            ("-1", Type::Int256),
            (
                "57896044618658097711785492504343953926634992332820282019728792003956564819967",
                Type::Int256,
            ),
        ] {
            let Ok(Bytes(bytes)) = wide(digits, &ty) else {
                panic!("{digits}");
            };
            assert_eq!((bytes.len(), print(&bytes, &ty).as_str()), (WIDTH, digits));
        }
        for (digits, ty) in [
            ("-1", Type::Uint256),
            (
                "115792089237316195423570985008687907853269984665640564039457584007913129639936",
                Type::Uint256,
            ),
            (
                "57896044618658097711785492504343953926634992332820282019728792003956564819968",
                Type::Int256,
            ),
            ("", Type::Uint256),
            ("1.0", Type::Uint256),
            ("0x10", Type::Uint256),
            ("1_000", Type::Uint256),
        ] {
            assert!(wide(digits, &ty).is_err(), "{digits} is no {ty}");
        }
    }

    #[test]
    fn bytes_stand_in_the_order_of_their_numbers() {
        let numbers = [
            LEAST,
            "-256",
            "-255",
            "-1",
            "0",
            "1",
            "255",
            "256",
            "1000000000000000000000",
        ];
        let values: Vec<_> = numbers
            .iter()
            .map(|n| wide(n, &Type::Int256).unwrap())
            .collect();
        assert!(
            values
                .windows(2)
                .all(|pair| pair[0].order(&pair[1]).is_lt())
        );
    }

    #[test]
    fn what_leaves_the_range_is_an_error() {
        let number = |digits| wide(digits, &Type::Uint256).unwrap();
        let calculate = |op, a, b| arithmetic(op, &number(a), &number(b), &Type::Uint256);
        assert_eq!(calculate('+', "1", "2"), Ok(number("3")));
        assert_eq!(calculate('/', "7", "2"), Ok(number("3")));
        let error = calculate('+', MOST, "1").unwrap_err();
        assert_eq!(
            error.message,
            format!("uint256 addition overflow: {MOST} + 1")
        );
        assert_eq!(
            calculate('-', "1", "2").unwrap_err().name,
            "NUMERIC_VALUE_OUT_OF_RANGE"
        );
        assert_eq!(
            calculate('%', "1", "0").unwrap_err().name,
            "DIVISION_BY_ZERO"
        );
        assert!(negate(&wide(LEAST, &Type::Int256).unwrap(), &Type::Int256).is_err());
    }
}
